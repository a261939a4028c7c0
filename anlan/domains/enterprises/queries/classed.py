"""The signed class of firms in operation, for whoever plans by it: nobody else keeps a class of a firm."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from anlan.domains.enterprises.models import Enterprise, History
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
    rows = Enterprise.objects.filter(status="operating")
    if organisations is not None:
        rows = rows.filter(among("pk", organisations))
    if region:
        rows = rows.filter(organisation__region__code__startswith=prefix_of(region))
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


def _signed(firms: list[UUID]) -> dict[UUID, datetime]:
    """Firm → when its class was last signed."""
    rows = History.objects.filter(among("enterprise", firms), kind="grade")
    return dict(rows.order_by("happened_at", "pk").values_list("enterprise_id", "happened_at"))
