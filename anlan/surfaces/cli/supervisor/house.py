"""Order of coming up and going down: database, migrations, processes; and back."""

import os
import signal
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

import click
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils.translation import gettext as _

from anlan.kernel.core import rulesets
from anlan.kernel.core.postgres import NotStartedError, Places, Server, migrating
from anlan.surfaces.cli.supervisor.children import Child

TICK_SECONDS = 0.1
STOP_SECONDS = 3.6  # granian gives its workers 3
PORT_SECONDS = 5.0  # what a killed predecessor may need to let go of the port
READY_SECONDS = 60.0
_OURSELVES = ssl._create_unverified_context()  # noqa: S323 - we ask our own child whether it is up, nothing else


def embedded() -> bool:
    """Whether the database is the one we run (no DATABASE_URL)."""
    return bool(settings.DATABASES["default"]["HOST"] == str(Places(settings.ANLAN_VAR).socket))


class House:
    """The supervisor. One a var folder: a second one is refused while the first lives."""

    def __init__(
        self, *, host: str, port: int, processes: Sequence[str], say: Callable[[str], None] = click.echo
    ) -> None:
        self.var = Path(settings.ANLAN_VAR)
        self.host, self.port, self.say = host, port, say
        self.server = Server(self.var) if embedded() else None
        environ = {"PORT": str(port), "ANLAN_HOST": host, "ANLAN_PUBLIC_URL": settings.ANLAN_PUBLIC_URL}
        log_dir = self.var / "log"
        log_dir.mkdir(parents=True, exist_ok=True)
        self.children = [Child(name, log_dir, environ) for name in processes]
        self.stopping = False
        self.preparing = True

    def prepare(self) -> None:
        """Everything before the first child. Raises `click.ClickException` with what to do."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._asked)
        self._await_port()
        if self.server is not None:
            self._start_server(self.server)
        self.say(_("Tables and rules …"))
        migrate()

    def start(self) -> None:
        self.preparing = False
        for child in self.children:
            child.start()

    def await_ready(self) -> bool:
        """True when the address answers and all is alive; False when we are told to stop or it takes too long."""
        end = time.monotonic() + READY_SECONDS
        while not self.stopping and time.monotonic() < end:
            self._tend()
            if self._healthy():
                return True
            time.sleep(TICK_SECONDS)
        return False

    def watch(self) -> None:
        """Until a signal: start again what ends."""
        while not self.stopping:
            self._tend()
            time.sleep(TICK_SECONDS)

    def stop(self) -> None:
        """Children first and all at once, then the database they write to."""
        self.stopping, self.preparing = True, False
        connections.close_all()
        until = time.monotonic() + STOP_SECONDS
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.wait_or_kill(until)
        if self.server is not None:
            self.server.stop()

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
        if self.preparing:
            raise SystemExit(128 + number)  # nobody waits for a long migration to notice

    def _tend(self) -> None:
        if self.server is not None and not self.server.alive() and not self.stopping:
            self.say(_("PostgreSQL ended; starting it again. {log}").format(log=self.server.places.log))
            self._start_server(self.server)
        for child in self.children:
            if told := child.tend():
                self.say(told)

    def _start_server(self, server: Server) -> None:
        try:
            server.start()
        except NotStartedError as failure:
            told = _("PostgreSQL does not start. {log} says:").format(log=server.places.log)
            raise click.ClickException(f"{told}\n{failure}") from failure

    def _await_port(self) -> None:
        end = time.monotonic() + PORT_SECONDS
        while not _free(self.host, self.port):
            if time.monotonic() > end:
                told = _("Port {port} is taken by another program. Choose one: --port 8001")
                raise click.ClickException(told.format(port=self.port))
            time.sleep(TICK_SECONDS)

    def _healthy(self) -> bool:
        scheme = "https" if os.environ.get("ANLAN_TLS_CERTIFICATE") else "http"
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        try:
            address = f"{scheme}://{host}:{self.port}/health"
            with urllib.request.urlopen(address, timeout=2, context=_OURSELVES) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def migrate() -> None:
    """Bring the tables and the rulesets to this version, as owner."""
    migrating.migrate()
    call_command("createcachetable", database="owner", verbosity=0)
    rulesets.load_files(ruleset_files())
    connections.close_all()


def ruleset_files() -> list[Path]:
    """Every `rulesets/*.toml` of an app of the house."""
    folders = [Path(app.path) / "rulesets" for app in apps.get_app_configs() if app.name.startswith("anlan.")]
    return [file for folder in folders for file in sorted(folder.glob("*.toml"))]


def _free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
