"""A job that is its own row is done by whoever holds its lock.

The lock is PostgreSQL's advisory one on the connection of whoever works: it dies with the process, killed or not, and
the next one begins where the row says. No lease that runs out too early or too late, and no clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def held(name: str) -> Iterator[bool]:
    """Hold the lock of a name, or learn that somebody else does (False)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        ours = bool(cursor.fetchone()[0])
    try:
        yield ours
    finally:
        if ours and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
