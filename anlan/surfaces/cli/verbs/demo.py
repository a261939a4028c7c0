"""`anlan demo`: write the invented district without starting the house; whole, for benches and for looking at scale."""

import time

import click
from django.db import connections
from django.utils.translation import gettext as _

from anlan.surfaces.cli.demo import district, firms, risks


@click.command(name="demo")
@click.option(
    "--scale", type=click.Choice(["small", "district"]), default="small", show_default=True,
    help="small: as `anlan up --demo` has it; district: 37,000 firms, 303,533 risk points, 974,024 sources.",
)  # fmt: skip
def command(scale: str) -> None:
    """Write the demo district into the running database. Twice is once."""
    started = time.monotonic()
    if not district.is_there():
        district.write()
    if scale == "district":
        click.echo(_("{n} firms written").format(n=firms.write()))
    click.echo(_("{n} risk points written").format(n=risks.write(scale)))
    if scale == "district":
        with connections["owner"].cursor() as cursor:  # only an owner may; the planner should know at once
            cursor.execute(
                "ANALYZE orgs_organisation, enterprises_enterprise, risks_riskpoint, risks_risksource"
            )
    click.echo(_("{s} seconds").format(s=round(time.monotonic() - started, 1)))
