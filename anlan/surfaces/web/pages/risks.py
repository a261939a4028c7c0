"""Risks: the four-colour list and table, a point with its history, the five lists and the two lists."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.domains.dangers.queries import visible_dangers
from anlan.domains.enterprises.models import KeyPerson
from anlan.domains.enterprises.rules import sectors
from anlan.domains.risks import rules
from anlan.domains.risks.actions import declaring
from anlan.domains.risks.actions import levels as signing
from anlan.domains.risks.links import POINT
from anlan.domains.risks.models import WHY_ANEW, Level, Measure, Reassessment, RiskPoint
from anlan.domains.risks.queries import lists, sums
from anlan.domains.risks.queries.lists import Asked, Found
from anlan.domains.risks.queries.points import visible_points, why_of
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.search import COUNTED_TO
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty, scope_of
from anlan.kernel.places.models import Region
from anlan.kernel.sheets.models import Import
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.items import HERE, url_of
from anlan.surfaces.web.pages.records import ALSO, regions_of
from anlan.surfaces.web.people import author_of, people_only, person_of
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import World, world_of

NAMES = {4: "major", 3: "considerable", 2: "moderate", 1: "low", 0: ""}
OWN_SIGNERS = ("principal", "safety_manager")
SIGNERS = ("patroller", "street_safety_officer", "enforcement_officer", "safety_section", "safety_manager")
CAUSES = {
    "process": N_("The process changed"),
    "equipment": N_("Equipment changed"),
    "material": N_("Materials changed"),
    "accident": N_("There was an accident"),
    "major_danger": N_("A major danger was found"),
    "term": N_("It is time again"),
}
HISTORY = 40
HERE["risks"] = "risks"
ALSO["risks"] = (
    ("web:risks", N_("Risk points")),
    ("web:risk_sources", N_("Risk sources")),
    ("web:risk_colours", N_("Four colours")),
    ("web:risk_lists", N_("Five lists")),
    ("web:provisions", N_("Two lists")),
)


def reader(request: HttpRequest) -> Person:
    person = person_of(request)
    if person is None:
        raise Http404
    return person


@people_only
@require_GET
def risks(request: HttpRequest) -> HttpResponse:
    """The points of one's regions, the gravest first; words, region, section and colour cut them."""
    return _listed(request, "points")


@people_only
@require_GET
def risk_sources(request: HttpRequest) -> HttpResponse:
    """The same of the sources."""
    return _listed(request, "sources")


def _listed(request: HttpRequest, what: str) -> HttpResponse:
    person, at = reader(request), clock.real_now()
    asked = Asked.of(request.GET.dict())
    page = int(text) if (text := request.GET.get("page", "1")).isdigit() else 1
    found: Found = getattr(lists, what)(asked, person, at=at, page=page)
    query = asked.as_query()
    context = {
        "here": "risks", "what": what, "asked": asked, "found": found, "rows": found.rows, "total": _shown(found),
        "doors": _doors(found, query), "query": urlencode(query), "names": NAMES, "filters": _filters(person, request),
        "sheet": f"risks.{what}", "firm": person.organisation.kind == "enterprise", "csrf_filters": query,
        "may_declare": asked.firm or person.organisation.kind == "enterprise",
    }  # fmt: skip
    return render(request, "web/pages/risks.html", context)


def _doors(found: Found, query: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Level, how many (of one that was not counted to its end, as many as were), and the address of those rows."""
    levels = found.counts if query.get("level") else (*rules.LEVELS, rules.NOT_YET)
    return [
        (NAMES[level], _number(found, level), "?" + urlencode({**query, "level": str(level)}))
        for level in levels
        if level or found.counts.get(level)
    ]


def _number(found: Found, level: int) -> str:
    count = found.counts.get(level)
    if count is None:
        return "…"
    return f"{count - 1}+" if level == found.cut else str(count)


def _shown(found: Found) -> str:
    return f"{COUNTED_TO}+" if found.more else str(found.total)


def _filters(person: Person, request: HttpRequest) -> dict[str, Any]:
    regions: Sequence[Region] = regions_of(person, world_of(request))
    return {
        "regions": regions,
        "sections": sorted(sectors.sections().items()),
        "levels": [(str(level), _(rules.LABELS[level])) for level in rules.LEVELS],
    }


# ---- four colours ----
@people_only
@require_GET
def risk_colours(request: HttpRequest) -> HttpResponse:
    """How many points of each colour by street and section, and the two axes against each other."""
    person, now = reader(request), clock.real_now()
    prefixes = scope_of(person, at=now)
    firm = person.organisation_id if person.organisation.kind == "enterprise" else None
    cut = 12 if prefixes and all(len(prefix) >= 9 for prefix in prefixes) else 9
    found = sums.colours(prefixes, cut=cut, at=now, firm=firm)
    regions = {
        r.code[:cut]: r for r in Region.objects.filter(code__in=[c.ljust(12, "0") for c in found.streets])
    }
    context = {
        "here": "risks", "found": found, "names": NAMES, "levels": rules.LEVELS,
        "axes": [(worst, [(current, found.axes.get((current, worst), 0)) for current in (1, 2, 3, 4)])
                 for worst in rules.LEVELS],
        "streets": [_sum_row(regions.get(code), code.ljust(12, "0"), by) for code, by in sorted(found.streets.items())],
        "sections": [_sum_row(sectors.sections().get(code, _("no section")), code, by)
                     for code, by in sorted(found.sections.items())],
        "rates": [] if firm else _rates(found, prefixes, cut, now),
    }  # fmt: skip
    return render(request, "web/pages/risk_colours.html", context)


def _sum_row(row: Any, code: str, by: Mapping[int, int]) -> dict[str, Any]:
    return {
        "row": row,
        "code": code,
        "levels": [(level, by.get(level, 0)) for level in rules.LEVELS],
        "sum": sum(by.values()),
    }


def _rates(found: sums.Colours, prefixes: Sequence[str], cut: int, at: datetime) -> list[dict[str, Any]]:
    """Collection rate of each region that declared a base."""
    codes = (
        [code.ljust(12, "0") for code in found.streets] if cut == 9 else [p.ljust(12, "0") for p in prefixes]
    )
    whole = {prefix.ljust(12, "0"): found.total for prefix in prefixes} if len(prefixes) == 1 else {}
    counts = {code.ljust(12, "0"): sum(by.values()) for code, by in found.streets.items()} | whole
    rows = []
    for region in Region.objects.filter(code__in={*codes, *whole}).order_by("code"):
        base = sums.base_of(region=region.code, at=at)
        if base:
            rows.append(
                {"region": region, "points": counts[region.code], "base": base,
                 "rate": rules.collected(counts[region.code], base)}
            )  # fmt: skip
    return rows


# ---- one point ----
@people_only
@require_GET
def risk_point(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One point: its two axes, why it stands where it stands, sources, measures, open dangers, history."""
    return render(request, "web/pages/risk_point.html", _point_page(request, pk))


def point_for(person: Person, pk: UUID) -> RiskPoint:
    """A point in use that somebody may see; what is not yours is not there."""
    rows = visible_points(person, at=clock.real_now())
    point = (
        rows.select_related("enterprise__organisation", "region", "site")
        .defer("search")
        .filter(pk=pk)
        .first()
    )
    if point is None:
        raise Http404
    return point


def _point_page(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    person, world = reader(request), world_of(request)
    point, own = point_for(person, pk), person.organisation.kind == "enterprise"
    history = list(point.levels.select_related("source").order_by("-at", "-pk")[:HISTORY])
    # The archive is of the real world: what a change in it demands stands there, whatever is played.
    here = Q(item__exercise=None) | Q(item__exercise=world.exercise_id)
    anew = Reassessment.objects.filter(here, point=point, item__closed_at=None).select_related("item")
    open_anew = anew.order_by("item__due_at").first()
    return {
        "here": "risks", "point": point, "name": NAMES, "why": why_of(point),
        "kind": _word(rules.POINT_KINDS, point.kind),
        "section": sectors.sections().get(point.section, ""),
        "responsible": _word(rules.RESPONSIBLE, point.responsible_level),
        "method": _word(rules.METHODS, point.method),
        "sources": _sources(point), "measures": _measures(point), "dangers": _dangers(point, person, world),
        "history": _history(history, _files(point, person)),
        "signed_by": author_names([point.signed_by]).get(point.signed_by, ""),
        "methods": [(code, _(label)) for code, label in rules.METHODS.items()],
        "levels": [(str(level), _(rules.LABELS[level])) for level in rules.LEVELS],
        "factors": ("L", "E", "C", "M", "S"), "signs": _signs(person, point),
        "plate": f"{reverse('web:risk_plates')}?{urlencode({'firm': point.enterprise_id, 'q': point.number})}",
        "graph": "" if own else f"{reverse('web:knowledge')}?at={POINT}:{point.pk}",
        "writes": declaring.writes(person.pk, point.enterprise_id, region=point.region_id, at=clock.real_now()),
        "causes": [(code, _(CAUSES[code])) for code in WHY_ANEW],
        "anew": _anew(open_anew, world) if open_anew else None,
    }  # fmt: skip


def _anew(row: Reassessment, world: World) -> tuple[str, Reassessment, str]:
    """The demand that is open: its page (of the world that is looked at), the row, why."""
    there = url_of(row.item) if row.item.exercise_id == world.exercise_id else ""
    return there, row, _(CAUSES[row.cause])


def card_of(point: RiskPoint, person: Person, world: World) -> dict[str, Any]:
    """What the plate of a point opens for whom it concerns."""
    return {
        "point": point, "names": NAMES, "why": why_of(point), "sources": _sources(point),
        "measures": _measures(point), "responsible": _word(rules.RESPONSIBLE, point.responsible_level),
        "open": _dangers(point, person, world)[:8],
    }  # fmt: skip


def _word(words: Mapping[str, str], code: str) -> str:
    """The reader's word for a code, or nothing."""
    return _(words[code]) if code in words else ""


def _signs(person: Person, point: RiskPoint) -> bool:
    """Who may sign here: the firm's principal or safety manager, or an officer of the place."""
    own = KeyPerson.objects.filter(
        enterprise=point.enterprise_id, person=person, until=None, role__in=OWN_SIGNERS
    )
    return own.exists() or has_duty(
        person_id=person.pk, kinds=SIGNERS, region=point.region_id, at=clock.real_now()
    )


def _sources(point: RiskPoint) -> list[dict[str, Any]]:
    rows = (
        point.sources.filter(active=True)
        .defer("search")
        .order_by("-assessed_level", "-worst_case_level", "name")
    )
    return [
        {
            "row": row, "kind": _word(rules.HAZARD_KINDS, row.hazard_kind), "method": _word(rules.METHODS, row.method),
            "inputs": " × ".join(f"{name} {value:g}" for name, value in _numbers(row.inputs)),
            "accidents": row.accident_kinds.replace(",", "、"),
        }
        for row in rows
    ]  # fmt: skip


def _numbers(inputs: Mapping[str, Any]) -> list[tuple[str, float]]:
    return [(name, float(inputs[name])) for name in "LMECS" if name in inputs]


def _measures(point: RiskPoint) -> list[tuple[str, Measure]]:
    rows = point.measures.filter(active=True).select_related("source").order_by("kind", "text")
    return [(_(rules.MEASURE_KINDS[row.kind]), row) for row in rows]


def _dangers(point: RiskPoint, person: Person, world: World) -> list[tuple[Any, str]]:
    rows = visible_dangers(person, at=world.seen_at, exercise_id=world.exercise_id)
    rows = rows.filter(risk_point=point, item__closed_at=None)
    return [(row, url_of(row.item)) for row in rows[:50]]


def _files(point: RiskPoint, person: Person) -> dict[datetime, tuple[str, str]]:
    """When a spreadsheet wrote the point last → the file's name, and its page for those who may see it."""
    if point.act is None:
        return {}
    job = Import.objects.filter(act=point.act).select_related("file").first()
    if job is None:
        return {}
    mine = job.by == person.by or job.office == str(person.organisation_id)
    return {
        at: (job.file.name, reverse("web:sheet_import", args=[job.pk]) if mine else "")
        for at in _written(point)
    }


def _written(point: RiskPoint) -> list[datetime]:
    return list(point.levels.filter(cause="imported").order_by("-at").values_list("at", flat=True)[:1])


def _history(rows: Sequence[Level], files: Mapping[datetime, tuple[str, str]]) -> list[dict[str, Any]]:
    names = author_names(row.by for row in rows)
    causes = {
        "declared": _("Declared"), "assessed": _("Signed"), "dangers": _("Open dangers weighed"),
        "imported": _("Taken in from a spreadsheet"), rules.SOURCE_OFF: _("A source ended"), rules.ENDED: _("Ended"),
    }  # fmt: skip
    return [
        {
            "row": row, "cause": causes.get(row.cause, row.cause), "by": names.get(row.by, ""),
            "method": _word(rules.METHODS, row.method) if row.cause == "assessed" else "",
            "inputs": " × ".join(f"{name} {value:g}" for name, value in _numbers(row.inputs)),
            "file": files.get(row.at) if row.cause == "imported" else None,
            "worst": NAMES[row.worst_case_level], "assessed": NAMES[row.assessed_level],
            "current": NAMES[row.current_level],
        }
        for row in rows
    ]  # fmt: skip


@people_only
@require_POST
def risk_sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign the levels of a point, or of one of its sources."""
    point, posted = point_for(reader(request), pk), request.POST
    try:
        author = author_of(request)
        if not _signs(author, point):
            raise Http404
        said: dict[str, Any] = {
            "worst": _whole(posted.get("worst")), "assessed": _whole(posted.get("assessed")),
            "method": posted.get("method", ""), "why": posted.get("why", ""), "by": author.by, "at": clock.real_now(),
            "inputs": {f: posted[f"factor_{f}"] for f in "LECMS" if posted.get(f"factor_{f}", "").strip()},
        }  # fmt: skip
        source = posted.get("source", "")
        if source:
            chosen = next((row.pk for row in point.sources.all() if str(row.pk) == source), None)
            if chosen is None:
                raise Http404
            signing.sign_source(source_id=chosen, **said)
        else:
            signing.sign_point(point_id=point.pk, **said)
    except Refused as refusal:
        return again(request, "web/pages/risk_point.html", _point_page(request, pk), refusal)
    messages.success(request, _("Signed."))
    return redirect("web:risk_point", pk)


@people_only
@require_POST
def risk_anew(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the firm to assess a point anew."""
    point, world = point_for(reader(request), pk), world_of(request)
    try:
        author = author_of(request)
        if not _signs(author, point):
            raise Http404
        cause = request.POST.get("cause", "")
        signing.demand_reassessment(
            point_id=point.pk, cause=cause if cause in WHY_ANEW else "process", note=request.POST.get("note", ""),
            by=author.by, at=world.now, exercise_id=world.exercise_id,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/risk_point.html", _point_page(request, pk), refusal)
    messages.success(request, _("The firm is asked to assess this point anew."))
    return redirect("web:risk_point", pk)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0
