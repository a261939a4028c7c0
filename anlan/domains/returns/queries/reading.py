"""A form with its values, as they were known at one time: each field read from its source, none typed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from anlan.domains.incidents import public as incidents
from anlan.domains.responses import public as responses
from anlan.domains.returns.queries.subjects import Told, day_told, incident_told
from anlan.domains.returns.rules import comparing, periods, texts
from anlan.domains.returns.rules.forms import Column, Form, Words
from anlan.domains.returns.rules.texts import Cell, Opens, cell
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators import comparing as sums
from anlan.kernel.indicators import counting
from anlan.kernel.indicators.memory import together
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spans import Span, to_date
from anlan.kernel.indicators.spec import Cut, Period, Reading
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of, street_of

TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the form: its key (a region's code, or that of the last line) and what it is called."""

    key: str
    label: str
    cells: tuple[Cell, ...]
    broken: tuple[tuple[str, str], ...] = ()

    @property
    def copied(self) -> str:
        """What "copy row" puts on the clipboard: the texts in the form's order, a tab between."""
        return "\t".join(" ".join(one.text.split()) for one in self.cells)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form, filled."""

    form: Form
    region: str
    span: Span
    as_of: datetime
    title: str
    note: str
    rows: tuple[Row, ...]
    total: Row | None
    matter: WorkItem | None = None

    @property
    def lines(self) -> tuple[Row, ...]:
        return (*self.rows, self.total) if self.total is not None else self.rows

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """Row → column → what is compared: what is kept when the form is entered there."""
        return {row.key: {one.column.code: texts.ours(one) for one in row.cells} for row in self.lines}


@dataclass(slots=True)
class Known:
    """What one filling may know: a form, a region, a span, perhaps a matter, and one moment. Nothing is read twice."""

    form: Form
    region: str
    span: Span
    as_of: datetime
    exercise_id: UUID | None = None
    matter: WorkItem | None = None
    _told: Told | None = None
    _parts: dict[str, dict[str, tuple[Decimal | None, int]]] = field(default_factory=dict)
    _night: list[responses.Response] | None = None
    _situations: dict[tuple[UUID, str], responses.Situation] = field(default_factory=dict)

    def filled(self) -> Filled:
        """The whole form. Formulas over the same rows go through them once."""
        with together():
            regions = self.regions()
            words = Words(periods.words(self.span, district=_name(self.region), office=self.office(),
                                        matter=self.matter.title if self.matter else ""))  # fmt: skip
            rows = [self._row(code, label, number) for number, (code, label) in enumerate(regions, start=1)]
            total = self._row(TOTAL, self.form.total, 0) if self.form.total else None
        return Filled(
            self.form, self.region, self.span, self.as_of, words.fill(self.form.title), words.fill(self.form.note),
            tuple(rows), total, self.matter,
        )  # fmt: skip

    def regions(self) -> list[tuple[str, str]]:
        """The lines: the regions one step inside, those a response names, or the region itself."""
        if self.form.rows == "single":
            return [(self.region, self.office())]
        inside = sums.regions_inside(self.region)
        if self.form.period == "response" and (night := self.night()):
            named = set(night[0].streets)
            inside = [each for each in inside if each.pk in named] or inside
        return [(each.pk, each.name) for each in inside]

    def office(self) -> str:
        """Who fills it: the bureau of the region, else the region."""
        row = (
            Organisation.objects.filter(kind="bureau", region=self.region, active=True)
            .order_by("name")
            .first()
        )
        return row.name if row is not None else _name(self.region)

    def one(self, row: str, code: str) -> Cell | None:
        """A single field, read alone: how it stood at this moment."""
        column = self.form.column(code)
        return None if column is None else self._cell(column, row, row, 0)

    def reading(self, row: str, code: str) -> Reading | None:
        """The number behind a field with its rows; None where its source is no indicator."""
        column = self.form.column(code)
        if column is None or column.source != "indicator":
            return None
        return self._indicator(column, self.region if row == TOTAL else row)

    # ---- rows and cells ----------------
    def _row(self, key: str, label: str, number: int) -> Row:
        cells = tuple(self._cell(column, key, label, number) for column in self.form.columns)
        return Row(key, label, cells, tuple(comparing.broken(self.form, cells)))

    def _cell(self, column: Column, key: str, label: str, number: int) -> Cell:
        region = self.region if key == TOTAL else key
        blank = self.form.blank
        if column.source == "name":
            return cell(column, label, blank=blank)
        if column.source == "serial":
            return cell(column, str(number) if number else "", blank="")
        value, opens, told = _READERS[column.source](self, column, region)
        if value is None and column.otherwise:
            value, opens, told = self._field(column.otherwise.partition(".")[2])
        return cell(column, value, blank=blank, opens=opens, told=told)

    def _field(self, name: str) -> tuple[Any, Opens | None, str]:
        told = self.told()
        return told.value(name), told.opens.get(name), ""

    def told(self) -> Told:
        """The fields of the matter or of the day of the watch."""
        if self._told is None:
            if self.form.period == "duty_day":
                self._told = day_told(
                    self.region, self.span.last, as_of=self.as_of, exercise_id=self.exercise_id
                )
            elif self.matter is not None:
                self._told = incident_told(self.matter.pk, as_of=self.as_of)
            else:
                self._told = Told({}, {})
        return self._told

    # ---- numbers ----------------
    def period(self, column: Column) -> Period:
        """No period runs past what is known; a day of the watch begins at its hand-over."""
        if self.form.period == "duty_day" and column.span == "this":
            day = incidents.daily(
                region=self.region, day=self.span.last, as_of=self.as_of, exercise_id=self.exercise_id
            )
            return Period(min(day.span.start, self.as_of), min(day.span.end, self.as_of))
        return sums.period_of(self.days(column), self.as_of)

    def days(self, column: Column) -> Span:
        return to_date(self.span.last) if column.span == "year_to_date" else self.span

    def _indicator(self, column: Column, region: str) -> Reading:
        cut = Cut(region, self.exercise_id)
        return indicator(code=column.of[0], cut=cut, period=self.period(column), as_of=self.as_of)

    def number(self, column: Column, region: str) -> tuple[Decimal | None, int]:
        """Value and base. All lines of a column are added up in one go."""
        if region == self.region or self.form.period == "duty_day":
            read = self._indicator(column, region)
            return read.value, read.base
        if column.code not in self._parts:
            parts = sums.by_region(
                code=column.of[0],
                cut=Cut(self.region, self.exercise_id),
                span=self.days(column),
                as_of=self.as_of,
            )
            self._parts[column.code] = {
                part.region.pk: (part.value, part.base) for part in parts if part.region is not None
            }
        return self._parts[column.code].get(region, (None, 0))

    # ---- a flood night ----------------
    def night(self) -> list[responses.Response]:
        """The responses that a form speaks of: the one it is about, else those in force in its time."""
        if self._night is None:
            self._night = self._responses()
        return self._night

    def _responses(self) -> list[responses.Response]:
        if self.form.period == "response":
            row = responses.response(self.matter.pk) if self.matter is not None else None
            return [row] if row is not None else []
        start, end = self.period(self.form.columns[0]).start, self.as_of
        if self.form.period == "incident":
            event = incidents.incident(self.matter.pk) if self.matter is not None else None
            start = event.occurred_at if event is not None else start
        else:
            end = min(self.as_of, self.period(self.form.columns[0]).end)
        return responses.in_force_in(start=start, end=end, as_of=self.as_of, exercise_id=self.exercise_id)

    def situation(self, row: responses.Response, region: str) -> responses.Situation:
        """The returns of a response for the streets under a region."""
        where = self.matter.region_id if self.form.period == "incident" and self.matter else region
        key = (row.pk, where)
        if key not in self._situations:
            prefix = prefix_of(where)
            streets = [s for s in row.streets if s.startswith(prefix) or street_of(where) == s]
            self._situations[key] = responses.situation(row, as_of=self.as_of, streets=streets or [where])
        return self._situations[key]


def _by_indicator(known: Known, column: Column, region: str) -> tuple[Any, Opens | None, str]:
    """No value where nothing was counted, unless the register says nothing by being empty."""
    try:
        value, base = known.number(column, region)
    except Refused:
        return None, None, ""  # no such number in this house, or none for these days
    empty = value is None or (not base and not column.zero)
    return (None if empty else value), Opens("rows"), ""


def _by_count(known: Known, column: Column, region: str) -> tuple[Any, Opens | None, str]:
    where = known.matter.region_id if known.matter is not None else region
    rows = counting.counted(
        region=where, span=known.days(column), as_of=known.as_of, exercise_id=known.exercise_id
    )
    row = rows.filter(code=column.of[0]).first()
    if row is None:
        return None, Opens("enter", column.code), ""
    return row.value, Opens("fact", str(row.pk)), row.source


def _by_field(known: Known, column: Column, _region: str) -> tuple[Any, Opens | None, str]:
    return known._field(column.of[0].partition(".")[2])


def _by_situation(known: Known, column: Column, region: str) -> tuple[Any, Opens | None, str]:
    """Added up over the figures named and, where two responses ran together, over both."""
    told: list[Any] = []
    opens: Opens | None = None
    for row in known.night():
        there = known.situation(row, region)
        if not there.streets:
            continue
        opens = Opens("response", str(row.pk))
        if column.kind == "text":
            told += [_words(each, code) for each in there.streets.values() for code in column.of]
        else:
            told.append(_figure(there, column))
    if opens is None:
        return None, None, ""
    if column.kind == "text":
        return "；".join(each for each in told if each) or None, opens, ""
    add = max if all(_is_largest(known, region, code) for code in column.of) else sum
    return add(told), opens, ""


def _words(row: responses.Return, code: str) -> str:
    return str(row.figures.get(code, {}).get("now") or "")


def _figure(there: responses.Situation, column: Column) -> Decimal:
    values = [there.total.get(code, {}).get(column.which) for code in column.of]
    return sum((Decimal(str(value)) for value in values if value is not None), Decimal(0))


def _is_largest(known: Known, region: str, code: str) -> bool:
    """A gauge's maximum and the deepest water do not add up."""
    fields = known.situation(known.night()[0], region).fields
    return code in fields and fields[code].sums == "max"


_READERS = {"indicator": _by_indicator, "count": _by_count, "field": _by_field, "situation": _by_situation}


def _name(region: str) -> str:
    return Region.objects.values_list("name", flat=True).get(pk=region)


def since_when(
    known: Known, row: str, code: str, *, start: datetime, then: str, steps: int = 10
) -> datetime | None:
    """By when a field no longer said what it did at `start`: halved until the span is a thousandth of what it was.

    None where it says the same now.
    """

    def same(at: datetime) -> bool:
        there = Known(known.form, known.region, known.span, at, known.exercise_id, known.matter).one(
            row, code
        )
        return there is not None and texts.ours(there) == then

    low, high = start, known.as_of
    if same(high):
        return None
    for _turn in range(steps):
        middle = low + (high - low) / 2
        if same(middle):
            low = middle
        else:
            high = middle
    return high


def labels_of(rows: Iterable[Row]) -> Sequence[tuple[str, str]]:
    return [(row.key, row.label) for row in rows]
