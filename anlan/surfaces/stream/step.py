"""The step in which everything happens: readings, alarms, what warnings and responses make of them, and the clocks.

One transaction. Live batches and replays go through here and nowhere else, so what a replay shows is what a storm does.
A replay at full speed takes several slots in one transaction: each is evaluated, weighed and held against the plan by
itself, at its own time; the first at which somebody must act, or a clock runs out, is the last of its transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import connection, transaction

from anlan.domains.responses.actions.asking import Asking
from anlan.domains.sensing.actions import Arrived, Intake, Seen
from anlan.domains.sensing.public import AlarmStep, Taken, is_in_memory
from anlan.domains.warnings.public import Considering
from anlan.kernel.core.models import Exercise
from anlan.kernel.core.worlds import once_more
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.sweep import sweep

Deed = Callable[[], object]


class Consumer(Protocol):
    """A neighbour's eye on the slots of one transaction: it looks at each and says what must be done about it, if
    anything; what it noted for itself is written at the end."""

    def look(self, *, alarm_steps: Sequence[AlarmStep], at: datetime) -> Deed | None: ...
    def write(self) -> None: ...


# In this order: a call-out's proposal is a ground of a response, not the other way round. What warnings keeps lives by
# every step of an alarm; the plan's triggers can only be met anew where something rose.
CONSUMERS: tuple[tuple[Callable[[UUID | None], Consumer], bool], ...] = ((Considering, True), (Asking, False))
# Triggers of the plan look at sums, not only at marks: they are asked again while any mark stands, and when the last
# one is let go.
ASK_EVERY_S = 900
SWEEPS = 50  # passes of the clocks within one step at most; the rest waits for the next step


@dataclass(frozen=True, slots=True)
class Slot:
    """A batch of readings, and the world's time at which it is taken in."""

    batch: Arrived
    at: datetime


def step(
    *,
    batch: Arrived,
    exercise_id: UUID | None,
    at: datetime,
    frozen: bool = False,
    slot_s: int = 60,
    lateness_s: int = 0,
    series: str = "",
) -> Taken:
    """Take a batch in and do what follows from it, or nothing at all. The words are those of `step_through`."""
    return step_through(
        slots=[Slot(batch, at)],
        exercise_id=exercise_id,
        frozen=frozen,
        slot_s=slot_s,
        lateness_s=lateness_s,
        series=series,
    )


@once_more
def step_through(
    *,
    slots: Sequence[Slot],
    exercise_id: UUID | None,
    frozen: bool = False,
    slot_s: int = 60,
    lateness_s: int = 0,
    series: str = "",
    base: int | None = None,
) -> Taken:
    """Take slots in one after another in one transaction, at least one; `Taken.batches` says how many.

    `frozen`: the world's clock is that of the slots (a replay at full speed): it is set, and clocks that have run out
    by then are swept here; otherwise the sweep process does that. `base`: where the caller believes the world to stand.
    """
    with transaction.atomic():
        clock_at = next_clock(exercise_id) if frozen else None
        intake = Intake(
            exercise_id=exercise_id, slot_s=slot_s, lateness_s=lateness_s, series=series, base=base
        )
        consumers = [(make(exercise_id), of_every_step) for make, of_every_step in CONSUMERS]
        deeds: list[Deed] = []
        for slot in slots:
            seen = intake.take(slot.batch, at=slot.at)
            deeds = _looked(consumers, seen, intake, exercise_id=exercise_id, at=slot.at)
            at, acted = slot.at, bool(deeds) or seen.faulty
            if acted or intake.full or (clock_at is not None and clock_at <= at):
                break
        taken = intake.write()
        for deed in deeds:
            deed()
        for consumer, _ in consumers:
            consumer.write()
        if frozen and exercise_id is not None:
            _turn_clock(exercise_id, at, clock_at=next_clock(exercise_id) if acted else clock_at)
    return taken


def _looked(
    consumers: Sequence[tuple[Consumer, bool]],
    seen: Seen,
    intake: Intake,
    *,
    exercise_id: UUID | None,
    at: datetime,
) -> list[Deed]:
    """What the consumers want done about a slot: those are asked to whom it may say something new."""
    asking = seen.hot and int(seen.watermark.timestamp()) % ASK_EVERY_S == 0
    let_go = bool(seen.steps) and not seen.hot
    plan = asking or let_go or any(one.up for one in seen.steps)
    deeds = []
    for consumer, of_every_step in consumers:
        if not (plan or (of_every_step and seen.steps)):
            continue
        if not of_every_step and not is_in_memory(exercise_id=exercise_id, at=at):
            intake.write()  # it will look at rows
        deeds.append(consumer.look(alarm_steps=seen.steps, at=at))
    return [deed for deed in deeds if deed is not None]


def _turn_clock(exercise_id: UUID, at: datetime, *, clock_at: datetime | None) -> None:
    Exercise.objects.filter(pk=exercise_id).update(frozen_at=at)
    if clock_at is not None and clock_at <= at:
        sweep_until(exercise_id, at)


def next_clock(exercise_id: UUID | None) -> datetime | None:
    """When the first clock of a world runs out; a replay must not step over it."""
    rows = WorkItem.objects.filter(exercise_id=exercise_id, closed_at=None, next_at__isnull=False)
    return rows.order_by("next_at").values_list("next_at", flat=True).first()


def sweep_until(exercise_id: UUID | None, at: datetime) -> int:
    """Every clock of a world that has run out at a time, and those that its lapsing starts."""
    done = 0
    for _ in range(SWEEPS):
        passed = sweep(exercise_id=exercise_id, at=at)
        if not passed:
            break
        done += passed
    return done


def relax_commits() -> None:
    """For a replay's connection: a commit need not wait for the disk. A crash of the machine may take the last steps
    with it, whole; `--resume` plays them again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
