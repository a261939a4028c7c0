"""Rows of one world, and who may write in it beside whom.

The sweep changes hundreds of items, their messages and the domains' rows in one transaction; so does a batch of
answers, starting from the messages. Whichever order each takes, the two would lock each other out (seen: one deadlock
a minute at 3,000 people). So writers of a world hold a shared lock, the sweep an exclusive one: it waits for those who
are in, and those who come wait for its pass, which is short.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from time import sleep
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import OperationalError, connection
from django.db.models import Model, Q
from psycopg import errors

P = ParamSpec("P")
T = TypeVar("T")

_REAL = 0x616E6C616E
_TRIES = 6
_PASSING = (errors.DeadlockDetected, errors.SerializationFailure, errors.LockNotAvailable)


def in_world(exercise_id: UUID | None, *, path: str = "exercise_id") -> Q:
    """A filter for the rows of an exercise, or of the real world for None."""
    return Q(**{path: exercise_id})


def beside_others(worlds: Iterable[UUID | None]) -> None:
    """Until the transaction ends, write in these worlds together with other writers, but not during a sweep."""
    keys = sorted({_key(world) for world in worlds})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(k) FROM unnest(%s::bigint[]) AS k", [keys])


# The key of a world as _key() makes it: the lower 63 bits of its id.
_KEYS = """
SELECT pg_advisory_xact_lock_shared(k) FROM (
    SELECT DISTINCT coalesce(('x' || right(replace(t.exercise_id::text, '-', ''), 16))::bit(64)::bigint
                             & 9223372036854775807, %s) AS k
      FROM {table} t WHERE t.{key} = ANY(%s) ORDER BY 1) AS worlds
"""


def beside_others_of(model: type[Model], ids: Iterable[UUID]) -> None:
    """The same for the worlds that these rows of a model with an `exercise` are in, in one statement."""
    quote = connection.ops.quote_name
    statement = _KEYS.format(table=quote(model._meta.db_table), key=quote(str(model._meta.pk.column)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [_REAL, list(ids)])


def alone(exercise_id: UUID | None) -> None:
    """Until the transaction ends, be the only writer of a world."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_key(exercise_id)])


def _key(exercise_id: UUID | None) -> int:
    return _REAL if exercise_id is None else exercise_id.int & 0x7FFF_FFFF_FFFF_FFFF


def once_more(act: Callable[P, T]) -> Callable[P, T]:
    """Run a whole transaction again where the database ended it for the sake of another one (a deadlock, a lock that
    was not given in time). Inside somebody else's transaction it is run once: only the outermost can be repeated."""

    @wraps(act)
    def patiently(*args: P.args, **kwargs: P.kwargs) -> T:
        if connection.in_atomic_block:
            return act(*args, **kwargs)
        for go in range(_TRIES - 1):
            try:
                return act(*args, **kwargs)
            except OperationalError as failure:
                if not isinstance(failure.__cause__, _PASSING):
                    raise
                sleep(0.02 * 2**go)
        return act(*args, **kwargs)

    return patiently
