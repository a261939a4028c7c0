"""`anlan duty-kinds load`: the kinds of duty as data."""

from pathlib import Path

import click
from django.utils.translation import gettext as _

from anlan.kernel.core import clock
from anlan.kernel.orgs.roster import load_duty_kinds
from anlan.surfaces.cli import tables


@click.group(name="duty-kinds")
def command() -> None:
    """Kinds of duty (岗责类型)."""


@command.command(name="load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(file: Path) -> None:
    """Load kinds from a CSV file: code, label, label_en, closes_on, rung_by_hand, ring_order, flood, watch.

    closes_on is the answer that closes a call to a holder (received, on_post, done). A known code takes the file's
    values. anlan/surfaces/cli/demo/data/duty_kinds.csv is one to start from.
    """
    rows, digest = tables.read(file)
    taken = load_duty_kinds(rows, digest=digest, by=tables.BY, at=clock.real_now())
    tables.tell_bad(taken.bad, rows, None)
    click.echo(_("{n} kinds of duty stand as the file says.").format(n=taken.known))
    if taken.bad:
        raise SystemExit(1)
