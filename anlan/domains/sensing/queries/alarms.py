"""Alarms and what the watch said of them, for indicators."""

from datetime import datetime
from uuid import UUID

from anlan.domains.sensing.loop import ALARM, FALSE_MOVES, TRUE_MOVES
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step


def judged(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None
) -> tuple[list[UUID], set[UUID], set[UUID]]:
    """Alarms that began in a period, as known at a time: all, those judged true, those judged false (last word)."""
    began = Step.objects.filter(
        in_world(exercise_id, path="item__exercise_id"),
        item__loop=ALARM.name,
        item__region__code__startswith=region,
        move="open",
        happened_at__gte=start,
        happened_at__lt=end,
        at__lte=as_of,
    )
    alarms = list(began.order_by("item__opened_at", "item_id").values_list("item_id", flat=True))
    words = Step.objects.filter(item__in=alarms, move__in=(*TRUE_MOVES, *FALSE_MOVES), at__lte=as_of)
    last: dict[UUID, str] = dict(words.order_by("at", "pk").values_list("item_id", "move"))
    true = {item for item, move in last.items() if move in TRUE_MOVES}
    return alarms, true, set(last) - true
