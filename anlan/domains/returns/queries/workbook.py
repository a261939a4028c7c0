"""The exact sheet of a form: title, note, merged head, lines, widths and number formats, in the upper form's order."""

from io import BytesIO
from typing import Any

import xlsxwriter

from anlan.domains.returns.queries.reading import Filled
from anlan.domains.returns.rules.forms import head_cells
from anlan.domains.returns.rules.texts import Cell

FONT = {"font_name": "宋体", "font_size": 11}
LINE = {"border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}


def written(filled: Filled) -> bytes:
    """The workbook. Nothing is ever a formula; no value is the form's blank sign."""
    out = BytesIO()
    with xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    ) as book:
        leaf = book.add_worksheet(filled.form.label[:31])
        formats = _Formats(book)
        if filled.form.layout == "fields":
            _fields(leaf, filled, formats)
        else:
            _table(leaf, filled, formats)
        leaf.set_landscape()
        leaf.set_paper(9)
        leaf.fit_to_pages(1, 0)
    return out.getvalue()


class _Formats:
    """Each look once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.known: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, **look: Any) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self.known:
            self.known[key] = self.book.add_format(FONT | look)
        return self.known[key]

    @property
    def title(self) -> Any:
        return self.of(bold=True, font_size=16, align="center", valign="vcenter", text_wrap=True)

    @property
    def note(self) -> Any:
        return self.of(align="left", valign="vcenter", text_wrap=True)

    @property
    def head(self) -> Any:
        return self.of(**LINE, bold=True, bg_color="#F2F2F2")

    def cell(self, one: Cell, *, bold: bool = False) -> Any:
        look: dict[str, Any] = {**LINE, "bold": bold}
        if one.column.kind == "text":
            look["align"] = "left" if one.column.source == "field" else "center"
        elif one.number is not None:
            look["num_format"] = "0." + "0" * one.column.digits if one.column.digits else "0"
        return self.of(**look)


def _above(leaf: Any, filled: Filled, formats: _Formats, width: int) -> int:
    """Title and note over the whole width; the row that comes next."""
    _merge(leaf, 0, 0, 1, width, filled.title, formats.title)
    leaf.set_row(0, 30)
    if not filled.note:
        return 1
    _merge(leaf, 1, 0, 1, width, filled.note, formats.note)
    return 2


def _merge(leaf: Any, row: int, column: int, down: int, right: int, text: str, look: Any) -> None:
    if down == right == 1:
        leaf.write_string(row, column, text, look)
    else:
        leaf.merge_range(row, column, row + down - 1, column + right - 1, text, look)


def _table(leaf: Any, filled: Filled, formats: _Formats) -> None:
    form = filled.form
    top = _above(leaf, filled, formats, len(form.columns))
    for place in head_cells(form.columns, form.depth):
        _merge(leaf, top + place.row, place.column, place.down, place.right, place.text, formats.head)
    for at, column in enumerate(form.columns):
        leaf.set_column(at, at, column.width)
    for number, row in enumerate(filled.lines, start=top + form.depth):
        for at, one in enumerate(row.cells):
            _write(leaf, number, at, one, formats.cell(one, bold=row is filled.total))
    leaf.freeze_panes(top + form.depth, 1)


def _fields(leaf: Any, filled: Filled, formats: _Formats) -> None:
    """Label and value side by side, so many pairs a line; a long text takes a line of its own."""
    form, row = filled.form, filled.rows[0]
    width = 2 * form.across
    number, at = _above(leaf, filled, formats, width), 0
    for one in row.cells:
        long = one.column.width > 40
        if long and at:
            number, at = number + 1, 0
        leaf.write_string(number, at, one.column.head, formats.head)
        if long:
            _merge(leaf, number, 1, 1, width - 1, one.text, formats.cell(one))
            leaf.set_row(number, 60)
            number += 1
            continue
        _write(leaf, number, at + 1, one, formats.cell(one))
        number, at = (number + 1, 0) if at + 2 >= width else (number, at + 2)
    for pair in range(form.across):
        leaf.set_column(2 * pair, 2 * pair, 18)
        leaf.set_column(2 * pair + 1, 2 * pair + 1, 26)


def _write(leaf: Any, row: int, at: int, one: Cell, look: Any) -> None:
    if one.number is not None:
        leaf.write_number(row, at, float(one.number), look)
    else:
        leaf.write_string(row, at, one.text, look)
