"""The numbers of the grass roots (practice.md §7, group 30; seed 004's figures of the stations)."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from anlan.domains.grassroots import queries
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Counted, Cut, Formula, Indicator, Period, percent

FIRST_LEVEL = "street_first_level"
TEN_HAVES = "village_ten_haves"


def _share(standard: str, level: str) -> Formula:
    def of(cut: Cut, period: Period, as_of: datetime) -> Counted:
        reached = queries.attained(
            standard=standard, region=cut.region, end=period.end, as_of=as_of, exercise_id=cut.exercise_id
        )
        all_of_them = queries.regions_of(level, region=cut.region)
        return Counted(percent(len(set(reached.values())), len(all_of_them)), len(all_of_them), list(reached))

    return of


def _worked(work: str, field: str) -> Formula:
    def of(cut: Cut, period: Period, as_of: datetime) -> Counted:
        rows = queries.activities(
            works=[work], region=cut.region, start=period.start, end=period.end, as_of=as_of,
            exercise_id=cut.exercise_id,
        )  # fmt: skip
        total = rows.aggregate(total=Sum(field))["total"] or 0
        return Counted(Decimal(total), rows.count(), list(rows.values_list("pk", flat=True)))

    return of


LINE = "grassroots.activity"
INDICATORS = (
    Indicator(
        "grassroots.first_level", N_("Streets at level one"), "%",
        N_("Streets whose level-one standard was accepted and not found wanting since ÷ all streets."),
        _share(FIRST_LEVEL, "street"),
    ),
    Indicator(
        "grassroots.ten_haves", N_("Communities with the ten things"), "%",
        N_("Communities whose ten things were accepted and not found wanting since ÷ all communities."),
        _share(TEN_HAVES, "community"),
    ),
    Indicator(
        "grassroots.supervisions", N_("Joint supervisions of stations"), N_("times"),
        N_("Joint supervisions that stations wrote down for days of the period."),
        _worked("supervision", "times"), digits=0, opens=LINE,
    ),
    Indicator(
        "grassroots.trained", N_("Trained in parks"), N_("attendances"),
        N_("Attendances of trainings that stations wrote down for days of the period."),
        _worked("training", "attendances"), digits=0, opens=LINE,
    ),
    Indicator(
        "grassroots.drills", N_("Drills of stations"), N_("times"),
        N_("Emergency drills that stations wrote down for days of the period."),
        _worked("drill", "times"), digits=0, opens=LINE,
    ),
)  # fmt: skip
