"""The engine gives the events of the plain reference, whatever order, doubling, lateness and gaps the readings have."""

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.domains.sensing.rules.engine import Batch, Engine
from anlan.domains.sensing.rules.oracle import Event, Oracle, Reading
from anlan.domains.sensing.rules.packing import pack, unpack
from anlan.domains.sensing.tests.setups import HOLD, MARKS, WINDOWS, rain_only

GAUGES, SLOTS = 3, 60


def batch_of(readings: list[Reading]) -> Batch:
    columns = list(zip(*readings, strict=True)) if readings else [(), (), (), ()]
    sensor, at = np.array(columns[0], np.int64), np.array(columns[1], np.int64)
    good = np.ones(len(sensor), np.bool_)
    return Batch(sensor, at, np.array(columns[2], np.int32), good, np.array(columns[3], np.bool_))


def events_of(engine: Engine, readings: list[Reading]) -> list[Event]:
    changes = engine.take(batch_of(readings)).changes
    return [(c.slot, c.sensor, c.before, c.after, c.measure, c.value) for c in changes]


def oracle(lateness: int = 0) -> Oracle:
    return Oracle(gauges=GAUGES, windows=WINDOWS, rungs=MARKS, hold=HOLD, lateness=lateness)


storms = st.builds(
    lambda seed, gap, loud: _storm(random.Random(seed), gap, loud),
    st.integers(0, 2**32),
    st.sampled_from([0.0, 0.1, 0.5]),
    st.sampled_from([5, 40, 120]),
)


def _storm(rng: random.Random, gap: float, loud: int) -> list[Reading]:
    wet = [rng.random() < 0.5 for _ in range(SLOTS // 6 + 1)]
    return [
        (g, 60 * t - rng.choice([0, 0, 13]), rng.randint(0, loud) if wet[t // 6] else 0, False)
        for t in range(1, SLOTS)
        for g in range(GAUGES)
        if rng.random() >= gap
    ]


@settings(max_examples=120, deadline=None)
@given(storms, st.integers(0, 2**32))
def test_batches_in_any_order_with_doubles_and_corrections_give_the_events_of_the_oracle(
    readings: list[Reading], seed: int
) -> None:
    rng = random.Random(seed)
    arrived = readings + [
        (g, at, value, rng.random() < 0.3) for g, at, value, _ in rng.choices(readings, k=20)
    ]
    arrived += [(g, at - 7, value, False) for g, at, value, _ in rng.choices(readings, k=8)]
    arrived.sort(key=lambda reading: reading[1] + rng.choice([0, 0, 0, 300, 2400]))
    engine, reference = Engine(rain_only(GAUGES), start=0), oracle()
    while arrived:
        cut = rng.randint(1, 40)
        part, arrived = arrived[:cut], arrived[cut:]
        assert events_of(engine, part) == reference.take(part)
    assert engine.rain.sums.T.tolist() == [gauge.sums for gauge in reference.gauges]
    assert engine.rain.counts.T.tolist() == [gauge.counts for gauge in reference.gauges]


@settings(max_examples=60, deadline=None)
@given(storms, st.integers(0, 2**32), st.integers(1, 10))
def test_disorder_within_the_allowed_lateness_changes_nothing(
    readings: list[Reading], seed: int, lateness: int
) -> None:
    rng = random.Random(seed)
    flushed = [*readings, (0, 60 * (SLOTS + 60), 0, False)]
    ordered = Engine(rain_only(GAUGES, lateness=lateness), start=0)
    expected = [event for reading in flushed for event in events_of(ordered, [reading])]
    shaken = sorted(readings, key=lambda r: r[1] + rng.uniform(0, 60 * lateness - 60))
    shaken = [*shaken, *rng.choices(shaken, k=10)] if readings else shaken
    engine = Engine(rain_only(GAUGES, lateness=lateness), start=0)
    seen, rest = [], [*shaken, (0, 60 * (SLOTS + 60), 0, False)]
    while rest:
        cut = rng.randint(1, 9)
        seen += events_of(engine, rest[:cut])
        rest = rest[cut:]
    assert seen == expected


@settings(max_examples=60, deadline=None)
@given(storms, st.integers(0, 2**32), st.sampled_from([0, 4]))
def test_an_engine_resumed_from_stored_readings_and_state_goes_on_as_if_never_stopped(
    readings: list[Reading], seed: int, lateness: int
) -> None:
    rng = random.Random(seed)
    setup = rain_only(GAUGES, lateness=lateness)
    steady, resumed = Engine(setup, start=0), Engine(setup, start=0)
    stored: list[Reading] = []
    for t in range(1, SLOTS):
        part = [r for r in readings if -(-r[1] // 60) == t]
        expected = events_of(steady, part)
        assert events_of(resumed, part) == expected
        stored += part
        if rng.random() < 0.1:
            resumed = Engine.resume(setup, state=unpack(pack(resumed.state())), readings=batch_of(stored))


def test_a_batch_that_spans_hours_gives_what_minute_by_minute_gives() -> None:
    readings = _storm(random.Random(5), 0.2, 120)
    far = [(g, at + 60 * 5000, value, revised) for g, at, value, revised in readings]
    whole, steps = Engine(rain_only(GAUGES), start=0), Engine(rain_only(GAUGES), start=0)
    everything = [*readings, *far]
    random.Random(1).shuffle(everything)
    minutes = sorted({-(-r[1] // 60) for r in everything})
    expected = [e for m in minutes for e in events_of(steps, [r for r in everything if -(-r[1] // 60) == m])]
    assert events_of(whole, everything) == expected
    assert whole.rain.sums.tolist() == steps.rain.sums.tolist()
