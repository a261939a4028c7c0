"""A document becomes a plan: chosen, looked through with its numbering, corrected by hand, landed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anlan.domains.workplan import actions
from anlan.domains.workplan.actions.plans import fixes_of
from anlan.domains.workplan.models import Draft
from anlan.domains.workplan.rules import documents, outline
from anlan.domains.workplan.rules.reading import Proposed, proposed
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.uploads import DOCUMENTS
from anlan.kernel.core.words import N_
from anlan.surfaces.web import handed_in
from anlan.surfaces.web.pages.asking import bureau_only, home_region
from anlan.surfaces.web.pages.workplan import keeps
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import REFUSED_STATUS, again
from anlan.surfaces.web.times import local
from anlan.surfaces.web.worlds import world_of

MOST_BYTES = 5_000_000
TOO_BIG = reason(
    "web.plan_too_big", N_("{name} is larger than 5 MB: a work plan has no pictures. Save its text.")
)
NO_TEXT = reason("web.plan_no_text", N_("Choose the document, or paste its text."))
NO_TITLE = reason("web.plan_no_title", N_("Write the title of the plan."))
NO_YEAR = reason("web.plan_no_year", N_("Write the year in four digits."))


@people_only
@require_http_methods(["GET", "POST"])
def plan_new(request: HttpRequest) -> HttpResponse:
    """Choose the document, or paste its text."""
    person, world = bureau_only(request)
    region = home_region(person, world)
    if not keeps(person, world, region):
        raise Http404
    drafts = Draft.objects.filter(region_id=region, exercise_id=world.exercise_id).order_by("-at")[:10]
    page = {"here": "registers", "year": local(world.now).year, "drafts": drafts}
    if request.method == "GET":
        return render(request, "web/pages/plan_new.html", page)
    try:
        draft = _take(request, region)
    except Refused as refusal:
        return again(request, "web/pages/plan_new.html", page, refusal)
    return redirect("web:plan_draft", pk=draft.pk)


def _take(request: HttpRequest, region: str) -> Draft:
    text, name = _text(request)
    title, year = request.POST.get("title", "").strip(), request.POST.get("year", "").strip()
    if not title:
        title = name.rpartition(".")[0].strip()
    if not title:
        raise Refused(NO_TITLE, field="title")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise Refused(NO_YEAR, field="year")
    world = world_of(request)
    return actions.draft(
        text=text, title=title, year=int(year), region=region, name=name, by=author_of(request).by, at=world.now,
        exercise_id=world.exercise_id,
    )  # fmt: skip


def _text(request: HttpRequest) -> tuple[str, str]:
    """The text of what was handed in, and the name of its file."""
    upload = handed_in.read(request, "document", allowed=DOCUMENTS)
    if upload is None:
        text = request.POST.get("text", "")
        if not text.strip():
            raise Refused(NO_TEXT, field="document")
        return text, ""
    if len(upload.data) > MOST_BYTES:
        raise Refused(TOO_BIG, field="document", name=upload.name)
    return documents.text_of(upload.data, upload.name), upload.name


@dataclass(frozen=True, slots=True)
class Line:
    """A point as the preview shows it."""

    node: outline.Node
    doubt: str  # in words; "" = none
    settled: bool
    fixed: str  # text | point | leave_out | ""
    said: Proposed
    inline: bool  # one of several in a paragraph: the paragraph is corrected as a whole


@dataclass(frozen=True, slots=True)
class Unclear:
    """A line of the document that somebody should look at, with everything that is unclear about it."""

    line: int
    mark: str
    title: str
    doubt: str
    settled: bool
    depth: int
    alone: bool  # no point of the preview stands for it: it is corrected here


def _draft(request: HttpRequest, pk: UUID) -> Draft:
    person, world = bureau_only(request)
    row = Draft.objects.select_related("region").filter(pk=pk, exercise_id=world.exercise_id).first()
    if row is None or not keeps(person, world, row.region_id):
        raise Http404
    return row


@people_only
@require_http_methods(["GET", "POST"])
def plan_draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Look a document through: every point with its number, what is doubtful first; POST lands it."""
    row = _draft(request, pk)
    if request.method == "GET":
        return render(request, "web/pages/plan_draft.html", _preview(row))
    try:
        plan = actions.land(draft=row, by=author_of(request).by, at=world_of(request).now)
    except Refused as refusal:
        page = {**_preview(row), "refusal": refusal}
        return render(request, "web/pages/plan_draft.html", page, status=REFUSED_STATUS)
    messages.success(request, _("Taken in with its numbering. Now let another person sign it off."))
    return redirect("web:plan", pk=plan.pk)


def _preview(row: Draft) -> dict[str, Any]:
    read = outline.read(row.text, fixes=fixes_of(row))
    nodes = list(read.walk())
    unclear = _unclear(row, read, nodes)
    lines = [_line(row, node, first, unclear) for node, first in _with_first(nodes)]
    return {
        "here": "registers",
        "row": row,
        "lines": lines,
        "left": [each for each in unclear.values() if not each.settled],
        "doubts": list(unclear.values()),
        "preface": read.preface,
        "dropped": _others(row),
        "goals": sum(1 for line in lines if line.node.depth == 0),
        "points": len(lines),
        "tasks": sum(1 for line in lines if line.said.is_task),
        "depths": range(outline.DEEPEST),
    }


def _with_first(nodes: Sequence[outline.Node]) -> Iterator[tuple[outline.Node, bool]]:
    """Each point, and whether it is the first that its line of the document gave."""
    seen: set[int] = set()
    for node in nodes:
        yield node, node.line not in seen
        seen.add(node.line)


def _line(row: Draft, node: outline.Node, first: bool, unclear: Mapping[int, Unclear]) -> Line:
    known = unclear.get(node.line) if first else None
    return Line(
        node, known.doubt if known else "", known.settled if known else False,
        row.fixes.get(str(node.line), {}).get("as", "") if first else "", proposed(node.text, year=row.year),
        inline=not first,
    )  # fmt: skip


def _unclear(row: Draft, read: outline.Outline, nodes: Sequence[outline.Node]) -> dict[int, Unclear]:
    """Line → what is unclear about it, in the order of the document."""
    text, told = row.text.splitlines(), defaultdict(list)
    for doubt in read.doubts:
        told[doubt.line].append(doubt)
    firsts = {node.line: node for node, first in _with_first(nodes) if first}
    found = {}
    for line, doubts in sorted(told.items()):
        node = firsts.get(line)
        found[line] = Unclear(
            line, doubts[0].mark, node.title if node else text[line - 1].strip()[:60],
            "；".join(dict.fromkeys(_(outline.DOUBTS[each.what]) for each in doubts)), line in row.settled,
            node.depth if node else 0, alone=node is None,
        )  # fmt: skip
    return found


def _others(row: Draft) -> list[tuple[int, str, str]]:
    """Lines that a person said are text or no part of the plan: they can be brought back."""
    text = row.text.splitlines()
    found = [(int(line), said["as"]) for line, said in row.fixes.items() if said["as"] != "point"]
    return [(line, how, text[line - 1].strip()[:80]) for line, how in sorted(found)]


@people_only
@require_POST
def plan_fix(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct one line, or say of doubtful ones that they are right; back to the place one came from."""
    row, author, at = _draft(request, pk), author_of(request), world_of(request).now
    lines = [int(line) for line in request.POST.getlist("line") if line.isascii() and line.isdigit()][:2000]
    try:
        if request.POST.get("how") == "right":
            actions.settle(draft=row, lines=lines, by=author.by, at=at)
        elif lines:
            depth = request.POST.get("depth", "0")
            actions.fix(
                draft=row, line=lines[0], how=request.POST.get("how", ""), mark=request.POST.get("mark", ""),
                depth=int(depth) if depth.isascii() and depth.isdigit() else -1, by=author.by, at=at,
            )  # fmt: skip
    except Refused as refusal:
        page = {**_preview(row), "refusal": refusal}
        return render(request, "web/pages/plan_draft.html", page, status=REFUSED_STATUS)
    place = f"#l{lines[0]}" if lines and request.POST.get("how") != "right" else "#doubts"
    return redirect(reverse("web:plan_draft", args=[pk]) + place)


@people_only
@require_POST
def plan_drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a draft away: nothing was taken in."""
    _draft(request, pk).delete()
    messages.success(request, _("Put away; nothing was taken in."))
    return redirect("web:plans")
