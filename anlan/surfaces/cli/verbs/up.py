"""`anlan up`: everything on this machine, one address, one Ctrl-C."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from anlan.surfaces.cli.supervisor import authority, lock
from anlan.surfaces.cli.supervisor.house import House

PREPARE_DEMO = "anlan.surfaces.cli.demo.prepare.prepare"  # loaded only when asked for: it reads a district


@click.command(name="up")
@click.option(
    "--demo", is_flag=True, help="An invented district, people to be, and a storm at 60 times the pace."
)
@click.option("--port", type=int, default=None, help="Port of the pages [PORT, else 8000].")
@click.option(
    "--host", default=None, help="Address to listen on [ANLAN_HOST, else 127.0.0.1; 0.0.0.0 for the LAN]."
)
@click.option(
    "--tls", is_flag=True, help="https with your ANLAN_TLS_CERTIFICATE and _KEY, else with a local authority."
)
@click.option("--workers", type=int, default=None, help="Web workers [ANLAN_WORKERS, else 2].")
def command(demo: bool, port: int | None, host: str | None, tls: bool, workers: int | None) -> None:
    """Start the database and every process, say the address, and stay until Ctrl-C."""
    port = port or settings.PORT
    _settle_address(port, "https" if tls else "http")
    if tls:
        _settle_certificate()
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
    click.echo(_("Stopped."))


def _run(house: House, *, demo: bool) -> None:
    click.echo(_("Anlan is starting …"))
    house.prepare()
    links = import_string(PREPARE_DEMO)() if demo else ""
    house.start()
    if house.await_ready():
        click.echo(f"\n  {settings.ANLAN_PUBLIC_URL}/\n")
        if links:
            click.echo(_text(links))
        click.echo(_("Ctrl-C stops it."))
    elif not house.stopping:
        told = _("Not everything answers yet; {address} says what. Logs: {log}")
        click.echo(told.format(address=f"{settings.ANLAN_PUBLIC_URL}/health", log=house.var / "log"))
    house.watch()


def _settle_address(port: int, scheme: str) -> None:
    """Options come after the settings were read: links made here must carry them too."""
    settings.PORT = port
    os.environ["PORT"] = str(port)
    if not os.environ.get("ANLAN_PUBLIC_URL"):
        settings.ANLAN_PUBLIC_URL = f"{scheme}://127.0.0.1:{port}"


def _settle_certificate() -> None:
    if not os.environ.get("ANLAN_TLS_CERTIFICATE"):
        folder = Path(settings.ANLAN_VAR) / "tls"
        certificate, key = authority.certificate_for(
            folder, [urlsplit(settings.ANLAN_PUBLIC_URL).hostname or ""]
        )
        os.environ.update(ANLAN_TLS_CERTIFICATE=str(certificate), ANLAN_TLS_KEY=str(key))
        click.echo(_("Devices must trust {root} once.").format(root=folder / "ca.crt"))
        told = _("How, with a code to scan: {address}. Its fingerprint (SHA-256): {digits}")
        address = f"{settings.ANLAN_PUBLIC_URL}/trust/"
        click.echo(told.format(address=address, digits=authority.fingerprint(folder)))


def _text(links: Any) -> str:
    """What the demo hands over: text, or rows of words."""
    if isinstance(links, str):
        return links
    rows = links.items() if isinstance(links, dict) else links
    return "\n".join(
        "  " + "  ".join(map(str, row)) if not isinstance(row, str) else f"  {row}" for row in rows
    )
