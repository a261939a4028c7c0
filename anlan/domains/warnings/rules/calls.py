"""Who is called how: signal × duty kind × hour, as a matrix that is data.

Source: practice of flood duty rooms [M]; the law asks that warnings reach the grass roots and names no minutes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from anlan.domains.warnings.rules import scales
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

UNKNOWN_MEANS = reason(
    "callout.unknown_means", N_("The call matrix says “{means}” for {group} at {colour}: not known.")
)

ANSWERS = ("received", "on_post", "done")
MEANS = ("none", "app", "sms", "voice", "hand")
_LOCAL = ZoneInfo("Asia/Shanghai")

Matrix = Mapping[str, Mapping[str, Any]]  # colour → group → means, or {day, night}
Groups = Mapping[str, Sequence[str]]  # group → duty kinds


@dataclass(frozen=True, slots=True)
class Means:
    """How one person is reached: urgency picks the ladder's rungs (0 app … 3 voice at any hour); a leader by hand."""

    urgency: int
    by_hand: bool = False

    def __or__(self, other: "Means") -> "Means":
        """Several duties make one call: the more urgent means; whoever is rung by hand is rung by no machine."""
        return Means(max(self.urgency, other.urgency), self.by_hand or other.by_hand)


@dataclass(frozen=True, slots=True)
class Recent:
    """A call-out that was released: its colour, when, and the regions it covered."""

    colour: str
    released_at: datetime
    regions: tuple[str, ...]


def is_night(at: datetime, *, night: Sequence[int]) -> bool:
    """Whether a time falls into the night hours (from, to; local hours of the day, over midnight)."""
    start, end = night
    hour = at.astimezone(_LOCAL).hour
    return start <= hour or hour < end if start > end else start <= hour < end


def plan(
    *, colour: str, at: datetime, matrix: Matrix, groups: Groups, night: Sequence[int]
) -> dict[str, Means]:
    """Duty kind → means for a colour at an hour; kinds that are not called are left out."""
    scales.rank(colour)
    dark = is_night(at, night=night)
    found: dict[str, Means] = {}
    for group, said in matrix.get(colour, {}).items():
        means = said if isinstance(said, str) else said["night" if dark else "day"]
        if means not in MEANS:
            raise Refused(UNKNOWN_MEANS, means=means, group=group, colour=colour)
        if means != "none":
            found.update({kind: _means(means, dark=dark) for kind in groups.get(group, ())})
    return found


def _means(word: str, *, dark: bool) -> Means:
    """A voice that the matrix allows at night is urgency 3: the ladder of urgency 2 rings in the daytime only."""
    if word == "hand":
        return Means(2, by_hand=True)
    return Means({"app": 0, "sms": 1, "voice": 3 if dark else 2}[word])


def for_leader(means: Means) -> Means:
    """No robot voice to leaders: whoever is rung by hand at the highest step gets app and SMS at the lower ones."""
    return means if means.by_hand else Means(min(means.urgency, 1))


def strictest(kinds: Iterable[str]) -> str:
    """Of several duties' closing answers the one that asks most: done > on post > received."""
    return max(kinds, key=ANSWERS.index)


def closes(answer: str, closes_on: str) -> bool:
    """Whether an answer is at least what the strictest duty asks for."""
    return answer in ANSWERS and ANSWERS.index(answer) >= ANSWERS.index(closes_on)


def joins(
    recent: Iterable[Recent], *, region: str, colour: str, at: datetime, within: timedelta
) -> Recent | None:
    """The call-out that a call about this region joins: released within the span and not lower; the latest of them.

    A call is about the same area where the earlier one covered it: a region code lies in the subtree of another.
    """
    fitting = [
        call
        for call in recent
        if timedelta(0) <= at - call.released_at < within
        and not scales.is_higher(colour, call.colour)
        and any(covers(outer, region) for outer in call.regions)
    ]
    return max(fitting, key=lambda call: call.released_at, default=None)


def covers(outer: str, inner: str) -> bool:
    """Whether a 12-digit region code is, or lies above, another one (2, 4, 6, 9 or 12 significant digits)."""
    for cut in (2, 4, 6, 9):
        if not outer[cut:].strip("0"):
            return inner.startswith(outer[:cut])
    return inner == outer


def meet(one: str, other: str) -> bool:
    """Whether one of two regions lies in the other."""
    return covers(one, other) or covers(other, one)


def common_region(codes: Sequence[str]) -> str:
    """The smallest region above (or equal to) all of some regions, by their codes."""
    for cut in (12, 9, 6, 4, 2):
        heads = {code[:cut] for code in codes}
        if len(heads) == 1 and all(covers(codes[0][:cut].ljust(12, "0"), code) for code in codes):
            return heads.pop().ljust(12, "0")
    return codes[0]
