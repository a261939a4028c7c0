"""Spreadsheets as files, written row by row: a list of any length passes through a few megabytes of memory.

Strings stand in their cells (no shared table to be kept), nothing is ever written as a formula, and CSV disarms what
a spreadsheet would take for one.
"""

import codecs
import csv
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from anlan.kernel.sheets.mapping import letters

LOCAL = ZoneInfo("Asia/Shanghai")
LEAF_ROWS = 1_048_575  # data rows of a leaf, below its head
_BLOCK = 500  # rows handed to the packer at a time
_LONGEST = 32_767  # characters of a cell
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ARMED = re.compile(r"^[=+\-@\t\r]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_FONT = '<sz val="11"/><name val="宋体"/>'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    f'<fonts count="2"><font>{_FONT}</font><font><b/>{_FONT}</font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def write_xlsx(path: Path, *, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows under heads; returns how many. A second leaf begins where one is full."""
    written, leaf = 0, 0
    stream = iter(rows)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        while True:
            first = list(islice(stream, 1))
            if not first and leaf:
                break
            leaf += 1
            with archive.open(f"xl/worksheets/sheet{leaf}.xml", "w", force_zip64=True) as out:
                written += _leaf(out, heads, chain(first, islice(stream, LEAF_ROWS - 1)))
        _rest(archive, name, leaf)
    return written


def _leaf(out: IO[bytes], heads: Sequence[str], rows: Iterator[Sequence[Any]]) -> int:
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{min(40, max(10, 2 * len(head) + 4))}" customWidth="1"/>'
        for n, head in enumerate(heads, 1)
    )
    head = "".join(
        f'<c r="{letters(n)}1" s="1" t="inlineStr"><is><t>{_said(text)}</t></is></c>'
        for n, text in enumerate(heads)
    )
    out.write(
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols>{widths}</cols><sheetData><row r="1">{head}</row>'.encode()
    )
    names = [letters(n) for n in range(len(heads))]
    number = 1
    while block := list(islice(rows, _BLOCK)):
        out.write("".join([_row(row, number + n, names) for n, row in enumerate(block, 1)]).encode())
        number += len(block)
    out.write(b"</sheetData></worksheet>")
    return number - 1


def _row(row: Sequence[Any], number: int, names: Sequence[str]) -> str:
    cells = [
        _cell(value, f"{name}{number}")
        for name, value in zip(names, row, strict=False)
        if value not in (None, "")
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(value: Any, place: str) -> str:
    if type(value) is str:
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{_said(value)}</t></is></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float, Decimal)):
        return f'<c r="{place}"><v>{value}</v></c>' if value == value else ""
    if isinstance(value, date):
        return f'<c r="{place}" s="{3 if isinstance(value, datetime) else 2}"><v>{_days(value)}</v></c>'
    return _cell(str(value), place)


def _said(text: str) -> str:
    if not text.isprintable():
        text = _UNWRITABLE.sub("", text)
    return escape(text[:_LONGEST])


def _days(value: date) -> float:
    """Days since the spreadsheet's own beginning, local time."""
    if isinstance(value, datetime):
        local = value.astimezone(LOCAL).replace(tzinfo=None) if value.tzinfo else value
        return (local - datetime(1899, 12, 30)).total_seconds() / 86_400  # noqa: DTZ001 - spreadsheets know no zones
    return (value - date(1899, 12, 30)).days


def _rest(archive: zipfile.ZipFile, name: str, leaves: int) -> None:
    numbers = range(1, leaves + 1)
    title = re.sub(r"[\[\]:*?/\\]", " ", name)[:25] or "1"
    sheets = "".join(
        f'<sheet name={quoteattr(title if n == 1 else f"{title} {n}")} sheetId="{n}" r:id="r{n}"/>'
        for n in numbers
    )
    archive.writestr(
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    archive.writestr(
        "xl/_rels/workbook.xml.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        f'<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    )
    archive.writestr("xl/styles.xml", _STYLES)
    archive.writestr(
        "_rels/.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="w" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in numbers
    )
    archive.writestr(
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{parts}</Types>',
    )


def write_csv(path: Path, *, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """The same as CSV in UTF-8 with its mark, which every office program takes for what it is."""
    written = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(codecs.BOM_UTF8.decode())
        writer = csv.writer(out)
        writer.writerow(heads)
        for row in rows:
            writer.writerow([_plain(value) for value in row])
            written += 1
    return written


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        # A quote before it keeps a spreadsheet from running what somebody typed into a field.
        return f"'{value}" if _ARMED.match(value) else value
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if value.tzinfo else value
    return "" if value is None else value


WRITERS = {"xlsx": write_xlsx, "csv": write_csv}
