"""A rowset as a statement and the sums that the database makes of it; how it is narrowed to a few of its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from anlan.kernel.indicators.sheet import Sheet, Sums
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.places.regions import prefix_of

ZONE = "Asia/Shanghai"
WIDTHS = {0: 2, 2: 4, 4: 6, 6: 9, 9: 12, 12: 12}  # digits of a region → digits of those one step inside
Condition = tuple[str, tuple[Any, ...]]  # text that begins with AND, and its values
Ids = Sequence[UUID] | None  # None: all rows


@dataclass(frozen=True, slots=True)
class Growth:
    """How a rowset is brought up to date without counting all of it.

    `touched(since, until)` is a statement that gives the ids of the rows whose part in the sums can differ between
    what was known at these two times (more may be given, none may be missing). `only(ids)` is the same rowset narrowed
    to these rows from the inside; where keys are counted, to every row of their keys. `stands_on` are tables of which
    something that counts is changed in place: such a change makes what was kept void.
    """

    touched: Callable[[datetime, datetime], Condition]
    only: Callable[[Sequence[UUID]], "Rowset"]
    stands_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rowset:
    """A statement over append-only rows. `hits` are its boolean columns, `keyed` says that it has a column `key`;
    `spread` names a column of numbers of which the sheet holds how many rows had each: a median can be read from that.
    """

    sql: str
    params: tuple[Any, ...]
    hits: tuple[str, ...] = ()
    keyed: bool = False
    spread: str = ""
    growth: Growth | None = None


Rows = Callable[[Cut, Period, datetime], Rowset]
Narrowed = Callable[[Cut, Period, datetime, Ids], Rowset]
Touched = Callable[[Period, datetime, datetime], Condition]


def growing(
    narrowed: Narrowed, touched: Touched, cut: Cut, period: Period, as_of: datetime, *, stands_on: tuple[str, ...] = ()
) -> Rowset:  # fmt: skip
    """All rows of `narrowed`, knowing how they grow."""
    growth = Growth(
        lambda since, until: touched(period, since, until),
        lambda ids: narrowed(cut, period, as_of, ids),
        stands_on,
    )
    return replace(narrowed(cut, period, as_of, None), growth=growth)


def only(column: str, ids: Ids) -> Condition:
    """A condition for some ids over a column; none where all are meant."""
    return ("", ()) if ids is None else (f" AND {column} = ANY(%s::uuid[])", (list(ids),))


def added_up(rowset: Rowset, cut: Cut) -> Sheet:
    """All three sums in one pass. A row without a time belongs to no month."""
    width = WIDTHS[len(prefix_of(cut.region)) if cut.region else 0]
    columns = ["count(*)", *(f"count(*) FILTER (WHERE {hit})" for hit in rowset.hits)]
    names = ["", *rowset.hits]
    if rowset.keyed:
        columns += [
            "count(DISTINCT key)",
            *(f"count(DISTINCT key) FILTER (WHERE {hit})" for hit in rowset.hits),
        ]
        names += ["#", *(f"{hit}#" for hit in rowset.hits)]
    also, one_more = ("spread", ", (spread)") if rowset.spread else ("NULL", "")
    kinds = " ".join(
        f"WHEN GROUPING({name}) = 0 THEN '{name}'"
        for name in ("street", "month", "spread")[: 3 if one_more else 2]
    )
    statement = (
        f"SELECT CASE {kinds} ELSE 'all' END, street, month, {also},"  # noqa: S608 - our own queries, values are parameters
        f" {', '.join(columns)} FROM (SELECT *, {rowset.spread or 'NULL'} AS spread, left(region, {width}) AS street,"
        f" date_trunc('month', at AT TIME ZONE '{ZONE}')::date AS month FROM ({rowset.sql}) r) s"
        f" GROUP BY GROUPING SETS ((), (street), (month){one_more})"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, rowset.params)
        found = cursor.fetchall()
    sheet = Sheet({}, {}, {}, {})
    for kind, street, month, value, *counts in found:
        sums: Sums = dict(zip(names, counts, strict=True))
        if kind == "all":
            sheet.total.update(sums)
        elif kind == "spread" and value is not None:
            sheet.spread[f"{value.normalize():f}"] = counts[0]
        elif kind == "street" and street is not None:
            sheet.regions[street.ljust(12, "0")] = sums
        elif kind == "month" and month is not None:
            sheet.months[month] = sums
    return sheet
