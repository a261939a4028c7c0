"""The numbers of the work plan and of the responsibility system (practice.md §7, groups 02 and 04)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from anlan.domains.workplan import queries
from anlan.domains.workplan.queries import ahead, asking, funds, standing
from anlan.domains.workplan.rules.asking import time_share
from anlan.domains.workplan.rules.tasks import progress
from anlan.kernel.core import rulesets
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Counted, Cut, Formula, Indicator, Period, percent

_LOCAL = ZoneInfo("Asia/Shanghai")


def share(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Σ weight × done share, per cent."""
    rows = queries.weighed(**_span(cut, period, as_of))
    return Counted(progress(rows.values()), len(rows), list(rows))


def late(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Tasks whose day lay before the end of the period and that were not confirmed as done."""
    rows = queries.weighed(**_span(cut, period, as_of))
    found = [pk for pk, row in rows.items() if row.late]
    return Counted(Decimal(len(found)), len(rows), found)


def due(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Tasks whose day lies in the period and that were not confirmed as done, out of all that are due then."""
    found = ahead.due_in(**_span(cut, period, as_of))
    return Counted(Decimal(len(found.open)), len(found.rows), found.open)


def _span(cut: Cut, period: Period, as_of: datetime) -> dict[str, Any]:
    return {
        "region": cut.region, "start": period.start, "end": period.end, "as_of": as_of, "exercise_id": cut.exercise_id,
    }  # fmt: skip


def _issued(*kinds: str) -> Formula:
    loops = [f"workplan.{kind}" for kind in kinds]

    def of(cut: Cut, period: Period, as_of: datetime) -> Counted:
        rows = asking.issued_in(loops, **_span(cut, period, as_of))
        return Counted(Decimal(len(rows)), len(rows), rows)

    return of


def _on_time(*kinds: str, by: tuple[str, ...]) -> Formula:
    loops = [f"workplan.{kind}" for kind in kinds]

    def of(cut: Cut, period: Period, as_of: datetime) -> Counted:
        due = asking.due_in(loops, by, **_span(cut, period, as_of))
        return Counted(percent(len(due.met), len(due.rows)), len(due.rows), due.rows)

    return of


def _years(period: Period) -> list[int]:
    last = (period.end - timedelta(microseconds=1)).astimezone(_LOCAL).year
    return list(range(max(period.start.astimezone(_LOCAL).year, last - 20), last + 1))


def spent(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Paid by the end of the period ÷ arranged, of the funds of the period's years."""
    rows = list(funds.arranged_in(cut.region, years=_years(period), as_of=as_of, exercise_id=cut.exercise_id))
    arranged = sum((row.arranged_yuan for row in rows), Decimal(0))
    paid = sum(funds.paid_of([row.pk for row in rows], end=period.end, as_of=as_of).values(), Decimal(0))
    return Counted(paid * 100 / arranged if arranged else None, len(rows), [row.pk for row in rows])


def spent_against_time(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """The same less the share of the year that has passed at the end of the period, in points."""
    counted = spent(cut, period, as_of)
    day = (period.end - timedelta(microseconds=1)).astimezone(_LOCAL).date()
    value = None if counted.value is None else counted.value - time_share(day.year, day=day)
    return Counted(value, counted.base, counted.rows)


def holders_verified(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Holders looked at within the days of the rule before the end of the period ÷ all in force then."""
    at = min(period.end, as_of)
    days = int(rulesets.value_of("workplan.verified_days", region=cut.region, at=at))
    found = standing.verified(region=cut.region, at=at, as_of=as_of, days=days)
    return Counted(percent(len(found.fresh), len(found.all)), len(found.all), found.fresh)


def vacant(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Places that must have a keeper and had none at the end of the period."""
    rows = standing.vacant_places(region=cut.region, at=min(period.end, as_of))
    return Counted(Decimal(len(rows)), len(rows), [row.pk for row in rows])


CLOSE, FUND = ("close_off",), "workplan.fund"
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
    Indicator(
        "workplan.due", N_("Tasks of the work plan due"), N_("items"),
        N_("Tasks whose day lies in the period and that were not confirmed as done; dropped ones apart."),
        due, digits=0,
    ),
    Indicator(
        "workplan.instructions", N_("Instructions of leaders"), N_("items"),
        N_("Instructions written down in the period."), _issued("instruction"), digits=0,
    ),
    Indicator(
        "workplan.instructions_on_time", N_("Instructions completed on time"), "%",
        N_("Closed off by their day ÷ those due in the period; withdrawn ones are not due."),
        _on_time("instruction", by=CLOSE), digits=2,
    ),
    Indicator(
        "workplan.orders", N_("Command orders issued"), N_("documents"),
        N_("Command orders sent out in the period."), _issued("command_order"), digits=0,
    ),
    Indicator(
        "workplan.orders_on_time", N_("Command orders answered on time"), "%",
        N_("Answered by their time ÷ those due in the period; withdrawn ones are not due."),
        _on_time("command_order", by=("answer",)), digits=2,
    ),
    Indicator(
        "workplan.follow_ups", N_("Follow-up orders issued"), N_("documents"),
        N_("Follow-up orders and assignment sheets sent out in the period."),
        _issued("follow_up", "assignment"), digits=0,
    ),
    Indicator(
        "workplan.follow_up_closed", N_("Follow-ups closed off on time"), "%",
        N_("Follow-up orders and assignment sheets closed off by their day ÷ those due in the period."),
        _on_time("follow_up", "assignment", by=CLOSE), digits=2,
    ),
    Indicator(
        "workplan.decisions_on_time", N_("Decisions of meetings carried out on time"), "%",
        N_("Closed off by their day ÷ those due in the period."), _on_time("decision", by=CLOSE), digits=2,
    ),
    Indicator(
        "workplan.fund_spent", N_("Spending of funds"), "%",
        N_("Paid by the end of the period ÷ arranged, of the funds of the period's years."), spent, digits=2,
        opens=FUND,
    ),
    Indicator(
        "workplan.fund_against_time", N_("Spending against the year"), N_("percentage points"),
        N_("Share spent less the share of the year that has passed, in points; below zero it lags."),
        spent_against_time, digits=2, opens=FUND,
    ),
    Indicator(
        "workplan.holders_verified", N_("Holders of duties verified"), "%",
        N_("Holders looked at in the thirty days before the end of the period ÷ all in force then."), holders_verified,
        opens="orgs.duty",
    ),
    Indicator(
        "workplan.posts_vacant", N_("Posts vacant"), N_("posts"),
        N_("Places that must have a keeper and had none at the end of the period."), vacant, digits=0,
        opens="places.place",
    ),
)  # fmt: skip
