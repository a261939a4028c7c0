"""Proposing a call-out for an area drawn on the map."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.domains.warnings.actions.deciding import propose_call_out
from anlan.domains.warnings.domain import COLOUR_CHOICES, HAZARD_CHOICES
from anlan.kernel.core.errors import Refused
from anlan.surfaces.web.pages.responses import who
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again


@people_only
@require_POST
def area_propose(request: HttpRequest) -> HttpResponse:
    """First the form with hazard, colour and reason; posted again with them it proposes."""
    _person, world = who(request)
    page: dict[str, Any] = {
        "here": "callouts", "area": request.POST.get("area", ""), "typed": request.POST, "refusal": None,
        "hazards": [(code, _(label)) for code, label in HAZARD_CHOICES],
        "colours": [code for code, _label in COLOUR_CHOICES],
    }  # fmt: skip
    if "hazard" not in request.POST:
        return render(request, "web/pages/area_propose.html", page)
    try:
        propose_call_out(
            hazard=request.POST["hazard"], colour=request.POST.get("colour", ""), area=json.loads(page["area"] or "{}"),
            words=request.POST.get("words", "").strip(), by=author_of(request).by, at=world.now,
            exercise_id=world.exercise_id,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/area_propose.html", page, refusal)
    messages.success(request, _("Proposed. Somebody else approves it, by hand or by telephone."))
    return redirect("web:callouts")
