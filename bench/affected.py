"""What a drawn area touches: 500-vertex polygons with radii from 0.3 to 6 km over 1.28 million objects.

Counts by kind and street through the house's own door, ids apart; PostGIS answers the same by ST_Contains on the
same rows in Debian's own server, and its counts are compared, polygon by polygon.
"""

import json
import math
import os
import random
import time
from typing import Any

from bench.result import Result

POLYGONS, VERTICES = 200, 500
LEAST_KM, MOST_KM = 0.3, 6.0
LIMIT_MS = 30.0
PEER = """
SELECT layer, region / 1000, count(*) FROM placed
 WHERE ST_Contains(ST_GeomFromText(%(shape)s, 4326), place) GROUP BY 1, 2
"""
WHOLE = """
SELECT layer, region / 1000, count(*) FROM placed
 WHERE region BETWEEN 440399000000 AND 440399999999 GROUP BY 1, 2
"""


def run() -> list[Result]:
    """Measure in a folder of its own; nothing of the installation is touched."""
    from bench.map_ground import in_a_folder_of_its_own  # noqa: PLC0415

    return [Result(**each) for each in json.loads(in_a_folder_of_its_own("bench.affected"))]


def polygons(rows: Any) -> list[list[tuple[float, float]]]:
    """Rings of 500 corners around objects drawn by lot, as uneven as a drawn line; radii log-uniform."""
    dice, found = random.Random(11), []
    for _ in range(POLYGONS):
        at = dice.randrange(len(rows.lon))
        radius = math.exp(dice.uniform(math.log(LEAST_KM), math.log(MOST_KM)))
        waves = [(k, dice.uniform(0, 0.25 / k), dice.uniform(0, 6.3)) for k in (2, 3, 5, 9, 17)]
        ring = []
        for n in range(VERTICES):
            angle = 2 * math.pi * n / VERTICES
            far = radius * (1 + sum(size * math.sin(k * angle + turn) for k, size, turn in waves)) / 111.2
            ring.append((rows.lon[at] + far * math.cos(angle) / 0.923, rows.lat[at] + far * math.sin(angle)))
        found.append([*ring, ring[0]])
    return found


def inside() -> list[dict[str, Any]]:
    """Every result as plain data."""
    from anlan.surfaces.stream.standing import database  # noqa: PLC0415
    from bench import map_ground as ground  # noqa: PLC0415
    from bench import map_rows  # noqa: PLC0415

    rows = map_rows.make()
    shapes = polygons(rows)
    with database():
        ground.fill(rows)
        ground.register_layers()
        found, counts = _ours(shapes)
    with ground.postgis(rows) as peer:
        if peer is not None:
            _compare(found, counts, peer, shapes)
    return found


def _ours(shapes: list[list[tuple[float, float]]]) -> tuple[list[dict[str, Any]], list[dict[Any, int]]]:
    from anlan.kernel.core import clock  # noqa: PLC0415
    from anlan.kernel.places.index.keeper import keeper  # noqa: PLC0415
    from anlan.kernel.places.queries import affected  # noqa: PLC0415
    from bench.map_ground import limited, percentile  # noqa: PLC0415
    from bench.map_rows import LAYERS  # noqa: PLC0415

    keeper.rebuild()
    now, seconds, ids, whole, counts = clock.real_now(), [], [], [], []
    for number, ring in enumerate(
        [shapes[0], *shapes]
    ):  # the first one reads the outlines of the regions: not counted
        begun = time.perf_counter()
        found = affected(area={"type": "Polygon", "coordinates": [ring]}, kinds=[*LAYERS, "shelter"], at=now)
        counted = (found.counts, found.by_region)
        middle = time.perf_counter()
        named = sum(1 for _ in found.ids(LAYERS[0]))
        if number:
            assert named == counted[0].get(LAYERS[0], 0)
            seconds.append(middle - begun)
            ids.append(time.perf_counter() - middle)
            counts.append(found.cells)
    for _ in range(50):
        begun = time.perf_counter()
        assert sum(affected(area=["440399000000"], kinds=LAYERS, at=now).counts.values()) == len(
            keeper.ready()
        )
        whole.append(time.perf_counter() - begun)
    what = f"{POLYGONS} polygons of {VERTICES} corners, {LEAST_KM}–{MOST_KM} km"
    asked_apart = {"against": "asked for apart: every id of the points inside", "ratio": None, "held": True}
    return [
        limited("affected.p95", percentile(seconds, 95), "ms", LIMIT_MS, what),
        limited(
            "affected.whole_district.p95", percentile(whole, 95), "ms", LIMIT_MS, "counts by kind and street"
        ),
        {"name": "affected.ids_of_a_layer.p95", "value": percentile(ids, 95), "unit": "ms", **asked_apart},
    ], counts


def _compare(found: list[dict[str, Any]], counts: list[dict[Any, int]], peer: Any, shapes: list[Any]) -> None:
    """The same questions to PostGIS; rows on the line itself, to the centimetre, may fall to either side."""
    from bench.map_ground import beside, percentile  # noqa: PLC0415
    from bench.map_rows import LAYERS  # noqa: PLC0415

    seconds, whole, apart = [], [], 0
    for ring, mine in zip(shapes, counts, strict=True):
        text = f"POLYGON(({','.join(f'{float(lon)!r} {float(lat)!r}' for lon, lat in ring)}))"
        begun = time.perf_counter()
        rows = peer.execute(PEER, {"shape": text}).fetchall()
        seconds.append(time.perf_counter() - begun)
        theirs = {(LAYERS[layer], f"{street}000"): n for layer, street, n in rows}
        apart += sum(abs(mine.get(key, 0) - theirs.get(key, 0)) for key in {*mine, *theirs})
    for _ in range(5):
        begun = time.perf_counter()
        peer.execute(WHOLE).fetchall()
        whole.append(time.perf_counter() - begun)
    total = sum(sum(each.values()) for each in counts)
    for row, times in ((found[0], seconds), (found[1], whole)):
        beside(row, "PostGIS ms", percentile(times, 95))
    told = {
        "against": "PostGIS ST_Contains on the same polygons",
        "ratio": None,
        "held": apart <= total // 100_000,
    }
    found.append({"name": "affected.rows_counted_otherwise", "value": apart, "unit": f"of {total:,}", **told})


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    import django

    django.setup()
    print(json.dumps(inside(), ensure_ascii=False))
