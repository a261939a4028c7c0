"""The numbers of responses (practice.md §7, groups 17 and 19)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from anlan.domains.responses import queries
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Counted, Cut, Formula, Indicator, Period, percent


def started(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Responses started in the period."""
    rows = queries.started_count(**_span(cut, period, as_of))
    return Counted(Decimal(len(rows)), len(rows), [pk for pk, _ in rows])


def before_signal(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Of those, started before any signal was issued."""
    rows = queries.started_count(**_span(cut, period, as_of))
    early = [pk for pk, before in rows if before]
    return Counted(Decimal(len(early)), len(rows), early)


def tasks_on_time(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Plan tasks done within their clock ÷ due in the period; skipped and withdrawn ones are not counted."""
    rows = queries.tasks_due(**_span(cut, period, as_of), unit=cut.unit)
    counted = [row for row in rows if row["end"] is None or row["end"][0] == "finish"]
    met = [row for row in counted if row["end"] is not None and row["end"][1] <= row["due"]]
    return Counted(percent(len(met), len(counted)), len(counted), [row["item"] for row in counted])


def tasks_skipped(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Of the tasks due in the period, those that were said not to apply."""
    rows = queries.tasks_due(**_span(cut, period, as_of), unit=cut.unit)
    skipped = [row["item"] for row in rows if row["end"] is not None and row["end"][0] == "skip"]
    return Counted(Decimal(len(skipped)), len(rows), skipped)


MOVED = ("moved_sites", "moved_sheds", "moved_weak_houses", "moved_low_land", "moved_slopes")


def _moved(which: str) -> Formula:
    """Persons moved by all reasons, from the last return of each street: *now* or *cumulative*, two numbers."""

    def of(cut: Cut, period: Period, as_of: datetime) -> Counted:
        rows = queries.last_returns(**_span(cut, period, as_of))
        told = [sum(int((row.figures.get(name) or {}).get(which) or 0) for name in MOVED) for row in rows]
        return Counted(Decimal(sum(told)), len(rows), list(dict.fromkeys(row.response_id for row in rows)))

    return of


def _span(cut: Cut, period: Period, as_of: datetime) -> dict[str, Any]:
    return {
        "region": cut.region, "start": period.start, "end": period.end, "as_of": as_of, "exercise_id": cut.exercise_id,
    }  # fmt: skip


INDICATORS = (
    Indicator(
        "responses.moved_now", N_("Persons moved, still away"), N_("persons"),
        N_("By the last return of each street before the period's end, all reasons; base: returns added up."),
        _moved("now"), digits=0,
    ),
    Indicator(
        "responses.moved", N_("Persons moved in all"), N_("persons"),
        N_("Cumulative by the last return of each street for responses in force in the period; base: returns."),
        _moved("cum"), digits=0,
    ),
    Indicator(
        "responses.tasks_skipped", N_("Plan tasks said not to apply"), N_("items"),
        N_("Of the plan tasks due in the period, those skipped with a reason; base: tasks due."),
        tasks_skipped, ("region", "period", "unit"), digits=0,
    ),
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
        of=tasks_on_time, cuts=("region", "period", "unit"),
    ),
)  # fmt: skip
