"""The map at full size: 1.28 million objects, tiles and counts as a signed-in browser gets them from the real server.

Tiles lie around places where objects lie, so dense ones come more often. At every zoom 120 are asked for; where there
are not so many, from the first again, as a second reader would. PostGIS answers the same
tiles from the same rows in Debian's own server: cells by a grid and ST_AsMVT below zoom 17, every row from there on;
as many as it answers in eight seconds a zoom. Its times are the query's alone, ours those of the whole answer.
"""

import http.client
import json
import os
import random
import time
from typing import Any

from bench.result import Result

ZOOMS = range(8, 20)
EACH = 120  # answers a zoom
PEER_LEAST, PEER_S = 4, 8.0  # tiles a zoom at least, and seconds after which it is enough
TILE_MS, COUNT_MS, MEMORY_MB, REBUILD_S, IDLE_S = 20.0, 10.0, 600.0, 10.0, 2.0
IDLE_MOST_S = 30.0
HALF = 20037508.342789244  # metres from the middle of Web-Mercator to its edge
ALL = "layers=bench_point,bench_source"
FILTERS = (
    ALL,
    "layers=bench_point&axis=worst&colours=orange,red",
    "layers=bench_source&sectors=C,G",
    f"{ALL}&region=440399003000",
)
CELLS = """
WITH cells AS (
    SELECT floor((ST_X(geom) - %(x0)s) / %(cell)s)::int cx, floor((ST_Y(geom) - %(y0)s) / %(cell)s)::int cy, count(*) n,
           max(colour) worst, count(*) FILTER (WHERE colour = 4) n4, count(*) FILTER (WHERE colour = 3) n3,
           count(*) FILTER (WHERE colour = 2) n2, count(*) FILTER (WHERE colour = 1) n1, avg(ST_X(geom)) x,
           avg(ST_Y(geom)) y
      FROM placed WHERE geom && ST_TileEnvelope(%(z)s, %(x)s, %(y)s) GROUP BY 1, 2)
SELECT ST_AsMVT(t, 'cells') FROM (
    SELECT n, worst, n1, n2, n3, n4,
           ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(x, y), 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s)) geom
      FROM cells) t
"""
ROWS = """
SELECT ST_AsMVT(t, 'objects') FROM (
    SELECT id::text, layer, colour, sector, ST_AsMVTGeom(geom, ST_TileEnvelope(%(z)s, %(x)s, %(y)s)) geom
      FROM placed WHERE geom && ST_TileEnvelope(%(z)s, %(x)s, %(y)s)) t
"""


def run() -> list[Result]:
    """Measure in a folder of its own; nothing of the installation is touched."""
    from bench.map_ground import in_a_folder_of_its_own  # noqa: PLC0415

    return [Result(**each) for each in json.loads(in_a_folder_of_its_own("bench.tiles"))]


def inside() -> list[dict[str, Any]]:
    """Every result as plain data."""
    from anlan.surfaces.stream.standing import database  # noqa: PLC0415
    from bench import map_ground as ground  # noqa: PLC0415
    from bench import map_rows  # noqa: PLC0415

    rows = map_rows.make()
    wanted = _tiles(rows)
    with database():
        ground.fill(rows)
        cookie = ground.session_cookie()
        with ground.server(cookie) as (port, worker):
            found = _served(port, cookie, wanted, rows)
            found += _memory(port, worker, ground.memory_mb(worker))
            found += _browser(port, cookie)
    with ground.postgis(rows) as peer:
        if peer is not None:
            _compare(found, peer, wanted)
    return found


def _tiles(rows: Any) -> dict[int, list[tuple[int, int]]]:
    """Zoom → tiles, each once, around objects drawn by lot."""
    from anlan.kernel.places.index.grid import BITS, project  # noqa: PLC0415

    dice = random.Random(3)
    drawn = [dice.randrange(len(rows.lon)) for _ in range(EACH * 4)]
    x, y = project(rows.lon[drawn], rows.lat[drawn])
    places = [(int(a), int(b)) for a, b in zip(x, y, strict=True)]
    return {
        zoom: list(dict.fromkeys((a >> (BITS - zoom), b >> (BITS - zoom)) for a, b in places))[:EACH]
        for zoom in ZOOMS
    }


def _served(
    port: int, cookie: str, wanted: dict[int, list[tuple[int, int]]], rows: Any
) -> list[dict[str, Any]]:
    """Tiles at each zoom and filter, counts of screens."""
    from bench.map_ground import get, limited, percentile  # noqa: PLC0415

    line = http.client.HTTPConnection("127.0.0.1", port)
    for path in ("/map/counts.json?layers=x", *(f"/map/tiles/9/0/0.mvt?{cut}" for cut in FILTERS)):
        get(line, path, cookie)  # the first answer of a server compiles templates and opens connections
    found = []
    for zoom, tiles in wanted.items():
        seconds, sizes = [], []
        asked = _asked(tiles)
        for (x, y), cut in asked:
            begun = time.perf_counter()
            status, body = get(line, f"/map/tiles/{zoom}/{x}/{y}.mvt?{cut}", cookie)
            seconds.append(time.perf_counter() - begun)
            sizes.append(len(body))
            assert status == 200, status
        what = f"{EACH} answers, {len(set(asked))} tiles and filters, largest {max(sizes) / 1024:.0f} kB"
        found.append(limited(f"tiles.z{zoom:02}.p95", percentile(seconds, 95), "ms", TILE_MS, what))
    return [*found, _counts(line, cookie, rows)]


def _asked(tiles: list[tuple[int, int]]) -> list[tuple[tuple[int, int], str]]:
    """So many tiles, from the first again at the end; three of four with everything, the rest cut."""
    return [(tiles[n % len(tiles)], _cut(n)) for n in range(EACH)]


def _cut(n: int) -> str:
    return FILTERS[1 + n // 4 % (len(FILTERS) - 1)] if n % 4 == 0 else ALL


def _counts(line: http.client.HTTPConnection, cookie: str, rows: Any) -> dict[str, Any]:
    """Screens of 1440 × 900 from the whole district to a building."""
    from bench.map_ground import get, limited, percentile  # noqa: PLC0415

    dice, seconds = random.Random(5), []
    for n in range(400):
        at, width = dice.randrange(len(rows.lon)), 1440 / 512 * 360 / 2 ** dice.uniform(9, 18)
        lon, lat, height = rows.lon[at], rows.lat[at], width * 0.58
        box = f"{lon - width / 2:.6f},{lat - height / 2:.6f},{lon + width / 2:.6f},{lat + height / 2:.6f}"
        begun = time.perf_counter()
        status, _ = get(line, f"/map/counts.json?{FILTERS[n % 4]}&bbox={box}", cookie)
        seconds.append(time.perf_counter() - begun)
        assert status == 200
    what = "400 screens from district to building"
    return limited("tiles.viewport_count.p95", percentile(seconds, 95), "ms", COUNT_MS, what)


def _memory(port: int, worker: int, memory: tuple[float, float]) -> list[dict[str, Any]]:
    """Of the worker after everything above, and the time its map took at the start."""
    from bench.map_ground import limited  # noqa: PLC0415

    line = http.client.HTTPConnection("127.0.0.1", port)
    line.request("GET", "/health")
    built = json.loads(line.getresponse().read())["map"]["built_s"]
    now, highest = memory
    return [
        limited(
            "tiles.memory_a_process", now, "MB", MEMORY_MB, f"after all this; {highest:.0f} MB at its highest"
        ),
        limited("tiles.rebuild", built, "s", REBUILD_S, "from rows to tiles at the start"),
    ]


def _browser(port: int, cookie: str) -> list[dict[str, Any]]:
    """From opening the page to everything drawn, in Chromium without a graphics card; the best of three."""
    import shutil  # noqa: PLC0415

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        return []
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    from bench.map_ground import limited  # noqa: PLC0415

    flags = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    times = []
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=chromium, args=flags)
        for _ in range(3):
            context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
            context.add_cookies(
                [{"name": "anlan_session", "value": cookie, "url": f"http://127.0.0.1:{port}"}]
            )
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{port}/map/?{ALL}")
            page.wait_for_selector("[data-island=map][data-idle]", timeout=IDLE_MOST_S * 1000)
            times.append(int(page.get_attribute("[data-island=map]", "data-idle") or 0) / 1000)
            context.close()
        browser.close()
    times.sort()
    what = f"cold browser, software graphics, the middle of three runs {times}"
    return [limited("tiles.page_first_idle", times[1], "s", IDLE_S, what)]


def _compare(found: list[dict[str, Any]], peer: Any, wanted: dict[int, list[tuple[int, int]]]) -> None:
    """Put PostGIS's times beside ours."""
    from bench.map_ground import beside, percentile  # noqa: PLC0415

    for zoom, tiles in wanted.items():
        side, seconds = 2 * HALF / 2**zoom, list[float]()
        for x, y in tiles:
            if len(seconds) >= PEER_LEAST and sum(seconds) > PEER_S:
                break
            corner = {"x0": x * side - HALF, "y0": HALF - (y + 1) * side}
            begun = time.perf_counter()
            peer.execute(
                CELLS if zoom < 17 else ROWS, {"z": zoom, "x": x, "y": y, "cell": side / 8, **corner}
            ).fetchone()
            seconds.append(time.perf_counter() - begun)
        mine = next(each for each in found if each["name"] == f"tiles.z{zoom:02}.p95")
        beside(mine, f"PostGIS ST_AsMVT, {len(seconds)} tiles, ms", percentile(seconds, 95))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    import django

    django.setup()
    print(json.dumps(inside(), ensure_ascii=False))
