"""Rows for spreadsheets on their way out, page by page of the key, so that no transaction stays open for long."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anlan.domains.enterprises.models import Certificate, Comparison, Enterprise, KeyPerson
from anlan.domains.enterprises.queries import lists
from anlan.domains.enterprises.rules import words
from anlan.kernel.core import clock, rulesets
from anlan.kernel.core.fields import mask_phone
from anlan.kernel.core.workdays import local_day
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import visible_regions

PAGE = 2_000


def firms(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """In the order of the sheet's columns; phones stay masked: a file travels farther than a page."""
    for page in _pages(_seen(person, filters)):
        principals = _principals([firm.pk for firm in page])
        for firm in page:
            organisation = firm.organisation
            name, phone = principals.get(firm.pk, ("", ""))
            yield (
                organisation.uscc, organisation.name, organisation.region.name, firm.address, firm.sector,
                _said(words.SCALES, firm.scale), firm.staff, _said(words.FIELDS, firm.field), firm.business,
                firm.regulator, organisation.lon, organisation.lat, name, phone,
            )  # fmt: skip


def certificates(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Certificates in force of the firms that are seen; their numbers hold ID numbers and are left out."""
    for page in _pages(_seen(person, filters)):
        rows = Certificate.objects.filter(enterprise__in=[firm.pk for firm in page], ended_on=None)
        for row in rows.select_related("enterprise__organisation", "person").order_by("enterprise", "due_on"):
            organisation = row.enterprise.organisation
            yield (
                organisation.uscc,
                row.person.name,
                row.trade,
                "",
                row.issued_on,
                row.review_on,
                row.expires_on,
            )


def findings(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The findings of a comparison that is seen, as its page cuts them; the doubtful with their candidates."""
    runs = Comparison.objects.all()
    if person is not None:
        reader = Person.objects.select_related("organisation").get(pk=person)
        runs = runs.filter(visible_regions(reader, at=clock.real_now(), field="region__code"))
    try:
        run = runs.filter(pk=UUID(str(filters.get("run", "")))).first()
    except ValueError:
        run = None
    if run is None:
        return
    for row in lists.settled(run.pk, verdict=str(filters.get("verdict", ""))).iterator(PAGE):
        firm = row.enterprise.organisation if row.enterprise else None
        why = "；".join(f"{each['said']} {each['score']}" for each in row.reasons)
        yield (
            _said(words.VERDICTS, row.verdict), row.name, row.uscc, row.address,
            "、".join(_said(words.SOURCES, source) for source in row.sources), firm.name if firm else "",
            firm.uscc if firm else "", row.score, why, _said(words.EVERY_SETTLED, row.settled_as),
            local_day(row.settled_at) if row.settled_at else None, row.note,
        )  # fmt: skip


def _seen(person: UUID | None, filters: Mapping[str, Any]) -> QuerySet[Enterprise]:
    """The firms under the filters of the list page; nobody in particular (a service) sees all."""
    at = clock.real_now()
    names = ("region", "sector", "grade", "tag", "status", "colour", "field", "view")
    asked = lists.Asked(
        words=str(filters.get("q", "")), **{name: str(filters.get(name, "")) for name in names}
    )
    if person is None:
        return Enterprise.objects.select_related("organisation__region")
    reader = Person.objects.select_related("organisation").get(pk=person)
    region = reader.organisation.region_id
    days = rulesets.value_of("enterprises.long_zero_days", region=region, at=at)
    return lists.found(reader, asked, at=at, zero_days=days)


def _pages(rows: QuerySet[Enterprise]) -> Iterator[list[Enterprise]]:
    after: UUID | None = None
    while True:
        page = list((rows if after is None else rows.filter(pk__gt=after)).order_by("pk")[:PAGE])
        if not page:
            return
        yield page
        after = page[-1].pk


def _principals(firms: list[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = KeyPerson.objects.filter(enterprise__in=firms, role="principal", until=None).select_related(
        "person"
    )
    return {
        k.enterprise_id: (k.person.name, mask_phone(k.person.phone) if k.person.phone else "") for k in rows
    }


def _said(choices: words.Choices, code: str) -> str:
    return _(words.label(choices, code)) if code else ""
