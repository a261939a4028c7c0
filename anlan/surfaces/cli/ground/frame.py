"""The invented ground of the demo district in kilometres, and its place on the globe.

The district lies where the real map shows open sea south of the Pearl River mouth: no real village is under it.
All lines are drawn by us. x runs east, y north, origin at `LON0`, `LAT0`.
"""

from math import cos, radians
from pathlib import Path

import numpy as np
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import transform

SEED = 440399
LON0, LAT0 = 113.60, 21.52
KM_PER_LAT = 110.574
KM_PER_LON = 111.320 * cos(radians(LAT0 + 0.09))
DATA = Path(__file__).resolve().parent.parent / "demo" / "data"

# Corners of the coast from the north-west to the south-east, then of the inland border back to the start.
COAST = [
    (2.3, 20.4), (1.6, 18.6), (2.9, 17.5), (3.4, 16.6), (2.2, 15.7), (1.2, 13.6), (1.5, 11.0), (0.8, 8.6),
    (1.4, 6.8), (2.6, 6.2), (2.2, 4.8), (1.1, 3.7), (2.4, 2.2), (4.6, 1.3), (6.3, 2.4), (7.6, 3.1),
    (9.0, 2.0), (11.3, 1.2), (13.2, 1.9), (14.6, 1.0), (16.9, 0.7), (18.8, 1.6), (20.9, 0.9), (23.3, 1.4),
]  # fmt: skip
INLAND = [
    (23.9, 3.9), (23.2, 6.6), (24.2, 9.4), (23.4, 12.1), (24.0, 15.0), (23.1, 17.6), (21.9, 20.2), (18.6, 20.8),
    (15.2, 20.1), (12.0, 20.9), (8.6, 20.2), (5.4, 20.9),
]  # fmt: skip
RIVERS = {
    "望澜河": ("Wanglan River", [
        (20.4, 8.4), (17.6, 9.3), (14.4, 8.6), (11.6, 10.2), (8.6, 11.6), (6.2, 14.4),
        (4.6, 16.0), (3.2, 16.7),
    ]),
    "凤溪": ("Feng Brook", [
        (20.2, 15.4), (17.2, 14.6), (14.2, 15.6), (11.0, 14.9), (8.2, 15.9), (5.4, 16.4),
        (3.2, 16.7),
    ]),
    "榕水": ("Rong Water", [(9.6, 8.8), (7.2, 8.4), (4.6, 8.2), (2.6, 7.4), (1.6, 7.0)]),
    "潮涌": ("Chao Creek", [(13.4, 7.2), (11.6, 5.6), (9.6, 4.2), (8.2, 2.8)]),
    "石鼓河": ("Shigu River", [(21.0, 11.4), (20.6, 8.4), (18.4, 5.2), (17.8, 3.2), (18.6, 1.6)]),
}  # fmt: skip
ROADS = {
    "滨海大道": ("Binhai Avenue", "trunk", [
        (3.6, 20.3), (3.9, 17.4), (3.0, 14.2), (2.8, 10.4), (3.4, 7.0), (4.2, 3.6),
        (7.2, 4.0), (10.6, 2.8), (14.6, 2.4), (18.2, 3.0), (23.6, 2.6),
    ]),
    "环城高速": ("Ring Expressway", "motorway", [
        (6.4, 20.6), (7.2, 16.6), (7.4, 12.0), (8.4, 7.6), (12.8, 6.2), (15.6, 8.4),
        (15.2, 12.4), (14.0, 17.2), (13.6, 20.6),
    ]),
    "机场路": ("Airport Road", "primary", [
        (1.9, 10.8), (5.2, 10.6), (9.2, 10.0), (13.0, 10.6), (17.0, 11.6), (23.6, 12.6),
    ]),
    "港前大道": ("Harbour Avenue", "primary", [(2.4, 4.6), (5.6, 5.4), (9.4, 5.2), (12.8, 4.4)]),
    "望潮大道": ("Wangchao Avenue", "primary", [
        (9.8, 2.4), (10.4, 6.2), (10.8, 10.4), (11.4, 15.2), (12.0, 20.6),
    ]),
    "岭背公路": ("Lingbei Road", "secondary", [(14.0, 17.0), (17.4, 16.6), (20.4, 17.4), (22.8, 18.2)]),
    "石矶路": ("Shiji Road", "secondary", [(12.8, 6.2), (16.2, 6.8), (19.2, 6.4), (23.4, 6.0)]),
}  # fmt: skip
HILLS = {
    "石鼓山": ("Shigu Hills", (20.8, 6.0), (2.6, 3.6)),
    "凤岭山": ("Fengling Hills", (20.6, 12.6), (2.4, 1.9)),
    "岭背山": ("Lingbei Hills", (21.2, 18.4), (2.0, 1.4)),
    "望海岗": ("Wanghai Ridge", (15.2, 4.2), (1.2, 1.0)),
}


def smooth(points: list[tuple[float, float]], rounds: int = 2) -> list[tuple[float, float]]:
    """Chaikin's corner cutting; the ends stay."""
    for _ in range(rounds):
        line = np.array(points)
        cut = np.empty((2 * (len(line) - 1), 2))
        cut[0::2] = 0.75 * line[:-1] + 0.25 * line[1:]
        cut[1::2] = 0.25 * line[:-1] + 0.75 * line[1:]
        points = [tuple(line[0]), *map(tuple, cut), tuple(line[-1])]
    return points


def roughen(
    points: list[tuple[float, float]], rng: np.random.Generator, size: float = 0.10
) -> list[tuple[float, float]]:
    """Give a smooth line the small bays of a real one: midpoints moved sideways, twice."""
    for spread in (size, size / 2):
        line = np.array(points)
        middle = (line[:-1] + line[1:]) / 2 + rng.normal(0, spread, (len(line) - 1, 2))
        mixed = np.empty((2 * len(line) - 1, 2))
        mixed[0::2], mixed[1::2] = line, middle
        points = list(map(tuple, mixed))
    return points


def coast(rng: np.random.Generator) -> list[tuple[float, float]]:
    return roughen(smooth(COAST), rng)


def land(shore: list[tuple[float, float]]) -> Polygon:
    """The district: shore and inland border closed to one polygon, about 400 km²."""
    border = smooth([shore[-1], *INLAND, shore[0]])
    ground = Polygon(shore + border[1:-1]).buffer(0)
    return max(getattr(ground, "geoms", [ground]), key=lambda part: part.area)


def sea(shore: list[tuple[float, float]]) -> Polygon:
    """The water to the west and the south of the shore, to the edge of the sheet."""
    return Polygon([*shore, (34, -8), (-12, -8), (-12, 32), (-1, 32)]).buffer(0)


def hill(middle: tuple[float, float], half: tuple[float, float], rng: np.random.Generator) -> Polygon:
    turn = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    reach = 1 + 0.16 * np.cos(3 * turn + rng.uniform(0, 6)) + 0.08 * np.cos(5 * turn + rng.uniform(0, 6))
    return Polygon(
        np.c_[middle[0] + half[0] * reach * np.cos(turn), middle[1] + half[1] * reach * np.sin(turn)]
    )


def line(points: list[tuple[float, float]]) -> LineString:
    return LineString(smooth(points))


def globe(shape: BaseGeometry) -> BaseGeometry:
    """Kilometres of the sheet to WGS-84 degrees, rounded to five places (about a metre)."""
    return transform(
        lambda x, y: (
            np.round(LON0 + np.asarray(x) / KM_PER_LON, 5),
            np.round(LAT0 + np.asarray(y) / KM_PER_LAT, 5),
        ),
        shape,
    )


def degrees(x: float, y: float) -> tuple[float, float]:
    spot = globe(Point(x, y))
    return float(spot.x), float(spot.y)
