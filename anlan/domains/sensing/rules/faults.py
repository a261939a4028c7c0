"""What can be wrong with a sensor, and the bookkeeping of it. The checks stand with the kind of sensor they judge."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from anlan.domains.sensing.rules.ladder import State
from anlan.domains.sensing.rules.ring import Bools, Bytes, Ints, Longs

RANGE, SPIKE, STUCK, DEAD, SILENT = 1, 2, 4, 8, 16
FAULTS = {RANGE: "range", SPIKE: "spike", STUCK: "stuck", DEAD: "dead", SILENT: "silent"}
MUTING = STUCK | DEAD  # while one of these stands the sensor raises nothing of its own
MISSING = 32  # flag of a reading only: the source's word for "no value"
LATE = 64  # flag of a reading only: it came after its window's horizon and was not evaluated


@dataclass(frozen=True)
class Fault:
    """A fault begins (`on`) or ends, at the end of a slot; `seen` is the evidence in 0.1 units."""

    slot: int
    sensor: int
    kind: int
    on: bool
    seen: dict[str, int]


@dataclass(frozen=True)
class Flag:
    """A reading (all readings of that slot) that is no longer believed."""

    slot: int
    sensor: int
    kind: int


class Faults:
    """The faults of each sensor as bits, and until when a passing one (range, spike) is remembered."""

    def __init__(self, *, sensors: int, memory: int) -> None:
        self.bits: Bytes = np.zeros(sensors, np.uint8)
        self._memory = memory
        self._until: dict[tuple[int, int], int] = {}

    def blame(self, *, slot: int, sensor: int, kind: int, seen: dict[str, int]) -> list[Fault]:
        """A single bad reading: the fault stands until `memory` slots have passed without another."""
        self._until[kind, sensor] = slot + self._memory
        if self.bits[sensor] & kind:
            return []
        self.bits[sensor] |= kind
        return [Fault(slot, sensor, kind, True, seen)]

    def forgive(self, slot: int) -> list[Fault]:
        """End the passing faults whose memory has run out."""
        over = sorted(key for key, until in self._until.items() if slot >= until)
        for kind, sensor in over:
            del self._until[kind, sensor]
            self.bits[sensor] &= ~np.uint8(kind)
        return [Fault(slot, sensor, kind, False, {}) for kind, sensor in over]

    def standing(self, *, slot: int, kind: int, now: Bools, seen: Mapping[str, Ints | Longs]) -> list[Fault]:
        """A lasting fault (stuck, dead, silent) is on for exactly the sensors of `now`; tells what changed."""
        had = (self.bits & kind) > 0
        changed: Longs = np.flatnonzero(had != now)
        if not len(changed):
            return []
        self.bits[changed] ^= np.uint8(kind)
        return [
            Fault(slot, int(s), kind, bool(now[s]), {k: int(v[s]) for k, v in seen.items()} if now[s] else {})
            for s in changed
        ]

    def state(self) -> State:
        """What cannot be computed again from readings."""
        faulty = np.flatnonzero(self.bits)
        until = [(kind, sensor, slot) for (kind, sensor), slot in sorted(self._until.items())]
        return {
            "bits": np.stack([faulty, self.bits[faulty]], axis=1).astype(np.int32),
            "until": np.array(until, np.int32).reshape(-1, 3),
        }

    def restore(self, state: State) -> None:
        """Take up what `state` gave."""
        sensor, bits = state["bits"].T
        self.bits[sensor] = bits
        self._until = {(kind, s): slot for kind, s, slot in state["until"].tolist()}
