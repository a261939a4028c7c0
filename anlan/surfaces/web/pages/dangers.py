"""Hidden dangers: the list with what is late on top, cut by what one asks for; the ladder; those found again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.dangers.domain import CATEGORIES, SOURCES
from anlan.domains.dangers.loop import DANGER
from anlan.domains.dangers.models import Campaign, Danger
from anlan.domains.dangers.queries import repeat_offenders, visible_campaigns, visible_dangers
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import duty_names, scope_of
from anlan.kernel.places.models import Region
from anlan.surfaces.web.pages.danger_detail import GRADES
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.people import people_only, person_of
from anlan.surfaces.web.worlds import World, world_of

ROWS = 50
VIEWS = (
    ("open", N_("Open")),
    ("late", N_("Late")),
    ("major", N_("Major and candidates")),
    ("closed", N_("Closed")),
)
SORTS = (("due", N_("What runs out first")), ("order", N_("Gravest first")), ("new", N_("Newest first")))
LADDER = ("patroller", "street_safety_officer", "safety_section", "bureau_chief")


def who(request: HttpRequest) -> tuple[Person, World]:
    """The person at the screen and the world they look at."""
    person = person_of(request)
    if person is None:
        raise Http404
    return person, world_of(request)


@people_only
@require_GET
def dangers(request: HttpRequest) -> HttpResponse:
    """The dangers of one's regions: late ones first; numbers on top open the rows they count."""
    person, world = who(request)
    everything = visible_dangers(person, at=world.seen_at, exercise_id=world.exercise_id)
    view = request.GET.get("view", "open")
    asked = filtered(everything, request.GET)
    rows = _ordered(_cut(asked, view, world.now), request.GET.get("sort", ""), view)
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page", "1"))
    context = {
        "here": "dangers",
        "rows": [line_of(row) for row in pages],
        "pages": pages,
        "view": view,
        "views": [
            (code, _(label), _cut(asked, code, world.now).count())
            for code, label in VIEWS
            if code != "closed"
        ],
        "closed": view == "closed",
        "query": _query(request),
        "filters": _filters(request, person, world),
        "filtered": any(
            request.GET.get(name)
            for name in ("q", "grade", "category", "source", "campaign", "street", "sort")
        ),
        "firm": person.organisation.kind == "enterprise",
        "world": world,
    }
    return render(request, "web/pages/dangers.html", context)


def filtered(rows: QuerySet[Danger], asked: Mapping[str, Any]) -> QuerySet[Danger]:
    """The rows that the filters of the list let through; what is not asked for cuts nothing."""
    exact = {
        "grade": "grade",
        "source": "source",
        "category": "category",
        "campaign": "campaign__item__id",
    }
    for name, path in exact.items():
        value = str(asked.get(name, ""))
        if value and (name != "campaign" or _is_key(value)):
            rows = rows.filter(**{path: value})
    if street := str(asked.get("street", "")):
        rows = rows.filter(item__region__code__startswith=street[:9])
    if words := str(asked.get("q", "")).strip():
        rows = rows.filter(item__title__icontains=words)
    return rows


def _is_key(text: str) -> bool:
    return Campaign._meta.pk.to_python(text) is not None if len(text) == 36 else False


def _cut(rows: QuerySet[Danger], view: str, now: datetime) -> QuerySet[Danger]:
    if view == "closed":
        return rows.exclude(item__closed_at=None)
    rows = rows.filter(item__closed_at=None)
    if view == "late":
        return rows.filter(item__due_at__lt=now)
    return rows.exclude(grade="ordinary") if view == "major" else rows


def _ordered(rows: QuerySet[Danger], sort: str, view: str) -> QuerySet[Danger]:
    if sort == "order":
        return rows.order_by("-order", "item__due_at")
    if sort == "new" or view == "closed":
        return rows.order_by("-item__opened_at")
    return rows.order_by(F("item__due_at").asc(nulls_last=True), "-order")


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def _filters(request: HttpRequest, person: Person, world: World) -> list[dict[str, Any]]:
    """The selects of the list: name, label, choices, what is chosen."""
    campaigns = visible_campaigns(person, at=world.seen_at, exercise_id=world.exercise_id)
    given: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("grade", _("Grade of the danger"), [(code, _(label)) for code, label in GRADES.items()]),
        ("category", _("Kind"), [(code, _(label)) for code, label in CATEGORIES]),
        ("source", _("Source"), [(code, _(label)) for code, label in SOURCES]),
        ("campaign", _("Campaign"), [(str(row.pk), row.name) for row in campaigns]),
        ("street", _("Street"), streets_of(person, world)),
        ("sort", _("Sorted by"), [(code, _(label)) for code, label in SORTS]),
    ]
    return [
        {"name": name, "label": label, "choices": choices, "value": request.GET.get(name, "")}
        for name, label, choices in given
        if choices
    ]


def streets_of(person: Person, world: World) -> list[tuple[str, str]]:
    """The streets inside what a person answers for; none where there is but one."""
    found: list[tuple[str, str]] = []
    for prefix in scope_of(person, at=world.seen_at):
        rows = Region.objects.filter(code__startswith=prefix, level="street").order_by("code")
        found += list(rows.values_list("code", "name"))
    return found if len(found) > 1 else []


def line_of(row: Danger) -> dict[str, Any]:
    """A danger as a line of a list."""
    return {
        "row": row,
        "item": row.item,
        "url": url_of(row.item),
        "state": _(DANGER.states.get(row.item.state, row.item.state)),
        "category": _(dict(CATEGORIES).get(row.category, row.category)),
        "grade": _(GRADES.get(row.grade, row.grade)),
        "heavy": row.grade != "ordinary",
    }


@people_only
@require_GET
def late(request: HttpRequest) -> HttpResponse:
    """The ladder: what is late, by whom it has climbed to; each with its follow-up order."""
    person, world = who(request)
    rows = visible_dangers(person, at=world.seen_at, exercise_id=world.exercise_id)
    due = rows.filter(item__closed_at=None, item__due_at__lt=world.now).prefetch_related("papers")
    lines = list(due.order_by("item__due_at")[: 4 * ROWS])
    names = dict(zip(LADDER, duty_names(LADDER), strict=True))
    rungs = [
        {"label": names[code], "lines": [_late(row, world) for row in lines if _rung(row.item) == code]}
        for code in reversed(LADDER)
    ]
    waiting = [_late(row, world) for row in lines if _rung(row.item) == ""]
    rungs.append({"label": _("Not passed on yet"), "lines": waiting})
    return render(
        request,
        "web/pages/dangers_late.html",
        {"here": "dangers", "rungs": [r for r in rungs if r["lines"]], "n": len(lines)},
    )


def _rung(item: WorkItem) -> str:
    return item.escalated_to if item.escalated_to in LADDER else ""


def _late(row: Danger, world: World) -> dict[str, Any]:
    due = row.item.due_at or world.now
    return {**line_of(row), "days": (world.now - due).days, "papers": list(row.papers.all())}


@people_only
@require_GET
def again(request: HttpRequest) -> HttpResponse:
    """Firms with the same item found again within the span of the rule."""
    person, world = who(request)
    prefixes = scope_of(person, at=world.seen_at)
    if not prefixes:
        raise Http404
    rows = [
        {**row, "label": _(dict(CATEGORIES).get(row["matter"], row["matter"]))}
        for prefix in prefixes
        for row in repeat_offenders(region=prefix.ljust(12, "0"), at=world.now, exercise_id=world.exercise_id)
    ]
    return render(request, "web/pages/dangers_again.html", {"here": "dangers", "rows": rows[: 2 * ROWS]})
