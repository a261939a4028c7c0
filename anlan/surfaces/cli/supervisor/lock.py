"""One supervisor a var folder: a lock that the kernel takes back when its holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from django.utils.translation import gettext as _


@contextmanager
def held(var: Path) -> Iterator[None]:
    """Raises `click.ClickException` naming the process that holds it."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "up.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            told = _("Anlan is running here (process {pid}). Stop it first, or set ANLAN_VAR.")
            raise click.ClickException(told.format(pid=file.read().strip())) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
