"""A text from before this platform beside a report: taken in from a document, its paragraphs moved where need be."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.bulletins.actions import earlier
from anlan.domains.bulletins.models import EarlierText, Report
from anlan.domains.bulletins.queries.earlier import (
    beside_of,
    earlier_for,
    earlier_text,
    parts_of,
    span_beside,
)
from anlan.domains.bulletins.queries.reports import may_write, span_of, template_of
from anlan.domains.bulletins.rules import deciding
from anlan.domains.workplan.rules import documents
from anlan.kernel.core import attachments, uploads
from anlan.kernel.core.errors import Refused
from anlan.kernel.orgs.models import Person
from anlan.surfaces.web import handed_in
from anlan.surfaces.web.pages.bulletins import file_response, report_for
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import REFUSED_STATUS
from anlan.surfaces.web.worlds import World

PAGE = "web/bulletins/earlier.html"
SHOWN = 24  # characters by which a paragraph is named in the list of places


@people_only
@require_http_methods(["GET", "POST"])
def report_earlier(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand in a document of an earlier year; and see beside which paragraph each of its own stands."""
    row, _person, world = _writable(request, pk)
    if request.method == "GET":
        return render(request, PAGE, _page(row, _chosen(request, row)))
    try:
        kept = _take(request, row, world)
    except Refused as refusal:
        page = _page(row, _chosen(request, row)) | {"refusal": refusal, "typed": request.POST}
        return render(request, PAGE, page, status=REFUSED_STATUS)
    nowhere = kept.parts.filter(key="", heading=False).count()
    said = _("Taken in: {n} paragraphs, {left} of them beside nothing yet.")
    messages.success(request, said.format(n=kept.parts.count(), left=nowhere))
    return redirect(f"{request.path}?text={kept.pk}")


def _writable(request: HttpRequest, pk: UUID) -> tuple[Report, Person, World]:
    row, person, world = report_for(request, pk)
    if not may_write(person, row, at=world.seen_at):
        raise Http404
    return row, person, world


def _chosen(request: HttpRequest, row: Report) -> EarlierText | None:
    """The text that is asked for; else the one that stands beside."""
    asked = request.GET.get("text", "")
    if asked:
        try:
            return earlier_text(row, UUID(asked))
        except ValueError:
            raise Http404 from None
    beside = beside_of(row)
    return beside.earlier if beside is not None else None


def _page(row: Report, text: EarlierText | None) -> dict[str, Any]:
    wanted = span_beside(template_of(row), span_of(row))
    parts = list(parts_of(text)) if text is not None else []
    keys = {part.key for part in parts}
    return {
        "here": "registers", "row": row, "text": text, "wanted": wanted, "parts": parts, "spots": _spots(row),
        "lost": sum(1 for part in parts if not part.key and not part.heading), "gone": keys - {""} - _keys(row),
        "texts": earlier_for(row), "typed": {}, "beside": beside_of(row),
    }  # fmt: skip


def _keys(row: Report) -> set[str]:
    return set(row.paragraphs.filter(kind="say").values_list("key", flat=True))


def _spots(row: Report) -> list[tuple[str, str]]:
    """The paragraphs of the report, each by its heading and its first words."""
    found, heading = [], ""
    for one in row.paragraphs.filter(kind__in=("say", "heading")).order_by("place"):
        if one.kind == "heading":
            heading = one.text
            continue
        words = one.text[:SHOWN] + ("…" if len(one.text) > SHOWN else "")
        found.append((one.key, f"{heading} · {words}" if heading else words))
        heading = heading or ""
    return found


def _take(request: HttpRequest, row: Report, world: World) -> EarlierText:
    author, upload = author_of(request), handed_in.read(request, "document", allowed=uploads.DOCUMENTS)
    text, name, kept = request.POST.get("text", ""), "", None
    if upload is not None:
        name, text = upload.name, documents.text_of(upload.data, upload.name)
        (kept,) = uploads.keep([upload], by=author.by)
    return earlier.take_in(
        report=row, text=text, title=request.POST.get("title", ""), day=_day(request), name=name, file=kept,
        by=author.by, at=world.now,
    )  # fmt: skip


def _day(request: HttpRequest) -> date | None:
    raw = request.POST.get("day", "").strip()
    if not raw:
        return None
    try:
        day = parse_date(raw)
    except ValueError:
        day = None
    if day is None or not 1990 < day.year < 2200:
        raise Refused(deciding.NO_DAY, field="day")
    return day


@people_only
@require_POST
def report_earlier_places(request: HttpRequest, pk: UUID, text: UUID) -> HttpResponse:
    """Put paragraphs of an older text beside others."""
    row, _person, world = _writable(request, pk)
    held = _text(row, text)
    known = {str(part.place): part.place for part in parts_of(held)}
    places = {
        known[name.removeprefix("place-")]: str(value)
        for name, value in request.POST.items()
        if name.removeprefix("place-") in known
    }
    try:
        moved = earlier.move_parts(
            report=row, text=held, places=places, by=author_of(request).by, at=world.now
        )
    except Refused as refusal:
        page = _page(row, held) | {"refusal": refusal}
        return render(request, PAGE, page, status=REFUSED_STATUS)
    messages.success(request, _("{n} paragraphs moved.").format(n=moved))
    return redirect("web:report", pk=pk)


@people_only
@require_GET
def report_earlier_file(request: HttpRequest, pk: UUID, text: UUID) -> HttpResponse:
    """The document as it was handed in, to whoever may read the report."""
    row, _person, _world = report_for(request, pk)
    held = _text(row, text)
    if held.file is None:
        raise Http404
    data = attachments.path_of(held.file.sm3).read_bytes()
    return file_response(data, "application/octet-stream", held.name or f"{held.title}.docx")


def _text(row: Report, pk: UUID) -> EarlierText:
    found = earlier_text(row, pk)
    if found is None:
        raise Http404
    return found
