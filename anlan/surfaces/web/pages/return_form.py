"""The page of a form: head and lines as the upper system has them, a copy button a field, what was read back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.returns.actions import opening
from anlan.domains.returns.actions.reading_back import BAD
from anlan.domains.returns.loop import RETURN
from anlan.domains.returns.models import Entered, Return
from anlan.domains.returns.queries import records, workbook
from anlan.domains.returns.queries.reading import TOTAL, Filled
from anlan.domains.returns.rules import comparing, periods
from anlan.domains.returns.rules.forms import Form, forms, head_cells
from anlan.domains.returns.rules.texts import Cell, Opens
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.memory import together
from anlan.kernel.orgs.queries import duty_names
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.number_rows import rows_of
from anlan.surfaces.web.pages.returns import Asked, asked, named
from anlan.surfaces.web.people import people_only, seat_at

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
READ = 10
TAGS = {
    "C": N_("read in the rule itself"),
    "P": N_("from a second source"),
    "M": N_("from practice; edit the file of the form"),
}


# ---- the form ----------------
@people_only
@require_GET
def return_form(request: HttpRequest, code: str) -> HttpResponse:
    """The form as the upper system shows it; every field is copied with one button."""
    return render(request, "web/returns/form.html", form_page(request, asked(request, code)))


def form_page(request: HttpRequest, this: Asked) -> dict[str, Any]:
    """Everything the page of a form shows: head, lines, clock, what was entered, what was read back."""
    with together():
        filled = this.known(this.world.now).filled()
    key = records.key_of(
        this.form, region=this.region, span=this.span, subject=this.matter.pk if this.matter else None,
        exercise_id=this.world.exercise_id,
    )  # fmt: skip
    row = records.find(key)
    may = opening.may_fill(this.form, region=this.region, by=this.person.by, at=this.world.seen_at)
    return {
        "here": "numbers", "this": this, "form": this.form, **named(this.form), "filled": filled,
        "heads": _head_rows(this.form), "lines": [_shown(this, filled, line) for line in filled.lines],
        "row": row, "item": row.item if row else None, "state": _(RETURN.states[row.item.state]) if row else "",
        "due_at": row.due_at if row else _due(this), "may": may or seat_at(request) is not None,
        "fillers": "、".join(duty_names(this.form.fillers)), "tag": _(TAGS[this.form.tag]),
        "before": _other(this, this.span.first - timedelta(days=1)), "after": _after(this),
        "lacking": _lacking(filled), "typed": request.POST, "refusal": None, **_history(row),
    }  # fmt: skip


def _due(this: Asked) -> datetime | None:
    try:
        return opening.due(
            this.form, region=this.region, span=this.span, matter=this.matter, at=this.world.now
        )
    except Refused:
        return None


def _head_rows(form: Form) -> list[list[Any]]:
    cells = head_cells(form.columns, form.depth)
    english_of = {(column.heads, at): column.english for at, column in enumerate(form.columns)}
    rows: list[list[Any]] = []
    for level in range(form.depth):
        line = []
        for place in (cell for cell in cells if cell.row == level):
            column = form.columns[place.column]
            leaf = place.row + place.down == form.depth
            line.append((place, english_of[column.heads, place.column] if leaf else "", leaf))
        rows.append(line)
    return rows


def _shown(this: Asked, filled: Filled, line: Any) -> dict[str, Any]:
    broken = {code for pair in line.broken for code in pair}
    names = {column.code: column.path for column in this.form.columns}
    return {
        "row": line,
        "total": line is filled.total,
        "cells": [(one, _url(this, line.key, one), one.column.code in broken) for one in line.cells],
        "broken": [(names[more], names[less]) for more, less in line.broken],
    }


def _url(this: Asked, row: str, one: Cell) -> str:
    """Where a field leads: its rows, the event, the day of the watch, the response, the fact."""
    opens = one.opens
    if opens is None or opens.kind == "enter":
        return ""
    return _DOORS[opens.kind](this, row, one, opens)


def _rows_url(this: Asked, row: str, one: Cell, _opens: Opens) -> str:
    query = urlencode({"row": row, "column": one.column.code})
    return f"{reverse('web:return_rows', args=[this.form.code])}?{this.query}&{query}"


def _item_url(this: Asked, _row: str, _one: Cell, _opens: Opens) -> str:
    return url_of(this.matter) if this.matter is not None else ""


def _day_url(this: Asked, _row: str, _one: Cell, opens: Opens) -> str:
    return f"{reverse('web:duty_day')}?{urlencode({'day': opens.id, 'region': this.region})}"


_DOORS: dict[str, Callable[[Asked, str, Cell, Opens], str]] = {
    "rows": _rows_url,
    "item": _item_url,
    "day": _day_url,
    "fact": lambda _this, _row, _one, opens: reverse("web:fact", args=[opens.id]),
    "response": lambda _this, _row, _one, opens: reverse("web:response", args=[opens.id]),
}


def _lacking(filled: Filled) -> list[Any]:
    """Fields that no register keeps and nobody has told yet, and those that were told: they are told here."""
    line = filled.rows[0] if filled.rows else None
    if line is None or filled.form.rows == "streets":
        return []
    return [one for one in line.cells if one.column.source == "count"]


def _other(this: Asked, day: date) -> str:
    if this.matter is not None:
        return ""
    span = periods.span_of(this.form, day)
    query = urlencode({"region": this.region, "day": f"{span.last:%F}"})
    return f"{reverse('web:return_form', args=[this.form.code])}?{query}"


def _after(this: Asked) -> str:
    following = this.span.last + timedelta(days=1)
    return _other(this, following) if following <= timezone.localdate(this.world.now) else ""


def _history(row: Return | None) -> dict[str, Any]:
    if row is None:
        return {"entered": [], "reads": [], "read": None, "differences": []}
    entered = list(Entered.objects.filter(item=row.item).order_by("-recorded_at")[:READ])
    reads = list(records.read_backs(row.pk)[:READ])
    differences = records.differences(reads[0]) if reads else []
    settled = [each.settlement for each in differences if hasattr(each, "settlement")]
    names = author_names([*(e.by for e in entered), *(r.by for r in reads), *(s.by for s in settled)])
    codes = {column.code: column.path for column in forms()[row.form].columns} if row.form in forms() else {}
    return {
        "entered": [(each, names.get(each.by, "")) for each in entered],
        "reads": [(each, names.get(each.by, "")) for each in reads],
        "read": reads[0] if reads else None,
        "not_there": [codes.get(code, code) for code in reads[0].lacking] if reads else [],
        "bad": [(number, text, _(BAD[why])) for number, text, why in reads[0].bad] if reads else [],
        "differences": [_difference(each, names) for each in differences],
        "unsettled": sum(1 for each in differences if not hasattr(each, "settlement")),
    }


def _difference(each: Any, names: dict[str, str]) -> dict[str, Any]:
    settlement = getattr(each, "settlement", None)
    return {
        "row": each, "cause": _(comparing.CAUSES[each.cause]), "settlement": settlement,
        "how": _(comparing.SETTLED[settlement.how]) if settlement else "",
        "by": names.get(settlement.by, "") if settlement else "",
    }  # fmt: skip


# ---- the sheet and the rows ----------------
@people_only
@require_GET
def return_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The exact xlsx."""
    this = asked(request, code)
    filled = this.known(this.world.now).filled()
    name = f"{filled.title}.xlsx"
    answer = HttpResponse(workbook.written(filled), content_type=XLSX)
    answer["Content-Disposition"] = (
        f"attachment; filename=\"{this.form.code}.xlsx\"; filename*=UTF-8''{quote(name)}"
    )
    return answer


@people_only
@require_GET
def return_rows(request: HttpRequest, code: str) -> HttpResponse:
    """The rows behind one field, in exactly the days and the moment of the form."""
    this = asked(request, code)
    row, column = request.GET.get("row", ""), this.form.column(request.GET.get("column", ""))
    known = this.known(this.world.now)
    lines = dict(known.regions())
    if column is None or (row != TOTAL and row not in lines):
        raise Http404
    reading = known.reading(row, column.code)
    one = known.one(row, column.code)
    if reading is None or one is None:
        raise Http404
    ids = list(reading.rows[:200])
    rows = rows_of(ids, opens=reading.indicator.opens, person=this.person, world=this.world)
    page = {
        "here": "numbers", "this": this, **named(this.form), "column": column, "cell": one, "reading": reading,
        "where": lines.get(row, this.form.total), "rows": rows, "hidden": len(set(ids)) - len(rows),
        "definition": _(reading.indicator.definition), "number": _(reading.indicator.label),
        "more": max(0, len(reading.rows) - len(ids)),
    }  # fmt: skip
    return render(request, "web/returns/rows.html", page)


def seen_at(request: HttpRequest) -> datetime | None:
    """What was known when the page was opened that somebody copied from."""
    try:
        return parse_datetime(request.POST.get("as_of", ""))
    except ValueError:
        return None


def said(request: HttpRequest, words: str) -> None:
    messages.success(request, words)
