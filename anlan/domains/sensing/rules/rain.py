"""Rain gauges: sums over sliding windows of event time, and what makes a gauge unbelievable.

A window's sum with gaps is a lower bound: it may raise a colour, but not lower one until enough of the window is
covered. Amounts are integers of 0.1 mm, so that sums kept by adding and subtracting stay exact.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from anlan.domains.sensing.rules.faults import DEAD, MUTING, SILENT, SPIKE, STUCK, Fault, Faults, Flag
from anlan.domains.sensing.rules.ladder import NEVER, Ladder, Rung, State
from anlan.domains.sensing.rules.ring import Bools, Ints, Longs, Put, Ring, add_up


@dataclass(frozen=True)
class RainSetup:
    """How a bank of gauges is judged. Spans are in slots, amounts in 0.1 mm; arrays have one value a gauge.

    `neighbours`: (gauges, k) indices of the nearest, -1 where there is none near enough.
    """

    windows: tuple[int, ...]
    rungs: tuple[Rung, ...]
    hold: tuple[int, ...]
    every: Ints  # slots between two readings of a gauge
    silent_after: Ints  # slots without a reading; 0: this gauge is never called silent
    neighbours: npt.NDArray[np.int64]
    covered_pct: int = 90
    quality: bool = True
    memory: int = 24 * 60
    spike_mark: int = 200  # a single reading of this much with dry neighbours is not believed
    quiet_mark: int = 10  # a neighbour below this in the judging hour is dry
    stuck_times: int = 6
    stuck_mark: int = 600  # and together this much
    stuck_alone_times: int = 3
    stuck_alone_mark: int = 150  # the same where the neighbours are dry
    dead_window: int = 2  # index of the window in which a gauge that reads nothing is compared
    dead_mark: int = 150  # median of the neighbours
    near_window: int = 1  # index of the window that tells whether neighbours are dry
    check_every: int = 5  # slots between two comparisons with the neighbours
    least_neighbours: int = 4


class RainBank:
    """All gauges of one engine. `now` is the last evaluated slot."""

    def __init__(self, setup: RainSetup, *, start: int, ahead: int) -> None:
        sensors, self.setup, self.now = len(setup.every), setup, start
        self.ring = Ring(sensors=sensors, keep=max(setup.windows), ahead=ahead, combine=add_up)
        self.sums: Ints = np.zeros((len(setup.windows), sensors), np.int32)
        self.counts: npt.NDArray[np.int16] = np.zeros((len(setup.windows), sensors), np.int16)
        fits = np.array(setup.windows, np.int64)[:, None] >= setup.every[None, :]
        # An hourly gauge says nothing about five minutes: its amount must not be read as one of the short window.
        rungs = [replace(r, raise_at=np.where(fits[r.measure], r.raise_at, NEVER)) for r in setup.rungs]
        self.ladder = Ladder(
            measures=len(setup.windows),
            sensors=sensors,
            rungs=setup.rungs if fits.all() else rungs,
            hold=setup.hold,
        )
        self.faults = Faults(sensors=sensors, memory=setup.memory)
        self.seen_at: Longs = np.full(sensors, start, np.int64)
        self._windows = np.array(setup.windows, np.int64)
        self._need = np.maximum(1, self._windows[:, None] * setup.covered_pct // (100 * setup.every[None, :]))
        self._need = self._need.astype(np.int16)
        self._last: Ints = np.zeros(sensors, np.int32)
        self._run: Ints = np.zeros(sensors, np.int32)
        self._has_neighbour = setup.neighbours >= 0
        self._enough = self._has_neighbour.sum(axis=1) >= setup.least_neighbours
        self._gone = np.zeros_like(self.sums)

    @property
    def muted(self) -> Bools | None:
        """Gauges that may raise nothing now; None when there are none."""
        muted = (self.faults.bits & MUTING) > 0
        return muted if muted.any() else None

    @property
    def covered(self) -> Bools:
        """(windows, gauges): where the window is full enough for a low sum to be believed."""
        full: Bools = self.counts >= self._need
        return full

    def correct(self, put: Put) -> Longs:
        """Late readings change the windows they belong to; returns the gauges whose colour rose by it."""
        for w, width in enumerate(self.setup.windows):
            inside = put.slot > self.now - width
            np.add.at(self.sums[w], put.sensor[inside], put.value[inside])
            np.add.at(self.counts[w], put.sensor[inside], put.good[inside].astype(np.int16))
        if not len(put.sensor):
            return put.sensor
        np.maximum.at(self.seen_at, put.sensor, put.slot)
        late = np.unique(put.sensor)
        return self.ladder.lift(sensors=late, measured=self.sums[:, late], muted=self.muted)

    def advance(self) -> tuple[Longs, list[Fault], list[Flag]]:
        """Evaluate the next slot: gauges whose colour changed, faults that began or ended, readings disbelieved."""
        slot = self.now + 1
        row = slot % self.ring.rows
        faults, flags = self._judge(slot, row) if self.setup.quality else ([], [])
        leaving = (slot - self._windows) % self.ring.rows
        np.take(self.ring.value, leaving, axis=0, out=self._gone)
        self.sums += self.ring.value[row]
        self.sums -= self._gone
        self.counts += self.ring.good[row]
        self.counts -= self.ring.good[leaving]
        self.ring.clear(slot - self.ring.keep)
        self.now = slot
        if self.setup.quality and slot % self.setup.check_every == 0:
            faults += self._find_dead(slot)
        changed = self.ladder.step(measured=self.sums, covered=self.covered, muted=self.muted)
        return changed, faults, flags

    def _judge(self, slot: int, row: int) -> tuple[list[Fault], list[Flag]]:
        value, good = self.ring.value[row], self.ring.good[row].view(np.bool_)
        np.copyto(self.seen_at, slot, where=self.ring.stamp[row] > 0)
        faults = self.faults.forgive(slot)
        flags: list[Flag] = []
        if len(value) and int(value.max()) >= self.setup.spike_mark:
            faults, flags = self._find_spikes(slot, row, faults, flags)
        self._count_runs(value, good)
        stuck_faults, stuck_flags = self._find_stuck(slot)
        silent = (self.setup.silent_after > 0) & (slot - self.seen_at > self.setup.silent_after)
        if silent.any() or (self.faults.bits & SILENT).any():
            faults += self.faults.standing(slot=slot, kind=SILENT, now=silent, seen={})
        return faults + stuck_faults, flags + stuck_flags

    def _find_spikes(
        self, slot: int, row: int, faults: list[Fault], flags: list[Flag]
    ) -> tuple[list[Fault], list[Flag]]:
        for s in np.flatnonzero(self.ring.value[row] >= self.setup.spike_mark):
            if not self._alone(int(s), row):
                continue
            amount, _ = self.ring.exclude(slot=slot, sensor=int(s))
            seen = {"value": amount, "neighbours": int(self._has_neighbour[s].sum())}
            faults += self.faults.blame(slot=slot, sensor=int(s), kind=SPIKE, seen=seen)
            flags.append(Flag(slot, int(s), SPIKE))
        return faults, flags

    def _alone(self, sensor: int, row: int) -> bool:
        """Whether at least `least_neighbours` reporting neighbours are all dry in the judging window and now."""
        near = self.setup.neighbours[sensor][self._has_neighbour[sensor]]
        near = near[self.covered[self.setup.near_window, near] & ((self.faults.bits[near] & MUTING) == 0)]
        wet = self.sums[self.setup.near_window, near] + self.ring.value[row, near] >= self.setup.quiet_mark
        return len(near) >= self.setup.least_neighbours and not wet.any()

    def _count_runs(self, value: Ints, good: Bools) -> None:
        same = good & (value == self._last) & (value > 0)
        np.copyto(self._run, np.where(same, self._run + 1, value > 0), where=good)
        np.copyto(self._last, value, where=good)

    def _find_stuck(self, slot: int) -> tuple[list[Fault], list[Flag]]:
        """The same amount again and again. Its readings are taken out of the windows, back to the first of them."""
        setup = self.setup
        total = self._run * self._last
        stuck = (self._run >= setup.stuck_times) & (total >= setup.stuck_mark)
        row = slot % self.ring.rows
        suspect = (self._run >= setup.stuck_alone_times) & (total >= setup.stuck_alone_mark) & ~stuck
        for s in np.flatnonzero(suspect):
            stuck[s] = self._alone(int(s), row)
        stuck |= ((self.faults.bits & STUCK) > 0) & (self._run > 1)
        flags = [flag for s in np.flatnonzero(stuck) for flag in self._take_out_run(slot, int(s))]
        if not stuck.any() and not (self.faults.bits & STUCK).any():
            return [], []
        seen = {"value": self._last, "times": self._run}
        return self.faults.standing(slot=slot, kind=STUCK, now=stuck, seen=seen), flags

    def _take_out_run(self, slot: int, sensor: int) -> list[Flag]:
        flags = []
        for n in range(slot, slot - self.ring.keep, -1):
            row = n % self.ring.rows
            if not self.ring.good[row, sensor]:
                if self.ring.stamp[row, sensor]:
                    break
                continue
            if self.ring.value[row, sensor] != self._last[sensor]:
                break
            self._discount(n, sensor)
            flags.append(Flag(n, sensor, STUCK))
        return flags

    def _discount(self, slot: int, sensor: int) -> None:
        amount, counted = self.ring.exclude(slot=slot, sensor=sensor)
        for w, width in enumerate(self.setup.windows):
            if self.now - width < slot <= self.now:
                self.sums[w, sensor] -= amount
                self.counts[w, sensor] -= counted

    def _find_dead(self, slot: int) -> list[Fault]:
        """A gauge that reports nothing but zeros while most of its neighbours measure heavy rain."""
        setup, sums = self.setup, self.sums[self.setup.dead_window]
        was = (self.faults.bits & DEAD) > 0
        wet = (sums >= setup.dead_mark) & ((self.faults.bits & MUTING) == 0)
        if not wet.any() and not was.any():
            return []
        near = wet[setup.neighbours] & self._has_neighbour
        reports = self.covered[setup.dead_window] & (sums == 0)
        dead = reports & self._enough & (near.sum(axis=1) * 2 > self._has_neighbour.sum(axis=1))
        # Once found it stays dead when the rain has passed: zeros prove nothing. Rain of its own does.
        dead |= was & (sums == 0)
        typical = self._median_near(np.flatnonzero(dead & ~was))
        return self.faults.standing(slot=slot, kind=DEAD, now=dead, seen={"neighbours_median": typical})

    def _median_near(self, sensors: Longs) -> Longs:
        median = np.zeros(len(self.setup.every), np.int64)
        for s in sensors:
            near = self.setup.neighbours[s][self._has_neighbour[s]]
            median[s] = int(np.median(self.sums[self.setup.dead_window, near]))
        return median

    def recount(self, *, start: int, until: int) -> None:
        """After a restart: windows, runs and last sightings again from a ring that was filled from stored readings."""
        for slot in range(max(start, until - self.ring.keep) + 1, until + 1):
            row = slot % self.ring.rows
            np.copyto(self.seen_at, slot, where=self.ring.stamp[row] > 0)
            self._count_runs(self.ring.value[row], self.ring.good[row].view(np.bool_))
        self.now = until
        for w, width in enumerate(self.setup.windows):
            rows = np.arange(until - width + 1, until + 1) % self.ring.rows
            self.sums[w], self.counts[w] = self.ring.value[rows].sum(axis=0), self.ring.good[rows].sum(axis=0)

    def state(self) -> State:
        """What a restart cannot find in the stored readings, sparsely."""
        runs = np.flatnonzero(self._run > 1)
        return {
            **self.ladder.state(),
            **self.faults.state(),
            "runs": np.stack([runs, self._last[runs], self._run[runs]], axis=1).astype(np.int32),
        }

    def restore(self, state: State) -> None:
        """Take up what `state` gave, after `recount`."""
        self.ladder.restore(state)
        self.faults.restore(state)
        self._run = np.minimum(self._run, 1)
        sensor, last, run = state["runs"].T
        self._last[sensor], self._run[sensor] = last, run
