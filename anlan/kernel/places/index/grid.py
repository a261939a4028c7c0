"""The grid of the world: Web-Mercator in 32 bits an axis (a centimetre), cells and tiles along a Morton curve.

A key interleaves the bits of x and y, so every tile of every zoom, and every cell of it, is one run of sorted keys.
"""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

BITS = 32
WORLD = 1 << BITS
NORTH = 85.051128779806604  # degrees; what Web-Mercator holds

_SPREAD = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)
_GATHER = (
    (1, 0x3333333333333333),
    (2, 0x0F0F0F0F0F0F0F0F),
    (4, 0x00FF00FF00FF00FF),
    (8, 0x0000FFFF0000FFFF),
    (16, 0x00000000FFFFFFFF),
)


def project(lon: Array, lat: Array) -> tuple[Array, Array]:
    """WGS-84 degrees to places in the world, float64 in [0, 2³²); y grows to the south, as in tiles."""
    x = (np.asarray(lon, np.float64) + 180.0) * (WORLD / 360.0)
    sine = np.sin(np.radians(np.clip(np.asarray(lat, np.float64), -NORTH, NORTH)))
    y = (0.5 - np.arctanh(sine) / (2 * np.pi)) * WORLD
    return np.clip(x, 0, WORLD - 1), np.clip(y, 0, WORLD - 1)


def unproject(x: Array, y: Array) -> tuple[Array, Array]:
    """Places in the world back to WGS-84 degrees."""
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * np.asarray(y, np.float64) / WORLD))))
    return np.asarray(x, np.float64) * (360.0 / WORLD) - 180.0, lat


def interleave(x: Array, y: Array) -> Array:
    """Morton keys (uint64) of places or cells; x takes the even bits."""
    found: Array = _spread(x) | (_spread(y) << np.uint64(1))
    return found


def separate(keys: Array) -> tuple[Array, Array]:
    """x and y (uint64) of Morton keys."""
    return _gather(keys), _gather(keys >> np.uint64(1))


def _spread(values: Array) -> Array:
    found = values.astype(np.uint64)
    for shift, mask in _SPREAD:
        found |= found << np.uint64(shift)
        found &= np.uint64(mask)
    return found


def _gather(keys: Array) -> Array:
    found = keys & np.uint64(0x5555555555555555)
    for shift, mask in _GATHER:
        found |= found >> np.uint64(shift)
        found &= np.uint64(mask)
    return found


def tile_run(zoom: int, x: int, y: int) -> tuple[int, int]:
    """First and last key of a tile; raises ValueError when there is no such tile."""
    if not (0 <= zoom <= BITS and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
        raise ValueError(f"no tile {zoom}/{x}/{y}")
    code = int(interleave(np.array([x]), np.array([y]))[0])
    shift = 2 * (BITS - zoom)
    return code << shift, ((code + 1) << shift) - 1


def rows_of_runs(keys: Array, first: Array, last: Array) -> tuple[Array, Array]:
    """Runs of keys (first and last included) as half-open runs of rows in sorted keys."""
    start = np.searchsorted(keys, first, side="left")
    end = np.searchsorted(keys, last, side="right")
    return start, end


def joined_runs(codes: Array, shift: int) -> tuple[Array, Array]:
    """Cells by their codes at a level, neighbours on the curve joined, as first and last keys.

    `shift` is twice the number of bits below the level.
    """
    if not len(codes):
        empty = np.empty(0, np.uint64)
        return empty, empty
    codes = np.sort(codes)
    breaks = np.flatnonzero(np.diff(codes) != 1)
    first = codes[np.concatenate(([0], breaks + 1))]
    last = codes[np.concatenate((breaks, [len(codes) - 1]))]
    width = np.uint64((1 << shift) - 1)
    return first << np.uint64(shift), (last << np.uint64(shift)) | width


def spelled(start: Array, end: Array) -> Array:
    """The rows of half-open runs, one after another: int64."""
    sizes = np.maximum(end - start, 0)
    total = int(sizes.sum())
    if not total:
        return np.empty(0, np.int64)
    jumps = np.ones(total, np.int64)
    filled = sizes > 0
    sizes, start = sizes[filled], start[filled]
    heads = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    jumps[heads] = start
    jumps[heads[1:]] -= start[:-1] + sizes[:-1] - 1
    return np.cumsum(jumps)
