"""The answer link: no sign-in, no script, under 20 kB. Opening it says *seen*; only the button answers."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.messaging import tokens
from anlan.kernel.messaging.actions import Given, seen
from anlan.kernel.messaging.gateway import gateway
from anlan.kernel.messaging.models import Answer, Message
from anlan.kernel.messaging.spec import NEED_HELP
from anlan.surfaces.web import times

ASK = "ask"  # what the field beside the second button asks for
WORDS = {
    "received": N_("Received"),
    "on_post": N_("On post"),
    "done": N_("Measure taken"),
    "need_help": N_("I need help"),
    ASK: N_("What do you need? (optional)"),
}
# Kinds of message that ask something else than a call does: kind → its own words; filled by the pages next door.
SAID: dict[str, dict[str, str]] = {}
WAIT_S = 10  # the group commit answers within milliseconds; longer means that the database is gone


# The token in the address is the right to answer, and old browsers drop cookies: there is no session to forge upon.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The page of one message for one person."""
    try:
        if request.method == "POST":
            return _answered(request, token)
        message = seen(token=token, clock=clock.now)
    except Refused as refusal:
        return _show(request, token, None, refusal)
    return _show(request, token, message, None)


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    given = Given(
        message_id=tokens.message_of(token),
        kind=request.POST.get("kind", ""),
        via="page",
        note=request.POST.get("note", "").strip(),
    )
    try:
        gateway.submit(given).result(timeout=WAIT_S)
    except Refused as refusal:
        message = Message.objects.select_related("person").filter(pk=given.message_id).first()
        return _show(request, token, message, refusal)
    return HttpResponseRedirect(reverse("web:answer", args=[token]))


def _show(request: HttpRequest, token: str, message: Message | None, refusal: Refused | None) -> HttpResponse:
    status = 200 if refusal is None else 422 if message else 410
    page: dict[str, Any] = {"message": message, "refusal": refusal, "token": token, "typed": request.POST}
    if message is not None:
        page |= _standing(message)
    return render(request, "web/pages/answer.html", page, status=status)


def _standing(message: Message) -> dict[str, Any]:
    """What was answered already, which button is the big one now, and which others remain."""
    given = list(Answer.objects.filter(message=message).order_by("at"))
    kinds = {row.kind for row in given}
    words = WORDS | SAID.get(message.kind, {})
    left = [kind for kind in message.answers if kind not in kinds and kind != NEED_HELP]
    open_now = message.expires_at > clock.now(message.exercise_id) and message.state not in (
        "expired",
        "superseded",
    )
    return {
        "given": [(_(words.get(row.kind, row.kind)), times.when(row.at), row.note) for row in given],
        "buttons": [(kind, _(words.get(kind, kind))) for kind in left] if open_now else [],
        "help": _(words[NEED_HELP]),
        "asks": _(words[ASK]),
        "can_ask_help": open_now and bool(message.answers),
        "open_now": open_now,
        "until": times.when(message.expires_at),
        "sent": times.when(message.created_at),
    }
