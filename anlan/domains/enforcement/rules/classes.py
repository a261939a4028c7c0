"""分级分类执法: what the class of a firm and what it does ask of enforcement: how often, which kind of check, which
weight in the draw. The class itself is the archive's; here it is only read. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anlan.domains.enforcement.rules.words import LINE_KINDS
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

GRADES = ("D", "C", "B", "A", "")  # the gravest first; "" where nobody signed a class
MOST_WEIGHT = 64
BAD_ROW = reason(
    "enforcement.class_row",
    N_("The row of “{given}” needs kind (key or general), every_days from 1 on and weight from 1 to 64."),
)
BAD_GRADES = reason(
    "enforcement.class_grades", N_("Give one row each for A, B, C, D and for firms without a class.")
)
SELDOMER = reason(
    "enforcement.class_seldomer",
    N_("Class {worse} would be checked less often than class {better}. Correct the days."),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is asked for a firm, and which rows of the rules said so."""

    kind: str
    every_days: int
    weight: int
    why: tuple[str, ...]


def standing(
    grade: str,
    *,
    tags: Iterable[str],
    sector: str,
    classes: Sequence[Mapping[str, Any]],
    sectors: Sequence[Mapping[str, Any]],
) -> Standing:
    """By class first; each kind of firm or sector that fits makes it more often, key, and heavier, never less."""
    base = next(row for row in classes if row["grade"] == grade)
    kind, days, weight = str(base["kind"]), int(base["every_days"]), int(base["weight"])
    why = [grade or "—"]
    own = set(tags)
    for row in sectors:
        if not _fits(row, own, sector):
            continue
        kind = "key" if row["kind"] == "key" else kind
        days = min(days, int(row["every_days"]))
        weight = min(MOST_WEIGHT, weight * int(row["weight"]))
        why.append(str(row.get("tag") or row.get("sector")))
    return Standing(kind, days, weight, tuple(why))


def _fits(row: Mapping[str, Any], tags: set[str], sector: str) -> bool:
    if row.get("tag"):
        return row["tag"] in tags
    return bool(row.get("sector")) and sector.startswith(str(row["sector"]))


def due_at(*, last: datetime | None, since: datetime, every_days: int) -> datetime:
    """When the next check is due: so many days after the last one, or after the class was signed where none was."""
    return (last or since) + timedelta(days=every_days)


def check_classes(rows: Any) -> None:
    """What a value of the rule must be: one row a class, and none worse that is checked less often."""
    if sorted(str(row.get("grade")) for row in rows) != sorted(GRADES):
        raise Refused(BAD_GRADES)
    check_sectors(rows)
    days = {row["grade"]: int(row["every_days"]) for row in rows}
    for worse, better in (("D", "C"), ("C", "B"), ("B", "A")):
        if days[worse] > days[better]:
            raise Refused(SELDOMER, worse=worse, better=better)


def check_sectors(rows: Any) -> None:
    """Each row says kind, days and weight."""
    for row in rows:
        known = row.get("kind") in LINE_KINDS and int(row.get("every_days", 0)) >= 1
        if not known or not 1 <= int(row.get("weight", 0)) <= MOST_WEIGHT:
            raise Refused(BAD_ROW, given=row.get("grade") or row.get("tag") or row.get("sector") or "—")
