"""Rows out of a spreadsheet, as they stand there: lists of cells, streamed."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from anlan.kernel.core.errors import Refused
from anlan.kernel.sheets.inspecting import BROKEN, EMPTY, MOST_ROWS, TOO_MANY_ROWS, form_of, let_in
from anlan.kernel.sheets.peeking import peek

Cells = list[Any]
HEADS_WITHIN = 15  # rows: a title, a note and the head stand above the data
_BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf of a workbook: its name and its rows from the first on, which may be asked for once."""

    name: str
    height: int
    rows: Iterator[Cells]

    def top(self) -> list[Cells]:
        """The first rows, where the heads are looked for."""
        return list(islice(self.rows, HEADS_WITHIN))


def tops(path: Path) -> Iterator[tuple[str, list[Cells], int]]:
    """Name, first rows and height of each leaf, without reading the rest where that can be helped."""
    let = let_in(path)
    if let.kind == "xlsx":
        yield from peek(path, rows=HEADS_WITHIN, heights=let.heights)
    else:
        for leaf in leaves(path):
            yield leaf.name, leaf.top(), leaf.height


def leaves(path: Path, *, only: str = "") -> Iterator[Leaf]:
    """The leaves of a file that was let in by `let_in`, or the one that is named; raises `Refused`."""
    if form_of(path) == "csv":
        yield _text_leaf(path)
        return
    try:
        book = CalamineWorkbook.from_path(str(path))
        for leaf in book.sheets_metadata:
            if leaf.typ == SheetTypeEnum.WorkSheet and only in ("", leaf.name):
                sheet = book.get_sheet_by_name(leaf.name)
                # `start` is where the cells begin: rows above that are empty are counted all the same.
                before = sheet.start[0] if sheet.start else 0
                yield Leaf(leaf.name, before + sheet.height, _numbered(sheet.iter_rows(), before))
    except (CalamineError, OSError, ValueError) as failure:
        raise Refused(BROKEN, field="file") from failure


def _numbered(rows: Iterator[Cells], before: int) -> Iterator[Cells]:
    for _above in range(before):
        yield []
    yield from rows


def _text_leaf(path: Path) -> Leaf:
    encoding = _encoding(path)
    lines = _lines(path, encoding)
    if lines == 0:
        raise Refused(EMPTY, field="file")
    if lines > MOST_ROWS:
        raise Refused(TOO_MANY_ROWS, field="file", most=MOST_ROWS)
    return Leaf("", lines, _csv_rows(path, encoding))


def _encoding(path: Path) -> str:
    """UTF-8 where every byte says so, with or without a mark; UTF-16 with one; else GB 18030, as offices write."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def _lines(path: Path, encoding: str) -> int:
    newline = "\n".encode("utf-16-le") if encoding == "utf-16" else b"\n"
    count, last = 0, b"\n"
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            count += block.count(newline)
            last = block[-1:]
    return count + (last not in (b"\n", b"\0"))


def _csv_rows(path: Path, encoding: str) -> Iterator[Cells]:
    try:
        with path.open(encoding=encoding, newline="") as file:
            delimiter = _delimiter(file)
            file.seek(0)
            yield from csv.reader(file, delimiter=delimiter)
    except (UnicodeDecodeError, csv.Error) as failure:
        raise Refused(BROKEN, field="file") from failure


def _delimiter(file: io.TextIOBase) -> str:
    first = file.readline(64 * 1024)
    return max(",;\t，", key=first.count) if first else ","


def as_text(cell: Any) -> str:
    """A cell as a person reads it: no `.0` behind a whole number, no blanks around."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def trimmed(cells: Sequence[Any]) -> list[str]:
    """A row as texts, without the empty cells behind its last full one."""
    texts = [as_text(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts
