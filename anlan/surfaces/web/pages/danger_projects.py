"""Schemes as projects, the draft of one, how early danger was seen, and what was found out by street."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anlan.domains.dangers import actions, rules
from anlan.domains.dangers.domain import SOURCES
from anlan.domains.dangers.loop import SCHEME
from anlan.domains.dangers.models import Scheme
from anlan.domains.dangers.queries import projects
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Field
from anlan.kernel.loop.queries import open_moves
from anlan.kernel.loop.spec import Move
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.models import Region
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages import items
from anlan.surfaces.web.pages.dangers import who
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import World

ROWS = 40
VIEWS = (("open", N_("Open")), ("late", N_("A stage is late")), ("done", N_("Done")), ("all", N_("All")))
ALSO["dangers"] = (
    ("web:danger_projects", N_("Projects: one danger, one scheme")),
    ("web:danger_early", N_("Seen early, told early, reported early")),
    ("web:crackdown", N_("Found out, by street")),
)
ASKED = (
    Field("cause", N_("Why it is there"), "long"),
    Field("policy", N_("What is done about it"), "long"),
    Field("responsible", N_("Person responsible")),
    Field("funds", N_("Money (yuan)"), "number", required=False),
    Field("stages", N_("Stages"), "long", help=N_("One a line: 2026-08-01 what is done, who")),
)


@people_only
@require_GET
def danger_projects(request: HttpRequest) -> HttpResponse:
    """项目化台账: the schemes with their stages; what is due first on top."""
    person, world = who(request)
    view = request.GET.get("view", "open")
    rows = projects.projects_for(person, at=world.seen_at, exercise_id=world.exercise_id, state=view)
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page", "1"))
    context = {
        "here": "dangers", "rows": [_line(row, world) for row in pages], "pages": pages, "view": view,
        "query": f"view={view}",
        "views": [
            (code, _(label), projects.projects_for(
                person, at=world.seen_at, exercise_id=world.exercise_id, state=code).count())
            for code, label in VIEWS
        ],
    }  # fmt: skip
    return render(request, "web/pages/danger_projects.html", context)


def _line(row: Scheme, world: World) -> dict[str, Any]:
    stages = list(row.stages.all())
    done = sum(1 for stage in stages if stage.reached_at is not None)
    return {
        "row": row, "item": row.item, "url": items.url_of(row.item), "done": done, "all": len(stages),
        "share": done / len(stages) if stages else 0, "state": _(SCHEME.states[row.item.state]),
        "next": next((stage for stage in stages if stage.reached_at is None), None),
        "late": row.item.closed_at is None and row.next_due < world.now,
    }  # fmt: skip


@people_only
@require_http_methods(["GET", "POST"])
def danger_scheme(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form by which the scheme of one danger is drafted."""
    page = items.shown(request, "dangers", "danger", pk)
    context: dict[str, Any] = {
        "here": "dangers", "item": page.item, "row": page.row, "back": items.url_of(page.item),
        "fields": forms.inputs(ASKED, request.POST), "typed": request.POST, "refusal": None,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/danger_scheme.html", context)
    try:
        facts = forms.values(ASKED, request.POST)
        made = actions.draft_scheme(item=page.item, by=author_of(request).by, at=page.at, **facts)
    except Refused as refusal:
        return again(request, "web/pages/danger_scheme.html", context, refusal)
    messages.success(request, _("Drafted: it waits for another hand."))
    return redirect(items.url_of(made))


def scheme_extra(page: items.Shown) -> Mapping[str, Any]:
    """The timetable and the way of one scheme."""
    stages = list(page.row.stages.all())
    left = any(stage.reached_at is None for stage in stages)
    return {
        # The whole is not offered while a stage is left.
        "moves": [
            items._offer(page, move)
            for move in open_moves(page.item, page.person, at=page.at)
            if not (move.name == "complete" and left)
        ],
        "stages": [
            {"row": stage, "late": stage.reached_at is None and stage.due_at < page.at,
             "after": stage.reached_at is not None and stage.reached_at > stage.due_at}
            for stage in stages
        ],
        "done": sum(1 for stage in stages if stage.reached_at is not None),
        "danger_url": items.url_of(page.row.danger.item),
    }  # fmt: skip


def scheme_choices(page: items.Shown, move: Move) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The next stage is the only one that can be reached."""
    if move.name != "reach":
        return {}
    left = page.row.stages.filter(reached_at=None).first()
    return {"place": [(str(left.place), f"{left.place}. {left.text}")] if left else []}


items.EXTRAS["dangers.scheme"] = scheme_extra
items.CHOICES["dangers.scheme"] = scheme_choices


# ---- early ----------------
def _days(request: HttpRequest, world: World) -> tuple[datetime, datetime]:
    """The span asked for, else this year so far; what makes no sense is this year."""
    now = timezone.localtime(world.now)
    first = _parsed(request.GET.get("from", "")) or now.replace(month=1, day=1).date()
    last = _parsed(request.GET.get("to", "")) or now.date()
    start = now.replace(
        year=first.year, month=first.month, day=first.day, hour=0, minute=0, second=0, microsecond=0
    )
    end = now.replace(
        year=last.year, month=last.month, day=last.day, hour=0, minute=0, second=0, microsecond=0
    )
    return start, end + timedelta(days=1)


def _parsed(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None


@people_only
@require_GET
def danger_early(request: HttpRequest) -> HttpResponse:
    """早发现早预警早报告: by source, and the minutes from found to told and from told to answered."""
    person, world = who(request)
    start, end = _days(request, world)
    minutes = rulesets.value_of(
        "dangers.candidate_answer_minutes", region=_widest(person, world), at=world.now
    )
    found = projects.early_of(
        person, start=start, end=end, at=world.seen_at, within=timedelta(minutes=int(minutes)),
        exercise_id=world.exercise_id,
    )  # fmt: skip
    most = max(found.by_source.values(), default=0)
    context = {
        "here": "dangers", "found": found, "first": start.date(), "last": (end - timedelta(days=1)).date(),
        "sources": [
            (_(label), found.by_source.get(code, 0), found.by_source.get(code, 0) / most if most else 0, code)
            for code, label in SOURCES
        ],
        "within": int(minutes),
    }  # fmt: skip
    return render(request, "web/pages/danger_early.html", context)


def _widest(person: Any, world: World) -> str:
    prefixes = scope_of(person, at=world.seen_at)
    return prefixes[0].ljust(12, "0") if prefixes else person.organisation.region_id


# ---- found out ----------------
@people_only
@require_GET
def crackdown(request: HttpRequest) -> HttpResponse:
    """打非: cases by street and act in a span, of one kind of goods or of all."""
    person, world = who(request)
    if person.organisation.kind == "enterprise":
        raise Http404
    start, end = _days(request, world)
    goods = request.GET.get("goods", "")
    lines = projects.unlawful_by_street(
        person, start=start, end=end, at=world.seen_at, goods=goods, exercise_id=world.exercise_id
    )
    names = dict(Region.objects.filter(code__in=[line["code"] for line in lines]).values_list("code", "name"))
    acts = tuple(rules.UNLAWFUL)
    context = {
        "here": "dangers", "goods": goods, "first": start.date(), "last": (end - timedelta(days=1)).date(),
        "kinds": [(code, _(label)) for code, label in rules.GOODS.items()],
        "acts": [_(label) for label in rules.UNLAWFUL.values()],
        "rows": [
            line | {"name": names.get(line["code"], line["code"]),
                    "cells": [line["acts"].get(act, 0) for act in acts]}
            for line in lines
        ],
        "total": {name: sum(line[name] for line in lines) for name in ("n", "persons", "handed")},
    }  # fmt: skip
    return render(request, "web/pages/crackdown.html", context)
