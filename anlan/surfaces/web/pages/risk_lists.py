"""五个清单: risks, dangers, targets, measures, responsibility: views, nothing is typed into them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.dangers.queries import visible_dangers
from anlan.domains.risks import rules
from anlan.domains.risks.models import Measure, RiskPoint
from anlan.domains.risks.queries import lists
from anlan.domains.risks.queries.lists import Asked
from anlan.domains.risks.queries.points import visible_points, why_of
from anlan.kernel.core import clock
from anlan.kernel.core.search import folded
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.regions import prefix_of
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.records import regions_of
from anlan.surfaces.web.pages.risks import NAMES, reader
from anlan.surfaces.web.people import people_only
from anlan.surfaces.web.worlds import World, world_of

ROWS = 50
LISTS = (
    ("risk", N_("Risk list"), "risks.points"),
    ("danger", N_("Danger list"), ""),
    ("target", N_("Target list"), "risks.targets"),
    ("measure", N_("Measure list"), "risks.measures"),
    ("responsibility", N_("Responsibility list"), "risks.responsibility"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads which rows of which world."""

    person: Person
    world: World
    asked: Asked
    page: int


@people_only
@require_GET
def risk_lists(request: HttpRequest) -> HttpResponse:
    """One of the five, cut by region and words; the points are those of considerable and major current risk."""
    person, world = reader(request), world_of(request)
    which = request.GET.get("list", "risk")
    which = which if which in {code for code, *_rest in LISTS} else "risk"
    asked = replace(Asked.of(request.GET.dict()), level=None, worst=None, grave=True)
    number = int(text) if (text := request.GET.get("page", "1")).isdigit() else 1
    rows, pages = _BUILDERS[which](Reading(person, world, asked, number))
    query = {name: value for name, value in asked.as_query().items() if name != "grave"}
    context = {
        "here": "risks", "lists": [(code, _(label), urlencode({"list": code, **query})) for code, label, _s in LISTS],
        "which": which, "names": NAMES, "rows": rows, "pages": pages, "asked": asked,
        "query": urlencode({"list": which, **query}), "regions": regions_of(person, world),
        "sheet": next(sheet for code, _label, sheet in LISTS if code == which), "csrf_filters": asked.as_query(),
    }  # fmt: skip
    return render(request, "web/pages/risk_lists.html", context)


Built = tuple[list[dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of what the index found, as the pager reads them."""

    found: lists.Found

    @property
    def paginator(self) -> dict[str, Any]:
        return {"num_pages": self.found.pages, "count": self.found.total}

    @property
    def number(self) -> int:
        return self.found.page

    @property
    def has_previous(self) -> bool:
        return self.found.page > 1

    @property
    def has_next(self) -> bool:
        return self.found.page < self.found.pages

    @property
    def previous_page_number(self) -> int:
        return self.found.page - 1

    @property
    def next_page_number(self) -> int:
        return self.found.page + 1


def _points(reading: Reading) -> Built:
    found = lists.points(reading.asked, reading.person, at=clock.real_now(), page=reading.page)
    rows = [
        {"point": point, "responsible": _(rules.RESPONSIBLE[point.responsible_level])} for point in found.rows
    ]
    return rows, Pages(found)


def _dangers(reading: Reading) -> Built:
    """What is open at these points, and whatever is major or may be, wherever it lies."""
    rows = visible_dangers(reading.person, at=reading.world.seen_at, exercise_id=reading.world.exercise_id)
    grave = Q(risk_point__current_level__gte=rules.CONSIDERABLE) | Q(grade__in=("major", "candidate_major"))
    rows = rows.filter(grave, item__closed_at=None)
    if reading.asked.region:
        rows = rows.filter(item__region__code__startswith=prefix_of(reading.asked.region))
    if reading.asked.firm:
        rows = rows.filter(organisation=UUID(reading.asked.firm))
    for word in reading.asked.words.split():
        rows = rows.filter(Q(item__title__icontains=word) | Q(risk_point__name__icontains=word))
    page = _page(rows.select_related("risk_point", "item__region").order_by("item__due_at", "pk"), reading)
    return [{"danger": row, "url": url_of(row.item)} for row in page], page


def _targets(reading: Reading) -> Built:
    """What is to be reached: a point raised by dangers goes back to its assessed level, by the last of their dates."""
    raised = _cut(visible_points(reading.person, at=clock.real_now()).filter(open_dangers__gt=0), reading)
    rows = raised.select_related("enterprise__organisation", "region").defer("search")
    page = _page(rows.order_by("-current_level", "pk"), reading)
    due = _due(list(page), reading)
    return [{"point": point, "why": why_of(point), "due": due.get(point.pk)} for point in page], page


def _due(points: Sequence[RiskPoint], reading: Reading) -> dict[UUID, datetime]:
    """Point → the last date of its open dangers."""
    dangers = visible_dangers(reading.person, at=reading.world.seen_at, exercise_id=reading.world.exercise_id)
    found: dict[UUID, datetime] = {}
    for row in dangers.filter(risk_point__in=points, item__closed_at=None).select_related("item"):
        if row.risk_point_id and row.item.due_at:
            found[row.risk_point_id] = max(row.item.due_at, found.get(row.risk_point_id, row.item.due_at))
    return found


def _measures(reading: Reading) -> Built:
    points = visible_points(reading.person, at=clock.real_now()).filter(current_level__gte=rules.CONSIDERABLE)
    rows = Measure.objects.filter(point__in=_cut(points, reading).values("pk"), active=True)
    rows = rows.select_related("point__enterprise__organisation", "source")
    page = _page(rows.defer("point__search", "source__search").order_by("point", "kind", "pk"), reading)
    return [{"measure": row, "kind": _(rules.MEASURE_KINDS[row.kind])} for row in page], page


def _cut(rows: QuerySet[RiskPoint], reading: Reading) -> QuerySet[RiskPoint]:
    """Points by the region, the firm and the words that were asked for."""
    asked = reading.asked
    if asked.region:
        rows = rows.filter(region__code__startswith=prefix_of(asked.region))
    if asked.firm:
        rows = rows.filter(enterprise=UUID(asked.firm))
    for word in folded(asked.words).split():
        rows = rows.filter(words__contains=word)
    return rows


def _page(rows: QuerySet[Any], reading: Reading) -> Page[Any]:
    return Paginator(rows, ROWS).get_page(reading.page)


_BUILDERS = {
    "risk": _points, "responsibility": _points, "danger": _dangers, "target": _targets, "measure": _measures
}  # fmt: skip
