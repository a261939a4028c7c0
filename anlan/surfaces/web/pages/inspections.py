"""督查: who goes to which street when; before one is planned the page shows who else is due there."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.assessments.actions import accounts
from anlan.domains.assessments.actions import inspections as actions
from anlan.domains.assessments.models import Finding, Inspection
from anlan.domains.assessments.queries import inspections as queries
from anlan.domains.assessments.rules.duties import OFFICE
from anlan.domains.assessments.rules.inspections import PLANNERS
from anlan.domains.workplan.queries.units import count_askings_with, units_of
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import has_duty
from anlan.surfaces.web.pages.asking import PARTS, burden_page, bureau_only, home_region, unit_of
from anlan.surfaces.web.pages.assessments import day
from anlan.surfaces.web.pages.items import EXTRAS, Shown, url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.times import local
from anlan.surfaces.web.worlds import World

MOST = 100


@people_only
@require_GET
def inspections(request: HttpRequest) -> HttpResponse:
    """Those ahead, unit by unit in the order of their days, and those that were held."""
    person, world = bureau_only(request)
    rows = queries.inspections_for(person, at=world.seen_at, exercise_id=world.exercise_id)
    ahead = list(rows.filter(item__state="planned").order_by("first", "unit_id", "pk")[:MOST])
    done = list(rows.exclude(item__state="planned").order_by("-last", "-pk")[:MOST])
    page = {
        "here": "registers", "ahead": [(row, url_of(row.item)) for row in ahead],
        "done": [(row, url_of(row.item)) for row in done], "plans": may_plan(person, world),
    }  # fmt: skip
    return render(request, "web/pages/inspections.html", page)


def may_plan(person: Person, world: World) -> bool:
    region = home_region(person, world)
    return has_duty(person_id=person.pk, kinds=PLANNERS, region=region, at=world.seen_at)


@people_only
@require_http_methods(["GET", "POST"])
def inspection_new(request: HttpRequest) -> HttpResponse:
    """Plan one: to whom, what is looked at, which days; who else is due there, and how often the unit was asked."""
    person, world = bureau_only(request)
    if not may_plan(person, world):
        raise Http404
    unit = unit_of(request.POST.get("unit") or request.GET.get("unit", ""))
    page = _form(request, person, world, unit)
    if request.method == "GET":
        return render(request, "web/pages/inspection_new.html", page)
    try:
        item = actions.plan_inspection(
            unit=unit, subject=request.POST.get("subject", ""), first=day(request, "first"), last=day(request, "last"),
            join=_key(request.POST.get("join", "")), alone_why=request.POST.get("alone_why", ""),
            by=author_of(request).by, at=world.now, exercise_id=world.exercise_id,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/inspection_new.html", page, refusal)
    messages.success(request, _("Planned; whoever plans another visit there will see it."))
    return redirect(url_of(item))


def _key(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None


def _form(request: HttpRequest, person: Person, world: World, unit: Organisation | None) -> dict[str, Any]:
    today = local(world.now).date()
    typed = request.POST or request.GET
    first, last = (_day_of(typed.get(name, ""), today + timedelta(days=7)) for name in ("first", "last"))
    others = [] if unit is None else queries.others(
        unit, first=first, last=max(first, last), at=world.now, exercise_id=world.exercise_id
    )  # fmt: skip
    return {
        "here": "registers", "units": units_of(home_region(person, world)), "typed": typed, "others": others,
        "first": f"{first:%F}", "last": f"{last:%F}", **burden_page(unit, world),
    }  # fmt: skip


def _day_of(given: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return otherwise


# ---- its page ----------------
def _inspection(page: Shown) -> Mapping[str, Any]:
    row: Inspection = page.row
    findings = Finding.objects.filter(inspection=row).select_related("item").order_by("item__opened_at")
    office = has_duty(person_id=page.person.pk, kinds=OFFICE, region=page.item.region_id, at=page.at)
    return {
        "joined": [
            (step.needs.get("office", ""), step.needs.get("subject", ""))
            for step in page.item.steps.filter(move="join").order_by("at")
        ],
        "findings": [(each, url_of(each.item)) for each in findings],
        "give": reverse("web:inspection_finding", args=[row.pk]) if office else "",
    }


@people_only
@require_POST
def inspection_finding(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give the unit what this inspection found; it says how it was mended, somebody looks back."""
    person, world = bureau_only(request)
    rows = queries.inspections_for(person, at=world.seen_at, exercise_id=world.exercise_id)
    row = get_object_or_404(rows, pk=pk)
    try:
        item = accounts.give_finding(
            unit=row.unit, words=request.POST.get("words", ""), kind="special", inspection=row,
            by=author_of(request).by, at=world.now, exercise_id=world.exercise_id,
        )  # fmt: skip
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(url_of(row.item))
    messages.success(request, _("Given to the unit."))
    return redirect(url_of(item))


def _visits(unit: Organisation, start: Any, end: Any, exercise_id: UUID | None) -> int:
    """Inspections that were at a unit: they cost it as much as a form."""
    return Inspection.objects.filter(
        unit=unit, item__state="held", item__exercise_id=exercise_id, item__closed_at__gt=start,
        item__closed_at__lte=end,
    ).count()  # fmt: skip


count_askings_with("inspection", _visits)
PARTS["inspection"] = N_("Inspections of a unit")
EXTRAS["assessments.inspection"] = _inspection
ALSO["assessments"] = (*ALSO.get("assessments", ()), ("web:inspections", N_("Inspections of units")))
