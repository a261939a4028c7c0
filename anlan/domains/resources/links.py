"""Rescue forces in the graph: whose they are, whom one rings, where they stand by."""

from typing import Any

from django.db.models import Q, QuerySet

from anlan.domains.resources.models import Force
from anlan.domains.resources.queries import visible_forces
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Link, Links, NodeKind, Reader, Said
from anlan.kernel.domain.nodes import called

FORCE = "resources.force"


def _seen(reader: Reader) -> QuerySet[Any]:
    return visible_forces(reader.person, at=reader.at).filter(_there(reader))


def _there(reader: Reader) -> Q:
    return Q(left_at=None) | Q(left_at__gt=reader.at)


def _rows(reader: Reader) -> QuerySet[Any]:
    return Force.objects.filter(_there(reader))


def _said(row: Force) -> Said:
    return Said(row.name, f"{row.get_kind_display()} · {called(row.organisation)}")


LINKS = Links(
    kinds=(NodeKind(FORCE, N_("Rescue force"), _seen, _said, words="name", region="region_id"),),
    links=(
        Link("resources.force_of", FORCE, "orgs.unit", N_("belongs to the unit"), N_("Rescue forces of it"),
             rows=_rows, at_target="organisation_id", since="joined_at"),
        Link("resources.rings", FORCE, "orgs.person", N_("is reached through"),
             N_("Rescue forces reached through them"), rows=_rows, at_target="contact_a_id", since="joined_at"),
        Link("resources.stands_by", FORCE, "places.place", N_("stands by at"), N_("Rescue forces that stand by there"),
             rows=lambda reader: _rows(reader).exclude(place=None), at_target="place_id", since="joined_at"),
        Link("resources.force_in", FORCE, "places.region", N_("serves the region"), N_("Rescue forces"),
             rows=_rows, at_target="region_id", since="joined_at"),
    ),
)  # fmt: skip
