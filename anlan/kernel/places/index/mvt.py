"""Mapbox vector tiles (version 2.1) of points, encoded by NumPy: every feature takes the same bytes, so a tile is a
matrix filled column by column. Numbers are padded to their widest form, which the encoding allows.
"""

from collections.abc import Sequence

import numpy as np

from anlan.kernel.places.index.grid import Array

EXTENT = 4096
MOST_VALUES = 1 << 14  # two bytes of seven bits
_ID_BYTES = 8  # of seven bits: ids below 2⁵⁶
_POINT, _MOVE = 1, 9


def layer(
    name: str,
    *,
    ids: Array,
    x: Array,
    y: Array,
    keys: Sequence[str],
    values: Sequence[str | int],
    tags: Array,
) -> bytes:
    """One layer: ids uint64 (n) of exactly 53 bits, x and y in 0…4095, tags (n, keys) indices into `values`.

    Returns the bytes of a tile with this layer; tiles of several layers are their bytes one after another.
    """
    if len(values) > MOST_VALUES:
        raise ValueError(f"{len(values)} values in one tile, at most {MOST_VALUES}")
    body = b"".join(
        (
            b"\x78\x02",
            _text(0x0A, name),
            _features(ids, x, y, tags),
            *(_text(0x1A, key) for key in keys),
            *(_value(value) for value in values),
            b"\x28" + _varint(EXTENT),
        )
    )
    return b"\x1a" + _varint(len(body)) + body


def _features(ids: Array, x: Array, y: Array, tags: Array) -> bytes:
    """Each feature: its length, id, tags (key, value, key, value …), type point, one MoveTo."""
    count, keys = tags.shape
    inner = 1 + _ID_BYTES + 2 + 3 * keys + 2 + 7
    out = np.empty((count, 2 + inner), np.uint8)
    out[:, 0], out[:, 1] = 0x12, inner
    at = 2
    out[:, at] = 0x08
    _put(out, at + 1, ids, _ID_BYTES)
    at += 1 + _ID_BYTES
    out[:, at], out[:, at + 1] = 0x12, 3 * keys
    at += 2
    for key in range(keys):
        out[:, at] = key
        _put(out, at + 1, tags[:, key], 2)
        at += 3
    out[:, at : at + 5] = (0x18, _POINT, 0x22, 5, _MOVE)
    _put(out, at + 5, x * 2, 2)  # zigzag of what is not negative
    _put(out, at + 7, y * 2, 2)
    return out.tobytes()


def _put(out: Array, at: int, numbers: Array, width: int) -> None:
    """Numbers as varints of a fixed width."""
    left = numbers.astype(np.uint64)
    for n in range(width):
        out[:, at + n] = (left & np.uint64(0x7F)) | np.uint64(0x80 if n < width - 1 else 0)
        left = left >> np.uint64(7)


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def _text(tag: int, text: str) -> bytes:
    raw = text.encode()
    return bytes([tag]) + _varint(len(raw)) + raw


def _value(value: str | int) -> bytes:
    body = _text(0x0A, value) if isinstance(value, str) else b"\x28" + _varint(value)
    return b"\x22" + _varint(len(body)) + body
