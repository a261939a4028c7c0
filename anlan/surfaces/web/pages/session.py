"""Coming in and being somebody: sign-in links, worlds, watch seats and PINs, photographs behind the sign-in."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.kernel.core import attachments, clock
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import Evidence
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.actions import enrol_seat, set_pin, use_sign_in_link
from anlan.surfaces.web import worlds
from anlan.surfaces.web.people import SEAT_COOKIE, people_only, person_of, seat_at
from anlan.surfaces.web.refusals import again

PINS_DIFFER = reason("web.pins_differ", N_("The two PINs are not the same. Type it twice."))
SEAT_AGE_S = 365 * 24 * 3600
SHOWN_INLINE = ("image/jpeg", "image/png", "image/webp")


@never_cache
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link: opening shows a button, pressing it signs in. A preview of the link must not use it up."""
    if request.method == "GET":
        return render(request, "web/pages/link.html", {"refusal": None})
    try:
        account = use_sign_in_link(token=token, at=clock.real_now())
    except Refused as refusal:
        return again(request, "web/pages/link.html", {}, refusal)
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("web:home")


@people_only
@require_http_methods(["GET", "POST"])
def choose_world(request: HttpRequest) -> HttpResponse:
    """Go into an exercise, or back to the real world."""
    if request.method == "POST":
        worlds.choose(request, request.POST.get("world", worlds.REAL))
        return redirect("web:home")
    page = {"here": "", "exercises": worlds.open_exercises(), "now": worlds.world_of(request)}
    return render(request, "web/pages/worlds.html", page)


@people_only
@require_GET
def seat(request: HttpRequest) -> HttpResponse:
    """The page of watch seat and PIN."""
    return render(request, "web/pages/seat.html", {"here": "", "refusal": None})


@people_only
@require_POST
def pin(request: HttpRequest) -> HttpResponse:
    """Set one's own PIN."""
    person = person_of(request)
    if person is None:
        raise Http404
    try:
        if request.POST.get("pin") != request.POST.get("again"):
            raise Refused(PINS_DIFFER, field="pin")
        set_pin(person=person, pin=request.POST.get("pin", ""), by=person.by, at=clock.real_now())
    except Refused as refusal:
        return again(request, "web/pages/seat.html", {"here": ""}, refusal)
    messages.success(request, _("Your PIN is set."))
    return redirect("web:seat")


@login_required
@require_POST
def enrol(request: HttpRequest) -> HttpResponse:
    """Make this browser a watch seat; the system administrator does it, sitting at the screen."""
    if getattr(request.user, "admin_role", "") != "system":
        raise Http404
    name = request.POST.get("name", "").strip() or _("Watch seat")
    by = f"account:{request.user.pk}"
    seat_row, token = enrol_seat(name=name, region=settings.ANLAN_REGION, by=by, at=clock.real_now())
    messages.success(request, _("This screen is now the watch seat {name}.").format(name=seat_row.name))
    response = redirect("web:seats")
    response.set_cookie(
        SEAT_COOKIE, token, max_age=SEAT_AGE_S, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return response


@login_required
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """The page of an account without a person: what an administrator finds here."""
    return render(request, "web/pages/account.html", {"here": "", "this_seat": seat_at(request)})


@people_only
@require_GET
def photo(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The picture of a piece of evidence, to those who may see its item."""
    person = person_of(request)
    if person is None:
        raise Http404
    seen = visible_items(person, at=clock.real_now())
    piece = Evidence.objects.select_related("file").filter(pk=pk, step__item__in=seen).first()
    if piece is None or piece.file is None:
        raise Http404
    path = attachments.path_of(piece.file.sm3)
    if not path.exists():
        raise Http404
    inline = piece.file.media_type in SHOWN_INLINE
    kind = piece.file.media_type if inline else "application/octet-stream"
    response = HttpResponse(path.read_bytes(), content_type=kind)  # 10 MB at most: no stream needed
    if not inline:
        response["Content-Disposition"] = "attachment"
    response["Cache-Control"] = "private, max-age=31536000, immutable"  # the address is the content's own
    return response
