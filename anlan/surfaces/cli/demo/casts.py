"""Who plays in the demo's dangers: the firms that have people of their own, and those who answer for them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from anlan.domains.risks.models import RiskPoint
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import who_answers

ANSWERING = ("patroller", "street_safety_officer", "enforcement_officer", "safety_section", "bureau_chief")


@dataclass
class Cast:
    """Who plays: a firm with its manager, the community's patroller, the street's officers, the bureau's two."""

    firm: Organisation
    manager: Person
    patroller: Person
    officers: list[Person]
    street: Person
    section: Person
    chief: Person
    point: UUID | None


def casts_of(at: datetime) -> list[Cast]:
    """The firms that have people of their own, each with those who answer for it: asked once a community."""
    firms = list(Organisation.objects.filter(kind="enterprise", code__startswith="firm_").order_by("code"))
    managers = {person.organisation_id: person for person in _first_people(firms)}
    gravest = {point.enterprise_id: point.pk for point in _gravest_points(firms)}
    answering: dict[str, dict[str, list[Person]]] = {}
    found = []
    for firm in firms:
        region = str(firm.region_id)
        if region not in answering:
            answering[region] = {kind: people_of(kind, region, at) for kind in ANSWERING}
        people, manager = answering[region], managers.get(firm.pk)
        if manager is None or not all(people.values()) or len(people["enforcement_officer"]) < 2:
            continue
        found.append(Cast(
            firm, manager, people["patroller"][0], people["enforcement_officer"], people["street_safety_officer"][0],
            people["safety_section"][0], people["bureau_chief"][0], gravest.get(firm.pk),
        ))  # fmt: skip
    return found


def _first_people(firms: list[Organisation]) -> QuerySet[Person]:
    people = Person.objects.filter(organisation__in=firms).order_by("organisation_id", "pk")
    return people.distinct("organisation_id")


def _gravest_points(firms: list[Organisation]) -> QuerySet[RiskPoint]:
    points = RiskPoint.objects.filter(enterprise__in=[firm.pk for firm in firms])
    return points.order_by("enterprise_id", "-worst_case_level", "number").distinct("enterprise_id")


def people_of(kind: str, region: str, at: datetime) -> list[Person]:
    """Those who answer for a kind of duty there, nearest first."""
    ids = [a.person_id for a in who_answers(duty=kind, where=region, at=at)]
    known = Person.objects.in_bulk(ids)
    return [known[pk] for pk in ids]
