"""A report that the background writes: how far it has come, and what became of it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.bulletins.models import Drafting
from anlan.domains.bulletins.queries.reports import visible_draftings
from anlan.kernel.core.errors import Refused
from anlan.surfaces.web.pages.responses import who
from anlan.surfaces.web.people import people_only


@people_only
@require_GET
def report_making(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page asks again by itself; it goes on to the report when that is written."""
    person, world = who(request)
    rows = visible_draftings(person, at=world.seen_at, exercise_id=world.exercise_id)
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    if row.report is None:
        return render(request, "web/bulletins/making.html", _page(row))
    if row.again_id:
        messages.success(request, _("The numbers were read again. What changed opens to what stood there."))
    else:
        messages.success(request, _("Written. Read it through: every number opens to its rows."))
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("web:report", args=[row.report.pk])})
    return redirect("web:report", pk=row.report.pk)


def _page(row: Drafting) -> dict[str, object]:
    why = str(Refused(row.code, **row.facts)) if row.code else ""
    back = reverse("web:report", args=[row.again_id]) if row.again_id else reverse("web:reports")
    return {"here": "registers", "row": row, "why": why, "back": back}
