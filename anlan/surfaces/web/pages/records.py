"""The registers (台账): every record that a domain declares has its list and its form, from the declaration alone."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.domain import registry as domains
from anlan.kernel.domain.opening import check_opening, may_open
from anlan.kernel.domain.spec import Field, Record
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.models import Region
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages.items import HERE, cell, url_of
from anlan.surfaces.web.people import author_of, people_only, person_of
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import World, world_of

ROWS = 50
# Pages of a subject that are no list of its records: domain → (address, label), filled by the pages next door.
ALSO: dict[str, tuple[tuple[str, str], ...]] = {}
BUREAU: set[str] = set()  # domains whose pages are not for the people of an enterprise


@people_only
@require_GET
def registers(request: HttpRequest) -> HttpResponse:
    """Every register of this installation."""
    person = person_of(request)
    shut = BUREAU if person is None or person.organisation.kind == "enterprise" else set()
    rows = [
        {
            "domain": d,
            "label": _(d.label),
            "records": [{"record": r, "label": _(r.loop.label)} for r in d.records],
            "pages": [(name, _(label)) for name, label in ALSO.get(d.name, ()) if d.name not in shut],
        }
        for d in domains.all_domains()
        if d.records or d.name in ALSO
    ]
    return render(request, "web/pages/registers.html", {"here": "registers", "domains": rows})


def declared(domain: str, slug: str) -> Record:
    """The declared record, or a page that is not there."""
    try:
        return domains.record_of(domain, slug)
    except Refused:
        raise Http404 from None


@people_only
@require_GET
def record_list(request: HttpRequest, domain: str, record: str) -> HttpResponse:
    """One register: the rows a person may see, open ones first, those that run out first on top."""
    known = declared(domain, record)
    person, world = _who(request)
    rows = filtered(_visible(request, known), known, request.GET)
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page", "1"))
    context = {
        "here": HERE.get(domain, "registers"),
        "domain": domain,
        "slug": record,
        "known": known,
        "label": _(known.loop.label),
        "may_open": may_open(known, person, at=world.seen_at),
        "heads": [(_(c.label), c.numeric) for c in known.columns],
        "rows": [_line(row, known) for row in pages],
        "pages": pages,
        "states": [(code, _(label)) for code, label in known.loop.states.items()],
        "chosen": request.GET,
        "query": _query(request),
    }
    return render(request, "web/records/list.html", context)


def _visible(request: HttpRequest, known: Record) -> QuerySet[LoopRecord]:
    person, world = _who(request)
    items = visible_items(person, at=world.seen_at).filter(
        loop=known.loop.name, exercise_id=world.exercise_id
    )
    rows: QuerySet[LoopRecord] = known.model._default_manager.filter(item__in=items)
    return rows.select_related("item__region", "item__place", "item__charge_person").order_by(
        "item__closed_at", "item__due_at", "-item__opened_at"
    )


def _who(request: HttpRequest) -> tuple[Person, World]:
    person = person_of(request)
    if person is None:
        raise Http404
    return person, world_of(request)


def filtered(rows: QuerySet[LoopRecord], known: Record, asked: Mapping[str, Any]) -> QuerySet[LoopRecord]:
    """The rows that a list's filters let through: open or closed, state, words of the title."""
    if asked.get("state") in known.loop.states:
        rows = rows.filter(item__state=asked["state"])
    elif asked.get("open", "1") == "1":
        rows = rows.filter(item__closed_at=None)
    if words := str(asked.get("q", "")).strip():
        rows = rows.filter(item__title__icontains=words)
    return rows


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def _line(row: Any, known: Record) -> dict[str, Any]:
    item: WorkItem = row.item
    cells = [(_cell(row, c.path, known), c.numeric, _(c.label), _kind(c.path)) for c in known.columns]
    return {
        "item": item,
        "url": url_of(item),
        "cells": cells,
        "state": _(known.loop.states.get(item.state, item.state)),
    }


def _kind(path: str) -> str:
    return {"item.due_at": "clock", "item.state": "state", "item.title": "title"}.get(path, "text")


def _cell(row: Any, path: str, known: Record) -> str:
    if path == "item.state":
        return _(known.loop.states.get(row.item.state, row.item.state))
    return cell(row, path)


# ---- opening one by hand ----------------
@people_only
@require_http_methods(["GET", "POST"])
def record_new(request: HttpRequest, domain: str, record: str) -> HttpResponse:
    """The form by which a record is opened by hand, and the opening."""
    known = declared(domain, record)
    person, world = _who(request)
    if not may_open(known, person, at=world.seen_at):
        raise Http404
    context = _opening(known, domain, record, person, world, request)
    templates = [f"web/records/{domain}.{record}.new.html", "web/records/new.html"]
    template = templates[0] if (domain, record) in OWN_FORMS else templates[1]
    if request.method == "GET":
        return render(request, template, context)
    try:
        item = _open(request, known, person, world)
    except Refused as refusal:
        return again(request, template, context, refusal)
    messages.success(request, _("Recorded: {title}.").format(title=item.title))
    return HttpResponseRedirect(url_of(item))


OWN_FORMS: frozenset[tuple[str, str]] = frozenset()


def _opening(
    known: Record, domain: str, slug: str, person: Person, world: World, request: HttpRequest
) -> dict[str, Any]:
    return {
        "here": HERE.get(domain, "registers"),
        "label": _(known.loop.label),
        "domain": domain,
        "slug": slug,
        "fields": forms.inputs(_asked(known), request.POST),
        "regions": regions_of(person, world),
        "typed": request.POST,
        "refusal": None,
    }


def _asked(known: Record) -> tuple[Field, ...]:
    """The fields of the form: those declared, and the region where none of them is one."""
    if any(field.kind == "region" for field in known.opening):
        return known.opening
    return (*known.opening, Field("region", N_("Region"), "region"))


def regions_of(person: Person, world: World) -> list[Region]:
    """The streets and communities a person may report from; an enterprise's own one."""
    prefixes = scope_of(person, at=world.seen_at)
    found: list[Region] = []
    for prefix in prefixes:
        inside = Region.objects.filter(code__startswith=prefix, level__in=("county", "street", "community"))
        found += inside.order_by("code")[:400]
    return found or [person.organisation.region]


def _open(request: HttpRequest, known: Record, person: Person, world: World) -> WorkItem:
    author = author_of(request)
    facts = forms.values(_asked(known), request.POST)
    check_opening(known, person, region=str(facts.get("region", "")), at=world.seen_at)
    if known.opens is None:
        raise Http404
    given = {
        "happened_at": forms.happened_of(request.POST),
        "evidence": forms.evidence_of(request, by=author.by),
    }
    # An act that knows no late entry or no evidence is not handed an empty one.
    more = {name: value for name, value in given.items() if value}
    item: WorkItem = known.opens(by=author.by, at=world.now, exercise_id=world.exercise_id, **more, **facts)
    return item
