"""Writes: a tree of regions, kinds of places, places."""

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from shapely.geometry import shape

from anlan.kernel.core import keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.places import crs
from anlan.kernel.places.models import Place, PlaceKind, Region
from anlan.kernel.places.regions import ancestors, level_of, prefix_of

BAD_CODE = reason("places.bad_code", N_("Row {row}: {code} is not a region code of 12 digits."))
BAD_POSITION = reason(
    "places.bad_position",
    N_("{name}: longitude {lon}, latitude {lat} is no position. Check the order and the unit."),
)
UNKNOWN_CRS = reason(
    "places.unknown_crs", N_("{crs} is not a coordinate system known here: wgs84, gcj02 or bd09.")
)
BAD_ATTRIBUTE = reason("places.bad_attribute", N_("{name}: attribute {field} of kind {kind}: {problem}."))

_TO_WGS84 = {"wgs84": lambda lon, lat: (lon, lat), "gcj02": crs.gcj02_to_wgs84, "bd09": crs.bd09_to_wgs84}
CHUNK = 5_000  # rows an entry
_COLUMNS = ("community", "street", "county", "city", "province")
_TYPES: dict[str, type | tuple[type, ...]] = {"number": (int, float), "text": str, "flag": bool}


def regions_from_csv(path: Path) -> dict[str, str]:
    """Code → name of every region in a file with the columns community_code, community, street_code, street, …"""
    found: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            for column in _COLUMNS:
                code, name = (row.get(f"{column}_code") or "").strip(), (row.get(column) or "").strip()
                if not code:
                    continue
                if not code.isdigit() or len(code) > 12:
                    raise Refused(BAD_CODE, field=f"{column}_code", row=number, code=code)
                found.setdefault(code.ljust(12, "0"), name)
    return found


def load_regions(
    names: Mapping[str, str],
    *,
    outlines: Mapping[str, dict[str, Any]] | None = None,
    origin: str = "",
    by: str,
    at: datetime,
) -> int:
    """Add or rename regions by code (any tree); parents that the file does not name are not invented. Returns rows.

    `outlines`: GeoJSON geometries by code, with `origin` saying whose lines they are.
    """
    known = set(Region.objects.values_list("code", flat=True)) | set(names)
    rows = [_region(code, name, known, (outlines or {}).get(code), origin) for code, name in names.items()]
    rows.sort(key=lambda row: len(row.prefix))  # parents first: the foreign key is checked at once
    with transaction.atomic():
        Region.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=[
                "name",
                "level",
                "parent",
                "outline",
                "outline_origin",
                "outline_digest",
                "lon",
                "lat",
            ],
            batch_size=2000,
        )
        record(
            code="places.regions_loaded",
            subject=("places.region", rows[0].code),
            facts={"rows": len(rows), "origin": origin},
            by=by,
            at=at,
        )
    return len(rows)


def _region(code: str, name: str, known: set[str], outline: dict[str, Any] | None, origin: str) -> Region:
    parent = next((above for above in ancestors(code)[1:] if above in known), None)
    lon, lat = _middle(outline) if outline else (None, None)
    return Region(
        code=code, name=name, level=level_of(code), parent_id=parent, prefix=prefix_of(code),
        outline=outline, outline_origin=origin if outline else "", lon=lon, lat=lat,
        outline_digest=keys.sm3(json.dumps(outline, sort_keys=True).encode()) if outline else "",
    )  # fmt: skip


def _middle(outline: dict[str, Any]) -> tuple[float, float]:
    point = shape(outline).representative_point()
    return point.x, point.y


def declare_kind(
    *, code: str, label: str, label_en: str, attributes: dict[str, Any] | None = None
) -> PlaceKind:
    """Add or update a kind of place."""
    return PlaceKind.objects.update_or_create(
        code=code, defaults={"label": label, "label_en": label_en, "attributes": attributes or {}}
    )[0]


def new_place(
    *,
    kind: PlaceKind,
    name: str,
    region: str,
    lon: float,
    lat: float,
    at: datetime,
    system: str = "wgs84",
    **fields: Any,
) -> Place:
    """An unsaved place with its position in WGS-84 and its metres; raises `Refused` on a bad position or attribute."""
    if system not in _TO_WGS84:
        raise Refused(UNKNOWN_CRS, field="crs", crs=system)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon == 0 and lat == 0):
        raise Refused(BAD_POSITION, field="lon", name=name, lon=lon, lat=lat)
    lon, lat = _TO_WGS84[system](lon, lat)
    _check_attributes(kind, name, fields.get("attributes", {}))
    return Place(
        kind=kind,
        name=name,
        region_id=region,
        lon=lon,
        lat=lat,
        point=crs.to_local(lon, lat),
        created_at=at,
        **fields,
    )


def add_places(places: Iterable[Place], *, by: str, at: datetime, act: UUID | None = None) -> list[Place]:
    """Save many places in one act, one entry a chunk; it names the rows, so that maps read them."""
    rows = list(places)
    act = act or new_id()
    with transaction.atomic():
        Place.objects.bulk_create(rows, batch_size=2000)
        for start in range(0, len(rows), CHUNK):
            ids = [str(row.pk) for row in rows[start : start + CHUNK]]
            record(
                code="places.places_added",
                subject=("places.place", ids[0]),
                facts={"rows": len(ids), "ids": ids},
                by=by,
                at=at,
                act=act,
            )
    return rows


def _check_attributes(kind: PlaceKind, name: str, given: dict[str, Any]) -> None:
    for field, declared in kind.attributes.items():
        value = given.get(field)
        if value is None:
            if declared.get("required"):
                raise Refused(BAD_ATTRIBUTE, field=field, name=name, kind=kind.label, problem="missing")
        elif not isinstance(value, _TYPES[declared["type"]]) or (
            declared["type"] == "number" and isinstance(value, bool)
        ):
            raise Refused(
                BAD_ATTRIBUTE, field=field, name=name, kind=kind.label, problem=f"not a {declared['type']}"
            )
    for field in given.keys() - kind.attributes.keys():
        raise Refused(BAD_ATTRIBUTE, field=field, name=name, kind=kind.label, problem="not declared")
