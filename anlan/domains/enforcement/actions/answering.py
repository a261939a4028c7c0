"""A firm of a grave class past its frequency becomes a matter that somebody answers for, until it was visited."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from anlan.domains.enforcement.actions.common import SERVICE
from anlan.domains.enforcement.models import Unvisited
from anlan.domains.enforcement.queries import classes
from anlan.kernel.core import rulesets
from anlan.kernel.core.workdays import local_day
from anlan.kernel.loop.actions import Making, Opening, move_all, open_items
from anlan.kernel.loop.models import Step

TURN = 50
AGAIN = timedelta(days=90)  # one excused is not asked for again the next morning


def open_unvisited(*, region: str, at: datetime) -> int:
    """A turn of the daily round: what was visited since is closed, what is past its day is opened; how many."""
    closed = _close_visited(at)
    grades = rulesets.value_of("enforcement.answered_classes", region=region, at=at)
    rows = classes.firms(region=region, at=at, grades=grades)
    past = {each.id: each for each in rows if each.due_at < at}
    known = Unvisited.objects.filter(organisation__in=past, item__exercise=None)
    open_ones = set(known.filter(item__closed_at=None).values_list("organisation_id", flat=True))
    excused = known.filter(item__state="excused", item__closed_at__gt=at - AGAIN)
    gone = open_ones | set(excused.values_list("organisation_id", flat=True))
    waiting = sorted((each for each in past.values() if each.id not in gone), key=lambda each: each.due_at)[
        :TURN
    ]
    openings = [
        Opening(
            record=Unvisited(
                organisation_id=each.id, grade=each.grade, every_days=each.standing.every_days, last_at=each.last,
                due_by=each.due_at,
            ),
            title=each.name, region=each.region, severity=1, charge_duty="enforcement_officer",
        )
        for each in waiting
    ]  # fmt: skip
    open_items(loop="enforcement.unvisited", openings=openings, by=SERVICE, at=at)
    return closed + len(openings)


def _close_visited(at: datetime) -> int:
    """Firms that a check taken over from elsewhere has reached since."""
    waiting = Unvisited.objects.filter(item__closed_at=None, item__exercise=None).select_related("item")
    rows = list(waiting)
    last = classes.last_checks(end=at, exercise_id=None) if rows else {}
    makings = [
        Making(row.item, "visit", SERVICE, at, needs={"check": f"{local_day(seen):%F}"})
        for row in rows
        if (seen := last.get(row.organisation_id)) is not None and seen > row.due_by
    ]
    return sum(1 for step in move_all(makings) if isinstance(step, Step))


def visited(organisation: UUID, *, check: UUID, at: datetime, exercise_id: Any = None) -> None:
    """A visit was recorded: what waited for it is done."""
    rows = Unvisited.objects.filter(
        organisation=organisation, item__closed_at=None, item__exercise=exercise_id
    ).select_related("item")
    move_all([Making(row.item, "visit", SERVICE, at, needs={"check": str(check)}) for row in rows])
