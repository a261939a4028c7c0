"""One supervised process: started, watched, started again with growing pauses, stopped."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from anlan.kernel.core.postgres.server import die_with_parent

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds
STEADY_SECONDS = 60.0
LOG_BYTES = 10 * 2**20
TAIL_LINES = 8


class Child:
    """`anlan process NAME`, with its output in `var/log/NAME.log`. It is killed by the kernel if we die."""

    def __init__(self, name: str, log_dir: Path, environ: Mapping[str, str]) -> None:
        self.name = name
        self.log = log_dir / f"{name}.log"
        self.environ = dict(environ)
        self.process: subprocess.Popen[bytes] | None = None
        self.pause = FIRST_PAUSE
        self.started = 0.0
        self.again_at = 0.0

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "anlan", "process", self.name],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **self.environ},
                preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - we have no threads
                start_new_session=True,  # Ctrl-C in the terminal is for us; we pass it on in order
            )
        self.started = time.monotonic()

    def tend(self) -> str:
        """Start it again when it is time to; returns what to tell the operator, mostly nothing."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.again_at:
                self.start()
            return ""
        code = self.process.poll()
        if code is None:
            return ""
        self.process = None
        self.pause = (
            FIRST_PAUSE if now - self.started > STEADY_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
        )
        self.again_at = now + self.pause
        told = _("{name} ended ({why}), again in {pause} s. {log} says:")
        return (
            told.format(name=self.name, why=_why(code), pause=f"{self.pause:.0f}", log=self.log)
            + f"\n{self.tail()}"
        )

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        return "\n".join(f"    {line}" for line in lines)

    def ask_to_stop(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)

    def wait_or_kill(self, until: float) -> None:
        """Give it until that time of `time.monotonic()`, then kill it and what it started."""
        if self.process is None:
            return
        try:
            self.process.wait(max(until - time.monotonic(), 0.05))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None


def _why(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit {code}"
