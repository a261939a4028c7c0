"""`anlan people import`: a list of people with their duties."""

import json
from pathlib import Path

import click
from django.utils.translation import gettext as _

from anlan.kernel.core import clock
from anlan.kernel.orgs.roster import take_on
from anlan.surfaces.cli import tables

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(name="people")
def command() -> None:
    """People and what they answer for."""


@command.command(name="import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@click.option(
    "--bad", type=click.Path(dir_okay=False, path_type=Path), help="Write the bad rows back to this file."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def import_people(file: Path, dry_run: bool, bad: Path | None, as_json: bool) -> None:
    """Take on the people of a CSV file, one row a duty; good rows are kept, bad ones come back (exit code 1).

    \b
    Columns, English or Chinese:
      organisation 单位        organisation_kind 单位类型 (only for one not known here: bureau street community
                               member_unit enterprise headquarters)      uscc 统一社会信用代码
      name 姓名   title 职务   phone 电话   email 邮箱
      duty 岗责 (code or name) region 区划代码 (12 digits) or place 场所编码   rank 次序 (0 = A角)
    The same person (phone and name) with the same duty is not added twice: run the file again after mending it.
    """
    rows, digest = tables.read(file)
    taken = take_on(rows, digest=digest, by=tables.BY, at=clock.real_now(), dry=dry_run)
    counts = {"rows": taken.rows, "people": taken.people, "duties": taken.duties,
              "organisations": taken.organisations, "known": taken.known}  # fmt: skip
    tables.tell_bad(taken.bad, rows, bad)
    if as_json:
        spelled = [
            {"row": each.row, "column": each.column, "reason": tables.worded(each)} for each in taken.bad
        ]
        click.echo(json.dumps({**counts, "bad": spelled, "dry_run": dry_run}, ensure_ascii=False))
    else:
        said = _(
            "{rows} rows: {people} people, {duties} duties, {organisations} organisations new; "
            "{known} known; {bad} bad."
        )
        click.echo(
            said.format(**counts, bad=len(taken.bad)) + (" " + _("Nothing was written.") if dry_run else "")
        )
    if taken.bad:
        raise SystemExit(1)
