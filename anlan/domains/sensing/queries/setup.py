"""From rows and rulesets to what the engine is built of."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from anlan.domains.sensing.models import Sensor, Station
from anlan.domains.sensing.rules import marks
from anlan.domains.sensing.rules.areas import AreaSetup
from anlan.domains.sensing.rules.engine import RAIN, WATER, Setup
from anlan.domains.sensing.rules.ladder import COLOURS, NEVER
from anlan.domains.sensing.rules.level import LevelSetup
from anlan.domains.sensing.rules.marks import SensorFacts, spans
from anlan.domains.sensing.rules.rain import RainSetup
from anlan.domains.sensing.rules.ring import Ints, Longs
from anlan.domains.sensing.rules.sources import DEPTH_CM, RAIN_MM
from anlan.kernel.core import rulesets
from anlan.kernel.core.worlds import in_world
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import street_of

WATER_MEASURES = ("value", "rise")
LONGEST_LATENESS_S = 600


@dataclass(frozen=True)
class Network:
    """The sensors of a world in the order of the engine, and the engine's setup for them."""

    setup: Setup
    ids: Longs  # sensor ids, ascending
    facts: tuple[SensorFacts, ...]
    areas: tuple[str, ...]  # street codes, by the engine's area number
    windows: tuple[int, ...]  # minutes, by the measure of a gauge
    low: Ints  # what each sensor can measure, stored integers
    high: Ints
    digest: str
    sensors: tuple[Sensor, ...] = ()  # with their stations, as they were when the engine was built

    def index(self, sensor_ids: Longs) -> Longs:
        """Engine numbers of sensor ids; ids that are not in the network give -1."""
        if not len(self.ids):
            return np.full(len(sensor_ids), -1, np.int64)
        at = np.minimum(np.searchsorted(self.ids, sensor_ids), len(self.ids) - 1)
        return np.where(self.ids[at] == sensor_ids, at, -1)

    def window_minutes(self, sensor: int, measure: int) -> int:
        """Minutes of the window that a change of a gauge names; 0 for water."""
        return self.windows[measure] if self.setup.kind[sensor] == RAIN else 0


def network(*, exercise_id: UUID | None, at: datetime, slot_s: int = 60, lateness_s: int = 0) -> Network:
    """The active sensors of a world with the rules in force at a time."""
    rows = (
        Sensor.objects.filter(
            in_world(exercise_id, path="station__exercise_id"), active=True, station__active=True
        )
        .select_related("station__place")
        .order_by("id")
    )
    rules = Rules(at)
    sensors = list(rows)
    facts = tuple(_facts(number, sensor, rules, slot_s) for number, sensor in enumerate(sensors))
    streets = _streets(sensors)
    areas = tuple(sorted(set(streets)))
    setup = Setup(
        kind=np.array([RAIN if f.metric == RAIN_MM else WATER for f in facts], np.uint8),
        rain=_rain(tuple(f for f in facts if f.metric == RAIN_MM), rules, slot_s),
        water=_water(tuple(f for f in facts if f.metric != RAIN_MM), rules, slot_s),
        areas=_areas(facts, streets, areas, rules, slot_s),
        slot_s=slot_s,
        lateness=lateness_s // slot_s,
    )
    return Network(
        setup=setup,
        ids=np.array([s.pk for s in sensors], np.int64),
        facts=facts,
        areas=areas,
        windows=marks.windows_of(slot_s),
        low=np.array([f.low for f in facts], np.int32),
        high=np.array([f.high for f in facts], np.int32),
        sensors=tuple(sensors),
        digest=hashlib.sha256(repr((facts, streets, slot_s, rules.seen)).encode()).hexdigest(),
    )


def allowed_lateness(*, exercise_id: UUID | None, at: datetime) -> int:
    """Seconds that the engine of a world waits before it judges a slot: as long as its slowest station asks.

    A station says so itself or leaves it to the rules of its region; nobody makes a district wait over ten minutes.
    """
    rows = Station.objects.filter(in_world(exercise_id), active=True)
    asked = rows.order_by().values_list("late_s", "region_id").distinct()
    rules = Rules(at)
    waits = {
        late if late is not None else int(rules("sensing.allowed_lateness_s", region))
        for late, region in asked
    }
    return min(max(waits, default=0), LONGEST_LATENESS_S)


class Rules:
    """Values in force at a time, asked once a region; `seen` is what the digest of a network covers."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.seen: dict[tuple[str, str], Any] = {}

    def __call__(self, rule: str, region: str = "") -> Any:
        key = (rule, region)
        if key not in self.seen:
            self.seen[key] = rulesets.value_of(rule, region=region, at=self.at)
        return self.seen[key]


def _facts(number: int, sensor: Sensor, rules: Rules, slot_s: int) -> SensorFacts:
    station = sensor.station
    region = station.region_id[:6]
    every_s = max(sensor.every_s, slot_s)
    common: dict[str, Any] = {
        "number": number,
        "metric": sensor.metric,
        "lon": np.nan if station.lon is None else station.lon,
        "lat": np.nan if station.lat is None else station.lat,
        "area": station.region_id,
        "every_s": every_s,
        "silent_s": sensor.silent_s,
    }
    if sensor.metric == RAIN_MM:
        pct = int(rules("sensing.rain_letting_go", region)["release_pct"])
        own = marks.rain_marks(rules("sensing.rain_marks", region), release_pct=pct)
        most = _most_of(rules("sensing.rain_quality", region)["most_mm"], every_s / 60)
        return SensorFacts(**common, marks=own, low=0, high=round(most * 10))
    return _water_facts(sensor, rules, region, common)


def _water_facts(sensor: Sensor, rules: Rules, region: str, common: dict[str, Any]) -> SensorFacts:
    letting_go, quality = rules("sensing.water_letting_go", region), rules("sensing.water_quality", region)
    longer = max(
        1.0, common["every_s"] / 600
    )  # water may rise further between two readings that lie far apart
    if sensor.metric == DEPTH_CM:
        table = rules("sensing.depth_marks", region)
        own = marks.water_marks(table, measure="value", release_cm=letting_go["depth_cm"])
        high, jump = quality["depth_most_cm"] * 10, round(quality["depth_jump_cm"] * 10 * longer)
        return SensorFacts(**common, marks=own, low=-200, high=high, jump=jump)
    colours = rules("sensing.stage_colours", region)
    stages = [
        {"colour": colours[name], "cm": float(cm)}
        for name, cm in sensor.station.marks.items()
        if name in colours
    ]
    own = (
        *marks.water_marks(stages, measure="value", release_cm=letting_go["level_cm"]),
        *marks.water_marks(
            rules("sensing.rise_marks", region), measure="rise", release_cm=letting_go["level_cm"]
        ),
    )
    limit = 2**30 - 1
    return SensorFacts(
        **common, marks=own, low=-limit, high=limit, jump=round(quality["level_jump_cm"] * 10 * longer)
    )


def _most_of(table: Sequence[Sequence[float]], minutes: float) -> float:
    """The greatest honest amount of an interval, between the entries of the table in proportion."""
    return float(np.interp(minutes, [row[0] for row in table], [row[1] for row in table]))


def _streets(sensors: Sequence[Sensor]) -> list[str]:
    """The street of each sensor where the tree has it, else the region the station names."""
    known = set(Region.objects.filter(level="street").values_list("code", flat=True))
    streets = []
    for sensor in sensors:
        street = street_of(sensor.station.region_id)
        streets.append(street if street in known else sensor.station.region_id)
    return streets


def _rain(facts: tuple[SensorFacts, ...], rules: Rules, slot_s: int) -> RainSetup:
    quality, letting_go = rules("sensing.rain_quality"), rules("sensing.rain_letting_go")
    minutes = marks.windows_of(slot_s)
    every = spans(np.array([f.every_s for f in facts], np.int32), slot_s)
    slots = tuple(m * 60 // slot_s for m in minutes)
    hold = max(1, int(letting_go["hold_minutes"]) * 60 // slot_s)
    per_reading = quality["spike_mm_per_5min"] * max(1.0, slot_s / 300)
    place = (np.array([f.lon for f in facts], np.float64), np.array([f.lat for f in facts], np.float64))
    near = marks.nearest_gauges(*place, k=int(quality["neighbours"]), within_km=float(quality["within_km"]))
    return RainSetup(
        windows=slots,
        rungs=marks.rungs(facts, minutes),
        hold=(hold,) * len(slots),
        every=every,
        silent_after=_silent(facts, slot_s),
        neighbours=near,
        covered_pct=int(letting_go["covered_pct"]),
        memory=int(quality["memory_hours"]) * 3600 // slot_s,
        spike_mark=round(per_reading * 10),
        quiet_mark=round(quality["dry_mm"] * 10),
        stuck_times=int(quality["stuck_times"]),
        stuck_mark=round(quality["stuck_mm"] * 10),
        stuck_alone_times=int(quality["stuck_alone_times"]),
        stuck_alone_mark=round(quality["stuck_alone_mm"] * 10),
        dead_window=_index(minutes, int(quality["dead_minutes"])),
        dead_mark=round(quality["dead_mm"] * 10),
        near_window=_index(minutes, 60),
        check_every=max(1, 300 // slot_s),
        least_neighbours=int(quality["least_neighbours"]),
    )


def _index(minutes: Sequence[int], wanted: int) -> int:
    return min(range(len(minutes)), key=lambda i: abs(minutes[i] - wanted))


def _silent(facts: Sequence[SensorFacts], slot_s: int) -> Ints:
    return np.array([-(-f.silent_s // slot_s) for f in facts], np.int32)


def _water(facts: tuple[SensorFacts, ...], rules: Rules, slot_s: int) -> LevelSetup:
    quality, letting_go = rules("sensing.water_quality"), rules("sensing.water_letting_go")
    hold = max(1, int(letting_go["hold_minutes"]) * 60 // slot_s)
    every = spans(np.array([f.every_s for f in facts], np.int32), slot_s)
    return LevelSetup(
        rungs=marks.rungs(facts, WATER_MEASURES),
        hold=(hold, hold),
        every=every,
        silent_after=_silent(facts, slot_s),
        stale=every * int(quality["stale_times"]),
        jump=np.array([f.jump for f in facts], np.int32),
        floor=np.array([0 if f.metric == DEPTH_CM else NEVER for f in facts], np.int32),
        stuck_after=int(quality["stuck_hours"]) * 3600 // slot_s,
        rise_span=max(1, 3600 // slot_s),
        memory=int(rules("sensing.rain_quality")["memory_hours"]) * 3600 // slot_s,
    )


def _areas(
    facts: Sequence[SensorFacts], streets: Sequence[str], areas: Sequence[str], rules: Rules, slot_s: int
) -> AreaSetup | None:
    gauges = [street for f, street in zip(facts, streets, strict=True) if f.metric == RAIN_MM]
    if not gauges:
        return None
    table, number = rules("sensing.area_marks"), {code: n for n, code in enumerate(areas)}
    pct = int(rules("sensing.rain_letting_go")["release_pct"])
    means = [
        (COLOURS.index(m["colour"]), round(m["mm"] * 10), round(m["mm"] * 10) * pct // 100)
        for m in table["mean"]
    ]
    return AreaSetup(
        area=np.array([number[street] for street in gauges], np.int64),
        areas=len(areas),
        least=int(table["least"]),
        mean_window=_index(marks.windows_of(slot_s), int(table["mean_minutes"])),
        mean_rungs=tuple(means),
        hold=(1, max(1, int(table["hold_minutes"]) * 60 // slot_s)),
    )
