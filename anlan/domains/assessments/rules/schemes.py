"""A scheme as its file says it: read, checked whole, refused with the item and the field at fault. Pure.

code, version, title, kinds (of units), missing ("spread" | "zero" | "full"), most_deducted, most_bonus, source, tag
[[grade]]  at_least, name          veto_grade = "不合格"
[[item]]   code, section, label, weight, rule, and for a rule over a number: indicator, target, zero, better, bands
[[clause]] code, kind ("deduction" | "bonus"), label, points (of one case)
[[veto]]   code, label
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from anlan.domains.assessments.rules import scoring
from anlan.domains.assessments.rules.scoring import BANDS, FULL, JUDGED, PROPORTIONAL, Rule, Terms
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

UNREADABLE = reason("assessments.scheme_unreadable", N_("The scheme cannot be read: {problem}"))
LACKS = reason("assessments.scheme_lacks", N_("{where} lacks “{name}”. Fill it in."))
BAD = reason("assessments.scheme_bad", N_("{where}: “{name}” cannot be {given}. It is {wanted}."))
TWICE = reason(
    "assessments.scheme_twice", N_("The code {code} stands twice in the scheme. Give each its own.")
)
EMPTY = reason(
    "assessments.scheme_empty", N_("A scheme needs at least one item, or one clause that gives points.")
)

MOST_ITEMS, MOST_WEIGHT = 300, Decimal(1000)
KINDS = (FULL, PROPORTIONAL, BANDS, JUDGED)
MISSING = (scoring.SPREAD, scoring.ZERO, scoring.GIVEN)
UNIT_KINDS = ("street", "member_unit", "bureau", "community", "enterprise")


@dataclass(frozen=True, slots=True)
class ItemRead:
    """One item of a scheme."""

    code: str
    section: str
    label: str
    weight: Decimal
    rule: Rule
    indicator: str
    missing: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ClauseRead:
    """A clause under which points are taken off or added: so many each time."""

    code: str
    kind: str
    label: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class SchemeRead:
    """A whole scheme."""

    code: str
    version: int
    title: str
    kinds: tuple[str, ...]
    terms: Terms
    source: str
    tag: str
    items: tuple[ItemRead, ...]
    clauses: tuple[ClauseRead, ...]
    vetoes: tuple[tuple[str, str], ...]


def read(text: str) -> SchemeRead:
    """The scheme of a TOML text; raises `Refused` with the place and the field at fault."""
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as problem:
        raise Refused(UNREADABLE, field="text", problem=str(problem)) from None
    where = "scheme"
    found = SchemeRead(
        code=_text(table, "code", where, 40), version=_version(table), title=_text(table, "title", where, 120),
        kinds=_kinds(table), terms=_terms(table), source=_text(table, "source", where, 300, needed=False),
        tag=_choice(table, "tag", where, ("C", "P", "M"), "M"),
        items=tuple(_item(each, table) for each in _tables(table, "item")),
        clauses=tuple(_clause(each) for each in _tables(table, "clause")),
        vetoes=tuple(
            (_text(each, "code", "veto", 20), _text(each, "label", "veto", 200)) for each in _tables(table, "veto")
        ),
    )  # fmt: skip
    _check_whole(found)
    return found


def _check_whole(found: SchemeRead) -> None:
    if not found.items and not found.clauses:
        raise Refused(EMPTY, field="text")
    codes = [item.code for item in found.items] + [clause.code for clause in found.clauses]
    codes += [code for code, _label in found.vetoes]
    for code in codes:
        if codes.count(code) > 1:
            raise Refused(TWICE, field="text", code=code)


def _tables(table: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    given = table.get(name, [])
    if (
        not isinstance(given, list)
        or len(given) > MOST_ITEMS
        or not all(isinstance(each, dict) for each in given)
    ):
        raise _bad("scheme", name, type(given).__name__, f"[[{name}]], ≤ {MOST_ITEMS}")
    return given


def _version(table: Mapping[str, Any]) -> int:
    given = table.get("version", 1)
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given < 10_000:
        raise _bad("scheme", "version", given, "1, 2, 3 …")
    return given


def _kinds(table: Mapping[str, Any]) -> tuple[str, ...]:
    given = table.get("kinds", ["street"])
    if not isinstance(given, list) or not given or not set(map(str, given)) <= set(UNIT_KINDS):
        raise _bad("scheme", "kinds", given, " | ".join(UNIT_KINDS))
    return tuple(str(each) for each in given)


def _terms(table: Mapping[str, Any]) -> Terms:
    grades = tuple(
        (_number(each, "at_least", "grade"), _text(each, "name", "grade", 20))
        for each in _tables(table, "grade")
    )
    return Terms(
        most_deducted=_number(table, "most_deducted", "scheme", needed=False),
        most_bonus=_number(table, "most_bonus", "scheme", needed=False),
        grades=grades,
        veto_grade=_text(table, "veto_grade", "scheme", 20, needed=False),
    )  # fmt: skip


def _item(each: Mapping[str, Any], table: Mapping[str, Any]) -> ItemRead:
    where = f"item {each.get('code', '?')}"
    weight = _number(each, "weight", where)
    if not 0 < weight <= MOST_WEIGHT:
        raise _bad(where, "weight", weight, f"0 < … ≤ {MOST_WEIGHT}")
    rule = _rule(each, where)
    wide = _choice(table, "missing", "scheme", MISSING, scoring.SPREAD)
    return ItemRead(
        code=_text(each, "code", where, 20), section=_text(each, "section", where, 80, needed=False),
        label=_text(each, "label", where, 200), weight=weight, rule=rule,
        indicator=_text(each, "indicator", where, 80, needed=rule.kind != JUDGED),
        missing=_choice(each, "missing", where, MISSING, wide),
        evidence=_text(each, "evidence", where, 200, needed=False),
    )  # fmt: skip


def _rule(each: Mapping[str, Any], where: str) -> Rule:
    kind = _choice(each, "rule", where, KINDS, JUDGED)
    better = _choice(each, "better", where, (scoring.HIGHER, scoring.LOWER), scoring.HIGHER)
    if kind == JUDGED:
        return Rule(JUDGED)
    if kind == BANDS:
        return Rule(BANDS, better=better, bands=_bands(each, where))
    target = _number(each, "target", where)
    zero = _number(each, "zero", where, needed=False) or Decimal(0)
    if kind == PROPORTIONAL and target == zero:
        raise _bad(where, "target", target, "≠ zero")
    return Rule(kind, target=target, zero=zero, better=better)


def _bands(each: Mapping[str, Any], where: str) -> tuple[tuple[Decimal, Decimal], ...]:
    given = each.get("bands")
    if not isinstance(given, list) or not given:
        raise Refused(LACKS, field="text", where=where, name="bands")
    bands = []
    for pair in given:
        if not isinstance(pair, list) or len(pair) != 2:
            raise _bad(where, "bands", pair, "[bound, share]")
        bound, share = _decimal(pair[0], "bands", where), _decimal(pair[1], "bands", where)
        if not 0 <= share <= scoring.HUNDRED:
            raise _bad(where, "bands", share, "0 … 100")
        bands.append((bound, share))
    return tuple(bands)


def _clause(each: Mapping[str, Any]) -> ClauseRead:
    where = f"clause {each.get('code', '?')}"
    points = _number(each, "points", where)
    if not 0 < points <= MOST_WEIGHT:
        raise _bad(where, "points", points, f"0 < … ≤ {MOST_WEIGHT}")
    kind = _choice(each, "kind", where, (scoring.DEDUCTION, scoring.BONUS), "")
    return ClauseRead(_text(each, "code", where, 20), kind, _text(each, "label", where, 200), points)


def _text(table: Mapping[str, Any], name: str, where: str, most: int, *, needed: bool = True) -> str:
    given = table.get(name, "")
    if not isinstance(given, str) or len(given) > most:
        raise _bad(where, name, str(given)[:40], f"≤ {most}")
    if needed and not given.strip():
        raise Refused(LACKS, field="text", where=where, name=name)
    return given.strip()


def _choice(table: Mapping[str, Any], name: str, where: str, known: Sequence[str], default: str) -> str:
    given = table.get(name, default)
    if given not in known:
        raise _bad(where, name, given, " | ".join(known))
    return str(given)


def _number(table: Mapping[str, Any], name: str, where: str, *, needed: bool = True) -> Any:
    if name not in table:
        if needed:
            raise Refused(LACKS, field="text", where=where, name=name)
        return None
    return _decimal(table[name], name, where)


def _decimal(given: Any, name: str, where: str) -> Decimal:
    try:
        if isinstance(given, bool) or not isinstance(given, int | Decimal):
            raise InvalidOperation
        value = Decimal(given)
    except InvalidOperation:
        raise _bad(where, name, given, "0, 1, 2.5 …") from None
    if not value.is_finite() or abs(value) > Decimal(10) ** 9:
        raise _bad(where, name, given, "0, 1, 2.5 …")
    return value


def _bad(where: str, name: str, given: object, wanted: str) -> Refused:
    return Refused(BAD, field="text", where=where, name=name, given=given, wanted=wanted)
