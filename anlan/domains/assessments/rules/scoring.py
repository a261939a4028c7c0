"""The arithmetic of an assessment: shares out of values, points out of shares, a total, grades and ranks. Pure.

Total = Σ weight × share − deductions + bonus (rules.md §10). Nothing is rounded before the end; a total is rounded
half up to two places. What has no value gives no share, and the scheme says what becomes of its weight.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

HUNDRED = Decimal(100)
CENT = Decimal("0.01")
FULL, PROPORTIONAL, BANDS, JUDGED = "full", "proportional", "bands", "judged"
SPREAD, ZERO, GIVEN = "spread", "zero", "full"  # what becomes of the weight of an item without a value
HIGHER, LOWER = "higher", "lower"
DEDUCTION, BONUS = "deduction", "bonus"


@dataclass(frozen=True, slots=True)
class Rule:
    """How a value becomes a share of an item's weight, 0–100.

    full          all where the value is at least (better=lower: at most) `target`, else nothing
    proportional  nothing at `zero`, all at `target`, in a straight line between; `target` below `zero` is lower-better
    bands         the share of the first band whose bound the value reaches
    judged        no value: a person gives points
    """

    kind: str
    target: Decimal | None = None
    zero: Decimal = Decimal(0)
    better: str = HIGHER
    bands: tuple[tuple[Decimal, Decimal], ...] = ()  # bound, share


@dataclass(frozen=True, slots=True)
class Line:
    """An item on its way to points; `share` None = there is no value."""

    code: str
    weight: Decimal
    share: Decimal | None
    missing: str = SPREAD


@dataclass(frozen=True, slots=True)
class Extra:
    """Points taken off or added under a clause; always positive."""

    kind: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """What a scheme says of its total."""

    most_deducted: Decimal | None = None
    most_bonus: Decimal | None = None
    grades: tuple[tuple[Decimal, str], ...] = ()  # at least, name
    veto_grade: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """A result; `points` by item, None where an item counted for nothing and its weight was spread."""

    weighted: Decimal | None
    deducted: Decimal
    bonus: Decimal
    total: Decimal | None
    grade: str
    points: Mapping[str, Decimal | None] = field(default_factory=dict)


def share_of(rule: Rule, value: Decimal | None) -> Decimal | None:
    """The share of the weight that a value earns, 0–100; None where there is no value or a person judges."""
    if value is None or rule.kind == JUDGED:
        return None
    if rule.kind == BANDS:
        return next(
            (share for bound, share in _in_order(rule) if _reaches(value, bound, rule.better)), Decimal(0)
        )
    target = rule.target if rule.target is not None else HUNDRED
    if rule.kind == FULL:
        return HUNDRED if _reaches(value, target, rule.better) else Decimal(0)
    return _clamped((value - rule.zero) * HUNDRED / (target - rule.zero))


def _in_order(rule: Rule) -> list[tuple[Decimal, Decimal]]:
    """The hardest bound first, whatever order the scheme names them in."""
    return sorted(rule.bands, reverse=rule.better == HIGHER)


def _reaches(value: Decimal, bound: Decimal, better: str) -> bool:
    return value >= bound if better == HIGHER else value <= bound


def _clamped(share: Decimal) -> Decimal:
    return min(max(share, Decimal(0)), HUNDRED)


def share_of_points(points: Decimal, weight: Decimal) -> Decimal:
    """What a person's points are as a share of the weight."""
    return points * HUNDRED / weight


def total(lines: Sequence[Line], extras: Iterable[Extra], terms: Terms, *, vetoed: bool = False) -> Total:
    """Σ weight × share − deductions + bonus; None where no item has a value at all."""
    points = _points(lines)
    known = [each for each in points.values() if each is not None]
    extras = list(extras)
    deducted = _capped(extras, DEDUCTION, terms.most_deducted)
    bonus = _capped(extras, BONUS, terms.most_bonus)
    if lines and not known:
        return Total(None, deducted, bonus, None, "", points)
    weighted = sum(known, Decimal(0))
    whole = rounded(max(weighted - deducted + bonus, Decimal(0)))
    grade = terms.veto_grade if vetoed else grade_of(whole, terms.grades)
    return Total(weighted, deducted, bonus, whole, grade, points)


def _points(lines: Sequence[Line]) -> dict[str, Decimal | None]:
    """Points by item. Weight that is spread goes to the items that have a share, in the ratio of their weights."""
    counted = [line for line in lines if _counted(line) is not None]
    lost = sum((line.weight for line in lines if _counted(line) is None), Decimal(0))
    held = sum((line.weight for line in counted), Decimal(0))
    points: dict[str, Decimal | None] = {line.code: None for line in lines}
    for line in counted:
        share = _counted(line) or Decimal(0)
        points[line.code] = line.weight * share * (held + lost) / held / HUNDRED
    return points


def _counted(line: Line) -> Decimal | None:
    if line.share is not None:
        return line.share
    return {ZERO: Decimal(0), GIVEN: HUNDRED}.get(line.missing)


def _capped(extras: Iterable[Extra], kind: str, most: Decimal | None) -> Decimal:
    found = sum((extra.points for extra in extras if extra.kind == kind), Decimal(0))
    return found if most is None else min(found, most)


def grade_of(points: Decimal, grades: Iterable[tuple[Decimal, str]]) -> str:
    """The name of the highest grade reached; "" where a scheme has none."""
    return next((name for least, name in sorted(grades, reverse=True) if points >= least), "")


def ranks(totals: Mapping[UUID, Decimal | None]) -> dict[UUID, int | None]:
    """Equal totals share a place and the next one stands after all of them: 1, 2, 2, 4. No total, no place."""
    known = [value for value in totals.values() if value is not None]
    return {
        key: None if value is None else 1 + sum(1 for other in known if other > value)
        for key, value in totals.items()
    }


def mean(scores: Iterable[Decimal]) -> Decimal | None:
    """The plain mean of a panel: no highest and no lowest is dropped. None where nobody scored."""
    given = list(scores)
    return rounded(sum(given, Decimal(0)) / len(given)) if given else None


def rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)
