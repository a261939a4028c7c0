"""Reads about standards and stations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.domains.grassroots.models import Activity, Attainment, Station, Tick
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of


def in_place(item: UUID) -> set[int]:
    """The numbers of the items that are in place: the last word on each counts."""
    last = dict(
        Tick.objects.filter(item_id=item).order_by("recorded_at", "pk").values_list("number", "there")
    )
    return {number for number, there in last.items() if there}


def attained(
    *, standard: str, region: str, end: datetime, as_of: datetime, exercise_id: UUID | None
) -> dict[UUID, str]:
    """Item → region of those that stand at *attained* at a time, by their steps."""
    steps = Step.objects.filter(
        in_world(exercise_id), item__loop="grassroots.attainment", happened_at__lt=end, at__lte=as_of,
        item__grassroots_attainment__standard=standard, move__in=("accept", "reopen"),
    )  # fmt: skip
    if region:
        steps = steps.filter(item__region__code__startswith=prefix_of(region))
    last = {
        item: (move, where)
        for item, move, where in steps.order_by("at", "pk").values_list("item_id", "move", "item__region_id")
    }
    return {item: where for item, (move, where) in last.items() if move == "accept"}


def regions_of(level: str, *, region: str) -> list[str]:
    """The regions of a level under a region."""
    rows = Region.objects.filter(level=level)
    if region:
        rows = rows.filter(code__startswith=prefix_of(region))
    return list(rows.order_by("code").values_list("code", flat=True))


def activities(
    *,
    works: Sequence[str],
    region: str,
    start: datetime,
    end: datetime,
    as_of: datetime,
    exercise_id: UUID | None,
) -> QuerySet[Activity]:
    """Lines of the work books in a span."""
    rows = Activity.objects.filter(
        in_world(exercise_id, path="station__exercise_id"), work__in=works, happened_at__gte=start,
        happened_at__lt=end, recorded_at__lte=as_of,
    )  # fmt: skip
    return rows.filter(station__region__code__startswith=prefix_of(region)) if region else rows


def stations_for(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Station]:
    """The stations in a person's regions, open ones first."""
    mine = Q(pk=None)
    for prefix in scope_of(person, at=at):
        mine |= Q(region__code__startswith=prefix)
    rows = Station.objects.filter(mine, in_world(exercise_id)).select_related("region")
    return rows.order_by("closed_on", "region_id", "code")


@dataclass(frozen=True, slots=True)
class Line:
    """An item of a standard as its page shows it."""

    number: int
    name: str
    there: bool
    last: Tick | None


def lines(row: Attainment) -> list[Line]:
    """The list of a standard with what is in place, in one query."""
    last = {tick.number: tick for tick in Tick.objects.filter(item_id=row.pk).order_by("recorded_at", "pk")}
    return [
        Line(number, name, number in last and last[number].there, last.get(number))
        for number, name in enumerate(row.items, start=1)
    ]
