"""Writes about the watch: shifts, swaps, hand-overs, readiness, duty checks, the sentences of the day's sheet."""

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from anlan.domains.incidents.models import DutyCheck, HandOver, Readiness, Seat, SheetNote, Shift
from anlan.domains.incidents.queries import watch as queries
from anlan.domains.incidents.queries.events import Span
from anlan.domains.incidents.rules import reporting, watching
from anlan.domains.incidents.rules.words import BOXES, FAILURES, POSTS, READINESS
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import Opening, move, open_item, open_items
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import has_duty
from anlan.kernel.places.regions import prefix_of

KEEPERS = ("watch_officer", "watch_chief", "watch_leader", "bureau_chief")
NOT_YOURS = reason(
    "incidents.watch_not_yours", N_("This is for the watch of the region. Ask the watch officer or a leader.")
)
NO_WORDS = reason("incidents.no_words", N_("Write a few words."))
CHECKED_UNITS = ("street", "member_unit")


def plan_shift(
    *,
    start_at: datetime,
    end_at: datetime,
    region: str,
    by: str,
    at: datetime,
    exercise_id: UUID | None = None,
    **seats: Any,
) -> WorkItem:
    """A shift on the roster. `seats`: post (or post_2, post_3) → person, as `person:<id>` or a `Person`.

    Its readiness level is the region's at that time. Raises `Refused`.
    """
    _check_keeper(region, by=by, at=at)
    named = [(post.partition("_")[0], _person(given)) for post, given in seats.items() if given]
    most = rulesets.value_of("incidents.shift_hours", region=region, at=at)
    watching.check_span(start_at, end_at, most_hours=most)
    for post, _who in named:
        reporting.check_word(post, POSTS, "post")
    watching.check_seats([(post, who.pk, who.name) for post, who in named])
    _check_free(region, start_at, end_at, at=at, exercise_id=exercise_id)
    level = queries.readiness(region=region, at=at, exercise_id=exercise_id)
    with transaction.atomic():
        item = open_item(
            loop="incidents.shift", title=f"{localtime(start_at):%F %R}–{localtime(end_at):%R}", region=region,
            record=Shift(start_at=start_at, end_at=end_at, level=level.level if level else "normal"),
            charge_duty="watch_officer", by=by, at=at, exercise_id=exercise_id,
        )  # fmt: skip
        Seat.objects.bulk_create(
            Seat(shift=item, person=who, post=post, since=start_at) for post, who in named
        )
    return item


def _person(given: Any) -> Person:
    if isinstance(given, Person):
        return given
    return Person.objects.get(pk=str(given).partition(":")[2])


def _check_free(
    region: str, start: datetime, end: datetime, *, at: datetime, exercise_id: UUID | None
) -> None:
    standing = queries.shifts(Span(region, start, end, at, exercise_id)).filter(item__region=region)
    there = standing.filter(
        item__closed_at=None
    ).first()  # one that was handed over early stands in nobody's way
    if there is not None:
        raise Refused(watching.OVERLAPS, field="start_at", start=f"{localtime(there.start_at):%F %R}")


def _check_keeper(region: str, *, by: str, at: datetime) -> None:
    kind, _colon, key = by.partition(":")
    may = kind == "service" or (
        kind == "person" and has_duty(person_id=UUID(key), kinds=KEEPERS, region=region, at=at)
    )
    if not may:
        raise Refused(NOT_YOURS)


def swap(*, item: WorkItem, leaves: Any, comes: Any, by: str, at: datetime, **rest: Any) -> Step:
    """Somebody else takes a seat, with a reason; the one who leaves stays in the row of the time served."""
    old, new = _person(leaves), _person(comes)
    with transaction.atomic():
        name = "swap_on" if item.state == "on" else "swap"
        step = move(item=item, name=name, by=by, at=at, leaves=old.by, comes=new.by, **rest)
        seat = Seat.objects.select_for_update().filter(shift=item, person=old, until=None).first()
        if seat is None:
            raise Refused(watching.NOT_IN_SHIFT, field="leaves", name=old.name)
        if Seat.objects.filter(shift=item, person=new, until=None).exists():
            raise Refused(watching.TWICE, field="comes", name=new.name)
        seat.until = step.happened_at
        seat.save(update_fields=["until"])
        Seat.objects.create(shift=item, person=new, post=seat.post, since=step.happened_at)
    return step


def hand_over(*, item: WorkItem, by: str, at: datetime, words: str = "", **rest: Any) -> Step:
    """交接班, the first hand: eight boxes, what is open, two sentences. `rest` carries the boxes as box_<name>."""
    ticked = [name for name in BOXES if rest.pop(f"box_{name}", False)]
    boxes = watching.check_boxes(ticked, words)
    with transaction.atomic():
        step = move(item=item, name="hand_over", by=by, at=at, **rest)
        left = queries.open_matters(region=item.region_id, exercise_id=item.exercise_id)
        HandOver.objects.create(
            shift=item, boxes=boxes, open_items=[str(pk) for pk in left.values_list("pk", flat=True)[:500]],
            words=words.strip(), happened_at=step.happened_at, recorded_at=at, by=by,
        )  # fmt: skip
    return step


def take_over(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """交接班, the second hand. The next shift on the roster begins with it, so that no minute is without a watch."""
    with transaction.atomic():
        step = move(item=item, name="take_over", by=by, at=at, **rest)
        following = (
            Shift.objects.filter(
                in_world(item.exercise_id, path="item__exercise_id"), item__region=item.region_id,
                item__state="planned", start_at__gt=_start(item),
            )
            .select_related("item")
            .order_by("start_at")
            .first()
        )  # fmt: skip
        if following is not None:
            move(item=following.item, name="begin", by=by, at=at, happened_at=step.happened_at)
    return step


def _start(item: WorkItem) -> datetime:
    return Shift.objects.get(pk=item.pk).start_at


def set_readiness(
    *, region: str, level: str, why: str, by: str, at: datetime, happened_at: datetime | None = None,
    exercise_id: UUID | None = None,
) -> Readiness:  # fmt: skip
    """勤务等级: which level holds from now on, and why. Shifts planned afterwards are asked for its posts."""
    reporting.check_word(level, READINESS, "level")
    if not why.strip():
        raise Refused(NO_WORDS, field="why")
    _check_keeper(region, by=by, at=at)
    with transaction.atomic():
        row = Readiness.objects.create(
            region_id=region, level=level, reason=why.strip()[:300], happened_at=happened_at or at, recorded_at=at,
            by=by, exercise_id=exercise_id,
        )  # fmt: skip
        running = Shift.objects.filter(
            in_world(exercise_id, path="item__exercise_id"), item__region=region, item__closed_at=None
        )
        running.update(level=level)
        record(
            code="incidents.readiness", subject=("places.region", region), facts={"level": level, "reason": why},
            by=by, at=at, region=region, exercise_id=exercise_id,
        )  # fmt: skip
    return row


# ---- duty checks ----------------
def draw_checks(
    *, region: str, count: int | str, call_at: datetime, by: str, at: datetime, seed: str = "",
    exercise_id: UUID | None = None,
) -> list[WorkItem]:  # fmt: skip
    """值班抽查: units drawn by lot. The seed is kept, so that the draw can be done again and gives the same units."""
    _check_keeper(region, by=by, at=at)
    units = list(
        Organisation.objects.filter(
            kind__in=CHECKED_UNITS, active=True, region__code__startswith=prefix_of(region)
        ).order_by("pk")
    )
    asked = reporting.number_of(count, "count")
    if not 1 <= asked <= len(units):
        raise Refused(watching.FEW_UNITS, field="count", there=len(units), asked=asked)
    seed = seed or f"{region}/{call_at:%Y%m%d%H%M}"
    drawn = random.Random(seed).sample(units, asked)  # noqa: S311 — must be repeatable, not secret
    openings = [
        Opening(
            record=DutyCheck(unit=unit, call_at=call_at, seed=seed[:60]), region=region, charge_duty="watch_officer",
            title=f"值班抽查 {unit.short_name or unit.name} {localtime(call_at):%m-%d %R}",
        )
        for unit in drawn
    ]  # fmt: skip
    with transaction.atomic():
        items = open_items(loop="incidents.check", openings=openings, by=by, at=at, exercise_id=exercise_id)
        record(
            code="incidents.checks_drawn", subject=("places.region", region),
            facts={"seed": seed, "of": len(units), "units": [str(unit.pk) for unit in drawn]}, by=by, at=at,
            region=region, exercise_id=exercise_id,
        )  # fmt: skip
    return items


def fail(*, item: WorkItem, rings: Any, failure: str, by: str, at: datetime, **rest: Any) -> Step:
    """Not passed: nobody answered, not informed, or not on the post."""
    reporting.check_word(failure, FAILURES, "failure")
    rung = reporting.number_of(rings, "rings")
    return move(item=item, name="fail", by=by, at=at, rings=rung, failure=failure, **rest)


def pass_check(*, item: WorkItem, rings: Any, answered_by: str, by: str, at: datetime, **rest: Any) -> Step:
    """Answered, and knew the matter."""
    rung = reporting.number_of(rings, "rings")
    return move(item=item, name="pass", by=by, at=at, rings=rung, answered_by=answered_by, **rest)


def next_call(*, region: str, at: datetime) -> datetime:
    """The next hour at which units are called, by the rule of the region."""
    hours = rulesets.value_of("incidents.check_hours", region=region, at=at)
    start = localtime(at).replace(minute=0, second=0, microsecond=0)
    return next(t for t in (start + timedelta(hours=n) for n in range(1, 49)) if t.hour in hours)


def write_note(
    *, region: str, day: date, words: str, by: str, at: datetime, exercise_id: UUID | None = None
) -> SheetNote:
    """The two sentences of a day's sheet. A later row takes the place of the earlier one, which stays."""
    if not words.strip():
        raise Refused(NO_WORDS, field="words")
    _check_keeper(region, by=by, at=at)
    with transaction.atomic():
        row = SheetNote.objects.create(
            region_id=region,
            day=day,
            words=words.strip()[:600],
            recorded_at=at,
            by=by,
            exercise_id=exercise_id,
        )
        facts: Mapping[str, str] = {"day": f"{day:%F}", "words": row.words}
        record(
            code="incidents.sheet_note", subject=("places.region", region), facts=facts, by=by, at=at, region=region,
            exercise_id=exercise_id,
        )  # fmt: skip
    return row
