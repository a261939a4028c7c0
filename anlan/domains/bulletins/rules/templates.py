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
from anlan.domains.bulletins.rules.template_fields import Word, fault
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.checking import Relation

AND = reason("bulletins.and", N_("; "))
FAULTY = reason("bulletins.template_faulty", N_("{file}: {faults}"))
NO_TEMPLATE = reason("bulletins.no_template", N_("{at}: there is no template {name}"))
NO_NAME = reason("bulletins.no_name", N_("{at}: there is no name {name}"))
OF = reason("bulletins.template_of", N_("{at}: a report is written of a campaign or of all"))
USES = reason("bulletins.template_uses", N_("{at} uses {name}, which is not there"))
SLOT_SPAN = reason("bulletins.slot_span", N_("{at}: there is no span {span}"))
TWICE = reason("bulletins.block_twice", N_("{at} is there twice"))
NOBODY = reason("bulletins.block_nobody", N_("{at} is owned by nobody"))
NO_TABLE = reason("bulletins.no_table", N_("{at}: there is no table {table}"))
NO_TASKS = reason("bulletins.no_tasks", N_("{at}: {name} is no number of tasks"))
UNCUT = reason("bulletins.uncut", N_("{at}: {name} cannot be counted by street and month"))

FOLDER = Path(__file__).resolve().parents[1] / "reports"
_own: list[Path] = []
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


def unused() -> Sequence[Refused]:
    """The faults of the bureau's own templates that are therefore not used: file, field, what is wrong, each in the
    reader's language.
    """
    return _read()[1]


@cache
def _read() -> tuple[Mapping[str, ReportTemplate], Sequence[Refused]]:
    """The house's own must be whole; of the bureau's a faulty one is left out and said, for the night goes on."""
    found, faults = {path.stem: load(path) for path in FOLDER.glob("*.toml")}, []
    for path in sorted(each for folder in _own for each in folder.glob("*.toml")):
        try:
            found[path.stem] = load(path)
        except Refused as faulty:
            faults.append(faulty)
    ordered = sorted(found.values(), key=lambda one: (one.order, one.code))
    return {one.code: one for one in ordered}, tuple(faults)


def load(path: Path) -> ReportTemplate:
    """Read and check a template. Raises `Refused`: bulletins.template_faulty, naming file and fields."""
    try:
        raw = _raw(path)
    except Refused as faulty:
        raise Refused(FAULTY, file=path.name, faults=Faults([faulty])) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise Refused(FAULTY, file=path.name, faults=Word(str(wrong))) from wrong
    if faults := template_fields.faults(raw):
        raise Refused(FAULTY, file=path.name, faults=Faults(faults))
    made = _made(path, raw)
    if faults := problems(made):
        raise Refused(FAULTY, file=path.name, faults=Faults(faults))
    return made


class Faults(tuple[Refused, ...]):
    """Several as one line, each in the language of whoever reads it."""

    def __str__(self) -> str:
        return str(Refused(AND)).join(map(str, self))


def _raw(path: Path) -> dict[str, Any]:
    """The file as it stands; what it is `like` fills in what it does not say itself. That is one of the house's."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    if not (like := raw.pop("like", "")):
        return raw
    base_path = FOLDER / f"{like}.toml"
    if not base_path.is_file():
        raise fault(NO_TEMPLATE, "like", name=like)
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


def problems(made: ReportTemplate) -> list[Refused]:
    """What is wrong with a template; checked when it is read."""
    known = NAMES | {ask.name for ask in made.asks} | ({made.by} if made.by else set())
    found = [fault(NO_NAME, what, name=name) for what, text in (("title", made.title), ("to", made.to))
             for name in fields(text) if name not in known]  # fmt: skip
    found += [fault(OF, "of")] if made.by not in ("", "campaign") else []
    for slot in made.slots.values():
        found += [
            fault(USES, f"slots.{slot.name}", name=other) for other in slot.of if other not in made.slots
        ]
        found += (
            [fault(SLOT_SPAN, f"slots.{slot.name}.span", span=slot.span)]
            if slot.span not in SLOT_SPANS
            else []
        )
    for block in made.blocks:
        found += _faults(block, made, known)
    keys = [block.key for block in made.blocks]
    found += [fault(TWICE, f"block {key}") for key in {key for key in keys if keys.count(key) > 1}]
    for relation in made.relations:
        found += [
            fault(USES, f"relation {relation.code}", name=of) for of in relation.of if of not in made.slots
        ]
    return found


def _faults(block: Block, made: ReportTemplate, known: frozenset[str] | set[str]) -> list[Refused]:
    used = [name for variants in block.say for text in variants for name in fields(text)]
    used += [
        *block.columns,
        *block.sums,
        *([block.slot] if block.slot else []),
        *([block.against] if block.against else []),
    ]
    found = [
        fault(USES, f"block {block.key}", name=name)
        for name in used
        if name not in made.slots and name not in known
    ]
    found += _uncounted(block, made)
    if block.kind not in ("heading",) and not block.owner:
        found.append(fault(NOBODY, f"block {block.key}"))
    return found


def _uncounted(block: Block, made: ReportTemplate) -> list[Refused]:
    """What a table, chart or list cannot be filled with."""
    counted = [*block.columns, *([block.slot] if block.slot else [])]
    slots = [made.slots[name] for name in counted if name in made.slots]
    if block.kind == "table" and block.which not in TABLES:
        return [fault(NO_TABLE, f"block {block.key}", table=block.which)]
    if block.which in ("by_unit", "targets"):
        return [
            fault(NO_TASKS, f"block {block.key}", name=slot.name) for slot in slots if slot.code not in TASKS
        ]
    return [
        fault(UNCUT, f"block {block.key}", name=slot.name)
        for slot in slots
        if slot.kind != "indicator" or slot.span == "mean"
    ]
