"""城市防灾减灾动态库: every set of data, how many rows, who keeps it, when it last changed, how old it may be."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.resources import queries
from anlan.domains.resources.queries import DataSet, Standing
from anlan.kernel.core.words import N_
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import duty_names, scope_of
from anlan.surfaces.web.names import shown
from anlan.surfaces.web.pages.asking import bureau_only
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.pages.responses import in_english
from anlan.surfaces.web.people import people_only
from anlan.surfaces.web.worlds import World

ROWS = 50
# Sets whose rows have a register of their own.
OWN = {
    "enterprises.enterprise": "web:enterprises", "risks.riskpoint": "web:risks", "sensing.station": "web:stations",
    "resources.force": "web:forces",
}  # fmt: skip
GROUPS = {
    "model": N_("Base data"),
    "places": N_("Points on the map"),
    "record": N_("Registers kept by their own work"),
}


@people_only
@require_GET
def datasets(request: HttpRequest) -> HttpResponse:
    """The register of sets: those too old on top of each group."""
    person, world = bureau_only(request)
    every = [_standing(data, person, world) for data in _all(person, world)]
    duties = [each.data.keeper for each in every if each.data.keeper]
    names = dict(zip(duties, duty_names(duties), strict=True))
    open_items = [each.open_item for each in every if each.open_item]
    mine = set(visible_items(person, at=world.seen_at).filter(pk__in=open_items).values_list("pk", flat=True))
    groups = [
        (_(label), [_line(each, names, mine) for each in _sorted(every, kind)])
        for kind, label in GROUPS.items()
    ]
    context = {
        "here": "registers", "groups": [group for group in groups if group[1]],
        "sets": sum(1 for each in every if each.count), "rows": sum(each.count for each in every),
        "late": sum(1 for each in every if each.late),
    }  # fmt: skip
    return render(request, "web/pages/datasets.html", context)


def _all(person: Person, world: World) -> list[DataSet]:
    return queries.datasets(region=person.organisation.region_id, at=world.seen_at)


def _standing(data: DataSet, person: Person, world: World) -> Standing:
    within = queries.region_filter(data, scope_of(person, at=world.seen_at))
    return queries.standing_of(data, within=within, at=world.seen_at)


def _sorted(every: list[Standing], kind: str) -> list[Standing]:
    mine = [each for each in every if each.data.kind == kind and (each.count or each.data.days)]
    return sorted(mine, key=lambda each: (not each.late, -each.count, each.data.code))


def _line(each: Standing, names: dict[str, str], mine: set[UUID]) -> dict[str, Any]:
    matter = (
        reverse("web:record", args=["resources", "refresh", each.open_item]) if each.open_item in mine else ""
    )
    return {
        "row": each, "name": _name(each.data), "keeper": names.get(each.data.keeper, ""), "url": _url(each.data),
        "matter": matter,
    }  # fmt: skip


def _name(data: DataSet) -> str:
    if data.kind == "record":
        return _(data.label)
    return data.label_en if in_english() else data.label


def _url(data: DataSet) -> str:
    """Where the rows of a set stand."""
    if data.kind == "record":
        domain, _dot, slug = data.code.partition(".")
        return reverse("web:record_list", args=[domain, slug]) + "?open=0"
    return reverse(OWN[data.code]) if data.code in OWN else reverse("web:dataset", args=[data.code])


@people_only
@require_GET
def dataset(request: HttpRequest, code: str) -> HttpResponse:
    """The rows of a set, last changed on top."""
    person, world = bureau_only(request)
    data = next((each for each in _all(person, world) if each.code == code and each.kind != "record"), None)
    if data is None:
        raise Http404
    rows = queries.rows_of(data, within=queries.region_filter(data, scope_of(person, at=world.seen_at)))
    pages = Paginator(rows.select_related(data.region), ROWS).get_page(request.GET.get("page", "1"))
    context = {
        "here": "registers", "name": _name(data), "row": _standing(data, person, world), "pages": pages, "query": "",
        "rows": [(_titled(each), _reached(each, data.region), _reached(each, data.changed)) for each in pages],
    }  # fmt: skip
    return render(request, "web/pages/dataset.html", context)


def _titled(row: Any) -> str:
    """A row in words: its name; a duty as who holds what."""
    if hasattr(row, "person") and hasattr(row, "kind"):
        return f"{row.person.name} · {row.kind}"
    return shown(row)


def _reached(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name, None)
    return row


ALSO["resources"] = (*ALSO.get("resources", ()), ("web:datasets", N_("Sets of data")))
