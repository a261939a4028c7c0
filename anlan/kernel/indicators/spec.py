"""What a named number is: unit, definition, formula over rows, cuts; and what a reading of it carries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span of `happened_at`: from `start` on, before `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Cut:
    """Whose rows count: a region's subtree, and the world."""

    region: str = ""
    exercise_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a formula gives: value (None where the base is empty), base, and the ids of the work items behind it."""

    value: Decimal | None
    base: int
    rows: Sequence[UUID] = ()


Formula = Callable[[Cut, Period, datetime], Counted]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A number that can be named, worded and opened. `of(cut, period, as_of)` counts append-only rows only."""

    code: str
    label: str
    unit: str
    definition: str
    of: Formula
    cuts: tuple[str, ...] = ("region", "period")
    version: int = 1
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """An indicator read for a cut and a period, with everything needed to open it."""

    indicator: Indicator
    cut: Cut
    period: Period
    as_of: datetime
    value: Decimal | None
    base: int
    rows: Sequence[UUID] = field(repr=False)


def percent(part: int, whole: int) -> Decimal | None:
    """A share in per cent, unrounded; None where there is nothing to share."""
    return Decimal(part) * 100 / Decimal(whole) if whole else None
