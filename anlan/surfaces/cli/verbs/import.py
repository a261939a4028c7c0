# ruff: noqa: N999 - a verb is called as its file is
"""`anlan import`: take a spreadsheet in from the terminal, with the reasons for every row that was left."""

import json
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.sheets import actions, files, mapping, queries, running
from anlan.kernel.sheets.models import Bad, Import
from anlan.kernel.sheets.registry import all_sheets, sheet_of
from anlan.surfaces.cli.tables import BY

SHOWN = 20


@click.command(name="import")
@click.argument("sheet", required=False)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check every row and write none.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEAD=NAME",
    help="What a head of the file means; repeatable.",
)
@click.option(
    "--bad",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rows not taken in to this .xlsx.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object: counts, mapping, bad rows.")
def command(
    sheet: str | None,
    file: Path | None,
    dry_run: bool,
    columns: tuple[str, ...],
    bad: Path | None,
    as_json: bool,
) -> None:
    """Take FILE (.xlsx, .xls, .csv) in as SHEET; without arguments list the sheets there are.

    Rows are known by their natural key: the same file twice changes nothing the second time.
    """
    if sheet is None or file is None:
        for each in all_sheets():
            heads = "、".join(_(column.label) + ("*" if column.required else "") for column in each.columns)
            click.echo(f"{each.code:<24} {_(each.label)}: {heads}")
        return
    job = _taken_in(sheet, file, columns, dry_run=dry_run)
    if bad is not None and job.refused:
        queries.bad_rows_file(job).replace(bad)
    click.echo(json.dumps(_as_dict(job), ensure_ascii=False) if as_json else _told(job))
    if job.state not in ("checked", "taken") or job.refused:
        raise SystemExit(1)


def _taken_in(sheet: str, file: Path, columns: tuple[str, ...], *, dry_run: bool) -> Import:
    at = clock.real_now()
    job = actions.receive(sheet=sheet, blocks=files.blocks_of(file), name=file.name, by=BY, at=at)
    running.run(job)
    if job.state == "looked_at":
        given = dict(job.mapping) | dict(column.partition("=")[::2] for column in columns)
        actions.begin(job=job, given=given, dry=dry_run, by=BY, at=at)
        running.run(job)
    if job.code:
        raise Refused(job.code, **job.facts)
    return job


def _as_dict(job: Import) -> dict[str, Any]:
    rows = Bad.objects.filter(of=job).order_by("row")[:1_000]
    return {
        "id": str(job.pk), "sheet": job.sheet, "state": job.state, "dry_run": job.dry, "sm3": job.file.sm3,
        "rows": job.position, "written": job.written, "same": job.same, "refused": job.refused, "mapping": job.mapping,
        "bad": [{"row": row.row, "column": row.column, "reason": queries.said(row)} for row in rows],
    }  # fmt: skip


def _told(job: Import) -> str:
    sheet = sheet_of(job.sheet)
    labels = {column.name: _(column.label) for column in sheet.columns}
    lines = [f"  {head} → {labels.get(column, _('left out'))}" for head, column in job.mapping.items()]
    counted = _("{rows} rows: {written} written, {same} there already, {refused} not taken in")
    if job.dry:
        counted = _(
            "Dry run, nothing written. {rows} rows: {written} would be written, {same} there already, {refused} not"
        )
    lines.append(counted.format(rows=job.position, written=job.written, same=job.same, refused=job.refused))
    for row in Bad.objects.filter(of=job).order_by("row")[:SHOWN]:
        column = mapping.plain(queries.column_label(job, row.column)) if row.column else ""
        lines.append(
            "  " + _("Row {row}, {column}: {why}").format(row=row.row, column=column, why=queries.said(row))
        )
    return "\n".join(lines)
