"""The process of the live engine: takes the batches that came in by HTTP through the step, one leader at a time."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from time import monotonic

from django.db import Error, connection, transaction

from anlan.domains.sensing.actions.arrivals import done_with, joined, next_arrivals
from anlan.domains.sensing.actions.keeping_up import KeepingUp
from anlan.kernel.core import clock, heartbeats
from anlan.surfaces.stream.step import step

logger = logging.getLogger(__name__)

PAUSE_S = 0.05
RETRY_S = 1.0
TIDY_S = 60.0
LOCK = 0x616E6C_0010  # the engine of the live worlds is in one process; the others stand by
_keeping_up = KeepingUp()


def run(stop: Event) -> None:
    """Until `stop`: take in what has arrived; outlive a database that goes away."""
    with _tidied_in_pauses():
        _serve(stop)


def _serve(stop: Event) -> None:
    beats, tidied = 0.0, monotonic()
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
            if monotonic() - tidied > TIDY_S:
                tidy()
                tidied = monotonic()
            stop.wait(PAUSE_S)


@contextmanager
def _tidied_in_pauses() -> Iterator[None]:
    """Python's own collection of rubbish stands still while batches are taken in: over all that the engine keeps of
    10,000 sensors it takes a third of a second, and it would begin in the middle of a storm's batch."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def tidy() -> None:
    """What the pauses are for."""
    gc.collect()


def take_arrived() -> int:
    """One transaction over the oldest batches that wait; returns how many readings they held."""
    with transaction.atomic():
        arrivals = next_arrivals()
        if not arrivals:
            return 0
        batch, world = joined(arrivals), arrivals[0].exercise_id
        at = clock.now(world)
        lateness_s = _keeping_up.heed(exercise_id=world, at=at)
        step(batch=batch, exercise_id=world, at=at, lateness_s=lateness_s)
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
