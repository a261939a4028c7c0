"""The numbers of risks (practice.md §7, group 06), counted from the history of levels: append-only rows."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from anlan.domains.risks import rules
from anlan.domains.risks.queries import sums
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period


def _end(period: Period, as_of: datetime) -> datetime:
    return min(period.end, as_of)


def points(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Points that had a level by the end of the period."""
    rows = list(sums.levels_at(region=cut.region, at=_end(period, as_of)))
    return Counted(Decimal(len(rows)), len(rows), rows)


def sources(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Sources of points declared by the end of the period."""
    rows = sums.sources_at(region=cut.region, at=_end(period, as_of))
    return Counted(Decimal(len(rows)), len(rows), rows)


def collection_rate(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Points collected ÷ the base that the region declared."""
    end = _end(period, as_of)
    rows = list(sums.levels_at(region=cut.region, at=end))
    base = sums.base_of(region=cut.region, at=end)
    return Counted(rules.collected(len(rows), base), base or 0, rows)


def _at_level(axis: int, level: int) -> Callable[[Cut, Period, datetime], Counted]:
    def count(cut: Cut, period: Period, as_of: datetime) -> Counted:
        found = sums.levels_at(region=cut.region, at=_end(period, as_of))
        rows = [point for point, levels in found.items() if levels[axis] == level]
        return Counted(Decimal(len(rows)), len(found), rows)

    return count


AXES = (
    ("current", 0, {
        4: N_("Points at major current risk"), 3: N_("Points at considerable current risk"),
        2: N_("Points at moderate current risk"), 1: N_("Points at low current risk"),
    }, N_("Points whose current level was this one: the higher of the assessed one and what dangers raise it to.")),
    ("worst_case", 1, {
        4: N_("Points of major worst case"), 3: N_("Points of considerable worst case"),
        2: N_("Points of moderate worst case"), 1: N_("Points of low worst case"),
    }, N_("Points whose signed worst-case level was this one.")),
)  # fmt: skip
NAMES = {4: "major", 3: "considerable", 2: "moderate", 1: "low"}
INDICATORS = (
    Indicator("risks.points", N_("Risk points"), N_("points"),
              N_("Risk points that had a signed level by the end of the period."), points, digits=0),
    Indicator("risks.sources", N_("Risk sources"), N_("sources"),
              N_("Sources of the risk points declared by the end of the period."), sources, digits=0),
    Indicator("risks.collection_rate", N_("Collection rate"), "%",
              N_("Risk points collected ÷ the base that the region declared last."), collection_rate, digits=2),
    *(
        Indicator(f"risks.{axis}_{NAMES[level]}", label, N_("points"), definition, _at_level(place, level), digits=0)
        for axis, place, labels, definition in AXES
        for level, label in labels.items()
    ),
)  # fmt: skip
