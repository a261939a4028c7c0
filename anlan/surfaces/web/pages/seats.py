"""Watch seats, as the system administrator keeps them."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.orgs.administration import revoke_seat
from anlan.kernel.orgs.models import WatchSeat
from anlan.surfaces.web.administrators import administrator_only, by_of
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.people import seat_at

MOST = 200


@administrator_only("system")
@require_GET
def seats(request: HttpRequest) -> HttpResponse:
    """The screens that are watch seats, and those that were; this screen can be made one."""
    rows = list(WatchSeat.objects.select_related("region").order_by("-enrolled_at")[:MOST])
    names = author_names(row.enrolled_by for row in rows)
    page = {
        "here": "seats",
        "rows": [(row, names.get(row.enrolled_by, "")) for row in rows],
        "this_seat": seat_at(request),
    }
    return render(request, "web/pages/seats.html", page)


@administrator_only("system")
@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a screen its seat away."""
    row = WatchSeat.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    try:
        revoke_seat(seat=row, by=by_of(request), at=clock.real_now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("{name} is no watch seat any more.").format(name=row.name))
    return redirect("web:seats")
