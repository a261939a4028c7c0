"""What a file is, by its content; and what of it is refused before anything is read in earnest."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.sheets import ole

MOST_MB = 200
MOST_ROWS = 2_000_000
MOST_UNPACKED = 3 * 2**30  # bytes; a million rows of fifteen columns unpack to about 900 MB
MOST_RATIO = 250  # a bomb packs a thousandfold, a dull spreadsheet forty
_SMALL = 10 * 2**20  # below this no ratio is asked
_BLOCK = 2**20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

TOO_BIG = reason(
    "sheets.too_big",
    N_("The file has {mb} MB; {most} MB are the limit. Save it without pictures, or in parts."),
)
TOO_MANY_ROWS = reason(
    "sheets.too_many_rows",
    N_("The file has more than {most} rows. Split it into several files; they may come one after the other."),
)
EMPTY = reason("sheets.empty", N_("The file is empty."))
NO_SHEET = reason(
    "sheets.no_sheet", N_("This is no spreadsheet. Save it as .xlsx, .xls or .csv and send it again.")
)
WEB_PAGE = reason(
    "sheets.web_page",
    N_(
        "This is a web page with the name of a spreadsheet. Open it in the office program and save it as .xlsx."
    ),
)
MACROS = reason(
    "sheets.macros", N_("The file holds macros. Save it as .xlsx without macros and send it again.")
)
ENCRYPTED = reason(
    "sheets.encrypted", N_("The file is locked with a password. Take the password off and send it again.")
)
FORMULAS = reason(
    "sheets.formulas",
    N_("Cell {cell} holds a formula. Copy all cells, paste them as values, and send the file again."),
)
BOMB = reason("sheets.bomb", N_("The file unpacks to far more than a spreadsheet holds. It was not opened."))
BROKEN = reason(
    "sheets.broken", N_("The file is damaged and cannot be read to its end. Save it anew and send it again.")
)

_TAIL = 200_000  # bytes in which the last row of a leaf begins

_FORMULA = re.compile(rb"<(?:\w{1,20}:)?f[ >/]")
_CELL = re.compile(rb'<(?:\w{1,20}:)?c [^>]*?r="([A-Z]{1,3}[0-9]{1,7})"')
_PREFIX = re.compile(rb"<(\w{1,20}:)worksheet")  # some programs write <x:row> for <row>


class LetIn(NamedTuple):
    """A file that may be read: what it is, and how many rows each part of an xlsx has, down to the last written to."""

    kind: str
    heights: Mapping[str, int]


def kind_of(path: Path) -> str:
    """`xlsx`, `xls` or `csv`; raises `Refused` for everything else and for what is not taken in."""
    return let_in(path).kind


def let_in(path: Path) -> LetIn:
    """What `kind_of` says, and the heights that were met on the way; raises `Refused`.

    All of the file is read: it is asked once, when the file is looked at. Files are kept under their content.
    """
    heights: dict[str, int] = {}
    size = path.stat().st_size
    if size == 0:
        raise Refused(EMPTY, field="file")
    if size > MOST_MB * 2**20:
        raise Refused(TOO_BIG, field="file", mb=size // 2**20, most=MOST_MB)
    kind = form_of(path)
    if kind == "xls":
        _check_ole(path)
    elif kind == "xlsx":
        heights = _check_zip(path)
    else:
        with path.open("rb") as file:
            _check_text(file.read(64 * 1024))
    return LetIn(kind, heights)


def form_of(path: Path) -> str:
    """The same of a file that was let in before, by its first bytes."""
    with path.open("rb") as file:
        head = file.read(len(_OLE))
    if head.startswith(_OLE):
        return "xls"
    return "xlsx" if head.startswith(b"PK\x03\x04") else "csv"


def _check_ole(path: Path) -> None:
    """An .xls, or an .xlsx in the wrapper of its password. Names of streams are UTF-16."""
    data = path.read_bytes()
    if _wide("EncryptedPackage") in data:
        raise Refused(ENCRYPTED, field="file")
    if _wide("_VBA_PROJECT") in data or _wide("VBA") in data:
        raise Refused(MACROS, field="file")
    if _wide("Workbook") not in data and _wide("Book") not in data:
        raise Refused(NO_SHEET, field="file")
    book = ole.workbook_of(data)
    if ole.locked(book):
        raise Refused(ENCRYPTED, field="file")
    if cell := ole.first_formula(book):
        raise Refused(FORMULAS, field="file", cell=cell)


def _wide(name: str) -> bytes:
    return name.encode("utf-16-le") + b"\0\0"


def _check_zip(path: Path) -> dict[str, int]:
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive, path.stat().st_size)
            leaves = [
                part
                for part in archive.namelist()
                if part.startswith("xl/worksheets/") and part.endswith(".xml")
            ]
            return {part: _check_leaf(archive, part) for part in leaves}
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as failure:
        raise Refused(BROKEN, field="file") from failure


def _check_parts(archive: zipfile.ZipFile, size: int) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(ENCRYPTED, field="file")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(MACROS, field="file")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > 5_000 or unpacked > MOST_UNPACKED or (unpacked > _SMALL and unpacked > MOST_RATIO * size):
        raise Refused(BOMB, field="file")
    if "xl/workbook.xml" not in names:
        raise Refused(NO_SHEET, field="file")


def _check_leaf(archive: zipfile.ZipFile, part: str) -> int:
    """Formulas and rows of one leaf, in one pass over its bytes; the directory's word on its size is not believed.

    Returns its height: rows count themselves, and the last one stands near the end of the part.
    """
    rows = unpacked = 0
    tail, prefix = b"", b""
    for block, overlap in _blocks(archive, part):
        if unpacked == 0 and (told := _PREFIX.search(block[:4096])):
            prefix = told.group(1)
        row, formula = b"<" + prefix + b"row", b"<" + prefix + b"f"
        unpacked += len(block)
        text = overlap + block
        # What lies in the overlap alone was looked at with the block before.
        rows += text.count(row) - overlap.count(row)
        # A formula is rare and the pattern slow: it looks only where its letters are met.
        found = _FORMULA.search(text) if formula in text else None
        if found:
            cells = _CELL.findall(text, 0, found.start())
            raise Refused(FORMULAS, field="file", cell=cells[-1].decode() if cells else "?")
        if unpacked > MOST_UNPACKED:
            raise Refused(BOMB, field="file")
        if rows > MOST_ROWS:
            raise Refused(TOO_MANY_ROWS, field="file", most=MOST_ROWS)
        tail = (tail + block)[-_TAIL:]
    at = tail.rfind(b"<" + prefix + b"row")
    said = tail[at : at + 100].partition(b' r="')[2].partition(b'"')[0] if at >= 0 else b""
    return int(said) if said.isdigit() else rows


def _blocks(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[bytes, bytes]]:
    with archive.open(part) as file:
        overlap = b""
        while block := file.read(_BLOCK):
            yield block, overlap
            overlap = block[-200:]


def _check_text(head: bytes) -> None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<div", b"mime-version")):
        raise Refused(WEB_PAGE, field="file")
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(NO_SHEET, field="file")
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"GIF8")):
        raise Refused(NO_SHEET, field="file")
