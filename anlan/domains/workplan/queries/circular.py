"""每月通报: what each unit owes now, what fell due for it in a month and was met, and when it was reminded of what."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from anlan.domains.workplan.models import Asked, Question, Reminder, Task
from anlan.domains.workplan.queries.asking import (
    ASKED_LOOPS,
    OWED,
    WITH_UNIT,
    Standing,
    due_in,
    standing_of_units,
)
from anlan.domains.workplan.queries.units import units_of
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.places.regions import prefix_of

_LOCAL = ZoneInfo("Asia/Shanghai")
MET_BY = ("answer", "claim")  # a unit has met its day when it answered by then; closing off is the office's


@dataclass(slots=True)
class Line:
    """A unit in a month: items due and those met in time, the month's questions, reminders, and what it owes now."""

    unit: Organisation
    now: Standing = field(default_factory=Standing)
    due: list[UUID] = field(default_factory=list)
    met: set[UUID] = field(default_factory=set)
    asked: int = 0
    answered: int = 0
    reminders: list[Reminder] = field(default_factory=list)

    @property
    def silent(self) -> int:
        return self.asked - self.answered

    @property
    def has(self) -> bool:
        return bool(self.now.open or self.now.behind or self.due or self.asked or self.reminders)


def circular(
    region: str, *, start: datetime, end: datetime, at: datetime, exercise_id: UUID | None = None
) -> list[Line]:
    """The units of a region in the order of their register: a circular tells, it does not rank."""
    lines = {unit.pk: Line(unit) for unit in units_of(region)}
    for unit, standing in standing_of_units(region, at=at, exercise_id=exercise_id).items():
        if unit in lines:
            lines[unit].now = standing
    for item, unit, met in _due(region, start, min(end, at), at, exercise_id):
        if unit in lines:
            lines[unit].due.append(item)
            lines[unit].met |= {item} if met else set()
    _questions(lines, start, exercise_id)
    days = (start.astimezone(_LOCAL).date(), (end - timedelta(microseconds=1)).astimezone(_LOCAL).date())
    rows = Reminder.objects.filter(in_world(exercise_id), organisation__in=lines, day__range=days)
    for row in rows.order_by("day"):
        lines[row.organisation_id].reminders.append(row)
    return [line for line in lines.values() if line.has]


def _due(
    region: str, start: datetime, end: datetime, at: datetime, exercise_id: UUID | None
) -> list[tuple[UUID, UUID, bool]]:
    """(item, unit, met in time) of everything that fell due in a span: orders, words of leaders, decisions, tasks."""
    asked = due_in(
        ASKED_LOOPS, MET_BY, region=region, start=start, end=end, as_of=at, exercise_id=exercise_id
    )
    met = set(asked.met)
    units = dict(Asked.objects.filter(pk__in=asked.rows).values_list("pk", "organisation_id"))
    found = [(pk, units[pk], pk in met) for pk in asked.rows]
    tasks = Task.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), item__region__code__startswith=prefix_of(region),
        due_at__gte=start, due_at__lt=end,
    ).exclude(item__state="dropped")  # fmt: skip
    due = {pk: (unit, day) for pk, unit, day in tasks.values_list("pk", "lead_id", "due_at")}
    steps = Step.objects.filter(item__in=due, move="claim", at__lte=at).order_by("happened_at")
    claimed: dict[UUID, datetime] = {}
    for item, happened in steps.values_list("item_id", "happened_at"):
        claimed.setdefault(item, happened)
    late = datetime.max.replace(tzinfo=_LOCAL)
    return found + [(pk, unit, claimed.get(pk, late) <= day) for pk, (unit, day) in due.items()]


def _questions(lines: dict[UUID, Line], start: datetime, exercise_id: UUID | None) -> None:
    rows = Question.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), month=start.astimezone(_LOCAL).date(), task__lead__in=lines,
    ).exclude(item__state="passed_over")  # fmt: skip
    for unit, state in rows.values_list("task__lead_id", "item__state"):
        lines[unit].asked += 1
        lines[unit].answered += state != "asked"


def owed_by(unit: UUID, *, exercise_id: UUID | None = None) -> Sequence[WorkItem]:
    """What lies open with a unit, by what runs out first."""
    rows = WorkItem.objects.filter(
        in_world(exercise_id), loop__in=OWED, closed_at=None, state__in=WITH_UNIT, charge_org=unit
    )
    return list(rows.select_related("region").order_by("due_at", "opened_at")[:200])


def items_of(keys: Sequence[UUID]) -> list[WorkItem]:
    """The items of a line, by their day."""
    return list(WorkItem.objects.filter(pk__in=keys).select_related("region").order_by("due_at", "pk"))
