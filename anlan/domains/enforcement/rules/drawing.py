"""双随机: firms and officers drawn by a seed. Whoever has seed and lists draws the same; nobody must believe it.

A firm is drawn where SM3(seed|firm|id) is among the smallest. For each drawn firm, in that order, the two officers are
those with the fewest visits of this draw so far; among equals those with the smallest SM3(seed|id|officer). An officer
with an interest in a firm keeps out of it, and no two go together more often than the limit.

A firm with weight w has w tickets in the drum: SM3(seed|firm|id) and SM3(seed|firm|id|2) … |w. Its smallest ticket
counts, so that each draw falls on it with w of all tickets that are left. Weight 1 is the plain draw.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

NO_FIRMS = reason(
    "enforcement.no_firms",
    N_("There is no firm to draw from: every general firm of the plan was checked or drawn already."),
)
TOO_MANY = reason("enforcement.too_many", N_("Only {there} firms stand in the list; draw at most so many."))
BAD_COUNT = reason("enforcement.bad_count", N_("Say how many firms to draw: a whole number from 1 on."))
FEW_OFFICERS = reason(
    "enforcement.few_officers",
    N_("For {firm} no two officers are left who may go together. Add officers, or draw fewer firms."),
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One firm with its two officers, by id."""

    firm: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Lists:
    """What is drawn from: ids of firms and officers, who keeps out of which firm, how often two may go together."""

    firms: tuple[str, ...]
    officers: tuple[str, ...]
    recused: frozenset[tuple[str, str]]  # officer, firm
    pair_limit: int
    weights: tuple[tuple[str, int], ...] = ()  # firm, tickets; those not named have one

    def digest(self) -> str:
        """SM3 of the lists in a fixed order: written down before the draw, it cannot be changed after it."""
        told: list[Any] = [
            sorted(self.firms),
            sorted(self.officers),
            sorted(self.recused),
            self.pair_limit,
        ]
        if self.weights:
            told.append(sorted(self.weights))
        return sm3(json.dumps(told, separators=(",", ":")))


def sm3(text: str) -> str:
    """SM3 of a text, hex."""
    made = hashes.Hash(hashes.SM3())
    made.update(text.encode())
    return made.finalize().hex()


def firms_by(lists: Lists, *, seed: str, count: int) -> list[str]:
    """The firms drawn, in the order of their numbers."""
    if count < 1:
        raise Refused(BAD_COUNT, field="count")
    if not lists.firms:
        raise Refused(NO_FIRMS, field="count")
    if count > len(set(lists.firms)):
        raise Refused(TOO_MANY, field="count", there=len(set(lists.firms)))
    tickets = dict(lists.weights)
    return sorted(set(lists.firms), key=lambda firm: number(seed, firm, tickets.get(firm, 1)))[:count]


def number(seed: str, firm: str, tickets: int = 1) -> str:
    """The number that decides about a firm, its smallest ticket: anybody can compute it again."""
    more = (sm3(f"{seed}|firm|{firm}|{ticket}") for ticket in range(2, tickets + 1))
    return min([sm3(f"{seed}|firm|{firm}"), *more])


def draw(lists: Lists, *, seed: str, count: int, names: Mapping[str, str] | None = None) -> list[Drawn]:
    """The whole draw. Raises `Refused`; `names` words the firms of a refusal."""
    load: Counter[str] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    found = []
    for firm in firms_by(lists, seed=seed, count=count):
        pair = next(_pairs(lists, firm, seed, load, together), None)
        if pair is None:
            raise Refused(FEW_OFFICERS, field="officers", firm=(names or {}).get(firm, firm))
        load.update(pair)
        together[_key(*pair)] += 1
        found.append(Drawn(firm, *pair))
    return found


def _pairs(
    lists: Lists, firm: str, seed: str, load: Mapping[str, int], together: Mapping[tuple[str, str], int]
) -> Iterator[tuple[str, str]]:
    """The pairs that may go to a firm, the fittest first."""
    free = [each for each in set(lists.officers) if (each, firm) not in lists.recused]
    ranked = sorted(free, key=lambda each: (load[each], sm3(f"{seed}|{firm}|{each}")))
    for place, first in enumerate(ranked):
        for second in ranked[place + 1 :]:
            if together[_key(first, second)] < lists.pair_limit:
                yield first, second


def _key(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def never_drawn(firms: Sequence[str], key_firms: Collection[str]) -> list[str]:
    """A key check is never drawn (practice.md 1.36): the key firms are taken out of the list."""
    return [firm for firm in firms if firm not in key_firms]
