"""What hangs together with what: domains declare kinds of nodes and the links between them over the rows they have.

Nothing is kept twice: a link is a column, or a row of a table between two others. A kind of node names the query of
what a reader may see, which is the one of its own page, so that a graph never shows more than the pages do. Whoever
walks the graph knows the codes of kinds only; no domain learns another by declaring a link to a kind of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from anlan.kernel.orgs.models import Person

When = datetime | date


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, when, and in which world (None: the real one)."""

    person: Person
    at: datetime
    exercise_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a node is called, and a line that tells it from others of the name.

    `door`: kind and key of the node whose page opens this one, where it has no page of its own.
    """

    name: str
    note: str = ""
    door: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class NodeKind:
    """A kind of node: rows, or what many rows name.

    seen(reader) -> the rows that the reader may see, by the very rule of their own page
    says(row) -> what one of them is called
    find(reader, words, limit) -> keys, where `words` is no column that a plain search may read
    read(reader, keys) -> what those that are there are called, where no table holds them

    `common`: no row but what rows name (a substance, a clause of a law): whoever sees such a row may see it. `key` is
    then the column that names it.
    """

    code: str
    label: str
    seen: Callable[[Reader], QuerySet[Any]] | None = None
    says: Callable[[Any], Said] | None = None
    key: str = "pk"
    words: str = ""
    find: Callable[[Reader, str, int], Sequence[str]] | None = None
    read: Callable[[Reader, Sequence[str]], Mapping[str, Said]] | None = None
    region: str = ""  # path to the code of the region it lies in
    loop: bool = False  # a matter: it is in somebody's hands, lies in a region, arises from another
    common: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """One link that is worked out rather than read from a column."""

    source: str
    target: str
    since: When | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A kind of link from the nodes of a kind to those of another.

    `label` says it from the source (*lies at the firm*), `back` from the target (*risk points of the firm*).
    `rows(reader)` are the rows that say it, `at_source` and `at_target` the columns of the two keys, `since` the one
    that says since when, `why` one with a word about it, which `words` (or `named(codes)`, read in bulk) puts into the
    reader's language.
    `narrow(rows, keys)` picks the rows of some targets where no plain column does.
    `pairs(at)` instead of `rows`: all links of the kind, where there are few and no table has them.
    """

    code: str
    source: str
    target: str
    label: str
    back: str
    rows: Callable[[Reader], QuerySet[Any]] | None = None
    at_source: str = "pk"
    at_target: str = ""
    since: str = ""
    why: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    named: Callable[[Sequence[str]], Mapping[str, str]] | None = None
    narrow: Callable[[QuerySet[Any], Sequence[str]], QuerySet[Any]] | None = None
    spread: bool = False  # `at_target` opens a list of a row into many: such rows are not grouped
    pairs: Callable[[datetime], Iterable[Pair]] | None = None
    one_way: bool = False  # never asked from the target, which may have a hundred thousand of them


@dataclass(frozen=True, slots=True)
class Cited:
    """A text that a node stands on, as it is written there."""

    key: str
    law: str
    article: str
    tag: str = ""
    since: When | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """Nodes of a kind that stand on laws: columns of law and article, or `pairs(at)` where they stand inside values."""

    code: str
    source: str
    label: str
    back: str
    rows: Callable[[Reader], QuerySet[Any]] | None = None
    at_source: str = "pk"
    law: str = "law"
    article: str = "article"
    tag: str = ""
    since: str = ""
    why: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    cited: Callable[[datetime], Iterable[Cited]] | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a question: along these links (a code, or ~code against its direction).

    `stay`: what the step started from is taken along, so that a region and those above it are asked together.
    """

    links: tuple[str, ...]
    stay: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question over several steps, as data. `near`: what is found lies in the street of what was asked about."""

    code: str
    start: str
    label: str
    hops: tuple[Hop, ...]
    near: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What the rows of a matter say of it, label and value, and the names that must not be told on."""

    facts: tuple[tuple[str, str], ...]
    secret: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shareable:
    """Matters of a kind that others may learn from once they are in one of `states`.

    find(number) -> ids of the items of that number; told(item) -> what may be said of one, and what may not
    """

    kind: str
    states: tuple[str, ...]
    find: Callable[[str], Sequence[UUID]]
    told: Callable[[UUID], Told]


@dataclass(frozen=True, slots=True)
class Links:
    """What one domain declares of them."""

    kinds: tuple[NodeKind, ...] = ()
    links: tuple[Link, ...] = ()
    citations: tuple[Citation, ...] = ()
    questions: tuple[Question, ...] = ()
    shareable: tuple[Shareable, ...] = ()
