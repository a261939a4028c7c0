"""Acts on a danger that are no step of its loop: papers, listing, order, more time; the quick form; the gate sheet."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.dangers import actions
from anlan.domains.dangers.domain import CATEGORIES
from anlan.domains.dangers.models import Danger
from anlan.domains.dangers.public import listed_dangers, open_at
from anlan.domains.dangers.queries import visible_campaigns
from anlan.domains.enterprises.public import may_see
from anlan.domains.enterprises.public import site as site_of
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.domain.spec import Field
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.papers.models import Paper
from anlan.kernel.papers.queries import bytes_of
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages import dangers, items, records
from anlan.surfaces.web.people import author_of, people_only, person_of
from anlan.surfaces.web.refusals import again

UNTIL = Field("until", "", "datetime")


def _act(request: HttpRequest, pk: UUID, act: Callable[[items.Shown, str], str]) -> HttpResponse:
    """Do something with a danger that one may see and go back to its page; a refusal is told there."""
    page = items.shown(request, "dangers", "danger", pk)
    try:
        messages.success(request, act(page, author_of(request).by))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(items.url_of(page.item))


@people_only
@require_POST
def issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Issue a paper about a danger: one tap, for an order with the second officer."""

    def act(page: items.Shown, by: str) -> str:
        paper = actions.issue_paper(
            items=[page.item], kind=request.POST.get("kind", ""), by=by, at=page.at,
            second_officer=request.POST.get("second_officer", ""), demand=request.POST.get("demand", "").strip(),
        )  # fmt: skip
        return _("Issued: {title} {number}").format(title=paper.title, number=paper.number)

    return _act(request, pk, act)


@people_only
@require_POST
def order(request: HttpRequest, pk: UUID) -> HttpResponse:
    """一线三排: harm, difficulty and spread as somebody sees them."""

    def act(page: items.Shown, by: str) -> str:
        looks = {name: int(request.POST.get(name, "0") or 0) for name in ("harm", "difficulty", "spread")}
        actions.rank(item=page.item, by=by, at=page.at, **looks)
        return _("The order is set.")

    return _act(request, pk, act)


@people_only
@require_http_methods(["GET", "POST"])
def put_on_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form by which a major danger is listed, and the listing."""
    page = items.shown(request, "dangers", "danger", pk)
    context: dict[str, Any] = {
        "here": "dangers", "item": page.item, "row": page.row, "back": items.url_of(page.item), "typed": request.POST,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/danger_list.html", context)
    try:
        term = request.POST.get("rectify_by", "").strip()
        entry = actions.list_danger(
            item=page.item, level=_level(request.POST.get("level", "")),
            document=request.POST.get("document", ""),
            decision=request.POST.get("decision", "").strip(), by=author_of(request).by, at=page.at,
            rectify_by=forms.moment(term, "rectify_by", _("To be put right by")) if term else None,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/danger_list.html", context, refusal)
    messages.success(request, _("Listed: {title}.").format(title=entry.title))
    return redirect(items.url_of(entry))


def _level(given: str) -> str:
    return given if given in ("street", "city") else "district"


@people_only
@require_http_methods(["GET", "POST"])
def more_time(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The firm asks for a later date."""
    page = items.shown(request, "dangers", "danger", pk)
    context: dict[str, Any] = {
        "here": "dangers", "item": page.item, "row": page.row, "back": items.url_of(page.item), "typed": request.POST,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/danger_time.html", context)
    try:
        until = forms.values((Field("until", _("New date"), "datetime"),), request.POST)["until"]
        why = forms.values((Field("why", _("Why"), "long"),), request.POST)["why"]
        actions.ask_more_time(item=page.item, until=until, why=why, by=author_of(request).by, at=page.at)
    except Refused as refusal:
        return again(request, "web/pages/danger_time.html", context, refusal)
    messages.success(request, _("Asked for. You are told when it is decided."))
    return redirect(items.url_of(page.item))


@people_only
@require_http_methods(["GET", "POST"])
def quick(request: HttpRequest) -> HttpResponse:
    """Put right on the spot: two photographs, a kind, one tap. Nothing else is asked for."""
    person, world = dangers.who(request)
    regions = records.regions_of(person, world)
    context: dict[str, Any] = {
        "here": "dangers", "categories": [(code, _(label)) for code, label in CATEGORIES], "regions": regions,
        "typed": request.POST, "region": _usual(regions, request),
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/danger_quick.html", context)
    try:
        item = _quick(request, world)
    except Refused as refusal:
        return again(request, "web/pages/danger_quick.html", context, refusal)
    messages.success(request, _("Recorded: {title}.").format(title=item.title))
    return HttpResponseRedirect(items.url_of(item))


def _usual(regions: list[Any], request: HttpRequest) -> str:
    """The region that is chosen already: what was typed, else the only community a patroller has, else the first."""
    communities = [region.code for region in regions if region.level == "community"]
    typed = request.POST.get("region", "")
    return typed or (communities[0] if communities else regions[0].code if regions else "")


def _quick(request: HttpRequest, world: Any) -> WorkItem:
    asked = (
        Field("category", _("Kind"), "choice", choices=CATEGORIES),
        Field("region", _("Region"), "region"),
        Field("description", _("What is wrong"), required=False),
        Field("organisation", _("Firm"), "organisation", required=False),
    )
    facts = forms.values(asked, request.POST)
    facts.setdefault("description", _(dict(CATEGORIES).get(facts["category"], facts["category"])))
    author = author_of(request)
    return actions.report_danger(
        by=author.by, at=world.now, exercise_id=world.exercise_id, fixed=True,
        evidence=forms.evidence_of(request, by=author.by), **facts,
    )  # fmt: skip


# ---- papers ----------------
@people_only
@require_GET
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A numbered paper, to those who may see what it is about."""
    person = person_of(request)
    found = Paper.objects.select_related("file").filter(pk=pk).first()
    if person is None or found is None:
        raise Http404
    seen = visible_items(person, at=clock.real_now())
    about = Danger.objects.filter(papers=found, item__in=seen).exists()
    campaigns = visible_campaigns(person, at=clock.real_now(), exercise_id=found.exercise_id)
    own = found.subject_type == "loop.item" and _is_seen(seen, found.subject_id)
    if not about and not own and not campaigns.filter(pk__in=_campaign_ids(found)).exists():
        raise Http404
    response = HttpResponse(bytes_of(found), content_type=found.file.media_type)
    response["Content-Disposition"] = "attachment; filename*=UTF-8''" + quote(found.file.name)
    response["Cache-Control"] = "private, no-store"
    return response


def _is_seen(seen: Any, key: str) -> bool:
    """Whether the item that a paper is about is one that the reader may see."""
    try:
        return bool(seen.filter(pk=UUID(key)).exists())
    except ValueError:
        return False


def _campaign_ids(found: Paper) -> list[UUID]:
    return [UUID(found.subject_id)] if found.kind == "dangers.month_bulletin" else []


# ---- the firm's own notice at its gate ----------------
@people_only
@require_GET
def gate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """企业事故隐患公示: the firm's own notice to its staff, to be printed, with the code of its door."""
    person, world = dangers.who(request)
    site = site_of(pk)
    if site is None or not may_see(person, site.enterprise_id, at=world.seen_at):
        raise Http404
    rows = open_at(site.pk, exercise_id=world.exercise_id)
    code = segno.make(f"{settings.ANLAN_PUBLIC_URL}/p/{site.plate}/", error="m")
    context = {
        "here": "dangers",
        "site": site,
        "rows": [dangers.line_of(row) for row in rows],
        "listed": listed_dangers(site.pk, exercise_id=world.exercise_id),
        "code": mark_safe(code.svg_inline(scale=4, omitsize=True)),  # noqa: S308 - drawn here
        "day": world.now,
    }
    return render(request, "web/pages/danger_gate.html", context)
