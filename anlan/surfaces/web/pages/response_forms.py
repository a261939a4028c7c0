"""What people write into a response: a proposal to step, a street's return, a consultation."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anlan.domains.responses import queries
from anlan.domains.responses.actions.meetings import hold_consultation
from anlan.domains.responses.actions.proposing import propose
from anlan.domains.responses.actions.reporting import give_return, nil_return
from anlan.domains.responses.models import LEVELS, Response
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.places.models import Region
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.responses import in_english, names_of, response_for, who
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again

CORRECT = reason("web.correction_reason", N_("Give the reason for the correction."))
LEVEL = reason("web.choose_level", N_("Choose a level."))


@people_only
@require_http_methods(["GET", "POST"])
def propose_level(request: HttpRequest) -> HttpResponse:
    """Propose a start, a step or the end; somebody else approves it."""
    _person, world = who(request)
    running = queries.in_force(exercise_id=world.exercise_id)
    streets = Region.objects.filter(level="street").order_by("code")
    ending = request.GET.get("end") == "1"
    page = {"here": "responses", "levels": LEVELS, "streets": streets, "running": running, "ending": ending,
            "typed": request.POST, "picked": request.POST.getlist("streets"), "refusal": None}  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/propose_level.html", page)
    try:
        level = running.level if ending and running else request.POST.get("level", "")
        if level not in LEVELS:
            raise Refused(LEVEL, field="level")
        item = propose(
            level=level, streets=request.POST.getlist("streets"), because=request.POST.get("because", "").strip(),
            direction="end" if ending else "", by=author_of(request).by, at=world.now, exercise_id=world.exercise_id,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/propose_level.html", page, refusal)
    messages.success(request, _("Proposed. Somebody else approves it, by hand or by telephone."))
    return redirect(url_of(item))


@people_only
@require_http_methods(["GET", "POST"])
def street_return(request: HttpRequest, pk: UUID, street: str) -> HttpResponse:
    """One street's figures: now and in all."""
    person, world = who(request)
    row = response_for(person, world, pk)
    place = Region.objects.filter(pk=street).first()
    if place is None or street not in row.streets:
        raise Http404
    page = {"here": "responses", "row": row, "street": place, "typed": request.POST, "refusal": None,
            "groups": _figures(row, street, request), "silent": True}  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/return.html", page)
    try:
        give_return(
            response=row, street=street, figures=_given(row, request), by=author_of(request).by, at=world.now,
            happened_at=forms.happened_of(request.POST), correction=request.POST.get("correction", "").strip(),
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/return.html", page, refusal)
    messages.success(request, _("Return of {street} taken in.").format(street=place.name))
    return redirect("web:response", pk=pk)


@people_only
@require_POST
def nil(request: HttpRequest, pk: UUID, street: str) -> HttpResponse:
    """Nothing to report, in one tap."""
    person, world = who(request)
    row = response_for(person, world, pk)
    try:
        nil_return(response=row, street=street, by=author_of(request).by, at=world.now)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Nil return of {street} taken in.").format(street=names_of([street])))
    return redirect("web:response", pk=pk)


def _figures(row: Response, street: str, request: HttpRequest) -> list[tuple[str, list[dict[str, Any]]]]:
    """The figures to fill in by group, with the last return beside each."""
    fields = queries.return_fields(region=row.item.region_id, at=row.started_at + timedelta(seconds=1))
    last = queries.latest_returns(row).get(street)
    before = last.figures if last else {}
    english = in_english()
    grouped: dict[str, list[dict[str, Any]]] = {}
    for f in fields:
        known = before.get(f.code, {})
        grouped.setdefault(f.group_en if english else f.group, []).append({
            "field": f, "label": f.label_en if english else f.label,
            "unit": f.unit_en if english else f.unit, "last": known,
            "now": request.POST.get(f"{f.code}.now", ""), "cum": request.POST.get(f"{f.code}.cum", ""),
        })  # fmt: skip
    return list(grouped.items())


def _given(row: Response, request: HttpRequest) -> dict[str, dict[str, Any]]:
    fields = queries.return_fields(region=row.item.region_id, at=row.started_at + timedelta(seconds=1))
    return {
        f.code: {side: request.POST.get(f"{f.code}.{side}", "").strip() for side in ("now", "cum")}
        for f in fields
    }


@people_only
@require_http_methods(["GET", "POST"])
def consultation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down a consultation: who said what, the conclusion, decisions that become tasks."""
    person, world = who(request)
    row = response_for(person, world, pk)
    units = sorted(sheet.unit for sheet in row.sheets.all())
    page = {"here": "responses", "row": row, "units": units, "typed": request.POST, "refusal": None,
            "lines": range(3), "speakers": range(4)}  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/consultation.html", page)
    try:
        hold_consultation(
            response=row, said=_said(request), conclusion=request.POST.get("conclusion", "").strip(),
            decisions=_decisions(request), next_at=_next(request), by=author_of(request).by, at=world.now,
            exercise_id=world.exercise_id,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/consultation.html", page, refusal)
    messages.success(request, _("The consultation is written down; its decisions are tasks now."))
    return redirect("web:response", pk=pk)


def _said(request: HttpRequest) -> list[dict[str, str]]:
    pairs = zip(request.POST.getlist("who"), request.POST.getlist("said"), strict=False)
    return [{"who": name.strip(), "said": words.strip()} for name, words in pairs if words.strip()]


def _decisions(request: HttpRequest) -> list[dict[str, Any]]:
    rows = zip(
        request.POST.getlist("unit"),
        request.POST.getlist("action"),
        request.POST.getlist("due"),
        strict=False,
    )
    return [
        {"unit": unit, "action": action.strip(), "due_at": forms.moment(due, "due", _("Due"))}
        for unit, action, due in rows
        if action.strip()
    ]


def _next(request: HttpRequest) -> Any:
    raw = request.POST.get("next_at", "").strip()
    return forms.moment(raw, "next_at", _("Next consultation")) if raw else None
