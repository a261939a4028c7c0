"""A number against last year, against the span before, against the mean of five years; by region and by month.

A change of a rate is told in points, a change upon nought by the difference. A span that has not ended yet is
compared with as many days of the other one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from anlan.kernel.core.words import N_
from anlan.kernel.indicators import memory, registry
from anlan.kernel.indicators.figures import PERCENT, POINTS, change, rounded
from anlan.kernel.indicators.models import Freeze
from anlan.kernel.indicators.queries import frozen_for, indicator
from anlan.kernel.indicators.rowsets import WIDTHS, RowFormula
from anlan.kernel.indicators.spans import Span, month
from anlan.kernel.indicators.spec import Cut, Indicator, Period, Reading
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of

LOCAL = ZoneInfo("Asia/Shanghai")
YEARS = 5
KINDS = {
    "year_before": N_("against last year"),
    "before": N_("against the span before"),
    "mean": N_("against the mean of {n} years"),
}
_INSIDE = {0: "province", 2: "city", 4: "county", 6: "street", 9: "community", 12: "community"}


@dataclass(frozen=True, slots=True)
class Against:
    """A reading beside another value: which one, the change and its unit (%, 百分点, or the number's own)."""

    kind: str
    other: Decimal | None
    years: int  # how many years a mean is made of; 1 elsewhere
    change: Decimal | None
    unit: str
    span: Span | None

    @property
    def text(self) -> str:
        """As a report has it: −33.3%, +2.5百分点, +3起; a dash where there is nothing to compare with."""
        if self.change is None:
            return "—"
        sign = "−" if self.change < 0 else "+" if self.change > 0 else ""
        return f"{sign}{abs(self.change):f}{self.unit}"


@dataclass(frozen=True, slots=True)
class Compared:
    """A reading of a span and what it stands against."""

    now: Reading
    against: tuple[Against, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A number for one region inside, or one month."""

    region: Region | None
    month: date | None
    value: Decimal | None
    base: int


def read(*, code: str, cut: Cut, span: Span, as_of: datetime) -> Reading:
    """The reading of a span of days, wall clock. The span is cut where it runs past `as_of`."""
    return indicator(code=code, cut=cut, period=period_of(span, as_of), as_of=as_of)


def period_of(span: Span, as_of: datetime) -> Period:
    """The days of a span, none past the time of knowledge: what is due later cannot have been done or missed."""
    period = span.period(LOCAL)
    return Period(min(period.start, as_of), min(period.end, as_of))


def so_far(span: Span, as_of: datetime) -> Span:
    """A span that runs on is compared by the days that have passed."""
    today = as_of.astimezone(LOCAL).date()
    return replace(span, last=today) if span.first <= today < span.last else span


def compared(
    *, code: str, cut: Cut, span: Span, as_of: datetime,
    kinds: Sequence[str] = ("year_before", "before", "mean"),
) -> Compared:  # fmt: skip
    """A reading with its comparisons. Raises `Refused` as `indicator` does."""
    now = read(code=code, cut=cut, span=span, as_of=as_of)
    shown = so_far(span, as_of)
    found = []
    for kind in kinds:
        if kind == "mean":
            found.append(_mean(now, code, cut, shown, as_of))
        else:
            other = shown.year_before() if kind == "year_before" else shown.before()
            then = read(code=code, cut=cut, span=other, as_of=as_of)
            found.append(_against(kind, now, then.value, span=other))
    return Compared(now, tuple(found))


def _mean(now: Reading, code: str, cut: Cut, span: Span, as_of: datetime) -> Against:
    """Over the years of the last five in which there was anything to count."""
    before = [read(code=code, cut=cut, span=span.year_before(n), as_of=as_of) for n in range(1, YEARS + 1)]
    values = [each.value for each in before if each.value is not None and each.base]
    mean = sum(values, Decimal(0)) / len(values) if values else None
    return _against("mean", now, rounded(mean, max(1, now.indicator.digits)), years=len(values))


def _against(
    kind: str, now: Reading, other: Decimal | None, *, years: int = 1, span: Span | None = None
) -> Against:
    told, unit = difference(now.indicator, now.value, other)
    return Against(kind, other, years, told, unit, span)


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was frozen of a span, what is known of it now, and the difference. `kind`: now, or that of `Against`."""

    kind: str
    row: Freeze
    value: Decimal | None  # as the number is rounded
    now: Decimal | None
    change: Decimal | None
    unit: str


def frozen_beside(told: Compared) -> list[Frozen]:
    """For the span of a reading and those it was compared with: what was frozen of them."""
    reading = told.now
    spans = [("now", reading.period, reading.value)]
    spans += [
        (each.kind, period_of(each.span, reading.as_of), each.other) for each in told.against if each.span
    ]
    found = []
    for kind, period, now in spans:
        row = frozen_for(code=reading.indicator.code, cut=reading.cut, period=period)
        if row is not None:
            kept = rounded(row.value, reading.indicator.digits)
            found.append(Frozen(kind, row, kept, now, *_apart(reading.indicator, now, kept)))
    return found


def _apart(known: Indicator, now: Decimal | None, kept: Decimal | None) -> tuple[Decimal | None, str]:
    """How far a number has moved since it was frozen, in its own unit; a rate in points."""
    if now is None or kept is None:
        return None, ""
    return now - kept, POINTS if known.unit == PERCENT else known.unit


def difference(known: Indicator, now: Decimal | None, then: Decimal | None) -> tuple[Decimal | None, str]:
    """The change between two values of a number and the unit it is told in."""
    if now is None or then is None:
        return None, ""
    if known.unit == PERCENT:
        return rounded(now - then, known.digits), POINTS
    told = change(now, then)
    return (rounded(now - then, known.digits), known.unit) if told is None else (rounded(told, 1), PERCENT)


def by_region(*, code: str, cut: Cut, span: Span, as_of: datetime) -> list[Part]:
    """The number for each region one step inside: streets of a district, communities of a street."""
    known, period = registry.of_code(code), period_of(span, as_of)
    return memory.once(
        memory.key_of("regions", code, known.version, cut, period, as_of),
        lambda: _by_region(known, cut, period, as_of),
    )


def _by_region(known: Indicator, cut: Cut, period: Period, as_of: datetime) -> list[Part]:
    inside = regions_inside(cut.region)
    if isinstance(known.of, RowFormula):
        sums = known.of.sheet(cut, period, as_of).regions
        told = {code: known.of.value(sums.get(code, {})) for code in (each.pk for each in inside)}
        return [
            Part(each, None, rounded(told[each.pk][0], known.digits), told[each.pk][1]) for each in inside
        ]
    read = [(each, known.of(replace(cut, region=each.pk), period, as_of)) for each in inside]
    return [Part(each, None, rounded(found.value, known.digits), found.base) for each, found in read]


def regions_inside(region: str) -> list[Region]:
    """The regions one step inside another."""
    prefix = prefix_of(region) if region else ""
    level = _INSIDE[len(prefix)]
    rows = Region.objects.filter(code__startswith=prefix, level=level).exclude(pk=region)
    return list(rows.order_by("code")) if WIDTHS[len(prefix)] > len(prefix) else []


def months_of(span: Span, *, cut: int | None = None) -> list[Span]:
    """The months that a span touches, in order; cut on a day for a span that is."""
    first, day = span.first.replace(day=1), span.last
    if span.kind == "cut":
        return [span]
    count = (day.year - first.year) * 12 + day.month - first.month + 1
    return [
        month(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, cut=cut)
        for n in range(count)
    ]


def by_month(*, code: str, cut: Cut, span: Span, as_of: datetime) -> list[Part]:
    """The number for each calendar month of a span; a month that has not begun is not there."""
    known, period = registry.of_code(code), period_of(span, as_of)
    return memory.once(
        memory.key_of("months", code, known.version, cut, period, as_of),
        lambda: _by_month(known, cut, span, period, as_of),
    )


def _by_month(known: Indicator, cut: Cut, span: Span, period: Period, as_of: datetime) -> list[Part]:
    begun = [each for each in months_of(span) if each.period(LOCAL).start < as_of]
    if isinstance(known.of, RowFormula) and known.of.dated:
        sums = known.of.sheet(cut, period, as_of).months
        told = [(each.first, *known.of.value(sums.get(each.first, {}))) for each in begun]
        return [Part(None, first, rounded(value, known.digits), base) for first, value, base in told]
    read = [(each.first, known.of(cut, period_of(each, as_of), as_of)) for each in begun]
    return [Part(None, first, rounded(each.value, known.digits), each.base) for first, each in read]
