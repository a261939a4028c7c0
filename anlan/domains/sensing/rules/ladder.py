"""From measured values to colours: raise at once, lower only below a lower mark, held, in a well covered window.

Each (measure, sensor) climbs and descends by itself; a sensor's colour is the highest of its measures, and one
departure from colourless and the return to it is one episode. Pure NumPy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anlan.domains.sensing.rules.ring import Bools, Ints, Longs

NONE, BLUE, YELLOW, ORANGE, RED = range(5)
COLOURS = ("", "blue", "yellow", "orange", "red")
NEVER = np.iinfo(np.int32).max  # a mark that nothing reaches: this sensor has no such rung

Marks = npt.NDArray[np.int8]
State = dict[str, Ints]  # sparse rows, one a sensor that is in some state


@dataclass(frozen=True)
class Rung:
    """A measure that reaches `raise_at` has that colour, and keeps it while it is at or above `release_at`.

    Values are integers of 0.1 unit; an array gives every sensor its own mark (a river's warning stage).
    """

    measure: int
    colour: int
    raise_at: int | Ints
    release_at: int | Ints

    def __post_init__(self) -> None:
        if np.any(np.asarray(self.release_at) > np.asarray(self.raise_at)):
            raise ValueError("a mark to release above the mark to raise would never let go")


class Ladder:
    """Colours of all sensors over all measures. `hold[m]` slots must pass below before measure m is lowered."""

    def __init__(self, *, measures: int, sensors: int, rungs: Sequence[Rung], hold: Sequence[int]) -> None:
        self.level: Marks = np.zeros((measures, sensors), np.int8)
        self.timer: npt.NDArray[np.int16] = np.zeros((measures, sensors), np.int16)
        self.colour: Marks = np.zeros(sensors, np.int8)
        self.carrier: Marks = np.zeros(sensors, np.int8)  # the measure that gave the last colour
        self._rungs = [
            sorted((r for r in rungs if r.measure == m), key=lambda r: r.colour) for m in range(measures)
        ]
        self._lowest = [min((int(np.min(r.raise_at)) for r in of), default=NEVER) for of in self._rungs]
        self._hold = list(hold)
        self._standing: Bools = np.zeros(measures, np.bool_)

    def step(self, *, measured: Ints, covered: Bools, muted: Bools | None = None) -> Longs:
        """One slot on: shapes (measures, sensors); `covered` says where a low value may be believed. Sensors that
        are `muted` show no colour. Returns the sensors whose colour changed."""
        moved = False
        for m in range(len(self._rungs)):
            if self._standing[m] or int(measured[m].max(initial=0)) >= self._lowest[m]:
                self._climb(m, measured[m], covered[m])
                moved = True
        if muted is not None and (moved or self.colour[muted].any()):
            self.level[:, muted], self.timer[:, muted] = 0, 0
            moved = True
        return self._changed() if moved else _NO_SENSORS

    def _climb(self, m: int, measured: Ints, covered: Bools) -> None:
        level, timer = self.level[m], self.timer[m]
        up, keep = np.zeros_like(level), np.zeros_like(level)
        for rung in self._rungs[m]:
            np.maximum(up, (measured >= rung.raise_at) * np.int8(rung.colour), out=up)
            np.maximum(keep, (measured >= rung.release_at) * np.int8(rung.colour), out=keep)
        below = keep < level
        # Uncovered slots neither count towards lowering nor break the count: a gap is not dry weather, nor rain.
        timer += below & covered
        timer *= below
        drop = below & (timer >= self._hold[m]) & covered
        np.maximum(level, up, out=level)
        np.copyto(level, keep, where=drop)
        timer[drop] = 0
        self._standing[m] = level.any()

    def lift(self, *, sensors: Longs, measured: Ints, muted: Bools | None = None) -> Longs:
        """Late readings changed these sensors' windows: they may raise now, but lower only with the next slot."""
        for m in range(len(self._rungs)):
            up = np.zeros(len(sensors), np.int8)
            keep = np.zeros(len(sensors), np.int8)
            for rung in self._rungs[m]:
                raise_at, release_at = _of(rung.raise_at, sensors), _of(rung.release_at, sensors)
                np.maximum(up, (measured[m] >= raise_at) * np.int8(rung.colour), out=up)
                np.maximum(keep, (measured[m] >= release_at) * np.int8(rung.colour), out=keep)
            if muted is not None:
                up[muted[sensors]] = 0
            self.level[m, sensors] = np.maximum(self.level[m, sensors], up)
            self.timer[m, sensors] *= keep < self.level[m, sensors]
            self._standing[m] |= bool(up.any())
        return self._changed()

    def _changed(self) -> Longs:
        colour = self.level.max(axis=0, initial=0)
        changed = np.flatnonzero(colour != self.colour)
        self.colour = colour
        up = changed[colour[changed] > 0]
        self.carrier[up] = np.argmax(self.level[:, up] == colour[up], axis=0)
        return changed

    def state(self) -> State:
        """What cannot be computed again from readings, sparsely."""
        at = np.nonzero((self.level > 0) | (self.timer > 0))
        standing = np.flatnonzero(self.colour)
        return {
            "levels": np.stack([*at, self.level[at], self.timer[at]], axis=1).astype(np.int32),
            "carriers": np.stack([standing, self.carrier[standing]], axis=1).astype(np.int32),
        }

    def restore(self, state: State) -> None:
        """Take up what `state` gave."""
        measure, sensor, level, timer = state["levels"].T
        self.level[measure, sensor], self.timer[measure, sensor] = level, timer
        sensor, carrier = state["carriers"].T
        self.carrier[sensor] = carrier
        self.colour = self.level.max(axis=0, initial=0)
        self._standing = np.asarray(self.level.any(axis=1), np.bool_)


def _of(mark: int | Ints, sensors: Longs) -> int | Ints:
    return mark[sensors] if isinstance(mark, np.ndarray) else mark


_NO_SENSORS = np.empty(0, np.int64)
