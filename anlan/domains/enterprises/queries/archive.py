"""Reads of single firms and of who may see them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.domains.enterprises.models import Certificate, Commitment, Enterprise, KeyPerson, Site, Tag
from anlan.kernel.core.among import among
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.fields import mask_phone
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import visible_regions

NOT_FOUND = reason("enterprises.not_found", N_("There is no such firm, or it is not yours to see."))
NO_PLATE = reason("enterprises.no_plate", N_("No site has this plate. The sheet may be an old one."))


def visible_to(person: Person, *, at: datetime) -> QuerySet[Enterprise]:
    """The firms a person may see: those of the regions of their duties, and their own."""
    seen = visible_regions(person, at=at, field="organisation__region_id")
    own = Q(pk=person.organisation_id)
    return Enterprise.objects.filter(seen | own).select_related("organisation__region")


def enterprise_for(person: Person, pk: UUID, *, at: datetime) -> Enterprise:
    """Fetch and authorise in one act; raises `Refused` where there is none or it is not yours."""
    found = visible_to(person, at=at).filter(pk=pk).first()
    if found is None:
        raise Refused(NOT_FOUND)
    return found


def may_see(person: Person, firm: Enterprise, *, at: datetime) -> bool:
    return visible_to(person, at=at).filter(pk=firm.pk).exists()


def site_at(plate: str) -> Site | None:
    """The site whose door plate carries this token, or None."""
    rows = Site.objects.select_related("enterprise__organisation__region", "region")
    return rows.filter(plate=plate, active=True).first()


def tags_of(enterprise_ids: Iterable[UUID], *, on: date | None = None) -> dict[UUID, list[str]]:
    """Firm → kinds of its open tags, in alphabetical order; with `on` those that held on that day."""
    rows = Tag.objects.filter(among("enterprise", enterprise_ids))
    rows = rows.filter(until=None) if on is None else rows.filter(_held(on))
    found: dict[UUID, list[str]] = {}
    for pk, kind in rows.order_by("kind").values_list("enterprise_id", "kind").distinct():
        found.setdefault(pk, []).append(kind)
    return found


def _held(on: date) -> Q:
    return Q(since__lte=on) & (Q(until=None) | Q(until__gt=on))


def people_of(firm: UUID) -> list[KeyPerson]:
    """Those who hold a role in a firm now, principals first."""
    rows = KeyPerson.objects.filter(enterprise=firm, until=None).select_related("person")
    order = {"principal": 0, "controller": 1, "safety_manager": 2}
    return sorted(rows, key=lambda k: (order.get(k.role, 9), k.since, str(k.pk)))


def commitment_on(firm: UUID, *, day: date) -> Commitment | None:
    """The safety commitment in force on a day: of several the one that was posted last."""
    rows = Commitment.objects.filter(enterprise=firm, start__lte=day, end__gte=day, exercise=None)
    return rows.order_by("-posted_at").first()


def masked(person: Person) -> str:
    """The phone as a page shows it; empty where none is known."""
    return mask_phone(person.phone) if person.phone else ""


def card_of(site: Site, *, day: date) -> dict[str, Any]:
    """What a patroller needs at the door, in plain values; phones are masked."""
    firm = site.enterprise
    certificates = Certificate.objects.filter(enterprise=firm, ended_on=None, due_on__lt=day).count()
    return {
        "site": str(site.pk),
        "plate": site.plate,
        "site_name": site.name,
        "enterprise": str(firm.pk),
        "name": firm.organisation.name,
        "uscc": firm.organisation.uscc,
        "address": site.address or firm.address,
        "region": site.region_id,
        "region_name": site.region.name,
        "lon": site.lon,
        "lat": site.lat,
        "status": firm.status,
        "sector": firm.sector,
        "section": firm.section,
        "grade": firm.grade,
        "colour": firm.colour,
        "profile": firm.profile,
        "tags": tags_of([firm.pk]).get(firm.pk, []),
        "people": [
            {"role": k.role, "name": k.person.name, "post": k.post, "phone": masked(k.person)}
            for k in people_of(firm.pk)
            if k.role in ("principal", "safety_manager")
        ],
        "certificates_overdue": certificates,
    }
