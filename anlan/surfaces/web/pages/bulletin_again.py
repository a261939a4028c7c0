"""重新取数: the numbers of a draft beside what is counted now, and put in with one press."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from anlan.domains.bulletins.actions import making, reading_again
from anlan.domains.bulletins.actions.reading_again import Newer
from anlan.domains.bulletins.models import Report
from anlan.domains.bulletins.queries.reports import may_write
from anlan.kernel.core.errors import Refused
from anlan.surfaces.web.pages.bulletins import number_url, report_for
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again as shown_again
from anlan.surfaces.web.worlds import World

TEMPLATE = "web/bulletins/again.html"


@people_only
@require_http_methods(["GET", "POST"])
def report_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What has changed since the draft was written; POST puts it in, as known at the moment that was shown."""
    row, person, world = report_for(request, pk)
    if row.item.state != "drafted" or not may_write(person, row, at=world.seen_at):
        raise Http404
    if not making.reads_draft_at_once(row, at=world.now):
        return _in_the_background(request, row, world)
    as_of = _as_of(request, world.now)
    if request.method == "GET":
        return render(request, TEMPLATE, _page(row, as_of))
    try:
        newer = reading_again.read_again(item=row.item, as_of=as_of, by=author_of(request).by, at=world.now)
    except Refused as refusal:
        return shown_again(request, TEMPLATE, _page(row, as_of), refusal)
    count = sum(not one.stays for one in newer)
    messages.success(request, ngettext("{n} number put in.", "{n} numbers put in.", count).format(n=count))
    return redirect("web:report", pk=row.pk)


def _in_the_background(request: HttpRequest, row: Report, world: World) -> HttpResponse:
    """Where reading takes long nobody waits for the request: it is asked for, and a page tells how far it has come."""
    page = {"here": "registers", "row": row, "long": True, "typed": {}}
    if request.method == "GET":
        return render(request, TEMPLATE, page)
    try:
        asked = making.ask_again(item=row.item, by=author_of(request).by, at=world.now)
    except Refused as refusal:
        return shown_again(request, TEMPLATE, page, refusal)
    return redirect("web:report_making", pk=asked.pk)


def _as_of(request: HttpRequest, now: datetime) -> datetime:
    """The moment that the page showed, so that what is put in is what was looked at."""
    try:
        shown = parse_datetime(request.POST.get("as_of", ""))
    except ValueError:
        shown = None
    return shown if shown is not None and shown.tzinfo else now


def _page(row: Report, as_of: datetime) -> dict[str, Any]:
    newer = reading_again.look(row, as_of=as_of).newer if row.as_of <= as_of else []
    shown = [one for one in newer if _is_line(one)]
    return {
        "here": "registers", "row": row, "as_of": as_of, "lines": _lines(row, shown), "more": len(newer) - len(shown),
        "changed": bool(newer), "typed": {},
    }  # fmt: skip


def _is_line(one: Newer) -> bool:
    """What the text says; the cells of tables and the points of charts are only counted."""
    return one.number.start is not None or one.stays


def _lines(row: Report, newer: Sequence[Newer]) -> list[dict[str, Any]]:
    return [
        {
            "place": one.number.paragraph.place, "paragraph": one.number.paragraph.text[:24], "label": one.number.label,
            "then": one.number.printed, "now": one.now.text, "url": number_url(row, one.number),
            "typed": one.number.kind == "typed", "stays": one.stays,
        }
        for one in newer
    ]  # fmt: skip
