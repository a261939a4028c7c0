"""Reads: what is near, and what lies inside an area."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
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
from anlan.kernel.places.index.area import Polygon
from anlan.kernel.places.index.counting import ids, tally
from anlan.kernel.places.index.keeper import keeper
from anlan.kernel.places.index.reading import PLACE
from anlan.kernel.places.index.snapshot import Filter
from anlan.kernel.places.layers import all_layers
from anlan.kernel.places.models import Place, Region
from anlan.kernel.places.regions import contains, meet, prefix_of

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


Cell = tuple[str, str]  # kind of place or layer, street


@dataclass(frozen=True, slots=True)
class AffectedSet:
    """What an area touches: regions (smallest known) and counts by kind and street; ids on demand."""

    regions: tuple[str, ...]
    cells: dict[Cell, int]
    _places: Callable[[], Iterable[UUID]] = field(repr=False)
    _rows: Callable[[str], Iterable[UUID]] = field(repr=False, default=lambda layer: ())

    @property
    def counts(self) -> dict[str, int]:
        """Kind → rows."""
        return self._summed(0)

    @property
    def by_region(self) -> dict[str, int]:
        """Street → rows."""
        return self._summed(1)

    def _summed(self, part: int) -> dict[str, int]:
        found: dict[str, int] = {}
        for cell, number in self.cells.items():
            found[cell[part]] = found.get(cell[part], 0) + number
        return found

    def place_ids(self) -> Iterable[UUID]:
        """The places, read from their rows now: the map may lag by a second."""
        return self._places()

    def ids(self, layer: str) -> Iterable[UUID]:
        """The rows of a layer as the map knows them."""
        return self._rows(layer)


def affected(
    *,
    area: dict[str, Any] | Sequence[str],
    kinds: Sequence[str],
    at: datetime,
    within: Sequence[str] | None = None,
) -> AffectedSet:
    """The affected set of a polygon (GeoJSON, WGS-84) or of regions by code.

    `kinds` are kinds of places and codes of layers; `within` cuts layers to the subtrees of some prefixes. Layers are
    counted by the index of this process: `Refused` places.map_building while it reads its rows.
    It draws and counts; whom to call is read from duty rows in the transaction that releases the call-out.
    """
    del at  # places have no history yet; the door keeps the time so that callers need not change when they do
    known = {layer.code for layer in all_layers()}
    asked = _Asked(
        places=tuple(kind for kind in kinds if kind not in known),
        layers=tuple(kind for kind in kinds if kind in known),
        polygon=_polygon(area) if isinstance(area, dict) else None,
        codes=() if isinstance(area, dict) else tuple(dict.fromkeys(area)),
        within=within,
    )
    return AffectedSet(asked.regions(), asked.cells(), asked.place_ids, asked.layer_ids)


class _Asked:
    """One question: what lies in a polygon, or in regions by code."""

    def __init__(
        self,
        *,
        places: tuple[str, ...],
        layers: tuple[str, ...],
        polygon: Any,
        codes: tuple[str, ...],
        within: Sequence[str] | None,
    ) -> None:
        self.places, self.layers, self.polygon, self.codes, self.within = (
            places,
            layers,
            polygon,
            codes,
            within,
        )
        self.shape = None if polygon is None else Polygon(polygon)
        self.prefixes = None if polygon is not None else tuple(prefix_of(code) for code in codes)
        # Layers are rows by the million: they are counted by the index or not at all.
        self.snapshot = keeper.ready() if layers else keeper.current

    def regions(self) -> tuple[str, ...]:
        return (
            self.codes if self.polygon is None else tuple(_touching_regions(self.polygon, "community", 0.02))
        )

    def cells(self) -> dict[Cell, int]:
        if self.snapshot is None:
            return dict(Counter((kind, _street(region)) for _, kind, region in self._places_now()))
        found = tally(self.snapshot, self.shape)
        places = found.cut(Filter((PLACE,), sectors=self.places or ("-",), regions=self.prefixes))
        counted = {(kind, street): n for (_, kind, street), n in places.by_kind_and_region().items()}
        for (layer, _, street), n in found.cut(self._cut(self.layers)).by_kind_and_region().items():
            counted[layer, street] = counted.get((layer, street), 0) + n
        return counted

    def place_ids(self) -> Iterable[UUID]:
        return [pk for pk, _, _ in self._places_now()]

    def layer_ids(self, layer: str) -> Iterable[UUID]:
        return ids(keeper.ready(), self._cut((layer,) if layer in self.layers else ()), self.shape)

    def _cut(self, layers: tuple[str, ...]) -> Filter:
        return Filter(layers, regions=meet(self.prefixes, self.within))

    def _places_now(self) -> list[tuple[UUID, str, str]]:
        """The places inside, from their rows: (id, kind, region)."""
        rows = Place.objects.filter(active=True, kind_id__in=self.places)
        if self.polygon is None:
            listed = rows.values_list("pk", "kind_id", "region_id")
            return [row for row in listed if any(contains(code, row[2]) for code in self.codes)]
        located = list(rows.values_list("pk", "kind_id", "region_id", "lon", "lat"))
        lon, lat = (np.array([row[n] for row in located], np.float64) for n in (3, 4))
        return [located[n][:3] for n in np.flatnonzero(shapely.contains_xy(self.polygon, lon, lat))]


def _street(region: str) -> str:
    return prefix_of(region)[:9].ljust(12, "0")


def regions_touching(area: dict[str, Any], *, level: str = "community", share: float = 0.02) -> list[str]:
    """Codes of the regions of a level that an area covers by at least a share of their surface (0–1)."""
    return _touching_regions(_polygon(area), level, share)


def _touching_regions(polygon: Any, level: str, share: float) -> list[str]:
    known = Region.objects.filter(level=level, outline__isnull=False).order_by("code")
    codes, shapes, sizes = _outlines(tuple(known.values_list("code", "outline_digest")))
    shapely.prepare(polygon)
    near = np.flatnonzero(shapely.intersects(polygon, shapes)) if len(codes) else np.empty(0, np.int64)
    covered = shapely.area(shapely.intersection(shapes[near], polygon)) if len(near) else np.empty(0)
    return [codes[n] for n in near[covered >= share * sizes[near]]]


@lru_cache(maxsize=8)
def _outlines(known: tuple[tuple[str, str], ...]) -> tuple[list[str], Any, Any]:
    """Codes, shapes and surfaces of some regions; read again when a line changed (its digest did)."""
    codes = [code for code, _ in known]
    found = dict(Region.objects.filter(pk__in=codes).values_list("pk", "outline"))
    shapes = np.array([shape(found[code]) for code in codes], dtype=object)
    return codes, shapes, shapely.area(shapes) if codes else np.empty(0)


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
