"""What of the work plan lies ahead: tasks due in a span, each with the unit that leads and what is to be reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from anlan.domains.workplan.models import Task
from anlan.domains.workplan.queries.plans import done_by
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step
from anlan.kernel.places.regions import prefix_of

_LOCAL = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Due:
    """The tasks due in a span as known at a time; `open` are those not confirmed as done."""

    rows: list[UUID]
    open: list[UUID]


@dataclass(frozen=True, slots=True)
class Ahead:
    """A task as a plan for the next span names it. `number` is the indicator that it is bound to, if any."""

    item: UUID
    title: str
    unit: UUID
    unit_name: str
    due_on: date
    target: Decimal | None
    measure: str
    number: str
    bound: str


def due_in(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> Due:
    """Tasks whose day lies in a span; one dropped by then is none."""
    rows = Task.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), due_at__gte=start, due_at__lt=end,
        item__opened_at__lte=as_of,
    )  # fmt: skip
    if region:
        rows = rows.filter(item__region__code__startswith=prefix_of(region))
    dropped = Step.objects.filter(item__loop="workplan.task", move="drop", at__lte=as_of).values("item_id")
    found = list(rows.exclude(pk__in=dropped).order_by("due_at", "pk").values_list("pk", flat=True))
    done = done_by(found, as_of=as_of)
    return Due(found, [pk for pk in found if pk not in done])


def ahead_of(items: Iterable[UUID | str]) -> list[Ahead]:
    """The tasks of some ids, the next one due first."""
    rows = Task.objects.filter(pk__in=list(items)).select_related("item", "lead").order_by("due_at", "pk")
    return [
        Ahead(
            row.pk, row.item.title, row.lead_id, row.lead.short_name or row.lead.name,
            row.due_at.astimezone(_LOCAL).date(), row.target, row.unit, row.indicator, row.bound,
        )
        for row in rows
    ]  # fmt: skip
