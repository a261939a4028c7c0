"""Numbers (指标): each with base, definition and time, and each a door to the rows it was made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators import actions
from anlan.kernel.indicators.models import Freeze
from anlan.kernel.indicators.queries import frozen, indicator
from anlan.kernel.indicators.registry import all_indicators, of_code
from anlan.kernel.indicators.spec import Reading
from anlan.kernel.ledger.models import Entry
from anlan.kernel.ledger.queries import describe
from anlan.kernel.loop import registry as loops
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import item_for, visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.responses import who
from anlan.surfaces.web.people import author_of, people_only, seat_at
from anlan.surfaces.web.refusals import REFUSED_STATUS
from anlan.surfaces.web.spans import CHOICES, Span, regions_of, span_of
from anlan.surfaces.web.worlds import World

ROWS = 50
KEPT = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A number as the list shows it."""

    reading: Reading
    label: str
    unit: str
    definition: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row behind a number: a work item that the reader may see."""

    item: WorkItem
    loop: str
    state: str
    url: str


@people_only
@require_GET
def numbers(request: HttpRequest) -> HttpResponse:
    """Every declared number for a region and a period of this world."""
    person, world = _reader(request)
    page: dict[str, Any] = {"here": "numbers", **_asked(request, person, world)}
    try:
        span = span_of(request, person, world)
    except Refused as refusal:
        return _not_read(request, page, refusal)
    lines = [_line(indicator(code=each.code, **_cut(span)), span) for each in all_indicators()]
    kept = _kept(frozen(prefixes=_prefixes(person, world), exercise_id=world.exercise_id)[:KEPT])
    return render(request, "web/pages/numbers.html", {**page, "span": span, "lines": lines, "kept": kept})


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
    page = {"here": "numbers", "kept": _kept([row])[0], **_rows(request, person, world, row.rows)}
    return render(request, "web/pages/numbers_kept.html", page)


@people_only
@require_GET
def entries(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the ledger holds about one row, to those who may see the row."""
    person, world = _reader(request)
    try:
        item = item_for(person, pk, at=world.seen_at)
    except Refused:
        raise Http404 from None
    found = Entry.objects.filter(subject_type__in=("loop.item", item.loop), subject_id=str(item.pk))
    rows = list(found.select_related("position").order_by("id")[:500])
    names = author_names(entry.by for entry in rows)
    page = {
        "here": "numbers",
        "item": item,
        "url": url_of(item),
        "rows": [(entry, describe(entry), names.get(entry.by, entry.by)) for entry in rows],
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
    reading = indicator(code=known.code, **_cut(span))
    kept = frozen(prefixes=_prefixes(person, world), exercise_id=world.exercise_id, code=known.code)
    page |= {
        "span": span,
        "line": _line(reading, span),
        "kept": _kept(kept[:KEPT]),
        "may_freeze": _may_freeze(request, person, span, world),
        "typed": request.POST,
        **_rows(request, person, world, reading.rows),
    }
    status = 200 if refusal is None else REFUSED_STATUS
    return render(request, "web/pages/number.html", page, status=status)


def _may_freeze(request: HttpRequest, person: Person, span: Span, world: World) -> bool:
    """At a shared screen it is the PIN that tells who freezes, so the form stands there for all."""
    own = actions.may_freeze(by=person.by, region=span.region.pk, at=world.now)
    return own or seat_at(request) is not None


def _asked(request: HttpRequest, person: Person, world: World) -> dict[str, Any]:
    """What the form of region and period offers, and what was said in it."""
    said = request.GET if request.method == "GET" else request.POST
    return {
        "regions": regions_of(person, world),
        "choices": [(code, _(label)) for code, label in CHOICES],
        "said": {name: said.get(name, "") for name in ("region", "period", "from", "to", "as_of")},
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


def _line(reading: Reading, span: Span) -> Line:
    known = reading.indicator
    url = f"{reverse('web:number', args=[known.code])}?{span.query}"
    return Line(reading, _(known.label), _(known.unit), _(known.definition), url)


def _rows(request: HttpRequest, person: Person, world: World, ids: Sequence[object]) -> dict[str, Any]:
    """A page of the rows behind a number that the reader may see, and how many there are beyond these."""
    seen = visible_items(person, at=world.seen_at).filter(pk__in=list(ids)).select_related("region")
    pages = Paginator(seen.order_by("-opened_at", "pk"), ROWS).get_page(request.GET.get("page", "1"))
    query = request.GET.copy()
    query.pop("page", None)
    return {
        "pages": pages,
        "rows": [_row(item) for item in pages],
        "hidden": len(set(ids)) - pages.paginator.count,
        "query": query.urlencode(),
    }


def _row(item: WorkItem) -> Row:
    loop = loops.loop_of(item)
    return Row(item, _(loop.label), _(loop.states.get(item.state, item.state)), url_of(item))


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
