"""A million rows of risk sources with their points, out of one xlsx as an office sends it, through the whole import:
file checked, cells checked, firms and regions looked up, methods computed, rows, history, search and ledger written.

Printed beside it: a bare COPY of exactly the rows that came of it into tables of the same columns without an index.
And a file with bad rows: the good ones are in, each bad one has its reason; the same file again
changes nothing; a kill -9 in the midst loses and doubles nothing.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.result import Result

ROOT = Path(__file__).resolve().parents[1]
ROWS, BAD_ROWS, BAD_EACH = 1_000_000, 20_000, 50
LIMIT_S = 120.0
HEADS = (
    "统一社会信用代码*", "风险点编号", "风险点名称", "风险点类型", "所在社区", "经度", "纬度", "危险源名称",
    "危险源类型", "可能导致的事故", "极端风险等级", "风险等级", "评估方法", "L值", "E值", "C值",
)  # fmt: skip
LEC = ((1, 6, 7, "低风险"), (3, 6, 7, "一般风险"), (3, 6, 15, "较大风险"), (6, 6, 15, "重大风险"))


def run() -> list[Result]:
    """Measure in a var folder of its own; nothing of the installation is touched."""
    var = Path(tempfile.mkdtemp(prefix="anlan-bench-"))
    var.chmod(0o755)
    try:
        environment = {**os.environ, "ANLAN_VAR": str(var), "PYTHONPATH": str(ROOT)}
        line = [sys.executable, "-m", "bench.imports"]
        done = subprocess.run(line, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the bench ended with {done.returncode}; see above")
        told = json.loads(done.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(var, ignore_errors=True)
    return _results(told)


def _results(told: dict[str, Any]) -> list[Result]:
    seconds, rows = told["seconds"], told["rows"]
    whole = told["written"] == rows
    bare = told["copy"]
    return [
        Result("import", seconds, "s", f"limit {LIMIT_S:.0f} s: {rows:,} rows of an xlsx",
               LIMIT_S / seconds, seconds < LIMIT_S and whole),
        Result("import.rate", rows / seconds, "rows/s", f"processor: {told['cpu']:.0f} s ours, {told['reader']:.0f} s"
               f" its reader's, {told['server']:.0f} s the database's"),
        Result("import.copy", rows / seconds, "rows/s",
               f"bare COPY of the same rows {rows / bare:,.0f}/s", bare / seconds),
        Result("import.bad_rows", told["refused"], "rows",
               f"of {BAD_ROWS} with {told['bad']} bad: {told['good']} taken in",
               None, told["refused"] == told["bad"] and told["good"] == BAD_ROWS - told["bad"]),
        Result("import.again", told["again"], "rows", "the same file again writes none", None, told["again"] == 0),
        Result("import.killed", told["killed"], "kills -9", f"then {told['after']} rows, none lost, none double",
               None, told["killed"] > 0 and told["after"] == told["wanted"]),
        Result("import.memory", told["memory"], "MB",
               f"peak of the importing process; {told['held']:.0f} MB its reader, for as long as it reads"),
    ]  # fmt: skip


# ---- inside: `python -m bench.imports` with a var folder of its own ----
def rows_of(
    firms: list[tuple[str, str, float, float]], many: int, *, bad_each: int = 0, start: int = 0
) -> Iterator[list[Any]]:
    """`many` rows, about three sources a point, eight points a firm; every `bad_each`th row cannot be taken."""
    from anlan.surfaces.cli.demo.risks import kinds  # noqa: PLC0415 - Django is set up first

    dice = random.Random(11 + start)
    there = [kind for row in kinds().values() for kind in row]
    words = {"equipment": "设备", "spot": "岗位", "place": "场所", "area": "区域", "activity": "作业活动"}
    hazards = {
        "material": "物质",
        "energy": "能量",
        "behaviour": "行为",
        "surroundings": "环境",
        "rules": "制度",
    }
    written = number = 0
    while True:
        uscc, region, lon, lat = firms[number % len(firms)]
        kind = there[dice.randrange(len(there))]
        for name, hazard, accident in kind.sources:
            likely, exposed, grave, level = LEC[min(3, int(dice.expovariate(1.1)))]
            row = [
                uscc, f"P{start + number // len(firms):05d}", f"{number % 9 + 1}号{kind.name}", words[kind.kind],
                region, lon, lat, name, hazards[hazard], accident, "重大风险", level, "LEC", likely, exposed, grave,
            ]  # fmt: skip
            written += 1
            if bad_each and written % bad_each == 0:
                row[0] = "91440399XXXXXXXXXX"
            yield row
            if written == many:
                return
        number += 1


def inside() -> dict[str, Any]:
    """The measurements, on the cluster of ANLAN_VAR."""
    from anlan.surfaces.stream.standing import database  # noqa: PLC0415

    began = time.monotonic()
    with database():
        firms = _ground()
        _say("the district and its firms are there", began)
        told = _million(firms)
        _say(f"{told['written']} rows in {told['seconds']:.0f} s", began)
        told |= _copies()
        _say("copied", began)
        told |= _with_bad(firms)
        _say("the good rows of a bad file are in", began)
        told |= _killed(firms)
        _say("killed and resumed", began)
    return told


def _say(done: str, began: float) -> None:
    print(f"{time.monotonic() - began:5.0f} s  {done}", file=sys.stderr, flush=True)


def _ground() -> list[tuple[str, str, float, float]]:
    from anlan.domains.enterprises.models import Enterprise  # noqa: PLC0415
    from anlan.surfaces.cli.demo import district, firms  # noqa: PLC0415

    district.write()
    firms.write()
    rows = Enterprise.objects.filter(organisation__code__startswith="district_").order_by("pk")
    names = ("organisation__uscc", "organisation__region_id", "organisation__lon", "organisation__lat")
    return list(rows.values_list(*names))


def _file(name: str, rows: Iterator[list[Any]]) -> Path:
    from anlan.kernel.sheets.writing import write_xlsx  # noqa: PLC0415

    path = Path(os.environ["ANLAN_VAR"]) / name
    write_xlsx(path, name="危险源台账", heads=HEADS, rows=rows)
    return path


def _take(path: Path) -> Any:
    from anlan.kernel.core import clock  # noqa: PLC0415
    from anlan.kernel.sheets import actions, files, running  # noqa: PLC0415

    at = clock.real_now()
    job = actions.receive(
        sheet="risks.sources", blocks=files.blocks_of(path), name=path.name, by="service:bench", at=at
    )
    running.run(job)
    actions.begin(job=job, dry=False, by="service:bench", at=at)
    return running.run(job)


def _million(firms: list[tuple[str, str, float, float]]) -> dict[str, Any]:
    import resource  # noqa: PLC0415

    path = _file("million.xlsx", rows_of(firms, ROWS))
    cpu, server, before = time.process_time(), _server_cpu(), resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    job = _take(path)
    seconds = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": seconds, "rows": ROWS, "written": job.written, "cpu": time.process_time() - cpu,
        "server": _server_cpu() - server, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "reader": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "held": after.ru_maxrss / 1024,
    }  # fmt: skip


def _server_cpu() -> float:
    """Seconds of processor of our own backend."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        parts = (
            Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        )
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def _copies() -> dict[str, float]:
    """The same rows once more, into bare tables of the same columns."""
    from django.db import connections  # noqa: PLC0415

    owner = connections["owner"]
    spent = 0.0
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN"
            " ('statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')"
        )
        for table in ("risks_riskpoint", "risks_risksource", "risks_level"):
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                data = b"".join(copy)
            cursor.execute(f"CREATE TABLE bench_{table} (LIKE {table})")
            started = time.monotonic()
            with cursor.copy(f"COPY bench_{table} FROM STDIN") as copy:
                for start in range(0, len(data), 2**20):
                    copy.write(data[start : start + 2**20])
            spent += time.monotonic() - started
            cursor.execute(f"DROP TABLE bench_{table}")
    return {"copy": spent}


def _with_bad(firms: list[tuple[str, str, float, float]]) -> dict[str, Any]:
    path = _file("bad.xlsx", rows_of(firms, BAD_ROWS, bad_each=BAD_EACH, start=50_000))
    job, again = _take(path), _take(path)
    return {"bad": BAD_ROWS // BAD_EACH, "refused": job.refused, "good": job.written, "again": again.written}


def _killed(firms: list[tuple[str, str, float, float]]) -> dict[str, Any]:
    """A process of its own takes a file in and is killed in the midst; another goes on."""
    from anlan.domains.risks.models import RiskSource  # noqa: PLC0415
    from anlan.kernel.core import clock  # noqa: PLC0415
    from anlan.kernel.sheets import actions, files, running  # noqa: PLC0415

    wanted, before, kills = 40_000, RiskSource.objects.count(), 0
    path = _file("killed.xlsx", rows_of(firms, wanted, start=70_000))
    job = actions.receive(
        sheet="risks.sources",
        blocks=files.blocks_of(path),
        name="killed.xlsx",
        by="service:bench",
        at=clock.real_now(),
    )
    running.run(job)
    actions.begin(job=job, dry=False, by="service:bench", at=clock.real_now())
    for past in (5_000, 20_000):
        child = subprocess.Popen(
            [sys.executable, "-m", "anlan", "process", "jobs"], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        while child.poll() is None:
            job.refresh_from_db()
            if job.position >= past:
                break
            time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
        child.wait()
        kills += job.state == "running"
    while job.state != "taken":
        running.work_once()
        job.refresh_from_db()
        time.sleep(0.1)
    return {"killed": kills, "after": RiskSource.objects.count() - before, "wanted": wanted}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    import django

    django.setup()
    print(json.dumps(inside()))
