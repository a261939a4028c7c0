"""An upper level's form before its numbers: read from a TOML file under `forms/`, checked when the house starts. Pure.

label, english, upper, upper_english, system, system_english   what it is, which level and which of its systems takes it
period   day | duty_day | month | cut | quarter | half | year, or one incident | response;  cut = 25
layout   table (head rows, a line a street or a single one) | fields (label and value side by side);  across = 2
rows     streets | single;  total = "合计" where the form adds a last line
title, note   words with {district} {office} {year} {month} {day} {first} {last} {quarter} {half};  blank = "—"
fillers  kinds of duty;  only = natural | accident (which events open it);  key = column that tells the rows apart
source, tag   where the order of fields comes from: C confirmed, P second source, M memory (edit the file's copy)
[[column]] code, heads = ["group", "head"], english, unit, aliases, width, digits, kind = number|text|time
           name = true | serial = true | indicator = "dangers.found" (span = this|year_to_date, zero = true)
           | count = "disaster.affected" | field = "incident.dead" | situation = ["moved_sites"], which = now|cum
           otherwise = "incident.moved": the field that is read where the source has no value
[[check]]  more, less   a column that is never smaller than another one
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "forms"
SPANS = ("day", "duty_day", "month", "cut", "quarter", "half", "year")
SUBJECTS = ("incident", "response")
LAYOUTS, ROWS = ("table", "fields"), ("streets", "single")
SOURCES = ("name", "serial", "indicator", "count", "field", "situation")
KINDS, TAGS = ("number", "text", "time"), ("C", "P", "M")
NAMES = frozenset(
    {"district", "office", "year", "month", "day", "first", "last", "quarter", "half", "matter"}
)
MOST_DEEP = 3  # rows of a head


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the form in the form's own order. `heads` from the widest group to the field itself."""

    code: str
    heads: tuple[str, ...]
    english: str
    source: str
    of: tuple[str, ...] = ()  # code of an indicator, fact or field; codes of figures
    unit: str = ""
    kind: str = "number"
    digits: int = 0
    width: int = 12
    span: str = "this"
    which: str = "cum"
    otherwise: str = ""
    zero: bool = False  # nothing there is a statement, because somebody keeps the register
    aliases: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        return self.heads[-1]

    @property
    def path(self) -> str:
        """The head with its groups, as one says it."""
        return " · ".join(self.heads)


@dataclass(frozen=True, slots=True)
class Check:
    """`more` is never smaller than `less`."""

    more: str
    less: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form, whole."""

    code: str
    label: str
    english: str
    upper: str
    upper_english: str
    system: str
    system_english: str
    period: str
    title: str
    fillers: tuple[str, ...]
    source: str
    tag: str
    note: str = ""
    layout: str = "table"
    across: int = 2
    rows: str = "single"
    total: str = ""
    blank: str = "—"
    cut: int = 0
    only: str = ""
    key: str = ""
    order: int = 50
    columns: tuple[Column, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def depth(self) -> int:
        """Rows of the head."""
        return max(len(column.heads) for column in self.columns)

    @property
    def about(self) -> str:
        """What one return is about: a span of days, or one matter."""
        return "matter" if self.period in SUBJECTS else "span"

    def column(self, code: str) -> Column | None:
        return next((column for column in self.columns if column.code == code), None)


@cache
def forms() -> Mapping[str, Form]:
    """Every form of the house by its code, in the order people look for them."""
    found = sorted((load(path) for path in FOLDER.glob("*.toml")), key=lambda one: (one.order, one.code))
    return {one.code: one for one in found}


def load(path: Path) -> Form:
    """Read and check a form; a faulty one raises `ValueError` naming file and place."""
    try:
        made = _made(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError) as fault:
        raise ValueError(f"{path.name}: {fault}") from fault
    if faults := problems(made):
        raise ValueError(f"{path.name}: " + "; ".join(faults))
    return made


def _made(code: str, raw: Mapping[str, Any]) -> Form:
    told = {name: value for name, value in raw.items() if name not in ("column", "check", "fillers")}
    return Form(
        code=code, fillers=tuple(raw["fillers"]), columns=tuple(_column(each) for each in raw["column"]),
        checks=tuple(Check(each["more"], each["less"]) for each in raw.get("check", ())), **told,
    )  # fmt: skip


def _column(raw: Mapping[str, Any]) -> Column:
    given = [name for name in SOURCES if name in raw]
    if len(given) != 1:
        raise ValueError(f"{raw.get('code', '?')}: give one source, not {len(given)}")
    source = given[0]
    of = raw[source]
    told = {name: value for name, value in raw.items() if name not in (source, "heads", "aliases")}
    told.setdefault("kind", "text" if source == "name" else "number")
    return Column(
        heads=tuple(raw["heads"]), source=source, aliases=tuple(raw.get("aliases", ())),
        of=() if isinstance(of, bool) else (of,) if isinstance(of, str) else tuple(of), **told,
    )  # fmt: skip


def problems(form: Form) -> list[str]:
    """What is wrong with a form."""
    codes = [column.code for column in form.columns]
    paths = [column.heads for column in form.columns]
    words = [
        ("period", form.period, (*SPANS, *SUBJECTS)), ("layout", form.layout, LAYOUTS), ("rows", form.rows, ROWS),
        ("tag", form.tag, TAGS), ("only", form.only, ("", "natural", "accident")),
    ]  # fmt: skip
    found = [
        f"{name} {given}: none of {', '.join(known)}" for name, given, known in words if given not in known
    ]
    found += [f"column {code} stands there twice" for code in set(codes) if codes.count(code) > 1]
    found += [f"head {'/'.join(path)} stands there twice" for path in set(paths) if paths.count(path) > 1]
    found += [f"unknown name {{{name}}}" for text in (form.title, form.note) for name in _names(text) - NAMES]
    found += [
        f"check names unknown column {code}"
        for check in form.checks
        for code in (check.more, check.less)
        if code not in codes
    ]
    if form.key and form.key not in codes:
        found.append(f"key names unknown column {form.key}")
    if form.rows == "streets" and not form.key:
        found.append("a line a street needs the column that names it as key")
    if form.period == "cut" and not 1 <= form.cut <= 28:
        found.append("a month that is cut needs the day it is cut on, 1 to 28")
    return found + [fault for column in form.columns for fault in _faults(column, form)]


def _faults(column: Column, form: Form) -> list[str]:
    found = []
    if not 1 <= len(column.heads) <= MOST_DEEP:
        found.append(f"{column.code}: a head has one to {MOST_DEEP} rows")
    for name, given, known in (
        ("kind", column.kind, KINDS), ("span", column.span, ("this", "year_to_date")),
        ("which", column.which, ("now", "cum")),
    ):  # fmt: skip
        if given not in known:
            found.append(f"{column.code}: {name} {given}: none of {', '.join(known)}")
    if column.source in ("indicator", "count", "field", "situation") and not column.of:
        found.append(f"{column.code}: {column.source} names nothing")
    fields = [each for each in (*(column.of if column.source == "field" else ()), column.otherwise) if each]
    belongs = {"incident": "incident", "duty_day": "day"}.get(form.period, "")
    found += [
        f"{column.code}: no field {each} in a form of one {form.period}"
        for each in fields
        if each.partition(".")[0] != belongs
    ]
    return found


def _names(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of the head: row and column from 0, how many it covers, what stands in it."""

    row: int
    column: int
    down: int
    right: int
    text: str


def head_cells(columns: tuple[Column, ...], depth: int) -> list[Place]:
    """The head as merged cells: equal groups beside each other are one cell, a short path reaches down."""
    found: list[Place] = []
    for level in range(depth):
        at = 0
        while at < len(columns):
            heads = columns[at].heads
            if level >= len(heads):
                at += 1
                continue
            last = level == len(heads) - 1
            end = at + 1
            while not last and end < len(columns) and _shares(columns[end].heads, heads, level):
                end += 1
            found.append(Place(level, at, depth - level if last else 1, end - at, heads[level]))
            at = end
    return found


def _shares(other: tuple[str, ...], heads: tuple[str, ...], level: int) -> bool:
    return len(other) > level + 1 and other[: level + 1] == heads[: level + 1]


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of a title may name."""

    values: Mapping[str, str] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        return text.format_map(dict.fromkeys(NAMES, "") | dict(self.values))
