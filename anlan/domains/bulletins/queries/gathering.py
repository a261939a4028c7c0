"""Reading the numbers of a report: each slot from its source, once, as it was known at one time.

A number keeps the ids of its rows where they are few. Where they are many, and for streets and months, they are read
again when somebody opens it: the same question about the same time has the same answer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import translation

from anlan.domains.bulletins.rules.templates import DERIVED, Slot
from anlan.domains.bulletins.rules.writing import Value, derive
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators import comparing, counting
from anlan.kernel.indicators.figures import rounded
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.registry import of_code
from anlan.kernel.indicators.spans import Span, to_date
from anlan.kernel.indicators.spec import Cut, Indicator, Period
from anlan.kernel.loop import registry as loops
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of

ZONE = ZoneInfo("Asia/Shanghai")
LANGUAGE = "zh-hans"  # reports are written in Chinese, whoever looks at the page
MOST_KEPT = 500  # ids of rows that are kept with a number
YEARS = 5
NOT_APART = "不分专项，未计"


@dataclass(slots=True)
class Gathering:
    """What a report may know: one region, one span, one moment; readings are kept so that none is made twice."""

    region: str
    span: Span
    as_of: datetime
    exercise_id: UUID | None = None
    campaign: UUID | None = None
    campaign_name: str = ""
    made: dict[tuple[str, ...], Value] = field(default_factory=dict)
    tell: Callable[[], None] = lambda: None  # called after each slot, and by the text after each paragraph

    def values(self, slots: Mapping[str, Slot]) -> dict[str, Value]:
        """Every slot of a template; those made of others come after them. A mean stands with its years."""
        found: dict[str, Value] = {}
        for name, slot in slots.items():
            if slot.span == "mean":
                found |= self.mean(slot)
            elif slot.kind not in DERIVED:
                found[name] = self.value(slot)
            self.tell()
        left = {name: slot for name, slot in slots.items() if slot.kind in DERIVED}
        while left:
            ready = [name for name, slot in left.items() if all(of in found for of in slot.of)]
            if not ready:
                raise ValueError(f"slots made of each other: {', '.join(left)}")
            for name in ready:
                found[name] = derive(left.pop(name), found)
        return found

    def cut(self, region: str = "") -> Cut:
        return Cut(region or self.region, self.exercise_id, campaign=self.campaign)

    def value(self, slot: Slot, *, span: Span | None = None) -> Value:
        """One slot, for the report's own span or for another."""
        when = span or self.span_of(slot)
        key = (slot.kind, slot.code, slot.which, slot.other, f"{slot.zero}{when.first}{when.last}")
        if key not in self.made:
            self.made[key] = self._read(slot, when)
        return self.named(slot, self.made[key])

    def _read(self, slot: Slot, when: Span) -> Value:
        found = _READERS[slot.kind](self, slot, when)
        if found.value is None and slot.other:
            told = _indicator(self, replace(slot, kind="indicator", code=slot.other), when)
            return told if told.value is not None else found
        return found

    def named(self, slot: Slot, found: Value) -> Value:
        """A reading under the name and in the words of a slot."""
        value = found.value if slot.digits is None else rounded(found.value, slot.digits)
        return replace(
            found, slot=slot.name, label=slot.label or found.label, unit=slot.unit or found.unit, value=value
        )

    def mean(self, slot: Slot) -> dict[str, Value]:
        """The mean of the last five years in which there was anything to count, and these years."""
        years = [self.value(slot, span=self.passed(self.span.year_before(n))) for n in range(1, YEARS + 1)]
        told = {f"{slot.name}~{n}": each for n, each in enumerate(years, start=1) if each.value is not None}
        parts = {name: replace(each, slot=name) for name, each in told.items()}
        values = [each.value for each in parts.values() if each.value is not None]
        digits = slot.digits if slot.digits is not None else 1
        mean = rounded(sum(values, Decimal(0)) / len(values), digits) if values else None
        whole = replace(
            years[0], slot=slot.name, kind="mean", value=mean, base=len(values), rows=(), many=0, of=tuple(parts),
            first=self.passed(self.span.year_before(YEARS)).first,
            definition=f"前五年同期中有数的{len(values)}年的平均。{years[0].definition}", opens="",
        )  # fmt: skip
        return {**parts, slot.name: whole}

    def by_street(self, slot: Slot) -> dict[str, Value]:
        """A slot for each region one step inside: one reading for all of them."""
        whole = self.value(slot)
        parts = {part.region.pk: part for part in self._parts(whole, self.span_of(slot)) if part.region}
        return {
            region.pk: replace(self._part(slot, whole, parts.get(region.pk)), region=region.pk)
            for region in self.streets()
        }

    def by_month(self, slot: Slot, months: Sequence[Span]) -> list[Value]:
        """A slot for each of some calendar months that follow each other."""
        span = Span("since", months[0].first, months[-1].last)
        whole = self.value(slot, span=span)
        parts = {part.month: part for part in self._parts(whole, span, by="month")}
        return [
            replace(self._part(slot, whole, parts.get(month.first)), first=month.first, last=month.last)
            for month in months
        ]

    def _parts(self, whole: Value, span: Span, by: str = "region") -> list[comparing.Part]:
        """The parts of what the whole was read from: the register, or the counted fact that stood in for it."""
        if not whole.version:
            return []  # there is no such number here, or it cannot be counted so
        read = comparing.by_region if by == "region" else comparing.by_month
        return read(code=whole.code, cut=self.cut(), span=span, as_of=self.as_of)

    def _part(self, slot: Slot, whole: Value, part: comparing.Part | None) -> Value:
        empty = part is None or part.value is None or not (part.base or slot.zero)
        value, base = (None if empty or part is None else part.value), part.base if part else 0
        return replace(whole, value=value, base=base, rows=(), many=None)

    def span_of(self, slot: Slot) -> Span:
        """The span of a slot. One that is not over is held against as many days of the one before it."""
        if slot.span == "year_to_date":
            return to_date(self.span.last)
        if slot.span == "this":
            return self.span
        if slot.span == "next":
            return self.span.after()
        return self.passed(self.span.before() if slot.span == "before" else self.span.year_before())

    def passed(self, then: Span) -> Span:
        """As many days of another span as have passed of this one."""
        left = (self.span.last - self.as_of.astimezone(ZONE).date()).days
        if left <= 0 or left >= self.span.days:
            return then
        return Span(
            "since", then.first, min(then.last, then.first + timedelta(days=self.span.days - left - 1))
        )

    def streets(self) -> list[Region]:
        """The regions one step inside the report's own."""
        return comparing.regions_inside(self.region)

    def period(self, span: Span) -> Period:
        """No period runs past what is known; what is planned for the next span is known now."""
        return span.period(ZONE) if span.first > self.span.last else comparing.period_of(span, self.as_of)

    def rows(self, slot: Slot) -> Sequence[UUID]:
        """The ids of all the rows behind a slot that is a number of the registers."""
        if declared_as(slot.code) is None:
            return ()
        period = self.period(self.span_of(slot))
        return indicator(code=slot.code, cut=self.cut(), period=period, as_of=self.as_of).rows


def _empty(known: Gathering, slot: Slot, span: Span) -> Value:
    return Value(slot.name, slot.kind, slot.label or slot.code, None, code=slot.code, region=known.region,
                 first=span.first, last=span.last, as_of=known.as_of)  # fmt: skip


def _indicator(known: Gathering, slot: Slot, span: Span) -> Value:
    nothing = _empty(known, slot, span)
    declared = declared_as(slot.code)
    if declared is None:
        return nothing  # no such number in this house: the sentence says so
    if known.campaign is not None and "campaign" not in declared.cuts:
        return replace(nothing, label=slot.label or in_chinese(declared.label), why=NOT_APART)
    read = indicator(code=slot.code, cut=known.cut(), period=known.period(span), as_of=known.as_of)
    empty = read.value is None or (not read.base and not slot.zero)
    many = len(read.rows)
    return replace(
        nothing, label=slot.label or in_chinese(declared.label), value=None if empty else read.value,
        unit=in_chinese(declared.unit), version=declared.version, definition=_defined(known, declared, read.scope),
        base=read.base, many=many, rows=tuple([str(row) for row in read.rows]) if many <= MOST_KEPT else (),
        opens=declared.opens,
    )  # fmt: skip


def declared_as(code: str) -> Indicator | None:
    """The indicator of a code, if there is one in this house."""
    try:
        return of_code(code)
    except Refused:
        return None


def _defined(known: Gathering, declared: Indicator, scope: str) -> str:
    """The definition, the scope that was told with the rows, and the campaign that alone was counted."""
    said = [in_chinese(declared.definition)]
    if scope and declared.opens == "indicators.count":
        said.append(f"口径：{scope}")
    if known.campaign is not None:
        said.append(f"仅计专项行动“{known.campaign_name}”")
    return " ".join(said)


def in_chinese(text: str) -> str:
    """A label in the language of reports."""
    with translation.override(LANGUAGE):
        return translation.gettext(text) if text else ""


def _count(known: Gathering, slot: Slot, span: Span) -> Value:
    nothing = _empty(known, slot, span)
    if known.campaign is not None:
        return replace(nothing, why=NOT_APART)
    rows = counting.counted(region=known.region, span=span, as_of=known.as_of, exercise_id=known.exercise_id)
    row = rows.filter(code=slot.code).first()
    if row is None:
        return nothing
    return replace(
        nothing, label=slot.label or row.scope, value=Decimal(f"{row.value.normalize():f}"), unit=row.unit,
        definition=f"{row.scope}（{row.source}）", base=1, rows=(str(row.pk),), many=1, opens="indicators.count",
    )  # fmt: skip


def known_loops(names: Iterable[str]) -> tuple[str, ...]:
    """Those that there are in this house: a list of events needs a house that keeps events."""
    there = set(loops.names())
    return tuple(name for name in names if name in there)


def _items(known: Gathering, slot: Slot, span: Span) -> Value:
    nothing = _empty(known, slot, span)
    if known.campaign is not None:
        return replace(nothing, why=NOT_APART)
    if not known_loops([slot.code]):
        return nothing
    which = slot.which or "opened"
    found = items(loop_names=(slot.code,), which=which, region=known.region, period=known.period(span),
                  as_of=known.as_of, exercise_id=known.exercise_id)  # fmt: skip
    many = found.count()
    ids = tuple(str(pk) for pk in found.values_list("pk", flat=True)) if many <= MOST_KEPT else ()
    return replace(
        nothing, value=Decimal(many) if many or slot.zero else None, unit="项", version=1, definition=DEFINED[which],
        base=many, rows=ids, many=many,
    )  # fmt: skip


DEFINED = {
    "opened": "时段内登记的事项",
    "closed": "时段内办结的事项",
    "open": "时段末尚未办结的事项",
}
_READERS = {"indicator": _indicator, "count": _count, "items": _items}


def items(
    *, loop_names: tuple[str, ...], which: str, region: str, period: Period, as_of: datetime,
    exercise_id: UUID | None = None,
) -> QuerySet[WorkItem]:  # fmt: skip
    """Matters of some loops opened or closed in a period, or open at its end, as known at a time. Read from steps."""
    known = WorkItem.objects.filter(
        in_world(exercise_id), loop__in=loop_names, region__code__startswith=prefix_of(region), opened_at__lte=as_of
    )  # fmt: skip
    if which == "opened":
        return known.filter(opened_at__gte=period.start, opened_at__lt=period.end).order_by("opened_at", "pk")
    closed = Q(pk__in=[])
    for name in known_loops(loop_names):
        closed |= Q(loop=name, last_state__in=loops.registered(name).loop.closed)
    # What closed for good before the time asked about need not be gone through step by step.
    known = known.exclude(closed_at__lt=min(period.end, as_of) if which == "open" else period.start)
    steps = Step.objects.filter(item=OuterRef("pk"), at__lt=period.end, at__lte=as_of).order_by("-at", "-pk")
    ended = known.filter(opened_at__lt=period.end).annotate(
        last_state=Subquery(steps.values("target")[:1]), last_at=Subquery(steps.values("at")[:1])
    )
    if which == "closed":
        return ended.filter(closed, last_at__gte=period.start).order_by("last_at", "pk")
    return ended.exclude(closed).order_by("due_at", "opened_at", "pk")
