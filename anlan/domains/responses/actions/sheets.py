"""Work on a sheet: signed for, reported on with counts, finished with the real time, or not applicable because."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from anlan.domains.responses.actions.running import BY, task_opening
from anlan.domains.responses.models import Progress, Sheet, Task
from anlan.domains.responses.rules.plan import Line
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import move, open_items
from anlan.kernel.loop.models import Step, WorkItem

COUNT = reason(
    "responses.bad_count", N_("{label}: {done} of {base} cannot be. Give a whole number from 0 to {base}.")
)
HOW_MANY = reason("responses.how_many", N_("This line counts {wanted} figure(s); {given} came."))


def sign(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """The liaison signs for the sheet."""
    return move(item=item, name="sign", by=by, at=at, **rest)


def report(
    *,
    item: WorkItem,
    done: Sequence[int],
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
    **rest: Any,
) -> Step:
    """How far it is: one number for each count of the line (397 of 420)."""
    with transaction.atomic():
        task = _count(item, done, by=by, at=at, happened_at=happened_at)
        return move(item=item, name="report", by=by, at=at, happened_at=happened_at, done=task.done, **rest)


def finish(
    *,
    item: WorkItem,
    by: str,
    at: datetime,
    done: Sequence[int] | None = None,
    happened_at: datetime | None = None,
    **rest: Any,
) -> Step:
    """Done; a repeated line gets its next round. Work done before the order is entered with its real time."""
    with transaction.atomic():
        task = (
            Task.objects.select_for_update(of=("self",))
            .select_related("sheet__item", "sheet__organisation")
            .get(pk=item.pk)
        )
        if done is not None:
            task.done = _count(item, done, by=by, at=at, happened_at=happened_at).done
        step = move(item=item, name="finish", by=by, at=at, happened_at=happened_at, done=task.done, **rest)
        if task.repeat_min is not None and task.sheet.response.ended_at is None:
            next_round(task, at=at)
    return step


def skip(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Not applicable, because."""
    return move(item=item, name="skip", by=by, at=at, **rest)


def next_round(task: Task, *, at: datetime) -> WorkItem:
    """Open the next round of a repeated line; it is due one span after this one was, never in the past."""
    every = timedelta(minutes=task.repeat_min or 0)
    due_at = (task.due_at or at) + every
    while due_at <= at:
        due_at += every
    line = Line(
        code=task.code, unit=task.sheet.unit, deputy_unit="", from_level=task.from_level, action=task.action,
        action_en=task.action_en, clock_min=None, repeat_min=task.repeat_min, proof=task.proof, base=None,
        counts=tuple(task.counts),
    )  # fmt: skip
    opening = task_opening(task.sheet, line, due_at=due_at, about=task.about, number=task.round + 1)
    return open_items(
        loop="responses.task", openings=[opening], by=BY, at=at, exercise_id=task.item.exercise_id
    )[0]


def start_from_reading(sheet: Sheet, line: Line, *, about: str, at: datetime) -> WorkItem | None:
    """A line whose clock starts from a reading (close the road at 40 cm): once a point and episode."""
    if Task.objects.filter(sheet=sheet, code=line.code, about=about).exists():
        return None
    due_at = at + timedelta(minutes=line.after_reading_min or 0)
    opening = task_opening(sheet, line, due_at=due_at, about=about)
    return open_items(
        loop="responses.task", openings=[opening], by=BY, at=at, exercise_id=sheet.item.exercise_id
    )[0]


def signed_by_answer(item: WorkItem, *, by: str, at: datetime) -> None:
    """A liaison who answers the message *received* has signed; one who signed before has nothing more to do."""
    if item.state == "issued":
        sign(item=item, by=by, at=at)


def _count(
    item: WorkItem, done: Sequence[int], *, by: str, at: datetime, happened_at: datetime | None
) -> Task:
    task = Task.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if len(done) != len(task.counts):
        raise Refused(HOW_MANY, field="done", wanted=len(task.counts), given=len(done))
    for count, number in zip(task.counts, done, strict=True):
        base = count.get("base")
        if number < 0 or (base is not None and number > base):
            raise Refused(COUNT, field="done", label=count["label"], done=number, base=base)
    task.done = list(done)
    task.save(update_fields=["done"])
    Progress.objects.create(item=item, done=task.done, at=at, happened_at=happened_at or at, by=by)
    return task
