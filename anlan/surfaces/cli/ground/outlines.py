"""Ten streets and 140 communities as polygons that share their borders."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint, Point, Polygon

from anlan.surfaces.cli.ground import names

SPACING = 0.42  # km between the grains out of which communities are put together


@dataclass(frozen=True)
class Street:
    number: int
    name: str
    communities: int
    x: float
    y: float
    weight: float

    @property
    def code(self) -> str:
        return f"440399{self.number:03d}"


@dataclass(frozen=True)
class Community:
    code: str
    name: str
    street: Street
    shape: Polygon


def grains(ground: Polygon, rng: np.random.Generator) -> tuple[NDArray[np.float64], list[Polygon]]:
    """A jittered grid over the land and its Voronoi cells, in the same order."""
    west, south, east, north = ground.bounds
    across, up = np.meshgrid(np.arange(west, east, SPACING), np.arange(south, north, SPACING))
    spots = np.c_[across.ravel(), up.ravel()] + rng.uniform(-0.17, 0.17, (across.size, 2))
    spots = spots[shapely.contains_xy(ground, spots[:, 0], spots[:, 1])]
    cells = list(shapely.voronoi_polygons(MultiPoint(spots), extend_to=ground.envelope).geoms)
    tree = shapely.STRtree(cells)
    order = [int(tree.query(Point(spot), predicate="intersects")[0]) for spot in spots]
    return spots, [cells[at].intersection(ground) for at in order]


def share_streets(spots: NDArray[np.float64], streets: list[Street]) -> NDArray[np.int64]:
    """Which street each grain falls to: nearest centre, larger streets reaching further."""
    centres = np.array([(street.x, street.y) for street in streets])
    reach = np.array([street.weight for street in streets])
    away = np.hypot(spots[:, None, 0] - centres[:, 0], spots[:, None, 1] - centres[:, 1])
    whose: NDArray[np.int64] = np.argmin(away - reach, axis=1)
    return whose


def share_communities(spots: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Lloyd's k-means from far-apart seeds: compact communities of like size."""
    seeds = [int(rng.integers(len(spots)))]
    while len(seeds) < count:
        away = np.min([np.hypot(*(spots - spots[seed]).T) for seed in seeds], axis=0)
        seeds.append(int(np.argmax(away)))
    middles = spots[seeds]
    nearest: NDArray[np.int64] = np.zeros(len(spots), np.int64)
    for _ in range(12):
        nearest = np.argmin(np.hypot(*(spots[:, None] - middles).transpose(2, 0, 1)), axis=1)
        middles = np.array([spots[nearest == at].mean(axis=0) for at in range(count)])
    return nearest


def communities(ground: Polygon, streets: list[Street], rng: np.random.Generator) -> list[Community]:
    """All communities with simplified, shared borders; each is one piece."""
    spots, cells = grains(ground, rng)
    whose = share_streets(spots, streets)
    keys, members = [], []
    for at, street in enumerate(streets):
        own = np.flatnonzero(whose == at)
        part = share_communities(spots[own], street.communities, rng)
        for index in range(street.communities):
            keys.append((street, index))
            members.append([cells[own[k]] for k in np.flatnonzero(part == index)])
    whole = hand_over_splinters([shapely.coverage_union_all(list(parts)) for parts in members])
    plain = shapely.coverage_simplify(np.array(whole, dtype=object), 0.16)
    titles = names.community_names(sum(street.communities for street in streets))
    return [
        Community(f"{street.code}{index + 1:03d}", titles[at], street, plain[at])
        for at, (street, index) in enumerate(keys)
    ]


def hand_over_splinters(shapes: list[Polygon]) -> list[Polygon]:
    """A community in two pieces gives the smaller ones to the neighbour with the longest common border."""
    kept = [max(getattr(shape, "geoms", [shape]), key=lambda part: part.area) for shape in shapes]
    for at, shape in enumerate(shapes):
        for part in getattr(shape, "geoms", [shape]):
            if part.area < kept[at].area:
                border = [
                    0.0 if other == at else part.intersection(kept[other]).length
                    for other in range(len(kept))
                ]
                taker = int(np.argmax(border))
                kept[taker] = shapely.coverage_union_all([kept[taker], part])
    return kept
