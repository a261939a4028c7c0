"""Readings into the database by binary COPY on Django's own connection."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction
from django.db.utils import IntegrityError
from psycopg.errors import UniqueViolation

from anlan.domains.sensing.rules.ring import Ints, Longs

_EPOCH_2000 = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
# One row of COPY BINARY: the number of columns, then each column's length and value, all big-endian.
_ROW = np.dtype(
    [
        ("columns", ">i2"), ("l1", ">i4"), ("sensor", ">i4"), ("l2", ">i4"), ("at", ">i8"),
        ("l3", ">i4"), ("value", ">i4"), ("l4", ">i4"), ("flags", ">i2"),
    ]
)  # fmt: skip
_HEAD, _TAIL = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_COLUMNS = "(sensor_id, at, value, flags)"
_known_months: set[int] = set()


def encode(sensor: Longs, at: Longs, value: Ints, flags: npt.NDArray[np.int16]) -> bytes:
    """Rows as COPY BINARY wants them; `at` in seconds of the epoch."""
    rows = np.empty(len(sensor), _ROW)
    rows["columns"], rows["l1"], rows["l2"], rows["l3"], rows["l4"] = 4, 4, 8, 4, 2
    rows["sensor"], rows["value"], rows["flags"] = sensor, value, flags
    rows["at"] = (at - _EPOCH_2000) * 1_000_000
    return _HEAD + rows.tobytes() + _TAIL


def ensure_partitions(at: Longs) -> None:
    """Make the month of every stamp (seconds of the epoch) that has no partition yet; asks once a process."""
    months = np.unique(at.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)).tolist()
    fresh = [month for month in months if month not in _known_months]
    if not fresh:
        return
    with connection.cursor() as cursor:
        for month in fresh:
            first = datetime(1970 + month // 12, month % 12 + 1, 1, tzinfo=UTC)
            cursor.execute("SELECT sensing_ensure_month(%s)", [first])
    # Only when they are there for good: a transaction that fails takes its new partitions with it.
    transaction.on_commit(lambda: _known_months.update(fresh))


def write(
    sensor: Longs, at: Longs, value: Ints, flags: npt.NDArray[np.int16], *, doubtful: bool = False
) -> int:
    """Store readings; (sensor, at) that are there already stay as they are. Returns how many rows are new.

    Straight into the table first, three times as fast; through a staging table when that meets a double, or at once
    where the caller knows that there may be some (`doubtful`). Call inside a transaction.
    """
    if not len(sensor):
        return 0
    ensure_partitions(at)
    data = encode(sensor, at, value, flags)
    if not doubtful:
        try:
            with transaction.atomic():
                _copy("sensing_reading", data)
        except (UniqueViolation, IntegrityError):
            pass
        else:
            return len(sensor)
    return _staged(data, "DO NOTHING")


def correct(sensor: Longs, at: Longs, value: Ints, flags: npt.NDArray[np.int16]) -> int:
    """Store readings that their source marks as corrections of earlier ones."""
    ensure_partitions(at)
    what = "(sensor_id, at) DO UPDATE SET value = EXCLUDED.value, flags = EXCLUDED.flags"
    return _staged(encode(sensor, at, value, flags), what)


def _staged(data: bytes, on_conflict: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS sensing_staging"
            " (sensor_id integer, at timestamptz, value integer, flags smallint) ON COMMIT DELETE ROWS"
        )
        cursor.execute("DELETE FROM sensing_staging")
        _copy("sensing_staging", data)
        cursor.execute(
            f"INSERT INTO sensing_reading {_COLUMNS} SELECT DISTINCT ON (sensor_id, at) *"  # noqa: S608 - constants
            f" FROM sensing_staging ORDER BY sensor_id, at ON CONFLICT {on_conflict}"
        )
        return int(cursor.rowcount)


def _copy(table: str, data: bytes) -> None:
    with connection.cursor() as cursor:
        into: AbstractContextManager[Any] = cursor.copy(f"COPY {table} {_COLUMNS} FROM STDIN (FORMAT BINARY)")
        with into as copy:
            copy.write(data)


def flag(rows: list[tuple[int, int, int, int]]) -> None:
    """Add flag bits to stored readings: (sensor id, after second, up to second, bits)."""
    if not rows:
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sensing_reading r SET flags = r.flags | g.bits"
            " FROM unnest(%s::int[], %s::float8[], %s::float8[], %s::smallint[]) AS g (sensor, since, until, bits)"
            " WHERE r.sensor_id = g.sensor AND r.at > to_timestamp(g.since) AND r.at <= to_timestamp(g.until)",
            columns,
        )
