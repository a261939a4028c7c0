"""Spans that offices count by: calendar months, months cut on a day, since a start, to any date. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Period

DAY = timedelta(days=1)
BACKWARDS = reason("indicators.backwards", N_("The span ends on {last}, before it begins on {first}."))
BAD_CUT = reason("indicators.bad_cut", N_("A month is cut on a day from 1 to 28, not on {day}."))


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day, both counted. `kind` says how the span before it is found."""

    kind: str  # month | cut (a month cut on a day) | quarter | half | year | to_date | since
    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise Refused(BACKWARDS, field="last", first=f"{self.first:%F}", last=f"{self.last:%F}")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def months(self) -> int:
        """Months touched: how many monthly issues one expects."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    def period(self, zone: ZoneInfo) -> Period:
        """The half-open period in a zone's days."""
        return Period(
            datetime.combine(self.first, time(), zone), datetime.combine(self.last + DAY, time(), zone)
        )

    def year_before(self, years: int = 1) -> "Span":
        """同比: the same days some years earlier; what ended with its month still ends with it."""
        if self.kind == "cut":
            return _cut_month(_shift(self.last, -12 * years))
        return Span(self.kind, _shift(self.first, -12 * years), _shift_last(self.last, -12 * years))

    def after(self) -> "Span":
        """The span of the same kind behind this one: what a plan speaks of."""
        if self.kind == "cut":
            return _cut_month(_shift(self.last, 1))
        months = {"month": 1, "quarter": 3, "half": 6, "year": 12}.get(self.kind)
        if months is None:
            return Span(self.kind, self.last + DAY, self.last + self.days * DAY)
        return Span(self.kind, _shift(self.first, months), _shift_last(self.last, months))

    def before(self) -> "Span":
        """环比: the span of the same kind before this one; a free span is as many days long."""
        if self.kind == "cut":
            return _cut_month(_shift(self.last, -1))
        months = {"month": 1, "quarter": 3, "half": 6, "year": 12}.get(self.kind)
        if months is None:
            return Span(self.kind, self.first - self.days * DAY, self.first - DAY)
        return Span(self.kind, _shift(self.first, -months), _shift_last(self.last, -months))


def month(year: int, number: int, *, cut: int | None = None) -> Span:
    """A calendar month, or one cut on a day: with `cut=25`, June runs from 26 May to 25 June."""
    first, last = date(year, number, 1), date(year, number, monthrange(year, number)[1])
    if cut is None:
        return Span("month", first, last)
    if not 1 <= cut <= 28:
        raise Refused(BAD_CUT, field="cut", day=cut)
    return _cut_month(date(year, number, cut))


def _cut_month(last: date) -> Span:
    return Span("cut", _shift(last, -1) + DAY, last)


def quarter(year: int, number: int) -> Span:
    return Span("quarter", date(year, 3 * number - 2, 1), _shift(date(year, 3 * number - 2, 1), 3) - DAY)


def half(year: int, number: int) -> Span:
    return Span("half", date(year, 6 * number - 5, 1), _shift(date(year, 6 * number - 5, 1), 6) - DAY)


def year(number: int) -> Span:
    return Span("year", date(number, 1, 1), date(number, 12, 31))


def to_date(day: date) -> Span:
    """From the first of January to a day (截至6月20日)."""
    return Span("to_date", date(day.year, 1, 1), day)


def since(start: date, day: date) -> Span:
    """From the start of something to a day (行动以来)."""
    return Span("since", start, day)


def _shift(day: date, months: int) -> date:
    """The same day some months away; the last of a shorter month where there is none."""
    count = day.year * 12 + day.month - 1 + months
    to_year, to_month = divmod(count, 12)
    return date(to_year, to_month + 1, min(day.day, monthrange(to_year, to_month + 1)[1]))


def _shift_last(day: date, months: int) -> date:
    """A last day: the end of a month moves to the end of the month it moves to."""
    moved = _shift(day, months)
    if day.day == monthrange(day.year, day.month)[1]:
        return date(moved.year, moved.month, monthrange(moved.year, moved.month)[1])
    return moved
