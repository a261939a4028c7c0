"""A station's page: readings, windows, episodes, faults, neighbours, and the rules that apply."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from anlan.domains.sensing.models import AlarmStep, Sensor, SensorFault, Station
from anlan.domains.sensing.queries.setup import Rules
from anlan.domains.sensing.rules.faults import FAULTS, LATE, MISSING
from anlan.domains.sensing.rules.sources import RAIN_MM
from anlan.domains.sensing.rules.words import unit_of
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import visible_regions

NOT_FOUND = reason("sensing.no_station", N_("There is no such station, or it is not yours to see."))
FLAG_NAMES = {**FAULTS, MISSING: "missing", LATE: "late"}


@dataclass(frozen=True, slots=True)
class Point:
    """A reading: value in the sensor's unit, None where the source said that there is none."""

    at: datetime
    value: float | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hydrograph:
    """One sensor over a span: readings in order, with None where readings that were due did not come."""

    sensor_id: int
    metric: str
    unit: str
    every_s: int
    points: tuple[Point, ...]
    marks: tuple[dict[str, Any], ...]  # colour, value, window_minutes (0: of the value itself), label


def visible_stations(person: Person, *, at: datetime, exercise_id: UUID | None) -> QuerySet[Station]:
    """Stations of the regions a person answers for, in one world."""
    rows = Station.objects.filter(visible_regions(person, at=at), in_world(exercise_id), active=True)
    return rows.select_related("region").order_by("kind", "code")


def retired_stations(person: Person, *, at: datetime, exercise_id: UUID | None) -> QuerySet[Station]:
    """Stations of one's regions that are no longer evaluated."""
    rows = Station.objects.filter(visible_regions(person, at=at), in_world(exercise_id), active=False)
    return rows.select_related("region").order_by("kind", "code")


def station_for(person: Person, station_id: UUID, *, at: datetime) -> Station:
    """Fetch and authorise in one act."""
    found = (
        Station.objects.filter(visible_regions(person, at=at), pk=station_id).select_related("region").first()
    )
    if found is None:
        raise Refused(NOT_FOUND)
    return found


def hydrographs(station: Station, *, since: datetime, until: datetime, most: int = 3000) -> list[Hydrograph]:
    """Every sensor of a station between two times (since < at ≤ until); at most the newest `most` readings of each."""
    rules = Rules(until)
    found = []
    for sensor in station.sensors.filter(active=True).order_by("metric"):
        rows = readings_of(sensor.pk, since=since, until=until, most=most)
        found.append(
            Hydrograph(
                sensor_id=sensor.pk,
                metric=sensor.metric,
                unit=unit_of(sensor.metric),
                every_s=sensor.every_s,
                points=tuple(_with_gaps(rows, sensor.every_s)),
                marks=tuple(marks_of(sensor, station, rules)),
            )
        )
    return found


def readings_of(sensor_id: int, *, since: datetime, until: datetime, most: int = 3000) -> list[Point]:
    """Readings of one sensor, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at, value, flags FROM sensing_reading WHERE sensor_id = %s AND at > %s AND at <= %s"
            " ORDER BY at DESC LIMIT %s",
            [sensor_id, since, until, most],
        )
        rows = cursor.fetchall()
    return [
        Point(at, None if flags & MISSING else value / 10, flag_names(flags))
        for at, value, flags in reversed(rows)
    ]


def flag_names(flags: int) -> tuple[str, ...]:
    """The bits of a reading as words."""
    return tuple(name for bit, name in FLAG_NAMES.items() if flags & bit)


def _with_gaps(points: Sequence[Point], every_s: int) -> list[Point]:
    """A gap is drawn as one: an empty point stands where the next reading was due and did not come."""
    drawn: list[Point] = []
    for point in points:
        if drawn and (point.at - drawn[-1].at).total_seconds() > every_s * 1.5:
            drawn.append(Point(drawn[-1].at + timedelta(seconds=every_s), None, ("gap",)))
        drawn.append(point)
    return drawn


def marks_of(sensor: Sensor, station: Station, rules: Rules) -> list[dict[str, Any]]:
    """The marks that apply to a sensor: those of its region's ruleset, and its station's own stages."""
    region = station.region_id[:6]
    if sensor.metric == RAIN_MM:
        rows = rules("sensing.rain_marks", region)
        return [
            {"colour": r["colour"], "value": r["mm"], "window_minutes": r["hours"] * 60, "label": ""}
            for r in rows
        ]
    if sensor.metric == "depth_cm":
        rows = rules("sensing.depth_marks", region)
        return [{"colour": r["colour"], "value": r["cm"], "window_minutes": 0, "label": ""} for r in rows]
    colours = rules("sensing.stage_colours", region)
    return [
        {"colour": colours.get(name, ""), "value": cm, "window_minutes": 0, "label": name}
        for name, cm in station.marks.items()
    ]


def episodes_of(station: Station, *, since: datetime, until: datetime) -> QuerySet[AlarmStep]:
    """The steps of a station's alarms in a span, for bands behind the chart."""
    rows = AlarmStep.objects.filter(alarm__sensor__station=station, at__gt=since, at__lte=until)
    return rows.select_related("alarm__item").order_by("at")


def faults_of(station: Station, *, since: datetime) -> QuerySet[SensorFault]:
    """Faults that stood at some time since."""
    rows = SensorFault.objects.filter(sensor__station=station).exclude(recovered_at__lt=since)
    return rows.select_related("item", "sensor").order_by("began_at")


def neighbours_of(station: Station, *, count: int = 6, metric: str = RAIN_MM) -> list[tuple[Station, float]]:
    """The nearest stations of the same world that measure the same, with their distance in km."""
    if station.lon is None or station.lat is None:
        return []
    rows = Station.objects.filter(
        in_world(station.exercise_id), active=True, sensors__metric=metric, lon__isnull=False
    ).exclude(pk=station.pk)
    near = [(row, _km(station, row)) for row in rows]
    return sorted(near, key=lambda pair: (pair[1], pair[0].code))[:count]


def _km(a: Station, b: Station) -> float:
    assert a.lon is not None
    assert a.lat is not None
    assert b.lon is not None
    assert b.lat is not None
    x = np.radians(b.lon - a.lon) * np.cos(np.radians((a.lat + b.lat) / 2))
    return round(float(np.hypot(x, np.radians(b.lat - a.lat)) * 6371.0), 2)


def window_maxima(
    *,
    exercise_id: UUID | None,
    region: str,
    since: datetime,
    until: datetime,
    hours: Sequence[int] = (1, 3, 6, 12, 24),
) -> dict[int, tuple[float, UUID] | None]:
    """The greatest rain sum of each window of hours that ended in a span, with its station; `region` is a prefix.

    Exact over stored, believed readings: every reading's end is tried as the end of a window.
    """
    return {h: _maximum(exercise_id, region, since, until, h) for h in hours}


def _maximum(
    exercise_id: UUID | None, region: str, since: datetime, until: datetime, hours: int
) -> tuple[float, UUID] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT total, station_id FROM (SELECT t.id AS station_id, r.at,"
            " sum(r.value) OVER (PARTITION BY r.sensor_id ORDER BY r.at"
            " RANGE BETWEEN make_interval(hours => %s) - interval '1 microsecond' PRECEDING"
            " AND CURRENT ROW)"
            " AS total FROM sensing_reading r JOIN sensing_sensor s ON s.id = r.sensor_id AND s.metric = %s"
            " JOIN sensing_station t ON t.id = s.station_id WHERE t.exercise_id IS NOT DISTINCT FROM %s"
            " AND t.region_id LIKE %s AND r.flags = 0 AND r.at > %s AND r.at <= %s) AS sums"
            " WHERE at > %s ORDER BY total DESC, station_id LIMIT 1",
            [hours, RAIN_MM, exercise_id, region + "%", since - timedelta(hours=hours), until, since],
        )
        row = cursor.fetchone()
    return (row[0] / 10, row[1]) if row else None
