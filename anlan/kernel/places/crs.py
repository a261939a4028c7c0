"""Coordinates: WGS-84 inside, GCJ-02 and BD-09 turned at the door, and metres of the district's local projection.

GCJ-02 is an offset field over China; its inverse is found by fixed-point iteration (error below a centimetre after
five rounds). BD-09 is a further twist of GCJ-02. The published form of both is public knowledge, not a secret.
"""

import math

from django.conf import settings

Degrees = tuple[float, float]  # lon, lat

_A = 6_378_245.0  # semi-major axis of the Krasovsky 1940 ellipsoid, metres
_EE = 0.006_693_421_622_965_943
_BD = math.pi * 3000.0 / 180.0
_WGS_A = 6_378_137.0
_WGS_EE = 0.006_694_379_990_14


def _outside_china(lon: float, lat: float) -> bool:
    return not (73.66 < lon < 135.05 and 3.86 < lat < 53.55)


def _waves(x: float, y: float) -> Degrees:
    common = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + common
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + common
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    return east, north


def wgs84_to_gcj02(lon: float, lat: float) -> Degrees:
    """WGS-84 degrees to GCJ-02 degrees; unchanged outside China."""
    if _outside_china(lon, lat):
        return lon, lat
    east, north = _waves(lon - 105.0, lat - 35.0)
    rad = math.radians(lat)
    magic = 1.0 - _EE * math.sin(rad) ** 2
    root = math.sqrt(magic)
    north = north * 180.0 / (_A * (1.0 - _EE) / (magic * root) * math.pi)
    east = east * 180.0 / (_A / root * math.cos(rad) * math.pi)
    return lon + east, lat + north


def gcj02_to_wgs84(lon: float, lat: float) -> Degrees:
    """GCJ-02 degrees back to WGS-84 degrees."""
    x, y = lon, lat
    for _ in range(6):
        there = wgs84_to_gcj02(x, y)
        x, y = x + lon - there[0], y + lat - there[1]
    return x, y


def gcj02_to_bd09(lon: float, lat: float) -> Degrees:
    """GCJ-02 degrees to BD-09 degrees."""
    z = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BD)
    theta = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BD)
    return z * math.cos(theta) + 0.0065, z * math.sin(theta) + 0.006


def bd09_to_gcj02(lon: float, lat: float) -> Degrees:
    """BD-09 degrees to GCJ-02 degrees, by the same iteration as above."""
    x, y = lon - 0.0065, lat - 0.006
    for _ in range(6):
        there = gcj02_to_bd09(x, y)
        x, y = x + lon - there[0], y + lat - there[1]
    return x, y


def bd09_to_wgs84(lon: float, lat: float) -> Degrees:
    """BD-09 degrees to WGS-84 degrees."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def to_local(lon: float, lat: float) -> tuple[float, float]:
    """Metres east and north of the district's origin (`ANLAN_ORIGIN`), on the ellipsoid's radii at that latitude.

    Within 60 km of the origin distances err by less than 0.5 %; `nearest` re-orders its candidates exactly.
    """
    lon0, lat0 = settings.ANLAN_ORIGIN
    sine = math.sin(math.radians(lat0))
    across = _WGS_A / math.sqrt(1 - _WGS_EE * sine * sine)
    along = across * (1 - _WGS_EE) / (1 - _WGS_EE * sine * sine)
    return (
        math.radians(lon - lon0) * across * math.cos(math.radians(lat0)),
        math.radians(lat - lat0) * along,
    )
