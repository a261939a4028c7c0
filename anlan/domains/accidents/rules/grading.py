"""The grade of an accident and which deaths count for it; a proposal, which a person signs. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from anlan.domains.accidents.rules.words import FIGURES, RANK
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

NOT_A_COUNT = reason("accidents.not_a_count", N_("Give a whole number, 0 or more, not {given}."))
FELL = reason(
    "accidents.toll_fell",
    N_("{field} was {before} and would become {now}. A filed figure falls only with a reason: write it."),
)
NO_CHANGE = reason("accidents.no_change", N_("No figure differs from what is known. Change one, or go back."))
TOO_LIGHT = reason(
    "accidents.grade_too_light",
    N_(
        "The figures reach {computed}; {given} would be lighter. Correct the figures first, or sign {computed}."
    ),
)
UNKNOWN_WORD = reason("accidents.unknown_word", N_("“{given}” is none of: {known}."))
LATER = reason("accidents.before_it", N_("That lies before the accident, {occurred}. Correct the time."))


def grade(bands: Iterable[Mapping[str, Any]], figures: Mapping[str, int]) -> str:
    """493号令 art. 3: the worst of deaths, badly hurt (acute industrial poisoning with them) and direct loss in yuan.

    `bands` are the rows of the ruleset: grade and its lower bounds, each included (art. 3 ¶3). Below all of them: none.
    """
    met = [
        band["grade"]
        for band in bands
        if any(figures.get(name, 0) >= least for name, least in band.items() if name != "grade")
    ]
    return max(met, key=RANK.index, default="none")


def heavier(one: str, other: str) -> str:
    """The heavier of two grades; an empty one is the lightest."""
    return max(one or "none", other or "none", key=RANK.index)


def check_signed(given: str, computed: str) -> str:
    """A person signs a grade: at least what the figures reach."""
    if given not in RANK:
        raise Refused(UNKNOWN_WORD, field="grade", given=given, known="、".join(RANK))
    if RANK.index(given) < RANK.index(computed):
        raise Refused(TOO_LIGHT, field="grade", computed=computed, given=given)
    return given


class Told(Protocol):
    """A row of figures with its two times."""

    happened_at: datetime
    recorded_at: datetime
    counted: bool


T = TypeVar("T", bound=Told)


def counts_until(occurred: datetime, *, days: int) -> datetime:
    """Until when a death counts for the grade and the statistics (493号令 art. 13: 30 days; road and fire 7)."""
    return occurred + timedelta(days=days)


def holding(rows: Iterable[T], *, as_of: datetime | None = None) -> T | None:
    """The figures that count: the latest in time within the clock, of what was known by `as_of`. What is entered late
    about an earlier day does not take the place of what happened after it."""
    known = [row for row in rows if row.counted and (as_of is None or row.recorded_at <= as_of)]
    return max(known, key=lambda row: (row.happened_at, row.recorded_at), default=None)


def grown(before: Mapping[str, int], given: Mapping[str, Any], *, why: str) -> dict[str, int]:
    """The new cumulative figures: those given over those known. `Refused` where nothing changes, or one falls without
    a reason."""
    fresh = {name: number_of(given[name], name) for name in FIGURES if given.get(name) not in (None, "")}
    changed = {name: value for name, value in fresh.items() if value != before.get(name, 0)}
    if not changed:
        raise Refused(NO_CHANGE, field="dead")
    fallen = next((name for name, value in changed.items() if value < before.get(name, 0)), None)
    if fallen is not None and not why.strip():
        raise Refused(FELL, field="reason", before=before.get(fallen, 0), now=changed[fallen])
    return {name: changed.get(name, before.get(name, 0)) for name in FIGURES}


def number_of(given: Any, field: str) -> int:
    """A count as a form or a message gives it."""
    text = str(given).strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        raise Refused(NOT_A_COUNT, field=field, given=given)
    return int(text)


def check_word(given: str, known: Iterable[str], field: str) -> str:
    """A word of a list, or `Refused` naming the list."""
    words = list(known)
    if given not in words:
        raise Refused(UNKNOWN_WORD, field=field, given=given or "—", known="、".join(words))
    return given


@dataclass(frozen=True, slots=True)
class OldType:
    """A type of the 1986 list: what it became, or "" where only a person can say."""

    old: str
    code: str


def from_old(word: str, table: Iterable[Mapping[str, str]]) -> OldType | None:
    """What a type of GB 6441-1986 became in the 2025 edition; None where the word is no old type."""
    row = next((row for row in table if row["old"] == word.strip()), None)
    return None if row is None else OldType(row["old"], row["code"])
