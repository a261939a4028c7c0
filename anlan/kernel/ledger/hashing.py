"""What is hashed, and how the chain is made. All SM3, 32 bytes.

entry.hash            = SM3(content): what the writer stated
position.entry_hash   = SM3(entry.hash ‖ what the database stamped on the row)
position.seal         = SM3(previous seal ‖ position.entry_hash); the first follows 32 zero bytes
"""

import struct
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SM3, Hash

from anlan.kernel.ledger.facts import encode, spelled_time

GENESIS = bytes(32)
VERSION = "anlan.ledger.1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EMPTY = Hash(SM3())


class Content(Protocol):
    """The columns of an entry that its writer stated."""

    id: UUID
    act: UUID
    code: str
    subject_type: str
    subject_id: str
    region: str
    by: str
    at: datetime
    happened_at: datetime | None
    exercise_id: UUID | None


def sm3(*parts: bytes) -> bytes:
    """SM3 of the parts put together."""
    digest = _EMPTY.copy()
    for part in parts:
        digest.update(part)
    return digest.finalize()


# In this order they are hashed and sent; a column may be added at the end, under a new VERSION.
STATED = (
    "id",
    "act",
    "code",
    "subject_type",
    "subject_id",
    "region",
    "by",
    "at",
    "happened_at",
    "exercise_id",
)


def content(entry: Content) -> str:
    """What an entry states beside its facts, in the one spelling."""
    stated: list[Any] = [
        VERSION,
        str(entry.id),
        str(entry.act),
        entry.code,
        entry.subject_type,
        entry.subject_id,
        entry.region,
        entry.by,
        spelled_time(entry.at),
        None if entry.happened_at is None else spelled_time(entry.happened_at),
        None if entry.exercise_id is None else str(entry.exercise_id),
    ]
    return encode(stated)


def content_hash(stated: str, facts: str) -> bytes:
    """The hash of what an entry states: `content(entry)` and `facts.encode(entry.facts)`."""
    return sm3(stated.encode(), b"\n", facts.encode())


def stamped_hash(content: bytes, recorded_at: datetime, xid: int, system_identifier: int) -> bytes:
    """The hash that is sealed: the content's, with time, transaction and cluster as the database stamped them."""
    since = recorded_at - _EPOCH
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return sm3(content, struct.pack(">qQq", micros, xid, system_identifier))


def seal(previous: bytes, entry_hash: bytes) -> bytes:
    """The next seal of the chain."""
    return sm3(previous, entry_hash)
