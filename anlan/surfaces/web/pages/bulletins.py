"""Reports (简报与报告): the list, the text with every number a door, the rows behind a number, the document."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.bulletins.actions.editing import note_opened
from anlan.domains.bulletins.actions.issuing import said, way_of
from anlan.domains.bulletins.actions.paper import document, grid
from anlan.domains.bulletins.loop import REPORT, SHARE
from anlan.domains.bulletins.models import Number, Paragraph, Report
from anlan.domains.bulletins.queries.behind import is_asked_again
from anlan.domains.bulletins.queries.behind import rows_of as rows_behind
from anlan.domains.bulletins.queries.earlier import beside_of
from anlan.domains.bulletins.queries.reports import (
    chain_of,
    findings_of,
    left_out,
    may_write,
    number_for,
    owns,
    shares_of,
    standing,
    template_of,
    visible_draftings,
    visible_reports,
)
from anlan.domains.bulletins.rules.templates import ReportTemplate, templates, unused
from anlan.kernel.core import attachments
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.registry import all_indicators
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import duty_names, has_duty, scope_of
from anlan.kernel.papers.layout import MEDIA_TYPE
from anlan.kernel.papers.queries import bytes_of
from anlan.kernel.places.models import Region
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.items import PAGES
from anlan.surfaces.web.pages.number_rows import rows_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.pages.responses import in_english, offers, who
from anlan.surfaces.web.people import people_only
from anlan.surfaces.web.worlds import World

ROWS = 50
VERDICTS = {"wrong": N_("Contradiction"), "scope": N_("Two scopes"), "note": N_("Look at this")}
# Steps that only one kind of report has: those of the other kind are not offered.
_ONLY = {"hand_in", "hand_to_watch", "issue", "enter_number"}


def kind_name(kind: ReportTemplate) -> str:
    return kind.english if in_english() else kind.label


@people_only
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """The reports one may read, newest first; and the kinds one may write."""
    person, world = who(request)
    rows = visible_reports(person, at=world.seen_at, exercise_id=world.exercise_id)
    chosen = request.GET.get("kind", "")
    if chosen in templates():
        rows = rows.filter(template=chosen)
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page", "1"))
    asked = visible_draftings(person, at=world.seen_at, exercise_id=world.exercise_id)
    page = {
        "here": "registers", "making": asked.filter(state="waiting"),
        "rows": [
            {"row": row, "kind": kind_name(template_of(row)), "state": _(REPORT.states[row.item.state])}
            for row in pages
        ],
        "pages": pages,
        "query": urlencode({"kind": chosen}) if chosen else "",
        "kinds": [{"code": code, "name": kind_name(one)} for code, one in templates().items()],
        "chosen": chosen,
        "writes": writable(person, world),
    }  # fmt: skip
    page["unused"] = unused() if page["writes"] else ()
    return render(request, "web/bulletins/reports.html", page)


def writable(person: Person, world: World) -> list[dict[str, str]]:
    """The kinds of report a person may write for the widest of their regions."""
    prefixes = scope_of(person, at=world.seen_at)
    if not prefixes:
        return []
    region = prefixes[0].ljust(12, "0")
    return [
        {"code": code, "name": kind_name(one)}
        for code, one in templates().items()
        if has_duty(person_id=person.pk, kinds=one.writers, region=region, at=world.seen_at)
    ]


def report_for(request: HttpRequest, pk: UUID) -> tuple[Report, Person, World]:
    """Fetch and authorise; what is not yours is not there."""
    person, world = who(request)
    found = visible_reports(person, at=world.seen_at, exercise_id=world.exercise_id).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found, person, world


@people_only
@require_GET
def report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The text as it will be issued, every number a door; beside it the last one; what contradicts in the margin."""
    found, person, world = report_for(request, pk)
    return render(request, "web/bulletins/report.html", page_of(found, person, world))


def page_of(row: Report, person: Person, world: World) -> dict[str, Any]:
    """Everything the page of a report shows."""
    numbers = list(standing(row))
    at, item = world.seen_at, row.item
    writes = item.state == "drafted" and may_write(person, row, at=at)
    own = visible_items(person, at=at).filter(pk=item.pk).exists()
    shares = list(shares_of(row))
    typed = [one for one in numbers if one.kind == "typed"]
    left = left_out(row)
    names = author_names([item.opened_by, *(one.by for one in typed), *(one.gone_by for one in left)])
    return {
        "here": "registers", "row": row, "item": item, "kind": kind_name(template_of(row)),
        "state": _(REPORT.states[item.state]), "moves": _moves(row, person, world) if own else [],
        "parts": _parts(row, numbers, person, world, shares, writes=writes),
        "findings": [
            {"verdict": one.verdict, "label": _(VERDICTS[one.verdict]), "words": said(one), "key": one.key}
            for one in findings_of(row)
        ],
        "beside": beside_of(row), "may_take": may_write(person, row, at=at) and not item.closed_at,
        "explained": list(row.explanations.order_by("at")), "writes": writes, "by": names.get(item.opened_by, ""),
        "typed": [{"n": one, "by": names.get(one.by, one.by), "url": number_url(row, one)} for one in typed],
        "left": [{"n": one, "by": names.get(one.gone_by, ""), "url": number_url(row, one)} for one in left],
        "shares": [_share(share) for share in shares],
        "counts": {"numbers": len(numbers), "typed": len(typed)},
    }  # fmt: skip


def _parts(
    row: Report,
    numbers: Sequence[Number],
    person: Person,
    world: World,
    shares: Sequence[Any],
    *,
    writes: bool,
) -> list[dict[str, Any]]:
    """Every paragraph in its order, with what the last report said in the same place."""
    held = beside_of(row)
    beside = held.words if held is not None else {}
    signed = {share.owner: share.item.state for share in shares}
    found = []
    for one in row.paragraphs.order_by("place"):
        mine = [number for number in numbers if number.paragraph_id == one.pk]
        may_edit = writes or (row.item.state == "drafted" and owns(person, one, at=world.seen_at))
        found.append(_part(one, mine, beside, signed, may_edit))
    return found


def _moves(row: Report, person: Person, world: World) -> list[dict[str, Any]]:
    wanted = {way_of(row), "issue" if template_of(row).numbering == "ours" else "enter_number"}
    found = [one for one in offers(row.item, person, at=world.now) if not one["telephone"]]
    return [
        one
        for one in found
        if (name := one["url"].rstrip("/").rsplit("/", 1)[-1]) not in _ONLY or name in wanted
    ]


def _share(share: Any) -> dict[str, Any]:
    return {
        "who": duty_names([share.owner])[0], "state": _(SHARE.states[share.item.state]), "item": share.item,
        "url": reverse("web:record", args=["bulletins", "share", share.pk]), "signed": share.item.state == "signed",
    }  # fmt: skip


def number_url(row: Report, one: Number) -> str:
    return reverse("web:report_number", args=[row.pk, one.pk])


def _part(
    one: Paragraph,
    numbers: Sequence[Number],
    beside: Mapping[str, str],
    signed: Mapping[str, str],
    may_edit: bool,
) -> dict[str, Any]:
    """A paragraph with its numbers as doors, who signs it, and how it read last time."""
    row = one.report
    made: dict[str, Any] = {
        "p": one, "owner": duty_names([one.owner])[0] if one.owner else "", "signed": signed.get(one.owner, ""),
        "may_edit": may_edit and one.kind == "say" and row.item.state == "drafted",
        "beside": beside.get(one.key, "") if one.kind == "say" else "",
    }  # fmt: skip
    if one.kind == "table":
        heads, lines = grid(one, numbers)
        made["heads"] = heads
        made["lines"] = [
            (name, [(number, number_url(row, number)) if number else None for number in cells])
            for name, cells in lines
        ]
    elif one.kind == "chart":
        chart, lines = _chart(one, numbers)
        made |= {
            "chart": chart,
            "lines": lines,
            "chart_id": f"chart-{one.place}",
            "source": numbers[0] if numbers else None,
        }
    elif one.kind == "list":
        made["items"] = [
            {**each, "url": reverse("web:number_entries", args=[each["id"]])} for each in one.data["rows"]
        ]
    else:
        made["pieces"] = pieces(one, numbers)
    return made


def pieces(one: Paragraph, numbers: Sequence[Number]) -> list[dict[str, Any]]:
    """A text cut at its numbers: words, and doors."""
    found: list[dict[str, Any]] = []
    at = 0
    for number in sorted((n for n in numbers if n.start is not None), key=lambda n: n.start or 0):
        found.append({"text": one.text[at : number.start]})
        found.append(
            {"text": one.text[number.start : number.end], "n": number, "url": number_url(one.report, number)}
        )
        at = number.end or at
    return [*found, {"text": one.text[at:]}]


def _chart(one: Paragraph, numbers: Sequence[Number]) -> tuple[dict[str, Any], list[tuple[str, list[Any]]]]:
    """What is drawn, and the same as a table. Each point that was counted is a number and opens like one."""
    data, by_slot = one.data, {number.slot: number for number in numbers}
    series, cells = [], []
    for place, each in enumerate(data["series"]):
        points = [by_slot.get(f"{data['slot']}#{one.key}@{place}.{n}") for n in range(len(each["values"]))]
        told = [None if value is None else float(value) for value in each["values"]]
        urls = [
            number_url(one.report, point) if point and point.value is not None else "" for point in points
        ]
        series.append({"name": _(NAMES.get(each["name"], each["name"])), "values": told, "urls": urls})
        words = [point.printed if point else each["values"][n] for n, point in enumerate(points)]
        cells.append([(value, words[n], urls[n]) for n, value in enumerate(told)])
    lines = [(label, [column[n] for column in cells]) for n, label in enumerate(data["labels"])]
    chart = {"kind": data["kind"], "labels": data["labels"], "series": series, "unit": data["unit"]}
    chart["empty"] = all(value is None for one in series for value in one["values"])
    return chart, lines


NAMES = {"本期": N_("This span"), "上年同期": N_("The year before")}


@people_only
@require_GET
def report_number(request: HttpRequest, pk: UUID, number: UUID) -> HttpResponse:
    """One number of a report: what it is, of where and when, as known when, and the rows it was made from."""
    row, person, world = report_for(request, pk)
    one = number_for(row, number)
    if one is None:
        raise Http404
    note_opened(number=one, by=person.by, at=world.now)
    pages = Paginator(rows_behind(one), ROWS).get_page(request.GET.get("page", "1"))
    seen = rows_of(list(pages), opens=one.opens, person=person, world=world)
    parts = (
        standing(row).filter(slot__in=one.of).order_by("slot", "start") if one.of else Number.objects.none()
    )
    page = {
        "here": "registers", "row": row, "n": one, "where": _where(one, row), "label": _label(one),
        "definition": _definition(one),
        "rows": seen, "pages": pages, "hidden": len(pages) - len(seen), "query": "", "live": _live(one, row),
        "parts": [(part, number_url(row, part)) for part in _first_of_each(parts)],
        "chain": [(old, author_names([old.by]).get(old.by, old.by)) for old in chain_of(one)],
        "by": author_names([one.by]).get(one.by, one.by), "opened": one.openings.count(), "changed": _changed(one),
    }  # fmt: skip
    return render(request, "web/bulletins/number.html", page)


def _where(one: Number, row: Report) -> Region | None:
    """The street of a cell or a point; nothing where a number is of the whole."""
    return None if one.region in ("", row.item.region_id) else Region.objects.filter(pk=one.region).first()


def _first_of_each(numbers: Any) -> list[Number]:
    found: dict[str, Number] = {}
    for one in numbers:
        found.setdefault(one.slot, one)
    return list(found.values())


def _known(one: Number) -> Any:
    return (
        next((each for each in all_indicators() if each.code == one.code), None)
        if one.kind == "indicator"
        else None
    )


def _label(one: Number) -> str:
    known = _known(one)
    return _(known.label) if known is not None and in_english() else one.label


def _changed(one: Number) -> bool:
    """Whether its rows are read by another definition than the one it was counted by."""
    known = _known(one)
    return is_asked_again(one) and known is not None and known.version != one.version


def _definition(one: Number) -> str:
    known = _known(one)
    return _(known.definition) if known is not None and known.version == one.version else one.definition


def _live(one: Number, row: Report) -> str:
    """The same number on the page of numbers, as it was known when the report was written."""
    if _known(one) is None or one.first is None or one.last is None or one.first > row.last:
        return ""  # what a plan speaks of is counted as it was known then, not as days that have passed
    asked = {"period": "dates", "region": one.region, "from": f"{one.first:%F}", "to": f"{one.last:%F}"}
    asked |= {"campaign": str(one.campaign)} if one.campaign else {}
    known_at = one.as_of or row.as_of
    return f"{reverse('web:number', args=[one.code])}?{urlencode(asked | {'as_of': known_at.isoformat()})}"


# ---- the document ----------------
@people_only
@require_GET
def report_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The office document: as it was issued, or the draft as it stands."""
    row, _person, world = report_for(request, pk)
    data = (
        bytes_of(row.paper) if row.paper else document(row, title=row.title, number=row.number, at=world.now)
    )
    return file_response(data, MEDIA_TYPE, f"{row.title} {row.number}".strip() + ".docx")


@people_only
@require_GET
def report_scan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The stamped scan of a red-head document."""
    row, _person, _world = report_for(request, pk)
    if row.scan is None:
        raise Http404
    data = attachments.path_of(row.scan.sm3).read_bytes()
    return file_response(data, "application/octet-stream", row.scan.name or f"{row.title}.pdf")


def file_response(data: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = "attachment; filename*=UTF-8''" + quote(name)
    response["Cache-Control"] = "private, no-store"
    return response


PAGES["bulletins.report"] = "web:report"
ALSO["bulletins"] = (("web:reports", N_("Reports")),)
