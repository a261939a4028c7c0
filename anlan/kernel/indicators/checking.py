"""Does a report hold together? Relations between its facts are declared; what breaks one is a finding. Pure.

*wrong*: parts do not add up; the report is not issued. *scope*: a part is larger than its whole, or two scopes stand
under one name; wants a note on scope (口径), and is silent afterwards. *note*: can be explained, somebody should look.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from anlan.kernel.core.words import N_
from anlan.kernel.indicators.figures import PERCENT, Fact, Figure, printed

WRONG, SCOPE, NOTE = "wrong", "scope", "note"
WORDS = {
    "sum": N_("{whole} is {total}, but its parts add up to {sum}."),
    "within": N_("The parts of {whole} add up to {sum}, more than the whole of {total}."),
    "part": N_("{part} is {value}, more than {whole} with {total}: two scopes."),
    "issues": N_(
        "{what}: {issues} issues for {expected} spans: one belongs to another time, or was counted twice."
    ),
    "skew": N_("{what}: {few} of {many} have {share} per cent of all."),
    "gap": N_("{what}: {done} of {whole} only, {share} per cent."),
    "fell": N_("{what} fell from {then} to {now}, by {share} per cent."),
    "same": N_("{what} stands at {one} in one place and at {other} in another: two scopes."),
    "mixed": N_("{what} is added up of {n} scopes: {scopes}."),
    "made": N_("{what} is told as {value}, but comes to {sum} out of the numbers of the text."),
}


@dataclass(frozen=True, slots=True)
class Relation:
    """What must hold between facts.

    kind    sum whole a b …        the parts are the whole                              broken: wrong
            within whole a b …     the parts lie inside the whole                       broken: scope
            part part whole        one set lies inside another                          broken: scope
            issues issues          at most `limit` issues appear in the span            broken: note
            skew few many amount all   a few have less than `limit` % of all            broken: note
            gap done whole         at least `limit` % of the whole are done             broken: note
            fell now then          a count falls by no more than `limit` %              broken: note
            same one other …       one name has one value wherever it stands            broken: scope
            mixed one other …      what is added up counts the same thing               broken: scope
            made told a b …        what was told is what `figure` makes of the others   broken: wrong
    """

    code: str
    kind: str
    of: tuple[str, ...]
    limit: Decimal = Decimal(0)
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A relation that does not hold, with the facts it rests on; `words` are filled from `values`."""

    relation: Relation
    verdict: str
    values: Mapping[str, object]
    facts: tuple[Fact, ...] = field(repr=False)

    @property
    def words(self) -> str:
        return WORDS[self.relation.kind]

    @property
    def told(self) -> dict[str, object]:
        """The values as they are printed: 291.05, not 291.050000."""
        return {
            name: _plain(value) if isinstance(value, Decimal) else value
            for name, value in self.values.items()
        }

    @property
    def key(self) -> str:
        """What a note on scope speaks of: the relation and the values; other values are another finding."""
        return "|".join(
            (self.relation.code, *(f"{fact.code}={fact.value.normalize():f}" for fact in self.facts))
        )


def findings(
    relations: Iterable[Relation], facts: Mapping[str, Fact], *, noted: Iterable[str] = ()
) -> list[Finding]:
    """Every finding of a report, worst first. Relations whose facts are not all there are passed over; a *scope*
    whose key was noted is silent."""
    silent = set(noted)
    found = []
    for relation in relations:
        if not all(code in facts for code in relation.of):
            continue
        finding = _CHECKS[relation.kind](relation, [facts[code] for code in relation.of])
        if finding is not None and not (finding.verdict == SCOPE and finding.key in silent):
            found.append(finding)
    return sorted(found, key=lambda each: ((WRONG, SCOPE, NOTE).index(each.verdict), each.relation.code))


def blocks_issue(found: Iterable[Finding]) -> bool:
    """A report with a *wrong*, or with a *scope* that nobody noted, is not issued."""
    return any(each.verdict in (WRONG, SCOPE) for each in found)


def _found(relation: Relation, verdict: str, facts: Sequence[Fact], **values: object) -> Finding:
    return Finding(relation, verdict, values, tuple(facts))


def _total(facts: Sequence[Fact]) -> Decimal:
    return sum((fact.value for fact in facts), Decimal(0))


def _sum(relation: Relation, facts: Sequence[Fact]) -> Finding | None:
    whole, parts = facts[0], facts[1:]
    if _total(parts) == whole.value:
        return None
    return _found(relation, WRONG, facts, whole=whole.scope, total=whole.value, sum=_total(parts))


def _within(relation: Relation, facts: Sequence[Fact]) -> Finding | None:
    whole, parts = facts[0], facts[1:]
    if _total(parts) <= whole.value:
        return None
    return _found(relation, SCOPE, facts, whole=whole.scope, total=whole.value, sum=_total(parts))


def _part(relation: Relation, facts: Sequence[Fact]) -> Finding | None:
    part, whole = facts
    if part.value <= whole.value:
        return None
    return _found(
        relation, SCOPE, facts, part=part.scope, value=part.value, whole=whole.scope, total=whole.value
    )


def _issues(relation: Relation, facts: Sequence[Fact]) -> Finding | None:
    (issues,) = facts
    if issues.value <= relation.limit:
        return None
    return _found(relation, NOTE, facts, what=issues.scope, issues=issues.value, expected=relation.limit)


def _skew(relation: Relation, facts: Sequence[Fact]) -> Finding | None:
    few, many, amount, everything = facts
    if not everything.value or few.value * 2 > many.value:
        return None  # more than half of them are no few
    share = amount.value * 100 / everything.value
    if share < relation.limit:
        return None
    return _found(
        relation, NOTE, facts, what=amount.scope, few=few.value, many=many.value, share=f"{share:.1f}"
    )


def _gap(relation: Relation, facts: Sequence[Fact]) -> Finding | None:
    done, whole = facts
    if not whole.value or done.value * 100 >= relation.limit * whole.value:
        return None
    share = done.value * 100 / whole.value
    return _found(
        relation, NOTE, facts, what=done.scope, done=done.value, whole=whole.value, share=f"{share:.1f}"
    )


def _same(relation: Relation, facts: Sequence[Fact]) -> Finding | None:
    first = facts[0]
    other = next((fact for fact in facts if fact.value != first.value), None)
    if other is None:
        return None
    return _found(
        relation, SCOPE, facts, what=first.scope, one=_plain(first.value), other=_plain(other.value)
    )


def _mixed(relation: Relation, facts: Sequence[Fact]) -> Finding | None:
    scopes = dict.fromkeys(fact.scope for fact in facts)
    if len(scopes) < 2:
        return None
    return _found(relation, SCOPE, facts, what=relation.code, n=len(scopes), scopes="; ".join(scopes))


def _made(relation: Relation, facts: Sequence[Fact]) -> Finding | None:
    told, parts = facts[0], facts[1:]
    if relation.figure is None:
        return None
    # Units were looked at when it was written; here only a rate has to be told from a count.
    known = {fact.code: replace(fact, unit=fact.unit if fact.unit == PERCENT else "") for fact in parts}
    value = printed(relation.figure, known).value
    if value is None or abs(value) == abs(told.value):  # a number typed by hand says its way in words
        return None
    return _found(relation, WRONG, facts, what=told.scope, value=_plain(told.value), sum=_plain(value))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _fell(relation: Relation, facts: Sequence[Fact]) -> Finding | None:
    now, then = facts
    if not then.value or now.value >= then.value:
        return None  # upon nought nothing falls
    share = (then.value - now.value) * 100 / then.value
    if share <= relation.limit:
        return None
    told = {"now": _plain(now.value), "then": _plain(then.value), "share": f"{share:.1f}"}
    return _found(relation, NOTE, facts, what=now.scope, **told)


_CHECKS: dict[str, Callable[[Relation, Sequence[Fact]], Finding | None]] = {
    "sum": _sum, "within": _within, "part": _part, "issues": _issues, "skew": _skew, "gap": _gap,
    "same": _same, "mixed": _mixed, "made": _made, "fell": _fell,
}  # fmt: skip
