"""Spreadsheets: send one in, say what its columns mean, try it, take it in; ask for a list, fetch it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.orgs.queries import in_force
from anlan.kernel.sheets import actions, files, queries
from anlan.kernel.sheets.models import Export, Import
from anlan.kernel.sheets.registry import all_sheets, sheet_of
from anlan.kernel.sheets.spec import Sheet
from anlan.surfaces.web import handed_in
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.risks import reader
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again

NO_FILE = reason("web.no_file", N_("Choose a file first."))
BAD_SHOWN, LISTED = 100, 30
STATES = {
    "arrived": N_("Being looked at"),
    "looked_at": N_("Waits for its columns"),
    "waiting": N_("Waits for its turn"),
    "running": N_("Running"),
    "checked": N_("Tried, nothing written"),
    "taken": N_("Taken in"),
    "refused": N_("Not taken"),
    "stopped": N_("Stopped"),
    "broken": N_("Failed on our side"),
}
EXPORT_STATES = {
    "waiting": N_("Being written"),
    "running": N_("Being written"),
    "ready": N_("Ready"),
    "broken": N_("Failed on our side"),
    "gone": N_("Removed after a week"),
}


@people_only
@require_GET
def sheets(request: HttpRequest) -> HttpResponse:
    """What can be taken in and given out, and the last imports and exports."""
    person = reader(request)
    return render(request, "web/pages/sheets.html", _overview(person))


def _overview(person: Person) -> dict[str, Any]:
    imports = list(_imports(person)[:LISTED])
    names = author_names(job.by for job in imports)
    return {
        "here": "sheets",
        "takes": [(sheet.code, _(sheet.label)) for sheet in all_sheets() if may_take(person, sheet)],
        "imports": [_line(job) | {"by": names.get(job.by, "")} for job in imports],
        "exports": [_out(job) for job in queries.exports_of(person.by)[:LISTED]],
    }


def may_take(person: Person, sheet: Sheet) -> bool:
    """Whether a person holds one of the duties that may send this sheet in; what rows they may write the owner asks."""
    if sheet.take is None or not sheet.may:
        return False
    return Duty.objects.filter(in_force(clock.real_now()), person=person, kind_id__in=sheet.may).exists()


def _imports(person: Person) -> QuerySet[Import]:
    """One's own and those of one's office."""
    own = Q(by=person.by) | Q(office=str(person.organisation_id))
    return Import.objects.filter(own).select_related("file").order_by("-created_at")


def _import(person: Person, pk: UUID) -> Import:
    job = _imports(person).filter(pk=pk).first()
    if job is None:
        raise Http404
    return job


def _line(job: Import) -> dict[str, Any]:
    share = round(100 * job.position / job.rows) if job.rows else 0
    return {
        "job": job, "label": _(sheet_of(job.sheet).label), "state": _(STATES[job.state]), "share": min(100, share),
        "why": str(Refused(job.code, **job.facts)) if job.code else "",
    }  # fmt: skip


def _out(job: Export) -> dict[str, Any]:
    return {
        "job": job, "label": _(sheet_of(job.sheet).label), "state": _(EXPORT_STATES[job.state]),
        "busy": job.state in ("waiting", "running"), "kb": max(1, job.size // 1024),
    }  # fmt: skip


@people_only
@require_http_methods(["GET", "POST"])
def sheet_new(request: HttpRequest, code: str) -> HttpResponse:
    """Send a file in."""
    person = reader(request)
    sheet = _sheet(code)
    if not may_take(person, sheet):
        raise Http404
    context = {
        "here": "sheets",
        "sheet": sheet,
        "label": _(sheet.label),
        "columns": [_column(c) for c in sheet.columns],
    }
    if request.method == "GET":
        return render(request, "web/pages/sheet_new.html", context)
    try:
        author = author_of(request)
        file = handed_in.sheet(request, "file")
        if file is None:
            raise Refused(NO_FILE, field="file")
        job = actions.receive(
            sheet=code, blocks=file.blocks, name=file.name, office=str(person.organisation_id),
            by=author.by, at=clock.real_now(),
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/sheet_new.html", context, refusal)
    return redirect("web:sheet_import", job.pk)


def _sheet(code: str) -> Sheet:
    try:
        return sheet_of(code)
    except Refused:
        raise Http404 from None


def _column(column: Any) -> dict[str, Any]:
    words = dict.fromkeys(_(label) for _code, label in column.choices)
    return {
        "name": column.name,
        "label": _(column.label),
        "required": column.required,
        "choices": "、".join(list(words)[:6]),
    }


@people_only
@require_GET
def sheet_import(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One import: what its columns mean, how far it is, which rows were not taken and why."""
    return render(request, "web/pages/sheet_import.html", _import_page(reader(request), pk))


def _import_page(person: Person, pk: UUID) -> dict[str, Any]:
    job = _import(person, pk)
    sheet = sheet_of(job.sheet)
    sample = [[*row, *[""] * len(job.heads)][: len(job.heads)] for row in job.sample]
    columns = [_column(column) for column in sheet.columns]
    lacking = [c["label"] for c in columns if c["required"] and c["name"] not in job.mapping.values()]
    bad = [
        (row, queries.column_label(job, row.column), queries.said(row))
        for row in job.bad_rows.order_by("row")[:BAD_SHOWN]
    ]
    return {
        "here": "sheets", **_line(job), "columns": columns, "lacking": lacking, "bad": bad, "bad_shown": BAD_SHOWN,
        "bad_by": _bad_by(job),
        "heads": [
            {"head": head, "column": job.mapping.get(head, ""), "sample": [row[n] for row in sample if row[n]][:3]}
            for n, head in enumerate(job.heads)
        ],
        "may": may_take(person, sheet), "good": job.written,
    }  # fmt: skip


def _bad_by(job: Import) -> list[tuple[str, int]]:
    """Column → how many rows it kept out, the most first: what to mend in the file before all else."""
    rows = job.bad_rows.order_by().values_list("column").annotate(n=Count("pk"))
    return sorted(((queries.column_label(job, column), n) for column, n in rows), key=lambda row: -row[1])


@people_only
@require_POST
def sheet_begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try it, or take it in."""
    person = reader(request)
    job = _import(person, pk)
    if not may_take(person, sheet_of(job.sheet)):
        raise Http404
    given = None
    if "column-0" in request.POST:
        given = {head: request.POST.get(f"column-{n}", "") for n, head in enumerate(job.heads)}
    try:
        author = author_of(request)
        actions.begin(
            job=job, given=given, dry=request.POST.get("take") != "1", by=author.by, at=clock.real_now()
        )
    except Refused as refusal:
        return again(request, "web/pages/sheet_import.html", _import_page(person, pk), refusal)
    return redirect("web:sheet_import", pk)


@people_only
@require_POST
def sheet_stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop it; it can be gone on with."""
    person = reader(request)
    job = _import(person, pk)
    try:
        actions.stop(job=job, by=author_of(request).by, at=clock.real_now())
    except Refused as refusal:
        return again(request, "web/pages/sheet_import.html", _import_page(person, pk), refusal)
    return redirect("web:sheet_import", pk)


@people_only
@require_GET
def sheet_bad(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The rows that were not taken, as a spreadsheet with the reasons."""
    job = _import(reader(request), pk)
    path = queries.bad_rows_file(job)
    file = path.open("rb")
    path.unlink()  # the open file outlives its name
    return FileResponse(file, as_attachment=True, filename=f"{_('Rows not taken in')}.xlsx")


@people_only
@require_POST
def sheet_export(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a list, cut as the page shows it."""
    person, sheet = reader(request), _sheet(code)
    filters = {
        name: value
        for name, value in request.POST.items()
        if name not in ("csrfmiddlewaretoken", "form", "pin")
    }
    try:
        author = author_of(request)
        actions.ask_for(
            sheet=sheet.code, form=request.POST.get("form", "xlsx"), filters=filters, person=author.pk,
            language=get_language() or "zh-hans", by=author.by, at=clock.real_now(),
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/sheets.html", _overview(person), refusal)
    messages.success(request, _("The list is being written. It will stand below in a moment."))
    return redirect("web:sheets")


@people_only
@require_GET
def sheet_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Fetch a list that is ready; only who asked for it."""
    job = queries.exports_of(reader(request).by).filter(pk=pk, state="ready").first()
    path = files.export_path(pk, job.form) if job else None
    if job is None or path is None or not path.exists():
        raise Http404
    name = f"{_(sheet_of(job.sheet).label)}_{job.created_at:%Y%m%d}.{job.form}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)
