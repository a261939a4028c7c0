"""The sums over the great tables of the report by DuckDB over Parquet, beside our own: the same must come out.

Ours are counted anew, nothing kept helps them; what was kept and brought up to date must be equal to both.
"""

import importlib.util
import time
from datetime import datetime
from pathlib import Path
from typing import Any

TABLES = {
    "steps": "SELECT item_id::text AS item, move, at AS known_at, happened_at FROM loop_step",
    "items": "SELECT id::text AS id, loop, region_id AS region FROM loop_workitem",
    "terms": "SELECT item_id::text AS item, due_at, set_at FROM dangers_term",
    "visits": "SELECT item_id::text AS item, kind, tags::text AS tags FROM patrols_visit",
}
PASSED = (
    "SELECT item, max(happened_at) AS passed_at FROM steps"
    " WHERE move IN ('accept', 'fix_on_spot') AND known_at <= {end} GROUP BY item"
)
# The statements hold no value of anybody's: times are filled in from the bench's own.
SUMS = {
    "found": f"""SELECT {{group}}, count(*), count(p.item) FROM steps s JOIN items w ON w.id = s.item
        LEFT JOIN ({PASSED}) p ON p.item = s.item
        WHERE s.move = 'open' AND w.loop = 'dangers.danger' AND s.happened_at >= {{start}} AND s.happened_at < {{end}}
        AND s.known_at <= {{as_of}}
        AND s.item NOT IN (SELECT item FROM steps WHERE move = 'withdraw' AND known_at <= {{as_of}})""",  # noqa: S608
    "due": f"""SELECT {{group_due}}, count(*), count(*) FILTER (WHERE p.passed_at <= t.due_at) FROM terms t
        JOIN items w ON w.id = t.item LEFT JOIN ({PASSED.replace("{end}", "{as_of}")}) p ON p.item = t.item
        WHERE t.due_at >= {{start}} AND t.due_at < {{end}}""",  # noqa: S608
    "visits": """SELECT {group}, count(*), count(*) FILTER (WHERE v.tags LIKE '%dust%') FROM steps s
        JOIN visits v ON v.item = s.item JOIN items w ON w.id = s.item
        WHERE s.move = 'finish' AND s.happened_at >= {start} AND s.happened_at < {end}
        AND s.known_at <= {as_of}""",
}


def measured(var: Path) -> dict[str, Any]:
    """Ours in seconds, DuckDB's (0 where it is not installed), and how many of the sums are the same."""
    from anlan.domains.dangers.queries import numbers as dangers  # noqa: PLC0415 - Django is set up first
    from anlan.domains.patrols.queries import numbers as patrols  # noqa: PLC0415
    from anlan.kernel.indicators import comparing, keeping, nightly, spans  # noqa: PLC0415
    from anlan.kernel.indicators.spec import Cut  # noqa: PLC0415
    from anlan.kernel.indicators.sums import added_up  # noqa: PLC0415

    as_of = datetime(2026, 7, 10, 9, tzinfo=comparing.LOCAL)
    half, cut = spans.half(2026, 1), Cut("440399000000")
    periods = [comparing.period_of(span, as_of) for span in (half, half.before())]
    ways = {
        "found": (dangers.found, "passed"),
        "due": (dangers.due, "met"),
        "visits": (patrols.visits, "dust"),
    }
    for _round in range(2):  # the second round has its pages in memory, as DuckDB's has
        began = time.perf_counter()
        with nightly.unhurried():
            sheets = {
                (name, place): added_up(rows(cut, period, as_of), cut)
                for name, (rows, _hit) in ways.items()
                for place, period in enumerate(periods)
            }
        ours = time.perf_counter() - began
    kept = sum(
        keeping.sheet(keeping.name_of(rows), rows, cut, periods[place], as_of) == sheets[name, place]
        for name, (rows, _hit) in ways.items()
        for place in range(len(periods))
    )
    if importlib.util.find_spec("duckdb") is None:
        return {"sums": ours, "duckdb": 0.0, "same": 0, "compared": 0, "kept": kept, "of": len(sheets)}
    theirs, rows = _duckdb(var, periods, as_of)
    same = compared = 0
    for (name, place), sheet in sheets.items():
        hit = ways[name][1]
        for region, _month, count, hits in rows[name, place]:
            if region is not None:
                known = sheet.regions[region.ljust(12, "0")]
                compared += 1
                same += (known[""], known[hit]) == (count, hits)
    return {
        "sums": ours,
        "duckdb": theirs,
        "same": same,
        "compared": compared,
        "kept": kept,
        "of": len(sheets),
    }


def _duckdb(var: Path, periods: list[Any], as_of: datetime) -> tuple[float, dict[tuple[str, int], list[Any]]]:
    import duckdb  # noqa: PLC0415 - only where it is installed
    from django.db import connection  # noqa: PLC0415

    connection.ensure_connection()
    connection.connection.execute("SET statement_timeout = 0")
    connection.connection.execute("SET transaction_timeout = 0")
    base = duckdb.connect()
    base.execute("SET TimeZone = 'Asia/Shanghai'")
    for name, select in TABLES.items():
        text, packed = var / f"{name}.csv", var / f"{name}.parquet"
        _copied(connection.connection, select, text)
        base.execute(f"COPY (SELECT * FROM read_csv('{text}')) TO '{packed}' (FORMAT parquet)")  # noqa: S608
        text.unlink()
        base.execute(f"CREATE VIEW {name} AS SELECT * FROM '{packed}'")  # noqa: S608
    found: dict[tuple[str, int], list[Any]] = {}
    for _round in range(2):
        began = time.perf_counter()
        for name, sql in SUMS.items():
            for place, period in enumerate(periods):
                found[name, place] = base.execute(_filled(sql, period, as_of)).fetchall()
        seconds = time.perf_counter() - began
    return seconds, found


def _copied(connection: Any, select: str, path: Path) -> None:
    statement = f"COPY ({select}) TO STDOUT (FORMAT csv, HEADER)"
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            file.write(block)


def _filled(sql: str, period: Any, as_of: datetime) -> str:
    """With the times of a period; in all, by street and by month in one statement, as ours."""
    when = {
        name: f"TIMESTAMPTZ '{at.isoformat()}'"
        for name, at in (("start", period.start), ("end", period.end), ("as_of", as_of))
    }
    column = "t.due_at" if "{group_due}" in sql else "s.happened_at"
    street, month = "substr(w.region::VARCHAR, 1, 9)", f"date_trunc('month', {column})::DATE"
    for mark in ("{group}", "{group_due}"):
        sql = sql.replace(mark, f"{street} AS street, {month} AS month")
    return sql.format(**when) + " GROUP BY GROUPING SETS ((), (street), (month))"
