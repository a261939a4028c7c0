"""The step in which everything happens: readings, alarms, what warnings and responses make of them, and the clocks.

One transaction. Live batches and replays go through here and nowhere else, so what a replay shows is what a storm does.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from anlan.domains.responses.actions import proposing as responses
from anlan.domains.sensing.actions import Ahead, Arrived, take_in
from anlan.domains.sensing.public import Taken
from anlan.domains.warnings import public as warnings
from anlan.kernel.core.models import Exercise
from anlan.kernel.core.worlds import once_more
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.sweep import sweep

Consumer = Callable[..., Any]  # (alarm_steps=, exercise_id=, at=)

# In this order: a call-out's proposal is a ground of a response, not the other way round. What warnings keeps lives by
# every step of an alarm; the plan's triggers can only be met anew where something rose.
CONSUMERS: tuple[tuple[Consumer, bool], ...] = ((warnings.consider, True), (responses.consider, False))
# Triggers of the plan look at sums, not only at marks: they are asked again while any mark stands.
ASK_EVERY_S = 900
SWEEPS = 50  # passes of the clocks within one step at most; the rest waits for the next step


@once_more
def step(
    *,
    batch: Arrived | Ahead,
    exercise_id: UUID | None,
    at: datetime,
    frozen: bool = False,
    slot_s: int = 60,
    lateness_s: int = 0,
    series: str = "",
    clocks: bool = True,
) -> Taken:
    """Take a batch in and do what follows from it, or nothing at all.

    `at` is the world's time. `frozen`: the world's clock is this step's (a replay at full speed): it is set, and the
    clocks that have run out by then are swept here; otherwise the sweep process does that. `clocks` False: the caller
    knows that none has run out.
    """
    with transaction.atomic():
        if frozen and exercise_id is not None:
            Exercise.objects.filter(pk=exercise_id).update(frozen_at=at)
        taken = take_in(
            batch=batch, exercise_id=exercise_id, at=at, slot_s=slot_s, lateness_s=lateness_s, series=series
        )
        asking = taken.hot and _is_asking_time(taken.watermark)
        rose = any(one.up for one in taken.steps)
        for consider, of_every_step in CONSUMERS:
            if asking or (taken.steps if of_every_step else rose):
                consider(alarm_steps=taken.steps, exercise_id=exercise_id, at=at)
        if frozen and clocks:
            sweep_until(exercise_id, at)
    return taken


def _is_asking_time(watermark: datetime) -> bool:
    return int(watermark.timestamp()) % ASK_EVERY_S == 0


def next_clock(exercise_id: UUID) -> datetime | None:
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
