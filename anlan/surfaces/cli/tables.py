"""Files of rows from an office's spreadsheet, and what an import says afterwards."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import click
from django.utils.translation import gettext as _

from anlan.kernel.core import keys
from anlan.kernel.orgs.roster import Bad

BY = "service:terminal"  # whoever may start programs on the server; the server's own log knows who


def read(path: Path) -> tuple[list[dict[str, str]], str]:
    """The rows of a CSV file, and its SM3. UTF-8, with or without a mark; else GB 18030, as spreadsheets write."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    rows = csv.DictReader(
        io.StringIO(text, newline=""), restkey=""
    )  # cells beyond the head belong to no column
    return [{name: value for name, value in row.items() if name} for row in rows], keys.sm3(data)


def tell_bad(bad: Sequence[Bad], rows: Sequence[dict[str, str]], target: Path | None) -> None:
    """Each bad row with column and reason on stderr; whole, with two columns more, into `target`."""
    for each in bad:
        click.echo(
            _("Row {row}, {column}: {why}").format(row=each.row, column=each.column, why=worded(each)),
            err=True,
        )
    if target is None or not bad:
        return
    head = list(rows[0])
    with target.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*head, "bad_row", "bad_column", "bad_reason"])
        for each in bad:
            row = rows[each.row - 2]
            writer.writerow([*(row[name] for name in head), each.row, each.column, worded(each)])


def worded(bad: Bad) -> str:
    return _(bad.why).format(**bad.facts)
