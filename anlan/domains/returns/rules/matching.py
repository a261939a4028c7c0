"""Where the heads of a form stand in a file of theirs, and which of its rows is which of ours. Pure.

A file may have other lines above, columns in another order, merged cells (only their first one is filled) and heads
with units behind them. A label beside its value is found wherever it stands.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anlan.domains.returns.rules.forms import Column, Form
from anlan.domains.returns.rules.texts import plain

WITHIN = 15  # rows: title, note and head stand above the data
_UNIT = re.compile(r"\([^()]*\)")
_STREET = ("街道办事处", "街道", "镇")
_TOTAL = ("合计", "总计", "全区", "小计", "全市")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a leaf: column code → its place, and the row its data begins on (from 0)."""

    places: Mapping[str, int]
    begins: int
    heads: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Theirs:
    """Rows of theirs by the key of ours; rows that fit none, with why; columns that are not in the file."""

    rows: Mapping[str, Mapping[str, Any]]
    bad: Sequence[
        tuple[int, str, str]
    ] = ()  # row as the office program counts it, what stands there, which reason
    lacking: Sequence[str] = ()
    places: Mapping[str, int] = field(default_factory=dict)


def bare(text: Any) -> str:
    """A head without blanks, unit and signs between its parts."""
    said = plain(text).rstrip(":：")
    return _UNIT.sub("", said).rstrip(":：") or said


def heads_in(form: Form, rows: Sequence[Sequence[Any]]) -> Found | None:
    """The best place for the form's heads in the first rows; None where not even two of them are there."""
    best: Found | None = None
    for start in range(min(WITHIN, len(rows))):
        for depth in range(1, form.depth + 1):
            block = rows[start : start + depth]
            if len(block) < depth:
                continue
            paths = _paths(block)
            places = _places(form.columns, paths)
            # More heads win; of two equal ones the deeper, so that the second row of a head is not taken for data.
            if len(places) >= 2 and (best is None or len(places) > len(best.places)):
                best = Found(places, start + depth, ["".join(path[-1:]) for path in paths if path])
    return best


def _paths(block: Sequence[Sequence[Any]]) -> list[tuple[str, ...]]:
    """The head above each column, groups first: an empty cell right of a group belongs to it."""
    width = max((len(row) for row in block), default=0)
    last = len(block) - 1
    found: list[tuple[str, ...]] = []
    before: list[str] = [""] * len(block)
    for at in range(width):
        own = [bare(row[at]) if at < len(row) else "" for row in block]
        carried = True  # while every level above was carried over from the left
        path = list(own)
        for level in range(last):
            if not own[level] and carried:
                path[level] = before[level]
            else:
                carried = False
        if not any(own):
            path = [""] * len(block)
        before = path
        found.append(tuple(text for text in path if text))
    return found


def _places(columns: Sequence[Column], paths: Sequence[tuple[str, ...]]) -> dict[str, int]:
    """Each column at the first place whose path says it: whole, run together, by another name, by its last head."""
    whole = {tuple(bare(head) for head in column.heads): column.code for column in columns}
    run = {"".join(path): code for path, code in whole.items()}
    run |= {bare(alias): column.code for column in columns for alias in column.aliases}
    ends = [bare(column.head) for column in columns]
    run |= {
        end: column.code
        for end, column in zip(ends, columns, strict=True)
        if ends.count(end) == 1 and end not in run
    }
    found: dict[str, int] = {}
    for at, path in enumerate(paths):
        if not path:
            continue
        code = whole.get(path) or run.get("".join(path)) or run.get(path[-1])
        if code is not None:
            found.setdefault(code, at)
    return found


def rows_in(
    form: Form, found: Found, rows: Sequence[Sequence[Any]], known: Mapping[str, str], *, total: str = ""
) -> Theirs:
    """The rows under the heads by our keys. `known`: key → what the row is called; `total`: key of the last line."""
    names = {_name(label): key for key, label in known.items()}
    names |= {plain(key): key for key in known}
    if total:
        names |= dict.fromkeys((*_TOTAL, plain(form.total)), total)
    kept: dict[str, Mapping[str, Any]] = {}
    bad: list[tuple[int, str, str]] = []
    for number, row in enumerate(rows[found.begins :], start=found.begins + 1):
        values = {code: row[at] if at < len(row) else "" for code, at in found.places.items()}
        if not any(plain(value) for value in values.values()):
            continue
        said = plain(values.get(form.key, "")) if form.key else ""
        key = _key(form, said, names, known)
        if key is None:
            bad.append((number, said or _first(values), "unknown"))
        elif key in kept:
            bad.append((number, said, "twice"))
        else:
            kept[key] = values
    return Theirs(kept, bad, [c.code for c in form.columns if c.code not in found.places], found.places)


def _key(form: Form, said: str, names: Mapping[str, str], known: Mapping[str, str]) -> str | None:
    if form.rows == "single" and not form.key:
        return next(iter(known))
    return names.get(_name(said)) or names.get(said)


def _name(text: str) -> str:
    said = plain(text)
    for tail in _STREET:
        if said.endswith(tail) and len(said) > len(tail) + 1:
            return said.removesuffix(tail)
    return said


def _first(values: Mapping[str, Any]) -> str:
    return next((plain(value) for value in values.values() if plain(value)), "")


def labels_in(form: Form, rows: Sequence[Sequence[Any]], key: str) -> Theirs | None:
    """A form of labels with their values beside them; None where not even two of its labels are there."""
    run = {bare(column.head): column.code for column in form.columns}
    run |= {"".join(bare(head) for head in column.heads): column.code for column in form.columns}
    run |= {bare(alias): column.code for column in form.columns for alias in column.aliases}
    found: dict[str, Any] = {}
    for row in rows:
        for at, value in enumerate(row):
            code = run.get(bare(value)) if plain(value) else None
            if code is not None and code not in found:
                found[code] = _beside(row, at, run)
    if len(found) < 2:
        return None
    return Theirs({key: found}, (), [c.code for c in form.columns if c.code not in found])


def _beside(row: Sequence[Any], at: int, labels: Mapping[str, str]) -> Any:
    """The first full cell to the right, unless it is the next label."""
    for value in row[at + 1 :]:
        if plain(value):
            return "" if bare(value) in labels else value
    return ""
