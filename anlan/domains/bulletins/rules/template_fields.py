"""The fields of a template's file: which there are, which are needed, and what each holds. Pure.

Every fault names its field as it stands in the file: `slots.found.digits: must be a whole number`.
"""

from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import Any

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.checking import WORDS

MISSING = reason("bulletins.field_missing", N_("{at}: is missing"))
UNKNOWN_FIELD = reason("bulletins.field_unknown", N_("{at}: there is no such field"))
HOLDS = reason("bulletins.field_holds", N_("{at}: must be {holds}"))
ONE_OF = reason("bulletins.field_one_of", N_("{at}: must be one of {known}"))
EMPTY = reason("bulletins.field_empty", N_("{at}: is empty"))
ONE_SOURCE = reason("bulletins.slot_source", N_("{at}: names one source out of {known}"))
ONE_KIND = reason("bulletins.block_kind", N_("{at}: is one of {known}"))
OPEN_BRACE = reason("bulletins.open_brace", N_("{at}: a brace is left open"))

TEXT, WHOLE, YES_NO, TEXTS, TABLES, TABLE = (
    N_("text"),
    N_("a whole number"),
    N_("true or false"),
    N_("texts"),
    "[[…]]",
    N_("a table of fields"),
)


class Word:
    """A word of the file, said as it stands there: `name` is a field's name and no name of anybody."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


def fault(code: str, at: str, *, holds: str = "", **words: str) -> Refused:
    """A fault of a file at a place of it; `holds` alone is spoken in the reader's language."""
    told = {name: Word(text) for name, text in words.items()}
    return Refused(code, at=Word(at), holds=holds, **told)


NUMBER, SENTENCE = N_("a number"), N_("a sentence, or a sentence and its fallbacks")
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


def faults(raw: Mapping[str, Any]) -> list[Refused]:
    """What is wrong with the fields of a file, each named."""
    found = list(_fields("", raw, NEEDED | MORE, needed=tuple(NEEDED)))
    found += [_one_of(name, known) for name, known in CHOICES.items()
              if isinstance(raw.get(name), str) and raw[name] not in known]  # fmt: skip
    found += [fault(EMPTY, name) for name in ("writers", "approvers", "block") if raw.get(name) == []]
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


def _one_of(at: str, known: Sequence[str]) -> Refused:
    return fault(ONE_OF, at, known=", ".join(known))


def _tables(raw: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    given = raw.get(name, [])
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def _fields(
    place: str, given: Mapping[str, Any], holds: Mapping[str, str], *, needed: Sequence[str] = ()
) -> Iterator[Refused]:
    yield from (fault(MISSING, f"{place}{name}") for name in needed if name not in given)
    for name, value in given.items():
        if name not in holds:
            yield fault(UNKNOWN_FIELD, f"{place}{name}")
        elif not _HOLDS[holds[name]](value):
            yield fault(HOLDS, f"{place}{name}", holds=holds[name])


def _slot(place: str, given: Any) -> list[Refused]:
    if not isinstance(given, dict):
        return [fault(HOLDS, place, holds=TABLE)]
    found = list(_fields(f"{place}.", given, SLOT))
    if len([name for name in SOURCES if name in given]) != 1:
        found.append(fault(ONE_SOURCE, place, known=", ".join(SOURCES)))
    return found


def _block(place: str, given: Mapping[str, Any]) -> list[Refused]:
    rest = {name: value for name, value in given.items() if name != "say"}
    found = list(_fields(f"{place}.", rest, BLOCK))
    if len([name for name in KINDS if name in given]) != 1:
        found.append(fault(ONE_KIND, place, known=", ".join(KINDS)))
    for number, said in enumerate(given.get("say", ()), start=1):
        variants = [said] if isinstance(said, str) else said
        if not _HOLDS[TEXTS](variants):
            found.append(fault(HOLDS, f"{place}.say {number}", holds=SENTENCE))
        else:
            found += [fault(OPEN_BRACE, f"{place}.say {number}") for text in variants if not _closed(text)]
    return found


def _closed(text: str) -> bool:
    try:
        list(Formatter().parse(text))
    except ValueError:
        return False
    return True


def _relation(place: str, given: Mapping[str, Any]) -> list[Refused]:
    rest = {name: value for name, value in given.items() if name != "limit"}
    found = list(
        _fields(f"{place}.", rest, {"code": TEXT, "kind": TEXT, "of": TEXTS}, needed=("code", "kind", "of"))
    )
    if not isinstance(given.get("limit", 0), (int, float)):
        found.append(fault(HOLDS, f"{place}.limit", holds=NUMBER))
    if isinstance(given.get("kind"), str) and given["kind"] not in WORDS:
        found.append(_one_of(f"{place}.kind", sorted(WORDS)))
    return found
