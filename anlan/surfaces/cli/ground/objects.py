"""Located things of the invented district: waterlogging points, reservoirs, slopes, sites and the rest."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import shapely
import shapely.ops
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from anlan.surfaces.cli.ground.outlines import Community

RESERVOIRS = [
    "石鼓",
    "望海",
    "凤凰坑",
    "双岭",
    "清泉",
    "凤岭",
    "竹坑",
    "岭背",
    "大石坳",
    "黄泥坑",
    "新陂",
    "青坪",
]
UNDERGROUND = ("地下车库", "地下商场", "地下配电房", "地铁出入口", "下沉广场")
SITES = ("住宅项目", "厂房项目", "学校项目", "道路工程", "管网工程", "深基坑项目")
WEAK = ("老屋", "低洼楼栋", "旧厂宿舍", "临时板房")
SHELTERS = ("中学", "小学", "文体中心", "社区服务中心", "体育馆")
PUMPS = ("排涝泵站", "水闸", "泵闸")
EXPOSED = {"临港": "避风码头", "云涌": "渔港", "石矶": "景区", "望潮": "沙滩"}


@dataclass(frozen=True)
class Thing:
    kind: str
    code: str
    name: str
    region: str
    x: float
    y: float
    attributes: dict[str, object] = field(default_factory=dict)


Where = Callable[["Ground", list[Community], np.random.Generator], Point]


@dataclass(frozen=True)
class Ground:
    """What positions are drawn from."""

    communities: list[Community]
    shore: LineString
    rivers: BaseGeometry
    roads: BaseGeometry
    hills: BaseGeometry

    def of(self, street: str) -> list[Community]:
        return [one for one in self.communities if one.street.name == street]

    def holding(self, spot: Point, street: list[Community]) -> Community:
        return min(street, key=lambda one: one.shape.distance(spot))


def anywhere(ground: Ground, street: list[Community], rng: np.random.Generator) -> Point:
    """Inside one community, off its border."""
    shape = street[int(rng.integers(len(street)))].shape.buffer(-0.05)
    west, south, east, north = shape.bounds
    while True:
        spot = Point(rng.uniform(west, east), rng.uniform(south, north))
        if shape.contains(spot):
            return spot


def along(lines: str, spread: float) -> Where:
    """Beside the rivers, roads, shore or hill foots where they cross the street; anywhere where none does."""

    def choose(ground: Ground, street: list[Community], rng: np.random.Generator) -> Point:
        whole = shapely.union_all([one.shape for one in street]).buffer(-0.06)
        drawn = getattr(ground, lines)
        part = (drawn.boundary if drawn.geom_type.endswith("Polygon") else drawn).intersection(
            whole.buffer(0.4)
        )
        if part.is_empty:
            return anywhere(ground, street, rng)
        spot = (
            part.interpolate(float(rng.uniform()), normalized=True)
            if part.geom_type == "LineString"
            else _on_many(part, rng)
        )
        moved = Point(spot.x + rng.normal(0, spread), spot.y + rng.normal(0, spread))
        return moved if whole.contains(moved) else shapely.ops.nearest_points(whole, moved)[0]

    return choose


def _on_many(part: BaseGeometry, rng: np.random.Generator) -> Point:
    lines = [one for one in getattr(part, "geoms", [part]) if one.length > 0]
    lengths = np.array([one.length for one in lines])
    chosen = lines[int(rng.choice(len(lines), p=lengths / lengths.sum()))]
    return chosen.interpolate(float(rng.uniform()), normalized=True)


WHERE: dict[str, Where] = {
    "waterlogging_point": along("roads", 0.06),
    "reservoir": along("hills", 0.3),
    "underground_space": along("roads", 0.5),
    "river_reach": along("rivers", 0.04),
    "slope": along("hills", 0.6),
    "construction_site": anywhere,
    "weak_house": anywhere,
    "shelter": anywhere,
    "pump_gate": along("rivers", 0.1),
    "exposed_spot": along("shore", 0.1),
}
PREFIX = {
    "waterlogging_point": "JL",
    "reservoir": "SK",
    "underground_space": "DX",
    "river_reach": "HD",
    "slope": "BP",
    "construction_site": "GD",
    "weak_house": "WF",
    "shelter": "BN",
    "pump_gate": "BZ",
    "exposed_spot": "LD",
}


def things(kind: str, counts: dict[str, int], ground: Ground, rng: np.random.Generator) -> list[Thing]:
    """All things of a kind, so many in each street (by name), numbered through the district."""
    found: list[Thing] = []
    for street, count in counts.items():
        own = ground.of(street)
        for _ in range(count):
            spot = WHERE[kind](ground, own, rng)
            home, number = ground.holding(spot, own), len(found) + 1
            attributes = _attributes(kind, number, rng)
            name = _name(kind, home.name.removesuffix("社区"), street, number, attributes)
            found.append(
                Thing(kind, f"{PREFIX[kind]}{number:03d}", name, home.code, spot.x, spot.y, attributes)
            )
    return found


def _attributes(kind: str, number: int, rng: np.random.Generator) -> dict[str, object]:
    """What the flood plan asks about: classes, stages, counts."""
    if kind == "waterlogging_point":  # 15 of 33 are first class
        return {"class": 1 if number % 11 < 5 else 2, "underpass": bool(number % 4 == 1)}
    if kind == "reservoir":
        limit = round(float(rng.uniform(28, 62)), 2)
        return {
            "flood_limit_m": limit,
            "flood_high_m": round(limit + 2.4, 2),
            "design_m": round(limit + 3.1, 2),
            "storage_10k_m3": int(rng.integers(60, 1400)),
        }
    if kind == "slope":  # 32 of 96 are first class
        return {
            "class": 1 if number % 3 == 0 else 2,
            "height_m": int(rng.integers(8, 46)),
            "households": int(rng.integers(0, 24)),
        }
    if kind == "construction_site":
        return {
            "workers": int(rng.integers(20, 380)),
            "deep_pit": bool(rng.random() < 0.18),
            "cranes": int(rng.integers(0, 6)),
        }
    if kind == "shelter":
        return {"places": int(rng.integers(8, 60)) * 10}
    return {"persons": int(rng.integers(2, 30))} if kind == "weak_house" else {}


def _name(kind: str, home: str, street: str, number: int, attributes: dict[str, object]) -> str:
    def pick(words: tuple[str, ...]) -> str:
        return words[number % len(words)]

    if kind == "waterlogging_point":
        return f"{home}路{'下穿通道' if attributes['underpass'] else '低洼路段'}"
    if kind == "reservoir":
        return f"{RESERVOIRS[number - 1]}水库"
    if kind == "exposed_spot":
        return f"{home}{EXPOSED.get(street, '工棚区')}"
    words = {
        "underground_space": pick(UNDERGROUND),
        "river_reach": "河段",
        "slope": "边坡",
        "construction_site": pick(SITES),
        "weak_house": pick(WEAK),
        "shelter": pick(SHELTERS),
        "pump_gate": pick(PUMPS),
    }
    return f"{home}{number}号{words[kind]}" if kind != "shelter" else f"{home}{words[kind]}"
