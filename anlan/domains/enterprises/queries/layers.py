"""Sites of firms for the map: colour by the A–D class, read by one statement into NumPy arrays."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from django.db import connection

from anlan.kernel.core.words import N_
from anlan.kernel.places.spec import Layer, LayerRows

# A class is no statutory level: D is the darkest, none of them is a hue.
COLOURS = ("none", "class_a", "class_b", "class_c", "class_d")
SECTORS = ("", *"ABCDEFGHIJKLMNOPQRST")  # sections of GB/T 4754-2017
_ROW = np.dtype(
    [
        ("id", "u1", (16,)), ("lon", ">f8"), ("lat", ">f8"), ("region", ">i8"), ("colour", ">i2"), ("sector", ">i2"),
        ("alive", "u1"),
    ]
)  # fmt: skip
_PACKED = (
    "SELECT string_agg(uuid_send(s.id) || float8send(coalesce(s.lon, 0)) || float8send(coalesce(s.lat, 0))"
    " || int8send(s.region_id::int8) || int2send(position(e.grade IN 'ABCD')::int2 * (e.grade <> '')::int::int2)"
    " || int2send(CASE WHEN e.section = '' THEN 0 ELSE ascii(e.section) - 64 END::int2) || boolsend(alive.is),"
    " ''::bytea)"
    " FROM enterprises_site s JOIN enterprises_enterprise e ON e.organisation_id = s.enterprise_id,"
    " LATERAL (SELECT s.active AND s.lon IS NOT NULL AND e.status IN ('operating', 'suspended') AS is) alive WHERE "
)


def sites(ids: Sequence[UUID] | None) -> LayerRows:
    """Sites with a position, of firms in operation or suspended; see `Layer.read`.

    Ids that are firms (acts name the firm) stand for their sites.
    """
    with connection.cursor() as cursor:
        if ids is None:
            cursor.execute(_PACKED + "alive.is")
        else:
            cursor.execute(_PACKED + "(s.id = ANY(%s) OR s.enterprise_id = ANY(%s))", [list(ids), list(ids)])
        data = cursor.fetchone()[0] or b""
    rows = np.frombuffer(data, dtype=_ROW)
    colour = rows["colour"].astype(np.uint8)
    return LayerRows(
        ids=np.ascontiguousarray(rows["id"]),
        lon=rows["lon"].astype(np.float64),
        lat=rows["lat"].astype(np.float64),
        region=rows["region"].astype(np.int64),
        colour=colour,
        colour_worst=colour,
        sector=rows["sector"].astype(np.uint16),
        alive=rows["alive"].astype(bool),
    )


SITE_LAYER = Layer(
    "enterprise_site",
    N_("Sites of enterprises"),
    sites,
    entries=(
        "enterprises.registered", "enterprises.site_added", "enterprises.site_changed", "enterprises.site_closed",
        "enterprises.status_set",
        "enterprises.class_signed", "enterprises.imported", "sheets.taken",
    ),
    colours=COLOURS,
    sectors=SECTORS,
    rank={colour: number for number, colour in enumerate(COLOURS)},
)  # fmt: skip
