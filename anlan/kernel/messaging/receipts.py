"""What comes back from outside: call-backs of gateways, replies by SMS, and what an officer did by telephone."""

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.keys import hmac_index
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.ledger.facts import hide
from anlan.kernel.messaging import codes, rules
from anlan.kernel.messaging.answering import answer
from anlan.kernel.messaging.ladders import ladders
from anlan.kernel.messaging.models import (
    Answer,
    Attempt,
    Delivery,
    IncomingText,
    Message,
)
from anlan.kernel.messaging.spec import BY_HAND, RECEIVED, SMS, VOICE
from anlan.kernel.orgs.models import Person

NO_DELIVERY = reason("messaging.no_such_delivery", N_("The call-back names no delivery of ours."))
NOT_BY_HAND = reason("messaging.not_by_hand", N_("This message is not on the list of people to ring."))

PRESSED, HEARD, NO_ANSWER, BUSY, INVALID, RECEIPT, LOST = (
    "pressed",
    "heard",
    "no_answer",
    "busy",
    "invalid",
    "receipt",
    "lost",
)
CALL_OUTCOMES = (PRESSED, HEARD, NO_ANSWER, BUSY, INVALID)
HAND_OUTCOMES = (HEARD, NO_ANSWER, BUSY, INVALID)


def voice_called_back(
    *, key: str, outcome: str, at: datetime, pressed: str = "", ref: str = "", recording: str = ""
) -> Answer | None:
    """A call has ended. A pressed key that means something is the person's answer. Told twice it counts once.

    `outcome` is one of CALL_OUTCOMES. Raises Refused for a key that is not ours.
    """
    delivery, number = _delivery_of(key, VOICE)
    with transaction.atomic():
        _note(
            delivery, number, outcome=outcome, at=at, ref=ref or key, recording=recording, detail=pressed[:20]
        )
        _settle_call(delivery, outcome)
    kind = rules.read_reply(pressed, ladders=ladders()) if outcome == PRESSED else None
    if kind is None:
        return None
    return _answer_if_open(delivery.message_id, kind, via=VOICE, at=at)


def _settle_call(delivery: Delivery, outcome: str) -> None:
    mine = Delivery.objects.filter(pk=delivery.pk)
    if outcome == INVALID:
        waiting = mine.filter(state__in=(rules.QUEUED, rules.SENT))
        waiting.update(state=rules.UNREACHABLE, reason=INVALID, next_at=None)
    elif outcome in (PRESSED, HEARD):
        mine.filter(state=rules.SENT).update(state=rules.DELIVERED, reason="")
    else:
        # Only the last round is in state *sent*; earlier ones are queued for the next.
        mine.filter(state=rules.SENT).update(state=rules.FAILED, reason=outcome)


def sms_receipt(*, key: str, arrived: bool, at: datetime, ref: str = "", why: str = "") -> None:
    """The gateway says whether a text reached the telephone. A receipt is not an answer."""
    delivery, number = _delivery_of(key, SMS)
    with transaction.atomic():
        _note(delivery, number, outcome=RECEIPT if arrived else LOST, at=at, ref=ref or key, detail=why)
        state, said = (rules.DELIVERED, "") if arrived else (rules.FAILED, LOST)
        Delivery.objects.filter(pk=delivery.pk, state=rules.SENT).update(state=state, reason=said)


def sms_reply(*, ref: str, phone: str, text: str, at: datetime) -> IncomingText:
    """A text came in. It answers the sender's newest open message that went out as a text and lacks this answer.

    What cannot be read as an answer is kept for the officer. The same `ref` again changes nothing.
    """
    index = hmac_index(bare_number(phone))
    kind = rules.read_reply(text, ladders=ladders())
    with transaction.atomic():
        known = IncomingText.objects.filter(provider_ref=ref).first()
        if known is not None:
            return known
        message = _asked_by_text(index, kind, at) if kind else None
        given = _answer_if_open(message.pk, kind, via=SMS, at=at) if message and kind else None
        return IncomingText.objects.create(
            provider_ref=ref,
            phone=phone,
            phone_index=index,
            person=message.person
            if message
            else Person.objects.filter(phone_index=index, active=True).first(),
            text=text[:500],
            read_as=kind or "",
            answer=given,
            at=at,
        )


def bare_number(phone: str) -> str:
    """A number without country code, spaces and dashes, as people's numbers are indexed."""
    return re.sub(r"^(\+?86|0086)(?=1\d{10}$)", "", re.sub(r"[^\d+]", "", phone))


def _asked_by_text(index: str, kind: str, at: datetime) -> Message | None:
    asked = Message.objects.filter(
        person__phone_index=index,
        live=True,
        state__in=(rules.OPEN, rules.GOT),
        expires_at__gt=at,
        deliveries__channel=SMS,
        deliveries__round__gte=1,
    )
    return asked.exclude(given__kind=kind).select_related("person").order_by("-created_at", "-pk").first()


def _answer_if_open(message_id: UUID, kind: str, *, via: str, at: datetime) -> Answer | None:
    # Too late or not asked for is no reason to tell a gateway that its call-back failed: it would repeat it for ever.
    try:
        return answer(message_id=message_id, kind=kind, via=via, at=at)
    except Refused:
        return None


def rung_by_hand(
    *,
    message_id: UUID,
    outcome: str,
    by: str,
    at: datetime,
    number: str = "",
    said: str = "",
    kind: str = RECEIVED,
    again: datetime | None = None,
) -> Answer | None:
    """The officer rang somebody: whom, on which number, what they said. HEARD is that person's answer `kind`.

    Otherwise the person stays on the list, to be rung again at `again` (default: at once). Raises Refused.
    """
    with transaction.atomic():
        rung = Delivery.objects.select_related("message").filter(message_id=message_id, channel=BY_HAND)
        delivery = rung.select_for_update(of=("self",)).first()
        if delivery is None:
            raise Refused(NOT_BY_HAND)
        delivery.round += 1
        _note(delivery, delivery.round, outcome=outcome, at=at, ref="", detail=said, address=number, by=by)
        if outcome == HEARD:
            delivery.state, delivery.next_at = rules.DELIVERED, None
        elif delivery.state == rules.QUEUED:
            delivery.next_at, delivery.reason = again or at, outcome
        delivery.save(update_fields=["round", "state", "next_at", "reason"])
        record(
            code=codes.RUNG,
            subject=delivery.message.subject,
            facts={
                "message": str(message_id),
                "outcome": outcome,
                "number": hide(number) if number else "",
                "said": hide(said) if said else "",
            },
            by=by,
            at=at,
            exercise_id=delivery.exercise_id,
        )
        if outcome != HEARD:
            return None
        return answer(message_id=message_id, kind=kind, via="telephone", at=at, note=said)


def _delivery_of(key: str, channel: str) -> tuple[Delivery, int]:
    """The delivery and the round that a provider's key names. Raises Refused."""
    hexed, _, number = key.partition("-")
    try:
        pk = UUID(hex=hexed)
        delivery = Delivery.objects.filter(pk=pk, channel=channel).first()
        found = int(number)
    except ValueError:
        raise Refused(NO_DELIVERY) from None
    if delivery is None or not 0 < found <= delivery.rounds:
        raise Refused(NO_DELIVERY)
    return delivery, found


def _note(
    delivery: Delivery,
    number: int,
    *,
    outcome: str,
    at: datetime,
    ref: str,
    recording: str = "",
    detail: str = "",
    address: str = "",
    by: str = "service:gateway",
) -> None:
    row = Attempt(
        delivery=delivery,
        at=at,
        round=number,
        outcome=outcome,
        provider_ref=ref[:120],
        recording=recording[:200],
        detail=detail[:300],
        address=address,
        by=by,
    )
    Attempt.objects.bulk_create([row], ignore_conflicts=True)  # a call-back told twice
