"""Which triggers of the plan a situation meets. Any one proposes its level; a person decides."""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anlan.domains.responses.rules.levels import rank

COLOURS = ("white", "blue", "yellow", "orange", "red")
_OPS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "==": operator.eq,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """One member of a scope that was measured: a street, a gauge, a point, a reservoir, with its street's code."""

    name: str
    street: str
    value: float
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class Signal:
    """A weather signal in force: hazard (rain, typhoon), colour, the streets it covers."""

    hazard: str
    colour: str
    streets: tuple[str, ...]
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known at a moment: signals, and per metric what was measured; forecast and reports where given."""

    signals: tuple[Signal, ...] = ()
    measured: Mapping[str, Sequence[Measured]] = field(default_factory=dict)
    neighbours: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Met:
    """A trigger that is met: its id and level, the streets concerned, and what shows it."""

    trigger: str
    level: str
    hazard: str
    streets: tuple[str, ...]
    text: str
    text_en: str
    evidence: tuple[str, ...]


def met(rows: Iterable[Mapping[str, Any]], situation: Situation) -> list[Met]:
    """Every trigger the situation meets, highest level first."""
    found = [hit for row in rows if (hit := _check(row, situation)) is not None]
    return sorted(found, key=lambda hit: (-rank(hit.level), hit.trigger))


def _check(row: Mapping[str, Any], situation: Situation) -> Met | None:
    if row["source"] == "signal":
        return _signal(row, situation)
    members = _members(row, row["metric"], row["op"], row["value"], situation)
    if len(members) < row["count"]:
        return None
    if "and_metric" in row and not _members(
        row, row["and_metric"], row["and_op"], row["and_value"], situation
    ):
        return None
    if "within_streets" in row:
        members = _near_together(members, int(row["count"]), situation)
        if not members:
            return None
    evidence = tuple(f"{m.name} {m.value:g} {row.get('unit', '')}".strip() for m in members)
    return _met(row, tuple(sorted({m.street for m in members})), evidence)


def _signal(row: Mapping[str, Any], situation: Situation) -> Met | None:
    hazard = row["metric"].removesuffix("_signal")
    floor = COLOURS.index(row["value"])
    hits = [s for s in situation.signals if s.hazard == hazard and COLOURS.index(s.colour) >= floor]
    if not hits:
        return None
    streets = tuple(sorted({street for hit in hits for street in hit.streets}))
    return _met(row, streets, tuple(hit.ref or f"{hit.hazard} {hit.colour}" for hit in hits))


def _members(
    row: Mapping[str, Any], metric: str, op: str, value: float, situation: Situation
) -> list[Measured]:
    """The trusted members that meet the condition; one not believed is left out, whatever it reads."""
    del row
    return [m for m in situation.measured.get(metric, ()) if m.trusted and _OPS[op](m.value, value)]


def _near_together(members: Sequence[Measured], count: int, situation: Situation) -> list[Measured]:
    """The members of one street, or of two neighbouring ones, that are enough; the fullest such pair."""
    best: list[Measured] = []
    streets = sorted({m.street for m in members})
    for one in streets:
        for two in streets:
            if two != one and two not in situation.neighbours.get(one, frozenset()):
                continue
            inside = [m for m in members if m.street in (one, two)]
            if len(inside) >= count and len(inside) > len(best):
                best = inside
    return best


def _met(row: Mapping[str, Any], streets: tuple[str, ...], evidence: tuple[str, ...]) -> Met:
    return Met(row["id"], row["level"], row["hazard"], streets, row["text"], row["text_en"], evidence)
