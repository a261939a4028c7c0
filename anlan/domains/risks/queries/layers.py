"""Points and sources for the map: a million rows in seconds, packed by the server, into NumPy arrays."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np
from django.db import connection, transaction

from anlan.kernel.core.words import N_
from anlan.kernel.places.spec import Layer, LayerRows

COLOURS = ("none", "blue", "yellow", "orange", "red")  # index = level
SECTORS = ("", *"ABCDEFGHIJKLMNOPQRST")  # sections of GB/T 4754-2017
RANK = {colour: number for number, colour in enumerate(COLOURS)}
_ROW = np.dtype(
    [
        ("id", "u1", (16,)), ("lon", ">f8"), ("lat", ">f8"), ("region", ">i8"),
        ("current", ">i2"), ("worst", ">i2"), ("sector", ">i2"), ("alive", "u1"),
    ]
)  # fmt: skip
# The server packs all rows into one value: a row of a result each costs the driver ten times as much.
_PACKED = (
    "SELECT string_agg(uuid_send({key}) || float8send(coalesce(p.lon, 0)) || float8send(coalesce(p.lat, 0))"
    " || int8send(p.region_id::int8) || int2send({current}) || int2send({worst})"
    " || int2send(CASE WHEN p.section = '' THEN 0 ELSE ascii(p.section) - 64 END::int2) || boolsend({alive}),"
    " ''::bytea)"
    " FROM {tables} WHERE {where}"
)
_PATIENT = (
    "SELECT set_config(name, '120s', true) FROM pg_settings"
    " WHERE name IN ('statement_timeout', 'transaction_timeout')"
)
_POINTS = {
    "key": "p.id",
    "current": "p.current_level",
    "worst": "p.worst_case_level",
    "alive": "p.active AND p.lon IS NOT NULL",
    "named": "p.id = ANY(%s)",
    "tables": "risks_riskpoint p",
}
_SOURCES = {
    "key": "s.id",
    "current": "s.assessed_level",
    "worst": "s.worst_case_level",
    "alive": "s.active AND p.active AND p.lon IS NOT NULL",
    "named": "(s.id = ANY(%s) OR s.point_id = ANY(%s))",  # an act names the point
    "tables": "risks_risksource s JOIN risks_riskpoint p ON p.id = s.point_id",
}


def points(ids: Sequence[UUID] | None) -> LayerRows:
    """Points by current and worst-case level; see `Layer.read`."""
    return _read(_POINTS, ids)


def sources(ids: Sequence[UUID] | None) -> LayerRows:
    """Sources where their points lie, by assessed and worst-case level of their own."""
    return _read(_SOURCES, ids)


def _read(names: Mapping[str, str], ids: Sequence[UUID] | None) -> LayerRows:
    where = names["alive"] if ids is None else names["named"]
    with transaction.atomic(), connection.cursor() as cursor:
        # A million rows on a busy machine may take longer than any page may.
        cursor.execute(_PATIENT)
        given = [] if ids is None else [list(ids)] * where.count("%s")
        cursor.execute(_PACKED.format(where=where, **names), given)
        data = cursor.fetchone()[0] or b""
    rows = np.frombuffer(data, dtype=_ROW)
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


_MOVED = ("risks.assessed", "risks.point_declared", "risks.point_ended", "sheets.taken")
POINT_LAYER = Layer(
    "risk_point", N_("Risk points"), points, entries=("risks.weighed", *_MOVED), colours=COLOURS, sectors=SECTORS,
    rank=RANK,
)  # fmt: skip
SOURCE_LAYER = Layer(
    "risk_source",
    N_("Risk sources"),
    sources,
    entries=_MOVED,
    colours=COLOURS,
    sectors=SECTORS,
    rank=RANK,
)
