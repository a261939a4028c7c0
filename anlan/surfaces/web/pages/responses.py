"""Emergency responses: level, since when, who approved; the units' sheets against the clock; the streets' returns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.responses import queries
from anlan.domains.responses.loop import PROPOSAL, SHEET, TASK
from anlan.domains.responses.models import Proposal, Response, Sheet, Task
from anlan.domains.responses.queries import Lane
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import open_moves, telephone_moves, visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.models import Region
from anlan.surfaces.web import times
from anlan.surfaces.web.names import author_names, shown
from anlan.surfaces.web.pages.items import PAGES, url_of
from anlan.surfaces.web.people import people_only, person_of
from anlan.surfaces.web.worlds import World, world_of

DIRECTIONS = {
    "start": N_("Start"),
    "step_up": N_("Step up"),
    "step_down": N_("Step down"),
    "end": N_("End"),
}
PAGES["responses.response"] = "web:response"


def who(request: HttpRequest) -> tuple[Person, World]:
    """The person and the world of a page for people."""
    person = person_of(request)
    if person is None:
        raise Http404
    return person, world_of(request)


@people_only
@require_GET
def responses(request: HttpRequest) -> HttpResponse:
    """What is in force, what is proposed, and the responses before."""
    person, world = who(request)
    rows = list(queries.visible_responses(person, at=world.seen_at, exercise_id=world.exercise_id)[:50])
    context = {
        "here": "responses",
        "rows": [(row, names_of(row.streets)) for row in rows],
        "running": next((row for row in rows if row.ended_at is None), None),
        "proposal": proposal_of(person, world),
    }
    return render(request, "web/pages/responses.html", context)


def proposal_of(person: Person, world: World) -> dict[str, Any] | None:
    """The open proposal with its evidence and the steps this person may take on it."""
    found = queries.open_proposal(exercise_id=world.exercise_id)
    if found is None:
        return None
    english = in_english()
    return {
        "row": found,
        "item": found.item,
        "direction": _(DIRECTIONS.get(found.direction, found.direction)),
        "streets": names_of(found.streets),
        "triggers": [(t.get("text_en" if english else "text", ""), _evidence(t)) for t in found.triggers],
        "offers": offers(found.item, person, at=world.now),
        "state": _(PROPOSAL.states.get(found.item.state, found.item.state)),
    }


def _evidence(trigger: dict[str, Any]) -> str:
    evidence = trigger.get("evidence", "")
    return "；".join(map(str, evidence)) if isinstance(evidence, list | tuple) else str(evidence)


def offers(item: WorkItem, person: Person, *, at: datetime) -> list[dict[str, Any]]:
    """The steps of an item this person may take or write down for a leader, as links."""
    here = url_of(item, own=True)
    own = open_moves(item, person, at=at)
    found = [{"label": _(m.label), "url": f"{here}{m.name}/", "telephone": False} for m in own]
    names = {move.name for move in own}
    others = [move for move in telephone_moves(item, person) if move.name not in names]
    found += [{"label": _(m.label), "url": f"{here}{m.name}/", "telephone": True} for m in others]
    return found


def in_english() -> bool:
    return (get_language() or "").startswith("en")


def names_of(codes: Sequence[str]) -> str:
    """Regions for a sentence, in the order of their codes."""
    names = Region.objects.filter(pk__in=list(codes)).order_by("code").values_list("name", flat=True)
    return (", " if in_english() else "、").join(names)


def response_for(person: Person, world: World, pk: UUID) -> Response:
    """One response this person may see, or a page that is not there."""
    rows = queries.visible_responses(person, at=world.seen_at, exercise_id=world.exercise_id)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


# ---- the board ----------------
@people_only
@require_GET
def response(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The board of one response."""
    person, world = who(request)
    row = response_for(person, world, pk)
    template = (
        "web/pages/response_parts.html" if request.headers.get("HX-Request") else "web/pages/response.html"
    )
    page = {"here": "responses", "events": _events(person, world), **board(row, person, world)}
    return render(request, template, page)


def _events(person: Person, world: World) -> list[WorkItem]:
    """The events under way that the reader may see, the newest first; each opens to its own board."""
    rows = visible_items(person, at=world.seen_at).filter(
        in_world(world.exercise_id), loop="incidents.incident"
    )
    return list(rows.filter(closed_at=None).select_related("region").order_by("-opened_at")[:20])


def board(row: Response, person: Person, world: World) -> dict[str, Any]:
    """Everything on the board of a response."""
    lanes = queries.lanes(row, at=world.now)
    returns = queries.returns_of(row, at=world.now)
    notices = list(row.notices.order_by("at"))
    authors = author_names(notice.approved_by for notice in notices)
    started, until = row.started_at, _until(lanes, world.now)
    done, late, still = (sum(getattr(lane, name) for lane in lanes) for name in ("done", "late", "open"))
    signed = sum(1 for lane in lanes if lane.sheet.item.state != "issued")
    return {
        "row": row,
        "streets": names_of(row.streets),
        "notices": [(n, _(DIRECTIONS.get(n.direction, n.direction)), authors.get(n.approved_by, "")) for n in notices],
        "approved_by": authors.get(notices[-1].approved_by, "") if notices else "",
        "running_for": times.span((row.ended_at or world.now) - started),
        "proposal": proposal_of(person, world) if row.ended_at is None else None,
        "lanes": [_lane(lane, started, until, world.now) for lane in lanes],
        "hours": _hours(started, until),
        "now_at": place(world.now, started, until),
        "counts": {"done": done, "late": late, "open": still, "all": sum(len(lane.tasks) for lane in lanes),
                   "signed": signed, "units": len(lanes), "silent": len(returns.silent)},
        "returns": _returns(returns),
        "meetings": list(row.consultations.order_by("-at")[:10]),
        "my_streets": _reportable(person, row),
    }  # fmt: skip


def _reportable(person: Person, row: Response) -> list[Region]:
    """The streets of a response whose figures this person may give."""
    kinds = person.duties.filter(kind__in=REPORTERS, valid_to=None).values_list("region__prefix", flat=True)
    prefixes = tuple(kinds)
    return [
        r for r in Region.objects.filter(pk__in=row.streets).order_by("code") if r.code.startswith(prefixes)
    ]


REPORTERS = ("flood_clerk", "street_deputy", "street_principal", "watch_officer")


def _until(lanes: Sequence[Lane], now: datetime) -> datetime:
    dues = [task.due_at for lane in lanes for task in lane.tasks if task.due_at]
    return max([now, *dues]) if dues else now


def place(at: datetime | None, start: datetime, end: datetime) -> float:
    """Where a time stands between two others, in per cent (0–100)."""
    whole = (end - start).total_seconds()
    if at is None or whole <= 0:
        return 0.0
    return round(min(100.0, max(0.0, (at - start).total_seconds() * 100 / whole)), 2)


def _hours(start: datetime, end: datetime) -> list[tuple[float, str]]:
    """At most eight marks of the clock between two times."""
    whole = end - start
    return [(n * 12.5, f"{times.local(start + whole * n / 8):%H:%M}") for n in range(9)] if whole else []


def _unit_name(sheet: Sheet) -> str:
    """Who works a sheet: a street, or a unit by the short name that the plan gives it."""
    if sheet.street:
        return shown(sheet.street)
    english = (get_language() or "").startswith("en") and sheet.organisation and sheet.organisation.name_en
    return str(english or sheet.unit)


def _lane(lane: Lane, start: datetime, end: datetime, now: datetime) -> dict[str, Any]:
    return {
        "lane": lane,
        "unit": _unit_name(lane.sheet),
        "state": _(SHEET.states.get(lane.sheet.item.state, lane.sheet.item.state)),
        "signed": lane.sheet.item.state != "issued",
        "url": url_of(lane.sheet.item),
        "tasks": _beside([_dot(task, start, end, now) for task in lane.tasks]),
    }


def _beside(dots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines due at the same minute stand beside each other instead of upon each other."""
    seen: dict[float, int] = {}
    for dot in dots:
        dot["nth"] = seen.get(dot["at"], 0)
        seen[dot["at"]] = dot["nth"] + 1
    return dots


def _dot(task: Task, start: datetime, end: datetime, now: datetime) -> dict[str, Any]:
    state = task.item.state
    late = state == "open" and task.due_at is not None and task.due_at < now
    action = task.action_en if in_english() and task.action_en else task.action
    return {
        "task": task,
        "action": action,
        "at": place(task.due_at, start, end),
        "look": "late" if late else state,
        "state": _("Late") if late else _(TASK.states.get(state, state)),
        "counts": _counts(task),
        "url": url_of(task.item),
    }


def _counts(task: Task) -> str:
    """397/420 for each count of a line."""
    english = in_english()
    shown = []
    for number, count in enumerate(task.counts):
        done = task.done[number] if number < len(task.done) else 0
        label = count.get("label_en" if english else "label", "")
        shown.append(f"{label} {done}/{count['base']}" if count.get("base") else f"{label} {done}")
    return " · ".join(shown)


def _returns(returns: queries.Returns) -> dict[str, Any]:
    english = in_english()
    fields = [f for f in returns.fields if f.kind != "text"]
    return {
        "heads": [(f.label_en, f.unit_en) if english else (f.label, f.unit) for f in fields],
        "total": [_pair(returns.total.get(f.code)) for f in fields],
        "rows": [
            {
                "street": each.street,
                "at": each.last.at if each.last else None,
                "nil": bool(each.last and each.last.nil),
                "due": each.next_due,
                "silent": each.silent,
                "cells": [_pair(each.last.figures.get(f.code) if each.last else None) for f in fields],
            }
            for each in returns.streets
        ],
        "silent": [shown(each.street) for each in returns.silent],
    }


def _pair(figure: dict[str, Any] | None) -> tuple[Any, Any]:
    """*Now* and *cumulative*; None where the return does not have that side."""
    return (figure or {}).get("now"), (figure or {}).get("cum")


@people_only
@require_GET
def line(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Plan line and fact line of a response: how many tasks by when (milliseconds)."""
    person, world = who(request)
    row = response_for(person, world, pk)
    facts = queries.plan_against_fact(row, at=world.now)
    ends = [f.done_at for f in facts if f.done_at is not None]
    return JsonResponse({
        "plan": _stairs([f.due_at for f in facts if f.due_at is not None], row.started_at),
        "fact": _stairs(ends, row.started_at),
        "levels": [
            {"at": ms(n.at), "label": f"{_(DIRECTIONS.get(n.direction, n.direction))} {n.level}"}
            for n in row.notices.order_by("at")
        ],
        "end": ms(row.ended_at) if row.ended_at else None,
    })  # fmt: skip


def _stairs(moments: Sequence[datetime], start: datetime) -> list[tuple[int, int]]:
    """A step line that begins at nought; work done before the order stands at the start."""
    return [(ms(start), 0), *((ms(max(at, start)), n) for n, at in enumerate(sorted(moments), start=1))]


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def latest_level(world: World) -> Response | None:
    """The response in force in a world, for the head of other pages."""
    return queries.in_force(exercise_id=world.exercise_id)


__all__ = ["Proposal", "board", "latest_level", "line", "response", "responses"]
