"""Lets the simulated people of an exercise answer, when their time has come. Never in the real world."""

from datetime import datetime, timedelta
from uuid import UUID

from anlan.kernel.core.errors import Refused
from anlan.kernel.messaging.answering import Given, answer_all
from anlan.kernel.messaging.channels.drill.people import answers_after, follows_after
from anlan.kernel.messaging.ladders import ladders
from anlan.kernel.messaging.models import Message
from anlan.kernel.messaging.spec import DONE, ON_POST, RECEIVED

_LOOK_BACK = timedelta(hours=3)
MOST = 500  # answers a transaction


def answer_due(*, exercise_id: UUID, at: datetime) -> int:
    """Give the answers that are due by `at` (the exercise's time). Returns how many were taken.

    People with an account are left alone: those are the ones a newcomer plays.
    """
    waiting = Message.objects.filter(
        exercise_id=exercise_id,
        state__in=("open", "received"),
        created_at__gte=at - _LOOK_BACK,
        expires_at__gt=at,
        person__account=None,
    ).exclude(ladder="by_hand")
    due = [given for message in waiting.order_by("created_at", "pk") for given in _due(message, at)]
    taken = 0
    for start in range(0, len(due), MOST):
        results = answer_all(due[start : start + MOST], clock=lambda _world: at)
        taken += sum(not isinstance(result, Refused) for result in results)
    return taken


def _due(message: Message, at: datetime) -> list[Given]:
    first = answers_after(person_id=message.person_id, sent_at=message.created_at, zone=ladders().zone)
    if first is None:
        return []
    due = []
    for kind in (RECEIVED, ON_POST, DONE):
        later = (
            timedelta(0)
            if kind == RECEIVED
            else follows_after(person_id=message.person_id, sent_at=message.created_at, kind=kind)
        )
        if kind in message.answers and message.created_at + first + later <= at and _is_new(message, kind):
            due.append(Given(message_id=message.pk, kind=kind, via="drill"))
    return due


def _is_new(message: Message, kind: str) -> bool:
    # The furthest answer is enough to know: the simulated people answer in order.
    order = ("", RECEIVED, ON_POST, DONE)
    return order.index(kind) > order.index(message.answer_kind if message.answer_kind in order else RECEIVED)
