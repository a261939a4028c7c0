"""Those who are called answer as practice assumes (messaging's drill people), through the answer door.

Each message is looked at once, when it is new: its answers then wait in a heap for their minute. At sixty times the
pace there is no time to ask thousands of messages every minute whether it is their turn.
"""

import heapq
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import Error

from anlan.kernel.messaging.actions import Given, answer_all
from anlan.kernel.messaging.channels.drill.people import answers_after, follows_after
from anlan.kernel.messaging.ladders import ladders
from anlan.kernel.messaging.models import Message
from anlan.kernel.messaging.spec import DONE, ON_POST, RECEIVED
from anlan.kernel.orgs.models import Person

MOST = 500  # answers in one transaction
OVERLAP = timedelta(minutes=10)  # a message may be committed a little after the time it bears


@dataclass
class Callees:
    """The people of one night."""

    exercise_id: UUID
    looked_until: datetime
    known: set[UUID] = field(default_factory=set)
    waiting: list[tuple[datetime, UUID, str, UUID]] = field(
        default_factory=list
    )  # when, message, kind, person

    def answer(self, at: datetime) -> int:
        """Give every answer that is due by `at`. Returns how many were given; what is refused is over anyhow."""
        self._look(at)
        # People with an account are those a newcomer plays: they answer for themselves.
        own = set(Person.objects.filter(account__isnull=False).values_list("pk", flat=True))
        due = []
        while self.waiting and self.waiting[0][0] <= at:
            due.append(heapq.heappop(self.waiting))
        given = [Given(message_id=m, kind=k, via="drill") for _, m, k, person in due if person not in own]
        try:
            for start in range(0, len(given), MOST):
                answer_all(given[start : start + MOST], clock=lambda _world: at)
        except Error:
            # The transaction failed: they are given again in the next minute; an answer given twice is one.
            for again in due:
                heapq.heappush(self.waiting, again)
            raise
        return len(given)

    def _look(self, at: datetime) -> None:
        """Put the answers of new messages into the heap."""
        new = Message.objects.filter(
            exercise_id=self.exercise_id, created_at__gte=self.looked_until - OVERLAP, expires_at__gt=at
        ).exclude(ladder="by_hand")
        for pk, person, sent, kinds in new.values_list("pk", "person_id", "created_at", "answers"):
            if pk not in self.known:
                self.known.add(pk)
                self._plan(pk, person, sent, kinds)
        self.looked_until = at

    def _plan(self, message: UUID, person: UUID, sent: datetime, kinds: list[str]) -> None:
        first = answers_after(person_id=person, sent_at=sent, zone=ladders().zone)
        if first is None:
            return
        for kind in (RECEIVED, ON_POST, DONE):
            if kind in kinds:
                later = (
                    timedelta(0)
                    if kind == RECEIVED
                    else follows_after(person_id=person, sent_at=sent, kind=kind)
                )
                heapq.heappush(self.waiting, (sent + first + later, message, kind, person))
