"""The ring: the last hours of readings as integers, one row a time slot, one column a sensor.

A slot is `slot_s` seconds long and named by its end: slot n holds what happened in ((n-1)·slot_s, n·slot_s]. A
reading is one thing by (sensor, second): said twice it counts once, in whatever order. Values are integers of 0.1 unit.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Crowd = dict[int, tuple[int, bool]]  # second within the slot -> value, good

NEW, DOUBLE, STALE, CORRECTED = 0, 1, 2, 3


@dataclass(frozen=True)
class Put:
    """What a batch changed in the ring: per reading its status, and per changed cell the difference it made."""

    status: Bytes  # NEW, DOUBLE, STALE (older than the horizon: stored, not evaluated) or CORRECTED
    slot: Longs
    sensor: Longs
    value: Ints  # new value of the cell minus the old one
    good: Ints  # +1 when the cell began to count, -1 when it stopped


def add_up(crowd: Crowd) -> tuple[int, bool]:
    """Several readings of one slot where they are amounts (rain): the good ones are summed."""
    good = [value for value, ok in crowd.values() if ok]
    return sum(good), bool(good)


def take_latest(crowd: Crowd) -> tuple[int, bool]:
    """Several readings of one slot where they are states (a level): the latest good one holds."""
    good = [(second, value) for second, (value, ok) in crowd.items() if ok]
    return (max(good)[1], True) if good else (0, False)


class Ring:
    """Cells by slot and sensor; keeps `keep` slots behind the present and has room for `ahead` slots before it."""

    def __init__(
        self, *, sensors: int, keep: int, ahead: int, combine: Callable[[Crowd], tuple[int, bool]] = add_up
    ) -> None:
        self.keep, self.ahead, self.rows = keep, ahead, keep + ahead + 1
        # `full` and not `zeros`: the pages are touched now, not one by one in the middle of a storm.
        shape = (self.rows, sensors)
        self.value: Ints = np.full(shape, 0, np.int32)
        self.good: Bytes = np.full(shape, 0, np.uint8)
        self.stamp: npt.NDArray[np.uint16] = np.full(
            shape, 0, np.uint16
        )  # 0: empty; else 1 + second in the slot
        self.crowds: dict[int, dict[int, Crowd]] = {}
        self._combine = combine

    def put(
        self,
        *,
        now: int,
        slot: Longs,
        second: Ints,
        sensor: Longs,
        value: Ints,
        good: Bools,
        correction: Bools | None,
    ) -> Put:
        """Take readings in. `now` is the last evaluated slot; nothing may lie more than `ahead` slots past it."""
        stamp = (second + 1).astype(np.uint16)
        if (
            correction is None
            and len(slot)
            and (easy := self._put_plain(now, slot, stamp, sensor, value, good))
        ):
            return easy
        return self._put_any(now, slot, stamp, sensor, value, good, correction)

    def _put_plain(
        self, now: int, slot: Longs, stamp: npt.NDArray[np.uint16], sensor: Longs, value: Ints, good: Bools
    ) -> Put | None:
        """The ordinary minute: one slot that lies ahead, each sensor once, nothing there yet. Else None."""
        first = int(slot[0])
        if first <= now or slot[-1] != first or (slot != first).any() or (np.diff(sensor) <= 0).any():
            return None
        row = first % self.rows
        if len(sensor) == self.value.shape[1]:
            if self.stamp[row].any():
                return None
            self.stamp[row], self.good[row] = stamp, good
            np.multiply(value, good, out=self.value[row])
        else:
            if self.stamp[row, sensor].any():
                return None
            self.stamp[row, sensor], self.good[row, sensor] = stamp, good
            self.value[row, sensor] = value * good
        return Put(np.zeros(len(slot), np.uint8), *_NOTHING)

    def _put_any(
        self,
        now: int,
        slot: Longs,
        stamp: npt.NDArray[np.uint16],
        sensor: Longs,
        value: Ints,
        good: Bools,
        correction: Bools | None,
    ) -> Put:
        status = np.zeros(len(slot), np.uint8)
        fresh = slot > now - self.keep
        status[~fresh] = STALE
        row = slot % self.rows
        held = np.where(fresh, self.stamp[row, sensor], 0)
        cell = slot * self.value.shape[1] + sensor
        _, back, times = np.unique(cell, return_inverse=True, return_counts=True)
        alone = times[back] == 1
        revised = np.zeros(len(slot), np.bool_) if correction is None else correction
        status[fresh & alone & (held == stamp) & ~revised] = DOUBLE
        plain = fresh & alone & (held == 0)
        at = (row[plain], sensor[plain])
        self.stamp[at], self.good[at], self.value[at] = stamp[plain], good[plain], (value * good)[plain]
        odd = np.flatnonzero(fresh & ~plain & (status == NEW)).tolist()
        changes = [self._put_one(i, slot, stamp, sensor, value, good, revised, status) for i in odd]
        return self._told(now, status, plain, odd, changes, slot, sensor, value, good)

    def _put_one(
        self,
        i: int,
        slot: Longs,
        stamp: npt.NDArray[np.uint16],
        sensor: Longs,
        value: Ints,
        good: Bools,
        revised: Bools,
        status: Bytes,
    ) -> tuple[int, int]:
        """One reading for a cell that has, or in this batch gets, another: rare, so plainly written."""
        n, s, second = int(slot[i]), int(sensor[i]), int(stamp[i])
        row = n % self.rows
        before = (int(self.value[row, s]), int(self.good[row, s]))
        crowd = self.crowds.get(n, {}).get(s)
        if crowd is None:
            crowd = {int(self.stamp[row, s]): (before[0], bool(before[1]))} if self.stamp[row, s] else {}
        if second in crowd:
            status[i] = CORRECTED if revised[i] else DOUBLE
            if not revised[i]:
                return 0, 0
        crowd[second] = (int(value[i]), bool(good[i]))
        if len(crowd) > 1:
            self.crowds.setdefault(n, {})[s] = crowd
        total, counts = self._combine(crowd)
        if not self.stamp[row, s]:
            self.stamp[row, s] = second
        self.value[row, s], self.good[row, s] = (total if counts else 0), counts
        return int(self.value[row, s]) - before[0], int(counts) - before[1]

    def _told(
        self,
        now: int,
        status: Bytes,
        plain: Bools,
        odd: list[int],
        changes: list[tuple[int, int]],
        slot: Longs,
        sensor: Longs,
        value: Ints,
        good: Bools,
    ) -> Put:
        """Differences of the cells that are already inside a window; cells ahead are counted when time reaches them."""
        late = np.flatnonzero(plain & (slot <= now))
        behind = [
            (i, change) for i, change in zip(odd, changes, strict=True) if slot[i] <= now and any(change)
        ]
        which = np.concatenate([late, np.array([i for i, _ in behind], np.int64)])
        difference = np.array([change[0] for _, change in behind], np.int32)
        counted = np.array([change[1] for _, change in behind], np.int32)
        return Put(
            status,
            slot[which],
            sensor[which],
            np.concatenate([(value * good)[late].astype(np.int32), difference]),
            np.concatenate([good[late].astype(np.int32), counted]),
        )

    def exclude(self, *, slot: int, sensor: int) -> tuple[int, int]:
        """A reading that is not believed: it stays known (a double of it is one), but counts no more."""
        row = slot % self.rows
        gone = (int(self.value[row, sensor]), int(self.good[row, sensor]))
        self.value[row, sensor], self.good[row, sensor] = 0, 0
        crowd = self.crowds.get(slot, {}).get(sensor, {})
        crowd.update({second: (value, False) for second, (value, _) in crowd.items()})
        return gone

    def clear(self, slot: int) -> None:
        """Forget a slot: its row becomes free for one ahead."""
        row = slot % self.rows
        self.value[row], self.good[row], self.stamp[row] = 0, 0, 0
        self.crowds.pop(slot, None)


_NOTHING = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int32))
