"""1,277,557 invented objects on the map of a district: 303,533 points and 974,024 sources at 37,000 firms.

Ten streets with the firms of the demo district's table; in each street parks, where most firms stand close together
(some on top of each other, floor by floor), and firms by themselves. Sources lie where their point lies.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FIRMS = (4600, 5900, 6700, 2900, 5200, 2700, 2600, 2800, 2200, 1400)
COMMUNITIES = (22, 25, 22, 22, 13, 9, 8, 7, 7, 5)
POINTS, SOURCES = 303_533, 974_024
WEST, SOUTH, WIDTH, HEIGHT = 113.75, 22.50, 0.30, 0.26  # degrees, about 31 by 29 km
ACROSS, DOWN = 5, 2  # streets stand side by side
LAYERS = ("bench_point", "bench_source")
COLOURS = ("none", "blue", "yellow", "orange", "red")
SECTORS = ("", *"ABCDEFGHIJKLMNOPQRST")
SHARES = (0.02, 0.62, 0.26, 0.08, 0.02)  # of the levels now


@dataclass(frozen=True)
class Rows:
    """Columns of n rows; `layer` indexes LAYERS."""

    ids: NDArray[np.uint8]
    layer: NDArray[np.int16]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    region: NDArray[np.int64]
    colour: NDArray[np.int16]
    worst: NDArray[np.int16]
    sector: NDArray[np.int16]


def street_box(street: int) -> tuple[float, float, float, float]:
    """West, south, east, north of a street (0–9)."""
    wide, high = WIDTH / ACROSS, HEIGHT / DOWN
    west, south = WEST + street % ACROSS * wide, SOUTH + street // ACROSS * high
    return west, south, west + wide, south + high


def community_box(street: int, community: int) -> tuple[float, float, float, float]:
    """The same of a community: strips of its street from south to north."""
    west, south, east, north = street_box(street)
    step = (north - south) / COMMUNITIES[street]
    return west, south + community * step, east, south + (community + 1) * step


def make(seed: int = 7) -> Rows:
    """The same rows every time."""
    dice = np.random.default_rng(seed)
    street = np.repeat(np.arange(10), FIRMS)
    lon, lat = _firms(dice, street)
    firm = np.sort(dice.integers(0, len(street), POINTS))
    point_lon, point_lat = (each[firm] + dice.normal(0, 0.00012, POINTS) for each in (lon, lat))
    source = np.sort(dice.integers(0, POINTS, SOURCES))
    firm = np.concatenate((firm, firm[source]))
    now = dice.choice(5, POINTS + SOURCES, p=SHARES).astype(np.int16)
    return Rows(
        ids=dice.integers(0, 256, (POINTS + SOURCES, 16)).astype(np.uint8),
        layer=np.repeat(np.array([0, 1], np.int16), (POINTS, SOURCES)),
        lon=np.concatenate((point_lon, point_lon[source])),
        lat=np.concatenate((point_lat, point_lat[source])),
        region=_region(street, lat)[firm],
        colour=now,
        worst=np.minimum(4, now + dice.integers(0, 2, len(now))).astype(np.int16),
        sector=dice.choice(20, len(street), p=_sectors())[firm].astype(np.int16) + np.int16(1),
    )


def _firms(
    dice: np.random.Generator, street: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Four of five firms in one of twelve parks of their street, the rest anywhere in it."""
    boxes = np.array([street_box(n) for n in range(10)])
    parks = boxes[:, None, :2] + dice.random((10, 12, 2)) * (boxes[:, None, 2:] - boxes[:, None, :2])
    park = dice.choice(12, len(street), p=_falling(12))
    inside = dice.random(len(street)) < 0.8
    blocks = np.round(dice.normal(0, 0.004, (len(street), 2)), 3)  # buildings: firms stand floor by floor
    alone = boxes[street, :2] + dice.random((len(street), 2)) * (boxes[street, 2:] - boxes[street, :2])
    place = np.where(inside[:, None], parks[street, park] + blocks, alone)
    place = np.clip(place, boxes[street, :2] + 1e-5, boxes[street, 2:] - 1e-5)
    return place[:, 0], place[:, 1]


def _falling(number: int) -> NDArray[np.float64]:
    shares = 1 / np.arange(1, number + 1)
    return shares / shares.sum()


def _sectors() -> NDArray[np.float64]:
    """Manufacturing first, then trade, stores and the rest."""
    shares = np.full(20, 0.02)
    shares[2], shares[5], shares[6] = 0.4, 0.15, 0.11
    return shares / shares.sum()


def _region(street: NDArray[np.int64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
    number = np.array(COMMUNITIES)[street]
    south = SOUTH + street // ACROSS * (HEIGHT / DOWN)
    community = np.clip(((lat - south) / (HEIGHT / DOWN) * number).astype(np.int64), 0, number - 1)
    return 440_399_000_000 + (street + 1) * 1000 + community + 1
