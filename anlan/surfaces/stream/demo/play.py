"""The process `demo`: night after night, a minute a second, until stopped."""

import logging
from threading import Event

from django.db import Error, OperationalError, close_old_connections, connection

from anlan.kernel.core import clock, heartbeats
from anlan.surfaces.stream.demo import dangers, office, units, watch
from anlan.surfaces.stream.demo.world import SPEED, World, end_world, is_over, open_world, tick

log = logging.getLogger(__name__)

LOCK = 0x616E6C_0009
PAUSE = 5.0  # real seconds between two nights, and after a database that went away


def run(stop: Event) -> None:
    """Play until stopped. Of two such processes one plays; a killed one leaves a night that the next one ends."""
    while not stop.is_set():
        try:
            if _leads():
                _night(stop)
        except (Error, LookupError) as failure:
            log.warning("demo: %s; trying again", str(failure).strip())
            connection.close()
        stop.wait(PAUSE)


def _night(stop: Event) -> None:
    heartbeats.beat("demo", {"night": "opening"})
    world = open_world()
    dangers.seed(world)
    log.info("demo: night %s begins", world.id)
    # The lock is the connection's, and connections are renewed: it is asked for again each time.
    while not stop.is_set() and not is_over(world) and _leads():
        _minute(world)
        heartbeats.beat("demo", {"at": world.at.isoformat(timespec="minutes")})
        stop.wait(_rest_of_minute(world))
    if not stop.is_set():
        end_world(world)


def _minute(world: World) -> None:
    """One tick that outlives a deadlock or a database that was away: what failed is tried again in the next."""
    try:
        play_on(world)
    except OperationalError as failure:
        log.warning("demo: %s; trying again", str(failure).strip())
        close_old_connections()


def play_on(world: World) -> None:
    """One tick: readings first, then the weather office, the people called, the watch, the units."""
    tick(world)
    office.issue(world)
    world.callees.answer(world.at)
    watch.act(world)
    watch.attempt(units.act, world)
    watch.attempt(dangers.act, world)


def _rest_of_minute(world: World) -> float:
    """Real seconds until the world's next full minute."""
    now = clock.time_in(world.exercise)
    return max(0.02, (60 - now.second - now.microsecond / 1e6) / SPEED)


def _leads() -> bool:
    close_old_connections()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])
