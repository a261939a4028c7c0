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


MORE_CUTS = ("sector", "campaign", "unit")


@dataclass(frozen=True, slots=True)
class Cut:
    """Whose rows count: a region's subtree and the world; a sector (beginning of a code of GB/T 4754), a campaign, a
    unit (organisation in charge) where the indicator names that cut. Empty: all of them."""

    region: str = ""
    exercise_id: UUID | None = None
    sector: str = ""
    campaign: UUID | None = None
    unit: UUID | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """The cuts that were asked for beside region and world."""
        return tuple(name for name in MORE_CUTS if getattr(self, name))


@dataclass(frozen=True, slots=True)
class Counted:
    """What a formula gives: value (None where the base is empty), base, and the ids of the rows behind it.

    `scope` says in words what was counted where that depends on the rows, as for facts entered with their source.
    """

    value: Decimal | None
    base: int
    rows: Sequence[UUID] = ()
    scope: str = ""


Formula = Callable[[Cut, Period, datetime], Counted]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A number that can be named, worded and opened. `of(cut, period, as_of)` counts append-only rows only.

    `cuts` names what it can be cut by; `opens` is the model of the rows behind it, work items where it is empty;
    `scope` is its 口径 where the definition does not say it all.
    """

    code: str
    label: str
    unit: str
    definition: str
    of: Formula
    cuts: tuple[str, ...] = ("region", "period")
    version: int = 1
    digits: int = 1
    opens: str = ""
    scope: str = ""


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
    scope: str = ""


def percent(part: int, whole: int) -> Decimal | None:
    """A share in per cent, unrounded; None where there is nothing to share."""
    return Decimal(part) * 100 / Decimal(whole) if whole else None
