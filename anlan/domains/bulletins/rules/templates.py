"""A report before its numbers: read from a TOML file under `reports/`, checked when the house starts. Pure.

code, label, english, title; numbering = "ours" (number = "第{serial}期") or "oa"
span = day | month | half | year | since;   of = "campaign": every number by the campaign that is chosen
like = another template: its slots, blocks (by key) and relations, where this one says nothing; words = what reads
otherwise
previous = "before" | "year_before"    what stands beside: the issue before this one, or last year's
writers, approvers: kinds of duty; days: how long after the span's last day it is due
[[ask]] name, label, long              words that only a person can give: to whom, on what occasion
[slots.x]   indicator = "dangers.found" | count = "fund.arranged" | items = "dangers.danger", which = opened|closed|open
            change|share|sum|excess = [slots]   span = before | year_before | mean (of five years) | year_to_date | next
            unit, label, digits, zero;  or = "statistics.x": the counted fact where the register holds nothing
[[block]]   heading, rank | say = [sentence or [sentence, fallback …]], {x:+}: said where x is above nought
            table = "by_street" | "by_unit" (tasks of the work plan by the unit that leads) columns, sums
            chart = "trend" | "by_street" slot, against | list = loops, which, most; owner = a kind of duty
            list = [], which = "targets", slot = what is to be reached by the tasks behind a number
[[relation]] code, kind, of, limit      what must hold between slots (kernel.indicators.checking); `issues` has the
            months of the span as its limit
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from anlan.domains.bulletins.rules import template_fields
from anlan.kernel.indicators.checking import Relation

FOLDER = Path(__file__).resolve().parents[1] / "reports"
_own: list[Path] = []
SPANS = ("day", "month", "half", "year", "since")
SOURCES = ("indicator", "count", "items")
DERIVED = ("change", "share", "sum", "excess")
SLOT_SPANS = ("this", "before", "year_before", "mean", "year_to_date", "next")
TABLES = ("by_street", "by_unit")
TASKS = ("workplan.due", "workplan.late")  # the numbers whose rows are tasks, each with a unit that leads
BLOCKS = ("heading", "say", "table", "chart", "list")
NAMES = frozenset(
    {"district", "office", "year", "month", "day", "half", "first", "last", "serial", "weekday", "next"}
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A number that a sentence has room for, and where it comes from."""

    name: str
    kind: str
    code: str = ""
    of: tuple[str, ...] = ()
    span: str = "this"
    which: str = ""
    unit: str = ""
    label: str = ""
    digits: int | None = None
    zero: bool = False  # nothing there is a statement (未发生), because somebody keeps the register
    other: str = ""  # the number of counted facts that stands in where the register holds nothing


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, table, chart or list; `key` is what a later issue finds it by."""

    key: str
    kind: str
    words: str = ""
    rank: int = 1
    owner: str = ""
    say: tuple[tuple[str, ...], ...] = ()
    columns: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    slot: str = ""
    against: str = ""
    loops: tuple[str, ...] = ()
    which: str = "opened"
    most: int = 20


@dataclass(frozen=True, slots=True)
class Ask:
    name: str
    label: str
    long: bool = False


@dataclass(frozen=True, slots=True)
class ReportTemplate:
    """A kind of report, whole."""

    code: str
    label: str
    english: str
    title: str
    path: Path
    numbering: str
    number: str
    span: str
    previous: str
    writers: tuple[str, ...]
    approvers: tuple[str, ...]
    days: int
    to: str = ""
    cut: int = 0
    order: int = 50
    group: str = "bulletin"  # bulletin | letter: what the number of issues counts
    by: str = ""  # campaign: every number is cut by the one that is chosen
    asks: tuple[Ask, ...] = ()
    slots: Mapping[str, Slot] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    relations: tuple[Relation, ...] = ()

    @property
    def owners(self) -> tuple[str, ...]:
        """The kinds of duty that sign a part of it, in the order of the text."""
        return tuple(dict.fromkeys(block.owner for block in self.blocks if block.owner))


def also_from(folder: Path | None) -> None:
    """Templates of the bureau's own: one of the same name takes the place of the house's."""
    _own[:] = [folder] if folder is not None else []
    _read.cache_clear()


def templates() -> Mapping[str, ReportTemplate]:
    """Every template by its code, in the order people look for them."""
    return _read()[0]


def unused() -> Sequence[str]:
    """The faults of the bureau's own templates that are therefore not used: file, field, what is wrong."""
    return _read()[1]


@cache
def _read() -> tuple[Mapping[str, ReportTemplate], Sequence[str]]:
    """The house's own must be whole; of the bureau's a faulty one is left out and said, for the night goes on."""
    found, faults = {path.stem: load(path) for path in FOLDER.glob("*.toml")}, []
    for path in sorted(each for folder in _own for each in folder.glob("*.toml")):
        try:
            found[path.stem] = load(path)
        except ValueError as fault:
            faults.append(str(fault))
    ordered = sorted(found.values(), key=lambda one: (one.order, one.code))
    return {one.code: one for one in ordered}, tuple(faults)


def load(path: Path) -> ReportTemplate:
    """Read and check a template; a faulty one raises `ValueError` naming file and field."""
    try:
        raw = _raw(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise ValueError(f"{path.name}: {fault}") from fault
    if faults := template_fields.faults(raw):
        raise ValueError(f"{path.name}: " + "; ".join(faults))
    made = _made(path, raw)
    if faults := problems(made):
        raise ValueError(f"{path.name}: " + "; ".join(faults))
    return made


def _raw(path: Path) -> dict[str, Any]:
    """The file as it stands; what it is `like` fills in what it does not say itself. That is one of the house's."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    if not (like := raw.pop("like", "")):
        return raw
    base_path = FOLDER / f"{like}.toml"
    if not base_path.is_file():
        raise ValueError(f"like: there is no template {like}")
    text = base_path.read_text(encoding="utf-8")
    for then, now in raw.pop("words", {}).items():
        text = text.replace(then, now)
    base = tomllib.loads(text)
    blocks = {block["key"]: block for block in raw.pop("block", ())}
    base["block"] = [blocks.pop(block.get("key", ""), block) for block in base["block"]] + list(
        blocks.values()
    )
    base["slots"] = base.get("slots", {}) | raw.pop("slots", {})
    return base | raw


def _made(path: Path, raw: Mapping[str, Any]) -> ReportTemplate:
    return ReportTemplate(
        code=path.stem, label=raw["label"], english=raw["english"], title=raw["title"], path=path,
        numbering=raw["numbering"],
        number=raw["number"], span=raw["span"], previous=raw.get("previous", "before"),
        writers=tuple(raw["writers"]), approvers=tuple(raw["approvers"]), days=int(raw["days"]), to=raw.get("to", ""),
        cut=int(raw.get("cut", 0)), order=int(raw.get("order", 50)), group=raw.get("group", "bulletin"),
        by=raw.get("of", ""),
        asks=tuple(Ask(ask["name"], ask["label"], bool(ask.get("long"))) for ask in raw.get("ask", ())),
        slots={name: _slot(name, given) for name, given in raw.get("slots", {}).items()},
        blocks=tuple(_block(number, given) for number, given in enumerate(raw["block"], start=1)),
        relations=tuple(
            Relation(r["code"], r["kind"], tuple(r["of"]), Decimal(str(r.get("limit", 0))))
            for r in raw.get("relation", ())
        ),
    )  # fmt: skip


def _slot(name: str, raw: Mapping[str, Any]) -> Slot:
    kind = next(each for each in (*SOURCES, *DERIVED) if each in raw)
    told = raw[kind]
    return Slot(
        name, kind, code="" if kind in DERIVED else str(told), of=tuple(told) if kind in DERIVED else (),
        span=raw.get("span", "this"), which=raw.get("which", ""), unit=raw.get("unit", ""),
        label=raw.get("label", ""), digits=raw.get("digits"), zero=bool(raw.get("zero", False)),
        other=raw.get("or", ""),
    )  # fmt: skip


def _block(number: int, raw: Mapping[str, Any]) -> Block:
    kind = next(each for each in BLOCKS if each in raw)
    said = tuple((one,) if isinstance(one, str) else tuple(one) for one in raw.get("say", ()))
    return Block(
        key=raw.get("key", f"b{number}"), kind=kind, words=str(raw.get("heading", raw.get("title", ""))),
        rank=int(raw.get("rank", 1)), owner=raw.get("owner", ""), say=said, columns=tuple(raw.get("columns", ())),
        sums=tuple(raw.get("sums", ())), slot=raw.get("slot", ""), against=raw.get("against", ""),
        loops=tuple(raw.get("list", ())), which=raw.get("which", raw.get("chart", raw.get("table", "opened"))),
        most=int(raw.get("most", 20)),
    )  # fmt: skip


def fields(text: str) -> list[str]:
    """The names in braces of a text, in their order."""
    return [name for _literal, name, _spec, _conversion in Formatter().parse(text) if name]


def problems(made: ReportTemplate) -> list[str]:
    """What is wrong with a template; checked when it is read."""
    known = NAMES | {ask.name for ask in made.asks} | ({made.by} if made.by else set())
    found = [f"{what}: there is no name {{{name}}}" for what, text in (("title", made.title), ("to", made.to))
             for name in fields(text) if name not in known]  # fmt: skip
    if made.span not in SPANS or made.numbering not in ("ours", "oa"):
        found.append(f"span {made.span} or numbering {made.numbering} is unknown")
    found += (
        [f"of {made.by}: a report is written of a campaign or of all"]
        if made.by not in ("", "campaign")
        else []
    )
    for slot in made.slots.values():
        found += [f"slot {slot.name} uses {other}" for other in slot.of if other not in made.slots]
        found += [f"slot {slot.name}: span {slot.span}"] if slot.span not in SLOT_SPANS else []
    for block in made.blocks:
        found += _faults(block, made, known)
    keys = [block.key for block in made.blocks]
    found += [f"block {key} is there twice" for key in {key for key in keys if keys.count(key) > 1}]
    for relation in made.relations:
        found += [f"relation {relation.code} uses {of}" for of in relation.of if of not in made.slots]
    return found


def _faults(block: Block, made: ReportTemplate, known: frozenset[str] | set[str]) -> list[str]:
    used = [name for variants in block.say for text in variants for name in fields(text)]
    used += [
        *block.columns,
        *block.sums,
        *([block.slot] if block.slot else []),
        *([block.against] if block.against else []),
    ]
    found = [
        f"block {block.key} uses {name}" for name in used if name not in made.slots and name not in known
    ]
    found += _uncounted(block, made)
    if block.kind not in ("heading",) and not block.owner:
        found.append(f"block {block.key} is owned by nobody")
    return found


def _uncounted(block: Block, made: ReportTemplate) -> list[str]:
    """What a table, chart or list cannot be filled with."""
    counted = [*block.columns, *([block.slot] if block.slot else [])]
    slots = [made.slots[name] for name in counted if name in made.slots]
    if block.kind == "table" and block.which not in TABLES:
        return [f"block {block.key}: there is no table {block.which}"]
    if block.which in ("by_unit", "targets"):
        return [
            f"block {block.key}: {slot.name} is no number of tasks"
            for slot in slots
            if slot.code not in TASKS
        ]
    return [
        f"block {block.key}: {slot.name} cannot be counted by street and month"
        for slot in slots
        if slot.kind != "indicator" or slot.span == "mean"
    ]
