"""Which topics an entry of the ledger is news for. Pure: no Django, no database.

A page names topics: `warnings` (anything of that subject), `warnings:440399001` (in that subtree),
`warnings:<id>` (of that one thing). The same word finds an entry by the first part of its code or by the kind of
its subject: a move of a danger is written as `loop.moved` about `dangers.danger` and is news for both.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anlan.kernel.places.regions import prefix_of

MOST = 60
_TOPIC = re.compile(r"[a-z][a-z_]{0,39}(:[0-9a-zA-Z-]{1,40})?")


@dataclass(frozen=True, slots=True)
class News:
    """What the live surface keeps of an entry."""

    seq: int
    names: frozenset[str]
    subject: str
    region: str


def news_of(*, seq: int, code: str, subject_type: str, subject_id: str, region: str) -> News:
    """An entry's news; `region` is a 12-digit code or empty."""
    names = frozenset((code.partition(".")[0], subject_type.partition(".")[0]))
    return News(seq, names, subject_id, prefix_of(region) if region else "")


def parse(text: str) -> list[str]:
    """The topics of a query, without what is no topic, at most 60."""
    return [topic for topic in dict.fromkeys(text.split(",")) if _TOPIC.fullmatch(topic)][:MOST]


def hit(topics: Iterable[str], news: News, scope: Sequence[str]) -> list[str]:
    """Those topics that this is news for, for somebody who sees the subtrees of `scope`.

    What happens above a subtree concerns it too: a response of the district is news for a street.
    """
    if not visible(news.region, scope):
        return []
    return [topic for topic in topics if _names(topic, news)]


def visible(region: str, scope: Sequence[str]) -> bool:
    """Whether a place (significant digits, "" = everywhere) lies in, or above, one of the subtrees."""
    return not region or any(region.startswith(part) or part.startswith(region) for part in scope)


def _names(topic: str, news: News) -> bool:
    name, _, rest = topic.partition(":")
    if name not in news.names:
        return False
    return not rest or rest == news.subject or (bool(news.region) and news.region.startswith(prefix_of(rest)))
