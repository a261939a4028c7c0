"""Campaigns: what runs, how far each has come, its month bulletins; and the draws of second looks."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.dangers import actions
from anlan.domains.dangers.loop import CAMPAIGN, DISTRICT, SECOND_LOOK
from anlan.domains.dangers.models import Campaign, Draw, SecondLook
from anlan.domains.dangers.queries import progress_of, visible_campaigns
from anlan.domains.dangers.queries.campaigns import counts_of, month_of, total_of
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.loop.queries import open_moves, visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty, scope_of
from anlan.kernel.papers.queries import papers_about
from anlan.kernel.places.models import Region
from anlan.surfaces.web.pages.campaign_acts import parts_of
from anlan.surfaces.web.pages.campaign_rows import campaign_for
from anlan.surfaces.web.pages.dangers import who
from anlan.surfaces.web.pages.items import PAGES, url_of
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.worlds import World

FIGURES = (
    ("visits", N_("Visits")),
    ("enforcement_visits", N_("Enforcement visits")),
    ("found", N_("Found")),
    ("major", N_("Major among them")),
    ("rectified", N_("Rectified")),
    ("cases", N_("Cases opened")),
    ("fines", N_("Fines (yuan)")),
)
PAGES["dangers.campaign"] = "web:campaign"


@people_only
@require_GET
def campaigns(request: HttpRequest) -> HttpResponse:
    """The campaigns of one's regions and of those above: running ones first."""
    person, world = who(request)
    rows = visible_campaigns(person, at=world.seen_at, exercise_id=world.exercise_id)
    counts = counts_of(rows)
    lines = [
        {
            "row": row,
            "item": row.item,
            "url": reverse("web:campaign", args=[row.pk]),
            "state": _(CAMPAIGN.states[row.item.state]),
            "counts": counts.get(row.pk, {"found": 0, "rectified": 0}),
            "target": row.targets.get("found"),
            "share": _share(counts.get(row.pk, {}).get("found", 0), row.targets.get("found")),
        }
        for row in rows
    ]
    may_open = has_duty(person_id=person.pk, kinds=DISTRICT, region=_widest(person, world), at=world.seen_at)
    return render(
        request, "web/pages/campaigns.html", {"here": "dangers", "rows": lines, "may_open": may_open}
    )


def _share(done: int, wanted: Any) -> float | None:
    return min(done / wanted, 1.0) if wanted else None


def _widest(person: Person, world: World) -> str:
    prefixes = scope_of(person, at=world.seen_at)
    return prefixes[0].ljust(12, "0") if prefixes else person.organisation.region_id


@people_only
@require_GET
def campaign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One campaign: targets against rows, figures by street, bulletins."""
    row, person, world = campaign_for(request, pk)
    figures = progress_of(row, start=row.starts_at, end=min(row.ends_at, world.now))
    names = dict(Region.objects.filter(code__in=figures).values_list("code", "name"))
    total = total_of(figures)
    own = person.organisation.kind != "enterprise" and visible_items(person, at=world.seen_at)
    context = {
        "here": "dangers", "row": row, "item": row.item, "state": _(CAMPAIGN.states[row.item.state]),
        "heads": [_(label) for _name, label in FIGURES],
        "streets": [
            {"code": code, "name": names.get(code, code), "figures": [line[name] for name, _label in FIGURES]}
            for code, line in sorted(figures.items())
        ],
        "total": [total[name] for name, _label in FIGURES],
        "targets": _targets(row, total),
        "papers": list(papers_about("loop.item", row.pk)),
        "may_issue": has_duty(person_id=person.pk, kinds=DISTRICT, region=row.item.region_id, at=world.seen_at),
        "moves": [
            {"label": _(move.label), "url": reverse("web:move", args=["dangers", "campaign", row.pk, move.name])}
            for move in (open_moves(row.item, person, at=world.now) if own and own.filter(pk=row.pk).exists() else ())
        ],
        "month": world.now,
        **parts_of(row, person, world),
    }  # fmt: skip
    return render(request, "web/pages/campaign.html", context)


def _targets(row: Campaign, total: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": _(label), "done": total[name], "wanted": row.targets[name],
            "share": _share(total[name], row.targets[name]),
        }
        for name, label in FIGURES
        if row.targets.get(name)
    ]  # fmt: skip


@people_only
@require_POST
def bulletin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Issue the bulletin of the running month, or of the last one."""
    row, person, world = campaign_for(request, pk)
    if not has_duty(person_id=person.pk, kinds=DISTRICT, region=row.item.region_id, at=world.seen_at):
        raise Http404
    start, _end = month_of(world.now)
    month = start - timedelta(days=1) if request.POST.get("month") == "last" else world.now
    try:
        made = actions.issue_bulletin(item=row.item, month=month, by=author_of(request).by, at=world.now)
        messages.success(request, _("Issued: {title} {number}").format(title=made.title, number=made.number))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("web:campaign", pk)


# ---- second looks ----------------
@people_only
@require_http_methods(["GET", "POST"])
def second_looks(request: HttpRequest) -> HttpResponse:
    """Second looks that are due, and the draws with seed and list; the section draws the last month."""
    person, world = who(request)
    region = _widest(person, world)
    may_draw = has_duty(
        person_id=person.pk, kinds=(*DISTRICT, "street_safety_officer"), region=region, at=world.seen_at
    )
    start, end = _last_month(world.now)
    if request.method == "POST":
        if not may_draw:
            raise Http404
        _draw(request, region, start, end, world)
        return redirect("web:second_looks")
    seen = visible_items(person, at=world.seen_at)
    rows = SecondLook.objects.filter(item__in=seen, item__exercise_id=world.exercise_id)
    looks = rows.select_related("item__region", "danger__organisation").order_by(
        "item__closed_at", "look_from"
    )
    prefixes = scope_of(person, at=world.seen_at)
    draws = (
        Draw.objects.filter(exercise_id=world.exercise_id, region__startswith=prefixes[0]).order_by("-at")
        if prefixes
        else ()
    )
    context = {
        "here": "dangers",
        "looks": [
            {"row": row, "item": row.item, "url": url_of(row.item), "state": _(SECOND_LOOK.states[row.item.state])}
            for row in looks[:100]
        ],
        "draws": [{"row": draw, "of": len(draw.candidates), "n": draw.looks.count()} for draw in draws],
        "may_draw": may_draw, "start": start, "end": end - timedelta(days=1),
    }  # fmt: skip
    return render(request, "web/pages/second_looks.html", context)


def _last_month(now: datetime) -> tuple[datetime, datetime]:
    this, _after = month_of(now)
    return month_of(this - timedelta(days=1))


def _draw(request: HttpRequest, region: str, start: datetime, end: datetime, world: World) -> None:
    try:
        made = actions.draw_second_looks(
            region=region, start=start, end=end, seed=request.POST.get("seed", "").strip()[:64],
            by=author_of(request).by, at=world.now, exercise_id=world.exercise_id,
        )  # fmt: skip
        messages.success(
            request,
            _("Drawn: {n} of {of}.").format(n=made.looks.count(), of=len(made.candidates)),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
