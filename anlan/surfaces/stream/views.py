"""The HTTP door of the stream."""

import json

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.surfaces.stream import door, terminals

_STATUS = {door.UNKNOWN_FEEDER: 401, door.TOO_MANY: 413}


@csrf_exempt  # a device has no cookie: its token is what tells it
@require_POST
def readings(request: HttpRequest) -> JsonResponse:
    """POST /api/stream/readings: 200 with what was kept and what was not, once the batch is on disk."""
    try:
        feeder = door.feeder_of(request.headers.get("Authorization", ""))
        accepted, refused = door.take(_body(request), feeder, now=clock.real_now())
    except Refused as refusal:
        error = {"error": str(refusal), "code": refusal.code}
        return JsonResponse(error, status=_STATUS.get(refusal.code, 400))
    rows = [{"row": one.row, "reason": gettext(one.reason)} for one in refused]
    return JsonResponse({"accepted": accepted, "refused": rows})


@csrf_exempt  # as above
@require_POST
def park_terminals(request: HttpRequest) -> JsonResponse:
    """POST /api/stream/terminals: what the terminals of parks tell about contractor work."""
    try:
        feeder = door.feeder_of(request.headers.get("Authorization", ""))
        accepted, refused = terminals.take(_body(request), feeder, now=clock.real_now())
    except Refused as refusal:
        error = {"error": str(refusal), "code": refusal.code}
        return JsonResponse(error, status=_STATUS.get(refusal.code, 400))
    return JsonResponse(
        {"accepted": accepted, "refused": [{"row": row, "reason": why} for row, why in refused]}
    )


def _body(request: HttpRequest) -> object:
    try:
        return json.loads(request.body)
    except ValueError as problem:
        raise Refused(door.BAD_BODY, problem=str(problem)) from problem
