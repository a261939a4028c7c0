"""What the benches of the map stand on: the rows in a database of their own, a signed-in reader, a server, PostGIS.

Everything lives in a folder that is thrown away. PostGIS runs in Debian's own server with the same rows, where both
are installed; where not, the benches say so and print no ratio.
"""

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import psycopg

from bench import map_rows

ROOT = Path(__file__).resolve().parents[1]
NO_POSTGIS = (
    "PostGIS is NOT installed here, nothing to compare with (apt-get install postgresql-15-postgis-3)"
)
POSTGIS_OPTIONS = (
    "listen_addresses=''", "shared_buffers=1GB", "max_parallel_workers_per_gather=2", "fsync=off", "work_mem=64MB",
    "max_wal_size=4GB",
)  # fmt: skip
_TABLE = (
    "CREATE TABLE bench_object (id uuid NOT NULL, layer smallint NOT NULL, lon float8 NOT NULL, lat float8 NOT NULL,"
    " region bigint NOT NULL, colour smallint NOT NULL, worst smallint NOT NULL, sector smallint NOT NULL,"
    " alive boolean NOT NULL DEFAULT true)"
)
_COLUMNS = "(id, layer, lon, lat, region, colour, worst, sector)"
_SELECT = "SELECT id, lon, lat, region, colour, worst, sector, alive FROM bench_object WHERE layer = {layer}"


def in_a_folder_of_its_own(module: str) -> str:
    """Run `python -m module` with a var folder that is thrown away; returns the last line it printed."""
    var = Path(tempfile.mkdtemp(prefix="anlan-bench-"))
    var.chmod(0o755)
    try:
        environment = {
            **os.environ,
            "ANLAN_VAR": str(var),
            "PYTHONPATH": str(ROOT),
            "ANLAN_LOG_LEVEL": "WARNING",
        }
        line = [sys.executable, "-m", module]
        done = subprocess.run(line, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-4000:])
        sys.stderr.write(done.stderr)
        return done.stdout.splitlines()[-1]
    finally:
        shutil.rmtree(var, ignore_errors=True)


# ---- rows ----------------
def copy_rows(connection: Any, rows: map_rows.Rows) -> None:
    """The rows by binary COPY into a table that other sessions may read."""
    connection.execute(_TABLE)
    statement = f"COPY bench_object {_COLUMNS} FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for start in range(0, len(rows.lon), 50_000):
            copy.write(_records(rows, slice(start, start + 50_000)))
        copy.write(b"\xff\xff")
    connection.execute("ALTER TABLE bench_object ADD PRIMARY KEY (id)")
    connection.execute("ANALYZE bench_object")


def _records(rows: map_rows.Rows, cut: slice) -> bytes:
    """Rows as COPY's binary records: how many fields, then each one's length and its value."""
    given: tuple[np.ndarray[Any, Any], ...] = (
        rows.ids, rows.layer, rows.lon, rows.lat, rows.region, rows.colour, rows.worst, rows.sector,
    )  # fmt: skip
    fields: list[Any] = [("count", ">i2")]
    for n, column in enumerate(given):
        code = column.dtype.newbyteorder(">").str
        fields += [(f"size{n}", ">i4"), (f"value{n}", code, column.shape[1:])]
    found = np.empty(len(rows.lon[cut]), np.dtype(fields))
    found["count"] = len(given)
    for n, column in enumerate(given):
        found[f"size{n}"] = column.dtype.itemsize * int(np.prod(column.shape[1:], dtype=np.int64))
        found[f"value{n}"] = column[cut]
    return found.tobytes()


def fill(rows: map_rows.Rows) -> None:
    """The rows, the regions with outlines and a reader of the whole district, in the house's own database."""
    from django.db import connections  # noqa: PLC0415 - Django is set up by then

    connections["owner"].ensure_connection()
    inner = connections["owner"].connection
    copy_rows(inner, rows)
    inner.execute("GRANT SELECT, UPDATE ON bench_object TO anlan_app")
    _regions()


def _regions() -> None:
    from anlan.kernel.core import clock  # noqa: PLC0415
    from anlan.kernel.places.actions import load_regions  # noqa: PLC0415

    names, outlines = {"440399000000": "安澜区"}, {}
    for street, number in enumerate(map_rows.COMMUNITIES):
        code = f"440399{street + 1:03}"
        names[f"{code}000"], outlines[f"{code}000"] = f"{street + 1}街道", _box(map_rows.street_box(street))
        for community in range(number):
            names[f"{code}{community + 1:03}"] = f"{street + 1}-{community + 1}社区"
            outlines[f"{code}{community + 1:03}"] = _box(map_rows.community_box(street, community))
    load_regions(names, outlines=outlines, origin="invented", by="service:bench", at=clock.real_now())


def _box(box: tuple[float, float, float, float]) -> dict[str, Any]:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def register_layers() -> None:
    """The rows as two layers of the map."""
    from anlan.kernel.places.columns import ids_text, read_rows  # noqa: PLC0415
    from anlan.kernel.places.layers import register_layer  # noqa: PLC0415
    from anlan.kernel.places.spec import Layer, LayerRows  # noqa: PLC0415

    for number, code in enumerate(map_rows.LAYERS):
        select = _SELECT.format(layer=number)

        def read(ids: Sequence[UUID] | None, select: str = select) -> LayerRows:
            if ids is None:
                return read_rows(select + " AND alive")
            return read_rows(select + " AND id = ANY(%s::uuid[])", [ids_text(ids)])

        register_layer(
            Layer(code, code, read, ("places.regions_loaded",), map_rows.COLOURS, map_rows.SECTORS)
        )


# ---- the server and its reader ----------------
def session_cookie() -> str:
    """A signed-in officer of the whole district; the value of the session's cookie."""
    from datetime import timedelta  # noqa: PLC0415

    from django.test import Client  # noqa: PLC0415

    from anlan.kernel.core import clock  # noqa: PLC0415
    from anlan.kernel.orgs.models import Account, Duty, DutyKind, Organisation, Person  # noqa: PLC0415

    account = Account.objects.create_user("bench")
    bureau = Organisation.objects.create(name="局", kind="bureau", region_id="440399000000")
    person = Person.objects.create(name="席", organisation=bureau, account=account)
    kind = DutyKind.objects.create(code="watch_officer", label="值班员", label_en="Watch officer")
    since = clock.real_now() - timedelta(days=1)
    Duty.objects.create(person=person, kind=kind, region_id="440399000000", valid_from=since)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["anlan_session"].value


@contextlib.contextmanager
def server(cookie: str, workers: int = 1) -> Iterator[tuple[int, int]]:
    """granian with the house's own entry and the bench's layers; gives the port and the process of a worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PORT": str(port)}
    line = [
        sys.executable, "-m", "granian", "--interface", "rsgi", "--workers", str(workers), "--port", str(port),
        "--workers-kill-timeout", "3", "--log-level", "warning", "bench.map_entry:app",
    ]  # fmt: skip
    process = subprocess.Popen(line, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _until_ready(port, cookie)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield port, max(map(int, children), key=lambda pid: memory_mb(pid)[0])
    finally:
        process.terminate()
        process.wait(20)


def _until_ready(port: int, cookie: str) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError, ValueError):
            status, body = get(
                http.client.HTTPConnection("127.0.0.1", port), "/map/counts.json?layers=x", cookie
            )
            if status == 200 and b'"ready"' in body:
                return
        time.sleep(0.2)
    raise RuntimeError("the bench's server did not become ready within two minutes")


def get(line: http.client.HTTPConnection, path: str, cookie: str) -> tuple[int, bytes]:
    """Status and body of one request over a kept connection."""
    line.request("GET", path, headers={"Cookie": f"anlan_session={cookie}", "Accept-Encoding": "gzip"})
    answer = line.getresponse()
    return answer.status, answer.read()


def memory_mb(pid: int) -> tuple[float, float]:
    """Resident memory of a process now, and at its highest."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = {name: value for name, _, value in (line.partition(":") for line in lines)}
    return tuple(int(found[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM"))  # type: ignore[return-value]


def limited(name: str, value: float, unit: str, limit: float, what: str) -> dict[str, Any]:
    """A result against a limit, as plain data."""
    against = f"limit {limit:g} {unit}, {what}"
    return {
        "name": name, "value": value, "unit": unit, "against": against, "ratio": limit / value, "held": value < limit,
    }  # fmt: skip


def beside(row: dict[str, Any], peer: str, value: float) -> None:
    """Put a peer's value before the limit; the ratio is then against the peer."""
    row["against"], row["ratio"] = f"{peer} {value:.1f}; {row['against']}", value / row["value"]


def percentile(seconds: Sequence[float], share: float) -> float:
    """In milliseconds."""
    return float(np.percentile(np.array(seconds) * 1000, share))


# ---- PostGIS ----------------
@contextlib.contextmanager
def postgis(rows: map_rows.Rows) -> Iterator[psycopg.Connection[Any] | None]:
    """Debian's server with PostGIS and the same rows, indexed and clustered by place; None where it is missing."""
    binaries = _with_postgis()
    if binaries is None:
        sys.stderr.write(f"{NO_POSTGIS}\n")
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="anlan-postgis-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(name: str, *line: object) -> None:
        whole = [str(binaries / name), "-D", str(data), *map(str, line)]
        subprocess.run(whole, user=user, cwd="/", check=True, stdout=subprocess.DEVNULL)

    try:
        run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8")
        options = " ".join(
            f"-c {option}" for option in (*POSTGIS_OPTIONS, f"unix_socket_directories={folder}")
        )
        run("pg_ctl", "-w", "-o", options, "-l", folder / "log", "start")
        try:
            with psycopg.connect(
                host=str(folder), user="postgres", dbname="postgres", autocommit=True
            ) as connection:
                _load_postgis(connection, rows)
                yield connection
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_postgis() -> Path | None:
    """Where the programs of a Debian server with PostGIS are; None where there is none."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if Path("/usr/share/postgresql", folder.parent.name, "extension/postgis.control").exists():
            return folder
    return None


def _load_postgis(connection: psycopg.Connection[Any], rows: map_rows.Rows) -> None:
    copy_rows(connection, rows)
    connection.execute("CREATE EXTENSION postgis")
    connection.execute(
        "CREATE TABLE placed AS SELECT o.*, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS place,"
        " ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 3857) AS geom FROM bench_object o"
    )
    connection.execute("CREATE INDEX placed_geom ON placed USING gist (geom)")
    connection.execute("CREATE INDEX placed_place ON placed USING gist (place)")
    connection.execute("CLUSTER placed USING placed_geom")
    connection.execute("VACUUM ANALYZE placed")
