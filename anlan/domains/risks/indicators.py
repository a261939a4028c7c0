"""The numbers of risks (practice.md §7, group 06), counted from the history of levels: append-only rows."""

from datetime import datetime

from anlan.domains.risks import rules
from anlan.domains.risks.queries import numbers, sums
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.rowsets import RowFormula
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period


def collection_rate(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Points collected ÷ the base that the region declared."""
    there = points(cut, period, as_of)
    base = sums.base_of(region=cut.region, at=min(period.end, as_of))
    return Counted(rules.collected(there.base, base), base or 0, there.rows)


points = RowFormula(numbers.points, dated=False)
AXES = (
    ("current", {
        4: N_("Points at major current risk"), 3: N_("Points at considerable current risk"),
        2: N_("Points at moderate current risk"), 1: N_("Points at low current risk"),
    }, N_("Points whose current level was this one: the higher of the assessed one and what dangers raise it to.")),
    ("worst_case", {
        4: N_("Points of major worst case"), 3: N_("Points of considerable worst case"),
        2: N_("Points of moderate worst case"), 1: N_("Points of low worst case"),
    }, N_("Points whose signed worst-case level was this one.")),
)  # fmt: skip
POINT = "risks.riskpoint"
INDICATORS = (
    Indicator("risks.points", N_("Risk points"), N_("points"),
              N_("Risk points that had a signed level by the end of the period."), points, digits=0, opens=POINT),
    Indicator("risks.sources", N_("Risk sources"), N_("sources"),
              N_("Sources of the risk points declared by the end of the period."),
              RowFormula(numbers.sources, dated=False), digits=0, opens="risks.risksource"),
    Indicator("risks.collection_rate", N_("Collection rate"), "%",
              N_("Risk points collected ÷ the base that the region declared last."), collection_rate, digits=2,
              opens=POINT),
    *(
        Indicator(f"risks.{axis}_{numbers.NAMES[level]}", label, N_("points"), definition,
                  RowFormula(numbers.points, hit=f"{axis}_{numbers.NAMES[level]}", dated=False), digits=0, opens=POINT)
        for axis, labels, definition in AXES
        for level, label in labels.items()
    ),
)  # fmt: skip
