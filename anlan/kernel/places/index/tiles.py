"""Tiles of a snapshot: cells with their counts at low zoom, every row when close."""

import gzip
from dataclasses import dataclass

import numpy as np

from anlan.kernel.places.index import mvt
from anlan.kernel.places.index.block import Block, short_ids
from anlan.kernel.places.index.grid import BITS, Array, rows_of_runs, separate, tile_run
from anlan.kernel.places.index.snapshot import Filter, Snapshot, allowed
from anlan.kernel.places.index.views import CELL_BITS, EXACT, Cells, Kept, View, Views, cells_of, together

FORMAT = 1  # of the tiles; another number makes every browser ask anew
WORTH = 4096  # bytes from which a tile is packed: a wire takes less than that at once
MOST = 20  # the last zoom for which tiles are made


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile and a word that is the same wherever its contents are."""

    tag: str
    body: bytes
    packed: bool  # gzip


class Tiles:
    """Makes tiles, keeps the last ones and the views they come from."""

    def __init__(self, most: int = 2000) -> None:
        self.views = Views()
        self._kept: Kept[tuple[str, int, int, int, Filter], Tile] = Kept(most)

    def tile(self, snapshot: Snapshot, cut: Filter, zoom: int, x: int, y: int) -> Tile:
        """The tile z/x/y as a filter leaves it; raises ValueError where there is no such tile."""
        if zoom > MOST:
            raise ValueError(f"no tiles beyond zoom {MOST}")
        first, last = tile_run(zoom, x, y)
        tag = tag_of(snapshot, first, last)
        key = (tag, zoom, x, y, cut)
        return self._kept.get(key, lambda: _packed(tag, self._body(snapshot, cut, zoom, first, last)))

    def _body(self, snapshot: Snapshot, cut: Filter, zoom: int, first: int, last: int) -> bytes:
        if zoom >= EXACT:
            return _points(snapshot, cut, zoom, first, last)
        return _cells(snapshot, self.views.of(snapshot, cut), cut, zoom, first, last)


def tag_of(snapshot: Snapshot, first: int, last: int) -> str:
    """A digest of the rows in a run of keys, whatever blocks and processes hold them."""
    total = 0
    for block in (snapshot.base, snapshot.extra):
        start, end = _run(block, first, last)
        total += int(block.sums[end]) - int(block.sums[start])
    dead = _dead(snapshot, first, last)
    sums = snapshot.base.sums
    total -= int(np.sum(sums[dead + 1] - sums[dead], dtype=np.uint64)) if len(dead) else 0
    return f"{FORMAT}-{total % (1 << 64):016x}"


def _run(block: Block, first: int, last: int) -> tuple[int, int]:
    start, end = rows_of_runs(block.keys, np.uint64(first), np.uint64(last))  # type: ignore[arg-type]
    return int(start), int(end)


def _dead(snapshot: Snapshot, first: int, last: int) -> Array:
    """Rows of the base in a run that are no longer true."""
    start, end = np.searchsorted(snapshot.dead, _run(snapshot.base, first, last))
    return snapshot.dead[int(start) : int(end)]


def _packed(tag: str, body: bytes) -> Tile:
    if len(body) < WORTH:
        return Tile(tag, body, packed=False)
    return Tile(tag, gzip.compress(body, 1, mtime=0), packed=True)


# ---- low zoom: cells ----------------
def _cells(snapshot: Snapshot, view: View, cut: Filter, zoom: int, first: int, last: int) -> bytes:
    found = clusters(snapshot, view, cut, zoom, first, last)
    if not len(found.codes):
        return b""
    colours = snapshot.names.colours
    total = found.counts.sum(axis=1)
    worst = len(colours) - 1 - np.argmax(found.counts[:, ::-1] > 0, axis=1)
    numbers, place = np.unique(np.column_stack((total, found.counts)), return_inverse=True)
    x, y = _on_tile(found.x / total, found.y / total, zoom)
    return mvt.layer(
        "cells",
        ids=found.codes | np.uint64(1 << 52),
        x=x,
        y=y,
        keys=("colour", "n", *(f"n_{colour}" for colour in colours)),
        values=(*colours, *(int(n) for n in numbers)),
        tags=np.column_stack((worst, place.reshape(len(total), -1) + len(colours))),
    )


def clusters(snapshot: Snapshot, view: View, cut: Filter, zoom: int, first: int, last: int) -> Cells:
    """The occupied cells of a tile with their rows by colour."""
    level, colours = zoom + CELL_BITS, len(snapshot.names.colours)
    shift = 2 * (BITS - level)
    cells = view.levels[level].part(first >> shift, last >> shift)
    dead = _dead(snapshot, first, last)
    dead = dead[view.allowed[snapshot.base.classes[dead]]]
    extra = snapshot.extra
    start, end = _run(extra, first, last)
    if not len(dead) and start == end:
        return cells
    kept = allowed(extra, snapshot.names, cut)
    added = start + np.flatnonzero(kept[extra.classes[start:end]])
    return together(
        [cells, cells_of(extra, added, extra.table.on_axis(cut.axis), level, colours)],
        [cells_of(snapshot.base, dead, view.colour, level, colours)],
    )


def _on_tile(x: Array, y: Array, zoom: int) -> tuple[Array, Array]:
    """Places in the world as 0…4095 in their tile."""
    side = np.uint64(1 << (BITS - zoom))
    unit = np.uint64(BITS - zoom - 12) if zoom <= BITS - 12 else np.uint64(0)
    return tuple((each.astype(np.uint64) % side) >> unit for each in (x, y))  # type: ignore[return-value]


# ---- close: every row ----------------
def rows_in(snapshot: Snapshot, cut: Filter, first: int, last: int) -> list[tuple[Block, Array]]:
    """The rows a filter leaves in a run of keys, block by block."""
    found = []
    for block, alive in ((snapshot.base, snapshot.alive), (snapshot.extra, None)):
        start, end = _run(block, first, last)
        kept = allowed(block, snapshot.names, cut)[block.classes[start:end]]
        if alive is not None:
            kept &= alive[start:end]
        found.append((block, start + np.flatnonzero(kept)))
    return found


def _points(snapshot: Snapshot, cut: Filter, zoom: int, first: int, last: int) -> bytes:
    names = snapshot.names
    parts = rows_in(snapshot, cut, first, last)
    if not sum(len(rows) for _, rows in parts):
        return b""
    ids = np.concatenate([short_ids(block.hashes[rows]) for block, rows in parts])
    keys = np.concatenate([block.keys[rows] for block, rows in parts])
    tags = np.concatenate([_tags(block, rows, cut.axis) for block, rows in parts])
    tags += np.array([0, len(names.layers), len(names.layers) + len(names.colours)])
    # The worst lie on top: a browser draws in the order of the tile.
    order = np.argsort(tags[:, 1], kind="stable")
    x, y = _on_tile(*separate(keys[order]), zoom)
    return mvt.layer(
        "objects",
        ids=ids[order],
        x=x,
        y=y,
        keys=("layer", "colour", "sector"),
        values=(*names.layers, *names.colours, *names.sectors),
        tags=tags[order],
    )


def _tags(block: Block, rows: Array, axis: str) -> Array:
    table, classes = block.table, block.classes[rows]
    return np.column_stack((table.layer[classes], table.on_axis(axis)[classes], table.sector[classes]))
