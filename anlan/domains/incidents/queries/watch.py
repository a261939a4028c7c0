"""Reads about the watch: shifts, gaps, checks, readiness, and the day's sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from anlan.domains.incidents.models import (
    DutyCheck,
    Incident,
    Readiness,
    Report,
    Seat,
    Sending,
    SheetNote,
    Shift,
)
from anlan.domains.incidents.queries.events import Span, Standing, due_in, received, reports, under
from anlan.domains.incidents.rules import watching as rules
from anlan.domains.incidents.rules.words import POSTS
from anlan.kernel.core import rulesets
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step, WorkItem


def shifts(span: Span) -> QuerySet[Shift]:
    """Shifts that touch a span, less those called off."""
    rows = Shift.objects.filter(
        in_world(span.exercise_id, path="item__exercise_id"), under(span.region, "item__region"),
        start_at__lt=span.end, end_at__gt=span.start, item__opened_at__lte=span.as_of,
    )  # fmt: skip
    off = Step.objects.filter(item__loop="incidents.shift", move="cancel", at__lte=span.as_of).values(
        "item_id"
    )
    return rows.exclude(pk__in=off).select_related("item").order_by("start_at", "pk")


def manned(span: Span) -> list[tuple[UUID, datetime, datetime]]:
    """Shift, from and until when it was really on watch: from *begin* to *take over* (or to now)."""
    rows = Step.objects.filter(
        in_world(span.exercise_id, path="item__exercise_id"), under(span.region, "item__region"),
        item__loop="incidents.shift", move__in=("begin", "take_over"), at__lte=span.as_of,
    )  # fmt: skip
    begun: dict[UUID, datetime] = {}
    ended: dict[UUID, datetime] = {}
    for pk, move, happened in rows.values_list("item_id", "move", "happened_at"):
        (begun if move == "begin" else ended)[pk] = happened
    found = [(pk, start, ended.get(pk, span.as_of)) for pk, start in begun.items()]
    return [each for each in found if each[1] < span.end and each[2] > span.start]


def gaps(span: Span) -> list[tuple[datetime, datetime]]:
    """When nobody was on watch in a span, up to what is known."""
    end = min(span.end, span.as_of)
    return rules.uncovered([(start, last) for _pk, start, last in manned(span)], span.start, end)


def gaps_since_first(span: Span) -> list[tuple[datetime, datetime]]:
    """The gaps of a span from its first shift on; nothing where nobody keeps the roster here."""
    on = manned(span)
    if not on:
        return []
    start = max(span.start, min(begin for _pk, begin, _end in on))
    return gaps(Span(span.region, start, span.end, span.as_of, span.exercise_id))


def seats_of(shift: UUID) -> list[Seat]:
    """Who stands in a shift now, leader first; those swapped out are left out."""
    rows = Seat.objects.filter(shift_id=shift, until=None).select_related("person__organisation")
    order = list(POSTS)
    return sorted(rows, key=lambda row: (order.index(row.post), row.since, row.pk))


def readiness(*, region: str, at: datetime, exercise_id: UUID | None = None) -> Readiness | None:
    """The readiness level that holds for a region at a time; None where nobody set one: normal."""
    rows = Readiness.objects.filter(
        in_world(exercise_id), region_id=region, happened_at__lte=at, recorded_at__lte=at
    )
    return rows.order_by("-happened_at", "-recorded_at").first()


def lacking(shift: Shift) -> list[tuple[str, int]]:
    """Posts that the shift's readiness level asks for and nobody holds."""
    required = rulesets.value_of("incidents.watch_posts", region=shift.item.region_id, at=shift.start_at)
    return rules.lacking(required, shift.level, [seat.post for seat in seats_of(shift.pk)])


def checks(span: Span) -> list[tuple[DutyCheck, Step]]:
    """Duty checks made in a span with the step that says what came of it."""
    rows = Step.objects.filter(
        in_world(span.exercise_id, path="item__exercise_id"), under(span.region, "item__region"),
        item__loop="incidents.check", move__in=("pass", "fail"), happened_at__gte=span.start,
        happened_at__lt=span.end, at__lte=span.as_of,
    )  # fmt: skip
    steps = {step.item_id: step for step in rows.order_by("happened_at")}
    known = DutyCheck.objects.filter(pk__in=steps).select_related("unit", "item")
    return sorted(((row, steps[row.pk]) for row in known), key=lambda pair: pair[1].happened_at)


def open_matters(*, region: str, exercise_id: UUID | None) -> QuerySet[WorkItem]:
    """What the watch hands over: open events and failed checks of a region, by what runs out first."""
    rows = WorkItem.objects.filter(
        in_world(exercise_id), under(region, "region"), loop__in=("incidents.incident", "incidents.check"),
        closed_at=None,
    )  # fmt: skip
    return rows.order_by("due_at", "pk")


# ---- the day's sheet ----------------
@dataclass(frozen=True, slots=True)
class Day:
    """每日值班情况: everything that a day of the watch holds, as rows. Each figure is the length of a list."""

    region: str
    day: date
    number: int  # issue of the year: one a day
    span: Span
    incidents: Sequence[Incident]
    reports: Sequence[Report]
    standings: Sequence[Standing]
    open_items: Sequence[WorkItem]
    shifts: Sequence[Shift]
    gaps: Sequence[tuple[datetime, datetime]]
    checks: Sequence[tuple[DutyCheck, Step]]
    readiness: Readiness | None
    note: SheetNote | None

    @property
    def late(self) -> list[Standing]:
        return [each for each in self.standings if each.state in ("late", "missed")]


def day_span(*, region: str, day: date, as_of: datetime, exercise_id: UUID | None = None) -> Span:
    """The 24 hours of a day of the watch, which begins at the hour of the hand-over."""
    midnight = datetime.combine(day, time(), timezone.get_default_timezone())
    first = int(rulesets.value_of("incidents.day_starts_minutes", region=region, at=midnight))
    start = midnight + timedelta(minutes=first)
    return Span(region, start, start + timedelta(days=1), as_of, exercise_id)


def duty_day_of(*, region: str, at: datetime) -> date:
    """The day of the watch that runs at a time: before the hand-over it is still yesterday's."""
    today = timezone.localdate(at)
    return today if day_span(region=region, day=today, as_of=at).start <= at else today - timedelta(days=1)


def month_span(*, region: str, day: date, as_of: datetime, exercise_id: UUID | None = None) -> Span:
    """The month of a day, from the first hand-over to the first of the next month's."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    start = day_span(region=region, day=first, as_of=as_of, exercise_id=exercise_id)
    end = day_span(region=region, day=following, as_of=as_of, exercise_id=exercise_id)
    return Span(region, start.start, end.start, as_of, exercise_id)


def daily(*, region: str, day: date, as_of: datetime, exercise_id: UUID | None = None) -> Day:
    """A day of the watch, as known at a time."""
    span = day_span(region=region, day=day, as_of=as_of, exercise_id=exercise_id)
    notes = SheetNote.objects.filter(in_world(exercise_id), region_id=region, day=day, recorded_at__lte=as_of)
    return Day(
        region=region,
        day=day,
        number=day.timetuple().tm_yday,
        span=span,
        incidents=list(received(span)),
        reports=list(reports(span)),
        standings=due_in(span),
        open_items=list(open_matters(region=region, exercise_id=exercise_id).select_related("region")[:200]),
        shifts=list(shifts(span)),
        gaps=gaps(span),
        checks=checks(span),
        readiness=readiness(region=region, at=min(span.end, as_of), exercise_id=exercise_id),
        note=notes.order_by("-recorded_at", "-pk").first(),
    )


def reports_of(incident: UUID) -> list[Report]:
    """The reports of an event in the order of their numbers."""
    return list(Report.objects.filter(incident_id=incident).order_by("number"))


def chain(incident: UUID) -> list[Sending]:
    """What reached whom, in the order of time, with receipts."""
    rows = Sending.objects.filter(incident_id=incident).select_related("report").prefetch_related("receipts")
    return list(rows.order_by("happened_at", "receiver"))
