"""Takes answers. Many at a time: whatever arrived together is one transaction, and none returns before its commit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db import connection, transaction

from anlan.kernel.core.bulk import insert_rows, read_rows
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.worlds import beside_others_of, once_more
from anlan.kernel.ledger.actions import Row as LedgerRow
from anlan.kernel.ledger.actions import record_all
from anlan.kernel.messaging import codes, rules, tokens
from anlan.kernel.messaging.models import Answer, Message
from anlan.kernel.messaging.registry import kind_of

Clock = Callable[[UUID | None], datetime]
Result = Answer | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer as it arrives. `by` "" = the person the message was for; `position` is (lon, lat), WGS-84."""

    message_id: UUID
    kind: str
    via: str
    by: str = ""
    note: str = ""
    position: tuple[float, float] | None = None


def answer(
    *,
    kind: str,
    via: str,
    at: datetime,
    token: str = "",
    message_id: UUID | None = None,
    by: str = "",
    note: str = "",
    position: tuple[float, float] | None = None,
) -> Answer:
    """One answer, by token or by message. Given again it is the same answer. Raises Refused.

    Writes the answer, stops the retries, and runs the handler of the message's kind, in one transaction.
    """
    given = Given(
        message_id=message_id or tokens.message_of(token),
        kind=kind,
        via=via,
        by=by,
        note=note,
        position=position,
    )
    (result,) = answer_all([given], clock=lambda _world: at)
    if isinstance(result, Refused):
        raise result
    return result


@once_more
def answer_all(given: Sequence[Given], *, clock: Clock) -> list[Result]:
    """Many answers in one transaction; `clock` gives the time of a message's world. Refusals stand in the result.

    A handler that fails takes the whole transaction with it: gateway.py then tries the answers one by one.
    """
    time_of = cache(clock)  # one moment for the whole batch, and one look at each exercise's clock
    with transaction.atomic():
        messages = _lock(given)
        fresh: dict[tuple[UUID, str, str], Answer] = {}
        refused: dict[int, Refused] = {}
        for number, each in enumerate(given):
            try:
                written = _decide(each, messages, time_of)
                fresh.setdefault((written.message_id, written.kind, written.key), written)
            except Refused as refusal:
                refused[number] = refusal
        known = _write(fresh, messages)
    return [refused.get(number) or known[_identity(each)] for number, each in enumerate(given)]


# What an answer is decided by and what handlers look at; the words that were sent stay where they are.
_READ = ("kind", "person", "answers", "expires_at", "subject_type", "subject_id", "exercise", "state", "answered_at",
         "answer_kind")  # fmt: skip


def _identity(each: Given) -> tuple[UUID, str, str]:
    return each.message_id, each.kind, rules.answer_key(each.kind, each.note)


def _lock(given: Sequence[Given]) -> dict[UUID, Message]:
    ids = list({each.message_id for each in given})
    beside_others_of(Message, ids)
    # In the order of ids, so that two batches that share messages wait for each other instead of deadlocking.
    rows = read_rows(Message, _READ, "WHERE t.id = ANY(%s) ORDER BY t.id FOR NO KEY UPDATE", [ids])
    return {row.pk: row for row in rows}


def _decide(each: Given, messages: dict[UUID, Message], clock: Clock) -> Answer:
    message = messages.get(each.message_id)
    if message is None:
        raise Refused(rules.NO_MESSAGE)
    at = clock(message.exercise_id)
    rules.check_answer(
        state=message.state, expires_at=message.expires_at, offered=message.answers, kind=each.kind, at=at
    )
    lon, lat = each.position or (None, None)
    return Answer(
        message=message,
        kind=each.kind,
        key=rules.answer_key(each.kind, each.note),
        via=each.via,
        at=at,
        by=each.by or f"person:{message.person_id}",
        note=each.note[:500],
        lon=lon,
        lat=lat,
    )


def _write(
    fresh: dict[tuple[UUID, str, str], Answer], messages: dict[UUID, Message]
) -> dict[tuple[UUID, str, str], Answer]:
    """Insert what is not yet known, and let it have its effects. Returns every answer asked for, old or new."""
    if not fresh:
        return {}
    known = _known(fresh, messages)
    new = [written for identity, written in fresh.items() if identity not in known]
    if new:
        insert_rows(new)
        _move_messages(new, messages)
        record_all([_entry(written) for written in new])
        _handle(new)
    return known | {identity: written for identity, written in fresh.items() if identity not in known}


def _known(
    fresh: dict[tuple[UUID, str, str], Answer], messages: dict[UUID, Message]
) -> dict[tuple[UUID, str, str], Answer]:
    """Those of the answers that were given before. The messages are locked: nobody adds one after this look."""
    answered = {message_id for message_id, _, _ in fresh if messages[message_id].answered_at is not None}
    if not answered:
        return {}
    kinds = {kind for _, kind, _ in fresh}
    rows = Answer.objects.filter(message_id__in=answered, kind__in=kinds)
    return {(row.message_id, row.kind, row.key): row for row in rows}


# One statement for all that an answer changes in other rows: Django's bulk_update took 2 ms an answer, this 0.1.
_MOVE = """
WITH n AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(at)s::timestamptz[], %(kinds)s::text[], %(states)s::text[])
        AS n (id, answered_at, answer_kind, state)),
stopped AS (
    UPDATE messaging_delivery d SET state = 'cancelled', next_at = NULL
      -- The empty text keeps it off the queue's own index, which is full of what was sent long ago.
     WHERE d.message_id = ANY(%(ids)s) AND d.state || '' = 'queued')
UPDATE messaging_message m SET answered_at = n.answered_at, answer_kind = n.answer_kind, state = n.state
  FROM n WHERE m.id = n.id
"""


def _move_messages(new: Sequence[Answer], messages: dict[UUID, Message]) -> None:
    """Set how far each message is answered, and stop what still waits to be sent: whoever answered is left alone."""
    for written in new:
        message = messages[written.message_id]
        message.answered_at = message.answered_at or written.at
        message.answer_kind = rules.further(message.answer_kind, written.kind)
        if message.state != rules.CLOSED:
            message.state = rules.state_after(message.answer_kind, message.answers)
    changed = list({written.message_id: messages[written.message_id] for written in new}.values())
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE,
            {
                "ids": [message.pk for message in changed],
                "at": [message.answered_at for message in changed],
                "kinds": [message.answer_kind for message in changed],
                "states": [message.state for message in changed],
            },
        )


def _entry(written: Answer) -> LedgerRow:
    message = written.message
    return {
        "code": codes.ANSWERED,
        "subject": message.subject,
        "facts": {"message": str(message.pk), "answer": written.kind, "via": written.via},
        "by": written.by,
        "at": written.at,
        "exercise_id": message.exercise_id,
    }


def _handle(new: Sequence[Answer]) -> None:
    by_kind: dict[str, list[tuple[Message, Answer]]] = {}
    for written in new:
        by_kind.setdefault(written.message.kind, []).append((written.message, written))
    for code, pairs in by_kind.items():
        kind = kind_of(code)
        if kind.handler_many is not None:
            kind.handler_many(pairs)
        elif kind.handler is not None:
            for message, written in pairs:
                kind.handler(message, written)


def seen(*, token: str, clock: Clock) -> Message:
    """The link was opened. It says only that: previews open links too. Returns the message. Raises Refused."""
    message_id = tokens.message_of(token)
    with transaction.atomic():
        message = Message.objects.select_related("person").filter(pk=message_id).first()
        if message is None:
            raise Refused(rules.NO_MESSAGE)
        at = clock(message.exercise_id)
        if Message.objects.filter(pk=message_id, seen_at=None).update(seen_at=at):
            message.seen_at = at
            record_all(
                [
                    {
                        "code": codes.SEEN,
                        "subject": message.subject,
                        "facts": {"message": str(message_id)},
                        "by": f"person:{message.person_id}",
                        "at": at,
                        "exercise_id": message.exercise_id,
                    }
                ]
            )
    return message
