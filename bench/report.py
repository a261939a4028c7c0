"""The half-year report over a year of a district at ten times its real size: every number with its two comparisons,
the great ones by street and by month.

The half has been over for nine days in which work went on, some of it late entries and withdrawals. What the round of
the last night keeps was kept in the night before the report; its time is a row of its own.

Cold: the database has just been started and has nothing in memory. Warm: the same report read again, as everybody
does who opens it after it was drafted. Later: as known a second later, nothing read before helps. Anew: nothing kept,
everything counted. Draft: the office's act itself, from the button to the text that is kept, with its tables by street,
its charts by month and the year before, the rows behind each number; cold, and again. Beside it: the sums over the
great tables alone by DuckDB over Parquet.

ANLAN_BENCH_REPORT sets how many entries the ledger has (10,000,000).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.result import Result

ROOT = Path(__file__).resolve().parents[1]
COLD_S, WARM_S = 5.0, 1.0
# Numbers that a report shows by street and by month.
GREAT = (
    "dangers.found", "dangers.rectification_rate", "dangers.on_time", "patrols.visits", "patrols.found",
    "patrols.visits_dust", "patrols.visits_confined_space", "patrols.visits_plating", "patrols.visits_hazchem",
    "warnings.answered_in_time",
)  # fmt: skip
OFFICES = ("work_plan_office", "safety_section", "flood_office_head", "watch_chief", "bureau_chief")


def run() -> list[Result]:
    """Write the year in a var folder of its own, then read it in fresh processes."""
    var = Path(tempfile.mkdtemp(prefix="anlan-bench-"))
    var.chmod(0o755)
    try:
        wrote = _process(var, "write")
        told = _process(var, "read")
        told |= _process(var, "draft")
        peer = _process(var, "peer")
    finally:
        shutil.rmtree(var, ignore_errors=True)
    return _results(wrote | told | peer)


def _process(var: Path, part: str) -> dict[str, Any]:
    environment = {**os.environ, "ANLAN_VAR": str(var), "PYTHONPATH": str(ROOT), "ANLAN_LOG_LEVEL": "WARNING"}
    line = [sys.executable, "-m", "bench.report", part]
    done = subprocess.run(line, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{part} ended with {done.returncode}; see above")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _results(told: dict[str, Any]) -> list[Result]:
    size = ", ".join(f"{value:,} {name}" for name, value in told["amounts"].items())
    whole = told["amounts"]["entries"] >= 10_000_000
    limit = "limit" if whole else "NOT the full size; limit"
    again = told["sums"]
    nights = f"limit none: the sheets brought to another day, one counted anew; the first night {told['first']:.0f} s"
    results = [
        Result("report.cold", told["cold"], "s", f"{limit} {COLD_S:.0f} s: {told['numbers']} numbers × 3 spans",
               COLD_S / told["cold"], told["cold"] < COLD_S),
        Result("report.warm", told["warm"], "s", f"{limit} {WARM_S:.0f} s: the same report opened again",
               WARM_S / told["warm"], told["warm"] < WARM_S),
        Result("report.later", told["later"], "s", "known a second later: what was kept is brought up to date again"),
        Result("report.draft", told["draft"], "s", f"{limit} {COLD_S:.0f} s: cold, {told['drafted']} numbers kept",
               COLD_S / told["draft"], told["draft"] < COLD_S),
        Result("report.draft_again", told["draft_again"], "s", "limit none: the same, known a second later"),
        Result("report.draft_running", told["draft_running"], "s",
               "limit none: the annual report of the year that runs on, by the background: nothing of it is kept"),
        Result("report.draft_daily", told["draft_daily"], "s", "limit 2 s: the sheet of the day, in the request",
               2 / told["draft_daily"], told["draft_daily"] < 2),
        Result("report.anew", told["anew"], "s", "limit none: nothing kept, everything counted again, pages in memory"),
        Result("report.night", told["night"], "s", f"{nights}, {told['sheets']} sheets",
               held=told["kept"] == told["of"] and not told["drifted"]),
        Result("report.size", told["amounts"]["entries"], "entries", size),
    ]  # fmt: skip
    if told["duckdb"]:
        results.append(
            Result("report.sums", again, "s", f"DuckDB {told['duckdb']:.3f} s: the same sums over Parquet"
                   f" ({told['same']} of {told['compared']} equal)", told["duckdb"] / again,
                   told["same"] == told["compared"])
        )  # fmt: skip
    else:
        results.append(
            Result("report.sums", again, "s", "DuckDB is not installed here, nothing to compare with")
        )
    return results


# ---- inside: `python -m bench.report PART` with a var folder of its own ----
def write() -> dict[str, Any]:
    """The district and its year."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from django.db import connections  # noqa: PLC0415 - Django is set up first

    from anlan.kernel.places.models import Region  # noqa: PLC0415
    from anlan.surfaces.stream.standing import database  # noqa: PLC0415
    from bench import district, report_rows  # noqa: PLC0415

    began = time.monotonic()
    entries = int(os.environ.get("ANLAN_BENCH_REPORT", "10000000"))

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {what}", file=sys.stderr, flush=True)

    with database():
        district.build(datetime(2025, 6, 1, tzinfo=UTC))
        regions = list(Region.objects.filter(level="community").values_list("pk", flat=True).order_by("pk"))
        owner = connections["owner"]
        owner.ensure_connection()
        amounts = report_rows.write(owner.connection, regions, entries, say)
        first, _ = _night(9)
        say(f"first night gone in {first:.0f} s")
        night, sheets = _night(10)
        from anlan.kernel.indicators.nightly import drifted  # noqa: PLC0415

        told = {
            "first": first,
            "night": night,
            "sheets": sheets,
            "drifted": drifted(datetime(2026, 7, 11, tzinfo=UTC)),
        }
    return {"amounts": amounts} | told


def _night(day: int) -> tuple[float, int]:
    """The round of a morning of July: seconds, and how many sheets it looked at."""
    from datetime import datetime  # noqa: PLC0415

    from anlan.kernel.indicators import comparing, nightly  # noqa: PLC0415

    began, sheets = time.perf_counter(), 0
    at = datetime(2026, 7, day, 5, tzinfo=comparing.LOCAL)
    while done := nightly.keep_spans(region="440399000000", at=at):
        sheets += done
    return time.perf_counter() - began, sheets


def read() -> dict[str, Any]:
    """The report four times: cold, again, as known a second later, and with nothing kept."""
    from django.core.cache import cache  # noqa: PLC0415 - Django is set up first
    from django.core.management import call_command  # noqa: PLC0415 - Django is set up first
    from django.db import transaction  # noqa: PLC0415

    from anlan.kernel.indicators import nightly  # noqa: PLC0415
    from anlan.kernel.indicators.models import Kept  # noqa: PLC0415
    from anlan.surfaces.stream.standing import database  # noqa: PLC0415

    forget(Path(os.environ["ANLAN_VAR"]))
    with database():
        call_command("createcachetable", database="owner", verbosity=0)
        cache.clear()
        cold, numbers = _timed(second=0)
        warm, _ = _timed(second=0)
        later, _ = _timed(second=1)
        with nightly.unhurried(), transaction.atomic():
            Kept.objects.all().delete()
            anew, _ = _timed(second=2)
            transaction.set_rollback(True)  # the peer compares with what was kept
    return {"cold": cold, "warm": warm, "later": later, "anew": anew, "numbers": numbers}


def _timed(*, second: int) -> tuple[float, int]:
    started = time.perf_counter()
    numbers = half_year(second=second)
    return time.perf_counter() - started, numbers


def half_year(*, second: int = 0) -> int:
    """Every declared number of the first half of 2026 beside last year and the half before; the great ones by street
    and by month. Returns how many numbers there were."""
    from datetime import datetime  # noqa: PLC0415

    from anlan.kernel.indicators import comparing, memory, spans  # noqa: PLC0415
    from anlan.kernel.indicators.registry import all_indicators  # noqa: PLC0415
    from anlan.kernel.indicators.spec import Cut  # noqa: PLC0415

    as_of = datetime(2026, 7, 10, 9, 0, second, tzinfo=comparing.LOCAL)
    asked: dict[str, Any] = {"cut": Cut("440399000000"), "span": spans.half(2026, 1), "as_of": as_of}
    slow: list[tuple[float, str]] = []
    with memory.together(keep="half-year"):
        for known in all_indicators():
            began = time.perf_counter()
            comparing.compared(code=known.code, kinds=("year_before", "before"), **asked)
            slow.append((time.perf_counter() - began, known.code))
        for code in GREAT:
            comparing.by_region(code=code, **asked)
            comparing.by_month(code=code, **asked)
    for seconds, code in sorted(slow, reverse=True)[: int(os.environ.get("ANLAN_BENCH_SLOW", "0"))]:
        print(f"{seconds:8.3f} s  {code}", file=sys.stderr)
    return len(slow)


def draft() -> dict[str, Any]:
    """An office drafts the half-year: the first of the morning, and another a second later."""
    from django.core.cache import cache  # noqa: PLC0415 - Django is set up first

    from anlan.kernel.orgs.models import DutyKind  # noqa: PLC0415
    from anlan.surfaces.stream.standing import database  # noqa: PLC0415

    forget(Path(os.environ["ANLAN_VAR"]))
    with database():
        for code in OFFICES:
            DutyKind.objects.get_or_create(code=code, defaults={"label": code, "label_en": code})
        cache.clear()
        cold, numbers = _drafted(second=0)
        again, _ = _drafted(second=1)
        running, _ = _drafted(second=2, template="annual", day=10)
        daily, _ = _drafted(second=3, template="daily_sheet", day=10)
    told = {"draft": cold, "draft_again": again, "draft_running": running, "draft_daily": daily}
    return told | {"drafted": numbers}


def _drafted(*, second: int, template: str = "half_year", day: int = 0) -> tuple[float, int]:
    """Seconds of the act, and how many numbers it kept; nothing of it stays."""
    from datetime import date, datetime  # noqa: PLC0415

    from django.db import connection, transaction  # noqa: PLC0415

    from anlan.domains.bulletins.actions import drafting  # noqa: PLC0415
    from anlan.domains.bulletins.models import Number  # noqa: PLC0415
    from anlan.kernel.indicators import comparing  # noqa: PLC0415

    at = datetime(2026, 7, 10, 9, 0, second, tzinfo=comparing.LOCAL)
    # The product reads before it writes, each statement for itself; here one transaction holds both, to undo them.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_timeout = 0")
        started = time.perf_counter()
        item = drafting.draft(
            template=template,
            region="440399000000",
            day=date(2026, 7, day) if day else date(2026, 6, 30),
            by="service:bench",
            at=at,
        )
        took = time.perf_counter() - started
        print(f"{took:8.2f} s  {template} drafted", file=sys.stderr)
        numbers = Number.objects.filter(paragraph__report=item.pk).count()
        transaction.set_rollback(True)
    return took, numbers


def forget(var: Path) -> None:
    """Let the system forget the files of the database, so that cold is cold."""
    os.sync()
    for path in (var / "postgres").rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


def peer() -> dict[str, Any]:
    """The sums over the great tables, by ours and by DuckDB, and whether they are the same."""
    from anlan.surfaces.stream.standing import database  # noqa: PLC0415
    from bench import report_peer  # noqa: PLC0415

    with database():
        return report_peer.measured(Path(os.environ["ANLAN_VAR"]))


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    django.setup()
    print(json.dumps({"write": write, "read": read, "draft": draft, "peer": peer}[sys.argv[1]]()))
