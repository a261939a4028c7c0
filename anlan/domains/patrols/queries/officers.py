"""The roster of patrollers: who has which community since when, what they did in a month, whose turn it is to move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils.timezone import localtime

from anlan.domains.patrols.models import JointCheck, Score, Visit
from anlan.kernel.core import rulesets
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.orgs.queries import in_force
from anlan.kernel.places.regions import prefix_of


@dataclass(frozen=True, slots=True)
class Officer:
    """A patroller in one region: since when, and whether the time there is over (轮岗)."""

    person: Person
    duty: UUID
    region: str
    region_name: str
    since: datetime
    months: int
    to_rotate: bool


def officers_in(regions: Sequence[str], *, at: datetime) -> list[Officer]:
    """The patrollers of some regions' subtrees at a time, longest there first inside a street."""
    if not regions:
        return []
    inside = Q()
    for region in regions:
        inside |= Q(region__code__startswith=prefix_of(region.ljust(12, "0")))
    rows = Duty.objects.filter(inside, in_force(at), kind_id="patroller", person__active=True)
    found = [_officer(row, at) for row in rows.select_related("person__organisation", "region")]
    return sorted(found, key=lambda o: (o.region[:9], o.since, o.person.name))


def _officer(row: Duty, at: datetime) -> Officer:
    region = row.region_id or ""
    then, now = localtime(row.valid_from), localtime(at)
    months = (now.year - then.year) * 12 + now.month - then.month - (now.day < then.day)
    most = int(rulesets.value_of("patrols.rotation_months", region=region, at=at))
    return Officer(
        row.person,
        row.pk,
        region,
        row.region.name if row.region_id else "",
        row.valid_from,
        months,
        months >= most,
    )


def visits_since(people: Sequence[UUID], *, start: datetime) -> dict[UUID, int]:
    """Person → finished visits since a time."""
    rows = Visit.objects.filter(patroller__in=people, item__state="finished", started_at__gte=start)
    return dict(rows.exclude(kind="self_check").values_list("patroller").annotate(n=Count("pk")))


def last_scores(people: Sequence[UUID], *, most: int = 3) -> dict[UUID, list[tuple[Score, Decimal]]]:
    """Person → the last signed scores, newest first, with the points that stand."""
    rows = (
        Score.objects.filter(person__in=people, item__state="signed", span="month")
        .annotate(stands=Coalesce("signed", "proposed"))
        .order_by("-month")
    )
    found: dict[UUID, list[tuple[Score, Decimal]]] = {}
    for row in rows:
        kept = found.setdefault(row.person_id, [])
        if len(kept) < most:
            kept.append((row, row.stands))
    return found


def joint_checks(person: Person, *, half: str, at: datetime) -> dict[str, int]:
    """The half-year's joint checks that one may see: all, held, dangers found."""
    rows = JointCheck.objects.filter(item__in=visible_items(person, at=at), half=half)
    held = rows.filter(item__state="held")
    return {
        "all": rows.exclude(item__state="waived").count(),
        "held": held.count(),
        "found": sum(n or 0 for n in held.values_list("found", flat=True)),
    }
