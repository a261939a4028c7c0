"""The fields of a template's file: which there are, which are needed, and what each holds. Pure.

Every fault names its field as it stands in the file: `slots.found.digits: must be a whole number`.
"""

from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import Any

from anlan.kernel.indicators.checking import WORDS

TEXT, WHOLE, YES_NO, TEXTS, TABLES, TABLE = (
    "text",
    "a whole number",
    "true or false",
    "texts",
    "[[…]]",
    "a table",
)
_HOLDS = {
    TEXT: lambda given: isinstance(given, str),
    WHOLE: lambda given: isinstance(given, int) and not isinstance(given, bool),
    YES_NO: lambda given: isinstance(given, bool),
    TEXTS: lambda given: isinstance(given, list) and all(isinstance(each, str) for each in given),
    TABLES: lambda given: isinstance(given, list) and all(isinstance(each, dict) for each in given),
    TABLE: lambda given: isinstance(given, dict),
}
NEEDED = {
    "label": TEXT, "english": TEXT, "title": TEXT, "number": TEXT, "numbering": TEXT, "span": TEXT, "writers": TEXTS,
    "approvers": TEXTS, "days": WHOLE, "block": TABLES,
}  # fmt: skip
MORE = {
    "previous": TEXT, "to": TEXT, "cut": WHOLE, "order": WHOLE, "group": TEXT, "of": TEXT, "ask": TABLES,
    "slots": TABLE, "relation": TABLES,
}  # fmt: skip
SLOT = {
    "indicator": TEXT, "count": TEXT, "items": TEXT, "change": TEXTS, "share": TEXTS, "sum": TEXTS, "excess": TEXTS,
    "span": TEXT, "which": TEXT, "unit": TEXT, "label": TEXT, "digits": WHOLE, "zero": YES_NO, "or": TEXT,
}  # fmt: skip
SOURCES = ("indicator", "count", "items", "change", "share", "sum", "excess")
BLOCK = {
    "key": TEXT, "heading": TEXT, "table": TEXT, "chart": TEXT, "list": TEXTS, "title": TEXT, "rank": WHOLE,
    "owner": TEXT, "columns": TEXTS, "sums": TEXTS, "slot": TEXT, "against": TEXT, "which": TEXT, "most": WHOLE,
}  # fmt: skip
KINDS = ("heading", "say", "table", "chart", "list")
CHOICES = {
    "span": ("day", "month", "half", "year", "since"), "numbering": ("ours", "oa"),
    "previous": ("before", "year_before"),
}  # fmt: skip


def faults(raw: Mapping[str, Any]) -> list[str]:
    """What is wrong with the fields of a file, each named."""
    found = list(_fields("", raw, NEEDED | MORE, needed=tuple(NEEDED)))
    found += [f"{name}: must be one of {', '.join(known)}" for name, known in CHOICES.items()
              if isinstance(raw.get(name), str) and raw[name] not in known]  # fmt: skip
    found += [f"{name}: is empty" for name in ("writers", "approvers", "block") if raw.get(name) == []]
    slots = raw.get("slots", {})
    for name, given in slots.items() if isinstance(slots, dict) else ():
        found += _slot(f"slots.{name}", given)
    for number, given in enumerate(_tables(raw, "block"), start=1):
        found += _block(f"block {given.get('key', number)}", given)
    for number, given in enumerate(_tables(raw, "relation"), start=1):
        found += _relation(f"relation {given.get('code', number)}", given)
    for number, given in enumerate(_tables(raw, "ask"), start=1):
        holds = {"name": TEXT, "label": TEXT, "long": YES_NO}
        found += _fields(f"ask {number}.", given, holds, needed=("name", "label"))
    return found


def _tables(raw: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    given = raw.get(name, [])
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def _fields(
    place: str, given: Mapping[str, Any], holds: Mapping[str, str], *, needed: Sequence[str] = ()
) -> Iterator[str]:
    yield from (f"{place}{name}: is missing" for name in needed if name not in given)
    for name, value in given.items():
        if name not in holds:
            yield f"{place}{name}: there is no such field"
        elif not _HOLDS[holds[name]](value):
            yield f"{place}{name}: must be {holds[name]}"


def _slot(place: str, given: Any) -> list[str]:
    if not isinstance(given, dict):
        return [f"{place}: must be a table"]
    found = list(_fields(f"{place}.", given, SLOT))
    if len([name for name in SOURCES if name in given]) != 1:
        found.append(f"{place}: names one source out of {', '.join(SOURCES)}")
    return found


def _block(place: str, given: Mapping[str, Any]) -> list[str]:
    rest = {name: value for name, value in given.items() if name != "say"}
    found = list(_fields(f"{place}.", rest, BLOCK))
    if len([name for name in KINDS if name in given]) != 1:
        found.append(f"{place}: is one of {', '.join(KINDS)}")
    for number, said in enumerate(given.get("say", ()), start=1):
        variants = [said] if isinstance(said, str) else said
        if not _HOLDS[TEXTS](variants):
            found.append(f"{place}.say {number}: must be a sentence, or a sentence and its fallbacks")
        else:
            found += [f"{place}.say {number}: a brace is left open" for text in variants if not _closed(text)]
    return found


def _closed(text: str) -> bool:
    try:
        list(Formatter().parse(text))
    except ValueError:
        return False
    return True


def _relation(place: str, given: Mapping[str, Any]) -> list[str]:
    rest = {name: value for name, value in given.items() if name != "limit"}
    found = list(
        _fields(f"{place}.", rest, {"code": TEXT, "kind": TEXT, "of": TEXTS}, needed=("code", "kind", "of"))
    )
    if not isinstance(given.get("limit", 0), (int, float)):
        found.append(f"{place}.limit: must be a number")
    if isinstance(given.get("kind"), str) and given["kind"] not in WORDS:
        found.append(f"{place}.kind: must be one of {', '.join(sorted(WORDS))}")
    return found
