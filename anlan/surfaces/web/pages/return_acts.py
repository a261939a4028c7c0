"""The acts on a form: entered there, not asked for, a figure told, an export read, a difference settled."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.domains.returns.actions import entering, opening, reading_back
from anlan.domains.returns.models import Difference, Return
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.sheets import files
from anlan.surfaces.web import forms, handed_in
from anlan.surfaces.web.pages.responses import who
from anlan.surfaces.web.pages.return_form import form_page, said, seen_at
from anlan.surfaces.web.pages.returns import Asked, asked
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import REFUSED_STATUS

NO_FILE = reason("web.no_export", N_("Choose the file that the upper system exported."))


@people_only
@require_POST
def return_entered(request: HttpRequest, code: str) -> HttpResponse:
    """It was typed into the upper system: by whom, when, with which answer."""

    def act(this: Asked) -> str:
        entering.mark_entered(
            **_about(request, this), as_of=seen_at(request), number=request.POST.get("number", ""),
            happened_at=forms.happened_of(request.POST), why=request.POST.get("reason", ""),
        )  # fmt: skip
        return _("Marked as entered. What stood on the page is kept beside it.")

    return _done(request, code, act)


@people_only
@require_POST
def return_skip(request: HttpRequest, code: str) -> HttpResponse:
    """The upper level does not ask for it this time."""

    def act(this: Asked) -> str:
        given = _about(request, this)
        row = opening.open_return(**given)
        entering.skip(
            item=WorkItem.objects.get(pk=row.pk),
            by=given["by"],
            at=given["at"],
            reason=request.POST.get("reason", ""),
        )
        return _("Written down: not asked for.")

    return _done(request, code, act)


@people_only
@require_POST
def return_fact(request: HttpRequest, code: str) -> HttpResponse:
    """A figure that no register keeps: told once, with its source."""

    def act(this: Asked) -> str:
        entering.tell_fact(
            **_about(request, this), code=request.POST.get("column", ""), value=request.POST.get("value", ""),
            source=request.POST.get("source", ""), why=request.POST.get("reason", ""),
        )  # fmt: skip
        return _("Told once; every form and report reads it from here.")

    return _done(request, code, act)


@people_only
@require_POST
def return_read(request: HttpRequest, code: str) -> HttpResponse:
    """The export of the upper system is held beside ours."""

    def act(this: Asked) -> str:
        given = _about(request, this)
        file = handed_in.sheet(request, "file")
        if file is None:
            raise Refused(NO_FILE, field="file")
        opening.check_filler(this.form, region=this.region, by=given["by"], at=given["at"])
        name = file.name
        kept = files.keep(file.blocks, name=name, by=given["by"])
        row = opening.open_return(**given)
        read = reading_back.read_back(
            item=WorkItem.objects.get(pk=row.pk), file=kept, name=name, by=given["by"], at=given["at"]
        )
        count = read.differences.count()
        if count:
            return _("{fields} fields compared, {n} differ. They stand below.").format(
                fields=read.fields, n=count
            )
        return _("{fields} fields compared, none differs.").format(fields=read.fields)

    return _done(request, code, act, "#read")


@people_only
@require_POST
def return_settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A difference is accepted with a reason, or was corrected there."""
    person, world = who(request)
    row = Difference.objects.select_related("read__item").filter(pk=pk).first()
    if row is None or not visible_items(person, at=world.seen_at).filter(pk=row.read.item_id).exists():
        raise Http404
    this = _asked_again(request, row)

    def act(_this: Asked) -> str:
        reading_back.settle(
            difference=row, how=request.POST.get("how", ""), by=author_of(request).by, at=world.now,
            why=request.POST.get("reason", ""),
        )  # fmt: skip
        return _("Settled: {what}.").format(what=f"{row.label} {row.head}")

    return _made(request, this, act, "#read")


def _asked_again(request: HttpRequest, row: Difference) -> Asked:
    """The form that a difference belongs to."""
    home = Return.objects.get(pk=row.read.item_id)
    about = {"of": str(home.subject_id)} if home.subject_id else {
        "region": row.read.item.region_id, "day": f"{home.last:%F}",
    }  # fmt: skip
    request.POST = request.POST.copy()  # type: ignore[assignment]
    request.POST.update(about)
    return asked(request, home.form)


def _about(request: HttpRequest, this: Asked) -> dict[str, Any]:
    return {
        "form": this.form, "region": this.region, "span": this.span, "matter": this.matter,
        "by": author_of(request).by, "at": this.world.now, "exercise_id": this.world.exercise_id,
    }  # fmt: skip


def _done(request: HttpRequest, code: str, act: Callable[[Asked], str], anchor: str = "") -> HttpResponse:
    return _made(request, asked(request, code), act, anchor)


def _made(request: HttpRequest, this: Asked, act: Callable[[Asked], str], anchor: str = "") -> HttpResponse:
    """The act, and the form again; a refusal stands beside what was typed."""
    try:
        said(request, act(this))
    except Refused as refusal:
        page = form_page(request, this) | {"refusal": refusal, "typed": request.POST}
        return render(request, "web/returns/form.html", page, status=REFUSED_STATUS)
    return redirect(this.url + anchor)
