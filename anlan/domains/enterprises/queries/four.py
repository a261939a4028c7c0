"""分租式厂房四项机制: which multi-tenant buildings and parks have pledge, colour, points and devices, by street."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.domains.enterprises.models import Enterprise, Line, ParkPoint, Tag
from anlan.domains.enterprises.queries.archive import visible_to
from anlan.kernel.core.workdays import local_day
from anlan.kernel.orgs.models import Person

KINDS = ("multi_tenant", "park")
FOUR = ("pledge", "colour", "points", "devices")


@dataclass(frozen=True, slots=True)
class Building:
    """A landlord or park, what it has of the four, how many devices work and how many do not."""

    firm: Enterprise
    has: frozenset[str]
    devices: int
    broken: int

    @property
    def street(self) -> str:
        return f"{self.firm.organisation.region_id[:9]}000"

    @property
    def lacks(self) -> list[str]:
        return [each for each in FOUR if each not in self.has]


@dataclass(slots=True)
class Street:
    """A street's buildings, how many have each of the four, and its devices."""

    code: str
    buildings: int = 0
    having: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FOUR, 0))
    whole: int = 0
    devices: int = 0
    broken: int = 0


def buildings(person: Person, *, at: datetime) -> list[Building]:
    """Those in operation or suspended that one may see, by street and name."""
    today = local_day(at)
    tagged = Tag.objects.filter(kind__in=KINDS, until=None).values("enterprise")
    firms = visible_to(person, at=at).filter(pk__in=tagged, status__in=("operating", "suspended"))
    ids = firms.values("pk")
    lines = Line.objects.filter(enterprise__in=ids, current=True)
    pledged = _ids(lines.filter(Q(until=None) | Q(until__gte=today), register="fire_pledge"))
    pointed = set(ParkPoint.objects.filter(enterprise__in=ids).values_list("enterprise", flat=True))
    working, broken = _devices(ids, "working"), _devices(ids, "broken")
    found = []
    for firm in firms.order_by("organisation__region_id", "organisation__name"):
        said = {
            "pledge": firm.pk in pledged, "colour": bool(firm.colour), "points": firm.pk in pointed,
            "devices": working.get(firm.pk, 0) > 0,
        }  # fmt: skip
        has = frozenset(name for name, yes in said.items() if yes)
        found.append(Building(firm, has, working.get(firm.pk, 0), broken.get(firm.pk, 0)))
    return found


def by_street(rows: list[Building]) -> list[Street]:
    found: dict[str, Street] = {}
    for each in rows:
        street = found.setdefault(each.street, Street(each.street))
        street.buildings += 1
        street.whole += not each.lacks
        street.devices += each.devices
        street.broken += each.broken
        for name in each.has:
            street.having[name] += 1
    return sorted(found.values(), key=lambda street: street.code)


def _ids(rows: QuerySet[Line]) -> set[UUID]:
    return set(rows.values_list("enterprise", flat=True))


def _devices(firms: QuerySet[Enterprise, Any], state: str) -> dict[UUID, int]:
    """How many devices of a state a firm has: each line says how many it stands for."""
    rows = Line.objects.filter(register="fire_device", current=True, enterprise__in=firms, facts__state=state)
    found: dict[UUID, int] = {}
    for firm, count in rows.values_list("enterprise_id", "facts__count"):
        found[firm] = found.get(firm, 0) + int(float(count or 1))
    return found
