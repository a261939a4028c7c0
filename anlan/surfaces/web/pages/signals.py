"""Typing in a signal that the weather office gave by telephone or fax. Only a registered office issues one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anlan.domains.warnings.actions.signals import type_signal
from anlan.domains.warnings.domain import COLOUR_CHOICES, HAZARD_CHOICES
from anlan.domains.warnings.models import WeatherOffice
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.places.models import Region
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages.responses import who
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again

CHOOSE = reason("web.choose_signal", N_("Choose the office, the hazard, the colour and at least one street."))
HEARD_BY = (("telephone", N_("Telephone")), ("fax", N_("Fax")), ("screen", N_("The office's own screen")))


@people_only
@require_http_methods(["GET", "POST"])
def signal_new(request: HttpRequest) -> HttpResponse:
    """The form, and the taking in."""
    _person, world = who(request)
    offices = list(WeatherOffice.objects.filter(active=True).order_by("name"))
    page = {
        "here": "callouts", "offices": offices, "typed": request.POST, "refusal": None,
        "hazards": [(code, _(label)) for code, label in HAZARD_CHOICES if code != "waterlogging"],
        "colours": [code for code, _label in COLOUR_CHOICES], "ways": [(code, _(label)) for code, label in HEARD_BY],
        "streets": Region.objects.filter(level="street").order_by("code"), "picked": request.POST.getlist("streets"),
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/signal_new.html", page)
    try:
        type_signal(
            by=author_of(request).by,
            at=world.now,
            exercise_id=world.exercise_id,
            **_given(request, offices, world),
        )
    except Refused as refusal:
        return again(request, "web/pages/signal_new.html", page, refusal)
    messages.success(request, _("Signal taken in."))
    return redirect("web:callouts")


def _given(request: HttpRequest, offices: list[WeatherOffice], world: Any) -> dict[str, Any]:
    posted = request.POST
    office = next((o for o in offices if str(o.pk) == posted.get("office")), None)
    streets = posted.getlist("streets")
    if office is None or not streets or not posted.get("hazard") or not posted.get("colour"):
        raise Refused(CHOOSE)
    issued, ends = posted.get("issued_at", ""), posted.get("expires_at", "")
    return {
        "office": office,
        "hazard": posted["hazard"],
        "colour": posted["colour"],
        "regions": streets,
        "heard_by": posted.get("heard_by", "telephone"),
        "headline": posted.get("headline", "").strip(),
        "issued_at": forms.moment(issued, "issued_at", _("Issued")) if issued else world.now,
        "expires_at": forms.moment(ends, "expires_at", _("Ends")) if ends else None,
    }
