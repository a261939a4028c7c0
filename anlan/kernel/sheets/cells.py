"""Cells as values: a chunk at a time, column by column, with a reason for each one that does not fit."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, override
from stdnum.cn import uscc as credit_codes

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.sheets.reading import Cells, as_text
from anlan.kernel.sheets.spec import Sheet, SheetColumn

NEEDED = reason("sheets.needed", N_("A value is needed here."))
TOO_LONG = reason("sheets.too_long", N_("The text has {n} characters; {most} are the limit."))
NOT_WHOLE = reason("sheets.not_whole", N_("“{given}” is no whole number."))
NOT_A_NUMBER = reason("sheets.not_a_number", N_("“{given}” is no number."))
NOT_A_DATE = reason("sheets.not_a_date", N_("“{given}” is no date. Write it as 2026-07-03."))
NOT_A_CHOICE = reason("sheets.not_a_choice", N_("“{given}” is not one of: {known}."))
NOT_A_FLAG = reason("sheets.not_a_flag", N_("“{given}” is neither yes nor no."))
NOT_A_USCC = reason(
    "sheets.not_a_uscc", N_("“{given}” is no unified social credit code: its check digit is wrong.")
)
NOT_A_PHONE = reason("sheets.not_a_phone", N_("“{given}” is no phone number."))
TWICE = reason("sheets.twice", N_("Row {row} is the same one again; the first was taken."))

LOCAL = ZoneInfo("Asia/Shanghai")
_YES = {"是", "有", "√", "✓", "y", "yes", "true", "1", "对"}
_NO = {"否", "无", "没有", "×", "✗", "n", "no", "false", "0", "/", "-"}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]")
_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets count days from here, in nobody's zone
Read = Callable[[Any], Any]


@dataclass(slots=True)
class Chunk:
    """Some rows of a file. `values` are those that fit, `places` their positions in the chunk, `bad` the others:
    position → (column, refusal)."""

    values: list[dict[str, Any]]
    places: list[int]
    bad: dict[int, tuple[str, Refused]] = field(default_factory=dict)


def checked(
    sheet: Sheet, heads: Sequence[str], mapping: Mapping[str, str], rows: Sequence[Cells], *, first: int = 1
) -> Chunk:
    """The rows of a chunk as dicts by column name; those that do not fit with the first reason for each.

    `first` is what the spreadsheet calls the first of the rows.
    """
    given = {name: number for number, head in enumerate(heads) if (name := mapping.get(head, ""))}
    width = len(heads)
    whole = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in rows]
    bad: dict[int, tuple[str, Refused]] = {}
    columns = []
    for column in sheet.columns:
        cells = [row[given[column.name]] for row in whole] if column.name in given else [""] * len(rows)
        columns.append(_column(column, cells, bad))
    names = [column.name for column in sheet.columns]
    # All empty rows at the end of a leaf are nothing: neither taken nor refused.
    full = [any(cell not in ("", None) for cell in row) for row in whole]
    chunk = Chunk([], [], {place: said for place, said in bad.items() if full[place]})
    _fill(
        chunk, sheet, [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)], full, first
    )
    return chunk


def _fill(
    chunk: Chunk, sheet: Sheet, rows: Sequence[dict[str, Any]], full: Sequence[bool], first: int
) -> None:
    seen: dict[tuple[Any, ...], int] = {}
    for place, row in enumerate(rows):
        if not full[place] or place in chunk.bad:
            continue
        key = tuple(row[name] for name in sheet.key)
        if key in seen:
            chunk.bad[place] = ("", Refused(TWICE, row=first + seen[key]))
            continue
        seen[key] = place
        chunk.values.append(row)
        chunk.places.append(place)


def _column(column: SheetColumn, cells: list[Any], bad: dict[int, tuple[str, Refused]]) -> list[Any]:
    """A whole column in one go where all of it fits, cell by cell where something does not."""
    read = reader(column)
    try:
        return [read(cell) for cell in cells]
    except Refused:
        return [_one(read, column.name, cell, place, bad) for place, cell in enumerate(cells)]


def _one(read: Read, name: str, cell: Any, place: int, bad: dict[int, tuple[str, Refused]]) -> Any:
    try:
        return read(cell)
    except Refused as refusal:
        bad.setdefault(place, (name, refusal))
        return None


def reader(column: SheetColumn) -> Read:
    """What turns a cell of this column into its value. An empty one is None, or "" in a column of text."""
    inner = _KINDS[column.kind](column)
    nothing: Any = "" if column.kind in ("text", "choice", "region", "uscc", "phone") else None
    required = column.required

    def read(cell: Any) -> Any:
        if cell is None or cell == "":
            text_or_cell: Any = ""
        elif type(cell) is str:
            text_or_cell = cell.strip()
        else:
            text_or_cell = cell
        if text_or_cell == "":
            if required:
                raise Refused(NEEDED)
            return nothing
        return inner(text_or_cell)

    return read


def _text(column: SheetColumn) -> Read:
    most = column.most

    def read(cell: Any) -> str:
        text = cell if type(cell) is str else as_text(cell)
        if len(text) > most:
            raise Refused(TOO_LONG, n=len(text), most=most)
        return text.replace("\0", "")

    return read


def _integer(column: SheetColumn) -> Read:
    def read(cell: Any) -> int:
        number = _as_float(cell, NOT_WHOLE)
        if not number.is_integer() or abs(number) > 2**31:
            raise Refused(NOT_WHOLE, given=as_text(cell)[:40])
        return int(number)

    return read


def _number(column: SheetColumn) -> Read:
    return lambda cell: _as_float(cell, NOT_A_NUMBER)


def _as_float(cell: Any, code: str) -> float:
    if type(cell) is float or (isinstance(cell, int) and not isinstance(cell, bool)):
        return float(cell)
    try:
        number = float(as_text(cell).replace(",", "").replace("，", ""))
    except ValueError:
        raise Refused(code, given=as_text(cell)[:40]) from None
    if number != number or number in (float("inf"), float("-inf")):
        raise Refused(code, given=as_text(cell)[:40])
    return number


def _moment(cell: Any) -> datetime:
    """A local time without its zone, from a real date, the days a spreadsheet counts, or a written date."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - gets its zone where it is used
    if isinstance(cell, (int, float)) and 20_000 < cell < 80_000:  # 1954–2119
        return _FIRST_DAY + timedelta(days=float(cell))
    found = _DATE.fullmatch(as_text(cell))
    try:
        if found:
            year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
            return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - as above
    except ValueError:
        pass
    raise Refused(NOT_A_DATE, given=as_text(cell)[:40])


def _date(column: SheetColumn) -> Read:
    return lambda cell: _moment(cell).date()


def _datetime(column: SheetColumn) -> Read:
    return lambda cell: _moment(cell).replace(tzinfo=LOCAL).astimezone(UTC)


@cache
def _choices(choices: tuple[tuple[str, str], ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, label in choices:
        with override("zh-hans"):
            chinese = gettext(label)
        for word in (code, label, chinese):
            found.setdefault(word.lower(), code)
    return found


def _choice(column: SheetColumn) -> Read:
    known = _choices(column.choices)

    def read(cell: Any) -> str:
        text = cell if type(cell) is str else as_text(cell)
        code = known.get(text) or known.get(text.lower())
        if code is None:
            # The first word for each code: the others are how offices write the same.
            first = dict(reversed(column.choices))
            labels = "、".join(
                gettext(first[code]) for code in dict.fromkeys(c for c, _label in column.choices)
            )
            raise Refused(NOT_A_CHOICE, given=text[:40], known=labels)
        return code

    return read


def _flag(column: SheetColumn) -> Read:
    def read(cell: Any) -> bool:
        text = "1" if cell is True else "0" if cell is False else as_text(cell).lower()
        if text in _YES:
            return True
        if text in _NO:
            return False
        raise Refused(NOT_A_FLAG, given=text[:40])

    return read


def _region(column: SheetColumn) -> Read:
    """Digits are filled up to a code of twelve; a name stays a name, its owner knows the regions."""

    def read(cell: Any) -> str:
        text = cell if type(cell) is str else as_text(cell)
        return text.ljust(12, "0") if text.isascii() and text.isdigit() and len(text) <= 12 else text[:80]

    return read


@lru_cache(maxsize=100_000)
def _is_credit_code(text: str) -> bool:
    return bool(credit_codes.is_valid(text))


def _uscc(column: SheetColumn) -> Read:
    def read(cell: Any) -> str:
        text = (cell if type(cell) is str else as_text(cell)).upper()
        if not _is_credit_code(text):
            raise Refused(NOT_A_USCC, given=text[:40])
        return text

    return read


def _phone(column: SheetColumn) -> Read:
    def read(cell: Any) -> str:
        text = as_text(cell)
        if not _PHONE.fullmatch(text):
            raise Refused(NOT_A_PHONE, given=text[:40])
        return text.replace(" ", "").replace("-", "")

    return read


_KINDS: dict[str, Callable[[SheetColumn], Read]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "date": _date,
    "datetime": _datetime,
    "choice": _choice,
    "flag": _flag,
    "region": _region,
    "uscc": _uscc,
    "phone": _phone,
}
