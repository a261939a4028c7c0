"""The process of the live engine: takes the batches that came in by HTTP through the step, one leader at a time."""

import logging
from threading import Event

from django.db import Error, connection, transaction

from anlan.domains.sensing.actions.arrivals import done_with, joined, next_arrivals
from anlan.kernel.core import clock, heartbeats
from anlan.surfaces.stream.step import step

logger = logging.getLogger(__name__)

PAUSE_S = 0.05
RETRY_S = 1.0
LOCK = 0x616E6C_0010  # the engine of the live worlds is in one process; the others stand by


def run(stop: Event) -> None:
    """Until `stop`: take in what has arrived; outlive a database that goes away."""
    beats = 0.0
    while not stop.is_set():
        done = 0
        try:
            if _leads():
                done = take_arrived()
            beats -= PAUSE_S
            if beats <= 0:
                heartbeats.beat("stream", {"leading": True})
                beats = heartbeats.BEAT_SECONDS
        except Error as failure:
            logger.warning("stream: %s; trying again", str(failure).strip())
            connection.close()
            stop.wait(RETRY_S)
        if not done:
            stop.wait(PAUSE_S)


def take_arrived() -> int:
    """One transaction over the oldest batches that wait; returns how many readings they held."""
    with transaction.atomic():
        arrivals = next_arrivals()
        if not arrivals:
            return 0
        batch, world = joined(arrivals), arrivals[0].exercise_id
        step(batch=batch, exercise_id=world, at=clock.now(world))
        done_with(arrivals)
    return len(batch)


def _leads() -> bool:
    """The lock is held by the connection and dies with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            " AND classid = %s AND objid = %s AND objsubid = 1) OR pg_try_advisory_lock(%s)",
            [LOCK >> 32, LOCK & 0xFFFFFFFF, LOCK],
        )
        return bool(cursor.fetchone()[0])
