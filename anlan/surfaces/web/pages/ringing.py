"""Ringing one person by hand, and writing down what became of it: the number is shown once asked for, and noted."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anlan.domains.warnings.actions.answering import record_answer, record_call
from anlan.domains.warnings.domain import ANSWER_LABELS, OUTCOME_LABELS, THROUGH_LABELS
from anlan.domains.warnings.models import CallMade, CallOutItem
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.actions import record
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages.responses import who
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again


@people_only
@require_http_methods(["GET", "POST"])
def ring(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of one call by hand."""
    person, world = who(request)
    rows = CallOutItem.objects.visible_to(person, at=world.seen_at).select_related(
        "item", "person__organisation", "street", "kind", "call_out"
    )
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    shown = request.POST.get("show") == "1"
    if request.method == "POST" and not shown:
        return _written(request, row, person, world)
    if shown:
        _note(row, by=person.by, world=world)
    return render(request, "web/pages/ring.html", _page(request, row, shown=shown))


def _page(request: HttpRequest, row: CallOutItem, *, shown: bool) -> dict[str, Any]:
    phone = row.person.phone
    calls = CallMade.objects.filter(item=row.item).order_by("-happened_at")
    return {
        "here": "callouts",
        "row": row,
        "phone": phone if shown else f"{phone[:3]}****{phone[-4:]}" if phone else "",
        "shown": shown,
        "calls": [(c, _(OUTCOME_LABELS[c.outcome])) for c in calls],
        "outcomes": [(code, _(label)) for code, label in OUTCOME_LABELS.items()],
        "answers": [(code, _(ANSWER_LABELS[code])) for code in ("received", "on_post", "done")],
        "ways": [(code, _(label)) for code, label in THROUGH_LABELS.items() if code not in ("self", "telephone")],
        "typed": request.POST,
        "refusal": None,
    }  # fmt: skip


def _note(row: CallOutItem, *, by: str, world: Any) -> None:
    """Who looked at whose number, and for what, is in the ledger."""
    record(
        code="web.phone_shown", subject=("orgs.person", row.person_id), facts={"call_out": str(row.call_out_id)},
        by=by, at=world.now, region=row.street_id, exercise_id=world.exercise_id,
    )  # fmt: skip


def _written(request: HttpRequest, row: CallOutItem, person: Any, world: Any) -> HttpResponse:
    posted = request.POST
    try:
        common: dict[str, Any] = {
            "item": row.item, "by": author_of(request).by, "at": world.now, "happened_at": forms.happened_of(posted),
        }  # fmt: skip
        if posted.get("through"):
            record_answer(
                kind=posted.get("answer", ""), through=posted["through"], name=posted.get("name", ""),
                note=posted.get("words", ""), **common,
            )  # fmt: skip
        else:
            record_call(
                outcome=posted.get("outcome", ""), spoke=posted.get("spoke", ""), words=posted.get("words", ""),
                answer=posted.get("answer", ""), **common,
            )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/ring.html", _page(request, row, shown=False), refusal)
    messages.success(request, _("Written down for {name}.").format(name=row.person.name))
    return redirect("web:callout", pk=row.call_out_id)
