"""The register of visits (巡查台账) given out as a spreadsheet: what a person may see, in the order of the columns."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.timezone import localtime

from anlan.domains.patrols.models import Visit
from anlan.domains.patrols.queries.visits import visible_visits
from anlan.kernel.core import clock
from anlan.kernel.orgs.models import Person


def register(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """One row a visit, newest first; streamed."""
    people = Person.objects.select_related("organisation")
    reader = people.filter(pk=person).first() if person is not None else None
    if reader is None:
        return
    rows = visible_visits(reader, at=clock.real_now()).annotate(found=Count("findings"))
    if words := str(filters.get("q", "")).strip():
        rows = rows.filter(organisation__name__icontains=words)
    for row in rows.iterator(chunk_size=1000):
        yield _line(row)


def _line(row: Any) -> tuple[Any, ...]:
    visit: Visit = row
    wrong = sum(1 for said in visit.answers.values() if said.get("answer") == "not_fine")
    ended = localtime(visit.ended_at) if visit.ended_at else None
    return (
        localtime(visit.started_at), ended, visit.organisation.name, visit.item.region.name, visit.kind, visit.grade,
        "、".join(visit.tags), visit.patroller.name, "、".join(visit.companions), len(visit.answers), wrong, row.found,
        visit.sign_how, visit.signer or visit.witness, None if visit.metres_off is None else round(visit.metres_off),
        visit.item.state, visit.note,
    )  # fmt: skip
