"""Writes messages and queues their deliveries. Nothing is sent here: that is the worker's, after the commit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from anlan.kernel.core.ids import new_id
from anlan.kernel.core.worlds import in_world
from anlan.kernel.ledger.actions import Row as LedgerRow
from anlan.kernel.ledger.actions import record_all
from anlan.kernel.messaging import codes, rules
from anlan.kernel.messaging.ladders import ladders
from anlan.kernel.messaging.models import Announcement, Delivery, Message
from anlan.kernel.messaging.registry import kind_of

Subject = tuple[str, UUID | str]

# fmt: off
MESSAGE_COLUMNS = (
    "id", "kind", "person_id", "title", "text", "urgency", "answers", "ladder", "expires_at", "subject_type",
    "subject_id", "by", "created_at", "exercise_id", "live", "act", "state", "answer_kind", "supersedes_id",
)
DELIVERY_COLUMNS = (
    "id", "message_id", "exercise_id", "live", "urgency", "rung", "channel", "stands_for", "rounds", "round",
    "every_s", "hours_from", "hours_to", "state", "next_at", "lease_by", "tries", "reason",
)
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message to be sent; the same words as `send`. `ladder` "" = the kind's, `answers` () = the kind's."""

    kind: str
    to: UUID
    text: str
    urgency: int
    expires: datetime
    subject: Subject
    by: str
    at: datetime
    title: str = ""
    answers: Sequence[str] = ()
    exercise_id: UUID | None = None
    supersedes: UUID | None = None
    ladder: str = ""


@dataclass(slots=True)
class _Batch:
    messages: list[Message] = field(default_factory=list)
    deliveries: list[tuple[Any, ...]] = field(default_factory=list)


def send(
    *,
    kind: str,
    to: UUID,
    text: str,
    urgency: int,
    expires: datetime,
    subject: Subject,
    by: str,
    at: datetime,
    title: str = "",
    answers: Sequence[str] = (),
    exercise_id: UUID | None = None,
    supersedes: UUID | None = None,
    ladder: str = "",
    act: UUID | None = None,
) -> Message:
    """Say something to one person, until that person answers, `expires` passes or a newer message takes its place.

    `urgency` 0 (app only) to 3 (voice at any hour); `ladder` "by_hand" where a person must ring. Raises Refused.
    """
    row = Row(
        kind=kind,
        to=to,
        text=text,
        urgency=urgency,
        expires=expires,
        subject=subject,
        by=by,
        at=at,
        title=title,
        answers=answers,
        exercise_id=exercise_id,
        supersedes=supersedes,
        ladder=ladder,
    )
    return send_all([row], act=act)[0]


def send_all(rows: Sequence[Row], *, act: UUID | None = None) -> list[Message]:
    """The same for many, in one transaction and one act; only inserts (and the end of what is superseded).

    3,183 messages with their deliveries take about a third of a second. Returns messages in the order of `rows`.
    """
    if not rows:
        return []
    act = act or new_id()
    batch = _Batch()
    for row in rows:
        _add(batch, row, act)
    with transaction.atomic(savepoint=False):
        # The old message ends in the same commit that brings the new one: nobody is rung about both.
        end_messages([row.supersedes for row in rows if row.supersedes], state=rules.REPLACED)
        _copy(
            Message, MESSAGE_COLUMNS, [[getattr(m, name) for name in MESSAGE_COLUMNS] for m in batch.messages]
        )
        _copy(Delivery, DELIVERY_COLUMNS, batch.deliveries)
        record_all(_entries(batch.messages, act))
    return batch.messages


def _add(batch: _Batch, row: Row, act: UUID) -> None:
    kind = kind_of(row.kind)
    drill = row.exercise_id is not None
    message = Message(
        kind=kind.code,
        person_id=row.to,
        title=rules.mark(row.title, drill=drill and bool(row.title)),
        text=rules.mark(row.text, drill=drill),
        urgency=row.urgency,
        answers=list(row.answers or kind.answers),
        ladder=row.ladder or kind.ladder,
        expires_at=row.expires,
        subject_type=row.subject[0],
        subject_id=str(row.subject[1]),
        by=row.by,
        created_at=row.at,
        exercise_id=row.exercise_id,
        live=not drill,
        act=act,
        supersedes_id=row.supersedes,
    )
    planned = rules.plan(
        ladders=ladders(),
        ladder=message.ladder,
        urgency=row.urgency,
        at=row.at,
        expires=row.expires,
        drill=drill,
    )
    batch.messages.append(message)
    for each in planned:
        batch.deliveries.append(_delivery(message, each))


def _delivery(message: Message, planned: rules.Planned) -> tuple[Any, ...]:
    # in the order of DELIVERY_COLUMNS
    return (
        new_id(),
        message.pk,
        message.exercise_id,
        message.live,
        message.urgency,
        planned.rung,
        planned.channel,
        planned.stands_for,
        planned.rounds,
        0,
        planned.every_s,
        planned.hours_from,
        planned.hours_to,
        rules.QUEUED,
        planned.next_at,
        "",
        0,
        "",
    )


def _copy(
    model: type[Message] | type[Delivery], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    # COPY: a call-out of a whole district must be queued in well under a second; bulk_create takes three times that.
    statement = f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _entries(messages: Sequence[Message], act: UUID) -> list[LedgerRow]:
    """One entry an act (and world and sender): how many, of which kinds, about what."""
    groups: dict[tuple[str, datetime, UUID | None], list[Message]] = {}
    for message in messages:
        groups.setdefault((message.by, message.created_at, message.exercise_id), []).append(message)
    return [
        {
            "code": codes.SENT,
            "subject": _common_subject(group, act),
            "facts": {
                "messages": len(group),
                "kinds": dict(Counter(message.kind for message in group)),
                "urgency": max(message.urgency for message in group),
            },
            "by": by,
            "at": at,
            "exercise_id": exercise_id,
            "act": act,
        }
        for (by, at, exercise_id), group in groups.items()
    ]


def _common_subject(group: Sequence[Message], act: UUID) -> Subject:
    subjects = {message.subject for message in group}
    return subjects.pop() if len(subjects) == 1 else ("messaging.act", act)


def end_messages(message_ids: Sequence[UUID], *, state: str) -> list[UUID]:
    """Put open or received messages into an end state and stop their deliveries. Returns those that changed.

    Messages are locked by id and before their deliveries, as answers do, so that the two cannot deadlock.
    """
    if not message_ids:
        return []
    unfinished = Message.objects.filter(pk__in=message_ids, state__in=(rules.OPEN, rules.GOT))
    locked = list(unfinished.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    Message.objects.filter(pk__in=locked).update(state=state)
    # What is on its way at this moment ends by itself (worker.finish).
    Delivery.objects.filter(message_id__in=locked, state=rules.QUEUED).update(
        state=rules.CANCELLED, next_at=None
    )
    return locked


def close(message_ids: Sequence[UUID], *, by: str, at: datetime, why: str, act: UUID | None = None) -> int:
    """Stop asking: somebody else answered, the call-out is over. Returns how many messages were still open."""
    with transaction.atomic():
        closed = end_messages(message_ids, state=rules.CLOSED)
        _record_end(closed, code=codes.CLOSED, by=by, at=at, facts={"why": why}, act=act)
    return len(closed)


def expire(*, exercise_id: UUID | None, at: datetime, limit: int = 5000) -> int:
    """End the open messages whose time is over in this world. The worker calls it on every pass."""
    with transaction.atomic():
        over = Message.objects.filter(in_world(exercise_id), state=rules.OPEN, expires_at__lte=at)
        found = (
            over.order_by("pk")
            .select_for_update(skip_locked=True, no_key=True)
            .values_list("pk", flat=True)[:limit]
        )
        ended = end_messages(list(found), state=rules.OVER)
        _record_end(ended, code=codes.EXPIRED, by="service:worker", at=at, facts={}, act=None)
    return len(ended)


def _record_end(
    ended: Sequence[UUID], *, code: str, by: str, at: datetime, facts: dict[str, Any], act: UUID | None
) -> None:
    rows = Message.objects.filter(pk__in=ended).values_list("exercise_id", "subject_type", "subject_id")
    counts = Counter((exercise_id, (kind, pk)) for exercise_id, kind, pk in rows)
    if not counts:
        return
    record_all(
        [
            {
                "code": code,
                "subject": subject,
                "facts": {"messages": count, **facts},
                "by": by,
                "at": at,
                "exercise_id": exercise_id,
                "act": act,
            }
            for (exercise_id, subject), count in counts.items()
        ]
    )


def announce(
    *,
    target: str,
    text: str,
    expires: datetime,
    subject: Subject,
    by: str,
    at: datetime,
    title: str = "",
    exercise_id: UUID | None = None,
) -> Announcement:
    """Queue a post to a group's robot. It reaches nobody in particular and no answer can come of it."""
    drill = exercise_id is not None
    with transaction.atomic():
        row = Announcement.objects.create(
            target=target,
            channel="drill" if drill else "webhook",
            title=rules.mark(title, drill=drill and bool(title)),
            text=rules.mark(text, drill=drill),
            expires_at=expires,
            subject_type=subject[0],
            subject_id=str(subject[1]),
            by=by,
            created_at=at,
            exercise_id=exercise_id,
            next_at=at,
        )
        facts = {"target": target, "announcement": str(row.pk)}
        record_all(
            [
                {
                    "code": codes.ANNOUNCED,
                    "subject": subject,
                    "facts": facts,
                    "by": by,
                    "at": at,
                    "exercise_id": exercise_id,
                }
            ]
        )
    return row


def open_about(*subjects: Subject) -> Q:
    """Filter: unfinished messages about these subjects."""
    about = Q(pk__in=[])
    for kind, pk in subjects:
        about |= Q(subject_type=kind, subject_id=str(pk))
    return about & Q(state__in=(rules.OPEN, rules.GOT))
