"""A–D class: a score out of inherent risk, management and record, with every reason named. Proposed, a person signs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

WITHOUT_REASON = reason(
    "enterprises.class_without_reason",
    N_("You sign {signed}, the weights say {proposed}. Say why, so that it can be read later."),
)


@dataclass(frozen=True, slots=True)
class Why:
    """One weight that applied: the fact, how often, and the points it brought."""

    fact: str
    count: int
    points: int


@dataclass(frozen=True, slots=True)
class Proposed:
    grade: str
    score: int
    reasons: tuple[Why, ...]


def propose(
    facts: Mapping[str, int], *, weights: Sequence[Mapping[str, Any]], bands: Mapping[str, int]
) -> Proposed:
    """The class of a firm from counted facts.

    weights: rows of fact, points (each), most (points at most, in size) · bands: class → least score. Facts without a
    weight bring nothing; a fact that was not counted (absent) brings nothing either.
    """
    reasons = []
    for row in weights:
        count = facts.get(str(row["fact"]), 0)
        if count:
            most = abs(int(row["most"]))
            reasons.append(Why(str(row["fact"]), count, max(-most, min(most, count * int(row["points"])))))
    score = max(0, sum(why.points for why in reasons))
    grade = max((name for name, least in bands.items() if score >= least), key=lambda name: bands[name])
    return Proposed(grade, score, tuple(sorted(reasons, key=lambda why: (-abs(why.points), why.fact))))


def check_signed(*, signed: str, proposed: str, why: str) -> None:
    """Who signs another class than the proposed one says why."""
    if signed != proposed and not why.strip():
        raise Refused(WITHOUT_REASON, field="why", signed=signed, proposed=proposed or "—")
