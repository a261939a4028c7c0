"""The door of photographs: in pieces, each of which says where it begins."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_http_methods

from anlan.domains.patrols import actions
from anlan.domains.patrols.actions.photos import GAP, TOO_BIG
from anlan.kernel.core.errors import Refused
from anlan.kernel.orgs.models import Person
from anlan.surfaces.field.who import carrier_only, refused

_STATUS = {GAP: 409, TOO_BIG: 413}
PIECE_BYTES = 2**20


@require_http_methods(["GET", "PUT"])
@carrier_only
def photo(request: HttpRequest, sm3: str, *, person: Person) -> JsonResponse:
    """GET: how many bytes are here. PUT ?offset=&total=: one piece. 409 tells from where to go on."""
    try:
        if request.method == "GET":
            return _said(actions.progress_of(sm3=sm3, by=person.by))
        return _said(_piece(request, sm3, person))
    except Refused as refusal:
        received = refusal.facts.get("received")
        return refused(refusal, status=_STATUS.get(refusal.code, 422), received=received)


def _piece(request: HttpRequest, sm3: str, person: Person) -> actions.Progress:
    length = int(request.headers.get("Content-Length") or 0)
    if length > PIECE_BYTES:
        raise Refused(TOO_BIG, field="photo", limit_mb=1)
    offset, total = _number(request, "offset"), _number(request, "total")
    return actions.receive(sm3=sm3, offset=offset, total=total, data=request.body, by=person.by)


def _number(request: HttpRequest, name: str) -> int:
    given = request.GET.get(name, "")
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise Refused(GAP, field=name, received=0)
    return int(given)


def _said(progress: actions.Progress) -> JsonResponse:
    return JsonResponse({"received": progress.received, "done": progress.done})
