"""`anlan export`: a list as a spreadsheet, streamed to a file."""

from pathlib import Path

import click
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.kernel.core import clock
from anlan.kernel.sheets import actions, files, running
from anlan.kernel.sheets.registry import all_sheets
from anlan.surfaces.cli.tables import BY


@click.command(name="export")
@click.argument("sheet", required=False)
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--filter", "filters", multiple=True, metavar="NAME=VALUE", help="Cut the list, e.g. level=4; repeatable."
)
def command(sheet: str | None, file: Path | None, filters: tuple[str, ...]) -> None:
    """Write the list SHEET to FILE (.xlsx or .csv); without arguments list what can be given out."""
    if sheet is None or file is None:
        for each in all_sheets():
            if each.give is not None:
                click.echo(f"{each.code:<24} {_(each.label)}")
        return
    form = file.suffix.lstrip(".").lower() or "xlsx"
    asked = dict(each.partition("=")[::2] for each in filters)
    job = actions.ask_for(
        sheet=sheet, form=form, filters=asked, person=None, language=get_language() or "zh-hans", by=BY,
        at=clock.real_now(),
    )  # fmt: skip
    running.write(job)
    files.export_path(job.pk, form).replace(file)
    click.echo(_("{n} rows written to {file}").format(n=job.rows, file=file))
