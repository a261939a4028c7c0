"""Call-outs (叫应): what waits for a decision, who is being called, and the board of one call-out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.warnings.domain import HAZARD_CHOICES
from anlan.domains.warnings.loop import CALLOUT_PROPOSAL
from anlan.domains.warnings.models import CallOut, Ground, OfficeRing, Proposal, Signal
from anlan.domains.warnings.queries import board as boards
from anlan.domains.warnings.queries.board import Board, Cell, Share
from anlan.domains.warnings.queries.inforce import waiting_proposals
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.messaging.queries import CHANNEL_LABELS, REASONS
from anlan.kernel.orgs.models import DutyKind, Person
from anlan.kernel.orgs.queries import visible_regions
from anlan.kernel.places.models import Region
from anlan.surfaces.web import times
from anlan.surfaces.web.names import shown
from anlan.surfaces.web.pages.items import PAGES, url_of
from anlan.surfaces.web.pages.responses import in_english, names_of, offers, who
from anlan.surfaces.web.people import people_only
from anlan.surfaces.web.scales import SIGNAL
from anlan.surfaces.web.worlds import World

PAGES["warnings.call_out"] = "web:callout"
HAZARDS = dict(HAZARD_CHOICES)
NOBODY = UUID(int=0)
SILENT = ("calling", "passed_on", "unreached")
# What stands in a cell: one letter in the data, one sign on the page, words on hover. States are no colours.
LETTERS = {
    "received": "r",
    "on_post": "p",
    "done": "d",
    "passed_on": "x",
    "unreached": "u",
    "superseded": "e",
    "ended": "e",
    "cancelled": "e",
}
DELIVERED = {"delivered": "v", "sent": "s", "failed": "f", "unreachable": "f"}
CELLS = {
    "q": ("", N_("Being called: not sent yet")),
    "s": ("·", N_("Being called: sent")),
    "v": ("○", N_("Being called: delivered")),
    "f": ("×", N_("Being called: no channel got through")),
    "x": ("→", N_("Silent: somebody else was told")),
    "r": (N_("R"), N_("Received")),
    "p": (N_("P"), N_("On post")),
    "d": (N_("D"), N_("Measure taken")),
    "u": (N_("U"), N_("Unreached")),
    "h": ("!", N_("Needs help")),
    "e": ("–", N_("No longer called")),
}
PASSED_TO = {"deputy": N_("Deputy"), "grid_worker": N_("Grid worker"), "superior": N_("Superior")}


@people_only
@require_GET
def callouts(request: HttpRequest) -> HttpResponse:
    """Proposals that wait, leaders to ring, call-outs that run, signals in force; then those before."""
    person, world = who(request)
    rows = CallOut.objects.visible_to(person, at=world.seen_at).filter(item__exercise_id=world.exercise_id)
    rows = rows.select_related("item").prefetch_related("regions").order_by("-released_at")[:40]
    shown = [_summary(row, person, world) for row in rows]
    seen = visible_regions(person, at=world.seen_at, field="item__region_id")
    waiting = waiting_proposals(exercise_id=world.exercise_id).filter(seen)
    signals = Signal.objects.in_force().filter(item__exercise_id=world.exercise_id)
    signals = signals.select_related("item").prefetch_related("regions")
    rings = OfficeRing.objects.filter(seen, item__closed_at=None, item__exercise_id=world.exercise_id)
    context = {
        "here": "callouts",
        "proposals": [_proposal(p, person, world) for p in waiting],
        "running": [row for row in shown if row["open"]],
        "before": [row for row in shown if not row["open"]],
        "signals": [(s, names_of([r.pk for r in s.regions.all()])) for s in signals],
        "rings": [(r, offers(r.item, person, at=world.now)) for r in rings.select_related("item__region")],
        "to_ring": boards.to_ring(person, at=world.seen_at, exercise_id=world.exercise_id)[:20],
    }  # fmt: skip
    return render(request, "web/pages/callouts.html", context)


def _summary(row: CallOut, person: Person, world: World) -> dict[str, Any]:
    running = row.item.closed_at is None
    total = boards.board(call_out=row, at=world.now, person=person).total if running else None
    return {
        "row": row,
        "open": running,
        "total": total,
        "regions": names_of([r.pk for r in row.regions.all()]),
    }


def _proposal(row: Proposal, person: Person, world: World) -> dict[str, Any]:
    grounds = Ground.objects.filter(item=row.item).select_related("region").order_by("at")
    return {
        "row": row,
        "item": row.item,
        "hazard": _(HAZARDS.get(row.hazard, row.hazard)),
        "state": _(CALLOUT_PROPOSAL.states[row.item.state]),
        "regions": names_of([r.pk for r in row.regions.all()]),
        "grounds": [_ground(ground) for ground in grounds],
        "offers": offers(row.item, person, at=world.now),
    }


def _ground(ground: Ground) -> dict[str, Any]:
    """One line of evidence: what said so, where, with the figures it gave."""
    facts = ground.facts
    said = facts.get("headline") or facts.get("words") or facts.get("station") or ""
    figures = [
        f"{key} {value}"
        for key, value in facts.items()
        if key in ("value", "mark", "threshold", "window_minutes")
    ]
    return {
        "ground": ground,
        "issued": ground.source == "signal",
        "said": said,
        "figures": " · ".join(figures),
    }


# ---- the board ----------------
def board_for(request: HttpRequest, pk: UUID) -> tuple[Board, World, Person]:
    """The board of a call-out this person may see, or a page that is not there."""
    person, world = who(request)
    try:
        row = boards.call_out_for(person, pk, at=world.seen_at)
    except Refused:
        raise Http404 from None
    return boards.board(call_out=row, at=world.now, person=person), world, person


@people_only
@require_GET
def callout(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The board: the share that answered in large type, the unreached by name, then one cell a person."""
    board, world, person = board_for(request, pk)
    kinds = dict(DutyKind.objects.values_list("pk", "label_en" if in_english() else "label"))
    row = board.call_out
    context = {
        "here": "callouts",
        "board": board,
        "row": row,
        "item": row.item,
        "hazard": _(HAZARDS.get(row.hazard, row.hazard)),
        "issued": row.basis == "signal",
        "numbers": numbers(board, world.now),
        "street_names": {r.code: shown(r) for r in Region.objects.filter(pk__in=[s.code for s in board.streets])},
        "streets": [(share, _cells(board.cells, share, kinds)) for share in board.streets],
        "kinds": board.kinds,
        "silent": _silent(board, kinds),
        "helps": [_person(c, kinds) for c in board.cells if c.help_at is not None],
        "words": {letter: {"sign": _(sign) if sign else "", "word": _(word)} for letter, (sign, word) in CELLS.items()},
        "legend": [(letter, _(sign) if sign else "", _(word)) for letter, (sign, word) in CELLS.items()],
        "offers": offers(row.item, person, at=world.now),
    }  # fmt: skip
    return render(request, "web/pages/callout.html", context)


@people_only
@require_GET
def cells(request: HttpRequest, pk: UUID) -> JsonResponse:
    """One letter a person in the order of the page, and the numbers in words."""
    board, world, _person_here = board_for(request, pk)
    ordered = [c for share in board.streets for c in board.cells if c.street == share.code]
    return JsonResponse(
        {"cells": "".join(letter_of(c) for c in ordered), "numbers": numbers(board, world.now)}
    )


@people_only
@require_GET
def silent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The unreached by name: a live part of the board."""
    board, _world, _person_here = board_for(request, pk)
    kinds = dict(DutyKind.objects.values_list("pk", "label_en" if in_english() else "label"))
    page = {
        "row": board.call_out,
        "silent": _silent(board, kinds),
        "helps": [_person(c, kinds) for c in board.cells if c.help_at],
    }
    return render(request, "web/pages/callout_silent.html", page)


def letter_of(cell: Cell) -> str:
    """How a person's cell stands, as one letter."""
    if cell.help_at is not None and cell.answer != "done":
        return "h"
    if cell.shown in LETTERS:
        return LETTERS[cell.shown]
    return DELIVERED.get(cell.delivery, "q")


def numbers(board: Board, now: datetime) -> dict[str, str]:
    """The figures on top of the board and of each street, by name, in words."""
    total = board.total
    found = {
        "answered": _percent(total.received_percent),
        "answered_n": str(total.received),
        "called": str(total.called),
        "on_post": _percent(total.on_post_percent),
        "on_post_n": str(total.on_post),
        "silent": str(total.silent),
        "passed_on": str(total.passed_on),
        "unreached": str(total.unreached),
        "since": times.span((board.call_out.item.closed_at or now) - board.call_out.released_at),
        "median": "—" if board.median_answer_seconds is None else f"{board.median_answer_seconds:.0f}",
        "in_time": str(board.in_time),
    }
    for share in board.streets:
        found[f"street-{share.code}"] = _percent(share.received_percent)
        found[f"street-n-{share.code}"] = f"{share.received}/{share.called}"
    return found


def _percent(share: float) -> str:
    return f"{share:g}%"


def _cells(everybody: Sequence[Cell], share: Share, kinds: Mapping[str, str]) -> SafeString:
    """The cells of one street in the order of the duties. Three thousand of them: made here, not by template tags."""
    words = {letter: (_(sign) if sign else "", _(word)) for letter, (sign, word) in CELLS.items()}
    way = reverse("web:ring", args=[NOBODY]).replace(str(NOBODY), "{}")
    rows = []
    for cell in everybody:
        if cell.street == share.code:
            letter = letter_of(cell)
            duty = kinds.get(cell.kinds[0], "") if cell.kinds else ""
            called = f"{cell.name} {duty}".strip()
            sign, word = words[letter]
            rows.append((letter, called, way.format(cell.item_id), called, word, sign))
    return format_html_join(
        "", '<a class="cell" data-cell="{}" data-who="{}" href="{}" title="{} · {}">{}</a>', rows
    )


def _silent(board: Board, kinds: Mapping[str, str]) -> list[dict[str, Any]]:
    """Who has not answered: those to be rung by hand first, then by urgency and by what runs out."""
    rows = [cell for cell in board.cells if cell.shown in SILENT]
    rows.sort(key=lambda c: (not c.by_hand, c.shown == "calling", -c.urgency, c.due_at or c.called_at))
    return [_person(cell, kinds) for cell in rows[:60]]


def _person(cell: Cell, kinds: Mapping[str, str]) -> dict[str, Any]:
    sign, word = CELLS[letter_of(cell)]
    return {
        "cell": cell,
        "word": _(word),
        "sign": _(sign) if sign else "",
        "duties": "、".join(kinds.get(kind, kind) for kind in cell.kinds),
        "why": [(_(CHANNEL_LABELS.get(c, c)), _(REASONS.get(why, why))) for c, why in cell.why_unreached],
        "passed": [(_(PASSED_TO.get(p.duty, p.duty)), p.name, p.at) for p in cell.passed_to],
    }


__all__ = ["SIGNAL", "callout", "callouts", "cells", "silent", "url_of"]
