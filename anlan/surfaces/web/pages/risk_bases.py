"""Declared bases: what each region says it has against what is collected, and the form by which a base is declared."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anlan.domains.risks.actions.provisions import declare_base
from anlan.domains.risks.queries.surveys import declared_in
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty, scope_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.pages.risks import reader
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again

KINDS = ("street_safety_officer", "safety_section", "bureau_chief")
NOT_WHOLE = reason("web.base_number", N_("“{given}” is not a whole number of points."))
NOT_YOURS = reason("web.base_not_yours", N_("A base is declared by the street itself or by the bureau."))
ALSO["risks"] = (*ALSO.get("risks", ()), ("web:risk_bases", N_("Declared bases")))


@people_only
@require_http_methods(["GET", "POST"])
def risk_bases(request: HttpRequest) -> HttpResponse:
    """Every street of one's regions: the last base, its paper, what is collected, the share."""
    person = reader(request)
    if person.organisation.kind == "enterprise":
        raise Http404
    if request.method == "GET":
        return render(request, "web/pages/risk_bases.html", _page(request, person))
    try:
        _declare(request)
    except Refused as refusal:
        return again(request, "web/pages/risk_bases.html", _page(request, person), refusal)
    messages.success(request, _("Declared. Earlier declarations stay."))
    return redirect("web:risk_bases")


def _declare(request: HttpRequest) -> None:
    author, at = author_of(request), clock.real_now()
    region, given = (
        request.POST.get("region", "")[:12],
        request.POST.get("number", "").strip().replace(",", ""),
    )
    if not has_duty(person_id=author.pk, kinds=KINDS, region=region, at=at):
        raise Refused(NOT_YOURS, field="region")
    if not given.isdecimal() or len(given) > 9:
        raise Refused(NOT_WHOLE, field="number", given=given[:20])
    declare_base(region=region, number=int(given), source=request.POST.get("source", ""), by=author.by, at=at)


def _page(request: HttpRequest, person: Person) -> dict[str, Any]:
    at = clock.real_now()
    rows = declared_in(scope_of(person, at=at))
    mine = [
        row.region for row in rows if has_duty(person_id=person.pk, kinds=KINDS, region=row.region.pk, at=at)
    ]
    return {"here": "risks", "rows": rows, "mine": mine, "typed": request.POST, "refusal": None}
