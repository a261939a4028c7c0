"""Comparing lists with the archive: files in, findings with reasons out, and a person's word on the doubtful."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.enterprises.actions import comparing
from anlan.domains.enterprises.models import Comparison, Enterprise, Finding
from anlan.domains.enterprises.queries import lists
from anlan.domains.enterprises.queries.archive import enterprise_for
from anlan.domains.enterprises.rules import words
from anlan.kernel.core import attachments
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty, visible_regions
from anlan.kernel.sheets import files
from anlan.kernel.sheets.inspecting import let_in
from anlan.kernel.sheets.reading import as_text, leaves
from anlan.surfaces.web import handed_in
from anlan.surfaces.web.pages.enterprises import reader
from anlan.surfaces.web.pages.records import regions_of
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import world_of

ROWS, MOST_ROWS, MOST_BYTES = 50, 50_000, 10 * 2**20
HEADS_WITHIN = 15  # rows: a title and a note may stand above the head
TOO_LARGE = reason(
    "web.list_too_large", N_("{name} is larger than 10 MB or 50,000 rows. Split it by street.")
)
NO_HEAD = reason(
    "web.list_no_head",
    N_("{name} has no column with the firm's name. One of its first rows must name the columns."),
)
NO_FILE = reason("web.list_none", N_("Choose at least one list."))
HEADS = {
    "name": ("企业名称", "名称", "单位名称", "用户名称", "户名", "商户名称", "name"),
    "uscc": ("统一社会信用代码", "信用代码", "社会信用代码", "uscc"),
    "address": ("地址", "经营地址", "生产地址", "用电地址", "住所", "address"),
    "lon": ("经度", "lon", "longitude"),
    "lat": ("纬度", "lat", "latitude"),
    "status": ("状态", "用电状态", "经营状态", "status"),
}


@people_only
@require_GET
def comparisons(request: HttpRequest) -> HttpResponse:
    """The runs over one's regions, newest first."""
    person, at = reader(request)
    rows = Comparison.objects.filter(visible_regions(person, at=at, field="region__code")).select_related(
        "region"
    )
    pages = Paginator(rows.order_by("-at"), ROWS).get_page(request.GET.get("page", "1"))
    return render(request, "web/pages/comparisons.html", {"here": "enterprises", "pages": pages, "query": ""})


@people_only
@require_http_methods(["GET", "POST"])
def comparison_new(request: HttpRequest) -> HttpResponse:
    """Hand in up to four lists; the comparison runs at once."""
    person, at = reader(request)
    if person.organisation.kind == "enterprise":
        raise Http404
    page = {
        "here": "enterprises",
        "sources": [(code, _(label)) for code, label in words.SOURCES],
        "regions": regions_of(person, world_of(request)),
        "heads": [heads[0] for heads in HEADS.values()],
        "typed": request.POST,
        "refusal": None,
    }
    if request.method == "GET":
        return render(request, "web/pages/comparison_new.html", page)
    try:
        run = comparing.compare(
            name=request.POST.get("name", "").strip()[:160] or _("Comparison"), region=request.POST.get("region", ""),
            lists=_lists(request), by=author_of(request).by, at=at,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/comparison_new.html", page, refusal)
    return redirect("web:enterprise_comparison", pk=run.pk)


def _lists(request: HttpRequest) -> list[comparing.Given]:
    by, given = author_of(request).by, []
    for source, _label in words.SOURCES:
        sent = handed_in.sheet(request, source)
        if sent is not None and sent.size:
            if sent.size > MOST_BYTES:
                raise Refused(TOO_LARGE, field=source, name=sent.name)
            given.append(comparing.Given(source, sent.name[:200], _looked_at(source, sent, by)))
    if not given:
        raise Refused(NO_FILE, field="business_register")
    return given


def _looked_at(source: str, sent: handed_in.Sheet, by: str) -> list[dict[str, Any]]:
    """The rows of a list that passed the gate of spreadsheets; what it refuses is said beside the list's own input."""
    path = attachments.path_of(files.keep(sent.blocks, name=sent.name, by=by).sm3)
    try:
        let_in(path)
        return rows_of(sent.name, path)
    except Refused as refusal:
        raise Refused(refusal.code, **{**refusal.facts, "field": source}) from refusal


def rows_of(name: str, path: Path) -> list[dict[str, Any]]:
    """The rows of a list by our own column names; heads that offices use for the same are known."""
    leaf = next(leaves(path), None)
    table = list(islice(leaf.rows, MOST_ROWS + HEADS_WITHIN + 1)) if leaf is not None else []
    for number, cells in enumerate(table[:HEADS_WITHIN], 1):
        head = [as_text(cell) for cell in cells]
        places = {
            ours: next((head.index(h) for h in known if h in head), None) for ours, known in HEADS.items()
        }
        if places["name"] is not None:
            if len(table) - number > MOST_ROWS:
                raise Refused(TOO_LARGE, name=name)
            return [_row(row, places) for row in table[number:]]
    raise Refused(NO_HEAD, name=name)


def _row(cells: Sequence[Any], places: Mapping[str, int | None]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for ours, place in places.items():
        value = cells[place] if place is not None and place < len(cells) else ""
        found[ours] = _degrees(value) if ours in ("lon", "lat") else as_text(value)
    return found


def _degrees(value: Any) -> float | None:
    try:
        degrees = float(value)
    except (TypeError, ValueError):
        return None
    return degrees if -180 <= degrees <= 180 else None


@people_only
@require_GET
def comparison(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The findings of a run: doubtful ones first, each with its reasons and candidates."""
    run, person = _run(request, pk)
    verdict = request.GET.get("verdict", "doubtful")
    found = lists.settled(run.pk, verdict=verdict if verdict in dict(words.VERDICTS) else "")
    pages = Paginator(found, ROWS).get_page(request.GET.get("page", "1"))
    at = reader(request)[1]
    page = {
        "here": "enterprises",
        "run": run,
        "verdict": verdict,
        "verdicts": [(code, _(label), run.counts.get(code, 0)) for code, label in words.VERDICTS],
        "files": [(_(words.label(words.SOURCES, f.source)), f) for f in run.files.order_by("source")],
        "pages": pages,
        "query": f"verdict={verdict}",
        "rows": _findings(list(pages)),
        "settles": [
            (code, _(label))
            for code, label in (words.SETTLED_UNLISTED if verdict == "unlisted" else words.SETTLED)
            if code != "matched"
        ],
        "sheet": "enterprises.findings",
        "csrf_filters": {"run": run.pk, "verdict": verdict},
        "may_settle": has_duty(person_id=person.pk, kinds=comparing.KINDS, region=run.region_id, at=at),
    }
    return render(request, "web/pages/comparison.html", page)


def _run(request: HttpRequest, pk: UUID) -> tuple[Comparison, Person]:
    person, at = reader(request)
    seen = visible_regions(person, at=at, field="region__code")
    run = Comparison.objects.filter(seen, pk=pk).select_related("region").first()
    if run is None:
        raise Http404
    return run, person


def _findings(rows: Iterable[Finding]) -> list[dict[str, Any]]:
    rows = list(rows)
    keys = {c["enterprise"] for row in rows for c in row.candidates}
    firms = {str(f.pk): f for f in Enterprise.objects.filter(pk__in=keys).select_related("organisation")}
    return [
        {
            "row": row,
            "reasons": _reasons(row.reasons),
            "sources": "、".join(_(words.label(words.SOURCES, source)) for source in row.sources),
            "candidates": [
                (firms[c["enterprise"]], c["score"], _reasons(c["reasons"]))
                for c in row.candidates
                if c["enterprise"] in firms
            ],
            "settled": _(words.label(words.EVERY_SETTLED, row.settled_as)) if row.settled_as else "",
        }
        for row in rows
    ]


BY = {
    "uscc": N_("Credit code"),
    "name": N_("Name of the firm"),
    "address": N_("Address"),
    "position": N_("Position"),
}


def _reasons(given: Iterable[Mapping[str, Any]]) -> list[tuple[str, int, str]]:
    return [(_(BY.get(why["by"], why["by"])), why["score"], why["said"]) for why in given]


@people_only
@require_POST
def finding_settle(request: HttpRequest, pk: UUID, finding: UUID) -> HttpResponse:
    """A person says what a row is."""
    run, person = _run(request, pk)
    at = reader(request)[1]
    row = Finding.objects.filter(comparison=run, pk=finding).select_related("comparison").first()
    if row is None:
        raise Http404
    try:
        firm = _chosen(person, request.POST.get("enterprise", ""), at)
        as_what = "matched" if firm is not None else request.POST.get("as_what", "")
        comparing.settle(finding=row, as_what=as_what, enterprise=firm, by=author_of(request).by, at=at)
        messages.success(request, _("Settled: {name}.").format(name=row.name))
    except Refused as refusal:
        messages.error(request, str(refusal))
    back = request.POST.get("verdict", "doubtful")
    shown = back if back in dict(words.VERDICTS) else "doubtful"
    return redirect(f"{reverse('web:enterprise_comparison', args=[run.pk])}?verdict={shown}")


def _chosen(person: Person, given: str, at: Any) -> Enterprise | None:
    """A firm of the archive that the person may see; none where nothing was chosen."""
    try:
        return enterprise_for(person, UUID(given), at=at) if given else None
    except ValueError:
        return None
