"""The register of laws: built from what rows cite, with what the rules `knowledge.law.*` say of validity.

No row is kept for an article. A number here is the count of the rows that a reader may see and that stand on it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anlan.domains.knowledge.rules import laws as rules
from anlan.domains.knowledge.rules.laws import Law
from anlan.kernel.core.models import RuleValue
from anlan.kernel.core.search import folded
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Citation, NodeKind, Reader, Said

ARTICLE = "knowledge.article"
PREFIX = "knowledge.law."
CITED = 100_000  # nodes of one citation that the register reads
_LOCAL = ZoneInfo("Asia/Shanghai")
# The first day of a row whose law's own first day was not entered: rows must begin somewhere.
UNDATED = date(1949, 10, 1)
RANKS = {
    "law": N_("National law"), "regulation": N_("Regulation of the State Council"), "order": N_("Departmental order"),
    "standard": N_("Standard"), "document": N_("Document"),
}  # fmt: skip


def local_day(at: datetime) -> date:
    return at.astimezone(_LOCAL).date()


def known_laws(*, at: datetime) -> dict[str, Law]:
    """Every law in the register, those that no longer hold included; of several rows of one the latest says it."""
    del at
    rows = RuleValue.objects.filter(rule__startswith=PREFIX).order_by("valid_from", "recorded_at")
    return {
        (code := row.rule.removeprefix(PREFIX)): rules.law_of(
            code, row.value, begins=None if row.valid_from == UNDATED else row.valid_from, ends=row.valid_to,
            tag=row.tag,
        )
        for row in rows
    }  # fmt: skip


def title(law: Law, article: str) -> str:
    """《安全生产法》第101条; of a standard its name and the number of the clause."""
    if article == rules.WHOLE:
        return law.name
    if _has_articles(law, article):
        return _("{law} art. {article}").format(law=law.name, article=article)
    return f"{law.name} {article}"


def article_name(law: Law, article: str) -> str:
    """The same without the law: 第101条."""
    return _("article {article}").format(article=article) if _has_articles(law, article) else article


def _has_articles(law: Law, article: str) -> bool:
    return law.rank in ("law", "regulation", "order") and article[:1].isdigit()


def standing(law: Law, *, day: date) -> str:
    """now | over | to_come | undated: whether it holds on a day, as far as days were entered."""
    if law.ends is not None and law.ends < day:
        return "over"
    if law.begins is None:
        return "undated"
    return "to_come" if law.begins > day else "now"


def said(key: str, *, at: datetime) -> Said | None:
    """What the node of an article is called; None where no such law is in the register."""
    code, article = rules.split(key)
    law = known_laws(at=at).get(code)
    if law is None:
        return None
    words = {"over": _("repealed or replaced"), "to_come": _("not yet in force")}
    parts = (law.number, words.get(standing(law, day=local_day(at)), ""))
    return Said(title(law, article), " · ".join(part for part in parts if part))


def find(words: str, *, at: datetime) -> list[str]:
    """The laws whose names hold all the words, as whole laws; “安全生产法 101” finds the article."""
    asked = folded(words).split()
    article = next((word for word in asked if word[:1].isdigit() or word.startswith("第")), "")
    names = [word for word in asked if word != article]
    said = rules.articles_in(article)[0] if article else rules.WHOLE
    found = []
    for law in known_laws(at=at).values():
        text = folded(law.name, *law.names, law.number)
        if all(word in text for word in asked):
            found.append(rules.key_of(law.code, rules.WHOLE))
        elif names and all(word in text for word in names):
            found.append(rules.key_of(law.code, said))
    return found


# ---- what stands on them ----------------
@dataclass
class Line:
    """One article with the nodes of each citation that stand on it, and by which tags."""

    key: str
    article: str
    nodes: dict[str, set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )  # code of the citation → keys
    tags: set[str] = field(default_factory=set)

    @property
    def counts(self) -> dict[str, int]:
        return {code: len(keys) for code, keys in self.nodes.items()}

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass
class Shelf:
    """A law with its cited articles, in the law's own order; first the law as a whole, on which all of them stand."""

    law: Law
    standing: str
    lines: list[Line] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Of the law as a whole: its first line."""
        return self.lines[0].total if self.lines else 0

    @property
    def tags(self) -> list[str]:
        return sorted({tag for line in self.lines for tag in line.tags})


@dataclass(frozen=True, slots=True)
class Text:
    """What a node cites, as it is written there."""

    citation: str
    key: str
    law: str
    article: str
    tag: str


def texts(citation: Citation, kind: NodeKind, reader: Reader) -> Iterator[Text]:
    """What the nodes of a citation that a reader may see cite; one statement."""
    if citation.cited is not None:
        for each in citation.cited(reader.at):
            yield Text(citation.code, each.key, each.law, each.article, each.tag)
    elif citation.rows is not None:
        rows = cut(citation.rows(reader), citation.at_source, kind, reader).order_by()
        columns = [citation.at_source, citation.law, citation.article]
        for key, law, article, *tag in rows.values_list(*columns, *filter(None, [citation.tag])).distinct()[
            :CITED
        ]:
            yield Text(citation.code, str(key), law, str(article), tag[0] if tag else "")


def cut(rows: QuerySet[Any], path: str, kind: NodeKind, reader: Reader) -> QuerySet[Any]:
    """Rows whose node of a kind the reader may see."""
    if kind.seen is None or kind.common:
        return rows.exclude(**{path: None})
    return rows.filter(**{f"{path}__in": kind.seen(reader).order_by().values(kind.key)})


def shelves(
    citations: Sequence[Citation], kinds: Mapping[str, NodeKind], reader: Reader
) -> tuple[list[Shelf], list[tuple[str, int]]]:
    """The register: every law that is known, and the texts that name none of them, with how many nodes say so."""
    known = known_laws(at=reader.at)
    every = tuple(known.values())
    lines: dict[str, dict[str, Line]] = {code: {} for code in known}
    nameless: Counter[str] = Counter()
    keys_of = cache(lambda law, article: rules.keys_of(law, article, every))
    for text in (text for each in citations for text in texts(each, kinds[each.source], reader)):
        keys = keys_of(text.law, text.article)
        nameless.update([text.law] if not keys else [])
        for key in keys:
            code, article = rules.split(key)
            for each in dict.fromkeys((rules.WHOLE, article)):
                line = lines[code].setdefault(each, Line(rules.key_of(code, each), each))
                line.nodes[text.citation].add(text.key)
                line.tags |= {text.tag} - {""}
    day = local_day(reader.at)
    found = [
        Shelf(law, standing(law, day=day), [lines[code][a] for a in rules.in_order(lines[code])])
        for code, law in known.items()
    ]
    order = sorted(found, key=lambda shelf: (rules.RANKS.index(shelf.law.rank), -shelf.total, shelf.law.name))
    return order, nameless.most_common()
