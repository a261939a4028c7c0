"""Templates are data: a TOML file says what a paper consists of, the values fill it.

number = "{office}隐告〔{year}〕{serial}号"     how its number reads
title = "事故隐患告知单"
to = "{firm}："                                 whom it is addressed to, may be absent
[[part]]  text = "经检查，……{found_on}……"      a paragraph
[[part]]  heading = "一、存在的事故隐患"
[[part]]  list = "dangers"  item = "{number}. {text}"      a paragraph a row of the value `dangers`
[[part]]  table = "rows"  heads = [["street", "街道"], ["found", "发现（项）"]]
[[part]]  blanks = ["被检查单位负责人（签名）：", "检查人员（签名）："]
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

LACKS = reason("papers.lacks", N_("The paper “{title}” lacks {name}. Fill it in first."))
PART_KINDS = ("text", "heading", "list", "table", "blanks")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the text: its kind, the words or the name of the value, and what else it says."""

    kind: str
    words: Any
    item: str = ""
    heads: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A paper before its values."""

    number: str
    title: str
    to: str = ""
    parts: tuple[Part, ...] = ()
    names: frozenset[str] = field(default_factory=frozenset)  # the values that it asks for


@cache
def load(path: Path) -> Template:
    """Read and check a template; a faulty one raises `ValueError` naming the file."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        parts = tuple([_part(each) for each in raw.get("part", ())])
        texts = [raw["number"], raw["title"], raw.get("to", "")]
    except (KeyError, StopIteration) as fault:
        raise ValueError(f"{path.name}: {fault!r}") from fault
    texts += [str(part.words) for part in parts if part.kind in ("text", "heading")]
    names = {name for text in texts for name in _fields(text)}
    names |= {str(part.words) for part in parts if part.kind in ("list", "table")}
    return Template(raw["number"], raw["title"], raw.get("to", ""), parts, frozenset(names))


def _part(raw: Mapping[str, Any]) -> Part:
    kind = next(each for each in PART_KINDS if each in raw)
    heads = tuple((str(name), str(label)) for name, label in raw.get("heads", ()))
    return Part(kind, raw[kind], str(raw.get("item", "")), heads)


def _fields(text: str) -> list[str]:
    return [name for _literal, name, _spec, _conversion in Formatter().parse(text) if name]


def check(template: Template, values: Mapping[str, Any]) -> None:
    """Every value that the template asks for is there; raises `Refused` papers.lacks."""
    for name in sorted(template.names):
        if values.get(name) in (None, ""):
            raise Refused(LACKS, field=name, title=template.title, name=name)


def filled(text: str, values: Mapping[str, Any]) -> str:
    """A text with its values; what a row does not have stays empty."""
    return text.format_map(_Values(values))


class _Values(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""
