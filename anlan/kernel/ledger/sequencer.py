"""The sequencer: gives every entry its place, misses none, and chains the seals.

An id or a clock can't order what happens at once: a transaction that began early may commit late, and a reader
that has passed its place never sees it. So an entry gets its place only when no transaction older than its own
is still open in this cluster, or when another cluster wrote it (a restore), where nothing is open any more.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Event
from typing import NamedTuple
from uuid import UUID

import psycopg
from django.db import Error, connection, transaction
from django.db.backends.utils import CursorWrapper

from anlan.kernel.ledger.hashing import GENESIS, seal, stamped_hash

logger = logging.getLogger(__name__)

CHUNK = 5_000
LEADER_LOCK = 0x616E6C_0001  # "anl": one leader; the others stand by
PASS_LOCK = 0x616E6C_0002  # one pass at a time, whoever makes it
WAKE_CHANNEL = "anlan_ledger"
FEED_CHANNEL = "anlan_feed"
IDLE_SECONDS = 1.0
BLOCKED_SECONDS = 0.05  # entries wait for an older transaction: its end wakes nobody
RETRY_SECONDS = 1.0


class Waiting(NamedTuple):
    """An entry without a place."""

    id: UUID
    hash: bytes
    recorded_at: datetime
    xid: int
    system_identifier: int


# A scalar subquery stays one index probe an entry; NOT EXISTS may become a join that reads all positions.
_WAITING = """
SELECT e.id, e.hash, e.recorded_at, e.xid::text::bigint, e.system_identifier FROM ledger_entry e
 WHERE e.system_identifier = %(cluster)s AND e.xid >= %(since)s::text::xid8 AND {ripe}
   AND (SELECT p.seq FROM ledger_position p WHERE p.entry_id = e.id) IS NULL
 ORDER BY e.xid, e.id LIMIT %(limit)s
"""
OURS = _WAITING.format(ripe="e.xid < pg_snapshot_xmin(pg_current_snapshot())")
# Our own name, but a transaction that is yet to come: a copy of this cluster wrote it, further on in its time.
AHEAD = _WAITING.format(ripe="e.xid >= pg_snapshot_xmax(pg_current_snapshot())")
FOREIGN = _WAITING.format(ripe="true")

# A loose index scan: two or three probes, however many entries there are.
_CLUSTERS = """
WITH RECURSIVE known AS (
    SELECT min(system_identifier) AS cluster FROM ledger_entry
    UNION ALL
    SELECT (SELECT min(system_identifier) FROM ledger_entry WHERE system_identifier > cluster) FROM known
     WHERE cluster IS NOT NULL)
SELECT cluster, cluster = ledger_system_identifier(), h.xid::text::bigint,
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       (SELECT max(e.xid)::text::bigint FROM ledger_entry e WHERE e.system_identifier = cluster)
  FROM known LEFT JOIN ledger_horizon h ON h.system_identifier = cluster
 WHERE cluster IS NOT NULL
"""


def sequence_once(*, limit: int = CHUNK) -> int:
    """One pass: place up to `limit` entries, seal them, tell the readers. Returns how many.

    Raises RuntimeError inside an open transaction: it could not see that one's own entries, yet would hold up all.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        # Whoever waits here finds the other's positions afterwards: each statement has its own snapshot.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PASS_LOCK])
        found = _waiting(cursor, limit)
        if not found:
            return 0
        last = _place(cursor, found)
        cursor.execute("SELECT pg_notify(%s, %s)", [FEED_CHANNEL, str(last)])
    return len(found)


def sequence_all() -> int:
    """Passes until nothing is left that can be placed now. Returns how many entries were placed."""
    total = 0
    while placed := sequence_once():
        total += placed
    return total


def head() -> tuple[int, bytes]:
    """The last seq and its seal; (0, 32 zero bytes) for an empty ledger."""
    with connection.cursor() as cursor:
        return _head(cursor)


def blocked() -> bool:
    """True while entries wait for an older transaction to end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM ledger_entry WHERE system_identifier = ledger_system_identifier()"
            " AND xid >= pg_snapshot_xmin(pg_current_snapshot()) AND xid < pg_snapshot_xmax(pg_current_snapshot()))"
        )
        return bool(cursor.fetchone()[0])


def _waiting(cursor: CursorWrapper, limit: int) -> list[Waiting]:
    cursor.execute(_CLUSTERS)
    found: list[Waiting] = []
    # Foreign entries first: they are older than anything this cluster writes.
    for cluster, ours, horizon, oldest_open, newest in sorted(cursor.fetchall(), key=lambda row: row[1]):
        # A horizon beyond the present was set by a copy of this cluster: it says nothing about us.
        since = 0 if horizon is None or (ours and horizon > oldest_open) else horizon
        for query in (OURS, AHEAD) if ours else (FOREIGN,):
            if query is AHEAD and (newest is None or newest < oldest_open):
                continue
            cursor.execute(query, {"cluster": cluster, "since": since, "limit": limit - len(found)})
            rows = [Waiting(*row) for row in cursor.fetchall()]
            found += rows
            if rows and query is not AHEAD:
                _move_horizon(cursor, cluster, rows[-1].xid)
            if len(found) >= limit:
                return found
    return found


def _move_horizon(cursor: CursorWrapper, cluster: int, xid: int) -> None:
    # Entries of this very transaction may still wait (the chunk was full): the horizon stays *at* it.
    cursor.execute(
        "INSERT INTO ledger_horizon (system_identifier, xid) VALUES (%s, %s::text::xid8)"
        " ON CONFLICT (system_identifier) DO UPDATE SET xid = excluded.xid",
        [cluster, str(xid)],
    )


def _head(cursor: CursorWrapper) -> tuple[int, bytes]:
    cursor.execute("SELECT seq, seal FROM ledger_position ORDER BY seq DESC LIMIT 1")
    row = cursor.fetchone()
    return (row[0], bytes(row[1])) if row else (0, GENESIS)


def _place(cursor: CursorWrapper, found: list[Waiting]) -> int:
    """Write the positions; returns the last seq. Inside a chunk the order is that of the ids, hence of time."""
    seq, last_seal = _head(cursor)
    with cursor.copy(
        "COPY ledger_position (seq, entry_id, entry_hash, seal) FROM STDIN (FORMAT BINARY)"
    ) as copy:
        copy.set_types(["int8", "uuid", "bytea", "bytea"])
        for entry in sorted(found, key=lambda each: each.id):
            seq += 1
            entry_hash = stamped_hash(
                bytes(entry.hash), entry.recorded_at, entry.xid, entry.system_identifier
            )
            last_seal = seal(last_seal, entry_hash)
            copy.write_row((seq, entry.id, entry_hash, last_seal))
    return seq


def run(stop: Event, *, beat: Callable[[bool], None] | None = None) -> None:
    """The sequencer process: leads if no other does, until `stop` is set. `beat(leading)` is called every second.

    A lost connection is met by a new one; the lock goes with the old one, so a standby takes over at once.
    """
    while not stop.is_set():
        try:
            _serve(stop, beat or (lambda leading: None))
        except (Error, psycopg.Error) as failure:
            logger.warning("sequencer: %s; trying again in %s s", str(failure).strip(), RETRY_SECONDS)
            connection.close()
            stop.wait(RETRY_SECONDS)
    connection.close()


def _serve(stop: Event, beat: Callable[[bool], None]) -> None:
    with connection.cursor() as cursor:
        while not stop.is_set():
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LEADER_LOCK])
            if cursor.fetchone()[0]:
                break
            beat(False)
            stop.wait(IDLE_SECONDS)
        _take_time(cursor)
        cursor.execute(f"LISTEN {WAKE_CHANNEL}")
    for _ in _rounds(stop):
        sequence_all()
        beat(True)


def _take_time(cursor: CursorWrapper) -> None:
    """The first pass over a big ledger whose horizon is lost may take minutes; it holds nobody up."""
    cursor.execute("SET statement_timeout = 0")
    if connection.connection.info.server_version >= 170000:
        cursor.execute("SET transaction_timeout = 0")


def _rounds(stop: Event) -> Iterator[None]:
    """One round now, then one at each wake-up, and at the latest after a pause."""
    while not stop.is_set():
        # Asked before the pass: a transaction that ends between the two would leave its followers until the next pause.
        held = blocked()
        yield
        pause = BLOCKED_SECONDS if held else IDLE_SECONDS
        for _ in connection.connection.notifies(timeout=pause, stop_after=1):
            pass
