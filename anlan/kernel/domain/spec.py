"""How a subject of the bureau declares itself. Every surface reads these declarations and none knows a domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any

from anlan.kernel.domain.links import Links
from anlan.kernel.domain.looking_back import LookBack
from anlan.kernel.domain.visiting import Visits
from anlan.kernel.indicators.spec import Indicator
from anlan.kernel.loop.spec import Loop
from anlan.kernel.messaging.spec import MessageKind
from anlan.kernel.papers.spec import PaperKind
from anlan.kernel.places.spec import Layer
from anlan.kernel.sheets.spec import Sheet

if TYPE_CHECKING:
    from anlan.kernel.loop.models import LoopRecord
    from anlan.kernel.loop.registry import Escalate

Act = Callable[
    ..., Any
]  # (item=, by=, at=, happened_at=, evidence=, reason=, entered_by=, telephone=, **needs) -> Step


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: a path over the record (`item.title`, `grade`) and its head."""

    path: str
    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A fact that a form asks for, by the name of a move's `needs` or of an opening's keyword."""

    name: str
    label: str
    # text | long | suggest | number | datetime | choice | flag | region | person | organisation | place
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = True
    help: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of row with a life: its model, its loop, how lists and forms show it, and its own work per move.

    `acts` maps a move to the domain's action where the move does more than move; the others go to the kernel's door.
    `opens` is the action of the report form, with its `opening` fields; None where nobody opens one by hand.
    `opened_by` are the kinds of duty over the region that may; empty: everybody of the authorities. Firms open
    only what `by_firms` names, and the action says that it is their own.
    """

    model: type[LoopRecord]
    loop: Loop
    columns: tuple[Column, ...] = ()
    filters: tuple[str, ...] = ()
    facts: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)  # move → fields its form asks for
    acts: Mapping[str, Act] = field(default_factory=dict)
    opens: Act | None = None
    opening: tuple[Field, ...] = ()
    opened_by: tuple[str, ...] = ()
    by_firms: bool = False
    on_map: bool = False
    escalate: Escalate | None = None
    announces: bool = True

    @property
    def slug(self) -> str:
        return self.loop.name.partition(".")[2]


@dataclass(frozen=True, slots=True)
class Round:
    """Done once a day without anybody asking. `run(region=, at=)` does a part of it that takes at most two seconds
    and returns how much; 0 when nothing is left. It does only what is not there yet, so that twice is once."""

    name: str
    run: Callable[..., int]


@dataclass(frozen=True, slots=True)
class Domain:
    """A subject: its records, indicators, ledger codes, message kinds, and the neighbours it may use."""

    name: str
    label: str
    records: tuple[Record, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    messages: tuple[MessageKind, ...] = ()
    layers: tuple[Layer, ...] = ()  # what it draws on the map by the hundred thousand
    sheets: tuple[Sheet, ...] = ()  # spreadsheets it takes in and gives out
    papers: tuple[PaperKind, ...] = ()  # numbered papers it issues
    rounds: tuple[Round, ...] = ()  # what it does once a day
    looks_back: tuple[LookBack, ...] = ()  # what it knows against units
    links: Links = field(default_factory=Links)  # its nodes and links in the graph
    visits: tuple[Visits, ...] = ()  # its visits to firms: due, and made
    jobs: tuple[Callable[[Event], bool], ...] = ()  # background: does one piece; False: none
    edges: Mapping[str, str] = field(default_factory=dict)  # neighbour → why
    keepers: tuple[str, ...] = ()  # kinds of duty whose holders may set its rules anew for their own regions
    rule_checks: Mapping[str, Callable[[Any], None]] = field(
        default_factory=dict
    )  # rule → what its value must be

    def record(self, slug: str) -> Record | None:
        return next((record for record in self.records if record.slug == slug), None)
