"""Where the paragraphs of an older text belong beside a report: by their order and by their likeness. Pure.

Both texts go the same way through the year, so the pairs never cross: of all ways to walk through both the one with
most likeness is taken, headings first. Under a heading that both have a paragraph stays, unless another one is much
like it. One that is like nothing stays with the one before it, or goes to the first paragraph under its heading; under
a heading that the report does not have it stands beside nothing until somebody moves it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

_RANKS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[一二三四五六七八九十]{1,3}、",
        r"[（(][一二三四五六七八九十]{1,3}[）)]",
        r"\d{1,2}[.．、](?!\d)",
        r"[（(]\d{1,2}[）)]",
    )
)
_PLAIN = re.compile(r"[^\u3400-\u9fffA-Za-z]+")
HEADING = 40  # a longer first sentence is no heading
LIKE, MUCH_LIKE = 0.18, 0.45
SECTIONS = (1, 2)  # ranks of headings that a report has: 一、 and （一）


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of the older text; `rank` of a heading (1 一、 2 （一） 3 1. 4 (1)), 0 of what stands under it."""

    words: str
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """A heading or a paragraph of the report: its key and how it reads."""

    key: str
    words: str
    heading: bool = False


def lines_of(text: str) -> list[Line]:
    """The paragraphs of a text. A heading that runs on in its paragraph is cut off from it."""
    return [line for raw in text.splitlines() if (words := raw.strip()) for line in _cut(words)]


def _cut(words: str) -> Iterator[Line]:
    rank = next((n for n, mark in enumerate(_RANKS, start=1) if mark.match(words)), 0)
    head, stop, rest = words.partition("。")
    if not rank or len(head) > HEADING:
        yield Line(words)
    elif not rest.strip():
        # 1. with a full stop behind it is a short paragraph and no heading, 一、 and （一） are headings either way.
        yield Line(words, rank if rank <= 2 or not stop else 0)
    else:
        yield Line(head, rank)
        yield Line(rest.strip())


def placed(lines: Sequence[Line], spots: Sequence[Spot]) -> list[str]:
    """The key beside which each line stands; empty where there is none."""
    own = _paired(lines, spots)
    first = _firsts(spots)
    under = {0: ""}  # rank of a heading → where its paragraphs go
    home, found = "", []
    for line, spot in zip(lines, own, strict=True):
        if line.rank:
            under = {rank: key for rank, key in under.items() if rank < line.rank}
            if spot is not None:
                under[line.rank] = first[spot.key]
            home = under[max(under)]
        elif spot is not None:
            home = spot.key
        found.append(home)
    return found


def _firsts(spots: Sequence[Spot]) -> dict[str, str]:
    """Heading → the first paragraph right under it; nothing where another heading follows."""
    after = [*spots[1:], None]
    return {
        one.key: next_.key if next_ is not None and not next_.heading else ""
        for one, next_ in zip(spots, after, strict=True)
        if one.heading
    }


def _paired(lines: Sequence[Line], spots: Sequence[Spot]) -> list[Spot | None]:
    """Each line with the spot it is like: headings with headings, then what stands between them."""
    like = _likenesses(lines, spots)
    return _walk(_within(lines, spots, _walk(_only_headings(lines, like), spots), like), spots)


def _only_headings(lines: Sequence[Line], like: Sequence[Sequence[float]]) -> list[list[float]]:
    return [
        [*row] if line.rank in SECTIONS else [0.0] * len(row) for line, row in zip(lines, like, strict=True)
    ]


def _within(
    lines: Sequence[Line],
    spots: Sequence[Spot],
    headings: Sequence[Spot | None],
    like: Sequence[Sequence[float]],
) -> list[list[float]]:
    """The likenesses that count: a heading's with its pair, a paragraph's in its section or where it is great."""
    if not any(headings):
        return [[*row] for row in like]
    section: str | None = ""  # none: under a heading that the report does not have
    sections, kept = _sections(spots), []
    for line, own, row in zip(lines, headings, like, strict=True):
        if line.rank in SECTIONS:
            section = own.key if own is not None else None
            kept.append([score if spot is own else 0.0 for score, spot in zip(row, spots, strict=True)])
            continue
        kept.append(
            [
                score if score >= MUCH_LIKE or sections[spot.key] == section else 0.0
                for score, spot in zip(row, spots, strict=True)
            ]
        )
    return kept


def _sections(spots: Sequence[Spot]) -> dict[str, str]:
    """Spot → the heading it stands under; empty before the first one."""
    found, heading = {}, ""
    for spot in spots:
        heading = spot.key if spot.heading else heading
        found[spot.key] = heading
    return found


def _walk(like: Sequence[Sequence[float]], spots: Sequence[Spot]) -> list[Spot | None]:
    """The pairs of most likeness in all, none crossing another."""
    best = [[0.0] * (len(spots) + 1)]
    for row in like:
        before, now = best[-1], [0.0]
        for j, score in enumerate(row, start=1):
            now.append(max(now[j - 1], before[j], before[j] + score))
        best.append(now)
    found: list[Spot | None] = [None] * len(like)
    i, j = len(like), len(spots)
    while i and j:
        if best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            if like[i - 1][j - 1]:
                found[i - 1] = spots[j - 1]
            i -= 1
    return found


def _likenesses(lines: Sequence[Line], spots: Sequence[Spot]) -> list[list[float]]:
    """How like each line is to each spot; nought below what counts as like."""
    theirs = [(_pairs(spot.words), spot.heading) for spot in spots]
    found = []
    for line in lines:
        mine = _pairs(line.words)
        row = []
        for pairs, heading in theirs:
            score = likeness(mine, pairs) if heading == (line.rank in SECTIONS) else 0.0
            row.append(score if score >= (MUCH_LIKE if heading else LIKE) else 0.0)
        found.append(row)
    return found


def _pairs(words: str) -> Counter[str]:
    """The pairs of neighbouring characters, without digits and signs: numbers differ from year to year."""
    plain = _PLAIN.sub("", next((words[m.end() :] for mark in _RANKS if (m := mark.match(words))), words))
    return Counter(plain[n : n + 2] for n in range(len(plain) - 1)) or Counter([plain] if plain else [])


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """0 nothing in common, 1 the same pairs of characters."""
    many = sqrt(one.total() * other.total())
    return (one & other).total() / many if many else 0.0
