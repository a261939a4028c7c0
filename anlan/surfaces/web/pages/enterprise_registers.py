"""The registers of the archive at the desk: what runs out, the chain of chemicals, files of installations."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.enterprises.actions.registers import end_line, write_line
from anlan.domains.enterprises.models import Enterprise, HazardUnit, Line
from anlan.domains.enterprises.queries import led, registers
from anlan.domains.enterprises.queries.archive import visible_to
from anlan.domains.enterprises.rules import registers as rules
from anlan.domains.enterprises.rules import words
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.kernel.domain.spec import Field
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.models import Region
from anlan.surfaces.web import forms, handed_in
from anlan.surfaces.web.pages.enterprise_forms import dates, opt
from anlan.surfaces.web.pages.enterprises import query_of, reader
from anlan.surfaces.web.pages.records import ALSO, regions_of
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import world_of

ROWS = 50
NO_ARCHIVE = reason("web.register_no_archive", N_("This firm has no archive yet. Take it in first."))
VIEWS = (
    ("", N_("All lines")),
    ("bad", N_("Needs attention")),
    ("late", N_("Run out")),
    ("soon", N_("Run out within 60 days")),
    ("ended", N_("Ended")),
)
ALSO["enterprises"] = (
    *ALSO["enterprises"],
    ("web:firm_registers", N_("Registers of the archive")),
    ("web:hazchem", N_("Chain of hazardous chemicals")),
    ("web:installations", N_("Major hazard installations")),
    ("web:principals_led", N_("Checks that principals led")),
)
DAYS = (opt("since", N_("Since"), "date"), opt("until", N_("Runs out on"), "date"))


def _warn(at: datetime) -> int:
    return int(rulesets.value_of("enterprises.register_warn_days", region=settings.ANLAN_REGION, at=at))


def _known(code: str) -> rules.Register:
    try:
        return rules.register_of(code)
    except Refused:
        raise Http404 from None


@people_only
@require_GET
def firm_registers(request: HttpRequest) -> HttpResponse:
    """Every register with its lines, what ran out and what runs out soon; the ponds against what may stand."""
    person, at = reader(request)
    counts = registers.counts_for(person, at=at, warn_days=_warn(at))
    rows = [
        {"code": each.code, "label": _(each.label), "n": 0, "late": 0, "soon": 0, **counts.get(each.code, {})}
        for each in rules.REGISTERS
    ]  # fmt: skip
    page = {
        "here": "enterprises",
        "rows": rows,
        "ponds": registers.ponds(region=settings.ANLAN_REGION, at=at),
    }
    return render(request, "web/pages/firm_registers.html", page)


def _fields(known: rules.Register) -> tuple[Field, ...]:
    facts = (
        Field(
            fact.name,
            fact.label,
            fact.kind,
            choices=fact.choices,
            required=fact.required and fact.kind != "flag",
        )
        for fact in known.facts
    )
    return (Field("number", known.number), *facts, *DAYS)


@people_only
@require_http_methods(["GET", "POST"])
def firm_register(request: HttpRequest, code: str) -> HttpResponse:
    """One register: its lines cut by region and words, and the form for a line more."""
    known = _known(code)
    person, at = reader(request)
    if request.method == "GET":
        return render(request, "web/pages/firm_register.html", _list(request, known, person, at))
    try:
        asked = (Field("firm", _("Firm"), "organisation"), *_fields(known))
        given = dates(asked, forms.values(asked, request.POST))
        firm = _firm(person, given.pop("firm").pk, at)
        _write(request, known, firm, given, at)
    except Refused as refusal:
        return again(request, "web/pages/firm_register.html", _list(request, known, person, at), refusal)
    messages.success(request, _("The line stands in the register."))
    return redirect("web:firm_register", code)


def _firm(person: Person, key: UUID, at: datetime) -> Enterprise:
    found = visible_to(person, at=at).filter(pk=key).first()
    if found is None:
        raise Refused(NO_ARCHIVE, field="firm")
    return found


def _write(
    request: HttpRequest, known: rules.Register, firm: Enterprise, given: Mapping[str, Any], at: datetime,
    unit: HazardUnit | None = None,
) -> Line:  # fmt: skip
    facts = dict(given)
    by = author_of(request).by
    kept = handed_in.one_kept(request, "file", by=by)
    line, _fresh = write_line(
        firm=firm, register=known.code, number=str(facts.pop("number", "")), since=facts.pop("since", None),
        until=facts.pop("until", None), facts=facts, unit=unit, file=kept, by=by, at=at,
    )  # fmt: skip
    return line


def _list(request: HttpRequest, known: rules.Register, person: Person, at: datetime) -> dict[str, Any]:
    view = request.GET.get("view", "")
    asked = {"region": request.GET.get("region", "")[:12], "words": request.GET.get("q", "").strip()[:60]}
    found = registers.lines_for(person, known, at=at, view=view, warn_days=_warn(at), **asked)
    pages = Paginator(found, ROWS).get_page(request.GET.get("page", "1"))
    return {
        "here": "enterprises", "register": known, "label": _(known.label), "asked": asked, "view": view,
        "views": [(c, _(label)) for c, label in VIEWS if c != "bad" or known.bad],
        "heads": [_(fact.label) for fact in known.facts], "number": _(known.number),
        "rows": [line_of(known, row, at) for row in pages], "pages": pages, "query": query_of(request),
        "regions": regions_of(person, world_of(request)), "sheet": f"enterprises.{known.code}",
        "csrf_filters": {"region": asked["region"], "q": asked["words"], "view": view},
        "fields": [] if known.by_unit else forms.inputs(
            (Field("firm", _("Firm"), "organisation"), *_fields(known)), request.POST
        ),
        "typed": request.POST, "refusal": None,
    }  # fmt: skip


def line_of(known: rules.Register, row: Line, at: datetime) -> dict[str, Any]:
    """A line in words, with what is wrong with it."""
    bad = set(rules.faults(known, row.facts))
    today = local_day(at)
    return {
        "row": row,
        "cells": [
            {"head": _(fact.label), "text": registers.said(fact, row.facts.get(fact.name, "")) or "—",
             "bad": fact.name in bad}
            for fact in known.facts
        ],
        "late": row.current and row.until is not None and row.until < today,
    }  # fmt: skip


@people_only
@require_POST
def line_end(request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
    """A line holds no longer."""
    known = _known(code)
    person, at = reader(request)
    row = registers.lines_for(person, known, at=at).filter(pk=pk).first()
    if row is None:
        raise Http404
    try:
        end_line(line=row, why=request.POST.get("why", ""), by=author_of(request).by, at=at)
        messages.success(request, _("Ended; the line itself stays."))
    except Refused as refusal:
        return again(request, "web/pages/firm_register.html", _list(request, known, person, at), refusal)
    return redirect("web:firm_register", code)


# ---- the chain of hazardous chemicals ----------------
@people_only
@require_GET
def hazchem(request: HttpRequest) -> HttpResponse:
    """危化品全链条: firms by link with the licences of every office, vehicles, installations; shared by all offices."""
    person, at = reader(request)
    region, link = request.GET.get("region", "")[:12], request.GET.get("link", "")
    every = registers.chain_of(person, at=at, region=region)
    today, labels = local_day(at), dict(rules.AUTHORITIES)
    rows = [
        {
            "firm": each.firm, "vehicles": each.vehicles, "grades": each.grades,
            "cells": [
                (_(label), [_licence(row, labels, today) for row in each.links.get(code, [])])
                for code, label in rules.LINKS
            ],
        }
        for each in every
        if not link or link in each.links
    ]  # fmt: skip
    page = {
        "here": "enterprises", "rows": rows[:ROWS * 4], "n": len(rows), "region": region, "link": link,
        "links": [(c, _(label), sum(1 for each in every if c in each.links)) for c, label in rules.LINKS],
        "regions": regions_of(person, world_of(request)), "vehicles": sum(each.vehicles for each in every),
    }  # fmt: skip
    return render(request, "web/pages/hazchem.html", page)


def _licence(row: Line, labels: Mapping[str, str], today: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "by": _(labels.get(row.facts.get("authority", ""), "")),
        "until": row.until,
        "late": row.until is not None and row.until < today,
    }


# ---- major hazard installations ----------------
@people_only
@require_GET
def installations(request: HttpRequest) -> HttpResponse:
    """Every installation with its level, what its file lacks, and systems that are not in use."""
    person, at = reader(request)
    units = list(registers.installations_for(person, at=at)[:200])
    papers = registers.papers_of([unit.pk for unit in units])
    bad = {line.unit_id for line in registers.lines_for(person, _known("safeguard"), at=at, view="bad")}
    rows = [
        {
            "unit": unit, "grade": _(words.label(words.HAZARD_GRADES, unit.grade)),
            "lacks": len(rules.papers_lacking(papers.get(unit.pk, {}))), "bad": unit.pk in bad,
        }
        for unit in units
    ]  # fmt: skip
    page = {"here": "enterprises", "rows": rows, "asked": len(rules.PAPERS) - 1}
    return render(request, "web/pages/installations.html", page)


def _unit(person: Person, pk: UUID, at: datetime) -> HazardUnit:
    found = registers.installations_for(person, at=at).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@people_only
@require_http_methods(["GET", "POST"])
def installation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """电子安全档案: one installation, its substances, systems, responsible persons and papers, and what lacks."""
    person, at = reader(request)
    unit = _unit(person, pk, at)
    if request.method == "GET":
        return render(request, "web/pages/installation.html", _file(request, unit, at))
    try:
        known = _known(request.POST.get("register", ""))
        if not known.by_unit:
            raise Http404
        given = dates(_fields(known), forms.values(_fields(known), request.POST))
        _write(request, known, unit.enterprise, given, at, unit)
    except Refused as refusal:
        return again(request, "web/pages/installation.html", _file(request, unit, at), refusal)
    messages.success(request, _("The line stands in the register."))
    return redirect("web:installation", pk)


def _file(request: HttpRequest, unit: HazardUnit, at: datetime) -> dict[str, Any]:
    papers = registers.papers_of([unit.pk]).get(unit.pk, {})
    lacking = set(rules.papers_lacking(papers))
    guarantors = unit.enterprise.key_people.filter(until=None, role__startswith="guarantor").select_related(
        "person"
    )
    sent = request.POST.get("register", "")
    return {
        "here": "enterprises", "unit": unit, "firm": unit.enterprise,
        "grade": _(words.label(words.HAZARD_GRADES, unit.grade)),
        "substances": unit.substances.filter(active=True).order_by("name"),
        "guarantors": [(_(words.label(words.ROLES, row.role)), row.person.name) for row in guarantors],
        "papers": [(_(label), papers.get(code, []), code in lacking) for code, label in rules.PAPERS],
        "there": len(rules.PAPERS) - 1 - len(lacking), "asked": len(rules.PAPERS) - 1,
        "safeguards": [line_of(_known("safeguard"), row, at) for row in registers.safeguards_of(unit.pk)],
        "asks": [
            (code, title, forms.inputs(_fields(_known(code)), request.POST if sent == code else {}), sent == code)
            for code, title in (("installation_paper", _("Add a paper")), ("safeguard", _("Write down a system")))
        ],
        "refusal": None,
    }  # fmt: skip


# ---- checks that principals led ----------------
@people_only
@require_GET
def principals_led(request: HttpRequest) -> HttpResponse:
    """主要负责人带队检查: this year by street, and the firms that are behind."""
    person, at = reader(request)
    start = timezone.localtime(at).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    lines = led.by_street(person, start=start, end=at, at=at)
    names = dict(Region.objects.filter(code__in=[line.street for line in lines]).values_list("code", "name"))
    page = {
        "here": "enterprises", "year": start.year,
        "rows": [(names.get(line.street, line.street), line) for line in lines],
        "owing": led.owing(person, year=start.year, at=at, most=100),
        "done": sum(line.done for line in lines), "led": sum(line.led for line in lines),
        "found": sum(line.found for line in lines),
    }  # fmt: skip
    return render(request, "web/pages/principals_led.html", page)
