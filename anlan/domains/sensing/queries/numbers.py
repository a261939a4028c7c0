"""Rain that fell and instruments that spoke, out of the readings, which are only ever added."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from anlan.domains.sensing.models import HourSum, Reading, Sensor, Station
from anlan.kernel.indicators.rowsets import Condition, Rowset, both, here, world
from anlan.kernel.indicators.spec import Cut, Period

SENSOR, STATION, READING, HOUR = (str(m._meta.db_table) for m in (Sensor, Station, Reading, HourSum))
# A month whose single readings were dropped stands in the sums of hours, and only there.
_RAIN = f"""
SELECT t.id, sum(r.total)::bigint FROM {SENSOR} s JOIN {STATION} t ON t.id = s.station_id
CROSS JOIN LATERAL (
  SELECT sum(value) AS total FROM {READING} WHERE sensor_id = s.id AND at > %s AND at <= %s AND flags = 0
  UNION ALL SELECT sum(total) FROM {HOUR} WHERE sensor_id = s.id AND at > %s AND at <= %s) r
WHERE s.metric = 'rain_mm'{{where}} GROUP BY t.id HAVING sum(r.total) IS NOT NULL ORDER BY 2 DESC, 1"""  # noqa: S608
_ONLINE = f"""
SELECT t.id AS id, t.region_id AS region, NULL::timestamptz AS at, EXISTS (
  SELECT FROM {READING} r WHERE r.sensor_id = s.id AND r.at <= %s AND r.at > %s - s.silent_s * interval '1 second'
) AS spoke
FROM {SENSOR} s JOIN {STATION} t ON t.id = s.station_id WHERE s.active AND t.active AND s.silent_s > 0"""  # noqa: S608


def rain_by_station(cut: Cut, period: Period, as_of: datetime) -> list[tuple[UUID, Decimal]]:
    """Station → millimetres of a period, most first; a reading tells of the time before its stamp."""
    where, more = _cut(cut)
    start, end = period.start, min(period.end, as_of)
    with connection.cursor() as cursor:
        cursor.execute(_RAIN.format(where=where), [start, end, start, end, *more])
        return [(station, Decimal(total) / 10) for station, total in cursor.fetchall()]


def speaking(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Instruments that should speak regularly; hit `spoke`: one reading in the time they may be silent."""
    end = min(period.end, as_of)
    where, more = _cut(cut)
    return Rowset(_ONLINE + where, (end, end, *more), ("spoke",))


def _cut(cut: Cut) -> Condition:
    return both([here(cut, "t.region_id"), world(cut, "t.exercise_id")])
