"""Which laws and articles a text names.

Rows cite as people write: 《安全生产法》, 中华人民共和国安全生产法, AQ 3067—2026, 第十三条, 13, “13, 20”. A law is
known by its names; where one name stands inside another the longer one is meant. What names no known law stays as it
was written.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

WHOLE = ""  # the article of a citation that names none
RANKS = ("law", "regulation", "order", "standard", "document")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―－", "-"))
_DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_TENS = {"十": 10, "百": 100}
_CHINESE = re.compile(r"第([〇零一二三四五六七八九十百两]+|\d+)条(?:之([一二三四五六七八九]))?")
_PLAIN = re.compile(r"\d+(?:\.\d+)*")
_IN_TEXT = re.compile(r"\bart\.?\s*(\d+)")
_APART = re.compile(r"[,，、;；]\s*|\s+和\s+")


@dataclass(frozen=True, slots=True)
class Law:
    """A law, order, standard or document. `begins` and `ends`: the first and the last day it holds; None: not entered,
    or open. `replaced_by` is the code of what took its place."""

    code: str
    name: str
    number: str
    rank: str
    names: tuple[str, ...]
    begins: date | None
    ends: date | None
    replaced_by: str
    note: str
    tag: str

    def holds(self, day: date) -> bool:
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)


def plain(text: str) -> str:
    """A text as names are compared: half-width, one kind of dash, no brackets of titles, no double blanks."""
    flat = unicodedata.normalize("NFKC", text).translate(_DASHES).replace("《", "").replace("》", "")
    return " ".join(flat.lower().split())


def named_in(text: str, laws: Iterable[Law]) -> list[str]:
    """The codes of the laws that a text names, in the order of the text."""
    rest = plain(text)
    names = [(plain(name), law.code) for law in laws for name in (law.name, *law.names)]
    found: list[tuple[int, str]] = []
    for name, code in sorted(names, key=lambda pair: -len(pair[0])):
        while name and (at := rest.find(name)) >= 0:
            found.append((at, code))
            # What is named is blotted out, so that a shorter name inside it is not read a second time.
            rest = rest[:at] + "\0" * len(name) + rest[at + len(name) :]
    return list(dict.fromkeys(code for _at, code in sorted(found)))


def articles_in(text: str) -> list[str]:
    """The articles of a citation as numbers (第十三条 → 13, “13, 20” → 13 and 20); other words stay as they are."""
    found = [_article(part) for part in _APART.split(text.strip()) if part.strip()]
    return list(dict.fromkeys(found)) or [WHOLE]


def _article(part: str) -> str:
    part = part.strip().replace("¶", " ¶")
    if (chinese := _CHINESE.search(part)) is not None:
        number = chinese[1] if chinese[1].isdigit() else str(number_of(chinese[1]))
        return number + (f"-{_DIGITS[chinese[2]]}" if chinese[2] else "")
    if (numeral := _PLAIN.match(part)) is not None and not part[numeral.end() :].strip(" ¶0123456789"):
        return numeral[0]
    return part


def number_of(text: str) -> int:
    """一百零一 → 101, 十三 → 13, 二十 → 20."""
    total = digit = 0
    for sign in text:
        if sign in _TENS:
            total += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            digit = digit * 10 + _DIGITS[sign] if digit and not total else _DIGITS[sign]
    return total + digit


def keys_of(law: str, article: str, laws: Sequence[Law]) -> list[str]:
    """The nodes that a citation stands on: `code#article`. An article belongs to the one law that is named; beside
    two of them nobody knows whose it is, and both are cited as a whole."""
    codes = named_in(law, laws)
    if len(codes) != 1:
        return [key_of(code, WHOLE) for code in codes]
    said = articles_in(article)
    if said == [WHOLE]:
        said = _IN_TEXT.findall(law) or [m for m in map(_article, _CHINESE_IN.findall(law)) if m] or [WHOLE]
    return [key_of(codes[0], each) for each in said]


_CHINESE_IN = re.compile(r"第(?:[〇零一二三四五六七八九十百两]+|\d+)条")


def key_of(code: str, article: str) -> str:
    return f"{code}#{article}"


def split(key: str) -> tuple[str, str]:
    """Code of the law and article of a key."""
    code, _sign, article = key.partition("#")
    return code, article


def in_order(articles: Iterable[str]) -> list[str]:
    """Articles as a law has them: the whole law first, then by number, then what is no number."""
    return sorted(articles, key=lambda each: (each != WHOLE, *_sortable(each)))


def _sortable(article: str) -> tuple[int, tuple[int, ...], str]:
    numbers = tuple(int(part) for part in re.findall(r"\d+", article))
    return (0 if numbers and article[0].isdigit() else 1, numbers, article)


def law_of(
    code: str, value: Mapping[str, object], *, begins: date | None, ends: date | None, tag: str
) -> Law:
    """A law out of the table of a rule row."""
    names = value.get("names", ())
    return Law(
        code=code, name=str(value["name"]), number=str(value.get("number", "")), rank=str(value["rank"]),
        names=tuple(str(name) for name in names) if isinstance(names, list) else (),
        begins=begins, ends=ends, replaced_by=str(value.get("replaced_by", "")), note=str(value.get("note", "")),
        tag=tag,
    )  # fmt: skip
