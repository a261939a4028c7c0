"""Reads about rescue forces."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from anlan.domains.resources import rules
from anlan.domains.resources.models import Force, Strength
from anlan.kernel.core import rulesets
from anlan.kernel.loop.models import Step
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import visible_regions
from anlan.kernel.places.queries import metres_between
from anlan.kernel.places.regions import prefix_of

ANSWERS = ("confirm", "ring", "change")  # moves in which a force, or somebody who rang it, said something


def skills(*, region: str = "", at: datetime) -> list[dict[str, str]]:
    """The skills of the list: code, label, label_en."""
    found: list[dict[str, str]] = rulesets.value_of("resources.skills", region=region, at=at)
    return found


def visible_forces(person: Person, *, at: datetime) -> QuerySet[Force]:
    """The forces of the regions one sees, of those above them (a city's or district's force serves its streets), and
    of one's own organisation."""
    scope = visible_regions(person, at=at)
    above = Q(region__level__in=("county", "city", "province")) if _has_duty(person, at) else Q(pk__in=[])
    rows = Force.objects.filter(scope | above | Q(organisation=person.organisation_id))
    return rows.select_related("region", "organisation", "place", "contact_a", "contact_b")


def _has_duty(person: Person, at: datetime) -> bool:
    return (
        person.organisation.kind != "enterprise"
        and Person.objects.filter(visible_duty(at), pk=person.pk).exists()
    )


def visible_duty(at: datetime) -> Q:
    """Somebody with a duty in force."""
    return Q(duties__valid_from__lte=at) & (Q(duties__valid_to=None) | Q(duties__valid_to__gt=at))


@dataclass(frozen=True, slots=True)
class Line:
    """A force as the register shows it."""

    force: Force
    standing: str  # fresh | stale | never
    agreement: str  # none | valid | ending | ended
    km: float | None = None


def line_of(force: Force, *, at: datetime, km: float | None = None) -> Line:
    """What a force's line says of its contact and its agreement at a time, by the rules of its region."""
    days = int(rulesets.value_of("resources.contact_days", region=force.region_id, at=at))
    ahead = int(rulesets.value_of("resources.agreement_days", region=force.region_id, at=at))
    today = timezone.localtime(at).date()
    return Line(
        force, rules.standing(force.answered_at, at=at, days=days), agreement_of(force, today, ahead), km
    )


def agreement_of(force: Force, today: date, ahead_days: int) -> str:
    """none | valid | ending | ended. An agreement without an end is valid until somebody ends it."""
    if not force.agreement:
        return "none"
    if force.agreement_to is None:
        return "valid"
    if force.agreement_to < today:
        return "ended"
    return "ending" if force.agreement_to - today <= timedelta(days=ahead_days) else "valid"


def register(person: Person, *, at: datetime, asked: Mapping[str, Any]) -> QuerySet[Force]:
    """The register with its filters: kind, scope, skill, region, stale, words. Longest unanswered first."""
    rows = visible_forces(person, at=at).filter(left_at=None)
    for name, table in (("kind", rules.KINDS), ("scope", rules.SCOPES)):
        if asked.get(name) in table:
            rows = rows.filter(**{name: asked[name]})
    if skill := str(asked.get("skill", "")):
        rows = rows.filter(skills__contains=[skill])
    if region := str(asked.get("region", "")):
        rows = rows.filter(region__code__startswith=prefix_of(region))
    if words := str(asked.get("q", "")).strip():
        rows = rows.filter(
            Q(name__icontains=words) | Q(contact_a__name__icontains=words) | Q(base__icontains=words)
        )
    if asked.get("stale") == "1":
        days = int(rulesets.value_of("resources.contact_days", at=at))
        rows = rows.filter(Q(answered_at=None) | Q(answered_at__lt=at - timedelta(days=days)))
    return rows.order_by(F("answered_at").asc(nulls_first=True), "name", "pk")


def in_reach(
    person: Person, *, lon: float, lat: float, at: datetime, km: float, skill: str = ""
) -> list[Line]:
    """Forces that stand within some kilometres, nearest first, with how their contact stands."""
    rows = visible_forces(person, at=at).filter(left_at=None, place__isnull=False)
    if skill:
        rows = rows.filter(skills__contains=[skill])
    found = []
    for force in rows:
        if force.place is None:
            continue
        away = metres_between(lon, lat, force.place.lon, force.place.lat) / 1000
        if away <= km:
            found.append((away, force))
    return [line_of(force, at=at, km=away) for away, force in sorted(found, key=lambda p: (p[0], p[1].name))]


# ---- what the numbers count ----------------
def forces_at(*, region: str, scope: str, end: datetime, as_of: datetime) -> list[UUID]:
    """Forces in the register at the end of a period, of one scope, as known at a time."""
    told = Strength.objects.filter(scope=scope, happened_at__lt=end, recorded_at__lte=as_of)
    rows = Force.objects.filter(
        Q(left_at=None) | Q(left_at__gte=end), region__code__startswith=prefix_of(region), pk__in=told.values("force"),
        joined_at__lt=end,
    )  # fmt: skip
    return list(rows.order_by("name", "pk").values_list("pk", flat=True))


def strengths_at(forces: Iterable[UUID], *, end: datetime, as_of: datetime) -> dict[UUID, int]:
    """Force → people, as told last before the end of a period and known at a time."""
    rows = Strength.objects.filter(force__in=list(forces), happened_at__lt=end, recorded_at__lte=as_of)
    last = rows.order_by("force", "-happened_at", "-recorded_at").distinct("force")
    return dict(last.values_list("force_id", "people"))


def answered_at(forces: Iterable[UUID], *, end: datetime, as_of: datetime, days: int) -> list[UUID]:
    """Those of some forces whose contact answered within the days before the end of a period."""
    steps = Step.objects.filter(
        item__loop="resources.contact_check", item__resources_contactcheck__force__in=list(forces), move__in=ANSWERS,
        happened_at__gte=end - timedelta(days=days), happened_at__lt=end, at__lte=as_of,
    )  # fmt: skip
    return list(steps.values_list("item__resources_contactcheck__force_id", flat=True).distinct())
