"""Risk points by hand: forms of a point, its sources and measures, their ends; plates to print."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.enterprises.models import Enterprise, Site
from anlan.domains.enterprises.queries.archive import enterprise_for
from anlan.domains.risks import rules
from anlan.domains.risks.actions import declaring
from anlan.domains.risks.domain import FACTOR_FIELDS
from anlan.domains.risks.models import RiskPoint
from anlan.domains.risks.queries import lists
from anlan.domains.risks.queries.lists import Asked
from anlan.domains.risks.queries.plates import plate_of
from anlan.kernel.core import clock, rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Field
from anlan.kernel.orgs.models import Person
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages.enterprise_forms import opt
from anlan.surfaces.web.pages.enterprises import qr
from anlan.surfaces.web.pages.records import regions_of
from anlan.surfaces.web.pages.risks import point_for, reader
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import world_of

LEVELS = tuple((str(level), rules.LABELS[level]) for level in rules.LEVELS)
SOURCE: tuple[Field, ...] = (
    Field(
        "name", N_("Risk source"), help=N_("What can do harm there: wood dust, a pinch point, a full tank.")
    ),
    opt("hazard_kind", N_("Kind of source"), "choice", choices=tuple(rules.HAZARD_KINDS.items())),
    opt("accident_kinds", N_("Possible accidents"), help=N_("By their names, a comma between.")),
    Field("worst", N_("Worst-case level"), "choice", choices=LEVELS, help=N_("The worst credible outcome.")),
    Field("method", N_("Method"), "choice", choices=tuple(rules.METHODS.items())),
    *FACTOR_FIELDS,
    opt("assessed", N_("Assessed level (judged directly)"), "choice", choices=LEVELS),
    opt("why", N_("Why"), "long", help=N_("Needed where it is judged directly.")),
)


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a point: what it asks, and the call that writes it."""

    label: str
    fields: Callable[[RiskPoint], Sequence[Field]]
    act: Callable[[RiskPoint, dict[str, Any], str, datetime], Any]


def _point_fields(firm: UUID) -> tuple[Field, ...]:
    sites = Site.objects.filter(enterprise=firm, active=True).order_by("created_at")
    return (
        Field("name", N_("Risk point"), help=N_("Equipment, a spot, a place, or a kind of work.")),
        Field("kind", N_("Kind"), "choice", choices=tuple(rules.POINT_KINDS.items())),
        opt("site", N_("Site"), "choice", choices=tuple((str(row.pk), row.name) for row in sites)),
        opt("region", N_("Region"), "region"),
        opt("lon", N_("Longitude"), "number", help=N_("Left empty it is the site's.")),
        opt("lat", N_("Latitude"), "number"),
        opt("responsible", N_("Responsible post"), help=N_("Post or person of the firm that controls it.")),
    )


def _source_fields(point: RiskPoint) -> list[Field]:
    """The form of a source; beside each factor the values that the place's tables know."""
    at = clock.real_now()
    tables = {
        method: rulesets.value_of(f"risks.{method}", region=point.region_id, at=at)
        for method in rules.FACTORS
    }
    known = {
        f"factor_{factor}": " · ".join(
            f"{method.upper()} {' '.join(f'{value:g}' for value in table[factor])}"
            for method, table in tables.items()
            if factor in rules.FACTORS[method]
        )
        for factor in "LECMS"
    }
    return [replace(field, help=known.get(field.name, field.help)) for field in SOURCE]


def _measure_fields(point: RiskPoint) -> tuple[Field, ...]:
    sources = tuple((str(row.pk), row.name) for row in point.sources.filter(active=True).order_by("name"))
    return (
        Field("kind", N_("Kind of measure"), "choice", choices=tuple(rules.MEASURE_KINDS.items())),
        Field("text", N_("Measure"), "long"),
        opt(
            "source",
            N_("Against which source"),
            "choice",
            choices=sources,
            help=N_("Left empty: the whole point."),
        ),
    )


def _add_source(point: RiskPoint, facts: dict[str, Any], by: str, at: datetime) -> None:
    inputs = {
        name.removeprefix("factor_"): facts.pop(name)
        for name in [n for n in facts if n.startswith("factor_")]
    }
    worst, assessed = int(facts.pop("worst")), int(facts.pop("assessed", 0))
    declaring.add_source(
        point_id=point.pk, worst=worst, assessed=assessed, inputs=inputs, by=by, at=at, **facts
    )


def _add_measure(point: RiskPoint, facts: dict[str, Any], by: str, at: datetime) -> None:
    source = facts.pop("source", "")
    declaring.add_measure(
        point_id=point.pk, source_id=UUID(source) if source else None, by=by, at=at, **facts
    )


def _correct(point: RiskPoint, facts: dict[str, Any], by: str, at: datetime) -> None:
    declaring.change_point(point_id=point.pk, by=by, at=at, **({"responsible": ""} | facts))


FORMS = {
    "point": Form(N_("Correct the point"), lambda point: _point_fields(point.enterprise_id), _correct),
    "source": Form(N_("Add a risk source"), _source_fields, _add_source),
    "measure": Form(N_("Add a measure"), _measure_fields, _add_measure),
}  # fmt: skip
ENDS: dict[str, Callable[..., None]] = {
    "point": lambda point, row, **said: declaring.end_point(point_id=point, **said),
    "source": lambda point, row, **said: declaring.end_source(point_id=point, source_id=row, **said),
    "measure": lambda point, row, **said: declaring.end_measure(point_id=point, measure_id=row, **said),
}


def _mine(request: HttpRequest, pk: UUID) -> tuple[RiskPoint, Person]:
    """A point that its reader may write; what is not yours to write has no form."""
    person = reader(request)
    point = point_for(person, pk)
    if not declaring.writes(person.pk, point.enterprise_id, region=point.region_id, at=clock.real_now()):
        raise Http404
    return point, person


# ---- declare ----
@people_only
@require_http_methods(["GET", "POST"])
def risk_new(request: HttpRequest) -> HttpResponse:
    """A risk point of a firm; a firm's own people declare their own."""
    person, at = reader(request), clock.real_now()
    firm = _firm_asked(request, person, at)
    asked: tuple[Field, ...] = (
        *(() if firm else (Field("firm", N_("Firm"), "organisation"),)),
        *_point_fields(firm.pk if firm else person.organisation_id),
        opt(
            "number", N_("Number of the risk point"), help=N_("Left empty the next one of the firm is taken.")
        ),
    )
    page = _form_page(request, person, asked, _("Declare a risk point"), typed=request.POST) | {"firm": firm}
    if request.method == "GET":
        return render(request, "web/pages/risk_form.html", page)
    try:
        facts = forms.values(asked, request.POST)
        chosen = firm.pk if firm else facts.pop("firm").pk
        author = author_of(request)
        enterprise_for(author, chosen, at=at)
        point = declaring.declare_point(firm_id=chosen, by=author.by, at=at, **_sited(facts))
    except Refused as refusal:
        return again(request, "web/pages/risk_form.html", page, refusal)
    messages.success(request, _("Declared. Now say what can do harm there."))
    return redirect("web:risk_edit", point.pk, "source")


def _firm_asked(request: HttpRequest, person: Person, at: datetime) -> Enterprise | None:
    """The firm of the address; for a firm's own people always theirs."""
    given = (
        str(person.organisation_id)
        if person.organisation.kind == "enterprise"
        else request.GET.get("firm", "")
    )
    if not given:
        return None
    try:
        return enterprise_for(person, UUID(given), at=at)
    except (Refused, ValueError):
        raise Http404 from None


def _sited(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | ({"site": UUID(facts["site"])} if facts.get("site") else {})


def _form_page(
    request: HttpRequest, person: Person, asked: Sequence[Field], title: str, *, typed: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "here": "risks", "title": title, "fields": forms.inputs(asked, typed), "typed": request.POST, "refusal": None,
        "regions": regions_of(person, world_of(request)),
    }  # fmt: skip


# ---- correct, add, end ----
@people_only
@require_http_methods(["GET", "POST"])
def risk_edit(request: HttpRequest, pk: UUID, section: str) -> HttpResponse:
    """The form of a point's particulars, of a source, of a measure."""
    point, person = _mine(request, pk)
    form = FORMS.get(section)
    if form is None:
        raise Http404
    asked = form.fields(point)
    stands = _stands(point) if section == "point" else {}
    page = _form_page(request, person, asked, _(form.label), typed=request.POST or stands) | {
        "point": point,
        "section": section,
    }
    if request.method == "GET":
        return render(request, "web/pages/risk_form.html", page)
    try:
        form.act(point, _sited(forms.values(asked, request.POST)), author_of(request).by, clock.real_now())
    except Refused as refusal:
        return again(request, "web/pages/risk_form.html", page, _beside(refusal))
    messages.success(request, _("Recorded: {title}.").format(title=_(form.label)))
    return redirect(
        "web:risk_edit" if "more" in request.POST else "web:risk_point", *_back(request, pk, section)
    )


def _back(request: HttpRequest, pk: UUID, section: str) -> tuple[Any, ...]:
    return (pk, section) if "more" in request.POST else (pk,)


# What the rules call a value, and the input that asks for it.
INPUTS = {"worst_case_level": "worst", "assessed_level": "assessed", "reason": "why"} | {
    factor: f"factor_{factor}" for factor in "LMECS"
}


def _beside(refusal: Refused) -> Refused:
    """The refusal beside the input that it is about."""
    facts = dict(refusal.facts)
    return Refused(refusal.code, **facts | {"field": INPUTS.get(refusal.field, refusal.field)})


def _stands(point: RiskPoint) -> dict[str, str]:
    said = {
        "name": point.name, "kind": point.kind, "site": point.site_id, "region": point.region_id, "lon": point.lon,
        "lat": point.lat, "responsible": point.responsible,
    }  # fmt: skip
    return {name: "" if value is None else str(value) for name, value in said.items()}


@people_only
@require_POST
def risk_end(request: HttpRequest, pk: UUID, what: str, row: UUID) -> HttpResponse:
    """End a point, a source or a measure, with the reason; the rows stay with their history."""
    point, _person = _mine(request, pk)
    if what not in ENDS:
        raise Http404
    try:
        ENDS[what](
            point.pk, row, why=request.POST.get("why", ""), by=author_of(request).by, at=clock.real_now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("web:risk_point", pk)
    messages.success(request, _("Ended. Its history stays."))
    return redirect(*(("web:risks",) if what == "point" else ("web:risk_point", pk)))


# ---- plates ----
@people_only
@require_GET
def risk_plates(request: HttpRequest) -> HttpResponse:
    """Plates of risk points to print: a QR code a point, which opens its duty card."""
    person = reader(request)
    asked = Asked.of(request.GET.dict())
    page = int(text) if (text := request.GET.get("page", "1")).isdigit() else 1
    found = lists.points(asked, person, at=clock.real_now(), page=page)
    context = {
        "here": "risks", "found": found, "query": urlencode(asked.as_query()),
        "plates": [(row, qr(f"{settings.ANLAN_PUBLIC_URL}/p/{plate_of(row.pk)}/")) for row in found.rows],
    }  # fmt: skip
    return render(request, "web/pages/risk_plates.html", context)
