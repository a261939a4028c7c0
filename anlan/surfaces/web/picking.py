"""Choosing a row by a part of its name: organisations, people, places that the person may see."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.kernel.core import clock
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import visible_regions
from anlan.kernel.places.models import Place
from anlan.surfaces.web.people import people_only, person_of

MOST = 12


@dataclass(frozen=True, slots=True)
class Pick:
    pk: UUID
    name: str
    note: str


def chosen(kind: str, value: str) -> list[Pick]:
    """The row of an id that was chosen before, as a list of at most one."""
    try:
        key = UUID(value.removeprefix("person:"))
    except ValueError:
        return []
    return _rows(kind, Q(pk=key))


@people_only
@require_GET
def pick(request: HttpRequest, kind: str) -> HttpResponse:
    """Up to twelve rows whose name holds what was typed."""
    person = person_of(request)
    typed = request.GET.get("q", "").strip()
    if person is None or kind not in ("organisation", "person", "place"):
        raise Http404
    field = "organisation__region_id" if kind == "person" else "region_id"
    seen = visible_regions(person, at=clock.real_now(), field=field)
    own = Q(organisation=person.organisation_id) if kind == "person" else Q(pk=person.organisation_id)
    cut = (seen | own if kind != "place" else seen) & Q(name__icontains=typed)
    rows = _rows(kind, cut) if len(typed) > 1 else []
    page = {"name": request.GET.get("name", kind), "rows": rows, "asked": len(typed) > 1}
    return render(request, "web/parts/picks.html", page)


def _rows(kind: str, cut: Q) -> list[Pick]:
    if kind == "organisation":
        firms = Organisation.objects.filter(cut, active=True).select_related("region").order_by("name")[:MOST]
        return [Pick(o.pk, o.name, o.region.name) for o in firms]
    if kind == "person":
        people = (
            Person.objects.filter(cut, active=True).select_related("organisation").order_by("name")[:MOST]
        )
        return [Pick(p.pk, f"{p.name} {p.title}".strip(), str(p.organisation)) for p in people]
    places = Place.objects.filter(cut, active=True).select_related("region").order_by("name")[:MOST]
    return [Pick(p.pk, p.name, p.region.name) for p in places]
