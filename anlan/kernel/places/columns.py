"""Rows of a layer straight into columns: a binary COPY of fixed width, read by NumPy.

A million rows as Python objects are half a gigabyte and ten seconds; as columns they are 45 MB and one.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from anlan.kernel.places.spec import LayerRows

# What a layer's SELECT gives, in this order and none of it null. Casts belong into the SELECT.
COLUMNS = (
    ("ids", "uuid"),
    ("lon", "float8"),
    ("lat", "float8"),
    ("region", "int8"),
    ("colour", "int2"),
    ("colour_worst", "int2"),
    ("sector", "int2"),
    ("alive", "bool"),
)
_WIDTHS = {
    "uuid": ("u1", 16),
    "float8": (">f8", 1),
    "int8": (">i8", 1),
    "int2": (">i2", 1),
    "bool": ("u1", 1),
}
_KEPT = {
    "lon": np.float64, "lat": np.float64, "region": np.int64, "colour": np.uint8, "colour_worst": np.uint8,
    "sector": np.uint16, "alive": np.bool_,
}  # fmt: skip
_HEADER, _TRAILER = 19, 2  # signature, flags, extension length; and the closing -1
_PIECE = 1 << 22


def _record() -> np.dtype[Any]:
    """The layout of a COPY row: how many fields, then each one's length and its value."""
    fields: list[Any] = [("count", ">i2")]
    for name, kind in COLUMNS:
        code, size = _WIDTHS[kind]
        fields += [(f"{name}_size", ">i4"), (name, code, (size,)) if size > 1 else (name, code)]
    return np.dtype(fields)


RECORD = _record()
_SIZES = [np.dtype(_WIDTHS[kind][0]).itemsize * _WIDTHS[kind][1] for _, kind in COLUMNS]


def read_rows(select: str, parameters: Sequence[Any] = ()) -> LayerRows:
    """The rows of a SELECT of `COLUMNS`: id uuid, lon and lat float8, region bigint, colour, colour_worst and
    sector smallint, alive boolean. Raises ValueError when a column has another type or is null.
    """
    statement = f"COPY ({select}) TO STDOUT (FORMAT BINARY)"
    with connection.cursor() as cursor, patient(cursor), cursor.copy(statement, list(parameters)) as copy:
        parts = [_columns(rows) for rows in _records(copy)]
    return LayerRows(*(_joined([part[i] for part in parts], name) for i, (name, _) in enumerate(COLUMNS)))


@contextmanager
def patient(cursor: Any) -> Iterator[None]:
    """More time for one statement than the role gives; within somebody's transaction their limits stay."""
    if connection.in_atomic_block:
        yield
        return
    version: int = getattr(
        connection, "pg_version", 0
    )  # of the PostgreSQL backend; its base class knows none
    limits = ["statement_timeout", *(["transaction_timeout"] if version >= 170000 else [])]
    for limit in limits:
        cursor.execute(f"SET {limit} = '120s'")
    try:
        yield
    finally:
        for limit in limits:
            cursor.execute(f"RESET {limit}")


def ids_text(ids: Iterable[UUID]) -> list[str]:
    """Ids as a parameter for `= ANY(%s::uuid[])`."""
    return [str(each) for each in ids]


def _records(copy: Any) -> Iterable[np.ndarray[Any, Any]]:
    """The stream cut into whole records; what is left of a piece goes before the next one."""
    rest, begun = bytearray(), False
    for block in copy:
        rest += block
        if not begun and len(rest) >= _HEADER:
            begun = True
            del rest[:_HEADER]
        if begun and len(rest) > _PIECE:
            whole = (len(rest) - _TRAILER) // RECORD.itemsize
            yield np.frombuffer(bytes(rest[: whole * RECORD.itemsize]), dtype=RECORD)
            del rest[: whole * RECORD.itemsize]
    whole, odd = divmod(len(rest) - _TRAILER, RECORD.itemsize)
    if odd:
        raise ValueError("a layer's SELECT must give the columns of anlan.kernel.places.columns, none null")
    yield np.frombuffer(bytes(rest[: whole * RECORD.itemsize]), dtype=RECORD)


def _columns(rows: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    for (name, _), size in zip(COLUMNS, _SIZES, strict=True):
        if not bool((rows[f"{name}_size"] == size).all()):
            raise ValueError(f"column {name} of a layer's SELECT has another type or is null")
    return [rows[name].astype(_KEPT.get(name, np.uint8)) for name, _ in COLUMNS]


def _joined(parts: list[np.ndarray[Any, Any]], name: str) -> np.ndarray[Any, Any]:
    if parts:
        return np.concatenate(parts)
    return np.empty((0, 16), np.uint8) if name == "ids" else np.empty(0, _KEPT[name])
