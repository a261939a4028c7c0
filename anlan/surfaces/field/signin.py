"""Coming in on a phone: a one-time link, usually read as a QR code from the office's screen; then for a month."""

from datetime import timedelta

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.actions import use_sign_in_link
from anlan.kernel.orgs.models import Person
from anlan.surfaces.field.who import carrier_only

PHONE_DAYS = timedelta(days=30)  # locking the person's account ends it at once
BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Opening shows a button, pressing it signs in: a camera that looks ahead must not use the link up."""
    if request.method == "GET":
        return render(request, "field/in.html", {"refusal": None})
    try:
        account = use_sign_in_link(token=token, at=clock.real_now())
    except Refused as refusal:
        return render(request, "field/in.html", {"refusal": refusal}, status=410)
    login(request, account, backend=BACKEND)
    return redirect("field:app")


@require_POST
@carrier_only
def phone(request: HttpRequest, *, person: Person) -> JsonResponse:
    """Keep this phone signed in for thirty days; the app asks for it once after a sign-in."""
    if not request.session.get("phone"):
        request.session["phone"] = True
        record(
            code="patrols.phone_kept", subject=("orgs.person", person.pk), by=person.by, at=clock.real_now(),
            facts={"days": PHONE_DAYS.days, "agent": request.headers.get("User-Agent", "")[:120]},
        )  # fmt: skip
    request.session.set_expiry(PHONE_DAYS)
    return JsonResponse({"days": PHONE_DAYS.days})
