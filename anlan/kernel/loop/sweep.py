"""The one sweep. Whatever is late in the whole platform is found by this page of code.

It takes open items whose `next_at` has come, in the time of their world, and does what the present deadline says
next: remind whoever is in charge, tell the next rung, or make the move of the lapse. Everything it does for an item
stands in one transaction with the item's new `next_at`: killed at any point, it does each rung once.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anlan.kernel.core import clock
from anlan.kernel.core.bulk import update_rows
from anlan.kernel.core.models import Exercise
from anlan.kernel.core.worlds import alone, in_world, once_more
from anlan.kernel.ledger.actions import Row, record_all
from anlan.kernel.loop import announce, clocks, registry
from anlan.kernel.loop.actions import Making, move_all
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.registry import Rung

BY = "service:sweep"


@once_more
def sweep(*, exercise_id: UUID | None, at: datetime, limit: int = 200) -> int:
    """One pass over one world at a time of that world; returns how many rungs were done (0 = nothing was due)."""
    with transaction.atomic():
        alone(exercise_id)
        # SKIP LOCKED: an item somebody is moving at this moment is not late at this moment; it waits for the next pass.
        due = list(
            WorkItem.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("place")
            .filter(in_world(exercise_id), closed_at=None, next_at__lte=at)
            .order_by("next_at", "pk")[:limit]
        )
        rungs = [rung for rung in map(_next_rung, due) if rung is not None]
        for item in due:
            _advance(item)
        update_rows(due, ["next_at", "next_step", "escalated_to"])
        _do(rungs, at=at)
    return len(rungs)


def sweep_all(*, limit: int = 500) -> int:
    """A pass over the real world and over every exercise that has not ended and is not driven by steps."""
    done = sweep(exercise_id=None, at=clock.real_now(), limit=limit)
    for exercise in Exercise.objects.filter(ended_at=None, frozen_at=None):
        done += sweep(exercise_id=exercise.pk, at=clock.time_in(exercise), limit=limit)
    return done


def _next_rung(item: WorkItem) -> Rung | None:
    deadline = registry.loop_of(item).deadline_of(item.state)
    rungs = clocks.ladder(item, deadline) if deadline is not None else []
    return rungs[item.next_step] if item.next_step < len(rungs) else None


def _advance(item: WorkItem) -> None:
    """Point to the following rung. The item keeps `due_at`: how late it is can always be derived."""
    rung = _next_rung(item)
    if rung is not None and rung.to is not None:
        item.escalated_to = rung.to.duty
    item.next_step += 1
    deadline = registry.loop_of(item).deadline_of(item.state)
    item.next_at = None
    if deadline is not None:
        clocks.point_to_next(item, deadline)


def _do(rungs: Sequence[Rung], *, at: datetime) -> None:
    by_loop: dict[str, list[Rung]] = defaultdict(list)
    for rung in rungs:
        by_loop[rung.item.loop].append(rung)
    for loop, its_rungs in by_loop.items():
        told = [rung for rung in its_rungs if rung.kind != "lapse"]
        known = registry.registered(loop)
        if told and known.escalate is not None:
            known.escalate(told, at)
        elif told:
            announce.clock(told, at=at)
        record_all([_entry(rung, at=at) for rung in told])
        _lapse([rung for rung in its_rungs if rung.kind == "lapse"], at=at)


def _lapse(rungs: Sequence[Rung], *, at: datetime) -> None:
    makings = []
    for rung in rungs:
        deadline = registry.loop_of(rung.item).deadline_of(rung.item.state)
        if deadline is not None:
            makings.append(Making(item=rung.item, name=deadline.lapse, by=BY, at=at, happened_at=rung.at))
    if makings:
        move_all(makings)


def _entry(rung: Rung, *, at: datetime) -> Row:
    to = rung.to.duty if rung.to is not None else "charged"
    return Row(
        code="loop.escalated" if rung.kind == "escalate" else "loop.reminded",
        subject=("loop.item", rung.item.pk),
        facts={"loop": rung.item.loop, "to": to, "due": rung.due_at.isoformat()},
        by=BY,
        at=at,
        happened_at=rung.at,
        region=rung.item.region_id,
        exercise_id=rung.item.exercise_id,
    )
