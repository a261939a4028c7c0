"""A view: what a filter leaves of a block, counted by cell and colour at every zoom. Made once a filter and block."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

import numpy as np

from anlan.kernel.places.index.block import Block
from anlan.kernel.places.index.grid import BITS, Array
from anlan.kernel.places.index.snapshot import Filter, Names, Snapshot, allowed

EXACT = 17  # from this zoom on a tile holds every row; below it cells. Decided by zoom, never by tile.
CELL_BITS = 3  # eight cells a side: a symbol every 64 points of the screen
FINEST = EXACT - 1 + CELL_BITS

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """The last so many of what was made, shared by threads. Two may make the same thing at once; one is kept."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._found: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        value = make()
        self.put(key, value)
        return value

    def peek(self, key: Key) -> Value | None:
        """What is kept, or None; it counts as no use of it."""
        with self._lock:
            return self._found.get(key)

    def put(self, key: Key, value: Value) -> None:
        """Keep a value, in place of another."""
        with self._lock:
            self._found[key] = value
            self._found.move_to_end(key)
            while len(self._found) > self.most:
                self._found.popitem(last=False)

    def known(self) -> list[Key]:
        """Those kept, the last used last."""
        with self._lock:
            return list(self._found)

    def clear(self) -> None:
        with self._lock:
            self._found.clear()


@dataclass(frozen=True, slots=True)
class Cells:
    """Occupied cells of one level: codes sorted, rows by colour (m, colours), sums of x and y over their rows."""

    codes: Array
    counts: Array
    x: Array
    y: Array

    def part(self, first: int, last: int) -> "Cells":
        """Those from one code to another, both included."""
        start, end = np.searchsorted(self.codes, np.array([first, last + 1], np.uint64))
        cut = slice(int(start), int(end))
        return Cells(self.codes[cut], self.counts[cut], self.x[cut], self.y[cut])


class View:
    """The cells of a filter over a block, level by level; `levels[n]` has 2ⁿ cells a side of the world."""

    def __init__(self, block: Block, names: Names, cut: Filter) -> None:
        self.allowed = allowed(block, names, cut)
        self.colour = block.table.on_axis(cut.axis)
        rows = slice(None) if bool(self.allowed.all()) else np.flatnonzero(self.allowed[block.classes])
        self.levels = {FINEST: cells_of(block, rows, self.colour, FINEST, len(names.colours))}
        for level in range(FINEST - 1, CELL_BITS - 1, -1):
            self.levels[level] = coarser(self.levels[level + 1])


def cells_of(block: Block, rows: Array | slice, colour_of_class: Array, level: int, colours: int) -> Cells:
    """Some rows of a block (in the order of their keys) as cells of a level."""
    codes = block.keys[rows] >> np.uint64(2 * (BITS - level))
    if not len(codes):
        return Cells(codes, np.zeros((0, colours), np.int64), np.zeros(0), np.zeros(0))
    new = np.concatenate(([True], codes[1:] != codes[:-1]))
    starts = np.flatnonzero(new)
    place = (np.cumsum(new) - 1) * colours + colour_of_class[block.classes[rows]]
    counts = np.bincount(place, minlength=len(starts) * colours).reshape(-1, colours)
    x, y = (np.add.reduceat(column[rows].astype(np.float64), starts) for column in (block.x, block.y))
    return Cells(codes[starts], counts, x, y)


def coarser(cells: Cells) -> Cells:
    """The same one level up: four cells become one."""
    codes = cells.codes >> np.uint64(2)
    if not len(codes):
        return cells
    starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    return Cells(
        codes[starts], *(np.add.reduceat(each, starts, axis=0) for each in (cells.counts, cells.x, cells.y))
    )


def together(added: list[Cells], taken: list[Cells]) -> Cells:
    """Cells of the same level summed, some of them taken away; what is empty falls out."""
    every = [*added, *taken]
    signs = np.concatenate([np.full(len(c.codes), s) for s, part in ((1, added), (-1, taken)) for c in part])
    codes, place = np.unique(np.concatenate([c.codes for c in every]), return_inverse=True)
    counts = np.zeros((len(codes), every[0].counts.shape[1]), np.int64)
    np.add.at(counts, place, np.concatenate([c.counts for c in every]) * signs[:, None])
    x, y = (
        np.bincount(place, np.concatenate([getattr(c, axis) for c in every]) * signs, len(codes))
        for axis in "xy"
    )
    left = counts.sum(axis=1) > 0
    return Cells(codes[left], counts[left], x[left], y[left])


class Views:
    """The views of the blocks in use; a new block makes its predecessor's filters again before it is shown."""

    def __init__(self, most: int = 48) -> None:
        self._kept: Kept[tuple[int, Filter], View] = Kept(most)

    def of(self, snapshot: Snapshot, cut: Filter) -> View:
        """The view of a filter over the snapshot's large block."""
        key = (snapshot.base.number, cut)
        return self._kept.get(key, lambda: View(snapshot.base, snapshot.names, cut))

    def follow(self, old: Snapshot, new: Snapshot, most: int = 8) -> None:
        """Make the views last used of one snapshot for the next one."""
        used = [cut for number, cut in self._kept.known() if number == old.base.number]
        for cut in used[-most:]:
            self.of(new, cut)
