"""The numbers of responses (practice.md §7, groups 17 and 19)."""

from datetime import datetime
from decimal import Decimal

from anlan.domains.responses import queries
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period, percent


def started(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Responses started in the period."""
    rows = queries.started_count(start=period.start, end=period.end, as_of=as_of, exercise_id=cut.exercise_id)
    return Counted(Decimal(len(rows)), len(rows), [pk for pk, _ in rows])


def before_signal(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Of those, started before any signal was issued."""
    rows = queries.started_count(start=period.start, end=period.end, as_of=as_of, exercise_id=cut.exercise_id)
    early = [pk for pk, before in rows if before]
    return Counted(Decimal(len(early)), len(rows), early)


def tasks_on_time(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Plan tasks done within their clock ÷ due in the period; skipped and withdrawn ones are not counted."""
    rows = queries.tasks_due(start=period.start, end=period.end, as_of=as_of, exercise_id=cut.exercise_id)
    counted = [row for row in rows if row["end"] is None or row["end"][0] == "finish"]
    met = [row for row in counted if row["end"] is not None and row["end"][1] <= row["due"]]
    return Counted(percent(len(met), len(counted)), len(counted), [row["item"] for row in counted])


INDICATORS = (
    Indicator(
        code="responses.started", label=N_("Responses started"), unit=N_("times"),
        definition=N_("Responses whose start happened in the period."), of=started, digits=0,
    ),
    Indicator(
        code="responses.before_signal", label=N_("Responses started before a signal"), unit=N_("times"),
        definition=N_("Of the responses started in the period, those started before any signal."),
        of=before_signal, digits=0,
    ),
    Indicator(
        code="responses.tasks_on_time", label=N_("Plan tasks on time"), unit="%",
        definition=N_(
            "Tasks done within their clock ÷ tasks due in the period; not applicable and withdrawn ones are left out."
        ),
        of=tasks_on_time,
    ),
)  # fmt: skip
