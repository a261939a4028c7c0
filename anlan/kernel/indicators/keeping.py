"""Sheets of spans that are over are kept, and brought up to date by what was recorded since (账期结转).

    what is known at T  =  what was kept at W  −  the touched rows as known at W  +  the same rows as known at T

Touched are the rows whose part in the sums can differ between W and T; nearly always there are none or a handful, since
a span that is over only gets late entries. T may also lie before W. Exact, not near: where a rowset cannot say what was
touched, where something was changed in place, where too much was touched, everything is counted anew.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection

from anlan.kernel.indicators.models import Change, Kept
from anlan.kernel.indicators.sheet import Sheet, of_json
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.indicators.sums import Growth, Rows, Rowset, added_up
from anlan.kernel.ledger.models import SystemIdentifier

# What is kept was known a day before it was counted: a transaction that set its time before that has ended since. The
# longest we let run is fifteen seconds; a day also covers a clock that was set wrong and put right.
SETTLED = timedelta(days=1)
MOST_TOUCHED = 20_000  # looked up one by one they cost as much as counting a year anew


_more: dict[str, Rows] = {}


def read_at_night(rows: Rows) -> Rows:
    """Declare a rowset that formulas of their own read: the round keeps its sheets as it does those of `RowFormula`."""
    _more[name_of(rows)] = rows
    return rows


def declared() -> dict[str, Rows]:
    """The rowsets that were declared so."""
    return dict(_more)


def name_of(rows: Rows) -> str:
    """The name under which the sheets of a rowset are kept."""
    return f"{rows.__module__}.{rows.__qualname__}"


def sheet(name: str, rows: Rows, cut: Cut, period: Period, as_of: datetime) -> Sheet:
    """The sums of a rowset as they were known at a time: out of what was kept where that is possible, else counted."""
    rowset = rows(cut, period, as_of)
    if rowset.growth is not None and plain(cut) and period.end <= as_of:
        row = held(name, rows, cut, period)
        if row is not None and not is_void(row, rowset.growth):
            found = brought_up(row, rows, rowset, cut, period, as_of)
            if found is not None:
                return found
    return added_up(rowset, cut)


def plain(cut: Cut) -> bool:
    """Whether sheets of such a cut are kept at all: a region of the real world and nothing more."""
    return cut.exercise_id is None and not cut.asked


def held(name: str, rows: Rows, cut: Cut, period: Period) -> Kept | None:
    """What is kept of a span, if it was counted by the same definition in this very database."""
    kept = Kept.objects.filter(
        rows=name, region=cut.region, start=period.start, end=period.end, digest=digest(rows, cut, period),
        cluster=SystemIdentifier(),
    )  # fmt: skip
    return kept.first()


def is_kept(*, region: str, period: Period, since: datetime) -> bool:
    """Whether the sums of a span are kept as known not longer ago than a time: then its numbers are read at once."""
    kept = Kept.objects.filter(
        region=region, start=period.start, end=period.end, known_at__gte=since, cluster=SystemIdentifier()
    )
    return kept.exists()


def digest(rows: Rows, cut: Cut, period: Period) -> str:
    """What a rowset says and with which values (those of rules among them), without any time of knowledge."""
    rowset = rows(cut, period, period.end)
    said: list[object] = [rowset.sql, _timeless(rowset.params), rowset.hits, rowset.keyed, rowset.spread]
    if rowset.growth is not None:
        sql, params = rowset.growth.touched(period.end, period.end)
        said += [sql, _timeless(params), rowset.growth.stands_on]
    return sha256(repr(said).encode()).hexdigest()


def _timeless(params: tuple[Any, ...]) -> list[object]:
    """Values with their moments in one zone: the same moment is the same value wherever it was read."""
    return [value.astimezone(UTC) if isinstance(value, datetime) else value for value in params]


def is_void(row: Kept, growth: Growth) -> bool:
    """Whether something that counts was changed in place after the sheet was counted, told by transactions."""
    if not growth.stands_on:
        return False
    since = Change.objects.filter(name__in=growth.stands_on).extra(
        where=[
            "xid >= pg_snapshot_xmin(%s::pg_snapshot)",
            "NOT pg_visible_in_snapshot(xid, %s::pg_snapshot)",
        ],
        params=[row.snapshot, row.snapshot],
    )
    return since.exists()


def brought_up(
    row: Kept, rows: Rows, rowset: Rowset, cut: Cut, period: Period, as_of: datetime
) -> Sheet | None:
    """What was kept, with what changed between then and `as_of`. None: too much was touched, counting is cheaper."""
    known, growth = of_json(row.sheet), rowset.growth
    before = rows(cut, period, row.known_at).growth
    if growth is None or before is None:
        return None
    ids = _touched(growth, *sorted((row.known_at, as_of)))
    if len(ids) > MOST_TOUCHED:
        return None
    if not ids:
        return known
    return known.with_change(added_up(before.only(ids), cut), added_up(growth.only(ids), cut))


def _touched(growth: Growth, since: datetime, until: datetime) -> list[UUID]:
    sql, params = growth.touched(since, until)
    # The statement comes from our own queries, its values are parameters.
    statement = f"SELECT DISTINCT id FROM ({sql}) t WHERE id IS NOT NULL LIMIT {MOST_TOUCHED + 1}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [row[0] for row in cursor.fetchall()]


def copied(rows: Rows, cut: Cut, period: Period, *, known_at: datetime) -> bool:
    """Keep what was counted for another span by the very same statement: a state of a day is that of every span that
    ends on it."""
    name = name_of(rows)
    same = Kept.objects.filter(
        rows=name, region=cut.region, digest=digest(rows, cut, period), known_at=known_at, cluster=SystemIdentifier()
    )  # fmt: skip
    row, growth = same.first(), rows(cut, period, known_at).growth
    if row is None or growth is None or is_void(row, growth):
        return False
    names = ("digest", "known_at", "sheet", "counted_at", "snapshot", "cluster")
    Kept.objects.update_or_create(
        rows=name, region=cut.region, start=period.start, end=period.end,
        defaults={each: getattr(row, each) for each in names},
    )  # fmt: skip
    return True


def count(rows: Rows, cut: Cut, period: Period, *, known_at: datetime, at: datetime) -> Kept | None:
    """Count a span anew as it was known at a time and keep that; None where the rowset cannot be kept."""
    rowset = rows(cut, period, known_at)
    if rowset.growth is None or known_at < period.end:
        return None
    with connection.cursor() as cursor:  # before the count: what commits in between makes it void, rightly
        cursor.execute("SELECT pg_current_snapshot()::text, ledger_system_identifier()")
        snapshot, cluster = cursor.fetchone()
    found = added_up(rowset, cut).as_json()
    facts = {
        "digest": digest(rows, cut, period), "known_at": known_at, "sheet": found, "counted_at": at,
        "snapshot": snapshot, "cluster": cluster,
    }  # fmt: skip
    row, _made = Kept.objects.update_or_create(
        rows=name_of(rows), region=cut.region, start=period.start, end=period.end, defaults=facts
    )
    return row
