"""CAP 1.2 out and in: our advisories as a feed open to everybody, and the weather office's signals taken in."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from ninja import Router, Schema, Status
from ninja.security import django_auth

from anlan.domains.responses.actions import consider
from anlan.domains.warnings.actions.signals import take_in_cap
from anlan.domains.warnings.public import cap_feed, cap_message
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty

router = Router(tags=["signals"], auth=django_auth)

NOT_A_SENDER = reason(
    "api.not_a_sender", N_("Signals are taken in from the weather office, or by an officer on watch.")
)
SENDERS = ("weather_office", "watch_officer")

FEED_TYPE = "application/atom+xml; charset=utf-8"
CAP_TYPE = "application/cap+xml; charset=utf-8"


class TakenInOut(Schema):
    """What a message led to: the signals it made or ended; `again` where it was known already."""

    signals: list[UUID]
    again: bool


@require_GET
def feed(request: HttpRequest) -> HttpResponse:
    """The Atom feed of the real world's advisories; an exercise never goes out."""
    del request
    base = f"{settings.ANLAN_PUBLIC_URL}/api/cap"
    body = cap_feed(base_url=base, region=settings.ANLAN_REGION, at=clock.real_now())
    return HttpResponse(body, content_type=FEED_TYPE)


@require_GET
def message(request: HttpRequest, identifier: str) -> HttpResponse:
    """One published message, as it was published."""
    del request
    try:
        return HttpResponse(cap_message(identifier), content_type=CAP_TYPE)
    except Refused as refusal:
        return HttpResponse(str(refusal), status=404, content_type="text/plain; charset=utf-8")


@router.post("/signals/cap", response={201: TakenInOut})
def take_in(request: HttpRequest) -> Status[dict[str, Any]]:
    """A CAP message of the weather office, as the body. A refusal names the line and the element."""
    person = (
        Person.objects.filter(account_id=request.user.pk, active=True).first() if request.user.pk else None
    )
    at = clock.real_now()
    if person is None or not has_duty(
        person_id=person.pk, kinds=SENDERS, region=settings.ANLAN_REGION, at=at
    ):
        raise Refused(NOT_A_SENDER)
    with transaction.atomic():
        taken = take_in_cap(data=request.body, by=person.by, at=at)
        # A signal is a trigger of the plan: what follows from it is proposed in the same transaction.
        consider(exercise_id=None, at=at)
    return Status(201, {"signals": [signal.pk for signal in taken.signals], "again": taken.again})
