"""Decisions about risks: scores and levels of three methods, what open dangers raise, who is responsible. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

MAJOR, CONSIDERABLE, MODERATE, LOW, NOT_YET = 4, 3, 2, 1, 0
LEVELS = (MAJOR, CONSIDERABLE, MODERATE, LOW)
# What the history says of a point that ended, and of one that lost a source.
ENDED, SOURCE_OFF = "ended", "source_off"
LABELS = {
    MAJOR: N_("Major risk"),
    CONSIDERABLE: N_("Considerable risk"),
    MODERATE: N_("Moderate risk"),
    LOW: N_("Low risk"),
    NOT_YET: N_("Not assessed"),
}
COLOURS = {MAJOR: "red", CONSIDERABLE: "orange", MODERATE: "yellow", LOW: "blue", NOT_YET: "none"}
METHODS = {"lec": N_("LEC"), "ls": N_("LS matrix"), "mes": N_("MES"), "direct": N_("Judged directly")}
FACTORS = {"lec": ("L", "E", "C"), "ls": ("L", "S"), "mes": ("M", "E", "S")}
RESPONSIBLE = {
    "company": N_("Company"),
    "workshop": N_("Workshop or department"),
    "team": N_("Team"),
    "post": N_("Single post"),
}

POINT_KINDS = {
    "equipment": N_("Equipment"),
    "spot": N_("Spot"),
    "place": N_("Place"),
    "area": N_("Whole area"),
    "activity": N_("Activity"),
}
HAZARD_KINDS = {
    "material": N_("Material"),
    "energy": N_("Energy"),
    "behaviour": N_("Behaviour"),
    "surroundings": N_("Surroundings"),
    "rules": N_("Rules and papers"),
}
MEASURE_KINDS = {
    "engineering": N_("Engineering"),
    "management": N_("Management"),
    "training": N_("Training"),
    "protective": N_("Personal protection"),
    "emergency": N_("Emergency"),
}
WORDS = POINT_KINDS | HAZARD_KINDS | MEASURE_KINDS

NOT_A_FACTOR = reason(
    "risks.not_a_factor", N_("{factor} = {given} is no value of the method. Choose one of {known}.")
)
NO_FACTOR = reason("risks.no_factor", N_("The method needs a value for {factor}."))
NO_METHOD = reason(
    "risks.no_method", N_("There is no method {given}. Choose LEC, LS, MES or a direct judgement.")
)
NO_LEVEL = reason("risks.no_level", N_("Give a level from 1 (low) to 4 (major)."))
WORST_BELOW = reason(
    "risks.worst_below_assessed",
    N_("The worst case ({worst}) cannot be milder than what was assessed ({assessed}). Look at it again."),
)
NO_REASON = reason("risks.no_reason", N_("Say in a sentence why the risk is judged so: no method was used."))
TOO_FEW = reason(
    "risks.survey_too_few",
    N_("{points} of {base} are collected; a survey is handed in from {least} on. Collect the rest first."),
)
SMALL_SAMPLE = reason("risks.survey_small_sample", N_("Look at {least} points or more before you accept."))
BAD_SAMPLE = reason("risks.survey_bad_sample", N_("Of the points looked at, none to all may be wrong."))
WRONG_SAMPLE = reason(
    "risks.survey_wrong_sample",
    N_("{wrong} of {sampled} were wrong; at most {most} may be. Turn it back with the reason."),
)


@dataclass(frozen=True, slots=True)
class OpenDanger:
    """A danger at a point that is not closed off: its grade (ordinary, candidate_major, major) and since when."""

    id: UUID
    grade: str
    since: datetime


class Scored(NamedTuple):
    """What a method says: its product, and the level of the band it falls into."""

    score: Decimal
    level: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """A point's current level, and what raises it: [{"grade", "open", "to", "dangers"}], empty where nothing does."""

    level: int
    raised: list[dict[str, Any]]


def scored(method: str, inputs: Mapping[str, Any], table: Mapping[str, Any]) -> Scored:
    """The score and level of LEC, LS or MES. `table`: allowed values by factor, and `bands` (at_least → level)."""
    if method not in FACTORS:
        raise Refused(NO_METHOD, field="method", given=method)
    product = Decimal(1)
    for factor in FACTORS[method]:
        product *= _factor(factor, inputs.get(factor), table[factor])
    return Scored(product, level_of(product, table["bands"]))


def _factor(factor: str, given: Any, known: Sequence[Any]) -> Decimal:
    if given in (None, ""):
        raise Refused(NO_FACTOR, field=factor, factor=factor)
    allowed = {Decimal(str(value)) for value in known}
    try:
        value = Decimal(str(given).strip())
    except ArithmeticError:
        value = None
    if value is None or value not in allowed:
        values = ", ".join(f"{v.normalize():f}" for v in sorted(allowed))
        raise Refused(NOT_A_FACTOR, field=factor, factor=factor, given=str(given)[:20], known=values)
    return value


def level_of(score: Decimal, bands: Sequence[Mapping[str, Any]]) -> int:
    """The level of the highest band that a score reaches; a score on the line belongs to the higher band."""
    reached = [band for band in bands if score >= Decimal(str(band["at_least"]))]
    return int(max(reached, key=lambda band: band["at_least"])["level"]) if reached else LOW


def check_levels(*, worst: int, assessed: int) -> None:
    """Both levels are 1–4, and the worst credible case is at least what was assessed."""
    for name, level in (("worst_case_level", worst), ("assessed_level", assessed)):
        if level not in LEVELS:
            raise Refused(NO_LEVEL, field=name)
    if worst < assessed:
        raise Refused(WORST_BELOW, field="worst_case_level", worst=LABELS[worst], assessed=LABELS[assessed])


def weighed(*, assessed: int, dangers: Sequence[OpenDanger], table: Sequence[Mapping[str, Any]]) -> Weighed:
    """The higher of the assessed level and what the open dangers raise it to (practice.md 1.10).

    A row of the table counts when at least `open` dangers of its `grade` are open: the level becomes at least `to`,
    and at least `up` steps above the assessed one.
    """
    raised = []
    for row in table:
        of_grade = sorted((d for d in dangers if d.grade == row["grade"]), key=lambda d: (d.since, str(d.id)))
        to = max(int(row["to"]), min(MAJOR, assessed + int(row["up"])))
        if len(of_grade) >= row["open"] and to > assessed:
            raised.append(
                {
                    "grade": row["grade"],
                    "open": len(of_grade),
                    "to": to,
                    "dangers": [str(d.id) for d in of_grade],
                }
            )
    raised.sort(key=lambda found: -found["to"])
    return Weighed(max([assessed, *(found["to"] for found in raised)]), raised)


def responsible_for(level: int, table: Mapping[str, str]) -> str:
    """Which level of a company answers for a risk of this level; the levels above answer too."""
    return table.get(str(level), "post")


WHY = {
    "major": N_("Major dangers open: {n}; raised to {level}"),
    "candidate_major": N_("Candidate major dangers open: {n}; raised to {level}"),
    "ordinary": N_("Ordinary dangers open: {n}; raised to {level}"),
}


def collected(points: int, base: int | None) -> Decimal | None:
    """Collected ÷ declared base, per cent; None without a base."""
    return Decimal(points) * 100 / base if base else None


def codes_of(text: str, known: Collection[str]) -> list[str]:
    """The codes of a list written with commas, those that are known."""
    return [code for code in (part.strip() for part in text.split(",")) if code in known]


# ---- surveys, a region's assessment, letters ----------------
class HasDue(Protocol):
    due_at: datetime


class HasAnswer(Protocol):
    answer_by: datetime


def time_to_collect(record: HasDue, at: datetime) -> timedelta:
    """A survey runs to the day that was set."""
    return max(record.due_at - at, timedelta(0))


def time_to_answer(record: HasAnswer, at: datetime) -> timedelta:
    """A letter is answered by the day that it names."""
    return max(record.answer_by - at, timedelta(0))


def check_collected(*, points: int, base: int, least: float) -> None:
    """A survey is handed in when enough of its base was collected."""
    if points < base * least:
        raise Refused(TOO_FEW, points=points, base=base, least=f"{least:.0%}")


def check_sample(*, sampled: int, wrong: int, least: int, most_wrong: float) -> None:
    """A sample is large enough and right often enough."""
    if sampled < least:
        raise Refused(SMALL_SAMPLE, field="sampled", least=least)
    if not 0 <= wrong <= sampled:
        raise Refused(BAD_SAMPLE, field="wrong")
    if wrong > sampled * most_wrong:
        raise Refused(WRONG_SAMPLE, field="wrong", wrong=wrong, sampled=sampled, most=f"{most_wrong:.0%}")


def grade_of(points: Mapping[int, int], weights: Mapping[str, Any]) -> int:
    """The level proposed for a region: the gravest whose share of points reaches its limit; 0 where it has none.

    `points`: current level → number; `weights`: level → least share at this level or above. A person signs.
    """
    total = sum(number for level, number in points.items() if level > 0)
    if not total:
        return 0
    for level in (4, 3, 2):
        share = sum(number for each, number in points.items() if each >= level) / total
        if share >= float(weights[str(level)]):
            return level
    return 1
