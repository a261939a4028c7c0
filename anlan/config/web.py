"""The `web` process: granian with the entry as its target."""

from pathlib import Path
from threading import Event

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from anlan.config import environment

KILL_SECONDS = 3  # an open event stream never ends by itself
STREAMS = 4096  # open streams count as requests


def run(stop: Event) -> None:
    """Serve until SIGTERM; granian has its own signal handlers, so `stop` is not asked."""
    certificate, key = environment.text("ANLAN_TLS_CERTIFICATE"), environment.text("ANLAN_TLS_KEY")
    Granian(
        "anlan.config.entry:app",
        address=environment.text("ANLAN_HOST", "127.0.0.1"),
        port=int(environment.text("PORT", "8000")),
        interface=Interfaces.RSGI,
        workers=int(environment.text("ANLAN_WORKERS", "2")),
        workers_kill_timeout=KILL_SECONDS,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        backpressure=STREAMS,
        http1_settings=HTTP1Settings(header_read_timeout=20_000),
        ssl_cert=Path(certificate) if certificate else None,
        ssl_key=Path(key) if key else None,
        websockets=False,
    ).serve()
