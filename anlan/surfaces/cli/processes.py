"""The loops behind `anlan process NAME`. Each runs until `stop`, beats, and outlives a database that goes away."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from threading import Event, Thread

from django.conf import settings
from django.db import Error, connection

from anlan.domains.sensing.actions.retention import drop_old
from anlan.kernel.core import clock, heartbeats, rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.domain.registry import all_domains
from anlan.kernel.domain.rounds import go_rounds
from anlan.kernel.ledger import sequencer as ledger_sequencer
from anlan.kernel.loop.sweep import sweep_all
from anlan.kernel.messaging import worker as messaging_worker
from anlan.kernel.sheets import running as sheets

logger = logging.getLogger(__name__)

BATCH = 500
SWEEP_SECONDS = 1.0
JOBS_SECONDS = 1.0
TIDY_SECONDS = 3600.0
RETRY_SECONDS = 1.0
HOUSEKEEPING_SECONDS = 3600.0
SWEEP_LOCK = 0x616E6C_0003  # beside the sequencer's 1 and 2


def worker(stop: Event) -> None:
    """Deliver messages. Any number of these may run: they lease rows from each other's reach."""
    beating = Thread(target=_beat_until, args=(stop, "worker"), name="beat", daemon=True)
    beating.start()
    messaging_worker.serve(stop)


def sweep(stop: Event) -> None:
    """Do what clocks say in every world; the one that holds the lock leads, the others stand by."""
    Thread(target=_housekeep, args=(stop,), name="housekeeping", daemon=True).start()
    _repeat(
        stop, "sweep", lambda: sweep_all(limit=BATCH) if _leads(SWEEP_LOCK) else None, pause=SWEEP_SECONDS
    )


def jobs(stop: Event) -> None:
    """Imports and exports, and beside them what domains have in the background. Any number of these may run: each job
    is done by whoever holds its lock.
    """
    Thread(target=_beat_until, args=(stop, "jobs"), name="beat", daemon=True).start()
    for domain in all_domains():
        if domain.jobs:  # a thread each: a report that somebody waits for is not held up by a million rows
            args = (stop, domain.name, partial(_one_of, domain.jobs, stop))
            Thread(target=_beside, args=args, name=domain.name, daemon=True).start()
    tidied = _Every(TIDY_SECONDS)

    def once() -> bool:
        done = sheets.work_once(stop)
        if tidied.due():
            sheets.tidy()
        return done

    _work(stop, "jobs", once)


def _beside(stop: Event, name: str, once: Callable[[], bool]) -> None:
    """The same in a thread. One that breaks ends the process, which is started again; silent it would be missed."""
    try:
        _work(stop, name, once)
    except Exception:
        logger.exception("%s: the background ends and is started again", name)
        stop.set()
    finally:
        connection.close()


def _one_of(jobs: Sequence[Callable[[Event], bool]], stop: Event) -> bool:
    return any(job(stop) for job in jobs)


def _work(stop: Event, name: str, once: Callable[[], bool]) -> None:
    """Job after job, with a pause when there is none."""
    while not stop.is_set():
        try:
            done = once()
        except Error as failure:
            logger.warning("%s: %s; trying again", name, str(failure).strip())
            connection.close()  # with it go its locks: the job is anybody's again
            done = stop.wait(RETRY_SECONDS)
        if not done:
            stop.wait(JOBS_SECONDS)


def sequencer(stop: Event) -> None:
    """Give entries their places; leads by its own lock."""
    said = _Every(heartbeats.BEAT_SECONDS)

    def beat(leading: bool) -> None:
        if said.due():
            heartbeats.beat("sequencer", {"leading": leading})

    ledger_sequencer.run(stop, beat=beat)


def _housekeep(stop: Event) -> None:
    """What nobody waits for, in a thread and on a connection of its own: the rounds of the day, and old readings go."""
    while not stop.is_set():
        try:
            for name, count in go_rounds(region=settings.ANLAN_REGION, at=clock.real_now()).items():
                logger.info("round %s: %s", name, count)
            for month in drop_old(region=settings.ANLAN_REGION, at=clock.real_now()):
                logger.info("readings of %s dropped; their hourly sums are kept", month)
        except (Error, Refused) as failure:
            logger.warning("housekeeping: %s; trying again in an hour", str(failure).strip())
        finally:
            connection.close()
        stop.wait(HOUSEKEEPING_SECONDS)


def _beat_until(stop: Event, kind: str) -> None:
    while not stop.is_set():
        heartbeats.beat_in_thread(kind)
        stop.wait(heartbeats.BEAT_SECONDS)


def _repeat(stop: Event, kind: str, once: Callable[[], int | None], *, pause: float) -> None:
    """`once` again and again: at once while it finds work, after a pause when it finds none."""
    said = _Every(heartbeats.BEAT_SECONDS)
    while not stop.is_set():
        try:
            rulesets.keep_fresh()
            done = once()
            if said.due():
                heartbeats.beat(kind, {"leading": done is not None})
        except Error as failure:
            logger.warning("%s: %s; trying again", kind, str(failure).strip())
            connection.close()  # with it goes the lock of a leader
            done = stop.wait(RETRY_SECONDS)
        if not done:
            stop.wait(pause)


def _leads(lock: int) -> bool:
    """Whether this process holds the lock, or gets it now. The lock is held by the connection and dies with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            " AND classid = %s AND objid = %s AND objsubid = 1) OR pg_try_advisory_lock(%s)",
            [lock >> 32, lock & 0xFFFFFFFF, lock],
        )
        return bool(cursor.fetchone()[0])


class _Every:
    """True once per span of seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.last = float("-inf")

    def due(self) -> bool:
        now = time.monotonic()
        if now - self.last < self.seconds:
            return False
        self.last = now
        return True
