"""People as a drill or the demo assumes them: who answers, and how long it takes. Pure.

Shares are those assumed in practice: 78 % within 5 minutes, 92 % within 10, 98 % within 20, 99.5 % within 30;
ten points less at night. Nobody measured them; a bureau replaces them by what its own drills show.
"""

import hashlib
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

SHARES = ((0.4, 0.0), (5.0, 0.78), (10.0, 0.92), (20.0, 0.98), (30.0, 0.995))  # (minutes, share answered)
NIGHT_LESS = 0.10
NIGHT = (23, 6)  # local hours, from and to


def answers_after(*, person_id: UUID, sent_at: datetime, zone: str) -> timedelta | None:
    """How long this person takes to answer a message of that time, or None: no answer. The same each time."""
    share = _number(person_id, sent_at, "received")
    hour = sent_at.astimezone(ZoneInfo(zone)).hour
    if hour >= NIGHT[0] or hour < NIGHT[1]:
        share += NIGHT_LESS
    for (start, low), (end, high) in pairwise(SHARES):
        if share < high:
            minutes = start + (end - start) * max(0.0, share - low) / (high - low)
            return timedelta(minutes=minutes)
    return None


def follows_after(*, person_id: UUID, sent_at: datetime, kind: str) -> timedelta:
    """How long after *received* the same person is on post (4–16 min) or has taken the measures (20–50 min)."""
    low, high = (4.0, 16.0) if kind == "on_post" else (20.0, 50.0)
    return timedelta(minutes=low + (high - low) * _number(person_id, sent_at, kind))


def _number(person_id: UUID, sent_at: datetime, word: str) -> float:
    text = f"{person_id}|{sent_at.isoformat()}|{word}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest()) / 2**48
