"""Points and sources for the map: a million rows in seconds, out of one binary COPY into NumPy arrays."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from django.db import connection

from anlan.kernel.core.words import N_
from anlan.kernel.places.spec import Layer, LayerRows

COLOURS = ("none", "blue", "yellow", "orange", "red")  # index = level
SECTORS = ("", *"ABCDEFGHIJKLMNOPQRST")  # sections of GB/T 4754-2017
RANK = {colour: number for number, colour in enumerate(COLOURS)}
_HEAD = 19  # of a binary COPY: signature, flags, length of the extension
# One row as COPY sends it: the number of fields, then the length before each of them. All are of fixed length.
_ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("l1", ">i4"), ("id", "u1", (16,)), ("l2", ">i4"), ("lon", ">f8"), ("l3", ">i4"), ("lat", ">f8"),
        ("l4", ">i4"), ("region", ">i8"), ("l5", ">i4"), ("current", ">i2"), ("l6", ">i4"), ("worst", ">i2"),
        ("l7", ">i4"), ("sector", ">i2"), ("l8", ">i4"), ("alive", "u1"),
    ]
)  # fmt: skip
_PLACED = (
    "coalesce(p.lon, 0), coalesce(p.lat, 0), p.region_id::bigint, {current}, {worst},"
    " CASE WHEN p.section = '' THEN 0 ELSE ascii(p.section) - 64 END::int2, {alive}"
)
_POINTS = (
    "SELECT p.id, "  # noqa: S608 - made of constants
    + _PLACED.format(
        current="p.current_level", worst="p.worst_case_level", alive="p.active AND p.lon IS NOT NULL"
    )
    + " FROM risks_riskpoint p"
)
_SOURCES = (
    "SELECT s.id, "  # noqa: S608 - made of constants
    + _PLACED.format(
        current="s.assessed_level",
        worst="s.worst_case_level",
        alive="s.active AND p.active AND p.lon IS NOT NULL",
    )
    + " FROM risks_risksource s JOIN risks_riskpoint p ON p.id = s.point_id"
)


def points(ids: Sequence[UUID] | None) -> LayerRows:
    """Points by current and worst-case level; see `Layer.read`."""
    return _read(_POINTS, "p.active AND p.lon IS NOT NULL", "p.id", ids)


def sources(ids: Sequence[UUID] | None) -> LayerRows:
    """Sources where their points lie, by assessed and worst-case level of their own."""
    return _read(_SOURCES, "s.active AND p.active AND p.lon IS NOT NULL", "s.id", ids)


def _read(select: str, alive: str, key: str, ids: Sequence[UUID] | None) -> LayerRows:
    where = f"{alive}" if ids is None else f"{key} = ANY(%s)"
    values = [] if ids is None else [list(ids)]
    parts: list[memoryview | bytes] = []
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({select} WHERE {where}) TO STDOUT (FORMAT BINARY)", values) as copy,
    ):
        parts.extend(copy)
    data = b"".join(parts)
    rows = np.frombuffer(data, dtype=_ROW, offset=_HEAD, count=(len(data) - _HEAD) // _ROW.itemsize)
    return LayerRows(
        ids=np.ascontiguousarray(rows["id"]),
        lon=rows["lon"].astype(np.float64),
        lat=rows["lat"].astype(np.float64),
        region=rows["region"].astype(np.int64),
        colour=rows["current"].astype(np.uint8),
        colour_worst=rows["worst"].astype(np.uint8),
        sector=rows["sector"].astype(np.uint16),
        alive=rows["alive"].astype(bool),
    )


_ENTRIES = ("risks.assessed", "risks.weighed", "risks.point_declared", "sheets.taken")
POINT_LAYER = Layer(
    "risk_point", N_("Risk points"), points, entries=_ENTRIES, colours=COLOURS, sectors=SECTORS, rank=RANK
)
SOURCE_LAYER = Layer(
    "risk_source",
    N_("Risk sources"),
    sources,
    entries=("sheets.taken",),
    colours=COLOURS,
    sectors=SECTORS,
    rank=RANK,
)
