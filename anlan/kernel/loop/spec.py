"""How a domain declares a loop: plain data, no Django, so that anyone can read it and a test can draw it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

CHARGED = "charged"
OPENER = "opener"
SYSTEM = "system"
DEPUTY = "deputy"
SUPERIOR = "superior"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def days(count: float) -> timedelta:
    return timedelta(days=count)


@dataclass(frozen=True, slots=True)
class Photo:
    """At least so many photographs, taken on the spot."""

    least: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """Some words."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the person stood; farther than `within_m` metres from the place is flagged, not refused."""

    within_m: int = 300


@dataclass(frozen=True, slots=True)
class File:
    """Any document."""


@dataclass(frozen=True, slots=True)
class Track:
    """A path walked or driven."""


EvidenceKind = Photo | Text | Position | File | Track


@dataclass(frozen=True, slots=True)
class Within:
    """A span whose minutes are the value of a rule, by the item's region and the day it began."""

    rule: str


Span = timedelta | Within | Callable[[Any, datetime], timedelta | None]


@dataclass(frozen=True, slots=True)
class At:
    """After the deadline and so much more time, somebody else is told: a duty kind, `deputy` or `superior`."""

    after: timedelta | Within
    duty: str


@dataclass(frozen=True, slots=True)
class Move:
    """One way from a state to the next.

    by       who may: duty kinds, `charged`, `opener`, `system`; any one of them
    unless   earlier moves (or `open`) whose author is barred from this one: the second pair of eyes
    charges  who is in charge afterwards: a duty kind, `opener`, or None to leave it
    needs    names of the facts the move must be given
    """

    name: str
    source: str | tuple[str, ...]
    target: str
    label: str
    by: tuple[str, ...]
    charges: str | None = None
    needs: tuple[str, ...] = ()
    evidence: tuple[EvidenceKind, ...] = ()
    unless: tuple[str, ...] = ()
    reason: bool = False
    answers: str = ""  # the answer of a message that makes this move by itself

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,) if isinstance(self.source, str) else self.source

    def starts_from(self, state: str) -> bool:
        return state in self.sources


@dataclass(frozen=True, slots=True)
class Deadline:
    """The clock of a state: `within` gives the due time, `remind` spans before it, `escalate` the ladder after it.

    `lapse` is the move that the sweep makes when the last rung has passed; without it the item stays late and open.
    """

    state: str
    within: Span
    remind: tuple[timedelta, ...] = ()
    escalate: tuple[At, ...] = ()
    lapse: str = ""
    lapse_after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Loop:
    """The declared life of one kind of item."""

    name: str
    label: str
    start: str
    closed: frozenset[str]
    moves: tuple[Move, ...]
    states: dict[str, str]
    deadlines: tuple[Deadline, ...] = ()
    late_entry_after: timedelta = field(default=timedelta(minutes=30))
    personal: bool = False  # about the person charged: stays with them when their post is passed on

    def move(self, name: str) -> Move | None:
        return next((move for move in self.moves if move.name == name), None)

    def deadline_of(self, state: str) -> Deadline | None:
        return next((deadline for deadline in self.deadlines if deadline.state == state), None)

    def problems(self) -> list[str]:
        """What is wrong with the declaration; checked when the registry takes it in."""
        known, names = self.states.keys(), {move.name for move in self.moves} | {"open"}
        named = [(f"move {m.name}", state) for m in self.moves for state in (*m.sources, m.target)]
        named += [(f"deadline {d.state}", d.state) for d in self.deadlines]
        named += [("closed", state) for state in self.closed] + [("start", self.start)]
        used = [(f"move {m.name}", earlier) for m in self.moves for earlier in m.unless]
        used += [(f"deadline {d.state}", d.lapse) for d in self.deadlines if d.lapse]
        return [
            f"{self.name}: {where} names unknown state {state}"
            for where, state in named
            if state not in known
        ] + [f"{self.name}: {where} names unknown move {move}" for where, move in used if move not in names]
