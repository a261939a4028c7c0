"""A spreadsheet as its owner declares it: columns, natural key, and the act that takes rows in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: `name` in the code, `label` as its head; `aliases` are heads that offices use for the same."""

    name: str
    label: str
    kind: str = "text"  # text | integer | number | date | datetime | choice | flag | region | uscc | phone
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()  # code, label: either is taken
    aliases: tuple[str, ...] = ()
    most: int = 500  # characters


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a chunk: ids written (new or changed), rows that were there already, rows refused.

    `refused`: position in the chunk → (column name or "", wording of the reason).
    """

    ids: Sequence[UUID | str]
    same: int = 0
    refused: Mapping[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`take` writes one chunk (≤ 5,000 checked rows); idempotent by `key`. The room holds the transaction around it and
    writes the one ledger entry of the chunk, `sheets.taken`, with the ids that `take` returns.

    take(rows, *, by, at, act, dry) -> Taken     rows: dicts by column name, values typed by `kind`; dry writes nothing
    give(*, person, filters) -> rows for export, streamed, values in the order of `columns`
    """

    code: str  # risks.points
    label: str
    columns: tuple[SheetColumn, ...]
    key: tuple[str, ...]
    take: Callable[..., Taken] | None = None
    give: Callable[..., Iterable[Sequence[Any]]] | None = None
    may: tuple[str, ...] = ()  # duty kinds that may import it; empty: nobody but a system administrator
