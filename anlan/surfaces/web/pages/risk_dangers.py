"""Between a danger and its risk point: a danger is reported at a point, and a danger is told its point."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anlan.domains.dangers import actions as dangers
from anlan.domains.dangers.domain import CATEGORIES
from anlan.domains.dangers.models import Danger
from anlan.domains.dangers.queries import visible_dangers
from anlan.domains.risks import rules
from anlan.domains.risks.models import RiskPoint
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Field
from anlan.kernel.loop.models import WorkItem
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages.enterprise_forms import opt
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.risks import point_for, reader
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import World, world_of

MOST = 300  # points of one firm to choose from
FIELDS: tuple[Field, ...] = (
    Field("description", N_("What is wrong"), "long"),
    Field("category", N_("Kind"), "choice", choices=CATEGORIES),
    opt("spot", N_("Where exactly")),
    opt("candidate_major", N_("May be major: ask the firm to stop now"), "flag"),
    opt("fixed", N_("Already put right (two photos)"), "flag"),
)


@people_only
@require_http_methods(["GET", "POST"])
def risk_danger(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Report a danger at a risk point: firm, site and place are the point's, and its level follows."""
    person, world = reader(request), world_of(request)
    point = point_for(person, pk)
    page = {
        "here": "risks", "label": _("Danger at {name}").format(name=point.name), "domain": "dangers", "slug": "danger",
        "fields": forms.inputs(FIELDS, request.POST), "typed": request.POST, "refusal": None,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/records/new.html", page)
    try:
        item = _report(request, point, world)
    except Refused as refusal:
        return again(request, "web/records/new.html", page, refusal)
    messages.success(request, _("Recorded: {title}.").format(title=item.title))
    return redirect(url_of(item))


def _report(request: HttpRequest, point: RiskPoint, world: World) -> WorkItem:
    author = author_of(request)
    facts = forms.values(FIELDS, request.POST)
    evidence = forms.evidence_of(request, by=author.by)
    return dangers.report_danger(
        region=point.region_id, risk_point=point.pk, evidence=evidence, by=author.by, at=world.now,
        happened_at=forms.happened_of(request.POST), exercise_id=world.exercise_id, **facts,
    )  # fmt: skip


@people_only
@require_http_methods(["GET", "POST"])
def danger_point(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say at which of the firm's risk points a danger lies."""
    person, world = reader(request), world_of(request)
    rows = visible_dangers(person, at=world.seen_at, exercise_id=world.exercise_id)
    danger = rows.select_related("item", "organisation", "risk_point").filter(pk=pk).first()
    if (
        danger is None
        or danger.organisation_id is None
        or not dangers.places(person.pk, danger, at=world.seen_at)
    ):
        raise Http404
    asked = (Field("risk_point", N_("Risk point"), "choice", choices=_points(danger)),)
    stands = {"risk_point": str(danger.risk_point_id or "")}
    page: dict[str, Any] = {
        "here": "dangers", "title": _("At which risk point it lies"), "danger": danger, "url": url_of(danger.item),
        "fields": forms.inputs(asked, request.POST or stands), "typed": request.POST, "refusal": None,
        "points": asked[0].choices, "firm": danger.organisation_id,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/danger_point.html", page)
    try:
        chosen = _chosen(forms.values(asked, request.POST)["risk_point"])
        dangers.place_at(item=danger.item, point_id=chosen, by=author_of(request).by, at=world.now)
    except Refused as refusal:
        return again(request, "web/pages/danger_point.html", page, refusal)
    messages.success(request, _("The level of the risk point follows."))
    return redirect(url_of(danger.item))


def _points(danger: Danger) -> tuple[tuple[str, str], ...]:
    """The firm's points in use, those of the danger's site first, the gravest first."""
    rows = RiskPoint.objects.filter(enterprise=danger.organisation_id, active=True)
    found = rows.order_by("-worst_case_level", "number").values_list(
        "pk", "name", "number", "site", "current_level"
    )
    ordered = sorted(found[:MOST], key=lambda row: row[3] != danger.site_id)
    return tuple(
        (str(pk), f"{name} · {number} · {_(rules.LABELS[level])}")
        for pk, name, number, _site, level in ordered
    )


def _chosen(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
