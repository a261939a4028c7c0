"""Counted records: entered with scope and source, corrected with a reason, held against each other."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anlan.domains.statistics import actions
from anlan.domains.statistics.public import FACTS, RELATIONS, fact_of
from anlan.domains.statistics.queries import PREFIX, added_up, visible_counts
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators import counting
from anlan.kernel.indicators.checking import SCOPE, Finding, findings
from anlan.kernel.indicators.models import Count, ScopeNote
from anlan.kernel.indicators.spans import Span
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import region_in_scope
from anlan.kernel.places.models import Region
from anlan.surfaces.web.names import author_names, shown
from anlan.surfaces.web.pages.responses import who
from anlan.surfaces.web.people import author_of, people_only, seat_at
from anlan.surfaces.web.refusals import REFUSED_STATUS, again
from anlan.surfaces.web.spans import BAD_DAY, regions_of
from anlan.surfaces.web.times import local
from anlan.surfaces.web.worlds import World

ROWS = 50
SPANS = 24
SAID = ("fact", "value", "region", "first", "last", "scope", "source")


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as lists show it."""

    count: Count
    label: str
    value: str
    unit: str
    gone: bool
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """A finding in words."""

    key: str
    verdict: str
    words: str
    facts: list[dict[str, str]]
    wants_note: bool


@people_only
@require_GET
def facts(request: HttpRequest) -> HttpResponse:
    """What was entered for one's regions, newest days first."""
    person, world = _reader(request)
    asked = request.GET.get("fact", "")
    rows = visible_counts(person, at=world.seen_at, exercise_id=world.exercise_id).select_related(
        "superseded_by"
    )
    if fact_of(asked) is not None:
        rows = rows.filter(code=asked)
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page", "1"))
    page = {
        "here": "numbers", "facts": _facts(), "asked": asked, "pages": pages, "rows": [_row(each) for each in pages],
        "query": f"fact={asked}" if asked else "", "enters": _enters(request, person, world),
    }  # fmt: skip
    return render(request, "web/pages/facts.html", page)


@people_only
@require_http_methods(["GET", "POST"])
def fact_new(request: HttpRequest) -> HttpResponse:
    """Enter a fact."""
    person, world = _reader(request)
    if not _enters(request, person, world):
        raise Http404
    given = request.GET if request.method == "GET" else request.POST
    page = {
        "here": "numbers", "facts": _facts(), "regions": regions_of(person, world),
        "said": {name: given.get(name, "") for name in SAID},
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/fact_new.html", page)
    try:
        row = _enter(request, world)
    except Refused as refusal:
        return again(request, "web/pages/fact_new.html", page, refusal)
    messages.success(request, _("Entered. Reports and numbers take it from here."))
    return redirect("web:fact", pk=row.pk)


def _enter(request: HttpRequest, world: World) -> Count:
    said, author = request.POST, author_of(request)
    region = region_in_scope(author, said.get("region", "").strip(), at=world.seen_at)
    return actions.enter(
        fact=said.get("fact", ""), value=said.get("value", ""), region=region,
        first=_day(said.get("first", ""), "first"), last=_day(said.get("last", ""), "last"),
        source=said.get("source", ""), scope=said.get("scope", ""), by=author.by, at=world.now,
        today=local(world.now).date(), exercise_id=world.exercise_id,
    )  # fmt: skip


@people_only
@require_http_methods(["GET", "POST"])
def fact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One entry with what stood there before, and its correction."""
    person, world = _reader(request)
    rows = visible_counts(person, at=world.seen_at, exercise_id=world.exercise_id)
    row = rows.select_related("superseded_by").filter(pk=pk).first()
    if row is None:
        raise Http404
    history = _history(row)
    names = author_names(each.by for each in history)
    page = {
        "here": "numbers", "row": _row(row), "history": [(each, names.get(each.by, each.by)) for each in history],
        "corrects": actions.may_enter(by=person.by, region=row.region_id, at=world.now) or seat_at(request) is not None,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/fact.html", page)
    try:
        author = author_of(request)
        fresh = actions.correct(
            row=row, value=request.POST.get("value", ""), why=request.POST.get("reason", ""), by=author.by, at=world.now
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/fact.html", page, refusal)
    messages.success(request, _("Corrected. What was known before is kept."))
    return redirect("web:fact", pk=fresh.pk)


@people_only
@require_http_methods(["GET", "POST"])
def scopes(request: HttpRequest) -> HttpResponse:
    """Which counted records stand against each other, and the notes that explain them."""
    person, world = _reader(request)
    said = request.GET if request.method == "GET" else request.POST
    regions = regions_of(person, world)
    try:
        region = region_in_scope(person, said.get("region", "").strip(), at=world.seen_at) if regions else ""
    except Refused:
        raise Http404 from None
    found = _all_findings(region, world) if region else []
    refusal = None
    if request.method == "POST":
        try:
            _note(request, found, region, world)
        except Refused as problem:
            refusal = problem
        else:
            messages.success(request, _("Noted: it is silent from now on for these values."))
            return redirect(f"{reverse('web:scopes')}?region={region}")
    notes = list(ScopeNote.objects.filter(region_id=region).order_by("-at")[:ROWS])
    names = author_names(each.by for each in notes)
    page = {
        "here": "numbers", "regions": regions, "region": region, "refusal": refusal, "typed": request.POST,
        "findings": [(span, [_found(each) for each in those]) for span, those in found],
        "notes": [(each, names.get(each.by, each.by)) for each in notes],
        "writes": bool(region) and (actions.may_enter(by=person.by, region=region, at=world.now) or seat_at(request)),
    }  # fmt: skip
    return render(request, "web/pages/scopes.html", page, status=200 if refusal is None else REFUSED_STATUS)


def _note(request: HttpRequest, found: list[tuple[Span, list[Finding]]], region: str, world: World) -> None:
    author = author_of(request)
    key = request.POST.get("key", "")
    finding = next((each for _span, those in found for each in those if each.key == key), None)
    if finding is None:
        raise Http404
    if not actions.may_enter(by=author.by, region=region, at=world.now):
        raise Refused(actions.NOT_YOURS)
    note = request.POST.get("note", "")
    counting.note_scope(finding=finding, note=note, region=region, by=author.by, at=world.now)


def _all_findings(region: str, world: World) -> list[tuple[Span, list[Finding]]]:
    """The findings of each span for which anything was entered, the last ones first."""
    spans = (
        Count.objects.filter(region_id=region, exercise_id=world.exercise_id, code__startswith=PREFIX)
        .values_list("first", "last").distinct().order_by("-last", "first")[:SPANS]
    )  # fmt: skip
    noted = counting.noted(region)
    mixed = added_up(region=region, as_of=world.now, exercise_id=world.exercise_id)
    found = []
    for first, last in sorted({*spans, *mixed}, key=lambda days: (days[1], days[0]), reverse=True)[:SPANS]:
        span = Span("since", first, last)
        known = counting.facts(region=region, span=span, as_of=world.now, exercise_id=world.exercise_id)
        relations = [*RELATIONS]
        for relation, facts in mixed.get((first, last), ()):
            relations.append(relation)
            known |= facts
        those = findings(relations, known, noted=noted)
        if those:
            found.append((span, those))
    return found


def _found(finding: Finding) -> Found:
    verdicts = {"wrong": _("Wrong"), "scope": _("Two scopes"), "note": _("Look at it")}
    told_as = {name: _plain(value) for name, value in finding.values.items()}
    words = _(finding.words).format(
        **told_as | ({"what": _label(told_as["what"])} if "what" in told_as else {})
    )
    told = [
        {
            "label": _name_of(each.code), "value": _plain(each.value), "unit": _(each.unit), "scope": each.scope,
            "source": each.source,
        }
        for each in finding.facts
    ]  # fmt: skip
    return Found(finding.key, verdicts[finding.verdict], words, told, finding.verdict == SCOPE)


def _history(row: Count) -> list[Count]:
    """The entry and those it took the place of, newest first."""
    found = [row]
    while found[-1].supersedes is not None:
        found.append(found[-1].supersedes)
    return found


def _row(row: Count) -> Row:
    gone = hasattr(row, "superseded_by")
    return Row(
        row, _label(row.code), _plain(row.value), _(row.unit), gone, reverse("web:fact", args=[row.pk])
    )


def _label(code: str) -> str:
    known = fact_of(code)
    return _(known.label) if known is not None else code


def _name_of(code: str) -> str:
    """A fact by its label; with its region where it stands for one of several."""
    fact, _at, region = code.partition("@")
    where = Region.objects.filter(pk=region).first() if region else None
    return f"{shown(where)} {_label(fact)}" if where is not None else _label(fact)


def _plain(value: object) -> str:
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def _facts() -> list[tuple[str, str, str]]:
    return [(f"{PREFIX}{each.code}", _(each.label), _(each.unit)) for each in FACTS]


def _enters(request: HttpRequest, person: Person, world: World) -> bool:
    """Whether there is any region for which the reader may enter facts; at a shared screen the PIN tells who."""
    own = (
        actions.may_enter(by=person.by, region=each.pk, at=world.now) for each in regions_of(person, world)
    )
    return seat_at(request) is not None or any(own)


def _day(text: str, field: str) -> date:
    try:
        day = parse_date(text.strip())
    except ValueError:
        day = None
    if day is None:
        raise Refused(BAD_DAY, field=field, given=text)
    return day


def _reader(request: HttpRequest) -> tuple[Person, World]:
    person, world = who(request)
    if person.organisation.kind == "enterprise":
        raise Http404
    return person, world
