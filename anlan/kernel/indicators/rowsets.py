"""Numbers as rows not read yet: the database adds them up by region and month, and gives their ids by the page.

A rowset is one statement with the columns id, region, at, one boolean a hit, and a key where what counts is not the
row but what it is about (firms, not visits). A formula says which of them count and out of which.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, overload
from uuid import UUID

from django.db import connection

from anlan.kernel.indicators import keeping, memory
from anlan.kernel.indicators.sheet import Sheet
from anlan.kernel.indicators.spec import Counted, Cut, Period, percent
from anlan.kernel.indicators.sums import WIDTHS, Condition, Ids, Rows, Rowset, growing, only
from anlan.kernel.places.regions import prefix_of

__all__ = [
    "EVER", "WIDTHS", "Condition", "Ids", "LazyIds", "RowFormula", "Rows", "Rowset", "Sheet", "both", "growing", "here",
    "only", "world",
]  # fmt: skip
EVER = datetime(1900, 1, 1, tzinfo=UTC)  # before anything that was ever recorded


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
        name = keeping.name_of(self.rows)
        key = memory.key_of("sheet", name, cut, period, as_of)
        return memory.once(key, lambda: keeping.sheet(name, self.rows, cut, period, as_of), keep=False)

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
