"""The numbers of enforcement (practice.md §7, groups 12 and 13): counted from visits, decisions and executions."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from statistics import median
from typing import Any
from uuid import UUID

from anlan.domains.enforcement.models import CheckPlan, Together
from anlan.domains.enforcement.queries import counting, months, strict, together
from anlan.domains.enforcement.queries.counting import Asked
from anlan.domains.enforcement.rules.cases import WAN
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.rowsets import RowFormula
from anlan.kernel.indicators.spec import Counted, Cut, Formula, Indicator, Period, percent


def _counts(of: Callable[[Asked], Counted]) -> Formula:
    """A formula over what is asked for; sector and campaign count where the cut carries them."""

    def formula(cut: Cut, period: Period, as_of: datetime) -> Counted:
        return of(
            Asked(period.start, period.end, as_of, cut.region, cut.sector, cut.campaign, cut.exercise_id)
        )

    return formula


# ---- plan and draw ----------------
def plan_completion(asked: Asked) -> Counted:
    """Firms of the plan that were checked since the first of January ÷ firms of the plan, per cent."""
    done, planned = months.plan_done(asked)
    plans = CheckPlan.objects.filter(
        in_world(asked.exercise_id, path="item__exercise_id"), item__state__in=("in_force", "ended"),
        lines__organisation__in=planned,
    )  # fmt: skip
    return Counted(
        percent(len(done), len(planned)), len(planned), list(plans.distinct().values_list("pk", flat=True))
    )


def random_share(asked: Asked) -> Counted:
    """Visits to drawn firms ÷ visits, per cent."""
    rows = list(counting.visits(asked).values_list("pk", flat=True))
    drawn = months.tasks_drawn(asked) | set(
        counting.visits(asked).filter(kind="random").values_list("pk", flat=True)
    )
    return Counted(percent(len(drawn), len(rows)), len(rows), list(drawn))


def joint(asked: Asked) -> Counted:
    """Visits in which several departments checked at once."""
    rows, _saved = counting.joint(counting.visits(asked))
    return Counted(Decimal(len(rows)), len(rows), rows)


def saved(asked: Asked) -> Counted:
    """Visits that the firms were spared by joint single checks: one a department that came along."""
    rows, spared = counting.joint(counting.visits(asked))
    return Counted(Decimal(spared), len(rows), rows)


# ---- visits and penalties ----------------
def visits(asked: Asked) -> Counted:
    rows = list(counting.visits(asked).values_list("pk", flat=True))
    return Counted(Decimal(len(rows)), len(rows), rows)


def firms(asked: Asked) -> Counted:
    rows = counting.visits(asked)
    known = list(rows.values_list("pk", flat=True))
    return Counted(Decimal(counting.firms_of(rows)), len(known), known)


def penalties(asked: Asked, procedure: str = "") -> Counted:
    rows = counting.matters(counting.penalties(asked, procedure=procedure))
    return Counted(Decimal(len(rows)), len(rows), rows)


def case_penalties(asked: Asked) -> Counted:
    return penalties(asked, "case")


def spot_penalties(asked: Asked) -> Counted:
    return penalties(asked, "spot")


def penalty_rate(asked: Asked) -> Counted:
    """Penalties (of cases and on the spot) ÷ visits, per cent."""
    many = counting.visits(asked).count()
    rows = counting.matters(counting.penalties(asked))
    return Counted(percent(len(rows), many), many, rows)


def case_penalty_share(asked: Asked) -> Counted:
    """Case penalties ÷ all penalties, per cent: not ÷ visits."""
    rows = counting.matters(counting.penalties(asked, procedure="case"))
    many = len(counting.matters(counting.penalties(asked)))
    return Counted(percent(len(rows), many), many, rows)


def case_opening_rate(asked: Asked) -> Counted:
    """Cases opened ÷ visits, per cent."""
    rows, many = counting.opened(asked), counting.visits(asked).count()
    return Counted(percent(len(rows), many), many, rows)


def cases_opened(asked: Asked) -> Counted:
    rows = counting.opened(asked)
    return Counted(Decimal(len(rows)), len(rows), rows)


# ---- money and execution ----------------
def executed_amount(asked: Asked) -> Counted:
    """Of the penalties decided in the period: yuan paid by its end ÷ yuan decided, per cent."""
    known = counting.money(counting.penalties(asked), asked=asked)
    value = known.paid * 100 / known.decided if known.decided else None
    return Counted(value, known.count, known.rows)


def executed_number(asked: Asked) -> Counted:
    """Of the penalties decided in the period: executed in full by its end ÷ decided, per cent."""
    known = counting.money(counting.penalties(asked), asked=asked)
    return Counted(percent(known.executed, known.count), known.count, known.rows)


def fines_decided(asked: Asked) -> Counted:
    known = counting.money(counting.penalties(asked), asked=asked)
    return Counted(known.decided / WAN, known.count, known.rows)


def fines_paid(asked: Asked) -> Counted:
    total, rows = counting.paid_in(asked)
    return Counted(total / WAN, len(rows), rows)


def dual_cases(asked: Asked) -> Counted:
    rows, _total = counting.dual(asked)
    return Counted(Decimal(len(rows)), len(rows), rows)


def dual_amount(asked: Asked) -> Counted:
    rows, total = counting.dual(asked)
    return Counted(total / WAN, len(rows), rows)


def major_penalty_rate(asked: Asked) -> Counted:
    """Major dangers found by enforcement in the period that stand in a decided case ÷ those found, per cent."""
    found, taken_over = counting.majors_found(asked)
    many = len(found) + taken_over
    return Counted(percent(counting.majors_penalised(found, asked=asked), many), many, list(found))


# ---- time ----------------
def case_days(asked: Asked) -> Counted:
    """Median of the days from opening to decision."""
    spans, rows = counting.decision_days(asked)
    return Counted(Decimal(str(round(median(spans), 4))) if spans else None, len(spans), rows)


def cases_overdue(asked: Asked) -> Counted:
    rows = counting.overdue(asked)
    return Counted(Decimal(len(rows)), len(rows), rows)


# ---- going together; the two lists ----------------
def _days(cut: Cut, period: Period, as_of: datetime) -> dict[str, Any]:
    return {
        "region": cut.region, "start": period.start, "end": period.end, "as_of": as_of,
        "exercise_id": cut.exercise_id,
    }  # fmt: skip


def merged(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Other visits that went along with a joint one."""
    rows = list(together.decisions(**_days(cut, period, as_of)))
    joint_ones = [row for row in rows if row.joint]
    return Counted(Decimal(sum(row.merged for row in joint_ones)), len(rows), _tasks_of(joint_ones))


def merge_rate(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Of the visits for which others were due too: those that went together, per cent."""
    rows = [row for row in together.decisions(**_days(cut, period, as_of)) if row.others]
    return Counted(percent(sum(row.joint for row in rows), len(rows)), len(rows), _tasks_of(rows))


def _tasks_of(rows: Iterable[Together]) -> list[UUID]:
    return list(dict.fromkeys(row.task_id for row in rows))


def visited_often(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Firms that somebody or other visited more often in a calendar month than the rule says."""
    return _often(cut, period, as_of)


_often = RowFormula(together.visits, hit="often", base="#", distinct=True)


def _strict(kind: str) -> Formula:
    def formula(cut: Cut, period: Period, as_of: datetime) -> Counted:
        rows = list(strict.marked(**_days(cut, period, as_of), kind=kind).values_list("item_id", flat=True))
        return Counted(Decimal(len(rows)), len(rows), list(dict.fromkeys(rows)))

    return formula


CUTS = ("region", "sector", "campaign", "period")
CASES, TIMES, WAN_YUAN = N_("cases"), N_("times"), N_("10,000 yuan")


def _named(
    code: str, of: Callable[[Asked], Counted], unit: str, label: str, definition: str, digits: int = 0
) -> Indicator:
    return Indicator(f"enforcement.{code}", label, unit, definition, _counts(of), CUTS, digits=digits)


INDICATORS = (
    _named("plan_completion", plan_completion, "%", N_("Completion of the check plan"), N_(
        "Firms of the year’s plan checked since the first of January ÷ firms of the plan. Firms, not visits."),
        2),
    _named("random_share", random_share, "%", N_("Share of random checks"), N_(
        "Visits to firms drawn by seed ÷ all enforcement visits."), 2),
    _named("joint_checks", joint, N_("visits"), N_("Joint single checks"), N_(
        "Enforcement visits in which several departments checked at once.")),
    _named("visits_saved", saved, N_("visits"), N_("Visits saved by joint single checks"), N_(
        "One for each department that came along instead of coming alone.")),
    _named("visits", visits, N_("visits"), N_("Enforcement checks"), N_(
        "Visits of two certified officers; a firm visited twice is two. Visits withdrawn as mistakes are left out.")),
    _named("firms", firms, N_("firms"), N_("Firms checked"), N_(
        "Firms with at least one enforcement visit, each counted once.")),
    _named("penalties", penalties, TIMES, N_("Penalties"), N_(
        "Cases decided and spot penalties; a case against the firm and a person is one.")),
    _named("case_penalties", case_penalties, TIMES, N_("Case penalties"), N_("Cases with a decision in the period.")),
    _named("spot_penalties", spot_penalties, TIMES, N_("Spot penalties"), N_(
        "Penalties by the summary procedure, those revoked left out.")),
    _named("penalty_rate", penalty_rate, "%", N_("Supervision penalty rate"), N_(
        "Penalties (cases and on the spot) ÷ enforcement visits."), 2),
    _named("case_penalty_share", case_penalty_share, "%", N_("Case penalty share"), N_(
        "Case penalties ÷ all penalties; not ÷ visits."), 2),
    _named("case_opening_rate", case_opening_rate, "%", N_("Case opening rate"), N_(
        "Cases opened ÷ enforcement visits."), 2),
    _named("cases_opened", cases_opened, CASES, N_("Cases opened"), N_("Cases whose opening was approved.")),
    _named("executed_amount", executed_amount, "%", N_("Execution rate by amount"), N_(
        "Of the penalties decided in the period: yuan paid by its end ÷ yuan decided."), 2),
    _named("executed_number", executed_number, "%", N_("Execution rate by number"), N_(
        "Of the penalties decided in the period: executed in full by its end ÷ decided."), 2),
    _named("fines_decided", fines_decided, WAN_YUAN, N_("Fines decided"), N_(
        "Decided in the period, whether paid or not. Never to be added to what was paid."), 4),
    _named("fines_paid", fines_paid, WAN_YUAN, N_("Fines paid"), N_(
        "Paid in the period, whenever decided; surcharges are left out."), 4),
    _named("dual_cases", dual_cases, CASES, N_("Dual penalties"), N_(
        "Cases in which the firm and a person were penalised.")),
    _named("dual_amount", dual_amount, WAN_YUAN, N_("Dual penalties, amount"), N_(
        "What was decided in these cases, firm and person together."), 4),
    _named("major_penalty_rate", major_penalty_rate, "%", N_("Major-danger penalty rate"), N_(
        "Major dangers found by enforcement and penalised ÷ major dangers found by enforcement."), 2),
    _named("case_days", case_days, N_("days"), N_("Days from opening to decision"), N_(
        "Median over the cases decided in the period."), 1),
    _named("cases_overdue", cases_overdue, CASES, N_("Cases overdue"), N_(
        "Open without a decision at the end of the period though the last day for it had passed.")),
    Indicator("enforcement.merged", N_("Visits merged"), N_("visits"), N_(
        "Other visits to the same firm that went along with a joint one, as decided in the period before it went out."),
        merged, digits=0),
    Indicator("enforcement.merge_rate", N_("Share of visits merged"), "%", N_(
        "Visits that went together ÷ visits for which others to the same firm were due too."), merge_rate),
    Indicator("enforcement.visited_often", N_("Firms visited too often"), N_("firms"), N_(
        "Firms that enforcement and patrols together visited more often in a calendar month than the rule "
        "enforcement.visits_a_month_most; base: firms visited."), visited_often, digits=0),
    Indicator("enforcement.four_all", N_("Measures of the four “all”"), TIMES, N_(
        "Marks of matters under 停产整顿、关闭取缔、从重处罚、厉行问责 in the period, those taken back left out."),
        _strict("four"), digits=0),
    Indicator("enforcement.five_batches", N_("Measures of the five “batches”"), TIMES, N_(
        "Marks of matters under 曝光、惩治、联合惩戒、取缔、关闭 in the period, those taken back left out."),
        _strict("five"), digits=0),
)  # fmt: skip
