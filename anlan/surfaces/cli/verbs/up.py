"""`anlan up`: everything on this machine, one address, one Ctrl-C."""

import os
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import click
from django.conf import settings

from anlan.surfaces.cli.supervisor import lock
from anlan.surfaces.cli.supervisor.house import House

DEMO = "anlan.surfaces.cli.demo"


@click.command(name="up")
@click.option(
    "--demo", is_flag=True, help="An invented district, six people to be, and a storm at 60 times the pace."
)
@click.option("--port", type=int, default=None, help="Port of the pages [PORT, else 8000].")
@click.option(
    "--host", default=None, help="Address to listen on [ANLAN_HOST, else 127.0.0.1; 0.0.0.0 for the LAN]."
)
@click.option("--workers", type=int, default=None, help="Web workers [ANLAN_WORKERS, else 2].")
def command(demo: bool, port: int | None, host: str | None, workers: int | None) -> None:
    """Start the database and every process, say the address, and stay until Ctrl-C."""
    port = port or settings.PORT
    _settle_address(port)
    if workers:
        os.environ["ANLAN_WORKERS"] = str(workers)
    processes = list(settings.ANLAN_NEEDED) + (["demo"] if demo else [])
    house = House(
        host=host or os.environ.get("ANLAN_HOST") or "127.0.0.1",
        port=port,
        processes=processes,
    )
    with lock.held(house.var):
        try:
            _run(house, demo=demo)
        finally:
            house.stop()
    click.echo("Stopped.")


def _run(house: House, *, demo: bool) -> None:
    click.echo("Anlan 安澜: starting …")
    house.prepare()
    links = import_module(DEMO).prepare() if demo else ""
    house.start()
    if house.await_ready():
        click.echo(f"\n  {settings.ANLAN_PUBLIC_URL}/\n")
        if links:
            click.echo(_text(links))
        click.echo("Ctrl-C stops it.")
    elif not house.stopping:
        click.echo(
            f"Not everything answers yet; {settings.ANLAN_PUBLIC_URL}/health says what. Logs: {house.var}/log"
        )
    house.watch()


def _settle_address(port: int) -> None:
    """`--port` comes after the settings were read: links made here must carry it too."""
    if port == urlsplit(settings.ANLAN_PUBLIC_URL).port or os.environ.get("ANLAN_PUBLIC_URL"):
        return
    settings.PORT = port
    settings.ANLAN_PUBLIC_URL = f"http://127.0.0.1:{port}"
    os.environ["PORT"] = str(port)


def _text(links: Any) -> str:
    """What the demo hands over: text, or rows of words."""
    if isinstance(links, str):
        return links
    rows = links.items() if isinstance(links, dict) else links
    return "\n".join(
        "  " + "  ".join(map(str, row)) if not isinstance(row, str) else f"  {row}" for row in rows
    )
