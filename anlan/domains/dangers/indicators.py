"""The numbers of dangers (practice.md §7, group 07)."""

from datetime import datetime
from decimal import Decimal

from anlan.domains.dangers import queries
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period, percent


def on_time(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Recheck passed by the due date ÷ due in the period, per cent."""
    due = queries.terms_due(
        region=cut.region, start=period.start, end=period.end, as_of=as_of, exercise_id=cut.exercise_id
    )
    passed = queries.accepted_at(due, as_of=as_of)
    met = sum(1 for item, by_then in due.items() if item in passed and passed[item] <= by_then)
    return Counted(percent(met, len(due)), len(due), list(due))


def overdue_now(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Those whose date lay before the end of the period and whose recheck had not passed by then."""
    end = min(period.end, as_of)
    due = queries.terms_due(
        region=cut.region,
        start=datetime.min.replace(tzinfo=end.tzinfo),
        end=end,
        as_of=as_of,
        exercise_id=cut.exercise_id,
    )
    passed = queries.accepted_at(due, as_of=as_of)
    late = [item for item in due if item not in passed or passed[item] > end]
    return Counted(Decimal(len(late)), len(due), late)


INDICATORS = (
    Indicator(
        code="dangers.on_time",
        label=N_("Dangers rectified on time"),
        unit="%",
        definition=N_(
            "Recheck passed by the due date ÷ due in the period. A date moved by an approved extension counts as moved."
        ),
        of=on_time,
    ),
    Indicator(
        code="dangers.overdue_now",
        label=N_("Dangers overdue now"),
        unit=N_("items"),
        definition=N_("Due before the end of the period and not passed at recheck by then."),
        of=overdue_now,
        digits=0,
    ),
)
