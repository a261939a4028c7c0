"""Write the files of the demo district: regions.csv, outlines.geojson, base.geojson, places.csv, stations.csv."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from anlan.surfaces.cli.ground import frame, objects, outlines, stations
from anlan.surfaces.cli.ground.outlines import Community, Street

COUNTY = ("440399", "安澜区（演示）")
ORIGIN = (
    "安澜演示数据：界线、地名均为虚构，落在海面上 / Anlan demo data: invented outlines, drawn over open sea"
)


def main() -> None:
    rng = np.random.default_rng(frame.SEED)
    shore = frame.coast(rng)
    land = frame.land(shore)
    streets = read_streets()
    communities = outlines.communities(land, streets, rng)
    hills = {
        name: frame.hill(middle, half, rng).intersection(land)
        for name, (_, middle, half) in frame.HILLS.items()
    }
    rivers = {name: frame.line(points).intersection(land) for name, (_, points) in frame.RIVERS.items()}
    roads = {name: frame.line(points).intersection(land) for name, (_, _, points) in frame.ROADS.items()}
    write_regions(communities)
    write_outlines(communities, streets)
    write_base(shore, land, hills, rivers, roads)
    ground = objects.Ground(
        communities,
        LineString(shore),
        MultiLineString(_lines(rivers)),
        MultiLineString(_lines(roads)),
        MultiPolygon(_polygons(hills)),
    )
    things = [
        one
        for kind, counts in counts_of_places().items()
        for one in objects.things(kind, counts, ground, rng)
    ]
    write_places(things)
    lines = {name: frame.line(points) for name, (_, points) in frame.RIVERS.items()}
    write_stations(
        [
            *stations.rain(ground),
            *stations.rivers(ground, dict(lines)),
            *stations.at_things(things),
            *stations.tides(ground),
        ]
    )


def read_streets() -> list[Street]:
    with (frame.DATA / "streets.csv").open(encoding="utf-8", newline="") as file:
        return [
            Street(
                int(r["number"]),
                r["name"],
                int(r["communities"]),
                float(r["x_km"]),
                float(r["y_km"]),
                float(r["weight"]),
            )
            for r in csv.DictReader(file)
        ]


def counts_of_places() -> dict[str, dict[str, int]]:
    """Kind of place → street → how many, from the duty holders who keep them."""
    found: dict[str, dict[str, int]] = {}
    with (frame.DATA / "duties_by_street.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["per_place"]:
                counts = {name: int(row[name]) // int(row["per_place"]) for name in list(row)[3:]}
                found.setdefault(row["group"], counts)
    return found


def write_regions(communities: list[Community]) -> None:
    rows = [(one.code, one.name, one.street.code, f"{one.street.name}街道", *COUNTY) for one in communities]
    head = ["community_code", "community", "street_code", "street", "county_code", "county"]
    _csv("regions.csv", head, rows)


def write_outlines(communities: list[Community], streets: list[Street]) -> None:
    shapes: list[tuple[str, str, BaseGeometry]] = [(one.code, one.name, one.shape) for one in communities]
    for street in streets:
        own = [one.shape for one in communities if one.street is street]
        shapes.append((street.code.ljust(12, "0"), f"{street.name}街道", shapely.coverage_union_all(own)))
    whole = shapely.coverage_union_all([one.shape for one in communities])
    shapes.append((COUNTY[0].ljust(12, "0"), COUNTY[1], whole))
    _geojson("outlines.geojson", [_feature(shape, code=code, name=name) for code, name, shape in shapes])


def write_base(
    shore: list[tuple[float, float]],
    land: Polygon,
    hills: dict[str, BaseGeometry],
    rivers: dict[str, BaseGeometry],
    roads: dict[str, BaseGeometry],
) -> None:
    features = [
        _feature(frame.sea(shore).difference(land).simplify(0.03), kind="sea", name="海", name_en="Sea")
    ]
    features += [
        _feature(shape, kind="hill", name=name, name_en=frame.HILLS[name][0]) for name, shape in hills.items()
    ]
    features += [
        _feature(shape, kind="river", name=name, name_en=frame.RIVERS[name][0])
        for name, shape in rivers.items()
    ]
    features += [
        _feature(shape, kind="road", grade=frame.ROADS[name][1], name=name, name_en=frame.ROADS[name][0])
        for name, shape in roads.items()
    ]
    features.append(_feature(LineString(shore).simplify(0.03), kind="coast", name="海岸线", name_en="Coast"))
    _geojson("base.geojson", features)


def write_places(things: list[objects.Thing]) -> None:
    rows = [
        (
            t.kind,
            t.code,
            t.name,
            t.region,
            *frame.degrees(t.x, t.y),
            json.dumps(t.attributes, separators=(",", ":")) if t.attributes else "",
        )
        for t in things
    ]
    _csv("places.csv", ["kind", "code", "name", "region", "lon", "lat", "attributes"], rows)


def write_stations(gauges: list[stations.Gauge]) -> None:
    rows = [
        (
            g.code,
            g.name,
            g.kind,
            g.metric,
            g.region,
            g.place,
            *frame.degrees(g.x, g.y),
            g.every_s,
            json.dumps(g.marks, separators=(",", ":")) if g.marks else "",
        )
        for g in gauges
    ]
    _csv(
        "stations.csv",
        ["code", "name", "kind", "metric", "region", "place", "lon", "lat", "every_s", "marks"],
        rows,
    )


def _csv(name: str, head: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    with (frame.DATA / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def _geojson(name: str, features: list[dict[str, Any]]) -> None:
    whole = {"type": "FeatureCollection", "origin": ORIGIN, "features": features}
    Path(frame.DATA / name).write_text(
        json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )


def _feature(shape: BaseGeometry, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": shapely.geometry.mapping(frame.globe(shape)),
    }


def _lines(shapes: dict[str, BaseGeometry]) -> list[LineString]:
    return [part for shape in shapes.values() for part in getattr(shape, "geoms", [shape])]


def _polygons(shapes: dict[str, BaseGeometry]) -> list[Polygon]:
    return [part for shape in shapes.values() for part in getattr(shape, "geoms", [shape])]


if __name__ == "__main__":
    main()
