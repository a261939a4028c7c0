"""All readings of the storm, sensor by sensor, and the batch of a span of minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from anlan.domains.sensing.actions import Arrived
from anlan.domains.sensing.models import Sensor
from anlan.surfaces.stream.demo import storm

WATER_EVERY = 5  # minutes between two readings of a stage or a depth
# The failing gauge loses two readings of three until then: its zeros are enough to be judged by only at 18:05.
UNSTEADY_UNTIL = 15 * 60 + 30


@dataclass(frozen=True)
class Feed:
    """Columns are sensors. Rain speaks each minute, water every fifth; `unsteady` is the gauge that fails."""

    unsteady: int
    rain_sensors: NDArray[np.int64]
    rain: storm.Ints
    water_sensors: NDArray[np.int64]
    water: storm.Ints

    def batch(self, after: datetime, until: datetime) -> Arrived:
        """What was measured in (after, until], stamped with the end of each minute."""
        first, last = (int((t - storm.START).total_seconds() // 60) for t in (after, until))
        rain = np.arange(max(first, 0), min(last, storm.MINUTES))
        water = rain[(rain + 1) % WATER_EVERY == 0]
        parts = [(self.rain_sensors, self.rain, rain), (self.water_sensors, self.water, water)]
        sensor = np.concatenate([np.tile(ids, len(minutes)) for ids, _, minutes in parts])
        at = np.concatenate([np.repeat(_epoch(minutes), len(ids)) for ids, _, minutes in parts])
        value = np.concatenate([table[minutes].ravel() for _, table, minutes in parts]).astype(np.int32)
        whole = Arrived(sensor, at, value, np.zeros(len(sensor), np.int16))
        lost = (sensor == self.unsteady) & (at <= _epoch(np.array(UNSTEADY_UNTIL))) & (at // 60 % 3 != 0)
        return whole.part(~lost) if lost.any() else whole


def _epoch(minutes: NDArray[np.int64]) -> NDArray[np.int64]:
    ends: NDArray[np.int64] = int(storm.START.timestamp()) + (minutes + 1) * 60
    return ends


def feed_of(sensors: Sequence[Sensor]) -> Feed:
    """The storm as the sensors of a world read it (in the order of their stations' codes, so that it is the same)."""
    by_kind: dict[str, list[Sensor]] = {}
    for sensor in sorted(sensors, key=lambda s: s.station.code):
        by_kind.setdefault(sensor.station.kind, []).append(sensor)
    gauges = [
        storm.Gauge(s.station.code, float(s.station.lon or 0), float(s.station.lat or 0))
        for s in by_kind["rain"]
    ]
    fell = storm.rain(gauges)
    water = [_water(kind, some, gauges, fell) for kind, some in sorted(by_kind.items()) if kind != "rain"]
    return Feed(
        unsteady=by_kind["rain"][storm.roles(gauges).dead].pk,
        rain_sensors=_ids(by_kind["rain"]),
        rain=storm.read_of(fell, gauges),
        water_sensors=np.concatenate(
            [_ids(some) for kind, some in sorted(by_kind.items()) if kind != "rain"]
        ),
        water=np.concatenate(water, axis=1),
    )


def _water(
    kind: str, sensors: Sequence[Sensor], gauges: Sequence[storm.Gauge], fell: storm.Ints
) -> storm.Ints:
    if kind == "tide":
        return storm.tide(len(sensors))
    here = np.stack([_nearby(sensor, gauges, fell) for sensor in sensors], axis=1)
    number = np.arange(len(sensors), dtype=np.float64)
    if kind == "street":
        return storm.depths(here, drains_mm_h=44.0 + (number * 7 % 11) * 4)
    stage = "flood_limit" if kind == "reservoir" else "warning"
    marks = np.array([float(s.station.marks.get(stage, 300.0)) for s in sensors])
    if kind == "reservoir":
        return storm.pools(here, marks, below_cm=12.0 + (number * 5 % 9) * 9.0)
    return storm.stages(here, marks, lag_min=25.0 + (number % 4) * 8.0)


def _nearby(sensor: Sensor, gauges: Sequence[storm.Gauge], fell: storm.Ints) -> storm.Ints:
    """Rain over a place: the mean of its three nearest gauges."""
    lon, lat = float(sensor.station.lon or 0), float(sensor.station.lat or 0)
    away = [np.hypot((g.lon - lon) * storm.KM[0], (g.lat - lat) * storm.KM[1]) for g in gauges]
    near = np.argsort(away)[:3]
    return np.asarray(fell[:, near].mean(axis=1), dtype=np.float64).round().astype(np.int64)


def _ids(sensors: Sequence[Sensor]) -> NDArray[np.int64]:
    return np.array([s.pk for s in sensors], np.int64)
