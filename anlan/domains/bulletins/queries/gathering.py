"""Reading the numbers of a report: each slot from its source, once, as it was known at one time."""

from collections.abc import Iterable, Mapping
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
from anlan.kernel.indicators import counting
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spans import Span, to_date
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop import registry as loops
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of

ZONE = ZoneInfo("Asia/Shanghai")
LANGUAGE = "zh-hans"  # reports are written in Chinese, whoever looks at the page


@dataclass(slots=True)
class Gathering:
    """What a report may know: one region, one span, one moment; readings are kept so that none is made twice."""

    region: str
    span: Span
    as_of: datetime
    exercise_id: UUID | None = None
    made: dict[tuple[str, ...], Value] = field(default_factory=dict)

    def values(self, slots: Mapping[str, Slot]) -> dict[str, Value]:
        """Every slot of a template; those made of others come after them."""
        found = {name: self.value(slot) for name, slot in slots.items() if slot.kind not in DERIVED}
        left = {name: slot for name, slot in slots.items() if slot.kind in DERIVED}
        while left:
            ready = [name for name, slot in left.items() if all(of in found for of in slot.of)]
            if not ready:
                raise ValueError(f"slots made of each other: {', '.join(left)}")
            for name in ready:
                found[name] = derive(left.pop(name), found)
        return found

    def value(self, slot: Slot, *, region: str = "", span: Span | None = None) -> Value:
        """One slot, for the report's own region and span or for another."""
        where, when = region or self.region, span or self.span_of(slot)
        key = (slot.kind, slot.code, slot.which, where, f"{when.first}{when.last}")
        if key not in self.made:
            self.made[key] = _READERS[slot.kind](self, slot, where, when)
        found = self.made[key]
        value = found.value
        if value is not None and slot.digits is not None:
            value = round(value, slot.digits)
        return replace(
            found, slot=slot.name, label=slot.label or found.label, unit=slot.unit or found.unit, value=value
        )

    def span_of(self, slot: Slot) -> Span:
        """The span of a slot. One that is not over is held against as many days of the one before it."""
        if slot.span == "year_to_date":
            return to_date(self.span.last)
        if slot.span == "this":
            return self.span
        then = self.span.before() if slot.span == "before" else self.span.year_before()
        left = (self.span.last - self.as_of.astimezone(ZONE).date()).days
        if left <= 0 or left >= self.span.days:
            return then
        return Span(
            "since", then.first, min(then.last, then.first + timedelta(days=self.span.days - left - 1))
        )

    def streets(self) -> list[Region]:
        """The regions right below the report's own."""
        return list(Region.objects.filter(parent_id=self.region).order_by("code"))

    def period(self, span: Span) -> Period:
        """No period runs past what is known."""
        whole = span.period(ZONE)
        return Period(whole.start, max(whole.start, min(whole.end, self.as_of)))


def _indicator(known: Gathering, slot: Slot, region: str, span: Span) -> Value:
    period = known.period(span)
    nothing = Value(slot.name, "indicator", slot.label or slot.code, None, code=slot.code, region=region,
                    first=span.first, last=span.last, as_of=known.as_of)  # fmt: skip
    try:
        read = indicator(code=slot.code, cut=Cut(region, known.exercise_id), period=period, as_of=known.as_of)
    except Refused:
        return nothing  # no such number in this house: the sentence says so
    empty = read.value is None or (not read.base and not slot.zero)
    return replace(
        nothing, label=slot.label or _zh(read.indicator.label), value=None if empty else read.value,
        unit=_zh(read.indicator.unit), version=read.indicator.version, definition=_zh(read.indicator.definition),
        base=read.base, rows=tuple([str(row) for row in read.rows]), opens=read.indicator.opens,
    )  # fmt: skip


def _zh(text: str) -> str:
    with translation.override(LANGUAGE):
        return translation.gettext(text) if text else ""


def _count(known: Gathering, slot: Slot, region: str, span: Span) -> Value:
    rows = counting.counted(region=region, span=span, as_of=known.as_of, exercise_id=known.exercise_id)
    row = rows.filter(code=slot.code).first()
    nothing = Value(slot.name, "count", slot.label or slot.code, None, code=slot.code, region=region,
                    first=span.first, last=span.last, as_of=known.as_of)  # fmt: skip
    if row is None:
        return nothing
    return replace(
        nothing, label=slot.label or row.scope, value=Decimal(f"{row.value.normalize():f}"), unit=row.unit,
        definition=f"{row.scope}（{row.source}）", base=1, rows=(str(row.pk),), opens="indicators.count",
    )  # fmt: skip


def known_loops(names: Iterable[str]) -> tuple[str, ...]:
    """Those that there are in this house: a list of events needs a house that keeps events."""
    there = set(loops.names())
    return tuple(name for name in names if name in there)


def _items(known: Gathering, slot: Slot, region: str, span: Span) -> Value:
    if not known_loops([slot.code]):
        return Value(slot.name, "items", slot.label or slot.code, None, code=slot.code, region=region)
    found = items(loop_names=(slot.code,), which=slot.which or "opened", region=region, period=known.period(span),
                  as_of=known.as_of, exercise_id=known.exercise_id)  # fmt: skip
    ids = tuple(str(pk) for pk in found.values_list("pk", flat=True))
    value = Decimal(len(ids)) if ids or slot.zero else None
    return Value(
        slot.name, "items", slot.label or slot.code, value, unit="项", code=slot.code, version=1,
        definition=DEFINED[slot.which or "opened"], region=region, first=span.first, last=span.last,
        as_of=known.as_of, base=len(ids), rows=ids,
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
    steps = Step.objects.filter(item=OuterRef("pk"), at__lt=period.end, at__lte=as_of).order_by("-at", "-pk")
    ended = known.filter(opened_at__lt=period.end).annotate(
        last_state=Subquery(steps.values("target")[:1]), last_at=Subquery(steps.values("at")[:1])
    )
    if which == "closed":
        return ended.filter(closed, last_at__gte=period.start).order_by("last_at", "pk")
    return ended.exclude(closed).order_by("due_at", "opened_at", "pk")
