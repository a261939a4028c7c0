"""Reads: what is near, and what lies inside an area."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.db import connection
from shapely.geometry import shape

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.places import crs
from anlan.kernel.places.models import Place, Region
from anlan.kernel.places.regions import contains, prefix_of

BAD_AREA = reason("places.bad_area", N_("The area is not a closed polygon: {problem}. Draw it again."))

_EARTH = 12_742_017.6  # twice the mean radius, metres


def metres_between(lon: float, lat: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in metres (haversine, mean radius)."""
    up, across = math.radians(lat2 - lat) / 2, math.radians(lon2 - lon) / 2
    h = math.sin(up) ** 2 + math.cos(math.radians(lat)) * math.cos(math.radians(lat2)) * math.sin(across) ** 2
    return _EARTH * math.asin(math.sqrt(h))


def nearest(*, lon: float, lat: float, kinds: Sequence[str], count: int = 10) -> list[tuple[Place, float]]:
    """The nearest active places of some kinds with their distance in metres, nearest first."""
    x, y = crs.to_local(lon, lat)
    with connection.cursor() as cursor:
        # Twice as many candidates as asked for: the flat projection may order two near-equal distances wrongly.
        cursor.execute(
            "SELECT id FROM places_place WHERE active AND kind_id = ANY(%s) ORDER BY point <-> point(%s, %s) LIMIT %s",
            [list(kinds), x, y, 2 * count + 4],
        )
        ids = [row[0] for row in cursor.fetchall()]
    found = [
        (place, metres_between(lon, lat, place.lon, place.lat)) for place in Place.objects.filter(pk__in=ids)
    ]
    return sorted(found, key=lambda pair: (pair[1], str(pair[0].pk)))[:count]


@dataclass(frozen=True, slots=True)
class AffectedSet:
    """What an area touches: regions (smallest known), counts of places by kind and by street; ids on demand."""

    regions: tuple[str, ...]
    counts: dict[str, int]
    by_region: dict[str, int]
    _ids: tuple[UUID, ...] = field(repr=False)

    def place_ids(self) -> Iterable[UUID]:
        return self._ids


def affected(*, area: dict[str, Any] | Sequence[str], kinds: Sequence[str], at: datetime) -> AffectedSet:
    """The affected set of a polygon (GeoJSON, WGS-84) or of regions by code.

    It draws and counts; whom to call is read from duty rows in the transaction that releases the call-out.
    """
    del at  # places have no history yet; the door keeps the time so that callers need not change when they do
    if isinstance(area, dict):
        return _of_polygon(_polygon(area), kinds)
    codes = tuple(dict.fromkeys(area))
    rows = Place.objects.filter(active=True, kind_id__in=kinds).values_list("pk", "kind_id", "region_id")
    inside = [row for row in rows if any(contains(code, row[2]) for code in codes)]
    return _set(codes, inside)


def regions_touching(area: dict[str, Any], *, level: str = "community", share: float = 0.02) -> list[str]:
    """Codes of the regions of a level that an area covers by at least a share of their surface (0–1)."""
    polygon = _polygon(area)
    shapely.prepare(polygon)
    found = []
    for code, outline in Region.objects.filter(level=level, outline__isnull=False).values_list(
        "code", "outline"
    ):
        region = shape(outline)
        if polygon.intersects(region) and polygon.intersection(region).area >= share * region.area:
            found.append(code)
    return found


def region_at(*, lon: float, lat: float, level: str = "community") -> str | None:
    """The code of the region of a level that a position lies in, or None where no outline holds it."""
    point = shapely.Point(lon, lat)
    for code, outline in Region.objects.filter(level=level, outline__isnull=False).values_list(
        "code", "outline"
    ):
        if shape(outline).covers(point):
            return code
    return None


def neighbours(*, parent: str) -> dict[str, frozenset[str]]:
    """Which children of a region touch each other, by their outlines; a region without an outline touches none."""
    rows = Region.objects.filter(parent_id=parent, outline__isnull=False).order_by("code")
    return _touching(tuple(rows.values_list("code", "outline_digest")))


@lru_cache(maxsize=8)
def _touching(children: tuple[tuple[str, str], ...]) -> dict[str, frozenset[str]]:
    codes = [code for code, _ in children]
    shapes = {row.pk: shape(row.outline) for row in Region.objects.filter(pk__in=codes)}
    return {
        code: frozenset(other for other in codes if other != code and shapes[code].intersects(shapes[other]))
        for code in codes
    }


def _polygon(area: dict[str, Any]) -> Any:
    try:
        polygon = shape(area.get("geometry", area))
    except (ValueError, KeyError, TypeError, AttributeError, shapely.errors.ShapelyError) as problem:
        raise Refused(BAD_AREA, field="area", problem=str(problem)) from problem
    if polygon.is_empty or not polygon.is_valid or polygon.geom_type not in ("Polygon", "MultiPolygon"):
        raise Refused(BAD_AREA, field="area", problem=shapely.is_valid_reason(polygon))
    return polygon


def _of_polygon(polygon: Any, kinds: Sequence[str]) -> AffectedSet:
    rows = list(
        Place.objects.filter(active=True, kind_id__in=kinds).values_list(
            "pk", "kind_id", "region_id", "lon", "lat"
        )
    )
    lon = np.array([row[3] for row in rows])
    lat = np.array([row[4] for row in rows])
    shapely.prepare(polygon)
    inside = np.flatnonzero(shapely.contains_xy(polygon, lon, lat)) if rows else np.empty(0, dtype=np.intp)
    touched = tuple(regions_touching(shapely.geometry.mapping(polygon)))
    return _set(touched, [rows[i][:3] for i in inside])


def _set(regions: tuple[str, ...], rows: Sequence[tuple[UUID, str, str]]) -> AffectedSet:
    counts: dict[str, int] = {}
    by_region: dict[str, int] = {}
    for _, kind, region in rows:
        counts[kind] = counts.get(kind, 0) + 1
        street = prefix_of(region)[:9].ljust(12, "0")
        by_region[street] = by_region.get(street, 0) + 1
    return AffectedSet(regions, counts, by_region, tuple(row[0] for row in rows))
