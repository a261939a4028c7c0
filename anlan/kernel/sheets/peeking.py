"""The first rows of an .xlsx, without reading its million others: heads and a sample are shown at once."""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from anlan.kernel.core.errors import Refused
from anlan.kernel.sheets.inspecting import BROKEN

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_LINK = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Peeked(NamedTuple):
    """One leaf: its name, its first rows, and how many it has down to the last that was written to."""

    name: str
    top: list[list[Any]]
    height: int


def peek(path: Path, *, rows: int, heights: Mapping[str, int]) -> list[Peeked]:
    """The leaves of a workbook by their first `rows` rows; raises `Refused` where it is damaged or unusual.

    `heights`: rows a part, as `inspecting.let_in` met them.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return [
                Peeked(name, _leaf(archive, part, rows), heights[part]) for name, part in _leaves(archive)
            ]
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, EOFError, OSError, ValueError) as failure:
        raise Refused(BROKEN, field="file") from failure


def _leaves(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    links = {
        link.get("Id"): link.get("Target", "")
        for link in _parsed(archive, "xl/_rels/workbook.xml.rels").iter(_LINK)
    }
    book = _parsed(archive, "xl/workbook.xml")
    for sheet in book.iter(f"{_MAIN}sheet", f"{_STRICT}sheet"):
        target = links.get(sheet.get(f"{_OFFICE}id"), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" in part:
            yield sheet.get("name", ""), part


def _parsed(archive: zipfile.ZipFile, part: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    with archive.open(part) as file:
        return etree.parse(file, parser).getroot()


def _leaf(archive: zipfile.ZipFile, part: str, most: int) -> list[list[Any]]:
    cells: list[list[tuple[int, str, str]]] = []
    with archive.open(part) as file:
        for number, row in _rows(file):
            if number > most:
                break
            cells += [[] for _gap in range(number - 1 - len(cells))]
            cells.append([_cell(cell) for cell in row.iter(f"{_MAIN}c", f"{_STRICT}c")])
    shared = _shared(archive, {int(text) for row in cells for _n, kind, text in row if kind == "s" and text})
    return [_filled(row, shared) for row in cells]


def _rows(file: Any) -> Iterator[tuple[int, Any]]:
    last = 0
    for _event, row in etree.iterparse(
        file, tag=(f"{_MAIN}row", f"{_STRICT}row"), resolve_entities=False, no_network=True
    ):
        last = int(row.get("r") or last + 1)
        yield last, row
        row.clear()


def _cell(cell: Any) -> tuple[int, str, str]:
    """Place of the column (0 = A, -1 = the next one), type and text."""
    letters = "".join(c for c in cell.get("r", "") if c.isalpha())
    place = -1
    for letter in letters:
        place = (place + 1) * 26 + ord(letter) - 65
    kind = cell.get("t", "n")
    wanted = ("t",) if kind == "inlineStr" else ("v",)
    text = "".join(part.text or "" for part in cell.iter() if etree.QName(part).localname in wanted)
    return place if letters else -1, kind, text


def _shared(archive: zipfile.ZipFile, wanted: set[int]) -> dict[int, str]:
    """Those of the shared strings that are asked for; reading ends behind the last of them."""
    found: dict[int, str] = {}
    if not wanted:
        return found
    with archive.open("xl/sharedStrings.xml") as file:
        items = etree.iterparse(
            file, tag=(f"{_MAIN}si", f"{_STRICT}si"), resolve_entities=False, no_network=True
        )
        for number, (_event, item) in enumerate(items):
            if number in wanted:
                found[number] = "".join(t.text or "" for t in item.iter(f"{_MAIN}t", f"{_STRICT}t"))
            item.clear()
            if number >= max(wanted):
                break
    return found


def _filled(row: list[tuple[int, str, str]], shared: dict[int, str]) -> list[Any]:
    cells: list[Any] = []
    for place, kind, text in row:
        place = len(cells) if place < 0 else place
        cells += [""] * (place - len(cells))
        cells.append(shared.get(int(text), "") if kind == "s" and text else text)
    return cells
