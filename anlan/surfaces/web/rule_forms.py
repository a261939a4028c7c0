"""A rule's value as inputs, and inputs as a value: by its shape, so that nobody writes JSON.

Inputs are named by their place (`value.2.hours`), which is what a refusal names too. A row of a table whose cells are
all empty is left out, so a row is deleted by emptying it and added in one of the empty rows at the end.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from anlan.kernel.core.ruleset_shapes import Shape
from anlan.surfaces.web.rule_words import Words, part_label

SPARE_ROWS = 2
MOST_ROWS = 300
# The database keeps a value's parts in no order of ours; people read these first, in this order, and the rest after.
_ORDER = (
    "id", "line", "code", "level", "from_level", "white", "blue", "yellow", "orange", "red", "colour", "hours",
    "zh", "en", "unit", "unit_en", "deputy_unit", "action", "action_en", "label", "label_en", "hazard", "metric",
    "op", "value", "clock_min", "repeat_min", "after_reading_min", "min_IV", "min_III", "min_II", "min_I", "order",
    "approver", "approver_zh", "approver_en", "return_hours", "base", "day", "night", "least",
)  # fmt: skip
_RANK = {name: rank for rank, name in enumerate(_ORDER)}
_GAPS = re.compile(r"[、,，;；\s]+")
_BAR = re.compile(r"\s*[|｜]\s*")
_PLAIN = ("number", "text", "word", "either", "flag")


@dataclass(frozen=True, slots=True)
class Node:
    """One part of a form. `kind`: number | text | word | flag | either | listed | sentences | lines | json, or of
    several parts: record | matrix | table."""

    kind: str
    name: str
    label: str = ""
    value: str = ""
    on: bool = False
    optional: bool = False
    wide: bool = False
    choices: Sequence[tuple[str, str]] = ()
    columns: Sequence[str] = ()
    parts: Sequence["Node"] = field(default_factory=list)
    rows: Sequence[tuple[str, Sequence["Node"]]] = field(default_factory=list)


def arranged(shape: Shape) -> Shape:
    """The same shape with its parts in the order in which people read them."""
    parts = [(name, arranged(part)) for name, part in shape.parts]
    return replace(shape, parts=tuple(sorted(parts, key=lambda pair: _RANK.get(pair[0], len(_RANK)))))


def node(
    shape: Shape, value: Any, *, words: Words, name: str = "value", label: str = "", optional: bool = False
) -> Node:
    """The inputs for a value of a shape; `value` None is nothing given yet."""
    kind = kind_of(shape)
    if kind == "record":
        return _record(shape, value, words, name, label)
    if kind == "table":
        return _table(shape, value, words, name, label)
    if kind == "flag":
        return Node("flag", name, label, on=value is True, optional=optional)
    text = "" if value is None else _text(shape, value)
    choices = words.choices(shape.words) if kind == "word" else ()
    return Node(kind, name, label, text, optional=optional, choices=choices, wide=len(text) > 24)


def kind_of(shape: Shape) -> str:
    """How it is drawn."""
    if shape.kind in _PLAIN or shape.kind == "record":
        return shape.kind
    if shape.kind == "list" and shape.inner.kind == "record":
        return "table"
    if shape.kind == "list" and shape.inner.kind == "text":
        return "sentences"  # a comma or a gap may be part of one: GB 45673-2025
    if shape.kind == "list" and shape.inner.kind in _PLAIN:
        return "listed"
    return "lines" if shape.kind == "list" and shape.inner.kind == "list" else "json"


def _record(shape: Shape, value: Any, words: Words, name: str, label: str) -> Node:
    given = value if isinstance(value, Mapping) else {}
    parts = [
        node(
            part,
            given.get(key),
            words=words,
            name=f"{name}.{key}",
            label=part_label(key),
            optional=key in shape.optional,
        )
        for key, part in shape.parts
    ]
    if parts and all(part.kind == "record" for part in parts):
        columns = list(dict.fromkeys(cell.label for part in parts for cell in part.parts))
        rows = [(part.label, _in_columns(part.parts, columns)) for part in parts]
        return Node("matrix", name, label, columns=columns, rows=rows)
    return Node("record", name, label, parts=parts)


def _in_columns(cells: Sequence[Node], columns: Sequence[str]) -> list[Node]:
    by_label = {cell.label: cell for cell in cells}
    return [by_label.get(column, Node("none", "")) for column in columns]


def _table(shape: Shape, value: Any, words: Words, name: str, label: str) -> Node:
    given = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []
    rows = []
    for number, row in enumerate([*given, *[{}] * SPARE_ROWS], start=1):
        held = row if isinstance(row, Mapping) else {}
        cells = [
            _cell(part, held.get(key), words, f"{name}.{number}.{key}", f"{part_label(key)} {number}")
            for key, part in shape.inner.parts
        ]
        rows.append((str(number), cells))
    return Node("table", name, label, columns=[part_label(key) for key, _ in shape.inner.parts], rows=rows)


def _cell(shape: Shape, value: Any, words: Words, name: str, label: str) -> Node:
    """A table within a cell is written line by line, with bars between its columns."""
    if kind_of(shape) in ("table", "record"):
        return Node(
            "lines", name, label, "" if value is None else _text(shape, value), optional=True, wide=True
        )
    return node(shape, value, words=words, name=name, label=label, optional=True)


def _text(shape: Shape, value: Any) -> str:
    kind = kind_of(shape)
    if kind == "listed" and isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(str(each) for each in value)
    if kind == "sentences" and isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(str(each) for each in value)
    if kind == "lines" and isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(" ".join(str(each) for each in row) for row in value)
    if kind == "table" and isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(" | ".join(str(row.get(key, "")) for key, _ in shape.inner.parts) for row in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def place_in_words(place: str) -> str:
    """`value.2.hours` as a reader knows it: “row 2, hours”."""
    words = [
        _("row {n}").format(n=step) if step.isdigit() else part_label(step) for step in place.split(".")[1:]
    ]
    return " · ".join(words) or _("Value")


# ---- and back ----------------
def read(shape: Shape, posted: Mapping[str, Any], name: str = "value", *, cell: bool = False) -> Any:
    """What a form says, as near to the shape as it goes; None where nothing was given. It is checked later."""
    if shape.kind == "record" and not cell:
        return _read_parts(shape, posted, name)
    if kind_of(shape) == "table" and not cell:
        return _read_rows(shape, posted, name)
    raw = str(posted.get(name, "")).strip()
    if shape.kind == "flag":
        return raw in {"on", "true", "1"}
    return None if not raw else _read_text(shape, raw)


def _read_parts(shape: Shape, posted: Mapping[str, Any], name: str, *, cells: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, part in shape.parts:
        value = read(part, posted, f"{name}.{key}", cell=cells)
        if part.kind == "text" and value is None and part.blank:
            value = ""
        if part.kind == "list" and value is None and part.blank and key not in shape.optional:
            value = []
        if value is not None and not (value is False and key in shape.optional):
            found[key] = value
    return found


def _read_rows(shape: Shape, posted: Mapping[str, Any], name: str) -> list[Any]:
    rows = []
    for number in range(1, MOST_ROWS + 1):
        begin = f"{name}.{number}."
        if f"{begin}{shape.inner.parts[0][0]}" not in posted and not any(k.startswith(begin) for k in posted):
            break
        row = _read_parts(shape.inner, posted, f"{name}.{number}", cells=True)
        if any(value not in ("", False, []) for value in row.values()):
            rows.append(row)
    return rows


def _read_text(shape: Shape, raw: str) -> Any:
    kind = kind_of(shape)
    if kind in ("number", "either"):
        return _number(raw)
    if kind == "listed":
        pieces = [piece for piece in _GAPS.split(raw) if piece]
        return [_number(piece) for piece in pieces] if shape.inner.kind in ("number", "either") else pieces
    if kind == "sentences":
        return [line.strip() for line in raw.splitlines() if line.strip()]
    if kind == "lines":
        return [
            [_number(word) for word in _GAPS.split(line.strip())] for line in raw.splitlines() if line.strip()
        ]
    if kind == "table":
        return [_barred(shape.inner, line) for line in raw.splitlines() if line.strip()]
    if kind in ("json", "record"):
        return _json(raw)
    return raw


def _barred(shape: Shape, line: str) -> dict[str, Any]:
    pieces = _BAR.split(line.strip())
    pairs = zip(shape.parts, pieces, strict=False)
    return {
        key: _read_text(part, piece) for (key, part), piece in pairs if piece or key not in shape.optional
    }


def _number(raw: str) -> Any:
    try:
        value = float(raw)
    except ValueError:
        return raw
    if value != value or value in (float("inf"), float("-inf")):
        return raw
    return int(value) if value.is_integer() else value


def _json(raw: str) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw
