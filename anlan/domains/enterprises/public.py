"""What neighbours may use of the archive: one firm, the card of a site, tags, and a firm's own reports."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.domains.enterprises.actions import selfwork
from anlan.domains.enterprises.actions.common import Change, on_change
from anlan.domains.enterprises.models import Enterprise, HazardUnit, Site
from anlan.domains.enterprises.queries import archive
from anlan.domains.enterprises.queries.classed import Classed, classed, in_operation, signed_since, tagged
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.workdays import local_day
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.regions import prefix_of

__all__ = [
    "Change",
    "Classed",
    "FirmKnown",
    "card",
    "classed",
    "enterprise",
    "firms_by_code",
    "firms_in_sector",
    "in_operation",
    "installations",
    "may_see",
    "on_change",
    "self_reported",
    "signed_since",
    "site",
    "site_at",
    "sites_at_work",
    "tagged",
    "tags_of",
]


def enterprise(organisation_id: UUID) -> Enterprise | None:
    """The archive of an organisation, or None where it has none."""
    return Enterprise.objects.select_related("organisation__region").filter(pk=organisation_id).first()


def site(site_id: UUID) -> Site | None:
    """A site by its id, with firm and region, or None."""
    rows = Site.objects.select_related("enterprise__organisation__region", "region")
    return rows.filter(pk=site_id).first()


def sites_at_work(prefixes: Iterable[str]) -> QuerySet[Site]:
    """The sites of some regions whose firm neither closed nor moved away."""
    inside = Q(region="")  # of no region: nothing
    for prefix in prefixes:
        inside |= Q(region__code__startswith=prefix)
    return Site.objects.filter(inside, active=True).exclude(enterprise__status__in=("closed", "moved"))


def site_at(plate: str) -> Site | None:
    """The site whose door plate carries this token, or None."""
    return archive.site_at(plate)


def card(site_id: UUID | None = None, *, plate: str = "", day: date | None = None) -> dict[str, Any]:
    """The duty card of a site, by id or by plate, in plain values for JSON; raises `Refused` where there is none.

    Whoever shows it asks first who may see it: `may_see(person, organisation_id, at=…)`.
    """
    found = archive.site_at(plate) if plate else site(site_id) if site_id else None
    if found is None:
        raise Refused(archive.NO_PLATE)
    return archive.card_of(found, day=day or local_day(clock.real_now()))


def tags_of(enterprise_ids: Iterable[UUID], *, on: date | None = None) -> dict[UUID, list[str]]:
    """Firm → kinds of its open tags (dust, ammonia, confined_space …); with `on` those that held on that day."""
    return archive.tags_of(enterprise_ids, on=on)


def firms_in_sector(sector: str) -> list[UUID]:
    """The firms of a sector: the beginning of a code of GB/T 4754, or a letter alone for a whole section."""
    return list(Enterprise.objects.filter(sector__startswith=sector).values_list("pk", flat=True))


def may_see(person: Person, organisation_id: UUID, *, at: datetime) -> bool:
    """Whether a person may see a firm: it lies in a region of their duties, or is their own."""
    return archive.visible_to(person, at=at).filter(pk=organisation_id).exists()


def self_reported(
    organisation_id: UUID, *, danger: UUID, source: str, by: str, at: datetime, happened_at: datetime | None = None,
    exercise_id: UUID | None = None,
) -> bool:  # fmt: skip
    """A danger was reported at a firm: it counts as the firm's own where one of its people did it, or somebody for it
    (`source` self_check). Returns whether it counted; a firm without an archive counts nothing."""
    firm = enterprise(organisation_id)
    return firm is not None and selfwork.note_danger(
        firm=firm,
        danger=danger,
        source=source,
        by=by,
        at=at,
        happened_at=happened_at,
        exercise_id=exercise_id,
    )


class FirmKnown(NamedTuple):
    """What an import needs of a firm that it names by its credit code."""

    organisation_id: UUID
    name: str
    region: str
    section: str
    lon: float | None
    lat: float | None


def firms_by_code(codes: Iterable[str]) -> dict[str, FirmKnown]:
    """USCC → the firm of the archive, for those that have one; one statement for a whole chunk of rows."""
    fields = ("organisation_id", "organisation__name", "organisation__region_id", "section", "organisation__lon",
              "organisation__lat")  # fmt: skip
    rows = Enterprise.objects.filter(organisation__uscc__in=set(codes) - {""})
    return {code: FirmKnown(*facts) for code, *facts in rows.values_list("organisation__uscc", *fields)}


def installations(*, region: str) -> list[HazardUnit]:
    """The major hazard installations (levels one to four) of the firms in operation of a region, the gravest first."""
    rows = HazardUnit.objects.filter(
        active=True, grade__in=("1", "2", "3", "4"), enterprise__status="operating",
        enterprise__organisation__region__code__startswith=prefix_of(region.ljust(12, "0")),
    )  # fmt: skip
    return list(rows.select_related("enterprise__organisation", "site").order_by("grade", "pk"))
