"""Which rows lie in a polygon or a rectangle: whole cells as runs of keys, the cells on the border point by point."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import shapely

from anlan.kernel.places.index.block import Block
from anlan.kernel.places.index.grid import (
    BITS,
    Array,
    interleave,
    joined_runs,
    project,
    rows_of_runs,
    spelled,
    unproject,
)

SIDE = 256  # cells along the longer side of what is asked for
STRAIGHT = 0.005  # degrees; over so short an edge a line of the map and a line of degrees differ by 3 mm
NEAR = 4.0  # places in the world (cm) by which a border may be off


class Region2D(Protocol):
    """Something that holds places: the cells wholly inside, the cells on its border, and a test for those."""

    inside: tuple[Array, Array]  # first and last keys of runs
    border: tuple[Array, Array]

    def holds(self, x: Array, y: Array) -> Array: ...


@dataclass(frozen=True, slots=True)
class Inside:
    """Rows of one block inside a shape: half-open runs, and single rows of border cells."""

    start: Array
    end: Array
    rows: Array

    def spelled(self) -> Array:
        """Every row."""
        return np.concatenate((spelled(self.start, self.end), self.rows))

    def classes(self, block: Block) -> Array:
        """The class of every row; runs are copied whole."""
        parts = [
            block.classes[a:b] for a, b in zip(self.start.tolist(), self.end.tolist(), strict=True) if b > a
        ]
        return np.concatenate([*parts, block.classes[self.rows]])

    def histogram(self, block: Block) -> Array:
        """Rows a class. Of a shape that holds most of the block the fewer rows outside are counted."""
        size = len(block.table)
        if 2 * int((self.end - self.start).sum()) <= len(block):
            return np.bincount(self.classes(block), minlength=size)
        gaps = Inside(
            np.concatenate(([0], self.end)), np.concatenate((self.start, [len(block)])), self.rows[:0]
        )
        outside = np.bincount(gaps.classes(block), minlength=size)
        found: Array = block.histogram - outside + np.bincount(block.classes[self.rows], minlength=size)
        return found

    def having(self, rows: Array) -> Array:
        """Those of some sorted rows that are in it."""
        place = np.searchsorted(self.start, rows, "right") - 1
        inside = (place >= 0) & (rows < self.end[place]) if len(self.start) else np.zeros(len(rows), np.bool_)
        return rows[inside | np.isin(rows, self.rows)]


def inside(block: Block, shape: Region2D) -> Inside:
    """The rows of a block that a shape holds."""
    start, end = rows_of_runs(block.keys, *shape.inside)
    edge = spelled(*rows_of_runs(block.keys, *shape.border))
    return Inside(start, end, edge[shape.holds(block.x[edge], block.y[edge])])


def _level(west: float, north: float, east: float, south: float, side: int) -> int:
    """Bits below the level at which something is `side` cells long."""
    longest = max(east - west, south - north, 1.0)
    return min(BITS, max(0, int(np.ceil(np.log2(longest / side)))))


class Rectangle:
    """What a screen shows: corners in degrees, both included."""

    def __init__(self, west: float, south: float, east: float, north: float) -> None:
        (x0, x1), (y0, y1) = project(np.array([west, east]), np.array([north, south]))
        self.corners = np.array([np.ceil(x0), np.ceil(y0), x1, y1]).astype(np.uint64)
        bits = _level(x0, y0, x1, y1, SIDE // 4)
        cx, cy = (np.arange(int(a) >> bits, (int(b) >> bits) + 1) for a, b in ((x0, x1), (y0, y1)))
        edge = np.zeros((len(cy), len(cx)), np.bool_)
        edge[[0, -1], :] = edge[:, [0, -1]] = True
        codes = interleave(*np.meshgrid(cx, cy))
        self.inside = joined_runs(codes[~edge], 2 * bits)
        self.border = joined_runs(codes[edge], 2 * bits)

    def holds(self, x: Array, y: Array) -> Array:
        x0, y0, x1, y1 = self.corners
        found: Array = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
        return found


class Polygon:
    """A valid polygon or multipolygon in degrees (Shapely's)."""

    def __init__(self, polygon: Any) -> None:
        self.polygon = polygon
        shapely.prepare(polygon)
        rings = _edges(polygon)
        ends = np.concatenate(rings, axis=1)
        west, north, east, south = ends[::2].min(), ends[1::2].min(), ends[::2].max(), ends[1::2].max()
        bits = _level(west, north, east, south, SIDE)
        left, top = int(west) >> bits, int(north) >> bits
        width, height = (int(east) >> bits) - left + 1, (int(south) >> bits) - top + 1
        unit = float(1 << bits)
        ends = ends / unit - np.array([[left], [top], [left], [top]])
        edge = _touched(ends, width, height, NEAR / unit)
        within = _middles_inside(ends, width, height) & ~edge
        cx, cy = np.meshgrid(np.arange(left, left + width), np.arange(top, top + height))
        self.inside = joined_runs(interleave(cx[within], cy[within]), 2 * bits)
        self.border = joined_runs(interleave(cx[edge], cy[edge]), 2 * bits)

    def holds(self, x: Array, y: Array) -> Array:
        found: Array = shapely.contains_xy(self.polygon, *unproject(x, y))
        return found


def _edges(polygon: Any) -> list[Array]:
    """The edges of every ring as (4, n): x, y, x, y of their ends in the world."""
    found = []
    for part in shapely.get_parts(shapely.segmentize(polygon, STRAIGHT)):
        for ring in (part.exterior, *part.interiors):
            x, y = project(*shapely.get_coordinates(ring).T)
            found.append(np.stack((x[:-1], y[:-1], x[1:], y[1:])))
    return found


def _crossings(low: Array, high: Array) -> tuple[Array, Array]:
    """For each edge the whole numbers in [low, high]: (edge, number) one after another."""
    first, last = np.ceil(low).astype(np.int64), np.floor(high).astype(np.int64)
    sizes = np.maximum(last - first + 1, 0)
    return np.repeat(np.arange(len(first)), sizes), spelled(first, first + sizes)


def _touched(ends: Array, width: int, height: int, near: float) -> Array:
    """Cells that an edge passes through, or nearly: (height, width) booleans."""
    found = np.zeros((height, width), np.bool_)
    x0, y0, x1, y1 = ends
    for x, y in ((x0, y0), *_on_lines(x0, y0, x1, y1), *((b, a) for a, b in _on_lines(y0, x0, y1, x1))):
        for dx in (-near, near):
            for dy in (-near, near):
                column = np.clip(np.floor(x + dx), 0, width - 1).astype(np.int64)
                row = np.clip(np.floor(y + dy), 0, height - 1).astype(np.int64)
                found[row, column] = True
    return found


def _on_lines(x0: Array, y0: Array, x1: Array, y1: Array) -> list[tuple[Array, Array]]:
    """Where edges cross the lines x = whole number."""
    edge, line = _crossings(np.minimum(x0, x1), np.maximum(x0, x1))
    run = x1[edge] - x0[edge]
    share = np.divide(line - x0[edge], run, out=np.zeros(len(edge)), where=run != 0)
    return [(line.astype(np.float64), y0[edge] + share * (y1[edge] - y0[edge]))]


def _middles_inside(ends: Array, width: int, height: int) -> Array:
    """Cells whose middle lies inside, by counting the edges to its left: (height, width) booleans."""
    x0, y0, x1, y1 = ends
    low, high = np.minimum(y0, y1) - 0.5, np.maximum(y0, y1) - 0.5
    # Half-open in y, so that a corner counts once: rows with low ≤ row < high.
    first, last = np.ceil(low).astype(np.int64), np.ceil(high).astype(np.int64)
    edge = np.repeat(np.arange(len(first)), last - first)
    row = spelled(first, last)
    x = x0[edge] + (row + 0.5 - y0[edge]) / (y1[edge] - y0[edge]) * (x1[edge] - x0[edge])
    column = np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)
    flips = np.bincount(row * (width + 1) + column, minlength=height * (width + 1))
    return (np.cumsum(flips.reshape(height, width + 1), axis=1)[:, :width] & 1).astype(np.bool_)
