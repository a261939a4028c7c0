"""The plan half of a report: the tasks that lie ahead or are late by the unit that leads, and what is to be reached."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from anlan.domains.bulletins.queries.gathering import Gathering, declared_as, in_chinese
from anlan.domains.bulletins.rules.templates import Block, Slot
from anlan.domains.bulletins.rules.writing import Value
from anlan.domains.workplan.public import Ahead, ahead_of

UNIT = "牵头单位"
BOUNDS = {"least": "不低于", "most": "不超过"}


def by_unit(block: Block, known: Gathering, slots: Mapping[str, Slot], values: Mapping[str, Value]) -> tuple[
    list[dict[str, Any]], list[Value]
]:  # fmt: skip
    """A line a unit, the one with most first; each cell is a number with the tasks behind it."""
    tasks: dict[UUID, dict[str, list[str]]] = defaultdict(dict)
    names: dict[UUID, str] = {}
    for column in block.columns:
        for one in ahead_of(known.rows(slots[column])):
            names[one.unit] = one.unit_name
            tasks[one.unit].setdefault(column, []).append(str(one.item))
    units = sorted(tasks, key=lambda unit: (-sum(map(len, tasks[unit].values())), names[unit]))
    numbers = [
        _cell(values[column], f"{column}@{unit}", tasks[unit].get(column, []))
        for unit in units
        for column in block.columns
    ]
    return [{"region": str(unit), "name": names[unit]} for unit in units], numbers


def _cell(whole: Value, slot: str, items: list[str]) -> Value:
    many = len(items)
    value = (
        None if whole.value is None else Decimal(many)
    )  # where nothing runs at all there is no nought either
    return replace(whole, slot=slot, value=value, base=many, many=many, rows=tuple(items))


def targets(block: Block, known: Gathering, slot: Slot) -> dict[str, Any]:
    """The tasks behind a number that have a quantity to reach, the next one due first."""
    found = [one for one in ahead_of(known.rows(slot)) if one.target is not None]
    rows = [
        {"id": str(one.item), "title": one.title, "where": one.unit_name, "target": _target(one),
         "due": f"{one.due_on:%Y-%m-%d}"}
        for one in found[: block.most]
    ]  # fmt: skip
    return {"rows": rows, "more": len(found) - len(rows), "targets": True}


def _target(one: Ahead) -> str:
    """隐患整改率不低于98%；1680家."""
    declared = declared_as(one.number) if one.number else None
    quantity = f"{one.target:f}".rstrip("0").rstrip(".") if "." in f"{one.target:f}" else f"{one.target:f}"
    if declared is None:
        return f"{quantity}{one.measure}"
    label, unit = in_chinese(declared.label), one.measure or in_chinese(declared.unit)
    return f"{label}{BOUNDS[one.bound]}{quantity}{unit}"
