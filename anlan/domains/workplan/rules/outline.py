"""The outline of an office document: 一、(一) 1. 1.2.3 (1) 一是, kept as numbered, with what was ambiguous said. Pure.

A numbered heading opens a node; what follows it is its text. The rank of a marker is fixed (一、above (一) above 1.),
decimal numbers (2.1, 3.2.1) are ranked by their dots; a node hangs under the nearest earlier one of higher rank.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_CN = "[一二三四五六七八九十百]+"
# The order matters: a decimal number must be tried before a plain one, or 3.2.1 would be read as 3.
_MARKERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("chapter", re.compile(rf"第({_CN})[章编部]\s*")),
    ("cn", re.compile(rf"({_CN})、\s*")),
    ("cn_paren", re.compile(rf"[(（]({_CN})[)）]\s*")),
    ("decimal", re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})[.、．]?\s*(?=[^\d.%％万亿])")),
    ("arabic", re.compile(r"(\d{1,3})[.、．]\s*(?=[^\d])")),
    ("paren", re.compile(r"[(（](\d{1,3})[)）]\s*")),
)
# 一是 is also the tail of 唯一是 and 统一是; 是否 is no 是.
_INLINE = re.compile(r"(?<![唯统同之第专单])([一二三四五六七八九]|十[一二三四五六七八九]?)是(?!否)")
_PAUSE = "。;；:：”）)"
_RANK = {"chapter": 0, "cn": 1, "cn_paren": 2, "arabic": 3, "paren": 6, "inline": 7}
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
    """Something a person should look at: where, and what."""

    line: int
    mark: str
    what: str  # gap | repeat | orphan


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
    preface: list[str] = []
    roots: list[Node] = []
    path: list[Node] = []
    known = fixes or {}
    for number, raw in enumerate(text.splitlines(), start=1):
        line, said = raw.strip(), known.get(number)
        if not line or (said is not None and said.how == "leave_out"):
            continue
        node = _corrected(line, number, said) if said is not None else _heading(line, number)
        if node is not None:
            _hang(node, roots, path, depth=said.depth if said is not None else None)
        elif path and inline and said is None and (alone := _alone(line)):
            path[-1].children.append(_said(alone[1], line[alone.end() :].strip(), number, path[-1].depth + 1))
            continue
        else:
            _append(path, preface, line)
        if inline and path:
            _inline(path[-1], line, number)
    return Outline("\n".join(preface), tuple(roots), tuple(_doubts(roots)))


def _corrected(line: str, number: int, said: Fix) -> Node | None:
    """A line as a person reads it: the words behind its number, under the mark that was typed for it."""
    if said.how != "point":
        return None
    seen = _heading(line, number)
    words = seen.text if seen is not None else line
    mark = said.mark or (seen.mark if seen is not None else "")
    known = _heading(mark + words, number) if mark else None
    if known is not None and known.mark == mark:
        return known
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
    return tuple(int(part) for part in digits.split("."))


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


def _append(path: Sequence[Node], preface: list[str], line: str) -> None:
    if path:
        path[-1].text += "\n" + line
    else:
        preface.append(line)


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


def _doubts(roots: Sequence[Node]) -> Iterator[Doubt]:
    """Numbers that jump, come twice, or hang under nothing: kept as printed, and said."""
    runs: list[Sequence[Node]] = [roots]
    for nodes in runs:
        yield from _of_siblings(nodes)
        runs.extend(node.children for node in nodes if node.children)
    for root in roots:
        for node in root.walk():
            if node.kind == "decimal" and node.depth == 0 and node.number[-1] != 1:
                yield Doubt(node.line, node.mark, "orphan")


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
            elif value != (before or 0) + 1:
                yield Doubt(node.line, node.mark, "gap")
        last[key] = value
