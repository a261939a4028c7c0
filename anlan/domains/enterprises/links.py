"""Firms, their sites, units and substances in the graph; who answers for what in a firm, who rents from whom."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, When
from django.utils.translation import gettext as _

from anlan.domains.enterprises.models import Enterprise, HazardUnit, KeyPerson, Site, Substance, Tenancy
from anlan.domains.enterprises.queries.archive import visible_to
from anlan.domains.enterprises.rules import sectors, words
from anlan.kernel.core import search
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Link, Links, NodeKind, Reader, Said
from anlan.kernel.domain.nodes import called, every

FIRM = "enterprises.firm"
SITE = "enterprises.site"
UNIT = "enterprises.unit"
SUBSTANCE = "enterprises.substance"
# A substance is known by its CAS number, and by its name where none was given.
_KNOWN_BY = Case(When(cas="", then=F("name")), default=F("cas"), output_field=CharField())


def _firms(reader: Reader) -> QuerySet[Any]:
    return visible_to(reader.person, at=reader.at)


def _find_firms(reader: Reader, asked: str, limit: int) -> Sequence[str]:
    rows = search.matching(_firms(reader), asked).order_by("organisation__name", "pk")
    return [str(pk) for pk in rows.values_list("pk", flat=True)[:limit]]


def _firm(row: Enterprise) -> Said:
    status = "" if row.status == "operating" else _(words.label(words.STATUSES, row.status))
    parts = (sectors.name_of(row.sector), called(row.organisation.region), status)
    return Said(called(row.organisation), " · ".join(part for part in parts if part))


def _sites(reader: Reader) -> QuerySet[Any]:
    rows = Site.objects.filter(active=True, enterprise__in=_firms(reader).values("pk"))
    return rows.select_related("enterprise__organisation", "region")


def _site(row: Site) -> Said:
    note = f"{called(row.enterprise.organisation)} · {called(row.region)}"
    return Said(row.name, note, (FIRM, str(row.enterprise_id)))


def _units(reader: Reader) -> QuerySet[Any]:
    rows = HazardUnit.objects.filter(active=True, enterprise__in=_firms(reader).values("pk"))
    return rows.select_related("enterprise__organisation__region")


def _unit(row: HazardUnit) -> Said:
    grade = _(words.label(words.HAZARD_GRADES, row.grade)) if row.grade else ""
    parts = (called(row.enterprise.organisation), grade)
    return Said(row.name, " · ".join(part for part in parts if part), (FIRM, str(row.enterprise_id)))


def _substances(reader: Reader) -> QuerySet[Any]:
    rows = held(reader).filter(unit__enterprise__in=_firms(reader).values("pk"))
    return rows.order_by("known_by", "pk").distinct("known_by")


def held(reader: Reader) -> QuerySet[Any]:
    """Substances of units in use, each with what it is known by."""
    del reader
    rows = Substance.objects.filter(active=True, unit__active=True)
    return rows.annotate(known_by=_KNOWN_BY)


def _of_substances(rows: QuerySet[Any], keys: Sequence[str]) -> QuerySet[Any]:
    """By the columns themselves, which have an index; the worked-out one has none."""
    return rows.filter(Q(cas__in=keys) | Q(cas="", name__in=keys))


LINKS = Links(
    kinds=(
        NodeKind(FIRM, N_("Firm"), _firms, _firm, find=_find_firms, region="organisation__region_id"),
        NodeKind(SITE, N_("Site"), _sites, _site, words="name", region="region_id"),
        NodeKind(
            UNIT, N_("Unit with substances"), _units, _unit, words="name",
            region="enterprise__organisation__region_id",
        ),
        NodeKind(
            SUBSTANCE, N_("Substance"), _substances, lambda row: Said(row.name, f"CAS {row.cas}" if row.cas else ""),
            key="known_by", words="name", common=True,
        ),
    ),
    links=(
        Link("enterprises.site_of", SITE, FIRM, N_("belongs to"), N_("Sites"),
             rows=every(Site, active=True), at_target="enterprise_id", since="created_at"),
        Link("enterprises.unit_of", UNIT, FIRM, N_("is run by"), N_("Units with substances"),
             rows=every(HazardUnit, active=True), at_target="enterprise_id"),
        Link("enterprises.unit_at", UNIT, SITE, N_("stands on the site"), N_("Units on the site"),
             rows=every(HazardUnit, active=True, site__isnull=False), at_target="site_id"),
        Link("enterprises.holds", UNIT, SUBSTANCE, N_("holds"), N_("Units that hold it"),
             rows=held, at_source="unit_id", at_target="known_by", narrow=_of_substances),
        Link("enterprises.role", FIRM, "orgs.person", N_("People who answer in the firm"), N_("answers in the firm"),
             rows=every(KeyPerson, until=None), at_source="enterprise_id", at_target="person_id", since="since",
             why="role", words=dict(words.ROLES)),
        Link("enterprises.lets_to", FIRM, FIRM, N_("lets rooms to"), N_("rents rooms from"),
             rows=every(Tenancy, until=None), at_source="building__enterprise_id",
             at_target="tenant_id", since="since", why="rooms"),
        Link("enterprises.lies_in", FIRM, "places.region", N_("lies in"), N_("Firms"),
             rows=every(Enterprise), at_target="organisation__region_id", since="created_at", one_way=True),
    ),
)  # fmt: skip
