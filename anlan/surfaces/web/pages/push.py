"""Messages on this device: asked for by a tap, told what it means, taken back as easily."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel.core import clock
from anlan.kernel.messaging.actions import end_push
from anlan.kernel.messaging.browsers import browsers_of
from anlan.kernel.messaging.channels.web_push.client import public_key
from anlan.surfaces.web.people import people_only, person_of

WORKER = "build/push-worker.js"


@people_only
@require_GET
def push(request: HttpRequest) -> HttpResponse:
    """The devices of this person, and the button of this one (islands/push.ts: only the browser knows what it can)."""
    person = person_of(request)
    if person is None:
        raise Http404
    given = {"key": public_key(), "worker": static(WORKER), "csrf": get_token(request), "words": _words()}
    page = {"here": "", "browsers": browsers_of(person.pk), "given": given}
    return render(request, "web/pages/push.html", page)


@people_only
@require_POST
def push_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back what another device of this person was allowed."""
    person = person_of(request)
    if person is None or not end_push(person_id=person.pk, pk=pk, at=clock.real_now()):
        raise Http404
    messages.success(request, _("That device shows no more messages."))
    return redirect("web:push")


def _words() -> dict[str, str]:
    return {
        "allow": _("Show messages on this device"),
        "stop": _("No more messages on this device"),
        "on": _("This device shows messages."),
        "off": _("This device shows none yet."),
        "insecure": _(
            "Not on this connection: over plain HTTP browsers know no messages. Come by the secure address."
        ),
        "unable": _(
            "This browser cannot. On an iPhone add the page to the home screen first and open it from there."
        ),
        "denied": _(
            "Messages were refused in this browser. Allow them in its settings for this site, then come back."
        ),
        "failed": _("It did not work: {why}. Try again later; calls and texts reach you all the same."),
    }
