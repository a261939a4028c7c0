"""Whom to check: firms by class beside the plan, sending two officers while others are due there, lines of a plan."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.enforcement.actions import planning, together
from anlan.domains.enforcement.models import CheckPlan, PlanLine, Task
from anlan.domains.enforcement.queries import by_class, classes, plans
from anlan.domains.enforcement.queries import together as visiting
from anlan.domains.enforcement.queries.by_class import Asked, Listed
from anlan.domains.enforcement.rules import words
from anlan.domains.enterprises.public import may_see
from anlan.domains.enterprises.rules import sectors
from anlan.domains.enterprises.rules import words as firm_words
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Field
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import has_duty, scope_of
from anlan.kernel.places.models import Region
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages.enforcement_forms import DRAWERS, certified_near, who
from anlan.surfaces.web.pages.items import Shown, shown, url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import World

ROWS = 50
PLANNERS = ("safety_section", "bureau_chief")
CLASS_NAMES = {
    "A": N_("Class A"), "B": N_("Class B"), "C": N_("Class C"), "D": N_("Class D"), "": N_("No class signed"),
}  # fmt: skip
VIEWS = {
    "past": N_("Past their day"),
    "owed": N_("Owed a check this year"),
    "planned": N_("In the plan"),
    "key": N_("In the plan as key"),
    "lacking": N_("Owed a check, in no plan"),
    "checked": N_("Checked this year"),
    "together": N_("Others due there too"),
    "all": N_("All firms"),
}
ALSO["enforcement"] = (*ALSO.get("enforcement", ()), ("web:enforcement_due", N_("Firms due by class")))


# ---- firms by class ----------------
@people_only
@require_GET
def due(request: HttpRequest) -> HttpResponse:
    """Class by class: owed, planned, checked, past their day; each number opens to its firms."""
    person, world = who(request)
    scope = scope_of(person, at=world.seen_at)
    if not scope:
        raise Http404
    plan = _plan_asked(request)
    region = plan.item.region_id if plan is not None else scope[0].ljust(12, "0")
    asked = Asked(region, world.now, world.exercise_id, plan)
    view = request.GET.get("view", "past")
    view = view if view in VIEWS else "past"
    grade = request.GET.get("grade")
    context: dict[str, Any] = {
        "plan": plan, "base": f"?plan={plan.pk}&" if plan is not None else "?",
        "here": "registers", "views": [(code, _(label)) for code, label in VIEWS.items()], "view": view,
        "classes": [(line, _(CLASS_NAMES[line.grade])) for line in by_class.lines(asked)],
        "grade": grade, "grades": [(code or "none", _(label)) for code, label in CLASS_NAMES.items()],
        "query": "&".join(
            f"{name}={said}" for name, said in (("plan", plan and plan.pk), ("view", view), ("grade", grade)) if said
        ),
    }  # fmt: skip
    pages = Paginator(_viewed(asked, view, grade), ROWS).get_page(request.GET.get("page", "1"))
    others = visiting.others_of(
        [each.id for each in pages], region=region, at=world.now, exercise_id=world.exercise_id
    )
    names = dict(Region.objects.filter(code__in={each.region for each in pages}).values_list("code", "name"))
    context |= {
        "pages": pages,
        "rows": [
            {"firm": each, "region": names.get(each.region, ""), "label": _(CLASS_NAMES[each.grade]),
             "kind": _(words.LINE_KINDS[each.standing.kind]), "others": len(others.get(each.id, ()))}
            for each in pages
        ],
    }  # fmt: skip
    return render(request, "web/pages/enforcement_due.html", context)


def _plan_asked(request: HttpRequest) -> CheckPlan | None:
    """The plan that the firms are held against where the query names one; that of the year in force otherwise."""
    try:
        given = UUID(request.GET.get("plan", ""))
    except ValueError:
        return None
    plan: CheckPlan = shown(request, "enforcement", "plan", given).row
    return plan


def _viewed(asked: Asked, view: str, grade: str | None) -> Listed:
    """The firms of a view and a class, by what ran out first."""
    letter = {code or "none": code for code in CLASS_NAMES}.get(grade, "?") if grade else None
    if view != "together":
        return Listed(asked, view, grade=letter)
    several = visiting.several(region=asked.region, at=asked.at, exercise_id=asked.exercise_id)
    return Listed(asked, "all", grade=letter, among=several)


# ---- sending two officers ----------------
@people_only
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who else is due at a firm, and the two officers who go: together with the others, or alone and why."""
    person, world = who(request)
    firm = Organisation.objects.select_related("region").filter(pk=pk, active=True).first()
    if firm is None or not may_see(person, pk, at=world.seen_at):
        raise Http404
    if not has_duty(person_id=person.pk, kinds=DRAWERS, region=firm.region_id, at=world.seen_at):
        raise Http404
    line = _line(firm, world)
    context = _sending(request, person, world, firm, line)
    if request.method == "GET":
        return render(request, "web/pages/enforcement_send.html", context)
    try:
        item = together.send(
            organisation=firm, line=line, kind=request.POST.get("kind", ""),
            first_officer=request.POST.get("first_officer", ""), second_officer=request.POST.get("second_officer", ""),
            due_by=_moment(request), partners=request.POST.get("partners", ""),
            decision=request.POST.get("decision", ""), reason=request.POST.get("reason", ""),
            by=author_of(request).by, at=world.now, exercise_id=world.exercise_id,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/enforcement_send.html", context, refusal)
    messages.success(request, _("Two officers have it on their list."))
    return redirect(url_of(item))


def _visits(firm: Organisation, world: World) -> int:
    """How often anybody was at a firm this month."""
    street = f"{firm.region_id[:9]}000"
    return len(
        visiting.visits_this_month(firm.pk, region=street, at=world.now, exercise_id=world.exercise_id)
    )


def kind_name(code: str) -> str:
    """What a firm does, by its tag, or its sector by the code and name of GB/T 4754."""
    tags = dict(firm_words.TAGS)
    return _(tags[code]) if code in tags else f"{code} {sectors.name_of(code)}".strip()


DUE = Field("due_by", N_("To be checked by"), "datetime")


def _moment(request: HttpRequest) -> datetime:
    found: datetime = forms.values([DUE], request.POST)["due_by"]
    return found


def _line(firm: Organisation, world: World) -> PlanLine | None:
    return planning.open_line(firm.pk, at=world.now, exercise_id=world.exercise_id)


def _sending(
    request: HttpRequest, person: Person, world: World, firm: Organisation, line: PlanLine | None
) -> dict[str, Any]:
    others = together.others_before(firm, at=world.now, exercise_id=world.exercise_id)
    own = person.organisation.name
    found = classes.firms(region="", at=world.now, exercise_id=world.exercise_id, organisations=[firm.pk])
    asked = found[0] if found else None
    typed = request.POST
    usual = line.kind if line else asked.standing.kind if asked else "general"
    return {
        "here": "registers", "firm": firm, "line": line, "asked": asked,
        "label": _(CLASS_NAMES[asked.grade]) if asked else "",
        "why": [kind_name(code) for code in asked.standing.why[1:]] if asked else [],
        "others": [(_(each.label), visit) for each, visit in others],
        "visits": _visits(firm, world),
        "most": rulesets.value_of("enforcement.visits_a_month_most", region=firm.region_id, at=world.now),
        "officers": certified_near(person, world), "first": typed.get("first_officer") or str(person.pk),
        "second": typed.get("second_officer", ""), "kind": typed.get("kind") or usual,
        "kinds": [(code, _(label)) for code, label in words.CHECK_KINDS.items()],
        "partners": typed.get("partners", "") if typed else "、".join(
            dict.fromkeys(visit.who for _each, visit in others if visit.who and visit.who != own)
        ),
        "decision": typed.get("decision") or "joint", "typed": typed, "refusal": None,
    }  # fmt: skip


# ---- the lines of a plan ----------------
def _plan(request: HttpRequest, pk: UUID) -> tuple[Shown, CheckPlan, bool]:
    page = shown(request, "enforcement", "plan", pk)
    row: CheckPlan = page.row
    may = page.item.closed_at is None and has_duty(
        person_id=page.person.pk, kinds=PLANNERS, region=page.item.region_id, at=page.at
    )
    return page, row, may


@people_only
@require_http_methods(["GET", "POST"])
def lines(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The firms of a plan; the section takes one out with a reason."""
    page, row, may = _plan(request, pk)
    context = _lines(request, page, row, may)
    if request.method == "GET":
        return render(request, "web/pages/enforcement_lines.html", context)
    if not may:
        raise Http404
    try:
        line = _own_line(row, request.POST.get("line", ""))
        planning.drop_line(line=line, why=request.POST.get("why", ""), by=author_of(request).by, at=page.at)
    except Refused as refusal:
        return again(request, "web/pages/enforcement_lines.html", context, refusal)
    messages.success(request, _("{firm} left the plan.").format(firm=line.organisation.name))
    return redirect("web:enforcement_lines", pk=pk)


def _own_line(row: CheckPlan, given: str) -> PlanLine:
    try:
        found = row.lines.select_related("organisation", "plan__item").filter(pk=UUID(given)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _lines(request: HttpRequest, page: Shown, row: CheckPlan, may: bool) -> dict[str, Any]:
    asked = str(request.GET.get("q", "")).strip()
    rows = row.lines.filter(dropped_at=None).select_related("organisation", "region")
    if asked:
        rows = rows.filter(organisation__name__icontains=asked)
    pages = Paginator(rows.order_by("region", "organisation__name"), ROWS).get_page(
        request.GET.get("page", "1")
    )
    start, _end = classes.year_of(page.at.replace(year=row.year, month=7, day=1))
    done = plans.checked_firms(row, start=start, end=row.due_by, as_of=page.at)
    return {
        "here": "registers", "item": page.item, "row": row, "back": url_of(page.item), "pages": pages, "q": asked,
        "query": f"q={asked}" if asked else "", "may": may, "typed": request.POST, "refusal": None,
        "lines": [
            {"line": each, "kind": _(words.LINE_KINDS[each.kind]), "done": each.organisation_id in done}
            for each in pages
        ],
        "dropped": row.lines.exclude(dropped_at=None).select_related("organisation").order_by("-dropped_at")[:50],
    }  # fmt: skip


@people_only
@require_POST
def owed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put the firms into a plan that are owed a check by class and are not in it."""
    page, _row, may = _plan(request, pk)
    if not may:
        raise Http404
    try:
        many = planning.add_owed(item=page.item, by=author_of(request).by, at=page.at)
        messages.success(request, _("{n} firms came into the plan.").format(n=many))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(url_of(page.item))


# ---- what the pages of plan and task show of it ----------------
def plan_classes(row: CheckPlan, page: Shown) -> dict[str, Any]:
    """Planned against owed, class by class, of a plan."""
    found = by_class.lines(Asked(page.item.region_id, page.at, page.item.exercise_id, row))
    may = page.item.closed_at is None and has_duty(
        person_id=page.person.pk, kinds=PLANNERS, region=page.item.region_id, at=page.at
    )
    return {
        "classes": [(line, _(CLASS_NAMES[line.grade])) for line in found],
        "lacking": sum(line.lacking for line in found),
        "base": f"{reverse('web:enforcement_due')}?plan={row.pk}&",
        "may_add": may,
    }


def task_others(task: Task, item: WorkItem, at: datetime) -> dict[str, Any]:
    """What was decided about the others, or who is due there while nobody has decided."""
    decided = list(task.decisions.order_by("decided_at"))
    open_ones = [] if decided or item.closed_at else visiting.undecided(task, at=at)
    return {"decided": decided, "others": [(_(each.label), visit) for each, visit in open_ones]}
