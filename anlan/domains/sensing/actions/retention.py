"""Single readings dropped when they are old enough: whole months at a time, their hours summed up first and kept.

How long is a rule (`sensing.keep_readings_months`). A month goes when its hours stand in `sensing_hour`, in one
transaction with its entry in the ledger; the owner's function `sensing_drop_month` refuses one younger than three
months. A month in which a world that has not ended still has readings stays: a storm of years ago is played in its own
month.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from django.db import connection, transaction

from anlan.kernel.core import rulesets
from anlan.kernel.ledger.actions import record
from anlan.kernel.ledger.models import Entry

CODE = "sensing.month_dropped"
RULE = "sensing.keep_readings_months"
SENSORS_AT_ONCE = 20  # of a minute's cadence: a million readings a statement, under a second
_LOCK = 0x616E6C_0011
_PARTITION = re.compile(r"sensing_reading_(\d{4})(\d{2})")

# Stamps name the end of their interval: the hour that ends with the month takes the first stamp of the next one, and
# the hour that ended before it was summed up with the month before.
_SUMS = """
INSERT INTO sensing_hour AS h (sensor_id, at, readings, good, total, least, most)
SELECT sensor_id,
       date_bin('1 hour', at - interval '1 microsecond', timestamptz '2000-01-01 00:00+00') + interval '1 hour',
       count(*), count(*) FILTER (WHERE flags = 0), coalesce(sum(value) FILTER (WHERE flags = 0), 0),
       min(value) FILTER (WHERE flags = 0), max(value) FILTER (WHERE flags = 0)
FROM sensing_reading WHERE at >= %(start)s AND at <= %(end)s AND sensor_id = ANY(%(sensors)s)
GROUP BY 1, 2
ON CONFLICT (sensor_id, at) DO UPDATE SET
"""
_ANEW = """ readings = EXCLUDED.readings, good = EXCLUDED.good, total = EXCLUDED.total, least = EXCLUDED.least,
    most = EXCLUDED.most WHERE h.at > %(start)s"""
_MORE = """ readings = h.readings + EXCLUDED.readings, good = h.good + EXCLUDED.good, total = h.total + EXCLUDED.total,
    least = least(h.least, EXCLUDED.least), most = greatest(h.most, EXCLUDED.most)
    WHERE h.at > %(start)s AND h.at < %(end)s"""


def months_kept(*, region: str, at: datetime) -> int:
    """How many whole months before the present one keep their single readings."""
    return int(rulesets.value_of(RULE, region=region, at=at))


def drop_old(*, region: str, at: datetime, by: str = "service:housekeeping") -> list[str]:
    """Drop every month that is old enough; returns them as “2023-09”. One of several processes does it at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return []
        try:
            old = list(_old_months(months_kept(region=region, at=at), at))
            return [f"{month:%Y-%m}" for month in old if _drop(month, by=by, at=at)]
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _old_months(keep: int, at: datetime) -> Iterator[datetime]:
    """The months that lie behind those which are kept, oldest first."""
    local = at.astimezone(UTC)
    first_kept = local.year * 12 + local.month - 1 - max(keep, 0)
    for year, month in _months():
        if year * 12 + month - 1 < first_kept:
            yield datetime(year, month, 1, tzinfo=UTC)


def _months() -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'sensing_reading'::regclass"
        )
        found = [_PARTITION.fullmatch(name.rpartition(".")[2]) for (name,) in cursor.fetchall()]
    return sorted((int(m[1]), int(m[2])) for m in found if m)


def _drop(month: datetime, *, by: str, at: datetime) -> bool:
    end, name = _after(month), f"{month:%Y-%m}"
    sensors = _sensors(month, end)
    if _played_in(sensors):
        return False
    # A month that was dropped before holds only what came too late for it: added to its hours, never instead of them.
    again = Entry.objects.filter(code=CODE, subject_id=name).exists()
    if not again:
        for first in range(0, len(sensors), SENSORS_AT_ONCE):
            _sum_up(month, end, sensors[first : first + SENSORS_AT_ONCE], _ANEW)
    with transaction.atomic():
        if again:
            _sum_up(month, end, sensors, _MORE)
        readings, hours = _counted(month, end)
        with connection.cursor() as cursor:
            cursor.execute("SELECT sensing_drop_month(%s)", [month])
        facts = {"month": name, "readings": readings, "sensors": len(sensors), "hours": hours}
        record(code=CODE, subject=("sensing.month", name), facts=facts, by=by, at=at)
    return True


def _after(month: datetime) -> datetime:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def _sensors(start: datetime, end: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id FROM sensing_sensor s WHERE EXISTS (SELECT FROM sensing_reading r"
            " WHERE r.sensor_id = s.id AND r.at >= %s AND r.at < %s) ORDER BY s.id",
            [start, end],
        )
        return [row[0] for row in cursor.fetchall()]


def _played_in(sensors: Iterable[int]) -> bool:
    """Whether some of these sensors stand in an exercise, a replay or the demo that has not ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM sensing_sensor s JOIN sensing_station t ON t.id = s.station_id"
            " JOIN core_exercise e ON e.id = t.exercise_id WHERE s.id = ANY(%s) AND e.ended_at IS NULL)",
            [list(sensors)],
        )
        return bool(cursor.fetchone()[0])


def _sum_up(start: datetime, end: datetime, sensors: Sequence[int], what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SUMS + what, {"start": start, "end": end, "sensors": list(sensors)})


def _counted(start: datetime, end: datetime) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM sensing_reading WHERE at >= %s AND at < %s),"
            " (SELECT count(*) FROM sensing_hour WHERE at > %s AND at <= %s)",
            [start, end, start, end],
        )
        readings, hours = cursor.fetchone()
    return int(readings), int(hours)
