"""A block: rows sorted along the Morton curve, never changed once made. Pure NumPy.

What is said of a row (layer, colour on two axes, sector, region) is its *class*: an index into a short table. A
filter is one boolean a class, whatever it asks for; a count is one histogram of classes.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from anlan.kernel.places.index.grid import Array, interleave, project, spelled

# A class in 64 bits, highest first: layer, colour, colour of the worst case, sector, region (12 digits fit in 40).
REGION_BITS, SECTOR_BITS, COLOUR_BITS, LAYER_BITS = 40, 10, 4, 6
_SECTOR = REGION_BITS
_WORST = _SECTOR + SECTOR_BITS
_COLOUR = _WORST + COLOUR_BITS
_LAYER = _COLOUR + COLOUR_BITS
SHORT = (
    1 << 52
)  # set in every short id, so that all take the same eight bytes; below 2⁵³ a browser keeps them exact


class Columns(NamedTuple):
    """Rows on their way into a block: places in the world, ids (n, 16), packed classes."""

    x: Array
    y: Array
    ids: Array
    classes: Array


def pack(layer: int, colour: Array, worst: Array, sector: Array, region: Array) -> Array:
    """Packed classes (uint64)."""
    found = region.astype(np.uint64) | (sector.astype(np.uint64) << np.uint64(_SECTOR))
    found |= worst.astype(np.uint64) << np.uint64(_WORST)
    found |= colour.astype(np.uint64) << np.uint64(_COLOUR)
    return found | np.uint64(layer << _LAYER)


class Table:
    """The classes of a block, each once, with what they say."""

    def __init__(self, packed: Array) -> None:
        self.packed = packed
        self.layer = _bits(packed, _LAYER, LAYER_BITS)
        self.colour = _bits(packed, _COLOUR, COLOUR_BITS)
        self.worst = _bits(packed, _WORST, COLOUR_BITS)
        self.sector = _bits(packed, _SECTOR, SECTOR_BITS)
        self.region = _bits(packed, 0, REGION_BITS)

    def __len__(self) -> int:
        return len(self.packed)

    def on_axis(self, axis: str) -> Array:
        """The colour of each class on an axis, "current" or "worst"."""
        return self.worst if axis == "worst" else self.colour


def _bits(packed: Array, low: int, width: int) -> Array:
    return ((packed >> np.uint64(low)) & np.uint64((1 << width) - 1)).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Block:
    """Columns of n rows in the order of `keys`; `classes` index the table."""

    keys: Array  # uint64, sorted
    x: Array  # uint32
    y: Array  # uint32
    ids: Array  # (n, 16) uint8
    classes: Array  # int64
    table: Table
    number: int = field(
        default_factory=itertools.count(1).__next__
    )  # this block and no other, for what is made of it

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def hashes(self) -> Array:
        """64 bits of layer and id, for finding a row by its id."""
        return hash_ids(self.ids, self.table.layer[self.classes])

    @cached_property
    def by_hash(self) -> tuple[Array, Array]:
        """Hashes sorted, and the row of each."""
        order = np.argsort(self.hashes).astype(np.int32)
        return self.hashes[order], order

    @cached_property
    def sums(self) -> Array:
        """Running sums of row digests: two runs of rows with the same difference hold the same things."""
        digests = mix(self.hashes ^ mix(self.keys) ^ mix(self.table.packed + np.uint64(1))[self.classes])
        return np.concatenate((np.zeros(1, np.uint64), np.cumsum(digests, dtype=np.uint64)))

    @cached_property
    def histogram(self) -> Array:
        """Rows a class."""
        return np.bincount(self.classes, minlength=len(self.table))

    def rows_of(self, ids: Array, layer: int) -> Array:
        """Rows that carry one of the ids (m, 16) in a layer, in no order."""
        if not len(self) or not len(ids):
            return np.empty(0, np.int64)
        wanted = hash_ids(ids, np.full(len(ids), layer))
        hashes, rows = self.by_hash
        start, end = np.searchsorted(hashes, wanted, "left"), np.searchsorted(hashes, wanted, "right")
        found = rows[spelled(start, end)].astype(np.int64)
        asked = np.repeat(np.arange(len(ids)), end - start)
        same = (self.ids[found] == ids[asked]).all(axis=1)
        kept: Array = found[same & (self.table.layer[self.classes[found]] == layer)]
        return kept

    def rows_of_short(self, short: int) -> Array:
        """Rows that a tile calls by this short id: one, and in a million millions two."""
        hashes, rows = self.by_hash
        low = (short & (SHORT - 1)) << 12
        start = np.searchsorted(hashes, np.uint64(low), "left")
        end = np.searchsorted(hashes, np.uint64(low | 0xFFF), "right")
        return rows[start:end].astype(np.int64)


def mix(values: Array) -> Array:
    """Bits stirred (the finisher of splitmix64)."""
    found = values.astype(np.uint64)
    found ^= found >> np.uint64(30)
    found *= np.uint64(0xBF58476D1CE4E5B9)
    found ^= found >> np.uint64(27)
    found *= np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))


def hash_ids(ids: Array, layers: Array) -> Array:
    """64 bits of each id (n, 16) in its layer."""
    halves = np.ascontiguousarray(ids).view("<u8").reshape(-1, 2)
    return mix(mix(halves[:, 0] + layers.astype(np.uint64)) ^ halves[:, 1])


def short_ids(hashes: Array) -> Array:
    """The ids that features in a tile carry (uint64 below 2⁵³)."""
    return (hashes >> np.uint64(12)) | np.uint64(SHORT)


def columns_of(
    *,
    layer: int,
    ids: Array,
    lon: Array,
    lat: Array,
    colour: Array,
    worst: Array,
    sector: Array,
    region: Array,
) -> Columns:
    """Rows of one layer: degrees projected, class packed."""
    x, y = project(lon, lat)
    packed = pack(layer, colour, worst, sector, region)
    return Columns(x.astype(np.uint32), y.astype(np.uint32), np.ascontiguousarray(ids, np.uint8), packed)


def build(parts: Sequence[Columns]) -> Block:
    """One block of many columns; they may be let go afterwards."""
    if not parts:
        none = np.empty(0, np.uint32)
        parts = [Columns(none, none, np.empty((0, 16), np.uint8), np.empty(0, np.uint64))]
    x, y, ids, classes = (np.concatenate(column) for column in zip(*parts, strict=True))
    keys = interleave(x, y)
    # Nearly sorted after a merge: the stable sort then takes the runs as they are.
    order = np.argsort(keys, kind="stable")
    packed, classes = np.unique(classes, return_inverse=True)
    return Block(keys[order], x[order], y[order], ids[order], classes[order].astype(np.int64), Table(packed))


def taken(block: Block, rows: Any) -> Columns:
    """Some rows of a block (a mask, a slice or positions) as columns again."""
    return Columns(block.x[rows], block.y[rows], block.ids[rows], block.table.packed[block.classes[rows]])


EMPTY = build(())
