"""Instruments: 46 rain gauges, 24 river stages, 12 reservoirs, 33 street depths, 4 tide gauges."""

from dataclasses import dataclass, field

import numpy as np
from shapely import Point

from anlan.surfaces.cli.ground.objects import Ground, Thing

GAUGES = {
    "临港": 6,
    "望潮": 7,
    "新渡": 6,
    "石矶": 9,
    "凤岭": 4,
    "榕溪": 3,
    "岭背": 4,
    "白鹭": 2,
    "青坪": 3,
    "云涌": 2,
}
TIDES = ("云涌外", "榕溪外", "临港外", "望潮外")
TIDE_SPOTS = ((1.9, 16.4), (0.9, 9.6), (0.9, 4.2), (10.2, 1.4))
STAGES = {"望澜河": 8, "凤溪": 6, "榕水": 3, "潮涌": 3, "石鼓河": 4}


@dataclass(frozen=True)
class Gauge:
    code: str
    name: str
    kind: str
    metric: str
    region: str
    place: str
    x: float
    y: float
    every_s: int
    marks: dict[str, float] = field(default_factory=dict)


def rain(ground: Ground) -> list[Gauge]:
    """In the communities of a street that lie farthest from each other; none on a border."""
    found: list[Gauge] = []
    for street, count in GAUGES.items():
        own = ground.of(street)
        spots = np.array([one.shape.centroid.coords[0] for one in own])
        chosen = [int(np.argmin(np.hypot(*(spots - spots.mean(axis=0)).T)))]
        while len(chosen) < count:
            away = np.min([np.hypot(*(spots - spots[at]).T) for at in chosen], axis=0)
            chosen.append(int(np.argmax(away)))
        for at in sorted(chosen):
            spot = own[at].shape.representative_point()
            name = own[at].name.removesuffix("社区") + "雨量站"
            found.append(
                Gauge(
                    f"YL{len(found) + 1:02d}", name, "rain", "rain_mm", own[at].code, "", spot.x, spot.y, 60
                )
            )
    return found


def rivers(ground: Ground, lines: dict[str, object]) -> list[Gauge]:
    """Evenly down each river; warning and guarantee stages in cm over the local zero."""
    found: list[Gauge] = []
    for river, count in STAGES.items():
        for step in range(count):
            spot = lines[river].interpolate((step + 0.5) / count, normalized=True)  # type: ignore[attr-defined]
            home = ground.holding(spot, ground.communities)
            name, warning = f"{river}{home.name.removesuffix('社区')}站", 230.0 + 10 * step
            marks = {"warning": warning, "guarantee": warning + 90}
            found.append(
                Gauge(
                    f"SW{len(found) + 1:02d}",
                    name,
                    "river",
                    "level_cm",
                    home.code,
                    "",
                    spot.x,
                    spot.y,
                    300,
                    marks,
                )
            )
    return found


def at_things(things: list[Thing]) -> list[Gauge]:
    """A stage at each reservoir, a depth sensor at each waterlogging point."""
    found: list[Gauge] = []
    for one in things:
        if one.kind == "reservoir":
            stages = {
                key: float(str(one.attributes[f"{key}_m"])) * 100 for key in ("flood_limit", "flood_high")
            }
            found.append(
                Gauge(
                    one.code,
                    one.name,
                    "reservoir",
                    "level_cm",
                    one.region,
                    one.code,
                    one.x,
                    one.y,
                    300,
                    stages,
                )
            )
        elif one.kind == "waterlogging_point":
            found.append(
                Gauge(one.code, one.name, "street", "depth_cm", one.region, one.code, one.x, one.y, 300)
            )
    return found


def tides(ground: Ground) -> list[Gauge]:
    found: list[Gauge] = []
    for at, (name, spot) in enumerate(zip(TIDES, TIDE_SPOTS, strict=True)):
        home = ground.holding(Point(spot), ground.communities)
        found.append(
            Gauge(
                f"CW{at + 1:02d}",
                f"{name}潮位站",
                "tide",
                "level_cm",
                home.code,
                "",
                *spot,
                300,
                {"warning": 310.0},
            )
        )
    return found
