"""Reads about inspections: those that meet at a unit, those ahead, and how many went with another."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.domains.assessments.models import Inspection
from anlan.domains.assessments.rules.inspections import Planned, meeting
from anlan.kernel.core import rulesets
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.places.regions import prefix_of


def others(
    unit: Organisation, *, first: date, last: date, at: datetime, exercise_id: UUID | None = None
) -> list[Inspection]:
    """Inspections planned at a unit so near to these days that they can be one visit; the next first."""
    days = int(rulesets.value_of("assessments.inspection_days", region=unit.region_id, at=at))
    rows = Inspection.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), unit=unit, item__state="planned"
    ).select_related("item", "office", "unit")
    known = {row.pk: row for row in rows.order_by("first", "pk")}
    found = meeting(
        [Planned(r.pk, r.first, r.last) for r in known.values()], first=first, last=last, days=days
    )
    return [known[each.id] for each in found]


def inspections_for(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Inspection]:
    """What a person may see of them: those planned by day, those held the last first."""
    items = visible_items(person, at=at).filter(in_world(exercise_id), loop="assessments.inspection")
    rows = Inspection.objects.filter(item__in=items).select_related("item", "unit", "office")
    return rows.prefetch_related("partners")


def held(
    region: str, *, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> list[UUID]:
    """Inspections that were held in a span, as known at a time."""
    return _stepped("hold", region, start, end, as_of, exercise_id)


def joined(
    region: str, *, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> list[UUID]:
    """Inspections that somebody went along with in a span, once for each who did: so many visits were spared."""
    return _stepped("join", region, start, end, as_of, exercise_id)


def _stepped(
    move: str, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None
) -> list[UUID]:
    rows = Step.objects.filter(
        in_world(exercise_id), item__loop="assessments.inspection", move=move, happened_at__gte=start,
        happened_at__lt=end, at__lte=as_of,
    )  # fmt: skip
    if region:
        rows = rows.filter(item__region__code__startswith=prefix_of(region))
    return list(rows.order_by("happened_at", "pk").values_list("item_id", flat=True))


def alone(
    region: str, *, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> list[UUID]:
    """Inspections planned in a span to go alone though others were due at the unit."""
    here = Q(item__region__code__startswith=prefix_of(region)) if region else Q()
    rows = Inspection.objects.filter(
        here, in_world(exercise_id, path="item__exercise_id"), others__gt=0, item__opened_at__gte=start,
        item__opened_at__lt=end, item__opened_at__lte=as_of,
    )  # fmt: skip
    return list(rows.order_by("item__opened_at", "pk").values_list("pk", flat=True))
