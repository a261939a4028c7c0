"""A snapshot: a large block, the rows of it that are no longer true, and a small block of what came since.

Nothing of a snapshot changes: a refresh makes the next one beside it, so readers never wait and never see half.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

import numpy as np

from anlan.kernel.places.index.block import EMPTY, Block, Columns, build, taken
from anlan.kernel.places.index.grid import Array

LEAST_DELTA = 4096
SHARE = 32  # the delta may grow to a thirty-second of the block before both are merged


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers of a class mean. Of two colours the later one wins in a cluster."""

    layers: tuple[str, ...]
    colours: tuple[str, ...]
    sectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows count. `regions` are the significant digits of subtrees, None = everywhere; `colours` and `sectors`
    are all when empty, `layers` none.
    """

    layers: tuple[str, ...]
    axis: str = "current"
    colours: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The rows of all layers at a place in the ledger's sequence."""

    names: Names
    base: Block = EMPTY
    dead: Array = field(default_factory=lambda: np.empty(0, np.int64))  # sorted rows of the base
    extra: Block = EMPTY
    seq: int = 0

    def __len__(self) -> int:
        return len(self.base) - len(self.dead) + len(self.extra)

    @cached_property
    def alive(self) -> Array:
        """One flag a row of the base."""
        found = np.ones(len(self.base), np.bool_)
        found[self.dead] = False
        return found

    def at(self, seq: int) -> "Snapshot":
        """The same rows, read up to a later place."""
        return Snapshot(self.names, self.base, self.dead, self.extra, seq)

    def replaced(self, *, layer: int, ids: Array, rows: Columns) -> "Snapshot":
        """The snapshot without the rows of these ids (m, 16) in a layer, and with others in their place."""
        dead = np.union1d(self.dead, self.base.rows_of(ids, layer))
        kept = np.ones(len(self.extra), np.bool_)
        kept[self.extra.rows_of(ids, layer)] = False
        extra = build([taken(self.extra, kept), rows])
        return Snapshot(self.names, self.base, dead, extra, self.seq)

    @property
    def heavy(self) -> bool:
        """Whether the delta has grown enough to be merged."""
        return len(self.dead) + len(self.extra) > max(LEAST_DELTA, len(self.base) // SHARE)

    def merged(self) -> "Snapshot":
        """The same rows in one block."""
        block = build([taken(self.base, self.alive), taken(self.extra, slice(None))])
        return Snapshot(self.names, block, seq=self.seq)

    def find(self, short: int) -> list[tuple[str, UUID]]:
        """(layer, id) of the rows a tile calls by this short id."""
        found = []
        for block, dead in ((self.base, self.dead), (self.extra, None)):
            for row in block.rows_of_short(short) if len(block) else ():
                if dead is None or not _holds(dead, int(row)):
                    layer = self.names.layers[block.table.layer[block.classes[row]]]
                    found.append((layer, UUID(bytes=block.ids[row].tobytes())))
        return found


def _holds(rows: Array, row: int) -> bool:
    place = int(np.searchsorted(rows, row))
    return place < len(rows) and int(rows[place]) == row


def allowed(block: Block, names: Names, cut: Filter) -> Array:
    """One boolean a class of the block: does the filter keep it?"""
    table = block.table
    found = np.isin(table.layer, _numbers(names.layers, cut.layers))
    if cut.colours:
        found &= np.isin(table.on_axis(cut.axis), _numbers(names.colours, cut.colours))
    if cut.sectors:
        found &= np.isin(table.sector, _numbers(names.sectors, cut.sectors))
    return found if cut.regions is None else found & _inside(table.region, cut.regions)


def _numbers(names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    return [names.index(word) for word in wanted if word in names]


def _inside(regions: Array, prefixes: Sequence[str]) -> Array:
    """Which 12-digit codes lie in one of the subtrees."""
    found = np.zeros(len(regions), np.bool_)
    for prefix in prefixes:
        low = int(prefix.ljust(12, "0"))
        found |= (regions >= low) & (regions < low + 10 ** (12 - len(prefix)))
    return found
