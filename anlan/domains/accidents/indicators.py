"""The numbers of accidents (practice.md §7, group 15). Those not determined yet count and are told apart."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from anlan.domains.accidents import queries
from anlan.domains.accidents.queries import Counted as Known
from anlan.domains.accidents.queries import DueState, Span, preventing
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.figures import change, rounded
from anlan.kernel.indicators.spec import Counted, Cut, Formula, Indicator, Period, percent


def count(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Accidents that count."""
    return _rows(queries.counted(_span(cut, period, as_of)))


def dead(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Deaths within the clock."""
    rows = [row for row in queries.counted(_span(cut, period, as_of)) if row.dead]
    return _sum(rows, lambda row: row.dead)


def badly_hurt(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Persons badly hurt, as known within the clock."""
    rows = [row for row in queries.counted(_span(cut, period, as_of)) if row.badly_hurt]
    return _sum(rows, lambda row: row.badly_hurt)


def fatal(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Accidents with a death."""
    return _rows([row for row in queries.counted(_span(cut, period, as_of)) if row.fatal])


def preliminary(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Of the accidents that count, those not determined yet."""
    rows = queries.counted(_span(cut, period, as_of))
    return _rows([row for row in rows if row.determination == queries.PRELIMINARY])


def _change(of: Callable[[Sequence[Known]], int]) -> Formula:
    """同比 in per cent; no value where the year before had none: then the difference is told."""

    def formula(cut: Cut, period: Period, as_of: datetime) -> Counted:
        span = _span(cut, period, as_of)
        now, then = queries.counted(span), queries.counted(span.year_before())
        value = change(Decimal(of(now)), Decimal(of(then)))
        return Counted(value, of(then), [row.pk for row in (*now, *then)])

    return formula


def declines(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """双下降: how many of accidents and deaths are fewer than in the year before; 2 is both."""
    span = _span(cut, period, as_of)
    now, then = queries.counted(span), queries.counted(span.year_before())
    fewer = (len(now) < len(then)) + (_dead(now) < _dead(then))
    return Counted(Decimal(fewer), 2, [row.pk for row in (*now, *then)])


# ---- 四项指标: accidents, deaths, injured, direct loss ----------------
FOUR: tuple[tuple[str, str, Callable[[Known], int]], ...] = (
    ("起数", "起", lambda _row: 1),
    ("死亡", "人", lambda row: row.dead),
    ("受伤", "人", lambda row: row.injured),
    ("直接经济损失", "元", lambda row: row.loss_yuan),
)


def four_declines(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """四项指标持续下降: how many of the four are fewer than a year before; the scope tells each."""
    span = _span(cut, period, as_of)
    now, then = queries.counted(span), queries.counted(span.year_before())
    told, fewer = [], 0
    for label, unit, of in FOUR:
        here, there = sum(map(of, now)), sum(map(of, then))
        fewer += here < there
        told.append(f"{label}{here}{unit}（上年同期{there}{unit}，{said(here, there, unit)}）")
    return Counted(Decimal(fewer), len(FOUR), [row.pk for row in (*now, *then)], "；".join(told))


def said(now: int, then: int, unit: str) -> str:
    """同比 in per cent; where the year before had none, the difference."""
    share = rounded(change(Decimal(now), Decimal(then)), 1)
    value = Decimal(now - then) if share is None else share
    return f"{'−' if value < 0 else '+' if value > 0 else ''}{abs(value)}{unit if share is None else '%'}"


def injured(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Badly and slightly hurt."""
    rows = [row for row in queries.counted(_span(cut, period, as_of)) if row.injured]
    return _sum(rows, lambda row: row.injured)


def loss(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Direct loss in 万元."""
    rows = [row for row in queries.counted(_span(cut, period, as_of)) if row.loss_yuan]
    return Counted(Decimal(sum(row.loss_yuan for row in rows)) / 10_000, len(rows), [row.pk for row in rows])


def _dead(rows: Sequence[Known]) -> int:
    return sum(row.dead for row in rows)


def _on_time(what: str) -> Formula:
    """What was due in the period and was done by then ÷ all that was due and is no longer open."""

    def formula(cut: Cut, period: Period, as_of: datetime) -> Counted:
        due = [each for each in queries.dues(_span(cut, period, as_of), what=what) if each.state != "open"]
        met = [each for each in due if each.state == "on_time"]
        return Counted(percent(len(met), len(due)), len(due), [each.accident for each in due])

    return formula


def overdue(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Reports, replies and evaluations that were due in the period and are missing."""
    span = _span(cut, period, as_of)
    found: list[DueState] = [
        each for what in queries.MET_BY for each in queries.dues(span, what=what) if each.state == "missed"
    ]
    return Counted(Decimal(len(found)), len(found), [each.accident for each in found])


def handled(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Accidents whose handling on the spot was recorded."""
    found = queries.handled(_span(cut, period, as_of))
    return Counted(Decimal(len(found)), len(found), found)


def _made(move: str) -> Formula:
    def formula(cut: Cut, period: Period, as_of: datetime) -> Counted:
        found = queries.steps_made(_span(cut, period, as_of), move=move)
        return Counted(Decimal(len(found)), len(found), found)

    return formula


def _per(code: str, times: int) -> Formula:
    """Deaths ÷ a counted record of the same region and days; no value where nobody entered it."""

    def formula(cut: Cut, period: Period, as_of: datetime) -> Counted:
        span = _span(cut, period, as_of)
        rows = [row for row in queries.counted(span) if row.dead]
        base = queries.base(span, code)
        value = None if not base else Decimal(_dead(rows) * times) / base
        return Counted(value, int(base or 0), [row.pk for row in rows])

    return formula


def prevention_goals(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Goals of campaigns against accidents that hold at the end of the period ÷ goals, per cent."""
    end = min(period.end, as_of)
    rows = preventing.running(
        region=cut.region, start=period.start, end=period.end, as_of=as_of, exercise_id=cut.exercise_id
    )
    found = [goal for row in rows for goal in preventing.progress(row, end=end, as_of=as_of).goals]
    return Counted(
        percent(sum(goal.kept for goal in found), len(found)), len(found), [row.pk for row in rows]
    )


def _rows(rows: Sequence[Known]) -> Counted:
    return _sum(rows, lambda _row: 1)


def _sum(rows: Sequence[Known], of: Callable[[Known], int]) -> Counted:
    return Counted(Decimal(sum(of(row) for row in rows)), len(rows), [row.pk for row in rows])


def _span(cut: Cut, period: Period, as_of: datetime) -> Span:
    return Span(cut.region, period.start, period.end, as_of, cut.exercise_id, cut.sector)


BY_SECTOR = ("region", "period", "sector")
INDICATORS = (
    Indicator(
        "accidents.count", N_("Accidents"), N_("accidents"),
        N_("Production accidents of the period with a death or somebody badly hurt, less those written off."),
        count, digits=0, cuts=BY_SECTOR,
    ),
    Indicator(
        "accidents.dead", N_("Deaths in accidents"), N_("people"),
        N_("Deaths of the accidents that count, within 30 days of the accident (road and fire 7)."),
        dead, digits=0, cuts=BY_SECTOR,
    ),
    Indicator(
        "accidents.badly_hurt", N_("Badly hurt in accidents"), N_("people"),
        N_("Persons badly hurt in the accidents that count, as last known within the same clock."), badly_hurt,
        digits=0, cuts=BY_SECTOR,
    ),
    Indicator(
        "accidents.fatal", N_("Fatal accidents"), N_("accidents"),
        N_("Accidents that count with at least one death; by sector and supervising body on the page of accidents."),
        fatal, digits=0, cuts=BY_SECTOR,
    ),
    Indicator(
        "accidents.preliminary", N_("Accidents not determined yet"), N_("accidents"),
        N_("Of the accidents that count, those that were filed and not yet determined."),
        preliminary, digits=0, cuts=BY_SECTOR,
    ),
    Indicator(
        "accidents.count_change", N_("Accidents against last year"), "%",
        N_("(Accidents of the period − of the same days a year before) ÷ those; no value where there were none."),
        _change(len), cuts=BY_SECTOR,
    ),
    Indicator(
        "accidents.dead_change", N_("Deaths against last year"), "%",
        N_("(Deaths of the period − of the same days a year before) ÷ those; no value where there were none."),
        _change(_dead), cuts=BY_SECTOR,
    ),
    Indicator(
        "accidents.declines", N_("Double decline"), N_("of two"),
        N_("How many of accidents and deaths are fewer than in the same days a year before; 2 is both."), declines,
        digits=0, cuts=BY_SECTOR,
    ),
    Indicator(
        "accidents.injured", N_("Injured in accidents"), N_("people"),
        N_("Persons badly or slightly hurt in the accidents that count, as last known within the clock."),
        injured, digits=0, cuts=BY_SECTOR,
    ),
    Indicator(
        "accidents.loss", N_("Direct loss of accidents"), N_("10,000 yuan (loss)"),
        N_("Direct economic loss of the accidents that count, as last entered."), loss, digits=2, cuts=BY_SECTOR,
    ),
    Indicator(
        "accidents.four_declines", N_("Decline of the four figures"), N_("of four"),
        N_("How many of accidents, deaths, injured and direct loss are fewer than in the same days a year before; "
           "4 is all. Each with its change; where the year before had none, the difference."),
        four_declines, digits=0, cuts=BY_SECTOR,
    ),
    Indicator(
        "accidents.prevention_goals", N_("Goals kept by campaigns against accidents"), "%",
        N_("Goals (at most so many accidents or deaths) that hold at the end of the period ÷ goals of the campaigns "
           "whose days touch it; counted since the first day of each campaign."), prevention_goals,
    ),
    Indicator(
        "accidents.reports_on_time", N_("Investigation reports on time"), "%",
        N_("Reports handed in by their date, extensions granted, ÷ reports due in the period."),
        _on_time("investigate"),
    ),
    Indicator(
        "accidents.replies_on_time", N_("Replies on time"), "%",
        N_("Replies entered within 15 days of the report (exceptional 30) ÷ replies due in the period."),
        _on_time("reply"),
    ),
    Indicator(
        "accidents.evaluations_done", N_("Evaluations done on time"), "%",
        N_("Rectifications evaluated within a year of the reply ÷ evaluations due in the period."),
        _on_time("evaluate"),
    ),
    Indicator(
        "accidents.overdue", N_("Accident papers overdue"), N_("items"),
        N_("Reports, replies and evaluations due in the period and still missing."), overdue, digits=0,
    ),
    Indicator(
        "accidents.handled", N_("Accidents handled on the spot"), N_("accidents"),
        N_("Accidents whose handling on the spot was recorded in the period."), handled, digits=0,
    ),
    Indicator(
        "accidents.reviews", N_("Review meetings"), N_("meetings"),
        N_("Review meetings on investigation reports in the period."), _made("review"), digits=0,
    ),
    Indicator(
        "accidents.replies", N_("Cases concluded by reply"), N_("accidents"),
        N_("Accidents whose reply was entered in the period, whenever they happened."), _made("reply"), digits=0,
    ),
    Indicator(
        "accidents.deaths_per_gdp", N_("Deaths per 100 million yuan of GDP"), N_("people per 100 million yuan"),
        N_("Deaths ÷ GDP in 100 million yuan, a counted record (statistics.gdp) of the same region and days."),
        _per(queries.GDP, 1), digits=4,
    ),
    Indicator(
        "accidents.deaths_per_workers", N_("Deaths per 100,000 workers"), N_("people per 100,000"),
        N_("Deaths × 100,000 ÷ workers, a counted record (statistics.workers) of the same region and days."),
        _per(queries.WORKERS, 100_000), digits=2,
    ),
)  # fmt: skip
