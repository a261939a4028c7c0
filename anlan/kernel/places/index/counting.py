"""Counts over a snapshot: by layer, colour, sector or region, everywhere or in a shape."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from anlan.kernel.places.index.area import Region2D, inside
from anlan.kernel.places.index.block import Block, Table
from anlan.kernel.places.index.grid import Array
from anlan.kernel.places.index.snapshot import Filter, Names, Snapshot, allowed

KeyOf = Callable[[Table], Array]


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows of each class a filter and a shape leave, for each block."""

    names: Names
    axis: str
    parts: tuple[tuple[Table, Array], ...]

    @property
    def total(self) -> int:
        return sum(int(counts.sum()) for _, counts in self.parts)

    def by_layer_and_colour(self) -> dict[str, dict[str, int]]:
        """Layer → colour → rows; what is zero is left out."""
        colours = len(self.names.colours)
        sums = self._sums(lambda table: table.layer * colours + table.on_axis(self.axis))
        found: dict[str, dict[str, int]] = {}
        for place, number in sums.items():
            found.setdefault(self.names.layers[place // colours], {})[self.names.colours[place % colours]] = (
                number
            )
        return found

    def by_kind_and_region(self, digits: int = 9) -> dict[tuple[str, str, str], int]:
        """(layer, sector, region cut to so many digits) → rows."""
        cut = 10 ** (12 - digits)
        sums = self._sums(
            lambda table: (table.layer * 1024 + table.sector) * 10**12 + table.region // cut * cut
        )
        return {
            (
                self.names.layers[key // 10**12 // 1024],
                self.names.sectors[key // 10**12 % 1024],
                f"{key % 10**12:012}",
            ): number
            for key, number in sums.items()
        }

    def _sums(self, key_of: KeyOf) -> dict[int, int]:
        found: dict[int, int] = {}
        for table, counts in self.parts:
            some = np.flatnonzero(counts)
            keys, place = np.unique(key_of(table)[some], return_inverse=True)
            for key, number in zip(keys.tolist(), np.bincount(place, counts[some]).tolist(), strict=True):
                found[key] = found.get(key, 0) + int(number)
        return {key: number for key, number in found.items() if number}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows of each class lie in a shape; any filter may be put to it afterwards."""

    snapshot: Snapshot
    parts: tuple[tuple[Block, Array], ...]

    def cut(self, cut: Filter) -> Count:
        """What a filter leaves of it."""
        names = self.snapshot.names
        return Count(
            names, cut.axis, tuple((b.table, counts * allowed(b, names, cut)) for b, counts in self.parts)
        )


def tally(snapshot: Snapshot, shape: Region2D | None = None) -> Tally:
    """Histograms of classes, everywhere or in a shape."""
    base = snapshot.base
    found = inside(base, shape) if shape is not None else None
    counts = base.histogram if found is None else found.histogram(base)
    if len(snapshot.dead):
        gone = snapshot.dead if found is None else found.having(snapshot.dead)
        counts = counts - np.bincount(base.classes[gone], minlength=len(base.table))
    extra = snapshot.extra
    late = extra.histogram if shape is None else inside(extra, shape).histogram(extra)
    return Tally(snapshot, ((base, counts), (extra, late)))


def count(snapshot: Snapshot, cut: Filter, shape: Region2D | None = None) -> Count:
    """Count the rows a filter leaves, everywhere or in a shape."""
    return tally(snapshot, shape).cut(cut)


def ids(snapshot: Snapshot, cut: Filter, shape: Region2D | None = None) -> Iterator[UUID]:
    """The ids of the rows a filter leaves, everywhere or in a shape."""
    for block, alive in ((snapshot.base, snapshot.alive), (snapshot.extra, None)):
        rows = np.arange(len(block)) if shape is None else inside(block, shape).spelled()
        rows = rows[allowed(block, snapshot.names, cut)[block.classes[rows]]]
        rows = rows if alive is None else rows[alive[rows]]
        yield from (UUID(bytes=raw.tobytes()) for raw in block.ids[rows])
