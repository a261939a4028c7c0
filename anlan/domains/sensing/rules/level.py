"""Water: the level or depth that holds now, and how fast it rose. Values are integers of 0.1 cm.

A level stays known until `stale` slots after its last reading; an unknown level neither raises nor lowers a colour.
A jump greater than a reading can honestly make waits for the next reading to confirm it.
"""

from dataclasses import dataclass

import numpy as np

from anlan.domains.sensing.rules.faults import MUTING, SILENT, SPIKE, STUCK, Fault, Faults, Flag
from anlan.domains.sensing.rules.ladder import Ladder, Rung, State
from anlan.domains.sensing.rules.ring import Bools, Ints, Longs, Put, Ring, take_latest

VALUE, RISE = 0, 1
LOW = -(2**30)  # stands for "not known" where a number is wanted: no mark is that low


@dataclass(frozen=True)
class LevelSetup:
    """How a bank of water sensors is judged. Spans in slots, values in 0.1 cm; arrays have one value a sensor."""

    rungs: tuple[Rung, ...]
    hold: tuple[int, int]
    every: Ints  # slots between two readings
    silent_after: Ints  # slots without a reading; 0: never called silent
    stale: Ints  # slots for which a reading holds
    jump: Ints  # greatest believable difference between two readings
    floor: Ints  # the value that may be reported for ever (a dry street)
    stuck_after: int = 72 * 60
    rise_span: int = 60
    quality: bool = True
    memory: int = 24 * 60


class LevelBank:
    """All water sensors of one engine. `now` is the last evaluated slot."""

    def __init__(self, setup: LevelSetup, *, start: int, ahead: int) -> None:
        sensors, self.setup, self.now = len(setup.every), setup, start
        keep = setup.rise_span + int(setup.stale.max(initial=1)) + 1
        self.ring = Ring(sensors=sensors, keep=keep, ahead=ahead, combine=take_latest)
        self.ladder = Ladder(measures=2, sensors=sensors, rungs=setup.rungs, hold=setup.hold)
        self.faults = Faults(sensors=sensors, memory=setup.memory)
        self.seen_at: Longs = np.full(sensors, start, np.int64)
        self.latest: Ints = np.full(sensors, LOW, np.int32)
        self.latest_at: Longs = np.full(sensors, LOW, np.int64)
        self._lag: Ints = np.full(sensors, LOW, np.int32)
        self._lag_at: Longs = np.full(sensors, LOW, np.int64)
        self._same_since: Longs = np.full(sensors, start, np.int64)
        self._suspects: dict[int, int] = {}

    @property
    def muted(self) -> Bools | None:
        """Sensors that may raise nothing now; None when there are none."""
        muted = (self.faults.bits & MUTING) > 0
        return muted if muted.any() else None

    @property
    def covered(self) -> Bools:
        """(2, sensors): where value and rise are known."""
        fresh = self.now - self.latest_at <= self.setup.stale
        return np.stack([fresh, fresh & (self.now - self.setup.rise_span - self._lag_at <= self.setup.stale)])

    @property
    def measured(self) -> Ints:
        """(2, sensors): the value that holds and its rise over the span, LOW where not known."""
        known = self.covered
        rise = np.where(known[RISE], self.latest.astype(np.int64) - self._lag, LOW).astype(np.int32)
        return np.stack([np.where(known[VALUE], self.latest, LOW), rise])

    def correct(self, put: Put) -> Longs:
        """Late readings: the newest one holds; older ones may be what the rise is measured from."""
        if not len(put.sensor):
            return put.sensor
        np.maximum.at(self.seen_at, put.sensor, put.slot)
        for i in np.argsort(put.slot, kind="stable"):
            slot, s = int(put.slot[i]), int(put.sensor[i])
            row = slot % self.ring.rows
            if not self.ring.good[row, s]:
                continue
            if slot >= self.latest_at[s]:
                self.latest[s], self.latest_at[s] = self.ring.value[row, s], slot
            if self._lag_at[s] <= slot <= self.now - self.setup.rise_span:
                self._lag[s], self._lag_at[s] = self.ring.value[row, s], slot
        late = np.unique(put.sensor)
        return self.ladder.lift(sensors=late, measured=self.measured[:, late], muted=self.muted)

    def advance(self) -> tuple[Longs, list[Fault], list[Flag]]:
        """Evaluate the next slot: sensors whose colour changed, faults begun or ended, readings disbelieved."""
        slot = self.now + 1
        row = slot % self.ring.rows
        self.now = slot
        faults, flags = self._judge(slot, row) if self.setup.quality else ([], [])
        self._hold_on(slot, row)
        if self.setup.quality:
            faults += self._find_stuck(slot)
        self.ring.clear(slot - self.ring.keep)
        changed = self.ladder.step(measured=self.measured, covered=self.covered, muted=self.muted)
        return changed, faults, flags

    def _hold_on(self, slot: int, row: int) -> None:
        good = self.ring.good[row].view(np.bool_)
        other = good & (self.ring.value[row] != self.latest)
        np.copyto(self._same_since, slot, where=other)
        np.copyto(self.latest, self.ring.value[row], where=good)
        np.copyto(self.latest_at, slot, where=good)
        before = (slot - self.setup.rise_span) % self.ring.rows
        was = self.ring.good[before].view(np.bool_)
        np.copyto(self._lag, self.ring.value[before], where=was)
        np.copyto(self._lag_at, slot - self.setup.rise_span, where=was)

    def _judge(self, slot: int, row: int) -> tuple[list[Fault], list[Flag]]:
        np.copyto(self.seen_at, slot, where=self.ring.stamp[row] > 0)
        faults: list[Fault] = self.faults.forgive(slot)
        flags: list[Flag] = []
        value, good = self.ring.value[row], self.ring.good[row].view(np.bool_)
        known = good & (slot - self.latest_at <= self.setup.stale)
        leaps = known & (np.abs(value.astype(np.int64) - self.latest) > self.setup.jump)
        for leaping in np.flatnonzero(leaps).tolist():
            flags += self._doubt(slot, leaping, int(value[leaping]))
        for s in [s for s in self._suspects if good[s] and not leaps[s]]:
            seen = {"value": self._suspects.pop(s), "before": int(self.latest[s]), "after": int(value[s])}
            faults += self.faults.blame(slot=slot, sensor=s, kind=SPIKE, seen=seen)
        silent = (self.setup.silent_after > 0) & (slot - self.seen_at > self.setup.silent_after)
        if silent.any() or (self.faults.bits & SILENT).any():
            faults += self.faults.standing(slot=slot, kind=SILENT, now=silent, seen={})
        return faults, flags

    def _doubt(self, slot: int, sensor: int, value: int) -> list[Flag]:
        """A leap is put aside; the next reading either lies near it (then it was true) or it was a spike."""
        before = self._suspects.get(sensor)
        if before is not None and abs(value - before) <= self.setup.jump[sensor]:
            del self._suspects[sensor]
            return []
        self._suspects[sensor] = value
        self.ring.exclude(slot=slot, sensor=sensor)
        return [Flag(slot, sensor, SPIKE)]

    def _find_stuck(self, slot: int) -> list[Fault]:
        known = (self.latest != LOW) & (slot - self.latest_at <= self.setup.stale)
        stuck = (
            known & (slot - self._same_since >= self.setup.stuck_after) & (self.latest != self.setup.floor)
        )
        if not stuck.any() and not (self.faults.bits & STUCK).any():
            return []
        seen: dict[str, Ints | Longs] = {"value": self.latest, "slots": slot - self._same_since}
        return self.faults.standing(slot=slot, kind=STUCK, now=stuck, seen=seen)

    def recount(self, *, start: int, until: int) -> None:
        """After a restart: the values that hold, from a ring that was filled from stored readings."""
        for slot in range(max(start, until - self.ring.keep) + 1, until + 1):
            self.now = slot
            row = slot % self.ring.rows
            np.copyto(self.seen_at, slot, where=self.ring.stamp[row] > 0)
            self._hold_on(slot, row)
        self.now = until

    def state(self) -> State:
        """What a restart cannot find in the last hours of stored readings."""
        same = np.flatnonzero((self.latest != self.setup.floor) & (self.latest != LOW))
        return {
            **self.ladder.state(),
            **self.faults.state(),
            "suspects": np.array(sorted(self._suspects.items()), np.int32).reshape(-1, 2),
            "same": np.stack([same, self._same_since[same]], axis=1).astype(np.int32),
        }

    def restore(self, state: State) -> None:
        """Take up what `state` gave, after `recount`."""
        self.ladder.restore(state)
        self.faults.restore(state)
        self._suspects = dict(state["suspects"].tolist())
        sensor, since = state["same"].T
        self._same_since[sensor] = since
