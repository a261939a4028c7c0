"""Lists given out as spreadsheets: the register of dangers (隐患台账), and the copy-out sheet for direct reports."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localtime

from anlan.domains.dangers import rules
from anlan.domains.dangers.models import Danger
from anlan.domains.dangers.queries.closing import accepted_at
from anlan.domains.dangers.queries.known import visible_dangers
from anlan.kernel.core import clock
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.models import Region

_PAGE = 1000


def register(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """台账: number, street, firm, what, where, kind, grade, source, found, by, document, due, closed, state."""
    for row, closed, street in _rows(person, filters):
        yield (
            row.number, street, str(row.organisation or ""), row.description, row.spot, row.category,
            row.grade, row.source,
            localtime(row.item.opened_at), row.document, _local(row.rectify_by), _local(closed), row.item.state,
        )  # fmt: skip


def direct_report(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """What an upper system is told of a campaign's dangers: one row a danger, with its five in place."""
    rows = _rows(person, {**filters, "in_campaign": True})
    for place, (row, closed, street) in enumerate(rows, start=1):
        five = [str(row.five_in_place.get(name, "")) for name in rules.FIVE]
        firm = row.organisation
        yield (
            place, str(row.campaign), street, str(firm or ""), firm.uscc if firm else "", row.description, row.category,
            row.grade, localtime(row.item.opened_at), _local(row.rectify_by), _local(closed), row.item.state, *five,
        )  # fmt: skip


def _rows(person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Danger, datetime | None, str]]:
    """Dangers a person may see (all of the real world for a process), with close-off and street, page by page."""
    asked = (
        _asked(person).select_related("item", "organisation", "campaign").order_by("item__opened_at", "pk")
    )
    if campaign := filters.get("campaign"):
        asked = asked.filter(campaign=campaign)
    if filters.get("in_campaign"):
        asked = asked.exclude(campaign=None)
    if grade := filters.get("grade"):
        asked = asked.filter(grade=grade)
    names = dict(Region.objects.filter(level="street").values_list("code", "name"))
    rows = asked.iterator(chunk_size=_PAGE)
    while page := list(islice(rows, _PAGE)):
        closed = accepted_at([row.pk for row in page if row.item.closed_at], as_of=clock.real_now())
        for row in page:
            yield row, closed.get(row.pk), names.get(f"{row.item.region_id[:9]}000", row.item.region_id)


def _asked(person: UUID | None) -> QuerySet[Danger]:
    if person is None:
        return Danger.objects.filter(item__exercise_id=None)
    return visible_dangers(Person.objects.select_related("organisation").get(pk=person), at=clock.real_now())


def _local(when: datetime | None) -> datetime | None:
    return localtime(when) if when is not None else None
