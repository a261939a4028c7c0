"""Any item of any loop: its page, the forms of its next steps, and the making of a step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import select_template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.domain import registry as domains
from anlan.kernel.domain.spec import Field, Record
from anlan.kernel.loop import actions as loop_actions
from anlan.kernel.loop import registry as loops
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.queries import item_for, open_moves, steps_of, telephone_moves
from anlan.kernel.loop.spec import CHARGED, OPENER, SYSTEM, Loop, Move
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import who_answers
from anlan.surfaces.web import forms
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.people import author_of, people_only, person_of
from anlan.surfaces.web.refusals import again

Extra = Callable[["Shown"], Mapping[str, Any]]
# What a subject's own detail page adds to the common one; filled by the pages next door.
EXTRAS: dict[str, Extra] = {}


@dataclass(frozen=True, slots=True)
class Shown:
    """An item on its page: the row, its loop, its declaration and who looks at it when."""

    item: WorkItem
    loop: Loop
    record: Record | None
    row: Any
    person: Person
    at: Any


# Choices of a move's facts that depend on the row: loop → (page, move) → name of the fact → value, label.
Choices = Callable[["Shown", Move], Mapping[str, Sequence[tuple[str, str]]]]
CHOICES: dict[str, Choices] = {}
# Moves of the kernel's own loops that do more than move: (loop, move) → act.
OWN_ACTS: dict[tuple[str, str], Callable[..., Step]] = {}


# Loops whose items have a page of their own, by its name; the steps of all stand under the common address.
PAGES: dict[str, str] = {}


def url_of(item: WorkItem, *, own: bool = False) -> str:
    """The page of an item; with `own` its common address, under which its steps are made."""
    if not own and item.loop in PAGES:
        return reverse(PAGES[item.loop], args=[item.pk])
    domain, _dot, slug = item.loop.partition(".")
    return reverse("web:record", args=[domain, slug, item.pk])


def shown(request: HttpRequest, domain: str, slug: str, pk: UUID) -> Shown:
    """Fetch and authorise; what is not yours is not there."""
    person = person_of(request)
    if person is None:
        raise Http404
    try:
        known = loops.registered(f"{domain}.{slug}")
        item = item_for(person, pk, at=clock.real_now())
    except Refused:
        raise Http404 from None
    if item.loop != known.loop.name:
        raise Http404
    at = clock.time_in(item.exercise)
    return Shown(item, known.loop, domains.record_for(item.loop), loops.record_of(item), person, at)


@people_only
@require_GET
def detail(request: HttpRequest, domain: str, record: str, pk: UUID) -> HttpResponse:
    """The page of one item: where it stands, the next step as the one big button, its way so far."""
    page = shown(request, domain, record, pk)
    return HttpResponse(select_template(_templates(page)).render(_context(page), request))


def _templates(page: Shown) -> list[str]:
    return [f"web/records/{page.loop.name}.html", "web/records/detail.html"]


def _context(page: Shown) -> dict[str, Any]:
    steps = list(steps_of(page.item))
    authors = author_names([s.by for s in steps] + [s.entered_by for s in steps])
    extra = EXTRAS.get(page.loop.name)
    return {
        "here": HERE.get(page.loop.name.partition(".")[0], "registers"),
        "page": page,
        "item": page.item,
        "row": page.row,
        "loop_label": _(page.loop.label),
        "state": _(page.loop.states.get(page.item.state, page.item.state)),
        "steps": [_step(step, page.loop, authors) for step in steps],
        "moves": [_offer(page, move) for move in open_moves(page.item, page.person, at=page.at)],
        "by_telephone": [_offer(page, move) for move in telephone_moves(page.item, page.person)],
        "facts": _facts(page),
        **(extra(page) if extra else {}),
    }


HERE = {
    "dangers": "dangers",
    "warnings": "callouts",
    "responses": "responses",
    "sensing": "stations",
    "loop": "home",
}


def _offer(page: Shown, move: Move) -> dict[str, Any]:
    domain, _dot, slug = page.item.loop.partition(".")
    asked = forms.asked_by(move, _fields(page, move), {}, page.row)
    return {
        "name": move.name,
        "label": _(move.label),
        "url": reverse("web:move", args=[domain, slug, page.item.pk, move.name]),
        "one_tap": asked.nothing,
    }


def _step(step: Step, loop: Loop, authors: Mapping[str, str]) -> dict[str, Any]:
    move = loop.move(step.move)
    return {
        "step": step,
        "label": _(move.label) if move else _("Opened"),
        "state": _(loop.states.get(step.target, step.target)),
        "by": authors.get(step.by, step.by),
        "entered_by": authors.get(step.entered_by, ""),
        "late": step.due_at is not None and step.happened_at > step.due_at,
        "photos": [e for e in step.evidence.all() if e.kind == "photo" and e.file_id],
        "texts": [e.text for e in step.evidence.all() if e.kind == "text"],
        # Photos and the place they were sent with doubt the same thing once.
        "doubts": [
            _(DOUBTS.get(f, f)) for f in dict.fromkeys(f for e in step.evidence.all() for f in e.flags)
        ],
    }


DOUBTS = {
    "reused_photo": N_("This photo was used before elsewhere"),
    "older_than_item": N_("The photo is older than the matter"),
    "far_away": N_("Taken far from the place"),
}


def _facts(page: Shown) -> list[tuple[str, str]]:
    """The declared columns of a record as name and value."""
    columns = page.record.columns if page.record else ()
    return [(_(c.label), cell(page.row, c.path)) for c in columns if c.path not in ON_TOP]


ON_TOP = ("item.title", "item.state", "item.due_at")  # stand above already, in words and as a clock


def cell(row: Any, path: str) -> str:
    """The text of a column: the path followed over the record, choices in words, nothing as a dash."""
    *way, last = path.split(".")
    for name in way:
        row = getattr(row, name, None)
    display = getattr(row, f"get_{last}_display", None)
    value = display() if callable(display) else getattr(row, last, None)
    if callable(value):
        value = value()
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%F %R}"
    return "—" if value in (None, "") else str(value)


def _fields(page: Shown, move: Move) -> Sequence[Field]:
    declared: Sequence[Field] = page.record.facts.get(move.name, ()) if page.record else ()
    known = {field.name for field in declared}
    if (choices := CHOICES.get(page.loop.name)) is not None:
        offered = choices(page, move)
        declared = [replace(f, choices=tuple(offered[f.name])) if f.name in offered else f for f in declared]
    # A fact that a loop needs and no form declares is asked for as text rather than not at all.
    return [*declared, *(Field(name, name) for name in move.needs if name not in known and name != "file")]


# ---- making a step ----------------
@people_only
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, domain: str, record: str, pk: UUID, move: str) -> HttpResponse:
    """The form of a move, and the making of it."""
    page = shown(request, domain, record, pk)
    declared = page.loop.move(move)
    if declared is None:
        raise Http404
    context = _form(page, declared, request)
    if request.method == "GET":
        return render(request, "web/records/move.html", context)
    try:
        step = _make(request, page, declared)
    except Refused as refusal:
        return again(request, "web/records/move.html", context, refusal)
    messages.success(request, _("Done: {move}. Now: {state}.").format(
        move=_(declared.label), state=_(page.loop.states[step.target])))  # fmt: skip
    return HttpResponseRedirect(request.POST.get("next_url") or url_of(page.item))


def _form(page: Shown, declared: Move, request: HttpRequest) -> dict[str, Any]:
    barred = declared not in open_moves(page.item, page.person, at=page.at)
    telephone = declared in telephone_moves(page.item, page.person)
    return {
        "here": HERE.get(page.loop.name.partition(".")[0], "registers"),
        "item": page.item,
        "row": page.row,
        "back": url_of(page.item),
        "move": {
            "name": declared.name,
            "label": _(declared.label),
            "target": _(page.loop.states[declared.target]),
        },
        "asked": forms.asked_by(declared, _fields(page, declared), request.POST, page.row),
        "leaders": _leaders(page, declared) if telephone else [],
        "only_by_telephone": barred and telephone,
        "typed": request.POST,
        "refusal": None,
    }


def _leaders(page: Shown, declared: Move) -> list[Person]:
    """Whose word on the telephone would count for this move, the person at the screen apart."""
    kinds = [word for word in declared.by if word not in (CHARGED, OPENER, SYSTEM)]
    ids = [
        a.person_id for kind in kinds for a in who_answers(duty=kind, where=page.item.region_id, at=page.at)
    ]
    people = Person.objects.in_bulk([i for i in ids if i != page.person.pk])
    return [people[i] for i in dict.fromkeys(ids) if i in people]


def _make(request: HttpRequest, page: Shown, declared: Move) -> Step:
    """Parse the form, then the one call: the domain's act for this move, else the kernel's door."""
    author = author_of(request)
    leader, note = forms.telephone_of(request.POST)
    facts = forms.values(_fields(page, declared), request.POST)
    facts.pop("happened_at", None)  # the common field of every form says it
    evidence = forms.evidence_of(request, by=author.by)
    if "file" in declared.needs:
        facts["file"] = next(
            (str(piece.file.pk) for piece in evidence if piece.kind == "file" and piece.file), ""
        )
    given: dict[str, Any] = {
        "item": page.item,
        "by": leader or author.by,
        "at": clock.time_in(page.item.exercise),
        "happened_at": forms.happened_of(request.POST),
        "evidence": evidence,
        "reason": request.POST.get("reason", "").strip(),
        "entered_by": author.by if leader else "",
        "telephone": note,
        **facts,
    }
    act = (
        page.record.acts.get(declared.name) if page.record else OWN_ACTS.get((page.loop.name, declared.name))
    )
    step: Step = act(**given) if act else loop_actions.move(name=declared.name, **given)
    return step
