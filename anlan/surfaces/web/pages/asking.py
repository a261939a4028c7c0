"""What is asked of units: the board, sending one out with the unit's burden in sight, meetings, funds."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anlan.domains.responses.models import Return
from anlan.domains.workplan import actions
from anlan.domains.workplan.models import Asked, Meeting
from anlan.domains.workplan.queries.asking import asked_for, meetings_for
from anlan.domains.workplan.queries.standing import committees_of, leaders_of
from anlan.domains.workplan.queries.units import burden_of, count_askings_with, units_of
from anlan.domains.workplan.rules import asking as rules
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop import registry as loops
from anlan.kernel.loop.queries import item_for, open_moves
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import has_duty, region_in_scope
from anlan.kernel.papers.queries import bytes_of
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages.items import EXTRAS, Shown, url_of
from anlan.surfaces.web.people import author_of, people_only, person_of
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.times import local
from anlan.surfaces.web.worlds import World, world_of

ROWS = 50
LINES = 6  # of decisions that the form of a meeting offers at once
KINDS = (rules.FOLLOW_UP, rules.INSTRUCTION, rules.ORDER, rules.ASSIGNMENT, rules.DECISION)
SENT = KINDS[:-1]  # a decision comes out of a meeting
ON_TIME = "workplan.follow_up_closed"


def bureau_only(request: HttpRequest) -> tuple[Person, World]:
    """A person of a unit: an enterprise is asked nothing here."""
    person = person_of(request)
    if person is None or person.organisation.kind == "enterprise":
        raise Http404
    return person, world_of(request)


def home_region(person: Person, world: World) -> str:
    """The widest region a person answers in, else that of the person's own unit."""
    try:
        return region_in_scope(person, "", at=world.seen_at)
    except Refused:
        return person.organisation.region_id


def may_send(kind: str, person: Person, world: World) -> bool:
    """Whether a person may send one of a kind to anybody."""
    return has_duty(
        person_id=person.pk, kinds=rules.ISSUERS[kind], region=home_region(person, world), at=world.seen_at
    )


def label_of(kind: str) -> str:
    return _(loops.registered(f"workplan.{kind}").loop.label)


# ---- the board ----------------
@people_only
@require_GET
def asked(request: HttpRequest) -> HttpResponse:
    """What is out: by kind, open first, what runs out first on top; chasing is one tap."""
    person, world = bureau_only(request)
    kind, late = request.GET.get("kind", ""), request.GET.get("late") == "1"
    seen = asked_for(person, at=world.seen_at, exercise_id=world.exercise_id)
    rows = seen.filter(kind=kind) if kind in KINDS else seen
    if request.GET.get("all") != "1":
        rows = rows.filter(item__closed_at=None)
    if late:
        rows = rows.filter(item__closed_at=None, item__due_at__lt=world.now)
    if words := request.GET.get("q", "").strip():
        rows = rows.filter(Q(text__icontains=words) | Q(organisation__name__icontains=words))
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page", "1"))
    query = request.GET.copy()
    query.pop("page", None)
    page = {
        "here": "registers",
        "kinds": [
            (code, label_of(code), seen.filter(kind=code, item__closed_at=None).count()) for code in KINDS
        ],
        "kind": kind,
        "send": [(code, label_of(code)) for code in SENT if may_send(code, person, world)],
        "rows": [_line(row, person, world) for row in pages],
        "pages": pages,
        "query": query.urlencode(),
        "chosen": request.GET,
        "open": seen.filter(item__closed_at=None).count(),
        "late": seen.filter(item__closed_at=None, item__due_at__lt=world.now).count(),
        "on_time": _on_time(person, world),
    }
    return render(request, "web/pages/asked.html", page)


def _line(row: Asked, person: Person, world: World) -> dict[str, Any]:
    moves = (
        {move.name for move in open_moves(row.item, person, at=world.now)}
        if row.item.closed_at is None
        else set()
    )
    chase = next((name for name in ("chase", "chase_receipt") if name in moves), "")
    domain, _dot, slug = row.item.loop.partition(".")
    return {
        "row": row,
        "item": row.item,
        "url": url_of(row.item),
        "label": label_of(row.kind),
        "state": _(loops.registered(row.item.loop).loop.states[row.item.state]),
        "chase": reverse("web:move", args=[domain, slug, row.item.pk, chase]) if chase else "",
    }


def _on_time(person: Person, world: World) -> dict[str, Any] | None:
    """Closed off on time this year, with the door to its rows."""
    region = home_region(person, world)
    start = local(world.now).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    read = indicator(
        code=ON_TIME, cut=Cut(region, world.exercise_id), period=Period(start, world.now), as_of=world.now
    )
    if read.value is None:
        return None
    url = f"{reverse('web:number', args=[ON_TIME])}?period=year&region={region}"
    return {"value": read.value, "base": read.base, "url": url}


# ---- sending one out ----------------
@people_only
@require_http_methods(["GET", "POST"])
def asked_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask something of a unit. Before it goes out, the page says how often the unit was asked this week."""
    person, world = bureau_only(request)
    if kind not in SENT or not may_send(kind, person, world):
        raise Http404
    page = _form(request, kind, person, world)
    if request.method == "GET":
        return render(request, "web/pages/asked_new.html", page)
    try:
        author = author_of(request)
        item = actions.ask(
            kind=kind, by=author.by, at=world.now, exercise_id=world.exercise_id,
            evidence=forms.evidence_of(request, by=author.by), **_given(request.POST),
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/asked_new.html", page, refusal)
    messages.success(request, _("Sent out; the unit has been told."))
    return redirect(url_of(item))


def _form(request: HttpRequest, kind: str, person: Person, world: World) -> dict[str, Any]:
    region = home_region(person, world)
    hours = 2 if kind == rules.ORDER else 7 * 24
    unit = unit_of(request.POST.get("unit") or request.GET.get("unit", ""))
    return {
        "here": "registers",
        "kind": kind,
        "label": label_of(kind),
        "numbered": kind in rules.NUMBERED,
        "needs_leader": kind == rules.INSTRUCTION,
        "units": units_of(region),
        "leaders": leaders_of(region, at=world.seen_at) if kind == rules.INSTRUCTION else [],
        "due": f"{local(world.now + timedelta(hours=hours)):%Y-%m-%dT%H:00}",
        "typed": request.POST,
        "helping": request.POST.getlist("supporter"),
        "about": {name: request.GET.get(name, "") for name in ("text", "source")},
        **burden_page(unit, world),
    }


def _given(posted: Any) -> dict[str, Any]:
    leader = posted.get("leader", "")
    return {
        "unit": unit_of(posted.get("unit", "")),
        "supporters": [found for key in posted.getlist("supporter") if (found := unit_of(key))],
        "text": posted.get("text", ""),
        "wanted": posted.get("wanted", ""),
        "source": posted.get("source", ""),
        "leader": person_by(leader),
        "due_at": forms.moment(posted.get("due_at", ""), "due_at", _("Due")),
        "why_more": posted.get("why_more", ""),
    }


def unit_of(key: str) -> Organisation | None:
    try:
        return Organisation.objects.filter(pk=UUID(key), active=True).first()
    except ValueError:
        return None


def person_by(key: str) -> Person | None:
    try:
        return Person.objects.filter(pk=UUID(key), active=True).first()
    except ValueError:
        return None


def burden_page(unit: Organisation | None, world: World) -> dict[str, Any]:
    """How often a unit was asked in the last seven days, by what, against the limit."""
    if unit is None:
        return {"unit": None}
    burden = burden_of(unit, at=world.now, exercise_id=world.exercise_id)
    parts = [(_part(name), count) for name, count in burden.parts.items()]
    return {
        "unit": unit,
        "burden": burden,
        "parts": parts,
        "fills": min(burden.count / max(burden.limit, 1), 1),
    }


PARTS = {"notice": N_("Notices"), "return": N_("Situation returns")}


def _part(name: str) -> str:
    if name in PARTS:
        return _(PARTS[name])
    return _(loops.registered(name).loop.label) if name in loops.names() else name


@people_only
@require_GET
def unit_burden(request: HttpRequest) -> HttpResponse:
    """The meter alone, for the form in which a unit was chosen."""
    _person, world = bureau_only(request)
    key = request.GET.get("unit") or request.GET.get("lead", "")
    return render(request, "web/parts/burden.html", burden_page(unit_of(key), world))


def _returns(unit: Organisation, start: datetime, end: datetime, exercise_id: UUID | None) -> int:
    """Situation returns that a street was asked for, by those it gave."""
    if unit.kind != "street":
        return 0
    rows = Return.objects.filter(
        street_id=unit.region_id, happened_at__gt=start, happened_at__lte=end, correction=""
    )
    return rows.filter(response__item__exercise_id=exercise_id).count()


count_askings_with("return", _returns)


# ---- its page ----------------
def _asked_extra(page: Shown) -> Mapping[str, Any]:
    row: Asked = page.row
    return {
        "number": row.paper.number if row.paper else "",
        "paper_url": reverse("web:asked_paper", args=[page.item.pk]) if row.paper else "",
        "helpers": list(row.supporters.all()),
        "meeting_url": reverse("web:meeting", args=[row.meeting_id]) if row.meeting_id else "",
        "answers": [
            step.needs.get("said", "") for step in page.item.steps.filter(move="answer").order_by("at")
        ],
    }


for _kind in KINDS:
    EXTRAS[f"workplan.{_kind}"] = _asked_extra


@people_only
@require_GET
def asked_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The numbered sheet, to whoever may see what it asks."""
    person, world = bureau_only(request)
    try:
        item = item_for(person, pk, at=world.seen_at)
    except Refused:
        raise Http404 from None
    row = Asked.objects.select_related("paper__file").filter(pk=item.pk).first()
    if row is None or row.paper is None:
        raise Http404
    response = HttpResponse(bytes_of(row.paper), content_type=row.paper.file.media_type)
    response["Content-Disposition"] = "attachment; filename*=UTF-8''" + quote(row.paper.file.name)
    response["Cache-Control"] = "private, no-store"
    return response


# ---- meetings ----------------
@people_only
@require_GET
def meetings(request: HttpRequest) -> HttpResponse:
    """Meetings with what came of them."""
    person, world = bureau_only(request)
    rows = meetings_for(person, at=world.seen_at, exercise_id=world.exercise_id)
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page", "1"))
    page = {
        "here": "registers",
        "rows": [(row, _(rules.MEETINGS[row.kind])) for row in pages],
        "pages": pages,
        "query": "",
        "may": may_send(rules.DECISION, person, world),
    }
    return render(request, "web/pages/meetings.html", page)


@people_only
@require_http_methods(["GET", "POST"])
def meeting_new(request: HttpRequest) -> HttpResponse:
    """Write a meeting down; each line that is filled in goes to its unit."""
    person, world = bureau_only(request)
    if not may_send(rules.DECISION, person, world):
        raise Http404
    region = home_region(person, world)
    page = {
        "here": "registers",
        "kinds": [(code, _(label)) for code, label in rules.MEETINGS.items()],
        "committees": committees_of(person, at=world.seen_at),
        "leaders": leaders_of(region, at=world.seen_at),
        "units": units_of(region),
        "lines": _lines(request),
        "held": f"{local(world.now):%Y-%m-%dT%H:%M}",
        "due": f"{local(world.now + timedelta(days=30)):%Y-%m-%dT18:00}",
        "typed": request.POST,
        "from": request.GET,
    }
    if request.method == "GET":
        return render(request, "web/pages/meeting_new.html", page)
    try:
        made = _hold(request, region, world)
    except Refused as refusal:
        return again(request, "web/pages/meeting_new.html", page, refusal)
    messages.success(request, _("Written down; each unit has been told of what it is to do."))
    return redirect("web:meeting", pk=made.pk)


def _lines(request: HttpRequest) -> list[dict[str, Any]]:
    """The lines of decisions as they were typed, and empty ones up to as many as the form offers."""
    names = ("text", "unit", "due_at", "advice")
    count = max(len(request.POST.getlist("line_text")), LINES)
    found = []
    for at in range(count):
        given = {name: (request.POST.getlist(f"line_{name}")[at : at + 1] or [""])[0] for name in names}
        found.append({"number": at + 1, **given})
    return found


def _hold(request: HttpRequest, region: str, world: World) -> Meeting:
    posted, author = request.POST, author_of(request)
    files = [piece.file for piece in forms.evidence_of(request, by=author.by) if piece.kind == "file"]
    committee = next(
        (c for c in committees_of(author, at=world.seen_at) if str(c.pk) == posted.get("committee")), None
    )
    return actions.hold_meeting(
        title=posted.get("title", ""), kind=posted.get("kind", ""), region=region,
        held_at=forms.moment(posted.get("held_at", ""), "held_at", _("Held at")), committee=committee,
        chair=person_by(posted.get("chair", "")), present=posted.get("present", ""),
        conclusion=posted.get("conclusion", ""), minutes=files[0] if files else None, asked=_decisions(request),
        why_more=posted.get("why_more", ""), by=author.by, at=world.now, exercise_id=world.exercise_id,
    )  # fmt: skip


def _decisions(request: HttpRequest) -> list[actions.AskedGiven]:
    found = []
    for line in _lines(request):
        if not line["text"].strip():
            continue
        unit = unit_of(line["unit"])
        if unit is None or not line["due_at"]:
            raise Refused(rules.NO_DECISION, field=f"line{line['number']}", line=line["number"])
        due = forms.moment(line["due_at"], f"line{line['number']}", _("Due"))
        found.append(
            actions.AskedGiven(unit=unit, text=line["text"], due_at=due, advice=line["advice"] == "advice")
        )
    return found


@people_only
@require_GET
def meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One meeting: who, what was concluded, and how far each decision is."""
    person, world = bureau_only(request)
    row = meetings_for(person, at=world.seen_at, exercise_id=world.exercise_id).filter(pk=pk).first()
    if row is None:
        raise Http404
    seen = asked_for(person, at=world.seen_at, exercise_id=world.exercise_id).filter(meeting=row)
    page = {
        "here": "registers",
        "row": row,
        "kind": _(rules.MEETINGS[row.kind]),
        "lines": [_line(each, person, world) for each in seen],
        "others": row.asked.count() - len(seen),
    }
    return render(request, "web/pages/meeting.html", page)
