"""Regions as this subject needs them: streets of an area, shapes turned into regions, names for a sentence."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from anlan.domains.warnings.rules import calls, cap
from anlan.kernel.places.models import Region
from anlan.kernel.places.queries import regions_touching
from anlan.kernel.places.regions import prefix_of, street_of

_KM_A_DEGREE = 111.32


def known(codes: Iterable[str]) -> list[str]:
    """Those of the codes that are regions here, in order."""
    codes = list(dict.fromkeys(codes))
    here = set(Region.objects.filter(pk__in=codes).values_list("pk", flat=True))
    return [code for code in codes if code in here]


def rows(codes: Iterable[str]) -> QuerySet[Region]:
    """The rows of region codes."""
    return Region.objects.filter(pk__in=list(codes))


def streets_in(codes: Sequence[str]) -> dict[str, list[str]]:
    """Street → the parts of an area that lie in it: the street itself, or single communities of it."""
    found: dict[str, list[str]] = {}
    for code in codes:
        if len(prefix_of(code)) >= 9:
            found.setdefault(street_of(code), []).append(code)
        else:
            below = Region.objects.filter(level="street", code__startswith=prefix_of(code)).order_by("code")
            for street in below.values_list("pk", flat=True):
                found[street] = [street]
    # A region of a level above that has no streets loaded stands for itself.
    return found or {code: [code] for code in codes}


def compressed(codes: Iterable[str]) -> list[str]:
    """An area with as few regions as say the same: all streets of a district are the district."""
    found = set(codes)
    found = {
        code for code in found if not any(other != code and calls.covers(other, code) for other in found)
    }
    for parent in sorted({code[:6].ljust(12, "0") for code in found if len(prefix_of(code)) == 9}):
        streets = set(Region.objects.filter(level="street", parent=parent).values_list("pk", flat=True))
        if len(streets) > 1 and streets <= found:
            found = (found - streets) | {parent}
    return sorted(found)


def names_of(codes: Iterable[str]) -> str:
    """The names of regions for a sentence: 临港街道、望潮街道."""
    return "、".join(
        Region.objects.filter(pk__in=list(codes)).order_by("code").values_list("name", flat=True)
    )


def of_shapes(areas: Sequence[cap.Area]) -> tuple[list[str], dict[str, Any] | None]:
    """The communities that polygons and circles touch, and the shapes as one GeoJSON geometry (WGS-84)."""
    rings = [list(map(list, ring)) for area in areas for ring in area.polygons]
    rings += [_ring(*circle) for area in areas for circle in area.circles if circle[2] > 0]
    if not rings:
        return [], None
    codes = dict.fromkeys(
        code for ring in rings for code in regions_touching({"type": "Polygon", "coordinates": [ring]})
    )
    return list(codes), {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}


def rings_of(area: dict[str, Any]) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The outer rings of a GeoJSON polygon or multipolygon: CAP knows no holes."""
    geometry = area.get("geometry", area)
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return tuple(tuple((float(p[0]), float(p[1])) for p in polygon[0]) for polygon in polygons)


def _ring(lon: float, lat: float, radius_km: float) -> list[list[float]]:
    """A circle as 36 points; good to a few metres at the sizes a warning has."""
    up, across = radius_km / _KM_A_DEGREE, radius_km / (_KM_A_DEGREE * math.cos(math.radians(lat)))
    angles = [math.tau * step / 36 for step in range(36)]
    ring = [[lon + across * math.cos(a), lat + up * math.sin(a)] for a in angles]
    return [*ring, ring[0]]
