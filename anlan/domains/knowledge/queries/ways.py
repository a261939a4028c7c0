"""Ways: each declared link in both directions, and each citation, as one thing that finds neighbours.

A way asks one statement for the neighbours of any number of nodes, at most `limit` of them, and one to count them.
What a reader may not see is cut away in that statement, so that a limit and a number are of what the reader sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils.translation import gettext as _

from anlan.domains.knowledge.queries import library
from anlan.domains.knowledge.rules import laws
from anlan.kernel.core.search import COUNTED_TO
from anlan.kernel.domain.links import Citation, Cited, Link, When

if TYPE_CHECKING:
    from anlan.domains.knowledge.queries.graph import Graph

TEXTS = 5000  # different texts of a citation that are read


@dataclass(frozen=True, slots=True)
class Found:
    """One neighbour: whose, which, since when, why, and how many rows say so."""

    here: str
    there: str
    since: When | None = None
    why: str = ""
    many: int = 1
    reasons: tuple[str, ...] = ()  # as columns have them; `why` says them in the reader's language


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a way: the neighbours of `keys`, some of them, in one street only where `near` names it."""

    keys: Sequence[str]
    limit: int
    skip: int = 0
    near: str = ""


@dataclass(frozen=True)
class Way:
    """A link seen from one end. `code` has ~ before it where it is walked against its direction."""

    code: str
    label: str
    start: str
    end: str

    def find(self, graph: Graph, asked: Asked) -> list[Found]:
        raise NotImplementedError

    def count(self, graph: Graph, asked: Asked) -> int:
        """How many different neighbours there are; above ten thousand nobody counts on."""
        raise NotImplementedError


@dataclass(frozen=True)
class RowWay(Way):
    """A link that rows say."""

    link: Link
    forward: bool

    @property
    def here(self) -> str:
        return self.link.at_source if self.forward else self.link.at_target

    @property
    def there(self) -> str:
        return self.link.at_target if self.forward else self.link.at_source

    def _rows(self, graph: Graph, asked: Asked) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.link.rows(graph.reader) if self.link.rows else _no_rows()
        if not self.forward and self.link.narrow is not None:
            rows = self.link.narrow(rows, asked.keys)
        else:
            rows = rows.filter(**{f"{self.here}__in": list(asked.keys)})
        if self.link.spread and self.forward:
            return rows.order_by()  # a list that is opened holds no gaps, and no condition may stand on it
        return graph.cut(rows, self.there, self.end, near=asked.near).order_by()

    def find(self, graph: Graph, asked: Asked) -> list[Found]:
        rows = self._rows(graph, asked)
        if self.link.spread:
            return self._spread(rows, asked, asked.skip + asked.limit)[asked.skip :]
        said: dict[str, Any] = {"said_many": Count("pk")}
        if self.link.since:
            said["said_since"] = Min(self.link.since)
        if self.link.why:
            said["said_why"] = ArrayAgg(self.link.why, distinct=True)
        grouped = rows.values(self.here, self.there).annotate(**said)
        first = [F("said_since").desc(nulls_last=True)] if self.link.since else []
        cut = grouped.order_by(*first, self.there)[asked.skip : asked.skip + asked.limit]
        return [
            Found(str(row[self.here]), str(row[self.there]), row.get("said_since"), many=row["said_many"],
                  reasons=tuple(str(why) for why in row.get("said_why") or () if why))
            for row in cut
        ]  # fmt: skip

    def _spread(self, rows: QuerySet[Any], asked: Asked, most: int) -> list[Found]:
        """Rows of which each says several links: all of a row are read, those asked for are kept."""
        columns = (self.here, self.there, self.link.since or "pk")
        wanted = set(asked.keys)
        found: dict[tuple[str, str], Found] = {}
        for here, there, since in rows.order_by(f"-{columns[2]}").values_list(*columns)[: most * 4]:
            pair = (str(here), str(there))
            if pair[0] in wanted and pair not in found:
                found[pair] = Found(*pair, since if self.link.since else None)
        return list(found.values())[:most]

    def count(self, graph: Graph, asked: Asked) -> int:
        rows = self._rows(graph, asked)
        if self.link.spread:
            return len({found.there for found in self._spread(rows, asked, COUNTED_TO + 1)})
        return int(rows.values(self.there).distinct()[: COUNTED_TO + 1].count())


@dataclass(frozen=True)
class WorkedOut(Way):
    """Links that a function works out: all of them are at hand, few as they are."""

    def pairs(self, graph: Graph) -> Iterable[Found]:
        raise NotImplementedError

    def _all(self, graph: Graph, asked: Asked) -> list[Found]:
        wanted = set(asked.keys)
        found = {(each.here, each.there): each for each in self.pairs(graph) if each.here in wanted}
        seen = graph.seen_among(self.end, [there for _here, there in found], near=asked.near)
        return [each for each in found.values() if each.there in seen]

    def find(self, graph: Graph, asked: Asked) -> list[Found]:
        return self._all(graph, asked)[asked.skip : asked.skip + asked.limit]

    def count(self, graph: Graph, asked: Asked) -> int:
        return len({each.there for each in self._all(graph, asked)})


@dataclass(frozen=True)
class TableWay(WorkedOut):
    """A citation that stands inside the table of a rule."""

    citation: Citation
    forward: bool

    def pairs(self, graph: Graph) -> Iterable[Found]:
        for each in self.citation.cited(graph.reader.at) if self.citation.cited else ():
            for key in laws.keys_of(each.law, each.article, graph.laws):
                yield self._found(each, key)
                # From the law as a whole all of its articles are asked.
                if not self.forward:
                    yield self._found(each, laws.key_of(laws.split(key)[0], laws.WHOLE))

    def _found(self, each: Cited, key: str) -> Found:
        ends = (each.key, key) if self.forward else (key, each.key)
        return Found(*ends, each.since, _with_tag(each.why, each.tag))


@dataclass(frozen=True)
class CiteWay(Way):
    """A citation in columns: what the text of a row names is worked out, the rows are found by their texts."""

    citation: Citation
    forward: bool

    def _rows(self, graph: Graph, asked: Asked) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.citation.rows(graph.reader) if self.citation.rows else _no_rows()
        if self.forward:
            return rows.filter(**{f"{self.citation.at_source}__in": list(asked.keys)}).order_by()
        rows = rows.filter(self._written(graph, rows, asked.keys))
        return graph.cut(rows, self.citation.at_source, self.end, near=asked.near).order_by()

    def _written(self, graph: Graph, rows: QuerySet[Any], keys: Sequence[str]) -> Q:
        """The texts by which rows name the articles asked for; a law as a whole is all of its articles."""
        said = self.citation
        written = Q(pk__in=[])
        for law, article in rows.order_by().values_list(said.law, said.article).distinct()[:TEXTS]:
            if any(_means(key, laws.keys_of(law, str(article), graph.laws)) for key in keys):
                written |= Q(**{said.law: law, said.article: article})
        return written

    def find(self, graph: Graph, asked: Asked) -> list[Found]:
        said = self.citation
        columns = list(
            dict.fromkeys([said.at_source, said.law, said.article, *filter(None, (said.why, said.tag))])
        )
        grouped = self._rows(graph, asked).values(*columns).annotate(said_many=Count("pk"), **self._since())
        first = [F("said_since").desc(nulls_last=True)] if said.since else []
        found: dict[tuple[str, str], Found] = {}
        for row in grouped.order_by(*first, *columns)[: asked.skip + asked.limit * 3]:
            for each in self._read(graph, asked, row):
                found.setdefault((each.here, each.there), each)
        return list(found.values())[asked.skip : asked.skip + asked.limit]

    def _since(self) -> dict[str, Any]:
        return {"said_since": Min(self.citation.since)} if self.citation.since else {}

    def _read(self, graph: Graph, asked: Asked, row: Mapping[str, Any]) -> Iterable[Found]:
        said = self.citation
        keys = laws.keys_of(row[said.law], str(row[said.article]), graph.laws)
        why = str(row[said.why]) if said.why else ""
        why = _with_tag(_(said.words.get(why, why)) if why else "", row[said.tag] if said.tag else "")
        source, since = str(row[said.at_source]), row.get("said_since")
        if self.forward:
            return [Found(source, key, since, why, row["said_many"]) for key in keys]
        return [Found(key, source, since, why, row["said_many"]) for key in asked.keys if _means(key, keys)]

    def count(self, graph: Graph, asked: Asked) -> int:
        if self.forward:
            return len({each.there for each in self.find(graph, Asked(asked.keys, COUNTED_TO))})
        return int(
            self._rows(graph, asked).values(self.citation.at_source).distinct()[: COUNTED_TO + 1].count()
        )


def _means(key: str, named: Sequence[str]) -> bool:
    code, article = laws.split(key)
    return key in named or (article == laws.WHOLE and any(laws.split(each)[0] == code for each in named))


def _with_tag(why: str, tag: str) -> str:
    return " ".join(part for part in (why, f"[{tag}]" if tag else "") if part)


def _no_rows() -> QuerySet[Any]:
    raise RuntimeError("a link needs rows or pairs")


def ways_of(link: Link) -> list[Way]:
    """Both directions of a link, or the one that may be asked."""
    there: Way = RowWay(link.code, _(link.label), link.source, link.target, link, True)
    if link.one_way:
        return [there]
    return [there, RowWay(f"~{link.code}", _(link.back), link.target, link.source, link, False)]


def ways_of_citation(said: Citation) -> list[Way]:
    kind = CiteWay if said.rows is not None else TableWay
    return [
        kind(said.code, _(said.label), said.source, library.ARTICLE, said, True),
        kind(f"~{said.code}", _(said.back), library.ARTICLE, said.source, said, False),
    ]


@dataclass(frozen=True)
class Known:
    """Every way by its code, and by the kind of node where it starts."""

    by_code: dict[str, Way] = field(default_factory=dict)
    by_start: dict[str, list[Way]] = field(default_factory=dict)

    def add(self, ways: Iterable[Way]) -> None:
        for way in ways:
            self.by_code[way.code] = way
            self.by_start.setdefault(way.start, []).append(way)
