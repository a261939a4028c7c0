"""Ours beside theirs: what differs, and whether we changed after it was copied or somebody typed it wrong. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from anlan.domains.returns.rules.forms import Form
from anlan.domains.returns.rules.texts import Cell, ours, theirs
from anlan.kernel.core.words import N_

LATE, TYPED, BOTH, UNMARKED = "late", "typed", "both", "unmarked"
CAUSES = {
    LATE: N_("Ours changed after it was copied"),
    TYPED: N_("Typed differently there"),
    BOTH: N_("Typed differently there, and ours changed since"),
    UNMARKED: N_("Never marked as entered: what was copied is not known"),
}
SETTLED = {"accepted": N_("Accepted as it stands"), "corrected": N_("Corrected there")}

Copied = Mapping[str, Mapping[str, str]]  # row → column → text as it was copied; empty where never marked


@dataclass(frozen=True, slots=True)
class Differs:
    """One field in which the two do not say the same. `copied` is None where nobody marked the form as entered."""

    row: str
    column: str
    ours: str
    theirs: str
    copied: str | None
    cause: str


def differences(
    form: Form,
    mine: Mapping[str, Iterable[Cell]],
    given: Mapping[str, Mapping[str, Any]],
    copied: Copied | None,
) -> list[Differs]:
    """Every field that differs, in the form's order. Rows that are not in their file are told apart."""
    found = []
    for row, cells in mine.items():
        if row not in given:
            continue
        for one in cells:
            code = one.column.code
            if one.column.source == "serial" or code == form.key or code not in given[row]:
                continue
            now, there = ours(one), theirs(one.column, given[row][code], blank=form.blank)
            if now != there:
                then = None if copied is None else copied.get(row, {}).get(code)
                found.append(Differs(row, code, now, there, then, cause(now, there, then)))
    return found


def cause(now: str, there: str, then: str | None) -> str:
    """Why ours and theirs differ, from what ours was when it was copied."""
    if then is None:
        return UNMARKED
    if there == then:
        return LATE
    return TYPED if now == then else BOTH


def broken(form: Form, cells: Iterable[Cell]) -> list[tuple[str, str]]:
    """The checks of the form that a row does not meet: (column that should be more, column that is)."""
    values = {one.column.code: one.number for one in cells}
    found = []
    for check in form.checks:
        more, less = values.get(check.more), values.get(check.less)
        if more is not None and less is not None and more < less:
            found.append((check.more, check.less))
    return found
