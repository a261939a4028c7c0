"""The numbers of the work plan (practice.md §7, group 02)."""

from datetime import datetime
from decimal import Decimal

from anlan.domains.workplan import queries
from anlan.domains.workplan.rules.tasks import progress
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period


def share(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Σ weight × done share, per cent."""
    rows = queries.weighed(
        region=cut.region, start=period.start, end=period.end, as_of=as_of, exercise_id=cut.exercise_id
    )
    return Counted(progress(rows.values()), len(rows), list(rows))


def late(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Tasks whose day lay before the end of the period and that were not confirmed as done."""
    rows = queries.weighed(
        region=cut.region, start=period.start, end=period.end, as_of=as_of, exercise_id=cut.exercise_id
    )
    found = [pk for pk, row in rows.items() if row.late]
    return Counted(Decimal(len(found)), len(rows), found)


INDICATORS = (
    Indicator(
        "workplan.progress", N_("Progress of the work plan"), "%",
        N_("Σ weight × share done ÷ Σ weight of the tasks that run in the period; one confirmed as done counts whole."),
        share,
    ),
    Indicator(
        "workplan.late", N_("Late tasks of the work plan"), N_("items"),
        N_("Tasks due before the end of the period and not confirmed as done by then."), late, digits=0,
    ),
)  # fmt: skip
