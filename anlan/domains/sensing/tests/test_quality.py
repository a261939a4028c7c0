"""Gaps are not dry weather, and a wrong sensor makes a repair, not an alarm."""

from collections.abc import Mapping

import numpy as np
import pytest

from anlan.domains.sensing.rules.areas import AreaSetup
from anlan.domains.sensing.rules.engine import Batch, Engine, Outcome, Setup
from anlan.domains.sensing.rules.faults import DEAD, SILENT, SPIKE, STUCK
from anlan.domains.sensing.tests.setups import rain_setup, water_only

GAUGES = 6


def watched(**changes: object) -> Setup:
    """Six gauges that are each other's neighbours, in one street, with every check on."""
    everyone = [[n for n in range(GAUGES) if n != s] + [-1] for s in range(GAUGES)]
    changes = {"quality": True, "memory": 50, "silent_after": np.full(GAUGES, 8, np.int32), **changes}
    rain = rain_setup(GAUGES, neighbours=np.array(everyone), **changes)
    areas = AreaSetup(area=np.zeros(GAUGES, np.int64), areas=1, mean_rungs=((2, 100, 80),), hold=(0, 4))
    setup = water_only(0)
    return Setup(kind=np.zeros(GAUGES, np.uint8), rain=rain, water=setup.water, areas=areas)


def minute(engine: Engine, at: int, values: Mapping[int, int]) -> Outcome:
    sensor = np.array(sorted(values), np.int64)
    value = np.array([values[s] for s in sorted(values)], np.int32)
    return engine.take(Batch(sensor, np.full(len(sensor), at * 60), value, np.ones(len(sensor), np.bool_)))


def kinds(outcome: Outcome) -> list[tuple[int, int, bool]]:
    return [(f.sensor, f.kind, f.on) for f in outcome.faults]


class TestRain:
    def test_a_gap_holds_the_colour_until_the_window_is_covered_again(self) -> None:
        engine = Engine(watched(silent_after=np.zeros(GAUGES, np.int32)), start=0)
        for t in range(1, 6):
            minute(engine, t, {s: 40 + s + t for s in range(GAUGES)})
        assert (engine.rain.ladder.colour >= 3).all()
        dry = dict.fromkeys(range(1, GAUGES), 0)
        for t in range(6, 60):
            minute(engine, t, dry)
        assert engine.rain.ladder.colour[0] >= 3, "no reading is no proof that the rain stopped"
        assert (engine.rain.ladder.colour[1:] == 0).all()
        for t in range(60, 60 + 36):
            minute(engine, t, {**dry, 0: 0})
        assert engine.rain.ladder.colour[0] == 0

    def test_a_gauge_that_reads_zero_amid_heavy_rain_is_found_dead_and_stays_so_until_it_measures_rain(
        self,
    ) -> None:
        engine = Engine(watched(), start=0)
        told = []
        for t in range(1, 31):
            told += kinds(minute(engine, t, {0: 0} | {s: 10 + (s + t) % 3 for s in range(1, GAUGES)}))
        assert told == [(0, DEAD, True)]
        for t in range(31, 90):
            told += kinds(minute(engine, t, dict.fromkeys(range(GAUGES), 0)))
        assert told == [(0, DEAD, True)], "zeros afterwards prove nothing"
        for t in range(90, 96):
            told += kinds(minute(engine, t, {0: 1} | dict.fromkeys(range(1, GAUGES), 0)))
        assert told == [(0, DEAD, True), (0, DEAD, False)]

    def test_a_single_great_amount_with_dry_neighbours_is_a_spike_and_raises_nothing(self) -> None:
        engine = Engine(watched(), start=0)
        for t in range(1, 12):
            minute(engine, t, dict.fromkeys(range(GAUGES), 0))
        outcome = minute(engine, 12, {0: 450} | dict.fromkeys(range(1, GAUGES), 0))
        assert kinds(outcome) == [(0, SPIKE, True)]
        assert [(f.slot, f.sensor, f.kind) for f in outcome.flags] == [(12, 0, SPIKE)]
        assert not outcome.changes
        later = [k for t in range(13, 70) for k in kinds(minute(engine, t, dict.fromkeys(range(GAUGES), 0)))]
        assert later == [(0, SPIKE, False)]

    def test_the_same_amount_in_real_rain_is_believed(self) -> None:
        engine = Engine(watched(), start=0)
        for t in range(1, 12):
            minute(engine, t, {s: 3 + (s + t) % 2 for s in range(GAUGES)})
        outcome = minute(engine, 12, {0: 450} | dict.fromkeys(range(1, GAUGES), 20))
        assert not outcome.faults
        assert [c.sensor for c in outcome.changes] == [0]

    def test_a_gauge_that_repeats_itself_is_stuck_and_its_amounts_leave_every_window(self) -> None:
        engine = Engine(watched(), start=0)
        for t in range(1, 12):
            minute(engine, t, dict.fromkeys(range(GAUGES), 0))
        outcomes = [minute(engine, t, {0: 60} | dict.fromkeys(range(1, GAUGES), 0)) for t in range(12, 30)]
        assert [k for o in outcomes for k in kinds(o)] == [(0, STUCK, True)]
        assert not [c for o in outcomes for c in o.changes]
        assert engine.rain.sums[:, 0].tolist() == [0, 0, 0, 0]
        assert sum(len(o.flags) for o in outcomes) == 18
        assert kinds(minute(engine, 30, dict.fromkeys(range(GAUGES), 0))) == [(0, STUCK, False)]

    def test_a_silent_gauge_is_missed_and_found_again(self) -> None:
        engine = Engine(watched(), start=0)
        told = []
        for t in range(1, 20):
            told += kinds(
                minute(engine, t, dict.fromkeys(range(GAUGES if t < 4 or t > 15 else GAUGES - 1), 0))
            )
        assert told == [(5, SILENT, True), (5, SILENT, False)]

    def test_an_alarm_of_a_gauge_that_turns_out_stuck_ends_as_muted(self) -> None:
        wet = {s: 20 + s for s in range(1, GAUGES)}
        engine = Engine(watched(stuck_mark=1200, stuck_times=8), start=0)
        outcomes = [
            minute(engine, t, {0: 150} | {s: v + t % 2 for s, v in wet.items()}) for t in range(1, 12)
        ]
        mine = [c for o in outcomes for c in o.changes if c.sensor == 0]
        assert mine[0].after > 0
        assert (mine[-1].after, mine[-1].muted) == (0, True)


class TestStreet:
    def test_one_gauge_does_not_colour_a_street_that_has_others_and_two_do(self) -> None:
        engine = Engine(watched(), start=0)
        outcome = minute(engine, 1, {0: 199, 1: 12, 2: 15, 3: 11, 4: 12, 5: 10})
        outcome = minute(engine, 2, {0: 199, 1: 12, 2: 15, 3: 11, 4: 12, 5: 10})
        assert engine.rain.ladder.colour[0] >= 3
        assert not outcome.area_changes
        outcome = minute(engine, 3, {0: 1, 1: 199, 2: 1, 3: 1, 4: 1, 5: 1})
        assert [(c.before, c.after, c.measure) for c in outcome.area_changes] == [(0, 3, 0)]

    def test_the_mean_of_a_street_leaves_the_dead_gauge_out(self) -> None:
        engine = Engine(watched(), start=0)
        for t in range(1, 12):
            outcome = minute(engine, t, {0: 0} | {s: 12 + (s + t) % 3 for s in range(1, GAUGES)})
        assert engine.areas is not None
        wanted = int(engine.rain.sums[1, 1:].mean())
        for t in range(12, 22):
            outcome = minute(engine, t, {0: 0} | {s: 12 + (s + t) % 3 for s in range(1, GAUGES)})
        assert engine.rain.faults.bits[0] == DEAD
        assert abs(int(engine.areas.measured[1, 0]) - wanted) <= 5
        assert not outcome.faults


class TestWater:
    @pytest.mark.feature("M299")
    def test_depth_climbs_15_27_40_and_comes_down_only_below_the_lower_mark_for_a_while(self) -> None:
        engine = Engine(water_only(1), start=0)
        path = [0, 160, 280, 410, 380, 360, 340, 340, 340, 100, 100, 100]
        seen = [(c.before, c.after) for t, v in enumerate(path, 1) for c in minute(engine, t, {0: v}).changes]
        assert seen == [(0, 2), (2, 3), (3, 4), (4, 3), (3, 0)]

    def test_a_level_that_nobody_confirmed_for_a_while_neither_raises_nor_clears(self) -> None:
        engine = Engine(water_only(2), start=0)
        minute(engine, 1, {0: 300, 1: 0})
        told = [c for t in range(2, 60) for c in minute(engine, t, {1: 0}).changes]
        assert told == []
        assert engine.water.ladder.colour[0] == 3
        assert engine.water.faults.bits[0] == SILENT

    def test_a_leap_waits_for_the_next_reading(self) -> None:
        engine = Engine(water_only(2), start=0)
        minute(engine, 1, {0: 0, 1: 0})
        leapt = minute(engine, 2, {0: 900, 1: 900})
        assert not leapt.changes
        assert len(leapt.flags) == 2
        after = minute(engine, 3, {0: 0, 1: 920})
        assert kinds(after) == [(0, SPIKE, True)]
        assert [(c.sensor, c.after) for c in after.changes] == [(1, 4)]

    def test_a_fast_rise_is_a_colour_of_its_own(self) -> None:
        engine = Engine(water_only(1, rungs=water_only(1).water.rungs[3:]), start=0)
        path = [-900 + 40 * t for t in range(12)]
        told = [c for t, v in enumerate(path, 1) for c in minute(engine, t, {0: v}).changes]
        assert [(c.measure, c.after, c.value) for c in told] == [(1, 3, 400)]

    def test_a_level_that_never_moves_above_its_floor_is_stuck(self) -> None:
        engine = Engine(water_only(2, silent_after=np.zeros(2, np.int32)), start=0)
        told = [k for t in range(1, 80) for k in kinds(minute(engine, t, {0: 300, 1: 0}))]
        assert told == [(0, STUCK, True)]
        assert engine.water.ladder.colour[0] == 0
