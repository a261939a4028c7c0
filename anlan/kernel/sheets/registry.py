"""The spreadsheets of this installation; `kernel.domain` fills this from the declarations."""

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.sheets.spec import Sheet

UNKNOWN = reason("sheets.unknown", N_("There is no spreadsheet {sheet}."))

_sheets: dict[str, Sheet] = {}


def register_sheet(sheet: Sheet) -> None:
    """Take in a spreadsheet; two of one code are a programming error."""
    if sheet.code in _sheets:
        raise ValueError(f"spreadsheet {sheet.code} is declared twice")
    _sheets[sheet.code] = sheet


def all_sheets() -> list[Sheet]:
    return list(_sheets.values())


def sheet_of(code: str) -> Sheet:
    try:
        return _sheets[code]
    except KeyError:
        raise Refused(UNKNOWN, field="sheet", sheet=code) from None
