"""事故预防控制专项行动: what a campaign is to prevent, whether its goals hold, which streets are worse. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from anlan.domains.accidents.rules.words import SECTORS, TYPES
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

# 约谈、通报、警示: what a street that did too little is given, the lightest first.
HOWS = {
    "notice": N_("Warning letter"),
    "circular": N_("Named in a circular"),
    "talk": N_("Summoned to a talk"),
}
NO_GOAL = reason(
    "accidents.prevention_no_goal", N_("Say at most how many accidents, or how many deaths, or both.")
)
BAD_GOAL = reason("accidents.prevention_goal", N_("“{given}” is no whole number from 0 on."))
UNKNOWN = reason("accidents.prevention_word", N_("{given} is not on the list. Choose from it."))
NO_CAMPAIGN = reason("accidents.prevention_no_campaign", N_("Choose the campaign that is to prevent them."))
THERE = reason(
    "accidents.prevention_there",
    N_("“{name}” has its goals already. Set them anew on their own page."),
)
NOT_STREET = reason("accidents.prevention_street", N_("Choose a street of the region of the campaign."))
BAD_HOW = reason("accidents.prevention_how", N_("{given} is none of warning letter, circular and talk."))


class HasEnd(Protocol):
    ends_at: datetime


def time_to_end(record: HasEnd, at: datetime) -> timedelta | None:
    return record.ends_at - at


def goal(given: Any, field: str) -> int | None:
    """A goal of a form; nothing typed is no goal. Raises `Refused`."""
    if given in (None, ""):
        return None
    try:
        number = int(given)
    except (TypeError, ValueError):
        raise Refused(BAD_GOAL, field=field, given=str(given)[:20]) from None
    if number < 0:
        raise Refused(BAD_GOAL, field=field, given=str(given)[:20])
    return number


def listed(given: Iterable[str], known: dict[str, str], field: str) -> list[str]:
    """Codes that a list knows, each once; raises `Refused` with the first that it does not."""
    found = list(dict.fromkeys(each for each in given if each))
    wrong = next((each for each in found if each not in known), None)
    if wrong is not None:
        raise Refused(UNKNOWN, field=field, given=wrong)
    return found


def kinds(types: Iterable[str], sectors: Iterable[str]) -> tuple[list[str], list[str]]:
    return listed(types, TYPES, "types"), listed(sectors, SECTORS, "sectors")


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal with what the rows say: at most so many, so many there are, so many a year before."""

    code: str  # accidents | dead
    most: int
    now: int
    then: int

    @property
    def kept(self) -> bool:
        return self.now <= self.most


@dataclass(frozen=True, slots=True)
class StreetLine:
    """A street in the days of the campaign: accidents and deaths now and then, and what the campaign did there."""

    region: str
    now: int
    then: int
    dead: int
    dead_then: int
    visits: int
    found: int
    rectified: int
    enforcement_visits: int

    @property
    def worse(self) -> bool:
        """More accidents or more deaths than in the same days a year before: to be talked to."""
        return self.now > self.then or self.dead > self.dead_then


def goals(
    *, most_accidents: int | None, most_dead: int | None, now: Sequence[Any], then: Sequence[Any]
) -> list[Goal]:
    """The goals that were set, beside what was counted; rows have `dead`."""
    found = []
    if most_accidents is not None:
        found.append(Goal("accidents", most_accidents, len(now), len(then)))
    if most_dead is not None:
        found.append(Goal("dead", most_dead, sum(row.dead for row in now), sum(row.dead for row in then)))
    return found
