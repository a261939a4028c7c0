"""`anlan process NAME`: one process of the house, as `anlan up` starts it or as a unit of its own."""

import signal
from threading import Event
from types import FrameType

import click
from django.conf import settings
from django.utils.module_loading import import_string


@click.command(name="process")
@click.argument("name")
def command(name: str) -> None:
    """Run one process until SIGTERM: web, worker, sweep, sequencer … It can be run several times."""
    if name not in settings.ANLAN_PROCESSES:
        raise click.ClickException(
            f"There is no process {name!r}; there are {', '.join(settings.ANLAN_PROCESSES)}."
        )
    stop = Event()

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    import_string(settings.ANLAN_PROCESSES[name])(stop)
