"""The rule engine alone: whole-minute batches of 10,000 gauges, six windows, gaps and hysteresis on, one core.

A front passes over a made-up network while one reading in a hundred is missing. The same batches go through the plain
Python reference; both must tell the same events.
"""

import time

import numpy as np

from anlan.domains.sensing.rules.engine import RAIN, Batch, Change, Engine, Setup
from anlan.domains.sensing.rules.ladder import Rung
from anlan.domains.sensing.rules.level import LevelSetup
from anlan.domains.sensing.rules.oracle import Event, Oracle
from anlan.domains.sensing.rules.rain import RainSetup
from bench.result import Result

GAUGES = 10_000
MINUTES, COMPARED = 600, 90
WINDOWS = (5, 60, 180, 360, 720, 1440)
MARKS = (
    (),
    ((2, 200, 160), (3, 350, 280)),
    ((3, 500, 400), (4, 1000, 800)),
    ((2, 500, 400),),
    ((1, 500, 400),),
    ((3, 1000, 800), (4, 2500, 2000)),
)
HOLD = (0, 30, 30, 30, 30, 30)
LEAST_RATE, LEAST_RATIO = 10.0, 25.0  # million readings a second a core; times the plain reference


def setup() -> Setup:
    """10,000 gauges that report every minute, and no other sensors."""
    none, each = np.zeros(0, np.int32), np.ones(GAUGES, np.int32)
    rain = RainSetup(
        windows=WINDOWS,
        rungs=tuple(Rung(w, *mark) for w, marks in enumerate(MARKS) for mark in marks),
        hold=HOLD,
        every=each,
        silent_after=each * 30,
        neighbours=np.full((GAUGES, 6), -1, np.int64),
        quality=False,
    )
    water = LevelSetup(
        rungs=(), hold=(0, 0), every=none, silent_after=none, stale=none, jump=none, floor=none
    )
    return Setup(kind=np.full(GAUGES, RAIN, np.uint8), rain=rain, water=water)


def storm(minutes: int) -> list[Batch]:
    """A front, wettest at its middle, that crosses the network within six hours and lies on part of it at once."""
    rng = np.random.default_rng(20230907)
    place = np.linspace(0, 1, GAUGES)
    batches = []
    for minute in range(1, minutes + 1):
        mean = 14 * np.exp(-(((place - (minute + 60) / 360) * 5) ** 2))
        value = rng.poisson(mean).astype(np.int32)
        sensor = np.flatnonzero(rng.random(GAUGES) > 0.01)
        at, good = np.full(len(sensor), minute * 60, np.int64), np.ones(len(sensor), np.bool_)
        batches.append(Batch(sensor, at, value[sensor], good))
    return batches


def run() -> list[Result]:
    """Rates of the engine and of the reference over the same batches, and whether their events agree."""
    batches = storm(MINUTES)
    engine = Engine(setup(), start=0)
    changes: list[Change] = []
    begin = time.process_time()
    for batch in batches:
        changes += engine.take(batch).changes
    rate = sum(map(len, batches)) / (time.process_time() - begin) / 1e6
    plain, expected = _reference(batches[:COMPARED])
    told = [(c.slot, c.sensor, c.before, c.after, c.measure, c.value) for c in changes if c.slot <= COMPARED]
    same = told == expected
    against = (
        f"plain-Python oracle {plain:.2f} M/s, {len(expected)} events {'identical' if same else 'DIFFERENT'}"
    )
    return [
        Result(
            "windows", rate, "M readings/s", f"limit {LEAST_RATE:.0f}", rate / LEAST_RATE, rate >= LEAST_RATE
        ),
        Result(
            "windows.oracle",
            rate,
            "M readings/s",
            against,
            rate / plain,
            same and rate / plain >= LEAST_RATIO,
        ),
    ]


def _reference(batches: list[Batch]) -> tuple[float, list[Event]]:
    oracle = Oracle(gauges=GAUGES, windows=WINDOWS, rungs=MARKS, hold=HOLD)
    plain = [
        [
            (s, at, v, False)
            for s, at, v in zip(b.sensor.tolist(), b.at.tolist(), b.value.tolist(), strict=True)
        ]
        for b in batches
    ]
    begin = time.process_time()
    events = [event for readings in plain for event in oracle.take(readings)]
    return sum(map(len, batches)) / (time.process_time() - begin) / 1e6, events
