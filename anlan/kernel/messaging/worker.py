"""Sends what is queued. Anybody can run as many as they like: rows are taken under a lease, never by hope.

One pass of one channel in one world: *lease* (a transaction) → *send* (outside any) → *finish* (a transaction).
A worker that dies in between leaves a lease that runs out; the next one tries again under the same key, by which
the provider knows the double. Nothing is given up before the message is answered, ends or is superseded.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import Q

from anlan.kernel.core import clock
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Exercise
from anlan.kernel.core.worlds import in_world
from anlan.kernel.messaging import rules
from anlan.kernel.messaging.channels.base import Channel, Outcome, Parcel
from anlan.kernel.messaging.channels.setup import SENT_BY_WORKER, Channels, open_channels
from anlan.kernel.messaging.ladders import ladders
from anlan.kernel.messaging.models import Announcement, Attempt, Delivery
from anlan.kernel.messaging.sending import expire
from anlan.kernel.messaging.spec import DRILL, STAYS_INSIDE
from anlan.kernel.messaging.tokens import token_for

log = logging.getLogger(__name__)

_Pass = Callable[[UUID | None, datetime], int]

LEASE_S = 120.0  # longer than the slowest batch: 64 calls on 16 lines that all time out
POLL_S = 0.5
BY = "service:worker"
_HELD = "held"  # our own verdict: outside its hours, or its message has ended


@dataclass(frozen=True, slots=True)
class Tried:
    """One leased delivery and how its try went."""

    delivery: Delivery
    outcome: Outcome
    address: str
    next: rules.Next


def run_once(
    *,
    channels: Channels,
    exercise_id: UUID | None,
    at: datetime,
    limit: int = 5000,
    names: Sequence[str] = SENT_BY_WORKER,
    lease_s: float = LEASE_S,
) -> int:
    """Send what is due in one world at its time `at`, up to `limit` a channel. Returns how many were tried."""
    return sum(
        run_channel(name, channels=channels, exercise_id=exercise_id, at=at, limit=limit, lease_s=lease_s)
        for name in names
    )


def run_channel(
    name: str,
    *,
    channels: Channels,
    exercise_id: UUID | None,
    at: datetime,
    limit: int = 5000,
    lease_s: float = LEASE_S,
) -> int:
    """The same for one channel, batch after batch."""
    if exercise_id is not None and name not in STAYS_INSIDE:
        return 0  # the database refuses such rows as well; two locks on this door are not too many
    channel, tried = channels.channel(name), 0
    while tried < limit:
        leased, token = lease(
            name, exercise_id=exercise_id, at=at, limit=min(channel.batch, limit - tried), lease_s=lease_s
        )
        if not leased:
            break
        finish(try_all(leased, channel, at=at), token=token, at=at)
        tried += len(leased)
    return tried


def lease(
    name: str, *, exercise_id: UUID | None, at: datetime, limit: int, lease_s: float = LEASE_S
) -> tuple[list[Delivery], str]:
    """Take due deliveries, the most urgent first, and those whose worker died. Returns them and the lease's token."""
    token = f"{socket.gethostname()[:30]}:{os.getpid()}:{new_id().hex}"
    wall = clock.real_now()
    free = Q(state=rules.QUEUED) | Q(state=rules.LEASED, leased_until__lt=wall)
    with transaction.atomic():
        due = Delivery.objects.filter(free, in_world(exercise_id), channel=name, next_at__lte=at)
        taken = due.order_by("-urgency", "next_at", "pk").select_for_update(skip_locked=True)[:limit]
        ids = list(taken.values_list("pk", flat=True))
        Delivery.objects.filter(pk__in=ids).update(
            state=rules.LEASED, lease_by=token, leased_until=wall + timedelta(seconds=lease_s)
        )
    rows = Delivery.objects.filter(pk__in=ids).select_related("message__person")
    return sorted(rows, key=lambda row: (-row.urgency, row.pk)), token


def try_all(leased: Sequence[Delivery], channel: Channel, *, at: datetime) -> list[Tried]:
    """Hand over what may go now. No transaction is open: a gateway may take its ten seconds."""
    results: list[Tried] = []
    parcels: list[Parcel] = []
    going: list[Delivery] = []
    for delivery in leased:
        held = _held(delivery, at)
        address = channel.address_of(delivery.message.person)
        if held is not None:
            results.append(Tried(delivery, Outcome(_HELD), "", held))
        elif not address:
            outcome = Outcome(rules.NEVER, detail="no address")
            results.append(Tried(delivery, outcome, "", rules.Next(rules.UNREACHABLE, None, delivery.round)))
        else:
            going.append(delivery)
            parcels.append(_parcel(delivery, address))
    outcomes = channel.send(parcels) if parcels else []
    for delivery, parcel, outcome in zip(going, parcels, outcomes, strict=True):
        results.append(Tried(delivery, outcome, parcel.to, _after(delivery, outcome, at)))
    return results


def _held(delivery: Delivery, at: datetime) -> rules.Next | None:
    message = delivery.message
    if message.state != rules.OPEN or message.expires_at <= at:
        return rules.Next(rules.CANCELLED, None, delivery.round)
    opens = rules.next_open(at, hours=_hours(delivery), zone=ladders().zone)
    return rules.Next(rules.QUEUED, opens, delivery.round) if opens > at else None


def _hours(delivery: Delivery) -> tuple[int, int] | None:
    if delivery.hours_from is None or delivery.hours_to is None:
        return None
    return delivery.hours_from, delivery.hours_to


def _parcel(delivery: Delivery, address: str) -> Parcel:
    message = delivery.message
    return Parcel(
        key=delivery.key,
        to=address,
        title=message.title,
        text=message.text,
        urgency=message.urgency,
        answers=tuple(message.answers),
        link=f"{settings.ANLAN_PUBLIC_URL}/a/{token_for(message.pk)}",
        person_id=message.person_id,
    )


def _after(delivery: Delivery, outcome: Outcome, at: datetime) -> rules.Next:
    tried = rules.Tried(
        tries=delivery.tries + 1,
        round=delivery.round,
        rounds=delivery.rounds,
        every_s=delivery.every_s,
        hours=_hours(delivery),
    )
    return rules.after_try(outcome.verdict, tried=tried, at=at, zone=ladders().zone)


_FINISH = """
UPDATE messaging_delivery d
   SET state = CASE WHEN n.state = 'queued' AND m.state <> 'open' THEN 'cancelled' ELSE n.state END,
       next_at = CASE WHEN m.state <> 'open' THEN NULL ELSE n.next_at END,
       round = n.round, tries = n.tries, reason = n.reason, leased_until = NULL, lease_by = ''
  FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::int[], %s::int[], %s::text[])
       AS n (id, state, next_at, round, tries, reason), messaging_message m
 WHERE d.id = n.id AND m.id = d.message_id AND d.state = 'leased' AND d.lease_by = %s
"""


def finish(tried: Sequence[Tried], *, token: str, at: datetime) -> None:
    """Write down how it went. Who has lost the lease meanwhile writes its attempts only: they did happen."""
    with transaction.atomic():
        attempts = [_attempt(each, at) for each in tried if each.outcome.verdict != _HELD]
        Attempt.objects.bulk_create(attempts, ignore_conflicts=True, batch_size=1000)
        with connection.cursor() as cursor:
            cursor.execute(
                _FINISH,
                [
                    [each.delivery.pk for each in tried],
                    [each.next.state for each in tried],
                    [each.next.next_at for each in tried],
                    [each.next.round for each in tried],
                    [_tries(each) for each in tried],
                    [_reason(each) for each in tried],
                    token,
                ],
            )


def _tries(each: Tried) -> int:
    return each.delivery.tries + 1 if each.outcome.verdict == rules.TRY_AGAIN else 0


def _reason(each: Tried) -> str:
    if each.outcome.verdict == rules.NEVER and not each.address:
        return "no_address"
    return (
        each.outcome.verdict if each.outcome.verdict in (rules.NEVER, rules.ABSENT, rules.TRY_AGAIN) else ""
    )


def _attempt(each: Tried, at: datetime) -> Attempt:
    return Attempt(
        delivery=each.delivery,
        at=at,
        round=each.delivery.round + 1,
        outcome=each.outcome.verdict,
        provider_ref=each.outcome.provider_ref,
        detail=each.outcome.detail,
        address=each.address,
        by=BY,
    )


def announce_once(
    *, channels: Channels, exercise_id: UUID | None, at: datetime, lease_s: float = LEASE_S
) -> int:
    """Post what is due to the groups' robots. Returns how many were tried."""
    wall = clock.real_now()
    free = Q(state=rules.QUEUED) | Q(state=rules.LEASED, leased_until__lt=wall)
    with transaction.atomic():
        due = Announcement.objects.filter(free, in_world(exercise_id), next_at__lte=at)
        rows = list(due.order_by("next_at").select_for_update(skip_locked=True)[:20])
        Announcement.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=rules.LEASED, leased_until=wall + timedelta(seconds=lease_s)
        )
    for row in rows:
        robot = channels.channel(DRILL) if exercise_id is not None else channels.robot(row.target)
        over = row.expires_at <= at
        parcel = Parcel(key=row.key, to=row.target, text=row.text, title=row.title)
        (outcome,) = [Outcome(rules.NEVER, detail="its time was over")] if over else robot.send([parcel])
        _finish_announcement(row, outcome, at)
    return len(rows)


def _finish_announcement(row: Announcement, outcome: Outcome, at: datetime) -> None:
    tried = rules.Tried(tries=row.tries + 1, round=0, rounds=1, every_s=0, hours=None)
    follows = rules.after_try(outcome.verdict, tried=tried, at=at, zone=ladders().zone)
    with transaction.atomic():
        Attempt.objects.create(
            announcement=row,
            at=at,
            outcome=outcome.verdict,
            provider_ref=outcome.provider_ref,
            detail=outcome.detail,
            address=row.target,
            by=BY,
        )
        Announcement.objects.filter(pk=row.pk).update(
            state=follows.state, next_at=follows.next_at, tries=row.tries + 1, leased_until=None
        )


def worlds() -> Iterator[tuple[UUID | None, datetime]]:
    """The real world and every exercise that runs, each with its time."""
    yield None, clock.real_now()
    for exercise in Exercise.objects.filter(ended_at=None):
        yield exercise.pk, clock.time_in(exercise)


def serve(
    stop: threading.Event,
    *,
    channels: Channels | None = None,
    poll_s: float = POLL_S,
    lease_s: float = LEASE_S,
) -> None:
    """Run until `stop` is set: a thread a channel, so that a dead voice gateway does not hold up the texts."""
    ready = channels or open_channels()
    threads = [
        threading.Thread(
            target=_loop, args=(stop, poll_s, _sender(name, ready, lease_s)), name=f"send-{name}"
        )
        for name in SENT_BY_WORKER
    ]
    threads.append(
        threading.Thread(target=_loop, args=(stop, poll_s, _housekeeper(ready, lease_s)), name="send-ends")
    )
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _sender(name: str, channels: Channels, lease_s: float) -> _Pass:
    def one(exercise_id: UUID | None, at: datetime) -> int:
        return run_channel(name, channels=channels, exercise_id=exercise_id, at=at, lease_s=lease_s)

    return one


def _housekeeper(channels: Channels, lease_s: float) -> _Pass:
    def one(exercise_id: UUID | None, at: datetime) -> int:
        ended = expire(exercise_id=exercise_id, at=at)
        return ended + announce_once(channels=channels, exercise_id=exercise_id, at=at, lease_s=lease_s)

    return one


def _loop(stop: threading.Event, poll_s: float, one: _Pass) -> None:
    while not stop.is_set():
        try:
            close_old_connections()
            done = sum(one(exercise_id, at) for exercise_id, at in worlds())
        except Exception:
            log.exception("a pass failed; the next one goes on")
            done = 0
        if not done:
            stop.wait(poll_s)
    connection.close()
