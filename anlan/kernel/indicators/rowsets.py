"""Numbers as rows not read yet: the database adds them up by region and month, and gives their ids by the page.

A rowset is one statement with the columns id, region, at, one boolean a hit, and a key where what counts is not the
row but what it is about (firms, not visits). A formula says which of them count and out of which.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, overload
from uuid import UUID

from django.db import connection

from anlan.kernel.indicators import memory
from anlan.kernel.indicators.spec import Counted, Cut, Period, percent
from anlan.kernel.places.regions import prefix_of

ZONE = "Asia/Shanghai"
EVER = datetime(1900, 1, 1, tzinfo=UTC)  # before anything that was ever recorded
WIDTHS = {0: 2, 2: 4, 4: 6, 6: 9, 9: 12, 12: 12}  # digits of a region → digits of those one step inside


@dataclass(frozen=True, slots=True)
class Rowset:
    """A statement over append-only rows. `hits` are its boolean columns, `keyed` says that it has a column `key`."""

    sql: str
    params: tuple[Any, ...]
    hits: tuple[str, ...] = ()
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """What came of a rowset, by hit ("" is every row): in all, by region one step inside, and by month."""

    total: dict[str, int]
    regions: dict[str, dict[str, int]]
    months: dict[date, dict[str, int]]


Rows = Callable[[Cut, Period, datetime], Rowset]


@dataclass(frozen=True, slots=True)
class RowFormula:
    """A formula over a rowset: how many rows hit, or their share of the base in per cent.

    `hit` and `base` name boolean columns, empty for every row. `distinct` counts keys instead of rows.
    """

    rows: Rows
    hit: str = ""
    base: str = ""
    share: bool = False
    distinct: bool = False
    dated: bool = True  # its rows lie in months; False: it is a state on the last day

    def __call__(self, cut: Cut, period: Period, as_of: datetime) -> Counted:
        return self._counted(self.sheet(cut, period, as_of).total, cut, period, as_of)

    def sheet(self, cut: Cut, period: Period, as_of: datetime) -> Sheet:
        """The sums of this rowset; formulas over the same rows share them inside `memory.together`."""
        name = f"{self.rows.__module__}.{self.rows.__qualname__}"
        key = memory.key_of("sheet", name, cut, period, as_of)
        return memory.once(key, lambda: _added_up(self.rows(cut, period, as_of), cut), keep=False)

    def value(self, sums: dict[str, int]) -> tuple[Decimal | None, int]:
        """Value and base out of the sums by hit."""
        told = sums.get(f"{self.hit}#" if self.distinct else self.hit, 0)
        base = sums.get(self.base, 0)
        return (percent(told, base) if self.share else Decimal(told)), base

    def _counted(self, sums: dict[str, int], cut: Cut, period: Period, as_of: datetime) -> Counted:
        value, base = self.value(sums)
        shown = self.base if self.share else self.hit
        return Counted(value, base, LazyIds(lambda: self.rows(cut, period, as_of), shown, sums.get(shown, 0)))


class LazyIds(Sequence[UUID]):
    """The ids of the rows that count, newest first, read by the page; how many they are is known before."""

    def __init__(self, rows: Callable[[], Rowset], hit: str, many: int) -> None:
        self._rows, self._hit, self._many = rows, hit, many

    def __len__(self) -> int:
        return self._many

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._read("", ()))

    @overload
    def __getitem__(self, index: int) -> UUID: ...
    @overload
    def __getitem__(self, index: slice) -> list[UUID]: ...
    def __getitem__(self, index: int | slice) -> UUID | list[UUID]:
        if isinstance(index, slice):
            start, stop, _step = index.indices(self._many)
            return self._read(" LIMIT %s OFFSET %s", (max(0, stop - start), start))
        place = index + self._many if index < 0 else index
        found = self._read(" LIMIT 1 OFFSET %s", (place,)) if 0 <= place < self._many else []
        if not found:
            raise IndexError(index)
        return found[0]

    def _read(self, tail: str, more: tuple[Any, ...]) -> list[UUID]:
        rowset = self._rows()
        where = f" WHERE {self._hit}" if self._hit else ""
        # The statement comes from our own queries, its values are parameters.
        statement = f"SELECT id FROM ({rowset.sql}) r{where} ORDER BY at DESC NULLS LAST, id{tail}"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(statement, [*rowset.params, *more])
            return [row[0] for row in cursor.fetchall()]


def _added_up(rowset: Rowset, cut: Cut) -> Sheet:
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
    statement = (
        f"SELECT CASE GROUPING(street, month) WHEN 3 THEN 'all' WHEN 1 THEN 'street' ELSE 'month' END, street, month,"  # noqa: S608
        f" {', '.join(columns)} FROM (SELECT *, left(region, {width}) AS street,"
        f" date_trunc('month', at AT TIME ZONE '{ZONE}')::date AS month FROM ({rowset.sql}) r) s"
        " GROUP BY GROUPING SETS ((), (street), (month))"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, rowset.params)
        found = cursor.fetchall()
    sheet = Sheet({}, {}, {})
    for kind, street, month, *counts in found:
        sums = dict(zip(names, counts, strict=True))
        if kind == "all":
            sheet.total.update(sums)
        elif kind == "street" and street is not None:
            sheet.regions[street.ljust(12, "0")] = sums
        elif kind == "month" and month is not None:
            sheet.months[month] = sums
    return sheet


Condition = tuple[str, tuple[Any, ...]]  # text that begins with AND, and its values


def both(conditions: Sequence[Condition]) -> Condition:
    """Conditions as one."""
    return "".join(text for text, _ in conditions), tuple(
        value for _, values in conditions for value in values
    )


def here(cut: Cut, column: str) -> Condition:
    """A condition for the regions of a cut over a column of region codes."""
    return (f" AND {column} LIKE %s", (f"{prefix_of(cut.region)}%",)) if cut.region else ("", ())


def world(cut: Cut, column: str) -> Condition:
    """A condition for the world of a cut."""
    return (f" AND {column} = %s", (cut.exercise_id,)) if cut.exercise_id else (f" AND {column} IS NULL", ())
