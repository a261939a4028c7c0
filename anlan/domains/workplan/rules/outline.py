"""The outline of an office document: 一、(一) 1. 1.2.3 (1) ① 一是, kept as numbered, what was unclear said. Pure.

A numbered heading opens a node; what follows it is its text. The rank of a marker is fixed (一、above (一) above 1.),
decimal numbers (2.1, 3.2.1) are ranked by their dots; a node hangs under the nearest earlier one of higher rank.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from anlan.kernel.core.words import N_

_CN = "[一二三四五六七八九十百]+"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
# The order matters: a decimal number must be tried before a plain one, or 3.2.1 would be read as 3.
_MARKERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("chapter", re.compile(rf"第({_CN})[章编部]\s*")),
    ("cn", re.compile(rf"({_CN})、\s*")),
    ("cn_paren", re.compile(rf"[(（]({_CN})[)）]\s*")),
    ("decimal", re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})[.、．]?\s*(?=[^\d.%％万亿])")),
    ("arabic", re.compile(r"(\d{1,3})[.、．]\s*(?=[^\d])")),
    ("paren", re.compile(r"[(（](\d{1,3})[)）]\s*")),
    ("circled", re.compile(rf"([{_CIRCLED}])[)）、.．]?\s*")),
)
# Numbers inside a paragraph: from how many in a row on somebody should look whether they are points.
_INSIDE: tuple[tuple[int, re.Pattern[str]], ...] = (
    (3, re.compile(r"(?<![\d.．])(\d{1,2})[.．、](?=[^\d\s.])")),
    (2, re.compile(rf"([{_CIRCLED}])")),
    (2, re.compile(rf"[(（](\d{{1,2}}|{_CN})[)）]")),
)
# 一是 is also the tail of 唯一是 and 统一是; 是否 is no 是.
_INLINE = re.compile(r"(?<![唯统同之第专单])([一二三四五六七八九]|十[一二三四五六七八九]?)是(?!否)")
_PAUSE = "。;；:：”）)"
_RANK = {"chapter": 0, "cn": 1, "cn_paren": 2, "arabic": 3, "paren": 6, "circled": 7, "inline": 8}
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}
_TITLE_ENDS = re.compile(r"[。;；:：]|[（(](?=牵头|责任|主办|配合|完成时限)")
MOST_TITLE = 60


@dataclass(slots=True)
class Node:
    """A numbered place of the document. `mark` is as printed, `number` what it says, `title` its first sentence."""

    kind: str
    mark: str
    number: tuple[int, ...]
    title: str
    text: str
    line: int
    depth: int = 0
    children: list["Node"] = field(default_factory=list)
    rank: int | None = None  # of one that a person put where it hangs

    def walk(self) -> Iterator["Node"]:
        yield self
        for child in self.children:
            yield from child.walk()


FIXES = ("text", "point", "leave_out")
DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Fix:
    """How a person corrects one line: it is text of the point above, a point of a depth, or no part of the plan."""

    how: str  # text | point | leave_out
    mark: str = ""  # of a point: its number, as it should read; empty where the document gives it none
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a person should look at: where, and what.

    gap      a number is missing before it
    repeat   the number comes twice
    orphan   2.1 where no 2 stands above it
    stray    a paragraph without a number after the points 一是…二是 of the number above it
    inside   numbers in a row inside a paragraph, kept as its text
    """

    line: int
    mark: str
    what: str


DOUBTS = {
    "gap": N_("a number is missing before it"),
    "repeat": N_("this number comes twice"),
    "orphan": N_("no number that it belongs to stands above it"),
    "stray": N_("a paragraph without a number after points: it may be one of them"),
    "inside": N_("numbers run on inside the paragraph; they are kept as its text"),
}


@dataclass(frozen=True, slots=True)
class Outline:
    """The document as read: its roots, the text before the first number, and the doubts."""

    preface: str
    roots: tuple[Node, ...]
    doubts: tuple[Doubt, ...]

    def walk(self) -> Iterator[Node]:
        for root in self.roots:
            yield from root.walk()


def read(text: str, *, inline: bool = True, fixes: Mapping[int, Fix] | None = None) -> Outline:
    """Read a document, one paragraph a line. With `inline`, 一是…二是… inside a paragraph become nodes of it.

    `fixes` (line → correction, lines counted from 1) go before what the numbering says.
    """
    reading = _Reading(inline=inline, fixes=fixes or {})
    for number, raw in enumerate(text.splitlines(), start=1):
        if line := raw.strip():
            reading.take(line, number)
    return reading.outline()


class _Reading:
    """The outline so far, and the numbers that the next line may hang under."""

    def __init__(self, *, inline: bool, fixes: Mapping[int, Fix]) -> None:
        self.inline, self.fixes = inline, fixes
        self.preface: list[str] = []
        self.roots: list[Node] = []
        self.path: list[Node] = []
        self.doubts: list[Doubt] = []

    def take(self, line: str, number: int) -> None:
        said = self.fixes.get(number)
        if said is not None and said.how == "leave_out":
            return
        node = _heading(line, number) if said is None else _corrected(line, number, said)
        if node is not None:
            _hang(node, self.roots, self.path, depth=None if said is None else said.depth)
        elif said is None and self.path and (alone := _alone(line) if self.inline else None):
            under = self.path[-1]
            under.children.append(_said(alone[1], line[alone.end() :].strip(), number, under.depth + 1))
            return
        else:
            self._append(line, number, read=said is None)
        if said is None and self.path and _runs_inside(line):
            self.doubts.append(Doubt(number, "" if node is None else node.mark, "inside"))
        if self.inline and self.path:
            _inline(self.path[-1], line, number)

    def _append(self, line: str, number: int, *, read: bool) -> None:
        """A paragraph without a number goes to the number above it; after points of that number it may be another."""
        if not self.path:
            self.preface.append(line)
            return
        if read and self.path[-1].children:
            self.doubts.append(Doubt(number, "", "stray"))
        self.path[-1].text += "\n" + line

    def outline(self) -> Outline:
        found = [*_doubts(self.roots, self.fixes), *self.doubts]
        ordered = sorted(found, key=lambda each: each.line)
        return Outline("\n".join(self.preface), tuple(self.roots), tuple(ordered))


def _corrected(line: str, number: int, said: Fix) -> Node | None:
    """A line as a person reads it: the words behind its number, under the mark that was typed for it."""
    if said.how != "point":
        return None
    seen, alone = _heading(line, number), _INLINE.match(line)
    words = seen.text if seen is not None else line[alone.end() :].strip() if alone is not None else line
    mark = said.mark or (seen.mark if seen is not None else alone[0] if alone is not None else "")
    known = _heading(mark + words, number) if mark else None
    if known is not None and known.mark == mark:
        return known
    if run := _INLINE.fullmatch(mark):
        return _said(run[1], words, number, said.depth)
    return Node("hand", mark, (), _title(words), words, number)


def _title(words: str) -> str:
    cut = _TITLE_ENDS.search(words)
    return (words[: cut.start()] if cut else words)[:MOST_TITLE]


def _heading(line: str, number: int) -> Node | None:
    for kind, pattern in _MARKERS:
        if found := pattern.match(line):
            rest = line[found.end() :]
            if not rest:
                return None
            return Node(kind, found[0].strip(), _value(kind, found[1]), _title(rest), rest, number)
    return None


def _alone(line: str) -> re.Match[str] | None:
    """A paragraph that begins with 一是 and holds no other: each such paragraph is one of a run."""
    found = _INLINE.match(line)
    return found if found and len(list(_run(line))) < 2 else None


def _value(kind: str, digits: str) -> tuple[int, ...]:
    if kind in ("chapter", "cn", "cn_paren", "inline"):
        return (chinese(digits),)
    return (_one(digits),) if kind == "circled" else tuple(int(part) for part in digits.split("."))


def _one(sign: str) -> int:
    """A number as it stands inside a paragraph: 3, ③ or 三."""
    if sign in _CIRCLED:
        return _CIRCLED.index(sign) + 1
    return int(sign) if sign.isdecimal() else chinese(sign)


def _runs_inside(line: str) -> bool:
    """Whether numbers run on inside a paragraph: 1.…2.…3.…, ①…②…, (1)…(2)…; the one it begins with is the first."""
    for least, pattern in _INSIDE:
        due = 1
        for mark in pattern.finditer(line):
            due += _one(mark[1]) == due
        if due > least:
            return True
    return False


def chinese(digits: str) -> int:
    """二十三 → 23; up to 99, which is as far as an outline goes."""
    tens, ten, ones = digits.partition("十")
    if not ten:
        return _DIGITS.get(digits, 0)
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _rank(node: Node) -> int:
    if node.rank is not None:
        return node.rank
    return _RANK["arabic"] + len(node.number) - 1 if node.kind == "decimal" else _RANK[node.kind]


def _hang(node: Node, roots: list[Node], path: list[Node], *, depth: int | None = None) -> None:
    """Under the nearest earlier one of higher rank; at a depth that a person gave, under the nearest one above it."""
    while path and (path[-1].depth >= depth if depth is not None else _rank(path[-1]) >= _rank(node)):
        path.pop()
    beside = path[-1].children if path else roots
    if depth is not None:
        # What comes after counts from where this hangs: it is ranked as its neighbour, else just below its parent.
        node.rank = _rank(beside[-1]) if beside else (_rank(path[-1]) + 1 if path else 0)
    node.depth = len(path)
    beside.append(node)
    path.append(node)


def _inline(under: Node, line: str, number: int) -> None:
    """一是…；二是… each becomes a child; one alone (一是 without 二是) is only a turn of phrase."""
    marks = list(_run(line))
    if len(marks) < 2:
        return
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(line)
        said = line[mark.end() : end].strip(" ;；。")
        under.children.append(_said(mark[1], said, number, under.depth + 1))


def _run(line: str) -> Iterator[re.Match[str]]:
    """The marks of a run: the next number counts even where the full stop before it was forgotten, another number
    only after a stop."""
    due = 1
    for mark in _INLINE.finditer(line):
        value, before = chinese(mark[1]), line[: mark.start()].rstrip()[-1:]
        if value == due or (value > due > 1 and before in _PAUSE):
            yield mark
            due = value + 1


def _said(digits: str, said: str, line: int, depth: int) -> Node:
    title = _TITLE_ENDS.split(said, maxsplit=1)[0]
    return Node("inline", f"{digits}是", (chinese(digits),), title[:MOST_TITLE], said, line, depth)


def _doubts(roots: Sequence[Node], fixes: Mapping[int, Fix]) -> Iterator[Doubt]:
    """Numbers that jump, come twice, or hang under nothing of theirs: kept as printed, and said."""
    runs: list[Sequence[Node]] = [roots]
    for nodes in runs:
        yield from _of_siblings(nodes)
        runs.extend(node.children for node in nodes if node.children)
    yield from (each for each in _orphans(roots, ()) if each.line not in fixes)


def _orphans(nodes: Sequence[Node], above: tuple[Node, ...]) -> Iterator[Doubt]:
    """2.1 belongs under a 2, 3.2.1 under a 3.2; of several beside each other the first is said."""
    home = next((each.number for each in reversed(above) if each.kind in ("arabic", "decimal")), ())
    told: set[tuple[int, ...]] = set()
    for node in nodes:
        whole = node.number[:-1]
        if node.kind == "decimal" and whole != home and whole not in told:
            told.add(whole)
            yield Doubt(node.line, node.mark, "orphan")
        yield from _orphans(node.children, (*above, node))


def _of_siblings(nodes: Sequence[Node]) -> Iterator[Doubt]:
    last: dict[tuple[str, tuple[int, ...]], int] = {}
    for node in nodes:
        if not node.number:
            continue
        key, value = (node.kind, node.number[:-1]), node.number[-1]
        before = last.get(key)
        if node.kind != "arabic" or before is not None:  # 1. 2. may run on through the whole document
            if before is not None and value == before:
                yield Doubt(node.line, node.mark, "repeat")
            elif value != (before or 0) + 1 and not (node.kind == "inline" and value == 1):
                yield Doubt(node.line, node.mark, "gap")
        last[key] = value
