"""The shape of a rule's value, read off the values that are known: what a new value must look like.

The shipped rows are the declaration. A table keeps its columns, a number stays a number and is not negative where none
was, a word of the platform is one that the platform knows. Pure: no database.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

NOT_A_NUMBER = reason("ruleset.not_a_number", N_("{place}: {given} is no number. Give one."))
NEGATIVE = reason("ruleset.negative", N_("{place}: {given} is below zero. Give zero or more."))
NOT_A_WORD = reason(
    "ruleset.not_a_word", N_("{place}: the platform does not know “{given}”. Use one of: {known}.")
)
NOT_A_TEXT = reason("ruleset.not_a_text", N_("{place}: a text belongs here, not {given}."))
NOT_A_FLAG = reason("ruleset.not_a_flag", N_("{place}: yes or no belongs here, not {given}."))
NOT_A_LIST = reason("ruleset.not_a_list", N_("{place}: a list with at least one entry belongs here."))
LACKING = reason("ruleset.lacking", N_("{place} is missing. Fill it in."))
UNKNOWN_PART = reason("ruleset.unknown_part", N_("{place} is not part of this rule. Leave it out."))

# Words that only make sense together: where some of them occur, all are allowed.
FAMILIES = (("white", "blue", "yellow", "orange", "red"), ("Ⅳ", "Ⅲ", "Ⅱ", "Ⅰ"), (">=", ">", "<=", "<"))
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_FEW = 12  # so many different words at most are a vocabulary; more are names

Number = int | float


@dataclass(frozen=True, slots=True)
class Shape:
    """`kind`: number | flag | text | word (one of `words`) | either (a number or one of `words`) | list (of
    `parts[0]`) | record (`parts` by name; those in `optional` may be left out) | any (nothing is known of it).
    `blank`: may be empty.
    """

    kind: str
    words: tuple[str, ...] = ()
    parts: tuple[tuple[str, "Shape"], ...] = ()
    optional: frozenset[str] = frozenset()
    negative: bool = False
    blank: bool = False

    @property
    def inner(self) -> "Shape":
        """What a list holds."""
        return self.parts[0][1]

    @property
    def table(self) -> bool:
        """Whether it is a list of records: rows and columns."""
        return self.kind == "list" and self.inner.kind == "record"


ANY = Shape("any")


def shape_of(values: Iterable[Any]) -> Shape:
    """The shape that all of these values have together. In a matrix of words every cell may take every word of it."""
    shape = _shape(list(values))
    return shape if shape.kind != "record" else _sharing(shape, tuple(sorted(_loose_words(shape))))


def _shape(values: Sequence[Any]) -> Shape:
    if not values:
        return ANY
    if all(isinstance(v, Mapping) for v in values):
        return _record(values)
    if all(_is_list(v) for v in values):
        held = _shape([inner for v in values for inner in v])
        return Shape("list", parts=(("", held),), blank=not all(values))
    if all(isinstance(v, bool) for v in values):
        return Shape("flag")
    numbers = [v for v in values if _is_number(v)]
    texts = [v for v in values if isinstance(v, str)]
    if len(numbers) + len(texts) < len(values):
        return ANY
    negative = any(n < 0 for n in numbers)
    if not texts:
        return Shape("number", negative=negative)
    words = vocabulary(texts)
    if numbers:
        return Shape("either", words or tuple(dict.fromkeys(texts)), negative=negative)
    return Shape("word", words) if words and all(texts) else Shape("text", blank=not all(texts))


def _record(values: Sequence[Mapping[str, Any]]) -> Shape:
    names = dict.fromkeys(name for value in values for name in value)
    parts = tuple((name, _shape([v[name] for v in values if name in v])) for name in names)
    return Shape(
        "record", parts=parts, optional=frozenset(n for n in names if any(n not in v for v in values))
    )


def _loose_words(shape: Shape) -> set[str]:
    own = set(shape.words) if shape.kind == "word" and shape.words not in FAMILIES else set()
    return own.union(*(_loose_words(part) for _, part in shape.parts)) if not shape.table else own


def _sharing(shape: Shape, words: tuple[str, ...]) -> Shape:
    if shape.kind == "word" and shape.words not in FAMILIES:
        return replace(shape, words=words)
    if shape.table or not shape.parts:
        return shape
    return replace(shape, parts=tuple((name, _sharing(part, words)) for name, part in shape.parts))


def vocabulary(texts: Sequence[str]) -> tuple[str, ...]:
    """The words that these texts are chosen from, families filled up; empty where they are free text."""
    seen = tuple(dict.fromkeys(text for text in texts if text))
    for family in FAMILIES:
        if seen and set(seen) <= set(family):
            return family
    if (
        seen
        and all(_WORD.fullmatch(text) for text in seen)
        and (len(seen) <= _FEW or len(seen) * 2 < len(texts))
    ):
        return seen
    return ()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def check(shape: Shape, value: Any, *, place: str = "value", known: Iterable[str] | None = ()) -> None:
    """Refuse a value that has another shape, naming its place (`value.2.hours`) and what to do.

    `known`: words that are allowed beside those seen (kinds of duty, say); None: any word will do.
    """
    if shape.kind == "record":
        _check_record(shape, value, place, known)
    elif shape.kind == "list":
        if not _is_list(value) or not (value or shape.blank):
            raise Refused(NOT_A_LIST, field=place, place=place)
        for number, inner in enumerate(value):
            check(shape.inner, inner, place=f"{place}.{number + 1}", known=known)
    else:
        _check_leaf(shape, value, {"field": place, "place": place, "given": str(value)[:60]}, known)


def _check_leaf(shape: Shape, value: Any, given: dict[str, str], known: Iterable[str] | None) -> None:
    if shape.kind == "flag" and not isinstance(value, bool):
        raise Refused(NOT_A_FLAG, **given)
    if shape.kind == "text" and not (isinstance(value, str) and (value.strip() or shape.blank)):
        raise Refused(NOT_A_TEXT, **given)
    if shape.kind in ("number", "either") and _is_number(value):
        if value < 0 and not shape.negative:
            raise Refused(NEGATIVE, **given)
    elif shape.kind == "number":
        raise Refused(NOT_A_NUMBER, **given)
    elif shape.kind in ("word", "either"):
        _check_word(shape, value, given, known)


def _check_word(shape: Shape, value: Any, given: dict[str, str], known: Iterable[str] | None) -> None:
    if isinstance(value, str) and value and (known is None or value in shape.words or value in set(known)):
        return
    raise Refused(NOT_A_WORD, **given, known=", ".join(shape.words))


def _check_record(shape: Shape, value: Any, place: str, known: Iterable[str] | None) -> None:
    if not isinstance(value, Mapping):
        raise Refused(LACKING, field=place, place=place)
    parts = dict(shape.parts)
    for name in value:
        if name not in parts:
            raise Refused(UNKNOWN_PART, field=f"{place}.{name}", place=f"{place}.{name}")
    for name, part in parts.items():
        if name in value:
            check(part, value[name], place=f"{place}.{name}", known=known)
        elif name not in shape.optional:
            raise Refused(LACKING, field=f"{place}.{name}", place=f"{place}.{name}")


def words_in(shape: Shape) -> set[str]:
    """Every word that occurs in it."""
    return set(shape.words).union(*(words_in(part) for _, part in shape.parts))
