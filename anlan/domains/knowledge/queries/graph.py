"""The graph around a node, as one reader may see it.

It is put together anew for each question from the declarations of all domains; nothing of it is stored. What a page
costs follows from how many links are declared, not from how many rows there are: each way is one statement with a
limit, one more counts where there is more than is shown, and each kind of node is read once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anlan.domains.knowledge.queries import library
from anlan.domains.knowledge.queries.ways import Asked, Found, Known, RowWay, Way, ways_of, ways_of_citation
from anlan.kernel.core.search import COUNTED_TO
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Hop, Link, Links, NodeKind, Question, Reader, Said
from anlan.kernel.loop.models import WorkItem

EACH = 12  # neighbours of one way that are read
DRAWN = 60  # neighbours that a drawing has room for
PAGE = 50
STEP = 300  # nodes that a question goes on with after each step
HITS = 8  # of each kind, in a search


@dataclass(frozen=True, slots=True)
class Node:
    kind: str
    label: str  # of its kind
    key: str
    said: Said

    @property
    def at(self) -> str:
        """How an address names it."""
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True)
class Edge:
    node: Node
    found: Found


@dataclass(frozen=True, slots=True)
class Bunch:
    """The neighbours along one way: those shown, and how many there are in all."""

    code: str
    label: str
    edges: list[Edge]
    total: int
    room: int = 0  # how many of them the drawing has room for

    @property
    def shown(self) -> str:
        return f"{COUNTED_TO}+" if self.total > COUNTED_TO else str(self.total)

    @property
    def drawn(self) -> list[Edge]:
        return self.edges[: self.room]

    @property
    def left_out(self) -> int:
        return self.total - len(self.drawn)


@dataclass(frozen=True, slots=True)
class Result:
    """What a question found: the node, over which nodes, by how many paths."""

    node: Node
    over: list[Node]
    paths: int
    since: Any


At = tuple[str, str]  # kind and key
Paths = dict[At, list[At]]  # a node → the nodes from which it was reached


@dataclass
class _Walk:
    """How far a question has come."""

    paths: Paths
    since: dict[At, Any] = field(default_factory=dict)
    cut: bool = False  # somewhere there was more than was followed


class Graph:
    """Nodes and ways as one reader sees them. Made for one request: it remembers what it has asked."""

    def __init__(self, declared: Iterable[Links], reader: Reader) -> None:
        declared = list(declared)
        self.reader = reader
        self.kinds = {kind.code: kind for each in declared for kind in each.kinds}
        self.citations = [citation for each in declared for citation in each.citations]
        self.laws = tuple(library.known_laws(at=reader.at).values())
        self.ways = Known()
        for link in [link for each in declared for link in each.links] + _of_matters(self.kinds.values()):
            if link.source in self.kinds and link.target in self.kinds:
                self.ways.add(ways_of(link))
        for citation in self.citations:
            self.ways.add(ways_of_citation(citation))
        self.questions = [
            question
            for each in declared
            for question in each.questions
            if question.start in self.kinds
            and all(code in self.ways.by_code for hop in question.hops for code in hop.links)
        ]
        self._seen: dict[str, QuerySet[Any]] = {}

    # ---- who sees what ----
    def seen(self, code: str) -> QuerySet[Any]:
        """The rows of a kind that the reader may see; the rule of their own page, asked once."""
        if code not in self._seen:
            see = self.kinds[code].seen
            if see is None:
                raise ValueError(f"{code} has no rows")
            self._seen[code] = see(self.reader)
        return self._seen[code]

    def cut(self, rows: QuerySet[Any], path: str, code: str, *, near: str = "") -> QuerySet[Any]:
        """Rows whose column `path` names a node of a kind that the reader may see."""
        kind = self.kinds[code]
        if kind.common:
            return rows.exclude(**{path: None})
        return rows.filter(**{f"{path}__in": self._near(kind, near).order_by().values(kind.key)})

    def _near(self, kind: NodeKind, near: str) -> QuerySet[Any]:
        rows = self.seen(kind.code)
        if not near or not kind.region:
            return rows
        column = kind.region.removesuffix("_id") + "__code" if kind.region.endswith("_id") else kind.region
        return rows.filter(**{f"{column}__startswith": near})

    def seen_among(self, code: str, keys: Sequence[str], *, near: str = "") -> set[str]:
        kind = self.kinds[code]
        if kind.common:
            return set(keys)
        rows = self._near(kind, near).filter(**{f"{kind.key}__in": list(keys)}).order_by()
        return {str(key) for key in rows.values_list(kind.key, flat=True)}

    # ---- nodes ----
    def nodes(self, code: str, keys: Iterable[str]) -> dict[str, Node]:
        """Those of some keys that are there and that the reader may see; one statement."""
        kind, wanted = self.kinds[code], list(dict.fromkeys(keys))
        if not wanted:
            return {}
        if kind.read is not None:
            said = kind.read(self.reader, wanted)
        else:
            rows = self.seen(code).filter(**{f"{kind.key}__in": wanted})
            said = {str(getattr(row, kind.key)): kind.says(row) for row in rows if kind.says is not None}
        return {key: Node(code, _(kind.label), key, words) for key, words in said.items()}

    def node(self, at: str) -> Node | None:
        """The node that an address names, or None where it is not there or not the reader's to see."""
        code, _colon, key = at.partition(":")
        if code not in self.kinds or not key or "\0" in key:
            return None
        try:
            return self.nodes(code, [key]).get(key)
        except (ValidationError, ValueError):
            return None  # no such key can be

    def search(self, words: str, only: str = "") -> list[tuple[NodeKind, list[Node], bool]]:
        """Nodes whose names hold the words, by kind: at most a few of each, and whether there are more."""
        found = []
        for kind in self.kinds.values():
            keys = self._hits(kind, words) if only in ("", kind.code) else []
            known = self.nodes(kind.code, keys)
            nodes = [known[key] for key in keys if key in known]
            if nodes:
                found.append((kind, nodes[:HITS], len(nodes) > HITS))
        return found

    def _hits(self, kind: NodeKind, words: str) -> list[str]:
        if kind.find is not None:
            return list(kind.find(self.reader, words, HITS + 1))
        if not kind.words:
            return []
        rows = self.seen(kind.code)
        for word in words.split():
            rows = rows.filter(**{f"{kind.words}__icontains": word})
        return [str(key) for key in rows.values_list(kind.key, flat=True)[: HITS + 1]]

    # ---- around a node ----
    def around(self, node: Node) -> list[Bunch]:
        """All ways from a node with their first neighbours, and how much of each a drawing has room for."""
        asked = Asked([node.key], EACH + 1)
        found = [(way, way.find(self, asked)) for way in self.ways.by_start.get(node.kind, ())]
        named = self._named(((way, each) for way, rows in found for each in rows[:EACH]))
        bunches = []
        for way, rows in found:
            edges = [Edge(named[way.end, each.there], each) for each in self._said(way, rows[:EACH])
                     if (way.end, each.there) in named and (way.end, each.there) != (node.kind, node.key)]  # fmt: skip
            if edges:
                total = len(edges) if len(rows) <= EACH else max(way.count(self, asked), len(rows))
                bunches.append(Bunch(way.code, way.label, edges, total))
        return _with_room(bunches)

    def listed(self, node: Node, code: str, *, page: int) -> Bunch | None:
        """One page of the neighbours along one way."""
        way = self.ways.by_code.get(code)
        if way is None or way.start != node.kind:
            return None
        total = way.count(self, Asked([node.key], 1))
        rows = way.find(self, Asked([node.key], PAGE, skip=(page - 1) * PAGE))
        named = self._named((way, each) for each in rows)
        edges = [Edge(named[way.end, each.there], each) for each in self._said(way, rows)
                 if (way.end, each.there) in named]  # fmt: skip
        return Bunch(way.code, way.label, edges, total)

    def _named(self, found: Iterable[tuple[Way, Found]]) -> dict[tuple[str, str], Node]:
        keys: dict[str, list[str]] = defaultdict(list)
        for way, each in found:
            keys[way.end].append(each.there)
        return {
            (code, key): node for code, own in keys.items() for key, node in self.nodes(code, own).items()
        }

    def _said(self, way: Way, rows: Sequence[Found]) -> list[Found]:
        """The reasons in the reader's language."""
        if not isinstance(way, RowWay) or not way.link.why:
            return list(rows)
        codes = sorted({code for each in rows for code in each.reasons})
        words = way.link.named(codes) if way.link.named else {c: _(way.link.words.get(c, c)) for c in codes}
        return [
            replace(each, why="、".join(words.get(code, code) for code in each.reasons[:3])) for each in rows
        ]

    # ---- questions ----
    def ask(self, question: Question, node: Node) -> tuple[list[Result], bool]:
        """What a question finds from a node, those with most paths first; True: more was there than was followed."""
        near = self._street_of(node) if question.near else ""
        walk = _Walk({(node.kind, node.key): []})
        for number, hop in enumerate(question.hops):
            last = number == len(question.hops) - 1
            self._step(walk, hop, near=near if last else "")
        walk.paths.pop((node.kind, node.key), None)
        return self._results(walk), walk.cut

    def _step(self, walk: "_Walk", hop: Hop, *, near: str) -> None:
        reached: Paths = dict(walk.paths) if hop.stay else {}
        for code in hop.links:
            way = self.ways.by_code[code]
            keys = [key for kind, key in walk.paths if kind == way.start]
            rows = way.find(self, Asked(keys[:STEP], STEP + 1, near=near)) if keys else []
            walk.cut = walk.cut or len(keys) > STEP or len(rows) > STEP
            for each in rows[:STEP]:
                reached.setdefault((way.end, each.there), []).append((way.start, each.here))
                walk.since[way.end, each.there] = each.since
        walk.paths = reached

    def _street_of(self, node: Node) -> str:
        kind = self.kinds[node.kind]
        if not kind.region:
            return ""
        rows = self.seen(node.kind).filter(**{f"{kind.key}__in": [node.key]}).order_by()
        return str(rows.values_list(kind.region, flat=True).first() or "")[:9]

    def _results(self, walk: "_Walk") -> list[Result]:
        keys: dict[str, set[str]] = defaultdict(set)
        for at, over in walk.paths.items():
            for kind, key in (at, *over):
                keys[kind].add(key)
        named = {
            (code, key): node for code, own in keys.items() for key, node in self.nodes(code, own).items()
        }
        results = [
            Result(
                named[at],
                [named[over] for over in dict.fromkeys(ways) if over in named],
                len(set(ways)),
                walk.since.get(at),
            )
            for at, ways in walk.paths.items()
            if at in named
        ]
        return sorted(results, key=lambda each: (-each.paths, each.node.said.name, each.node.key))


def _with_room(bunches: list[Bunch]) -> list[Bunch]:
    """Each way gets its turn until the drawing is full, so that a long one crowds out no short one."""
    room = [0] * len(bunches)
    left = DRAWN
    while left and any(room[i] < len(bunch.edges) for i, bunch in enumerate(bunches)):
        for i, bunch in enumerate(bunches):
            if left and room[i] < len(bunch.edges):
                room[i] += 1
                left -= 1
    return [replace(bunch, room=room[i]) for i, bunch in enumerate(bunches)]


def _of_matters(kinds: Iterable[NodeKind]) -> list[Link]:
    """What every matter has by being one: somebody in whose hands it is, and a region."""
    made = []
    for kind in kinds:
        if not kind.loop:
            continue
        made.append(Link(
            f"{kind.code}.in_hands", kind.code, "orgs.person", N_("is in the hands of"),
            _("In hand: {kind}").format(kind=_(kind.label)), rows=_open_items(kind.code),
            at_target="charge_person_id", since="opened_at",
        ))  # fmt: skip
        made.append(Link(
            f"{kind.code}.lies_in", kind.code, "places.region", N_("lies in"), "", rows=_items(kind.code),
            at_target="region_id", since="opened_at", one_way=True,
        ))  # fmt: skip
    return made


def _items(loop: str) -> Any:
    return lambda reader: WorkItem.objects.filter(loop=loop)


def _open_items(loop: str) -> Any:
    return lambda reader: WorkItem.objects.filter(loop=loop, closed_at=None)
