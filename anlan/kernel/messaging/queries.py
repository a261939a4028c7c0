"""What pages and reports read: a person's inbox, who is unreached and why, whom the officer has to ring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world
from anlan.kernel.messaging import rules
from anlan.kernel.messaging.models import Answer, Attempt, Delivery, Message
from anlan.kernel.messaging.sending import Subject
from anlan.kernel.messaging.spec import BY_HAND, IN_APP

# Why a person is unreached, from the worst to the mildest. Several may hold of one person; the worst is named.
REASONS = {
    "no_address": N_("no telephone number on record"),
    "invalid": N_("the number does not exist"),
    "refused": N_("the gateway refuses this number"),
    "absent": N_("the channel is not set up"),
    "lost": N_("the text did not arrive"),
    "busy": N_("the line was busy"),
    "no_answer": N_("nobody picked up"),
    "failed": N_("the gateway did not take it"),
    "to_ring": N_("not yet rung by the officer"),
    "no_reply": N_("delivered, but not answered"),
    "waiting": N_("not tried yet"),
}

CHANNEL_LABELS = {
    "in_app": N_("App"),
    "web_push": N_("Browser push"),
    "sms": N_("SMS"),
    "voice": N_("Voice call"),
    "mail": N_("E-mail"),
    "by_hand": N_("Rung by a person"),
    "drill": N_("Simulator"),
    "webhook": N_("Group robot"),
    "page": N_("Page"),
    "api": N_("API"),
    "telephone": N_("Telephone"),
}

ANSWER_LABELS = {
    "received": N_("Received"),
    "on_post": N_("On post"),
    "done": N_("Measures taken"),
    "need_help": N_("Need help"),
}

MESSAGE_STATE_LABELS = {
    "open": N_("No answer yet"),
    "received": N_("Has answered"),
    "closed": N_("No longer asked"),
    "expired": N_("Ended without an answer"),
    "superseded": N_("Replaced by a newer message"),
}

DELIVERY_STATE_LABELS = {
    "queued": N_("Waiting"),
    "leased": N_("Being sent"),
    "sent": N_("Sent"),
    "delivered": N_("Delivered"),
    "failed": N_("Failed"),
    "cancelled": N_("No longer needed"),
    "unreachable": N_("Unreachable"),
}


@dataclass(frozen=True, slots=True)
class Unreached:
    """One person who has not answered. `why` is a key of REASONS; `tries` counts attempts on all channels."""

    message_id: UUID
    person_id: UUID
    name: str
    title: str
    why: str
    tries: int
    last_at: datetime | None


def inbox(*, person_id: UUID, exercise_id: UUID | None = None, limit: int = 50) -> QuerySet[Message]:
    """A person's messages in one world, unanswered ones first, then the newest."""
    mine = Message.objects.filter(in_world(exercise_id), person_id=person_id)
    return mine.annotate(waits=Count("pk", filter=Q(state="open"))).order_by("-waits", "-created_at")[:limit]


def about(*subjects: Subject) -> QuerySet[Message]:
    """Every message about these subjects with its deliveries, tries and answers: the page of proof."""
    tries = Prefetch("attempts", Attempt.objects.order_by("at", "pk"))
    return (
        Message.objects.filter(_is_about(subjects))
        .select_related("person")
        .prefetch_related(
            Prefetch("deliveries", Delivery.objects.order_by("rung").prefetch_related(tries)),
            Prefetch("given", Answer.objects.order_by("at", "pk")),
        )
        .order_by("created_at", "pk")
    )


def unreached(*subjects: Subject) -> list[Unreached]:
    """Who has not answered about these subjects, and why as far as is known."""
    silent = Message.objects.filter(_is_about(subjects), state__in=(rules.OPEN, rules.OVER))
    rows = silent.select_related("person").prefetch_related(
        Prefetch("deliveries", Delivery.objects.prefetch_related("attempts"))
    )
    return [_unreached(message) for message in rows.order_by("created_at", "pk")]


def _unreached(message: Message) -> Unreached:
    deliveries = list(message.deliveries.all())
    tries = [attempt for delivery in deliveries for attempt in delivery.attempts.all()]
    outside = [delivery for delivery in deliveries if delivery.channel != IN_APP] or deliveries
    return Unreached(
        message_id=message.pk,
        person_id=message.person_id,
        name=message.person.name,
        title=message.person.title,
        why=_worst(outside),
        tries=len(tries),
        last_at=max((attempt.at for attempt in tries), default=None),
    )


def _worst(deliveries: Sequence[Delivery]) -> str:
    """If any way got through it is the person who is silent; only else is a broken way the reason."""
    if any(delivery.state == rules.DELIVERED for delivery in deliveries):
        return "no_reply"
    said = {delivery.reason or _by_state(delivery) for delivery in deliveries}
    # A browser that was never allowed is no news about anybody: name it only when there was no other way.
    if len(said) > 1:
        said.discard("absent")
    return next((why for why in REASONS if why in said), "waiting")


def _by_state(delivery: Delivery) -> str:
    if delivery.channel == BY_HAND:
        return "to_ring"
    return "no_reply" if delivery.round else "waiting"


def to_ring(*, exercise_id: UUID | None, at: datetime) -> QuerySet[Delivery]:
    """Whom the officer has to ring now, the most urgent and longest waiting first; `.message.person` is at hand."""
    waiting = Delivery.objects.filter(
        in_world(exercise_id),
        channel=BY_HAND,
        state=rules.QUEUED,
        next_at__lte=at,
        message__state=rules.OPEN,
    )
    return waiting.select_related("message__person").order_by("-urgency", "next_at", "pk")


def _is_about(subjects: Sequence[Subject]) -> Q:
    found = Q(pk__in=[])
    by_type: dict[str, list[str]] = {}
    for kind, pk in subjects:
        by_type.setdefault(kind, []).append(str(pk))
    for kind, ids in by_type.items():
        found |= Q(subject_type=kind, subject_id__in=ids)
    return found
