"""Doors without a password: the plate at a site's door, and the phone code for people of firms."""

from typing import Any

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from anlan.domains.dangers.public import listed_dangers, open_at
from anlan.domains.enterprises.actions.signin import WRITTEN, ask_code, use_code
from anlan.domains.enterprises.models import Site
from anlan.domains.enterprises.public import card, may_see, site_at
from anlan.domains.enterprises.queries.archive import commitment_on
from anlan.domains.enterprises.queries.tags import named as tag_names
from anlan.domains.enterprises.rules import sectors, words
from anlan.domains.risks.public import point_at_plate
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.surfaces.web import worlds
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.risks import card_of
from anlan.surfaces.web.people import person_of
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import world_of

COMMITTED = (
    ("running", N_("Units running")),
    ("stopped", N_("Units stopped")),
    ("special_work", N_("Permit work today")),
)
PHONE = "firm_phone"  # in the session, between the two steps


@never_cache
@require_GET
def plate(request: HttpRequest, token: str) -> HttpResponse:
    """The duty card of a site: its name and listed major dangers to anybody, more to whom it concerns."""
    site = site_at(token)
    if site is None:
        return _point_card(request, token)
    at = clock.real_now()
    person = person_of(request)
    page: dict[str, Any] = {
        "site": site,
        "firm": site.enterprise,
        "listed": listed_dangers(site.pk),
        "commitment": commitment_on(site.enterprise_id, day=local_day(at)),
        "committed": COMMITTED,
        "card": None,
        "signed_in": person is not None,
    }
    if person is not None and may_see(person, site.enterprise_id, at=at):
        page |= _whole(site) | {"own": person.organisation_id == site.enterprise_id}
    return render(request, "web/pages/plate.html", page)


def _point_card(request: HttpRequest, token: str) -> HttpResponse:
    """The duty card of a risk point, where the plate is one of a point."""
    point = point_at_plate(token)
    if point is None:
        raise Http404
    person = person_of(request)
    page: dict[str, Any] = {
        "firm": point.enterprise, "signed_in": person is not None, "shown": False,
        "listed": listed_dangers(point.site_id) if point.site_id else [],
    }  # fmt: skip
    if person is not None and may_see(person, point.enterprise_id, at=clock.real_now()):
        page |= {
            "shown": True,
            "own": person.organisation_id == point.enterprise_id,
            **card_of(point, person, world_of(request)),
        }
    return render(request, "web/pages/plate_point.html", page)


def _whole(site: Site) -> dict[str, Any]:
    """What a patroller, an officer or one of the firm's own people sees."""
    shown = card(site.pk, day=local_day(clock.real_now()))
    return {
        "card": shown,
        "tags": list(tag_names(shown["tags"], region=shown["region"], at=clock.real_now()).values()),
        "people": [(p, _(words.label(words.ROLES, p["role"]))) for p in shown["people"]],
        "sector": sectors.name_of(shown["sector"]),
        "colour": _(words.label(words.COLOURS, shown["colour"])) if shown["colour"] else "",
        "open": [(row, url_of(row.item)) for row in open_at(site.pk)[:8]],
    }


@never_cache
@require_http_methods(["GET", "POST"])
def firm_door(request: HttpRequest) -> HttpResponse:
    """One's phone; a code comes by SMS. Whether the phone is known is not told."""
    person = person_of(request)
    if person is not None and person.organisation.kind == "enterprise":
        return redirect("web:enterprise", pk=person.organisation_id)
    if request.method == "GET":
        return render(request, "web/pages/firm_door.html", {"refusal": None, "typed": {}})
    phone = request.POST.get("phone", "").strip()[:20]
    try:
        ask_code(phone=phone, address=address_of(request), at=clock.real_now(), words=_(WRITTEN))
    except Refused as refusal:
        return again(request, "web/pages/firm_door.html", {}, refusal)
    request.session[PHONE] = phone
    return redirect("web:firm_code")


@never_cache
@require_http_methods(["GET", "POST"])
def firm_code(request: HttpRequest) -> HttpResponse:
    """The six digits; good ones open the firm's own archive, in the real world."""
    phone = request.session.get(PHONE, "")
    if not phone:
        return redirect("web:firm_door")
    if request.method == "GET":
        return render(request, "web/pages/firm_code.html", {"refusal": None})
    try:
        account = use_code(
            phone=phone, code=request.POST.get("code", ""), address=address_of(request), at=clock.real_now()
        )
    except Refused as refusal:
        return again(request, "web/pages/firm_code.html", {}, refusal)
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    worlds.choose(request, worlds.REAL)  # a firm's own work is real, whatever drill the bureau plays
    return redirect("web:firm_door")


def address_of(request: HttpRequest) -> str:
    """The address that asks, as the server saw it: a header can be written by anybody."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45]
