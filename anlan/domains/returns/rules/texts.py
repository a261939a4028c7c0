"""The exact text of a cell: what is copied, what stands in the sheet, and what of theirs means the same. Pure."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from anlan.domains.returns.rules.forms import Column

ZONE = ZoneInfo("Asia/Shanghai")
TIME = "%Y-%m-%d %H:%M"
NOTHING = frozenset({"", "-", "--", "—", "——", "－", "/", "／", "\\", "无", "nan", "null", "none"})
Value = Decimal | str | datetime | None


@dataclass(frozen=True, slots=True)
class Opens:
    """Where a cell leads: rows (of an indicator), item, day, fact or response, with its id."""

    kind: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of the form with its value; `text` is what is copied and what stands in the sheet."""

    column: Column
    value: Value
    text: str
    opens: Opens | None = None
    told: str = ""  # by whom or whence, where the form's reader must know

    @property
    def empty(self) -> bool:
        return self.value is None or self.value == ""

    @property
    def number(self) -> Decimal | None:
        return self.value if isinstance(self.value, Decimal) else None


def cell(column: Column, value: Any, *, blank: str, opens: Opens | None = None, told: str = "") -> Cell:
    """A cell. No value is the form's own blank sign, never 0; a number is rounded half up to the field's places."""
    if isinstance(value, int | float):
        value = Decimal(str(value))
    if isinstance(value, Decimal):
        value = rounded(value, column.digits)
    held: Value = value
    return Cell(column, held, blank if held in (None, "") else printed(held), opens, told)


def rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP) + 0  # never −0


def printed(value: Value) -> str:
    """A value as the upper form takes it: no thousands, no unit, local time."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.astimezone(ZONE).strftime(TIME)
    return value or ""


def plain(text: Any) -> str:
    """What an office program leaves of a text: full-width signs as usual ones, no blanks, no line ends."""
    if isinstance(text, datetime):
        return text.strftime(TIME)
    if isinstance(text, date):
        return text.strftime("%Y-%m-%d")
    if isinstance(text, float) and text.is_integer():
        text = int(text)
    said = unicodedata.normalize("NFKC", str("" if text is None else text))
    return "".join(said.split())


def theirs(column: Column, given: Any, *, blank: str) -> str:
    """A cell of their file as the text that ours would be; empty where they have no value.

    A number that is none stays as it stands: it is a difference, and the reader sees what is there.
    """
    said = plain(given)
    if said.lower() in NOTHING or said == plain(blank):
        return ""
    if column.kind == "number":
        number = _number(said)
        return said if number is None else printed(rounded(number, column.digits))
    if column.kind == "time":
        return _time(given, said)
    return said


def ours(one: Cell) -> str:
    """The same of a cell of ours, so that the two can be held side by side."""
    if one.empty:
        return ""
    return one.text if one.column.kind in ("number", "time") else plain(one.text)


def _number(said: str) -> Decimal | None:
    try:
        number = Decimal(said.replace(",", "").removesuffix("%"))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 16 else None


def _time(given: Any, said: str) -> str:
    if isinstance(given, datetime):
        return given.strftime(TIME)
    digits = "".join(c if c.isdigit() else " " for c in unicodedata.normalize("NFKC", str(given))).split()
    if len(digits) < 5:  # year, month, day, hour, minute
        return said
    try:
        return datetime(*(int(each) for each in digits[:5]), tzinfo=ZONE).strftime(TIME)  # type: ignore[misc,arg-type]
    except ValueError:
        return said
