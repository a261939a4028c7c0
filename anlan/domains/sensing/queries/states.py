"""What is measured now: by street, by point, by station. In the process of the step from its engine, else from rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from anlan.domains.sensing.models import Alarm, Position, Sensor, SensorFault, Station
from anlan.domains.sensing.queries import engines
from anlan.domains.sensing.queries.engines import Running
from anlan.domains.sensing.rules.engine import RAIN, WATER
from anlan.domains.sensing.rules.sources import DEPTH_CM, LEVEL_CM, RAIN_MM
from anlan.kernel.core.worlds import in_world
from anlan.kernel.places.regions import street_of

HOURS = (1, 3, 24)


@dataclass(frozen=True, slots=True)
class GaugeState:
    """Sums of one rain gauge in mm over the last 1, 3 and 24 hours; lower bounds where the window has gaps."""

    sensor_id: int
    station_id: UUID
    name: str
    region: str
    trusted: bool
    mm_1h: float
    mm_3h: float
    mm_24h: float


@dataclass(frozen=True, slots=True)
class PointState:
    """The last depth or level of a water sensor, in cm; `marks` are the station's own stages."""

    sensor_id: int
    station_id: UUID
    name: str
    region: str
    kind: str  # street | river | reservoir | tide
    trusted: bool
    cm: float | None
    at: datetime | None
    marks: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AreaState:
    """A street: its gauges that have rain in 24 hours or are doubted, the mean hour of all the trusted ones (None where
    there is none), the maxima."""

    region: str
    gauges: tuple[GaugeState, ...]
    mean_1h: float | None
    max_1h: float
    max_3h: float
    max_24h: float

    def gauges_at(self, *, hours: int, mm: float) -> tuple[GaugeState, ...]:
        """The trusted gauges whose sum over 1, 3 or 24 hours is at least so much."""
        return tuple(g for g in self.gauges if g.trusted and getattr(g, f"mm_{hours}h") >= mm)


def area_states(
    *, exercise_id: UUID | None, at: datetime, regions: Sequence[str] = ()
) -> dict[str, AreaState]:
    """Streets with rain gauges by code; `regions` cuts to these streets. Asked in every step of a storm: in the process
    of the engine thousands of dry gauges cost nothing."""
    mine = _here(exercise_id, at)
    by_street: dict[str, list[GaugeState]] = {}
    for gauge in gauge_states(exercise_id=exercise_id, at=at, dry=mine is None):
        by_street.setdefault(street_of(gauge.region), []).append(gauge)
    means = _means(mine) if mine is not None else {c: _mean(rows) for c, rows in by_street.items()}
    found = {c: _area(c, by_street.get(c, []), mean) for c, mean in sorted(means.items())}
    return {code: area for code, area in found.items() if not regions or code in regions}


def _mean(gauges: list[GaugeState]) -> float | None:
    trusted = [g.mm_1h for g in gauges if g.trusted]
    return round(sum(trusted) / len(trusted), 1) if trusted else None


def _means(mine: Running) -> dict[str, float | None]:
    """Mean hour of the trusted gauges by street, out of the engine's arrays."""
    net, rain, areas = mine.network, mine.engine.rain, mine.engine.setup.areas
    if areas is None or 60 not in net.windows:
        return {}
    good = rain.faults.bits == 0
    number = np.bincount(areas.area[good], minlength=areas.areas)
    total = np.bincount(areas.area[good], rain.sums[net.windows.index(60)][good], minlength=areas.areas)
    here = np.bincount(areas.area, minlength=areas.areas) > 0
    rows = zip(net.areas, here, number, total, strict=True)
    return {code: round(float(t) / float(n) / 10, 1) if n else None for code, has, n, t in rows if has}


def _area(code: str, gauges: list[GaugeState], mean: float | None) -> AreaState:
    trusted = [g for g in gauges if g.trusted]
    return AreaState(
        region=code,
        gauges=tuple(g for g in gauges if g.mm_24h > 0 or not g.trusted),
        mean_1h=mean,
        max_1h=max((g.mm_1h for g in trusted), default=0.0),
        max_3h=max((g.mm_3h for g in trusted), default=0.0),
        max_24h=max((g.mm_24h for g in trusted), default=0.0),
    )


def gauge_states(*, exercise_id: UUID | None, at: datetime, dry: bool = True) -> list[GaugeState]:
    """Every active rain gauge of a world: out of the engine in the process that runs it, else out of the rows.

    `dry` False leaves out trusted gauges without rain in 24 hours (of the engine; rows are read whole).
    """
    if (remembered := _of_engine(exercise_id, at, dry=dry)) is not None:
        return remembered
    sensors = list(_sensors(exercise_id, [RAIN_MM]))
    sums = _sums_of_rows([s.pk for s in sensors], at)
    doubted = doubted_sensors(exercise_id=exercise_id)
    return [
        GaugeState(
            s.pk, s.station_id, s.station.name, s.station.region_id, s.pk not in doubted, *sums.get(s.pk, (0.0,) * 3)
        )
        for s in sensors
    ]  # fmt: skip


def _here(exercise_id: UUID | None, at: datetime) -> Running | None:
    """The world's engine, where this process runs it and it stands at this time: then no statement need be sent."""
    mine = engines.running(exercise_id)
    if mine is None or mine.engine.now != int(at.timestamp()) // mine.network.setup.slot_s:
        return None
    return mine


def is_in_memory(*, exercise_id: UUID | None, at: datetime) -> bool:
    """Whether this process's engine can tell everything here without a row, stored or not."""
    mine = _here(exercise_id, at)
    return mine is not None and all(hours * 60 in mine.network.windows for hours in HOURS)


def _of_engine(exercise_id: UUID | None, at: datetime, *, dry: bool) -> list[GaugeState] | None:
    mine = _here(exercise_id, at)
    if mine is None or not is_in_memory(exercise_id=exercise_id, at=at):
        return None
    net, rain = mine.network, mine.engine.rain
    sums = rain.sums[[net.windows.index(hours * 60) for hours in HOURS]]
    wanted = np.flatnonzero(dry | (sums[-1] > 0) | (rain.faults.bits > 0))
    members = np.flatnonzero(net.setup.kind == RAIN)[wanted].tolist()
    trusted = (rain.faults.bits[wanted] == 0).tolist()
    amounts = np.round(sums[:, wanted].T / 10, 1).tolist()
    return [
        GaugeState(s.pk, s.station_id, s.station.name, s.station.region_id, good, *row)
        for s, good, row in zip([net.sensors[n] for n in members], trusted, amounts, strict=True)
    ]


def doubted_sensors(*, exercise_id: UUID | None) -> dict[int, list[str]]:
    """Sensors that are not believed now, with the kinds of fault."""
    rows = SensorFault.objects.filter(
        in_world(exercise_id, path="sensor__station__exercise_id"), recovered_at=None, item__closed_at=None
    )
    found: dict[int, list[str]] = {}
    for sensor, kind in rows.values_list("sensor_id", "kind"):
        found.setdefault(sensor, []).append(kind)
    return found


def _sensors(exercise_id: UUID | None, metrics: Sequence[str]) -> QuerySet[Sensor]:
    rows = Sensor.objects.filter(
        in_world(exercise_id, path="station__exercise_id"),
        active=True,
        station__active=True,
        metric__in=metrics,
    )
    return rows.select_related("station").order_by("id")


def _sums_of_rows(sensors: Sequence[int], at: datetime) -> dict[int, tuple[float, float, float]]:
    if not sensors:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sensor_id, coalesce(sum(value) FILTER (WHERE at > %s), 0),"
            " coalesce(sum(value) FILTER (WHERE at > %s), 0), sum(value) FROM sensing_reading"
            " WHERE sensor_id = ANY(%s) AND at > %s AND at <= %s AND flags = 0 GROUP BY 1",
            [at - timedelta(hours=1), at - timedelta(hours=3), list(sensors), at - timedelta(hours=24), at],
        )
        return {row[0]: (row[1] / 10, row[2] / 10, row[3] / 10) for row in cursor.fetchall()}


def point_states(*, exercise_id: UUID | None, at: datetime) -> list[PointState]:
    """The last believed value of every water sensor: of the engine where it runs here, else of the last six hours."""
    if (mine := _here(exercise_id, at)) is not None:
        return _points_of_engine(mine)
    sensors = list(_sensors(exercise_id, [DEPTH_CM, LEVEL_CM]))
    last = _last_values([s.pk for s in sensors], at)
    doubted = doubted_sensors(exercise_id=exercise_id)
    return [_point(s, s.pk not in doubted, *last.get(s.pk, (None, None))) for s in sensors]


def _points_of_engine(mine: Running) -> list[PointState]:
    net, water, slot_s = mine.network, mine.engine.water, mine.engine.setup.slot_s
    known, found = water.covered[0], []
    for place, n in enumerate(np.flatnonzero(net.setup.kind == WATER)):
        value = int(water.latest[place]) if known[place] else None
        at = datetime.fromtimestamp(int(water.latest_at[place]) * slot_s, UTC) if known[place] else None
        found.append(_point(net.sensors[n], not water.faults.bits[place], value, at))
    return found


def _point(sensor: Sensor, trusted: bool, value: int | None, at: datetime | None) -> PointState:
    station = sensor.station
    return PointState(
        sensor_id=sensor.pk,
        station_id=station.pk,
        name=station.name,
        region=station.region_id,
        kind=station.kind,
        trusted=trusted,
        cm=None if value is None else value / 10,
        at=at,
        marks=station.marks,
    )


def _last_values(sensors: Sequence[int], at: datetime) -> dict[int, tuple[int, datetime]]:
    if not sensors:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, r.value, r.at FROM unnest(%s::int[]) AS s (id), LATERAL ("
            "SELECT value, at FROM sensing_reading"
            " WHERE sensor_id = s.id AND at <= %s AND at > %s AND flags = 0 ORDER BY at DESC LIMIT 1) AS r",
            [list(sensors), at, at - timedelta(hours=6)],
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def open_alarms(*, exercise_id: UUID | None) -> QuerySet[Alarm]:
    """Alarms that last now, the worst first."""
    rows = Alarm.objects.filter(in_world(exercise_id), ended_at=None)
    return rows.select_related("item__region", "sensor__station", "area").order_by(
        "-item__severity", "began_at"
    )


@dataclass(frozen=True, slots=True)
class StationSummary:
    """A station as a map or list shows it."""

    id: UUID
    code: str
    name: str
    kind: str
    region: str
    lon: float | None
    lat: float | None
    siting_note: str
    colour: str
    doubts: tuple[str, ...]


def station_summaries(*, exercise_id: UUID | None) -> list[StationSummary]:
    """Every active station of a world with the mark it stands at and why it is doubted."""
    colours: dict[UUID, str] = {}
    for alarm in open_alarms(exercise_id=exercise_id).filter(sensor__isnull=False).order_by("item__severity"):
        if alarm.sensor is not None:
            colours[alarm.sensor.station_id] = alarm.colour
    doubts: dict[UUID, list[str]] = {}
    doubted = doubted_sensors(exercise_id=exercise_id)
    for sensor, station in Sensor.objects.filter(pk__in=doubted).values_list("pk", "station_id"):
        doubts.setdefault(station, []).extend(doubted[sensor])
    rows = Station.objects.filter(in_world(exercise_id), active=True).order_by("code")
    return [
        StationSummary(
            s.pk, s.code, s.name, s.kind, s.region_id, s.lon, s.lat, s.siting_note,
            colours.get(s.pk, ""), tuple(sorted(set(doubts.get(s.pk, ())))),
        )
        for s in rows
    ]  # fmt: skip


def watermark(*, exercise_id: UUID | None) -> datetime | None:
    """The end of the last evaluated slot of a world; None before the first reading."""
    return (
        Position.objects.filter(world=engines.world_of(exercise_id))
        .values_list("watermark", flat=True)
        .first()
    )
