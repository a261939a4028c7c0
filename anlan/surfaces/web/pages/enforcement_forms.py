"""Enforcement on the spot: a check recorded with a telephone's width, what follows from it, and the draw."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anlan.domains.dangers.domain import CATEGORIES
from anlan.domains.dangers.public import campaigns_at
from anlan.domains.enforcement.actions import casework, checking, drawing, measures, penalising, spot
from anlan.domains.enforcement.actions.checking import Found
from anlan.domains.enforcement.actions.common import as_officers, day_of
from anlan.domains.enforcement.domain import PENALTY
from anlan.domains.enforcement.models import Check, Task
from anlan.domains.enforcement.queries.plans import officers_in
from anlan.domains.enforcement.queries.together import undecided
from anlan.domains.enforcement.rules import words
from anlan.domains.enforcement.rules.officers import Officer
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.uploads import PHOTOS
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Field
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import has_duty, scope_of
from anlan.surfaces.web import forms, handed_in
from anlan.surfaces.web.pages.items import shown, url_of
from anlan.surfaces.web.people import author_of, people_only, person_of
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import World, world_of

FINDINGS = 5
DRAWERS = ("safety_section", "bureau_chief", "enforcement_officer")


def who(request: HttpRequest) -> tuple[Person, World]:
    """Whoever sits here, none of a firm's people, and the world."""
    person = person_of(request)
    if person is None or person.organisation.kind == "enterprise":
        raise Http404
    return person, world_of(request)


def certified_near(person: Person, world: World) -> list[Officer]:
    """The certified officers of the regions a person answers for; one's own name first."""
    people = {one.pk: one for prefix in scope_of(person, at=world.seen_at)
              for one in officers_in(prefix.ljust(12, "0"), at=world.seen_at)}  # fmt: skip
    known = [each for each in as_officers(list(people.values()), on=day_of(world.now)) if each.certificate]
    return sorted(known, key=lambda each: (each.id != person.pk, each.name))


# ---- a check on the spot ----------------
@people_only
@require_http_methods(["GET", "POST"])
def check_new(request: HttpRequest) -> HttpResponse:
    """Firm, two officers, findings, result: the whole record of a visit on one page."""
    person, world = who(request)
    task = _task(request, person)
    context = _check_page(request, person, world, task)
    if request.method == "GET":
        return render(request, "web/pages/enforcement_check.html", context)
    try:
        item = _record(request, world, task)
    except Refused as refusal:
        return again(request, "web/pages/enforcement_check.html", context, refusal)
    messages.success(request, _("Recorded: {title}.").format(title=item.title))
    return redirect(url_of(item))


def _task(request: HttpRequest, person: Person) -> Task | None:
    given = request.POST.get("task") or request.GET.get("task", "")
    try:
        key = UUID(given)
    except ValueError:
        return None
    rows = Task.objects.select_related("item", "organisation").filter(pk=key, item__closed_at=None)
    return rows.filter(item__charge_person=person).first() or rows.filter(second_officer=person).first()


def _check_page(request: HttpRequest, person: Person, world: World, task: Task | None) -> dict[str, Any]:
    officers = certified_near(person, world)
    typed = request.POST
    region = next(iter(scope_of(person, at=world.seen_at)), "").ljust(12, "0")
    return {
        "here": "registers",
        "task": task,
        "key": typed.get("key") or new_id(),
        "officers": officers,
        "first": typed.get("first_officer") or (str(task.first_officer_id) if task else str(person.pk)),
        "second": typed.get("second_officer") or (str(task.second_officer_id) if task else ""),
        "kinds": [(code, _(label)) for code, label in words.CHECK_KINDS.items()],
        "kind": typed.get("kind") or (task.kind if task else "general"),
        "categories": [(code, _(label)) for code, label in CATEGORIES],
        "prevention": [(code, _(label)) for code, label in words.PREVENTION.items()],
        "signs": [(code, _(label)) for code, label in words.SIGNS.items()],
        "campaigns": campaigns_at(region, at=world.now, exercise_id=world.exercise_id),
        "others": [(_(each.label), visit) for each, visit in undecided(task, at=world.now)] if task else [],
        "firm": task.organisation if task else _firm(typed.get("organisation", "")),
        "findings": [_typed_finding(number, typed) for number in range(1, FINDINGS + 1)],
        "typed": typed,
    }


def _typed_finding(number: int, typed: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: typed.get(f"{name}-{number}", "") for name in ("finding", "category", "spot", "major")}
    return {"number": number, "photo": f"photo-{number}", **named}


def _firm(given: str) -> Organisation | None:
    try:
        return Organisation.objects.filter(pk=UUID(given), active=True).first()
    except ValueError:
        return None


def _record(request: HttpRequest, world: World, task: Task | None) -> WorkItem:
    author, typed = author_of(request), request.POST
    campaign = typed.get("campaign", "")
    return checking.record_check(
        organisation=task.organisation if task else _firm(typed.get("organisation", "")),
        first_officer=typed.get("first_officer", ""), second_officer=typed.get("second_officer", ""),
        kind=typed.get("kind", "general"), findings=_findings(request, author.by), order="order" in typed,
        happened_at=forms.happened_of(typed), task=task.item if task else None, key=_key(typed.get("key", "")),
        campaign=UUID(campaign) if campaign else None, experts=typed.get("experts", ""),
        partners=typed.get("partners", ""), prevention=typed.get("prevention", ""), sign_how=typed.get("sign_how", ""),
        witness=typed.get("witness", ""), alone_why=typed.get("alone_why", ""), note=typed.get("note", "").strip(),
        evidence=forms.evidence_of(request, by=author.by), by=author.by, at=world.now, exercise_id=world.exercise_id,
    )  # fmt: skip


def _key(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None


def _findings(request: HttpRequest, by: str) -> list[Found]:
    """The lines that say something; each with at most one photograph."""
    wanted = {f"photo-{number}": PHOTOS for number in range(1, FINDINGS + 1)}
    photos = handed_in.kept(request, wanted, by=by)
    found = []
    for number in range(1, FINDINGS + 1):
        text = request.POST.get(f"finding-{number}", "").strip()
        photo = tuple(Given("photo", file=kept) for kept in photos[f"photo-{number}"][:1])
        if not text and not photo:
            continue
        found.append(
            Found(
                text, request.POST.get(f"category-{number}") or "other", request.POST.get(f"spot-{number}", "").strip(),
                may_be_major=f"major-{number}" in request.POST, evidence=photo,
            )
        )  # fmt: skip
    return found


# ---- what follows from a check ----------------
OFFICERS = (
    Field("first_officer", N_("First officer"), "choice"),
    Field("second_officer", N_("Second officer"), "choice"),
)
CAUSE = Field("cause", N_("What was done wrong"))
FORMS: dict[str, tuple[str, tuple[Field, ...], Callable[..., WorkItem]]] = {
    "case": (N_("Open a case"), (CAUSE, *OFFICERS), casework.open_case),
    "spot": (
        N_("Spot penalty"),
        (
            CAUSE,
            Field("kind", N_("Kind of penalty"), "choice",
                  choices=tuple((code, words.PENALTY_KINDS[code]) for code in ("warning", "fine"))),
            *PENALTY[1:4],
            Field("discretion", N_("Reason for the amount"), required=False),
            Field("person", N_("Person, where no firm is penalised"), required=False),
            Field("person_amount", N_("Amount for the person, yuan"), "number", required=False),
            Field("paid_now", N_("Paid on the spot"), "flag", required=False),
            *OFFICERS,
        ),
        spot.penalise_on_spot,
    ),
    "measure": (
        N_("Compulsory measure"),
        (
            Field("kind", N_("Which measure"), "choice", choices=tuple(words.MEASURE_KINDS.items())),
            Field("what", N_("Place, machine or material")),
            Field("basis", N_("Basis"), required=False),
            Field("until", N_("Holds until"), "datetime", required=False),
            *OFFICERS,
        ),
        measures.impose,
    ),
}  # fmt: skip


@people_only
@require_http_methods(["GET", "POST"])
def from_check(request: HttpRequest, pk: UUID, what: str) -> HttpResponse:
    """A case, a spot penalty or a measure that arises from a check; its firm and officers stand there already."""
    page = shown(request, "enforcement", "check", pk)
    person, world = who(request)
    if what not in FORMS or not isinstance(page.row, Check):
        raise Http404
    label, fields, act = FORMS[what]
    asked = with_choices(
        fields, officers=certified_near(person, world), region=page.item.region_id, at=page.at
    )
    typed = request.POST or _usual(page.row)
    context = {
        "here": "registers", "item": page.item, "back": url_of(page.item), "label": _(label),
        "fields": forms.inputs(asked, typed), "typed": typed, "refusal": None,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/enforcement_from.html", context)
    try:
        facts = forms.values(asked, request.POST)
        made = act(check=page.item, by=author_of(request).by, at=page.at, happened_at=forms.happened_of(request.POST),
                   exercise_id=page.item.exercise_id, **facts)  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/enforcement_from.html", context, refusal)
    messages.success(request, _("Recorded: {title}.").format(title=made.title))
    return redirect(url_of(made))


def with_choices(fields: tuple[Field, ...], *, officers: list[Officer], region: str, at: Any) -> list[Field]:
    """The fields with the officers and the powers that are there to choose from."""
    people = tuple((f"person:{each.id}", f"{each.name} {each.certificate}") for each in officers)
    powers = power_choices(region, at)
    known = {"first_officer": people, "second_officer": people, "power": powers, "person_power": powers}
    return [Field(f.name, f.label, f.kind, known.get(f.name, f.choices), f.required, f.help) for f in fields]


def power_choices(region: str, at: Any) -> tuple[tuple[str, str], ...]:
    """The list of powers as choices: name, law and article."""
    rows = penalising.powers(region=region, at=at)
    return tuple([(row["code"], _power(row)) for row in rows])


def _power(row: Mapping[str, Any]) -> str:
    article = f" {row['article']}" if row["article"] else ""
    return f"{row['law']}{article} {row['name']}"


def _usual(row: Check) -> dict[str, str]:
    text = "；".join(finding.danger.description for finding in row.findings.select_related("danger"))
    return {
        "cause": text[:300],
        "first_officer": f"person:{row.first_officer_id}",
        "second_officer": f"person:{row.second_officer_id}",
    }


# ---- the draw ----------------
@people_only
@require_http_methods(["GET", "POST"])
def draw_new(request: HttpRequest) -> HttpResponse:
    """双随机: how many firms, by which seed; the lists are those of the plan and of the certificates."""
    person, world = who(request)
    scope = scope_of(person, at=world.seen_at)
    region = next(iter(scope), "").ljust(12, "0")
    if not scope or not has_duty(person_id=person.pk, kinds=DRAWERS, region=region, at=world.seen_at):
        raise Http404
    context = {
        "here": "registers", "typed": request.POST, "refusal": None, "region": region,
        "lines": len(drawing.candidates(region, at=world.now, exercise_id=world.exercise_id)),
        "officers": len(certified_near(person, world)),
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/enforcement_draw.html", context)
    try:
        item = drawing.draw_checks(
            region=region, count=request.POST.get("count", ""), seed=request.POST.get("seed", ""),
            partners=request.POST.get("partners", ""), by=author_of(request).by, at=world.now,
            exercise_id=world.exercise_id,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/enforcement_draw.html", context, refusal)
    messages.success(request, _("Drawn. Publish the result; whoever has the seed draws the same."))
    return redirect(url_of(item))
