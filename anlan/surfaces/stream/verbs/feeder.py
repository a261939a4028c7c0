"""`anlan feeder CODE`: let a source send readings over HTTP; prints its token once."""

import click

from anlan.domains.sensing.actions import declare_feeder
from anlan.domains.sensing.rules.sources import MILLIMETRES
from anlan.kernel.core import clock


@click.command(name="feeder")
@click.argument("code")
@click.option("--name", required=True, help="whose source it is, as people call it")
@click.option("--unit", type=click.Choice(sorted(MILLIMETRES)), default="mm", help="unit of its values")
@click.option("--interval", type=click.Choice(["start", "end"]), default="end", help="what its stamps name")
@click.option("--tz", default="UTC", help="zone of its stamps that name none")
def command(code: str, name: str, unit: str, interval: str, tz: str) -> None:
    """Declare the source CODE (again: with a new token; the old one no longer opens)."""
    said = {"unit": unit, "stamp": interval, "zone": tz}
    token = declare_feeder(code=code, name=name, by="service:operator", at=clock.real_now(), declaration=said)
    click.echo(token)
