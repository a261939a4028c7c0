"""The engine: readings in, by batch; colours that changed, faults and doubts out. Pure: no clock, no database.

Time is the event time of the readings. The watermark is the latest slot seen less the allowed lateness; every slot it
passes is evaluated once, so what comes out depends on which readings had come when the watermark passed, never on
their order or on how often they came. A reading that comes later corrects the windows it belongs to: it may raise a
colour at once and lowers with the next slot; the past is not rewritten. Older than the longest window: not evaluated.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from anlan.domains.sensing.rules.areas import Areas, AreaSetup
from anlan.domains.sensing.rules.faults import MUTING, RANGE, Fault, Flag
from anlan.domains.sensing.rules.ladder import Marks, State
from anlan.domains.sensing.rules.level import LevelBank, LevelSetup
from anlan.domains.sensing.rules.rain import RainBank, RainSetup
from anlan.domains.sensing.rules.ring import DOUBLE, STALE, Bools, Bytes, Ints, Longs

ROOM = 64  # slots that one batch may bring beyond the watermark before it is taken in pieces
RAIN, WATER = 0, 1


@dataclass(frozen=True)
class Batch:
    """Readings as they arrived; arrays of one length. `value` in 0.1 unit; `good` False: known, but not a number to use
    (out of range, or the source's word for missing)."""

    sensor: Longs
    at: Longs  # seconds of the epoch
    value: Ints
    good: Bools
    correction: Bools | None = None

    def __len__(self) -> int:
        return len(self.sensor)

    def part(self, which: Any) -> "Batch":
        """The readings of an index or mask."""
        revised = None if self.correction is None else self.correction[which]
        return Batch(self.sensor[which], self.at[which], self.value[which], self.good[which], revised)


@dataclass(frozen=True)
class Change:
    """A sensor (or, in `Outcome.area_changes`, a street) has another colour since the end of `slot`."""

    slot: int
    sensor: int
    before: int
    after: int
    measure: int
    value: int
    muted: bool = False


@dataclass
class Outcome:
    """What a batch led to, in order of event time."""

    status: Bytes
    changes: list[Change] = field(default_factory=list)
    area_changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    @property
    def doubles(self) -> int:
        """Readings that were known before."""
        return int((self.status == DOUBLE).sum())

    @property
    def stale(self) -> int:
        """Readings older than every window: to be stored, not evaluated."""
        return int((self.status == STALE).sum())


@dataclass(frozen=True)
class Setup:
    """One engine's sensors: global numbers 0 … n-1, each in one bank at one place."""

    kind: Bytes  # RAIN or WATER, per sensor
    rain: RainSetup
    water: LevelSetup
    areas: AreaSetup | None = None
    slot_s: int = 60
    lateness: int = 0  # slots

    def members(self, ids: Longs) -> State:
        """The ids of each bank's sensors, in the order of their places."""
        return {
            "rain": ids[self.kind == RAIN].astype(np.int32),
            "water": ids[self.kind == WATER].astype(np.int32),
        }


class Engine:
    """Evaluates slots from `start` on (the slot before the first one that may hold readings)."""

    def __init__(self, setup: Setup, *, start: int) -> None:
        self.setup, self.now, self.start = setup, start, start
        ahead = setup.lateness + ROOM
        self.rain = RainBank(setup.rain, start=start, ahead=ahead)
        self.water = LevelBank(setup.water, start=start, ahead=ahead)
        self.areas = Areas(setup.areas) if setup.areas else None
        self._members = (np.flatnonzero(setup.kind == RAIN), np.flatnonzero(setup.kind == WATER))
        self._place = np.zeros(len(setup.kind), np.int64)
        for members in self._members:
            self._place[members] = np.arange(len(members))
        self._uniform = not len(self._members[WATER])

    def slot_of(self, at: Longs) -> Longs:
        """The slot that a second belongs to: stamps are ends, so a full minute is the last second of its own."""
        return -(-at // self.setup.slot_s)

    def take(self, batch: Batch) -> Outcome:
        """Put readings in, then evaluate every slot that the watermark has passed by them."""
        outcome = Outcome(np.zeros(len(batch), np.uint8))
        slot = self.slot_of(batch.at)
        if not len(batch):
            return outcome
        if int(slot.max()) <= self.now + ROOM:
            outcome.status = self._put(batch, slot, outcome)
            self.pass_to(int(slot.max()) - self.setup.lateness, outcome)
            return outcome
        self._take_in_pieces(batch, slot, outcome)
        return outcome

    def _take_in_pieces(self, batch: Batch, slot: Longs, outcome: Outcome) -> None:
        """A batch that reaches far ahead: the same readings by time, in portions that the ring can hold."""
        order = np.argsort(slot, kind="stable")
        by_time = slot[order]
        begin = 0
        while begin < len(order):
            if by_time[begin] > self.now + ROOM:
                self.pass_to(int(by_time[begin]) - 1 - self.setup.lateness, outcome)
            end = int(np.searchsorted(by_time, self.now + ROOM, side="right"))
            which = order[begin:end]
            outcome.status[which] = self._put(batch.part(which), slot[which], outcome)
            self.pass_to(int(by_time[end - 1]) - self.setup.lateness, outcome)
            begin = end

    def _put(self, batch: Batch, slot: Longs, outcome: Outcome) -> Bytes:
        second = (batch.at - (slot - 1) * self.setup.slot_s - 1).astype(np.int32)
        if self._uniform:
            return self._put_in(self.rain, RAIN, batch, slot, second, batch.sensor, outcome)
        status = np.zeros(len(batch), np.uint8)
        for kind, bank in ((RAIN, self.rain), (WATER, self.water)):
            which = np.flatnonzero(self.setup.kind[batch.sensor] == kind)
            if len(which):
                part = batch.part(which)
                place = self._place[part.sensor]
                status[which] = self._put_in(bank, kind, part, slot[which], second[which], place, outcome)
        return status

    def _put_in(
        self,
        bank: RainBank | LevelBank,
        kind: int,
        batch: Batch,
        slot: Longs,
        second: Ints,
        place: Longs,
        outcome: Outcome,
    ) -> Bytes:
        before = bank.ladder.colour
        put = bank.ring.put(
            now=self.now,
            slot=slot,
            second=second,
            sensor=place,
            value=batch.value,
            good=batch.good,
            correction=batch.correction,
        )
        if len(put.sensor):
            self._note(kind, bank, before, bank.correct(put), outcome)
        return put.status

    def blame_range(self, batch: Batch, outcome: Outcome) -> None:
        """Readings that no such sensor can have measured: the fault of it, once an episode."""
        for s, at, value in zip(batch.sensor.tolist(), batch.at.tolist(), batch.value.tolist(), strict=True):
            bank = self.rain if self.setup.kind[s] == RAIN else self.water
            slot = int(self.slot_of(np.int64(at)))  # type: ignore[arg-type]
            found = bank.faults.blame(
                slot=slot, sensor=int(self._place[s]), kind=RANGE, seen={"value": value}
            )
            outcome.faults += [Fault(f.slot, s, f.kind, f.on, f.seen) for f in found]

    def pass_to(self, slot: int, outcome: Outcome) -> None:
        """Evaluate every slot up to and with this one."""
        # After a pause that emptied every window and ended every memory nothing can change until a reading comes.
        rain, water = self.setup.rain, self.setup.water
        silence = max(int(rain.silent_after.max(initial=0)), int(water.silent_after.max(initial=0)))
        drained = (
            self.now + max(self.rain.ring.keep, self.water.ring.keep, rain.memory, water.memory, silence) + 2
        )
        while self.now < min(slot, drained):
            self.now += 1
            for kind, bank in ((RAIN, self.rain), (WATER, self.water)):
                if len(self._members[kind]):
                    self._advance(kind, bank, outcome)
            if self.areas is not None:
                self._advance_areas(outcome)
        self.now = self.rain.now = self.water.now = max(self.now, slot)

    def _advance(self, kind: int, bank: RainBank | LevelBank, outcome: Outcome) -> None:
        before = bank.ladder.colour
        changed, faults, flags = bank.advance()
        members = self._members[kind]
        outcome.faults += [Fault(f.slot, int(members[f.sensor]), f.kind, f.on, f.seen) for f in faults]
        outcome.flags += [Flag(f.slot, int(members[f.sensor]), f.kind) for f in flags]
        self._note(kind, bank, before, changed, outcome)

    def _note(
        self, kind: int, bank: RainBank | LevelBank, before: Marks, changed: Longs, outcome: Outcome
    ) -> None:
        if not len(changed):
            return
        measured = bank.sums if isinstance(bank, RainBank) else bank.measured
        for s in changed.tolist():
            outcome.changes.append(
                Change(
                    self.now,
                    int(self._members[kind][s]),
                    int(before[s]),
                    int(bank.ladder.colour[s]),
                    measure := int(bank.ladder.carrier[s]),
                    int(measured[measure, s]),
                    bool(bank.faults.bits[s] & MUTING),
                )
            )

    def _advance_areas(self, outcome: Outcome) -> None:
        areas, rain = self.areas, self.rain
        assert areas is not None
        before, window = areas.ladder.colour, areas.setup.mean_window
        changed = areas.step(
            colour=rain.ladder.colour,
            sums=rain.sums[window],
            covered=rain.covered[window],
            trusted=rain.faults.bits == 0,
        )
        for a in changed.tolist():
            measure = int(areas.ladder.carrier[a])
            value = int(areas.measured[measure, a])
            outcome.area_changes.append(
                Change(self.now, a, int(before[a]), int(areas.ladder.colour[a]), measure, value)
            )

    def state(self) -> dict[str, State]:
        """What a restart needs beside the stored readings; small in fair weather."""
        return {
            "time": {"now": np.array([self.now], np.int64), "start": np.array([self.start], np.int64)},
            "rain": self.rain.state(),
            "water": self.water.state(),
            "areas": self.areas.state() if self.areas else {},
        }

    @classmethod
    def resume(cls, setup: Setup, *, state: dict[str, State], readings: Batch) -> "Engine":
        """The engine that gave `state`, from the stored readings since `oldest_needed`; goes on as if never stopped."""
        start = int(state["time"]["start"][0])
        engine = cls(setup, start=start)
        engine.now = engine.rain.now = engine.water.now = int(state["time"]["now"][0])
        slot = engine.slot_of(readings.at)
        second = (readings.at - (slot - 1) * setup.slot_s - 1).astype(np.int32)
        for kind, bank in ((RAIN, engine.rain), (WATER, engine.water)):
            which = np.flatnonzero(setup.kind[readings.sensor] == kind)
            part = readings.part(which)
            bank.ring.put(
                now=engine.now,
                slot=slot[which],
                second=second[which],
                sensor=engine._place[part.sensor],
                value=part.value,
                good=part.good,
                correction=None,
            )
            bank.recount(start=start, until=engine.now)
        engine.rain.restore(state["rain"])
        engine.water.restore(state["water"])
        if engine.areas is not None:
            engine.areas.restore(state["areas"])
        return engine

    @property
    def hot(self) -> bool:
        """Whether any sensor or street stands at a mark."""
        streets = self.areas is not None and bool(self.areas.ladder.colour.any())
        return bool(self.rain.ladder.colour.any() or self.water.ladder.colour.any()) or streets

    @property
    def oldest_needed(self) -> int:
        """Readings stamped after this second are in some window still (seconds of the epoch)."""
        return (self.now - max(self.rain.ring.keep, self.water.ring.keep)) * self.setup.slot_s
