"""What messaging decides: the plan of a ladder, what follows a try, whether an answer may be taken. Pure."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.messaging.spec import (
    DONE,
    DRILL,
    DRILL_MARK,
    NEED_HELP,
    ON_POST,
    RECEIVED,
    STAYS_INSIDE,
    Ladders,
)

EXPIRED = reason(
    "messaging.message_expired", N_("This message ended at {at}; answer the newest one, or ring the office.")
)
SUPERSEDED = reason(
    "messaging.message_superseded", N_("A newer message has taken this one's place; answer that one.")
)
NOT_OFFERED = reason("messaging.answer_not_offered", N_("This message does not ask for the answer “{kind}”."))
NO_LADDER = reason("messaging.no_ladder", N_("There is no ladder “{ladder}” for urgency {urgency}."))
ENDS_BEFORE = reason("messaging.ends_before_it_starts", N_("A message must end after it is sent."))
BUSY = reason("messaging.busy", N_("Not yet on disk. Send it again."))
NOBODY = reason("messaging.nobody", N_("This account belongs to no person."))
NO_MESSAGE = reason("messaging.no_such_message", N_("There is no such message."))

# States of a message. *received* still takes on_post and done; the other three are the end of it.
OPEN, GOT, CLOSED, OVER, REPLACED = "open", "received", "closed", "expired", "superseded"

# States of a delivery.
QUEUED, LEASED, SENT, DELIVERED, FAILED, CANCELLED, UNREACHABLE = (
    "queued",
    "leased",
    "sent",
    "delivered",
    "failed",
    "cancelled",
    "unreachable",
)

# What a channel says of one try.
ACCEPTED, ARRIVED, TRY_AGAIN, NEVER, ABSENT = "accepted", "delivered", "failed", "refused", "absent"

LONGEST_PAUSE_S = 310
_RANK = {RECEIVED: 1, ON_POST: 2, DONE: 3}


@dataclass(frozen=True, slots=True)
class Planned:
    """One delivery to be queued: `stands_for` names the live channel that the simulator plays in an exercise."""

    rung: int
    channel: str
    stands_for: str
    next_at: datetime
    rounds: int
    every_s: int
    hours_from: int | None
    hours_to: int | None


def plan(
    *, ladders: Ladders, ladder: str, urgency: int, at: datetime, expires: datetime, drill: bool
) -> list[Planned]:
    """The deliveries of one message. A rung that would open only after the message ends is left out."""
    rungs = ladders.rungs.get((ladder, urgency))
    if rungs is None:
        raise Refused(NO_LADDER, ladder=ladder, urgency=urgency)
    if expires <= at:
        raise Refused(ENDS_BEFORE)
    planned = []
    for number, rung in enumerate(rungs):
        next_at = next_open(at + timedelta(seconds=rung.after_s), hours=rung.hours, zone=ladders.zone)
        if next_at >= expires:
            continue
        played = drill and rung.channel not in STAYS_INSIDE
        planned.append(
            Planned(
                rung=number,
                channel=DRILL if played else rung.channel,
                stands_for=rung.channel if played else "",
                next_at=next_at,
                rounds=rung.rounds,
                every_s=rung.every_s,
                hours_from=rung.hours[0] if rung.hours else None,
                hours_to=rung.hours[1] if rung.hours else None,
            )
        )
    return planned


def next_open(at: datetime, *, hours: tuple[int, int] | None, zone: str) -> datetime:
    """`at`, or the next time the hours open (minutes of the local day; 22:00-06:00 runs over midnight)."""
    if hours is None:
        return at
    start, end = hours
    local = at.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    inside = start <= minute < end if start <= end else minute >= start or minute < end
    if inside:
        return at
    opening = local.replace(hour=start // 60, minute=start % 60, second=0, microsecond=0)
    return (opening if minute < start else opening + timedelta(days=1)).astimezone(at.tzinfo)


def pause_s(tries: int) -> int:
    """Seconds until the next try after `tries` failed ones: 1, 2, 4 … and never more than 310."""
    return min(LONGEST_PAUSE_S, 1 << min(max(tries - 1, 0), 9))


@dataclass(frozen=True, slots=True)
class Tried:
    """Where a delivery stood when it was tried: failed tries since the last success, rounds sent of rounds due."""

    tries: int
    round: int
    rounds: int
    every_s: int
    hours: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Next:
    """What follows a try: the delivery's state, when it comes up again (None = not), the rounds sent."""

    state: str
    next_at: datetime | None
    round: int


def after_try(verdict: str, *, tried: Tried, at: datetime, zone: str) -> Next:
    """A round that went out counts; a failed one is tried again, longer apart, until the message itself ends."""
    if verdict in (NEVER, ABSENT):
        return Next(UNREACHABLE, None, tried.round)
    if verdict == TRY_AGAIN:
        again = next_open(at + timedelta(seconds=pause_s(tried.tries)), hours=tried.hours, zone=zone)
        return Next(QUEUED, again, tried.round)
    done = tried.round + 1
    if done < tried.rounds:
        again = next_open(at + timedelta(seconds=tried.every_s), hours=tried.hours, zone=zone)
        return Next(QUEUED, again, done)
    return Next(DELIVERED if verdict == ARRIVED else SENT, None, done)


def check_answer(
    *, state: str, expires_at: datetime, offered: Sequence[str], kind: str, at: datetime
) -> None:
    """Whether the message still takes this answer.

    Any order of answers is taken: work is often done before anybody says *received*. A call for help is
    always offered. Raises Refused.
    """
    if state == REPLACED:
        raise Refused(SUPERSEDED)
    if state == OVER or at >= expires_at:
        raise Refused(EXPIRED, at=expires_at)
    if kind != NEED_HELP and kind not in offered:
        raise Refused(NOT_OFFERED, kind=kind, field="kind")


def further(known: str, given: str) -> str:
    """Of two answers the one that says more; a call for help says that the message was received."""
    return given if _rank(given) > _rank(known) else known


def _rank(kind: str) -> int:
    return _RANK.get(kind, 1 if kind else 0)


def state_after(kind: str, offered: Sequence[str]) -> str:
    """The last answer that was asked for closes the message; any other leaves it *received*."""
    asked = [each for each in offered if each in _RANK]
    return CLOSED if asked and _rank(kind) >= max(_rank(each) for each in asked) and kind in _RANK else GOT


def answer_key(kind: str, note: str) -> str:
    """What makes two answers the same one: the kind; for a call for help also its words."""
    if kind != NEED_HELP:
        return ""
    return hashlib.blake2b(note.strip().encode(), digest_size=8).hexdigest()


def read_reply(text: str, *, ladders: Ladders) -> str | None:
    """The answer in an SMS reply or a pressed key, or None. Full-width digits, stops and spaces are forgiven."""
    plain = unicodedata.normalize("NFKC", text).strip(" \t\r\n.。!,，'\"“”").casefold()
    return _meaning(plain, ladders.keys) or _meaning(plain, ladders.words)


def _meaning(plain: str, table: Mapping[str, str]) -> str | None:
    return table.get(plain)


def mark(text: str, *, drill: bool) -> str:
    """Text of a message as it goes out: in an exercise it says so first."""
    return DRILL_MARK + text if drill and not text.startswith(DRILL_MARK) else text
