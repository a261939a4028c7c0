"""GB/T 4754-2017: sections and divisions, read once from the data file; a class code is checked by its division."""

import csv
import re
from functools import cache
from pathlib import Path

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

FILE = Path(__file__).resolve().parents[1] / "data" / "gbt4754_2017.csv"
BAD_SECTOR = reason(
    "enterprises.bad_sector",
    N_("{given} is no sector of GB/T 4754-2017. Give letter and two to four digits, e.g. C21 or C2110."),
)
_CODE = re.compile(r"([A-T])(\d{2})(\d{0,2})")


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(line for line in file if not line.startswith("#")))


@cache
def sections() -> dict[str, str]:
    """Letter → Chinese name, A to T."""
    return {row["code"]: row["name"] for row in _rows() if len(row["code"]) == 1}


@cache
def divisions() -> dict[str, str]:
    """Letter and two digits → Chinese name; 97 of them."""
    return {row["code"]: row["name"] for row in _rows() if len(row["code"]) == 3}


def check(code: str) -> str:
    """The code in its usual form; a division's digits alone (21, 2110) get their letter. Raises `Refused`."""
    plain = code.strip().upper()
    if plain[:2].isdigit():
        plain = next((known[0] for known in divisions() if known[1:] == plain[:2]), "?") + plain
    found = _CODE.fullmatch(plain)
    if found is None or f"{found[1]}{found[2]}" not in divisions():
        raise Refused(BAD_SECTOR, field="sector", given=code)
    return plain


def name_of(code: str) -> str:
    """The division's name, or the section's; empty for an unknown code."""
    return divisions().get(code[:3]) or sections().get(code[:1], "")
