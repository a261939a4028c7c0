"""Numbers (指标): each with base, definition and time, and each a door to the rows it was made from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from anlan.domains.statistics.public import GROUPS
from anlan.domains.statistics.public import ROWS as ROW_LIST
from anlan.domains.statistics.public import rows_of as rows_by_code
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators import actions
from anlan.kernel.indicators.comparing import Against, by_month, by_region, compared, frozen_beside
from anlan.kernel.indicators.memory import together
from anlan.kernel.indicators.models import Freeze
from anlan.kernel.indicators.queries import frozen, indicator
from anlan.kernel.indicators.registry import all_indicators, of_code
from anlan.kernel.indicators.spans import Span as Days
from anlan.kernel.indicators.spans import month, since
from anlan.kernel.indicators.spec import Reading
from anlan.kernel.ledger.models import Entry
from anlan.kernel.ledger.queries import describe
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.number_rows import row_of, rows_of
from anlan.surfaces.web.pages.responses import who
from anlan.surfaces.web.people import author_of, people_only, seat_at
from anlan.surfaces.web.refusals import REFUSED_STATUS
from anlan.surfaces.web.spans import CHOICES, Span, campaigns_of, regions_of, span_of
from anlan.surfaces.web.times import local
from anlan.surfaces.web.worlds import World

ROWS = 50
KEPT = 20
USUAL_GROUP = "07"
ASKED = ("region", "period", "from", "to", "as_of", "sector", "campaign", "group")


@dataclass(frozen=True, slots=True)
class Line:
    """A number as lists and its own page show it, beside last year and the span before."""

    reading: Reading
    label: str
    unit: str
    definition: str
    url: str
    against: Sequence[Against] = ()
    counted: bool = False  # entered with a source
    apart: bool = False  # another number of this name says otherwise: two scopes


@dataclass(frozen=True, slots=True)
class Section:
    """A row of those that the bureau counts by, with the numbers that answer it."""

    label: str
    lines: Sequence[Line]


@people_only
@require_GET
def numbers(request: HttpRequest) -> HttpResponse:
    """The numbers of one group for a region and a span of this world, each beside last year and the span before."""
    return _numbers(request, None)


def _numbers(request: HttpRequest, refused: Refused | None) -> HttpResponse:
    person, world = _reader(request)
    group = _group(request)
    page: dict[str, Any] = {
        "here": "numbers", "group": group, "groups": [(code, _(label)) for code, label in GROUPS.items()],
        **_asked(request, person, world),
    }  # fmt: skip
    try:
        span = span_of(request, person, world)
    except Refused as refusal:
        return _not_read(request, page, refusal)
    with together():
        sections = [Section(_(row.label), _lines(row.codes, span)) for row in ROW_LIST if row.group == group]
    kept = _kept(frozen(prefixes=_prefixes(person, world), exercise_id=world.exercise_id)[:KEPT])
    page |= {
        "sections": sections, "lines": [line for each in sections for line in each.lines], "span": span, "kept": kept,
        "may_freeze": _may_freeze(request, person, span, world), "refusal": refused, "typed": request.POST,
    }  # fmt: skip
    return render(request, "web/pages/numbers.html", page, status=REFUSED_STATUS if refused else 200)


def _group(request: HttpRequest) -> str:
    said = request.GET if request.method == "GET" else request.POST
    group = said.get("group", USUAL_GROUP)
    return group if group in GROUPS else USUAL_GROUP


@people_only
@require_POST
def freeze_group(request: HttpRequest) -> HttpResponse:
    """Keep every number of a group for a region and a span as it is known now (整组定稿)."""
    person, world = _reader(request)
    group = _group(request)
    try:
        span = span_of(request, person, world)
        author = author_of(request)
        with together():
            lines = [line for row in ROW_LIST if row.group == group for line in _lines(row.codes, span)]
        told = {line.reading.indicator.code: line.reading for line in lines}
        rows = actions.freeze_all(readings=list(told.values()), by=author.by, at=world.now)
    except Refused as refusal:
        return _numbers(request, refusal)
    done = ngettext("Frozen: {n} number. Later entries do not change it.",
                    "Frozen: {n} numbers. Later entries do not change them.", len(rows))  # fmt: skip
    messages.success(request, done.format(n=len(rows)))
    return redirect(f"{reverse('web:numbers')}?{urlencode({'group': group})}&{span.query}")


def _lines(codes: Sequence[str], span: Span) -> list[Line]:
    """Those numbers of a row that can be cut as asked."""
    found = []
    for code in codes:
        try:
            told = compared(
                code=code, cut=span.cut, span=span.days, as_of=span.as_of, kinds=("year_before", "before")
            )
        except Refused:
            continue
        found.append(_line(told.now, span, told.against))
    # Where the registers count by themselves, what nobody entered by hand need not stand there empty.
    counting = any(not line.counted for line in found)
    shown = [line for line in found if not (counting and line.counted and line.reading.value is None)]
    return [replace(line, apart=_is_apart(line, shown)) for line in shown]


def _is_apart(line: Line, others: Sequence[Line]) -> bool:
    """Whether two numbers of one name stand side by side with two values: what was registered, what was entered."""
    values = {
        other.reading.value
        for other in others
        if other.label == line.label and other.reading.value is not None
    }
    return line.reading.value is not None and len(values) > 1


@people_only
@require_GET
def number(request: HttpRequest, code: str) -> HttpResponse:
    """One number: definition, scope, period, as of when, and the rows that the reader may see."""
    return _number(request, code, None)


@people_only
@require_POST
def freeze(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the number as it is known now (定稿)."""
    person, world = _reader(request)
    try:
        span = span_of(request, person, world)
        author = author_of(request)
        reading = indicator(code=_known(code), **_cut(span))
        actions.freeze(reading=reading, by=author.by, at=world.now)
    except Refused as refusal:
        return _number(request, code, refusal)
    messages.success(request, _("Frozen: later entries do not change it."))
    return redirect(f"{reverse('web:number', args=[code])}?{span.query}")


@people_only
@require_GET
def kept_number(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A frozen number with the rows it was made from, as they were named then."""
    person, world = _reader(request)
    rows = frozen(prefixes=_prefixes(person, world), exercise_id=world.exercise_id)
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    known = next((each for each in all_indicators() if each.code == row.code), None)
    opens = known.opens if known is not None else ""
    page = {"here": "numbers", "kept": _kept([row])[0], **_rows(request, person, world, row.rows, opens)}
    return render(request, "web/pages/numbers_kept.html", page)


@people_only
@require_GET
def entries(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the ledger holds about one row, to those who may see the row."""
    person, world = _reader(request)
    found = row_of(pk, opens=request.GET.get("of", ""), person=person, world=world)
    if found is None:
        raise Http404
    row, types, key = found
    held = Entry.objects.filter(subject_type__in=types, subject_id=key)
    entries = list(held.select_related("position").order_by("id")[:500])
    names = author_names(entry.by for entry in entries)
    page = {
        "here": "numbers",
        "row": row,
        "rows": [(entry, describe(entry), names.get(entry.by, entry.by)) for entry in entries],
    }
    return render(request, "web/pages/numbers_entries.html", page)


def _reader(request: HttpRequest) -> tuple[Person, World]:
    """A reader with a region: an enterprise has none, and a sum over others' rows is not its to see."""
    person, world = who(request)
    if person.organisation.kind == "enterprise":
        raise Http404
    return person, world


def _known(code: str) -> str:
    try:
        return of_code(code).code
    except Refused:
        raise Http404 from None


def _number(request: HttpRequest, code: str, refusal: Refused | None) -> HttpResponse:
    person, world = _reader(request)
    known = of_code(_known(code))
    page: dict[str, Any] = {"here": "numbers", "refusal": refusal, **_asked(request, person, world)}
    try:
        span = span_of(request, person, world)
    except Refused as problem:
        return _not_read(request, page, problem)
    try:
        with together():
            told = compared(code=known.code, cut=span.cut, span=span.days, as_of=span.as_of)
            page |= _beside(known.code, span)
    except Refused as problem:
        return _not_read(request, page, problem)
    kept = frozen(prefixes=_prefixes(person, world), exercise_id=world.exercise_id, code=known.code)
    page |= {
        "span": span,
        "line": _line(told.now, span, told.against),
        "answers": [_(row.label) for row in rows_by_code([known.code])[known.code]],
        "kept": _kept(kept[:KEPT]),
        "may_freeze": _may_freeze(request, person, span, world),
        "typed": request.POST,
        "frozen_here": frozen_beside(told),
        **_rows(request, person, world, told.now.rows, known.opens),
    }
    status = 200 if refusal is None else REFUSED_STATUS
    return render(request, "web/pages/number.html", page, status=status)


def _beside(code: str, span: Span) -> dict[str, Any]:
    """By region one step inside, and the twelve months that end with the span beside those of the year before."""
    known = of_code(code)
    asked: dict[str, Any] = {"code": code, "cut": span.cut, "as_of": span.as_of}
    parts = by_region(**asked, span=span.days) if "region" in known.cuts else []
    year = _twelve_months(span)
    now, then = by_month(**asked, span=year), by_month(**asked, span=year.year_before())
    months = [
        (part, before.value, _month_of(span, part.month), _month_of(span, before.month))
        for part, before in zip(now, then, strict=False)
    ]
    return {
        "parts": [(part, span.query_of(part.region.pk)) for part in parts if part.region is not None],
        "months": months,
        "chart": {
            "months": [f"{part.month:%Y-%m}" for part, *_rest in months if part.month is not None],
            "now": [_number_of(part.value) for part, *_rest in months],
            "then": [_number_of(before) for _part, before, *_rest in months],
            "doors": [[f"?{this}" for _part, _before, this, _then in months],
                      [f"?{then}" for _part, _before, _this, then in months]],
        },
    }  # fmt: skip


def _month_of(span: Span, first: date | None) -> str:
    """The same question for a calendar month."""
    if first is None:
        return span.query
    days = month(first.year, first.month)
    return replace(span, choice="dates", first=f"{days.first:%F}", last=f"{days.last:%F}").query


def _twelve_months(span: Span) -> Days:
    last = min(span.days.last, local(span.as_of).date())
    months = last.year * 12 + last.month - 12  # the month eleven before
    return since(date(months // 12, months % 12 + 1, 1), last)


def _number_of(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _may_freeze(request: HttpRequest, person: Person, span: Span, world: World) -> bool:
    """At a shared screen it is the PIN that tells who freezes, so the form stands there for all."""
    own = actions.may_freeze(by=person.by, region=span.region.pk, at=world.now)
    return own or seat_at(request) is not None


def _asked(request: HttpRequest, person: Person, world: World) -> dict[str, Any]:
    """What the form of region and period offers, and what was said in it."""
    said = request.GET if request.method == "GET" else request.POST
    return {
        "regions": regions_of(person, world),
        "campaigns": list(campaigns_of(person, world)[:KEPT]),
        "choices": [(code, _(label)) for code, label in CHOICES],
        "said": {
            name: said.get(name, "")
            for name in ("region", "period", "from", "to", "as_of", "sector", "campaign", "group")
        },
    }


def _not_read(request: HttpRequest, page: dict[str, Any], refusal: Refused) -> HttpResponse:
    """A region of somebody else is not there; a wrong date is said beside its field."""
    if refusal.code == "orgs.region_not_yours" and page["regions"]:
        raise Http404
    status = REFUSED_STATUS if page["regions"] else 200
    page |= {"span": None, "lines": [], "kept": [], "refusal": refusal, "typed": request.GET}
    return render(request, "web/pages/numbers.html", page, status=status)


def _cut(span: Span) -> dict[str, Any]:
    return {"cut": span.cut, "period": span.period, "as_of": span.as_of}


def _prefixes(person: Person, world: World) -> list[str]:
    return scope_of(person, at=world.seen_at)


def _line(reading: Reading, span: Span, against: Sequence[Against] = ()) -> Line:
    known = reading.indicator
    url = f"{reverse('web:number', args=[known.code])}?{span.query}"
    counted = known.opens == "indicators.count"
    return Line(reading, _(known.label), _(known.unit), _(known.definition), url, against, counted)


def _rows(
    request: HttpRequest, person: Person, world: World, ids: Sequence[object], opens: str
) -> dict[str, Any]:
    """A page of the rows behind a number; of these, those that the reader may see."""
    pages = Paginator(ids, ROWS).get_page(request.GET.get("page", "1"))
    shown = list(pages.object_list)
    rows = rows_of(shown, opens=opens, person=person, world=world)
    query = request.GET.copy()
    query.pop("page", None)
    return {"pages": pages, "rows": rows, "hidden": len(set(shown)) - len(rows), "query": query.urlencode()}


def _kept(rows: Sequence[Freeze] | Any) -> list[dict[str, Any]]:
    """Frozen numbers in words; one whose declaration is gone keeps its code."""
    rows = list(rows)
    known = {each.code: each for each in all_indicators()}
    names = author_names(row.by for row in rows)
    return [
        {
            "row": row,
            "label": _(known[row.code].label) if row.code in known else row.code,
            "unit": _(known[row.code].unit) if row.code in known else "",
            "value": _rounded(row, known[row.code].digits if row.code in known else 2),
            "by": names.get(row.by, row.by),
        }
        for row in rows
    ]


def _rounded(row: Freeze, digits: int) -> str:
    return "—" if row.value is None else f"{row.value:.{digits}f}"
