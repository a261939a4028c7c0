"""The numbers of dangers (practice.md §7, group 07): counted from steps, dates and decisions, which never change."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from uuid import UUID

from django.db.models import QuerySet

from anlan.domains.dangers import queries
from anlan.domains.dangers.loop import SECOND_LOOK
from anlan.domains.dangers.models import Candidate
from anlan.domains.dangers.queries import numbers
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.rowsets import RowFormula
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period, percent
from anlan.kernel.loop.models import Step
from anlan.kernel.places.regions import prefix_of

_DAY = timedelta(days=1)


# The same rows once for every number over them.
found = RowFormula(numbers.found)
rectification_rate = RowFormula(numbers.found, hit="passed", share=True)
on_time = RowFormula(numbers.due, hit="met", share=True)
overdue_now = RowFormula(numbers.due_before, hit="late", dated=False)
_again = RowFormula(numbers.again, hit="again", base="again#", distinct=True, dated=False)


def major_found(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Decided to be major in the period."""
    rows = list(_major(cut, period, as_of))
    return Counted(Decimal(len(rows)), len(rows), rows)


def major_closed(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Of those decided to be major in the period, closed off at the cut-off, per cent."""
    rows = list(_major(cut, period, as_of))
    passed = queries.accepted_at(rows, as_of=min(as_of, period.end))
    return Counted(percent(len(passed), len(rows)), len(rows), rows)


def major_open(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Decided to be major before the end of the period and not closed off by then."""
    ever = Period(datetime.min.replace(tzinfo=period.end.tzinfo), min(period.end, as_of))
    rows = list(_major(cut, ever, as_of))
    passed = queries.accepted_at(rows, as_of=ever.end)
    still = [pk for pk in rows if pk not in passed]
    return Counted(Decimal(len(still)), len(rows), still)


def major_late(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Of those decided to be major before the end of the period: open at its end though their date had passed."""
    ever = Period(datetime.min.replace(tzinfo=period.end.tzinfo), min(period.end, as_of))
    rows = list(_major(cut, ever, as_of))
    passed = queries.accepted_at(rows, as_of=ever.end)
    due = queries.terms_due(
        region=cut.region,
        start=ever.start,
        end=ever.end,
        as_of=as_of,
        exercise_id=cut.exercise_id,
        items=rows,
    )
    late = [pk for pk in rows if pk not in passed and pk in due]
    return Counted(Decimal(len(late)), len(rows), late)


def major_clearing(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Median of the days from found to close-off, of the major ones closed off in the period."""
    ever = Period(datetime.min.replace(tzinfo=period.end.tzinfo), period.end)
    rows = list(_major(cut, ever, as_of))
    passed = queries.accepted_at(rows, as_of=as_of)
    opened = dict(Step.objects.filter(item__in=rows, move="open").values_list("item_id", "happened_at"))
    closed = {pk: at for pk, at in passed.items() if period.start <= at < period.end}
    days = [(at - opened[pk]) / _DAY for pk, at in closed.items()]
    return Counted(Decimal(str(round(median(days), 2))) if days else None, len(days), list(closed))


def second_look_failed(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Found again ÷ looked at in the period, per cent."""
    steps = _steps(cut, period, as_of, loop=SECOND_LOOK.name, moves=("pass", "fail"))
    made = dict(steps.values_list("item_id", "move"))
    return Counted(percent(sum(1 for m in made.values() if m == "fail"), len(made)), len(made), list(made))


def repeated(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Firms with the same item found again within the span that the rules give, looked at on the last day."""
    return _again(cut, period, as_of)


def _steps(cut: Cut, period: Period, as_of: datetime, *, loop: str, moves: tuple[str, ...]) -> QuerySet[Step]:
    here = Step.objects.filter(
        in_world(cut.exercise_id), item__loop=loop, move__in=moves, at__lte=as_of,
        happened_at__gte=period.start, happened_at__lt=period.end,
    )  # fmt: skip
    return here.filter(item__region__code__startswith=prefix_of(cut.region)) if cut.region else here


def _major(cut: Cut, period: Period, as_of: datetime) -> Iterable[UUID]:
    """Dangers that two officers decided to be major, each once."""
    steps = _steps(cut, period, as_of, loop="dangers.candidate", moves=("decide_major",))
    decided = Candidate.objects.filter(pk__in=steps.values("item_id"))
    return dict.fromkeys(decided.values_list("danger_id", flat=True))


ITEMS = N_("items")
ALL = ("region", "period", "sector", "campaign", "unit")
INDICATORS = (
    Indicator(
        code="dangers.on_time",
        label=N_("Dangers rectified on time"),
        unit="%",
        definition=N_(
            "Recheck passed by the due date ÷ due in the period. A date moved by an approved extension counts as moved."
        ),
        of=on_time,
        cuts=ALL,
    ),
    Indicator(
        code="dangers.overdue_now",
        label=N_("Dangers overdue now"),
        unit=ITEMS,
        definition=N_("Due before the end of the period and not passed at recheck by then."),
        of=overdue_now,
        cuts=ALL,
        digits=0,
    ),
    Indicator(
        code="dangers.found",
        label=N_("Dangers found"),
        unit=ITEMS,
        definition=N_("Found in the period; those withdrawn as no danger are left out."),
        of=found,
        cuts=ALL,
        digits=0,
    ),
    Indicator(
        code="dangers.rectification_rate",
        label=N_("Rectification rate of dangers"),
        unit="%",
        definition=N_(
            "Passed recheck by the end of the period ÷ found in the period: the same dangers above and below."
        ),
        of=rectification_rate,
        cuts=ALL,
    ),
    Indicator(
        code="dangers.major_found",
        label=N_("Major dangers found"),
        unit=ITEMS,
        definition=N_("Decided to be major by two officers in the period."),
        of=major_found,
        digits=0,
    ),
    Indicator(
        code="dangers.major_closed",
        label=N_("Major dangers closed off"),
        unit="%",
        definition=N_("Closed off by the end of the period ÷ decided to be major in the period."),
        of=major_closed,
    ),
    Indicator(
        code="dangers.major_open",
        label=N_("Major dangers open"),
        unit=ITEMS,
        definition=N_("Decided to be major before the end of the period and not closed off by then."),
        of=major_open,
        digits=0,
    ),
    Indicator(
        code="dangers.major_late",
        label=N_("Major dangers past their date"),
        unit=ITEMS,
        definition=N_(
            "Decided to be major, past the date to be put right by and not closed off at the end of the period. "
            "Cleared as they come up (动态清零) means zero; base: all that were decided to be major by then."
        ),
        of=major_late,
        digits=0,
    ),
    Indicator(
        code="dangers.major_clearing",
        label=N_("Days to clear a major danger"),
        unit=N_("days"),
        definition=N_(
            "Median of the days from found to closed off, of the major ones closed off in the period."
        ),
        of=major_clearing,
    ),
    Indicator(
        code="dangers.second_look_failed",
        label=N_("Second looks that found it again"),
        unit="%",
        definition=N_("Found again ÷ second looks made in the period."),
        of=second_look_failed,
    ),
    Indicator(
        code="dangers.repeated",
        label=N_("Firms with a repeated danger"),
        unit=N_("firms"),
        definition=N_("The same item found again at the same firm within 180 days, counted on the last day."),
        of=repeated,
        digits=0,
    ),
)
