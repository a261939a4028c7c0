"""The signed class of firms in operation, for whoever plans by it: nobody else keeps a class of a firm."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Max, QuerySet

from anlan.domains.enterprises.models import Enterprise, History, Tag
from anlan.domains.enterprises.queries.archive import tags_of
from anlan.kernel.core.among import among
from anlan.kernel.places.regions import prefix_of


class Classed(NamedTuple):
    """A firm in operation with its signed class ("" where nobody signed one) and since when it holds."""

    organisation_id: UUID
    name: str
    region: str
    grade: str
    sector: str
    tags: tuple[str, ...]
    since: datetime


def classed(
    *, organisations: Iterable[UUID] | None = None, region: str = "", grades: Iterable[str] | None = None
) -> list[Classed]:
    """The firms in operation of a region, or those named, by name."""
    rows = in_operation(region)
    if organisations is not None:
        rows = rows.filter(among("pk", organisations))
    if grades is not None:
        rows = rows.filter(grade__in=list(grades))
    found = list(
        rows.order_by("organisation__name", "pk").values_list(
            "pk", "organisation__name", "organisation__region_id", "grade", "sector", "created_at"
        )
    )
    firms = [row[0] for row in found]
    tags, signed = tags_of(firms), _signed(firms)
    return [
        Classed(pk, name, place, grade, sector, tuple(tags.get(pk, ())), signed.get(pk, created))
        for pk, name, place, grade, sector, created in found
    ]


def in_operation(region: str = "") -> QuerySet[Enterprise]:
    """The firms in operation of a region, for whoever lets the database count them."""
    rows = Enterprise.objects.filter(status="operating")
    return rows.filter(organisation__region__code__startswith=prefix_of(region)) if region else rows


def signed_since() -> QuerySet[Any, Any]:
    """Firm and when its class was last signed, a row each; a firm without a signed class has none."""
    rows = History.objects.filter(kind="grade").values("enterprise").annotate(since=Max("happened_at"))
    return rows.values_list("enterprise", "since")


def tagged(kinds: Iterable[str]) -> QuerySet[Tag, Any]:
    """The firms that are of one of these kinds now."""
    return Tag.objects.filter(kind__in=list(kinds), until=None).values("enterprise")


def _signed(firms: list[UUID]) -> dict[UUID, datetime]:
    """Firm → when its class was last signed."""
    rows = History.objects.filter(among("enterprise", firms), kind="grade")
    return dict(rows.order_by("happened_at", "pk").values_list("enterprise_id", "happened_at"))
