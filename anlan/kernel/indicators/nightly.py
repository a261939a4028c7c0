"""What reports read of spans that are over is kept once a day, and every night one kept sheet is counted anew."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import Error, connection
from django.db.models import F

from anlan.kernel.indicators import keeping, registry, spans
from anlan.kernel.indicators.models import Change, Kept
from anlan.kernel.indicators.rowsets import RowFormula
from anlan.kernel.indicators.sheet import of_json
from anlan.kernel.indicators.spans import Span
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.indicators.sums import Rows, added_up

logger = logging.getLogger(__name__)

LOCAL = ZoneInfo("Asia/Shanghai")
GO_SECONDS = 2.0  # of one turn; a sheet that takes longer by itself is a turn of its own
YEARS = 5  # of the mean that a report compares with
MONTHS = 12
DRIFT_TOLD = timedelta(days=7)
FORGOTTEN = timedelta(days=400)
# Nobody waits for it at night, and it holds nothing.
COUNTING = {
    "statement_timeout": "300s",
    "transaction_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A sheet that reports read: a rowset for a region and a span."""

    rows: Rows
    cut: Cut
    period: Period


def keep_spans(*, region: str, at: datetime) -> int:
    """One turn of the night: keep what is not kept yet as known a day ago, about two seconds of it. When all is kept,
    one sheet is counted anew and compared. Returns how many sheets were looked at; 0 when nothing is left."""
    known_at = _midnight(at) - keeping.SETTLED
    began, done = time.monotonic(), 0
    with unhurried():
        for asked in _behind(region, known_at):
            _keep(asked, known_at, at)
            done += 1
            if time.monotonic() - began > GO_SECONDS:
                return done
        done = done or _check_one(region, at)
    if not done:
        _tidy(at)
    return done


@contextmanager
def unhurried() -> Iterator[None]:
    """Counting at night may take as long as it takes: the limits of a page do not hold for it."""
    _limit("%s", list(COUNTING.items()))
    try:
        yield
    finally:
        with suppress(Error):
            _limit("coalesce(reset_val, %s)", list(COUNTING.items()))


def _limit(value: str, limits: list[tuple[str, str]]) -> None:
    """Set what this server knows of; older ones have no limit for transactions."""
    with connection.cursor() as cursor:
        for name, limit in limits:
            sql = f"SELECT set_config(name, {value}, false) FROM pg_settings WHERE name = %s"  # noqa: S608 - ours
            cursor.execute(sql, [limit, name])


def _tidy(at: datetime) -> None:
    """What nobody reads for a year goes, and changes that every kept sheet has seen."""
    Kept.objects.filter(known_at__lt=at - FORGOTTEN).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {Change._meta.db_table} c WHERE c.at < %s AND NOT EXISTS (SELECT FROM"  # noqa: S608
            f" {Kept._meta.db_table} k WHERE NOT pg_visible_in_snapshot(c.xid, k.snapshot::pg_snapshot))",
            [at - keeping.SETTLED],
        )


def drifted(at: datetime) -> int:
    """How many kept sheets were found different from the rows in the last week, and put right."""
    return Kept.objects.filter(drifted_at__gt=at - DRIFT_TOLD).count()


def _midnight(at: datetime) -> datetime:
    """The begin of the local day: the turns of one night keep what was known at one and the same moment."""
    return at.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)


def spans_read(day: date) -> list[Span]:
    """The spans that are over on a day and that reports and their comparisons read."""
    last = day.replace(day=1) - spans.DAY
    months = [spans.month(*_month_of(last, back)) for back in range(MONTHS)]
    quarter = spans.quarter(day.year, (day.month - 1) // 3 + 1).before()
    half = spans.half(day.year, 1 if day.month < 7 else 2).before()
    now = [months[0], quarter, half, spans.year(day.year - 1), spans.to_date(last)]
    beside = [other for span in now for other in (span.before(), *map(span.year_before, range(1, YEARS + 1)))]
    return list(dict.fromkeys([*now, *months, *beside]))


def _month_of(last: date, back: int) -> tuple[int, int]:
    """Year and number of the month so many before that of a day."""
    year, month = divmod(last.year * 12 + last.month - 1 - back, 12)
    return year, month + 1


def rowsets() -> list[Rows]:
    """The rowsets behind the declared numbers, each once."""
    found = keeping.declared() | {
        keeping.name_of(known.of.rows): known.of.rows
        for known in registry.all_indicators()
        if isinstance(known.of, RowFormula)
    }
    return [found[name] for name in sorted(found)]


def _behind(region: str, known_at: datetime) -> Iterator[Asked]:
    """What is not kept as known at a time. What cannot be kept is left out before anything is counted."""
    cut = Cut(region)
    periods = list(dict.fromkeys(s.period(LOCAL) for s in spans_read(known_at.astimezone(LOCAL).date())))
    kept = Kept.objects.filter(region=region, known_at=known_at)
    there = set(kept.values_list("rows", "start", "end"))
    for rows in rowsets():
        name = keeping.name_of(rows)
        for period in periods:
            if (name, period.start, period.end) in there or period.end > known_at:
                continue
            if rows(cut, period, known_at).growth is not None:
                yield Asked(rows, cut, period)


def _keep(asked: Asked, known_at: datetime, at: datetime) -> None:
    """Carry a kept sheet on to a later time of knowledge, or count it anew."""
    rowset = asked.rows(asked.cut, asked.period, known_at)
    row = keeping.held(keeping.name_of(asked.rows), asked.rows, asked.cut, asked.period)
    if row is not None and rowset.growth is not None and not keeping.is_void(row, rowset.growth):
        sheet = keeping.brought_up(row, asked.rows, rowset, asked.cut, asked.period, known_at)
        if sheet is not None:
            row.sheet, row.known_at = sheet.as_json(), known_at
            row.save(update_fields=["sheet", "known_at"])
            return
    if not keeping.copied(asked.rows, asked.cut, asked.period, known_at=known_at):
        keeping.count(asked.rows, asked.cut, asked.period, known_at=known_at, at=at)


def _check_one(region: str, at: datetime) -> int:
    """Count the sheet anew that was not looked at for longest, and compare; one a night. 0: it was done tonight."""
    mine = Kept.objects.filter(region=region)
    if mine.filter(checked_at__gte=_midnight(at)).exists():
        return 0
    known = {keeping.name_of(rows): rows for rows in rowsets()}
    row = mine.filter(rows__in=known).order_by(F("checked_at").asc(nulls_first=True), "-end", "rows").first()
    if row is None:
        return 0
    check(row, known[row.rows], at)
    return 1


def check(row: Kept, rows: Rows, at: datetime) -> bool:
    """Whether a kept sheet is what counting anew gives; if not it is put right and told in the log and to /health."""
    cut, period = Cut(row.region), Period(row.start, row.end)
    rowset = rows(cut, period, row.known_at)
    fresh = row.digest == keeping.digest(rows, cut, period)
    if not fresh or rowset.growth is None or keeping.is_void(row, rowset.growth):
        row.delete()  # it is not believed any more: nothing to compare with
        return True
    found = added_up(rowset, cut)
    same = found == of_json(row.sheet)
    row.checked_at = at
    if not same:
        logger.error(
            "kept sheet %s of %s: it differed from its rows and was put right", row, row.region or "all"
        )
        row.sheet, row.drifted_at = found.as_json(), at
    row.save(update_fields=["sheet", "checked_at", "drifted_at"])
    return same
