"""Reports: writing one, changing its words, saying why two scopes stand side by side."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anlan.domains.bulletins.actions import editing, making
from anlan.domains.bulletins.models import Drafting
from anlan.domains.bulletins.queries.earlier import beside_of
from anlan.domains.bulletins.queries.reports import may_write, owns
from anlan.domains.bulletins.rules import deciding
from anlan.domains.bulletins.rules.templates import ReportTemplate, templates
from anlan.domains.dangers.models import Campaign
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import region_in_scope
from anlan.surfaces.web.pages.bulletins import kind_name, page_of, report_for, writable
from anlan.surfaces.web.pages.responses import who
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import REFUSED_STATUS, again
from anlan.surfaces.web.spans import campaigns_of
from anlan.surfaces.web.times import local
from anlan.surfaces.web.worlds import World


@people_only
@require_http_methods(["GET", "POST"])
def report_new(request: HttpRequest) -> HttpResponse:
    """Choose kind and day, say what only a person can say; the numbers come by themselves."""
    person, world = who(request)
    said = request.POST if request.method == "POST" else request.GET
    page = _new_page(person, world, said.get("template", ""))
    if request.method == "GET":
        return render(request, "web/bulletins/new.html", page)
    try:
        made = _write(request, person, world, page["kind"])
    except Refused as refusal:
        return again(request, "web/bulletins/new.html", page, refusal)
    if isinstance(made, Drafting):
        return redirect("web:report_making", pk=made.pk)
    messages.success(request, _("Written. Read it through: every number opens to its rows."))
    return redirect("web:report", pk=made.pk)


def _new_page(person: Person, world: World, code: str) -> dict[str, Any]:
    writes = writable(person, world)
    if not any(one["code"] == code for one in writes):
        raise Http404
    kind = templates()[code]
    today = local(world.now).date()
    span = deciding.last_span(kind.span, today=today, cut=kind.cut)
    return {
        "here": "registers", "kind": kind, "name": kind_name(kind), "asks": kind.asks, "typed": {},
        "day": min(span.last, today), "first": "" if kind.by else today.replace(month=1, day=1),
        "since": kind.span == "since", "campaigns": list(campaigns_of(person, world)) if kind.by else [],
    }  # fmt: skip


def _write(request: HttpRequest, person: Person, world: World, kind: ReportTemplate) -> WorkItem | Drafting:
    region = region_in_scope(person, "", at=world.seen_at)
    day = _day(request, "day")
    campaign = _campaign(request, person, world) if kind.by else None
    return making.write(
        template=kind.code, region=region, day=day, first=_first(request, campaign) if kind.span == "since" else None,
        campaign=(campaign.pk, campaign.name) if campaign is not None else None,
        given={ask.name: request.POST.get(ask.name, "") for ask in kind.asks}, by=author_of(request).by, at=world.now,
        exercise_id=world.exercise_id,
    )  # fmt: skip


def _campaign(request: HttpRequest, person: Person, world: World) -> Campaign:
    """The campaign that was chosen, among those one may see."""
    try:
        pk = UUID(request.POST.get("campaign", ""))
    except ValueError:
        pk = None
    found = campaigns_of(person, world).filter(pk=pk).first() if pk else None
    if found is None:
        raise Refused(deciding.NO_CAMPAIGN, field="campaign")
    return found


def _first(request: HttpRequest, campaign: Campaign | None) -> date:
    """Since when: the day that was given, else the one on which the campaign began."""
    if campaign is not None and not request.POST.get("first", "").strip():
        return campaign.starts_on
    return _day(request, "first")


def _day(request: HttpRequest, name: str) -> date:
    try:
        day = parse_date(request.POST.get(name, "").strip())
    except ValueError:
        day = None
    if day is None or not 1990 < day.year < 2200:
        raise Refused(deciding.NO_DAY, field=name)
    return day


@people_only
@require_http_methods(["GET", "POST"])
def paragraph(request: HttpRequest, pk: UUID, paragraph: UUID) -> HttpResponse:
    """Change the words of a paragraph; a number that is not the counted one wants a reason."""
    row, person, world = report_for(request, pk)
    part = row.paragraphs.filter(pk=paragraph, kind="say").first()
    if part is None or not (may_write(person, row, at=world.seen_at) or owns(person, part, at=world.seen_at)):
        raise Http404
    held = beside_of(row)
    beside = held.words.get(part.key, "") if held is not None else ""
    page = {"here": "registers", "row": row, "part": part, "held": held, "beside": beside, "typed": {}}
    if request.method == "GET":
        return render(request, "web/bulletins/paragraph.html", page)
    try:
        found = editing.reword(
            paragraph=part, text=request.POST.get("text", ""), reason=request.POST.get("reason", ""),
            by=author_of(request).by, at=world.now,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/bulletins/paragraph.html", page, refusal)
    messages.success(
        request,
        _("Kept. Numbers typed by hand: {n}.").format(n=len(found.typed)) if found.typed else _("Kept."),
    )
    return redirect(f"{_page(row.pk)}#p{part.place}")


def _page(pk: UUID) -> str:
    return str(redirect("web:report", pk=pk).url)


@people_only
@require_POST
def explain(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say why two numbers may stand side by side."""
    row, person, world = report_for(request, pk)
    try:
        editing.explain(
            item=row.item, key=request.POST.get("key", ""), note=request.POST.get("note", ""),
            by=author_of(request).by, at=world.now,
        )  # fmt: skip
    except Refused as refusal:
        page = {**page_of(row, person, world), "refusal": refusal}
        return render(request, "web/bulletins/report.html", page, status=REFUSED_STATUS)
    messages.success(request, _("The note on scope is kept; the finding is silent for these values."))
    return redirect("web:report", pk=pk)
