"""One unit's sheet: the numbers, the self-score, the check and the evidence on one page; points off and on."""

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.assessments.actions import accounts, sheets
from anlan.domains.assessments.models import Entry, PanelSeat, Proof, ResultLine, Sheet
from anlan.domains.assessments.queries.results import last_results
from anlan.domains.assessments.queries.sheets import LOCAL, Shown, Standing, standing
from anlan.domains.assessments.rules.duties import DECIDERS, OFFICE
from anlan.domains.assessments.rules.scoring import HUNDRED
from anlan.kernel.core import attachments
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import Attachment
from anlan.kernel.core.uploads import FILES
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import Evidence, WorkItem
from anlan.kernel.loop.queries import open_moves, visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty
from anlan.surfaces.web import handed_in
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.assessments import MISSING, RULES, keeps, who
from anlan.surfaces.web.pages.items import EXTRAS, PAGES, url_of
from anlan.surfaces.web.pages.items import Shown as Item
from anlan.surfaces.web.pages.items import shown as item_shown
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.times import local

NO_NAME = reason("web.account_no_leader", N_("Choose the leader who accounts for safety."))
BAD_TIMES = reason("web.entry_times", N_("How many times is a whole number from 1 to 100."))
ROLE_WORDS = {"self": N_("Self-score"), "check": N_("Check"), "correct": N_("Correction")}
TEMPLATE = "web/pages/assessment_sheet.html"


def _sheet(request: HttpRequest, pk: UUID) -> tuple[Sheet, Item]:
    who(request)
    page = item_shown(request, "assessments", "sheet", pk)
    return sheets.sheet_of(page.item), page


@people_only
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A unit's sheet. The unit writes its self-score, the office its check, here and at once with the evidence."""
    row, page = _sheet(request, pk)
    context = _context(row, page)
    if request.method == "GET":
        return render(request, TEMPLATE, context)
    try:
        _write(request, row, page)
    except Refused as refusal:
        return again(request, TEMPLATE, context, refusal)
    messages.success(request, _("Saved. Hand it in when all is there."))
    return redirect("web:assessment_sheet", pk=pk)


def _write(request: HttpRequest, row: Sheet, page: Item) -> None:
    by = author_of(request).by
    codes = [item.code for item in row.round.scheme.items.all()]
    given = {
        code: sheets.Given(
            points=request.POST.get(f"points-{code}", "").strip() or None,
            apart=bool(request.POST.get(f"apart-{code}")),
            said=request.POST.get(f"said-{code}", ""),
        )
        for code in codes
        if f"said-{code}" in request.POST
    }  # fmt: skip
    sheets.score(sheet=row, given=given, by=by, at=page.at)
    given_files = handed_in.kept(request, {f"file-{code}": FILES for code in codes}, by=by)
    for code in codes:
        for file in given_files[f"file-{code}"]:
            sheets.prove(
                sheet=row, code=code, file=file, title=request.POST.get(f"title-{code}", "") or file.name,
                happened_at=_moment(request.POST.get(f"on-{code}", "")), by=by, at=page.at,
                why_late=request.POST.get(f"late-{code}", ""),
            )  # fmt: skip


def _moment(given: str) -> datetime | None:
    try:
        return (
            datetime.combine(datetime.strptime(given, "%Y-%m-%d").date(), time(12), LOCAL) if given else None
        )
    except ValueError:
        return None


def _context(row: Sheet, page: Item) -> dict[str, Any]:
    found = standing(row, as_of=page.at)
    role = sheets.ROLES.get(row.item.state, "")
    writes = role if role and _may_write(row, role, page) else ""
    result = last_results([row.pk], as_of=page.at).get(row.pk)
    return {
        "here": "registers",
        "page": page,
        "item": row.item,
        "sheet": row,
        "state": _(page.loop.states[row.item.state]),
        "lines": [_line(line, writes, result) for line in found.lines],
        "entries": found.entries,
        "total": found.total,
        "spread": _spread(found),
        "result": result,
        "writes": writes,
        "write_label": _(ROLE_WORDS[writes]) if writes else "",
        "proves": row.item.state != "final" and page.person.organisation_id == row.unit_id,
        "enters": row.item.state not in ("published", "final") and _office(row, page, OFFICE),
        "clauses": list(row.round.scheme.clauses.all()),
        "moves": [
            (move, _(move.label), _move_url(row.item, move.name))
            for move in open_moves(row.item, page.person, at=page.at)
        ],
        "common": url_of(row.item, own=True),
        "names": author_names([mark.by for line in found.lines for mark in line.marks.values()]),
        "refusal": None,
    }  # fmt: skip


def _spread(found: Standing) -> Decimal | None:
    """How many times the items with a value count, where the weight of others was spread over them; else None."""
    plain = sum((line.item.weight * line.share for line in found.lines if line.share), Decimal(0)) / HUNDRED
    if not plain or found.total.weighted is None or found.total.weighted <= plain:
        return None
    return found.total.weighted / plain


def _office(row: Sheet, page: Item, kinds: tuple[str, ...]) -> bool:
    """Of the office, and not of the unit itself."""
    holds = has_duty(person_id=page.person.pk, kinds=kinds, region=row.round.region_id, at=page.at)
    return holds and page.person.organisation_id != row.unit_id


def _may_write(row: Sheet, role: str, page: Item) -> bool:
    if role == "self":
        return page.person.organisation_id == row.unit_id
    return _office(row, page, OFFICE if role == "check" else DECIDERS)


def _move_url(item: WorkItem, name: str) -> str:
    return reverse("web:move", args=["assessments", "sheet", item.pk, name])


def _line(line: Shown, writes: str, result: Any) -> dict[str, Any]:
    """One item for the page: what it is worth, what each said, and where its number opens."""
    item = line.item
    kept = (
        ResultLine.objects.filter(result=result, item=item).select_related("freeze", "count").first()
        if result
        else None
    )
    reading = line.valued.reading
    share = kept.share if kept else line.share
    return {
        "item": item,
        "rule": _(RULES[item.kind]),
        "missing": _(MISSING[item.missing]),
        "value": kept.value if kept else line.valued.value,
        "unit": _(reading.indicator.unit) if reading else (line.valued.count.unit if line.valued.count else ""),
        "source": line.valued.count,
        "opens": _opens(line, kept),
        "points": None if share is None else item.weight * share / HUNDRED,
        "marks": [(_(ROLE_WORDS[role]), mark) for role, mark in _in_turn(line.marks)],
        "mine": line.marks.get(writes) or line.marks.get("check") or line.marks.get("self"),
        "judged": item.kind == "judged",
        "proofs": line.proofs,
    }  # fmt: skip


def _in_turn(marks: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(role, marks[role]) for role in ROLE_WORDS if role in marks]


def _opens(line: Shown, kept: ResultLine | None) -> str:
    """Where a number opens to its rows: the kept one after publication, the living one before."""
    if kept is not None and kept.freeze_id is not None:
        return reverse("web:number_kept", args=[kept.freeze_id])
    return reverse("web:number", args=[line.item.indicator]) if line.valued.reading is not None else ""


# ---- points off and on ----
@people_only
@require_POST
def entry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take points off or add some under a clause."""
    row, page = _sheet(request, pk)
    posted = request.POST
    try:
        times = posted.get("times", "1").strip() or "1"
        if not (times.isascii() and times.isdigit() and len(times) < 4):
            raise Refused(BAD_TIMES, field="times")
        sheets.enter(
            sheet=row, clause=posted.get("clause", ""), said=posted.get("said", ""), times=int(times),
            happened_at=_moment(posted.get("on", "")), by=author_of(request).by, at=page.at,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, TEMPLATE, _context(row, page), refusal)
    messages.success(request, _("Entered; the unit sees it with its reason."))
    return redirect("web:assessment_sheet", pk=pk)


@people_only
@require_POST
def entry_back(request: HttpRequest, pk: UUID, entry: UUID) -> HttpResponse:
    """Take an entry back, with the reason."""
    row, page = _sheet(request, pk)
    found = Entry.objects.filter(pk=entry, sheet=row).select_related("sheet__item").first()
    if found is None:
        raise Http404
    try:
        sheets.take_back(
            entry=found, why=request.POST.get("reason", ""), by=author_of(request).by, at=page.at
        )
    except Refused as refusal:
        return again(request, TEMPLATE, _context(row, page), refusal)
    messages.success(request, _("Taken back; both lines stay."))
    return redirect("web:assessment_sheet", pk=pk)


# ---- accounts of safety ----
@people_only
@require_http_methods(["GET", "POST"])
def account_new(request: HttpRequest) -> HttpResponse:
    """Ask a leader to account for safety before a panel."""
    person, world = who(request)
    region = person.organisation.region_id
    if not keeps(person, world, region):
        raise Http404
    context = {"here": "registers", "year": local(world.now).year, "refusal": None}
    if request.method == "GET":
        return render(request, "web/pages/account_new.html", context)
    try:
        leader = _person(request.POST.get("leader", ""))
        if leader is None:
            raise Refused(NO_NAME, field="leader")
        panel = [found for key in request.POST.getlist("panel") if (found := _person(key)) is not None]
        item = accounts.ask_account(
            leader=leader, year=local(world.now).year, panel=panel, by=author_of(request).by, at=world.now,
            exercise_id=world.exercise_id,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/account_new.html", context, refusal)
    messages.success(request, _("Asked for; the leader and the panel are on its page."))
    return redirect(url_of(item))


def _person(key: str) -> Person | None:
    try:
        return Person.objects.filter(pk=UUID(key.removeprefix("person:")), active=True).first()
    except ValueError:
        return None


@people_only
@require_http_methods(["GET", "POST"])
def panel_seat(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a member of a panel sees: the report, and the place for a score. Others' scores stay away from it."""
    person, world = who(request)
    seat = PanelSeat.objects.select_related("account__item", "account__leader", "account__unit", "score").filter(
        account=pk, member=person
    ).first()  # fmt: skip
    if seat is None:
        raise Http404
    files = Evidence.objects.filter(step__item=seat.account_id, file__isnull=False).select_related("file")
    context = {
        "here": "registers", "seat": seat, "account": seat.account, "files": list(files),
        "score": getattr(seat, "score", None), "open": seat.account.item.state == "handed_in", "refusal": None,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/panel_seat.html", context)
    try:
        accounts.score_account(
            account=seat.account, score=request.POST.get("score", ""), said=request.POST.get("said", ""),
            by=author_of(request).by, at=world.now,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/panel_seat.html", context, refusal)
    messages.success(request, _("Your score stands."))
    return redirect("web:panel_seat", pk=pk)


@people_only
@require_GET
def panel_file(request: HttpRequest, pk: UUID, piece: UUID) -> HttpResponseBase:
    """A file of the report, for a member of the panel."""
    person, _world = who(request)
    found = (
        Evidence.objects.select_related("file").filter(pk=piece, step__item=pk, file__isnull=False).first()
    )
    seat = PanelSeat.objects.filter(account=pk, member=person).exists()
    if found is None or found.file is None or not seat:
        raise Http404
    return _sent(found.file)


@people_only
@require_GET
def proof(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A piece of evidence of a sheet, for whoever may see the sheet."""
    found = Proof.objects.select_related("file").filter(pk=pk).first()
    if found is None:
        raise Http404
    _sheet(request, found.sheet_id)
    return _sent(found.file)


def _sent(file: Attachment) -> HttpResponseBase:
    """The bytes as a download: whatever somebody sent in is never run in our pages."""
    path = attachments.path_of(file.sm3)
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=file.name or file.sm3[:12])


def _traces(page: Item) -> Mapping[str, Any]:
    """What a veto rests on, each line with the page of its matter where the reader may see it."""
    ids = [UUID(trace["item"]) for trace in page.row.traces if trace.get("item")]
    seen = {item.pk: item for item in visible_items(page.person, at=page.at).filter(pk__in=ids)}
    return {
        "traces": [
            {"day": trace["happened_at"][:10], "words": trace["words"],
             "url": url_of(item) if (item := seen.get(UUID(trace["item"]))) else ""}
            for trace in page.row.traces
        ],
    }  # fmt: skip


def _panel(page: Item) -> Mapping[str, Any]:
    """The panel on the page of an account: who scored; what each gave is told when all have."""
    seats = list(
        PanelSeat.objects.filter(account=page.item.pk)
        .select_related("member", "score")
        .order_by("member__name")
    )
    done = [seat for seat in seats if hasattr(seat, "score")]
    return {
        "seats": seats,
        "done": len(done),
        "mean": page.row.mean,
        "told": page.row.mean is not None,
        "mine": next((seat for seat in seats if seat.member_id == page.person.pk), None),
    }


EXTRAS["assessments.safety_account"] = _panel
EXTRAS["assessments.veto"] = _traces
PAGES["assessments.sheet"] = "web:assessment_sheet"
