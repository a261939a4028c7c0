"""Stored readings back as arrays."""

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
from django.db import connection

from anlan.domains.sensing.rules.engine import Batch
from anlan.domains.sensing.rules.ring import Ints, Longs


def stored(ids: Longs, *, after: int) -> tuple[Longs, Longs, Ints, npt.NDArray[np.int16]]:
    """Sensor ids, seconds, values and flags of the readings of some sensors stamped after a second, in that order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sensor_id, extract(epoch FROM at)::bigint, value, flags FROM sensing_reading"
            " WHERE at > %s AND sensor_id = ANY(%s) ORDER BY at, sensor_id",
            [datetime.fromtimestamp(after, UTC), ids.tolist()],
        )
        rows = np.array(cursor.fetchall(), np.int64).reshape(-1, 4)
    return rows[:, 0], rows[:, 1], rows[:, 2].astype(np.int32), rows[:, 3].astype(np.int16)


def as_batch(index: Longs, at: Longs, value: Ints, flags: npt.NDArray[np.int16]) -> Batch:
    """The same for the engine: flagged readings are known and do not count."""
    return Batch(index, at, value, flags == 0)
