"""Decisions about dangers: pure, given facts only."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, Protocol

from cryptography.hazmat.primitives import hashes

from anlan.domains.dangers.rules.words import ENTERED as ENTERED
from anlan.domains.dangers.rules.words import GOODS as GOODS
from anlan.domains.dangers.rules.words import HANDED as HANDED
from anlan.domains.dangers.rules.words import UNLAWFUL as UNLAWFUL
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day

FIVE = ("measures", "responsible", "funds", "time_limit", "plan")
GRADES = ("ordinary", "candidate_major", "major")
ORDINARY_WITHOUT_FIVE = timedelta(days=7)

FIVE_MISSING = reason(
    "dangers.five_missing",
    N_("A major danger, or one open for more than seven days, needs all five in place. Missing: {missing}."),
)
OWN_RECHECK = reason(
    "dangers.own_recheck",
    N_("You found this major danger or reported it as put right; its recheck is for another person."),
)
NOT_BY_PHOTO = reason(
    "dangers.not_by_photo", N_("A danger of this kind ({category}) is rechecked on the spot, not by photo.")
)
NOT_ON_SPOT = reason(
    "dangers.not_on_spot", N_("A major danger is not put right on the spot: it must be followed up.")
)
STILL_DECIDING = reason(
    "dangers.still_deciding",
    N_("Two officers have not decided yet whether this danger is major. Close it off afterwards."),
)
PAST_TERM = reason("dangers.past_term", N_("The date to put it right by lies in the past. Give a later one."))
SAME_OFFICER = reason("dangers.same_officer", N_("Two officers decide. Name another officer than yourself."))
NO_FIRM = reason("dangers.no_firm", N_("Choose the firm that puts it right."))

LISTED = reason(
    "dangers.listed",
    N_("This danger is listed. It is closed off after the level that listed it takes it off."),
)
NOT_MAJOR = reason("dangers.not_major", N_("Only a major danger is listed. Two officers decide that first."))
LISTED_ALREADY = reason("dangers.listed_already", N_("This danger is on the list already."))
OTHER_LEVEL = reason(
    "dangers.other_level",
    N_("Whoever listed it accepts it and takes it off: this listing is the {level}'s."),
)
OWN_LOOK = reason(
    "dangers.own_look", N_("You had a hand in this danger ({move}); the second look is for another person.")
)
TOO_SOON = reason("dangers.too_soon", N_("The second look is due from {day} on, not before."))
DRAWN_ALREADY = reason("dangers.drawn_already", N_("The draw for this span was made. Its result stands."))
NOT_YOUR_PAPER = reason(
    "dangers.not_your_paper",
    N_("You may not issue this paper. A patroller gives a notice; an order needs two certified officers."),
)
NOT_OVERDUE = reason(
    "dangers.not_overdue", N_("A follow-up order is for a danger that is late by {days} days or more.")
)
BAD_LOOK = reason("dangers.bad_look", N_("Harm, difficulty and spread are 1, 2 or 3."))
NO_REGION = reason("dangers.no_region", N_("Say where it is: a site, a risk point, a firm or a region."))
NOT_YOURS_TO_LIST = reason("dangers.not_yours_to_list", N_("Listing at this level is for: {who}."))
SECOND_OFFICER = reason(
    "dangers.second_officer",
    N_(
        "It takes two certified officers of this place. Choose the second one among its enforcement officers."
    ),
)
BAD_TARGET = reason("dangers.bad_target", N_("{given} is no target. Give a whole number."))
BAD_SPAN = reason("dangers.bad_span", N_("The last day lies before the first one."))

NO_DOCUMENT = reason(
    "dangers.no_document", N_("What the city listed stands here with the number of its notice. Write it.")
)
NO_STAGES = reason(
    "dangers.no_stages",
    N_(
        "A scheme needs its stages, one a line: day, what is done, who. For example: 2026-08-01 拆除旧电箱 王工"
    ),
)
BAD_STAGE = reason(
    "dangers.bad_stage",
    N_("“{line}” begins with no day. Write the line as: 2026-08-01 what is done, then who."),
)
STAGE_ORDER = reason(
    "dangers.stage_order", N_("The stage of {day} stands after a later one. Put them in order.")
)
STAGE_LATE = reason(
    "dangers.stage_late", N_("The last stage, {day}, lies after the day it must be put right by, {due}.")
)
STAGE_PAST = reason("dangers.stage_past", N_("The stage of {day} lies in the past. Give a later day."))
NOT_NEXT = reason(
    "dangers.not_next", N_("The next stage is {next}: “{text}”. Stages are reached in their order.")
)
STAGES_OPEN = reason("dangers.stages_open", N_("Not yet reached: {open}. Record the stages first."))
SCHEME_THERE = reason("dangers.scheme_there", N_("This danger has a scheme already. Change that one."))
NOT_OPEN = reason("dangers.scheme_closed", N_("This danger is closed; it needs no scheme."))
NOT_DRAFTER = reason(
    "dangers.not_drafter", N_("A scheme is drafted by the firm in charge, or by those who check it there.")
)
BAD_FIGURE = reason("dangers.bad_figure", N_("“{given}” is no figure. Give a number of zero or more."))
NO_FIGURE = reason("dangers.no_figure", N_("{given} is no figure that is entered. Choose one of the list."))
NO_SOURCE = reason(
    "dangers.no_source", N_("Say where the figure comes from: a report, a register, its number.")
)
NOT_STREET = reason(
    "dangers.not_street", N_("Figures are entered street by street. Choose a street of the campaign.")
)
CORRECTED = reason("dangers.figure_corrected", N_("This figure was corrected already."))
NOT_PENALISABLE = reason(
    "dangers.not_penalisable", N_("A penalty is noted for a danger that two officers decided to be major.")
)
BAD_QUANTITY = reason("dangers.bad_quantity", N_("How much was found? A number above zero."))

LOOKS = ("harm", "difficulty", "spread")


class Asked(Protocol):
    decide_by: datetime | None


def time_to_decide(record: Asked, at: datetime) -> timedelta | None:
    """Counted from the mark: a late answer gives no later decision."""
    return None if record.decide_by is None else max(record.decide_by - at, timedelta(0))


class HasTerm(Protocol):
    """A danger as its clock sees it."""

    rectify_by: datetime | None


def time_to_rectify(record: HasTerm, at: datetime) -> timedelta | None:
    """How long the firm has left from `at`; None where no date was set."""
    return None if record.rectify_by is None else record.rectify_by - at


def check_term(rectify_by: datetime, *, at: datetime) -> None:
    """A date to put it right by lies ahead."""
    if rectify_by <= at:
        raise Refused(PAST_TERM, field="rectify_by")


def five_from(*, grade: str, found: datetime) -> datetime:
    """From when on the five are asked for."""
    return found + ORDINARY_WITHOUT_FIVE if grade == "ordinary" else found


def check_five(*, grade: str, age: timedelta, five: Mapping[str, Any]) -> None:
    """五到位: asked for major dangers and for those not mended within 7 days (practice.md 1.9)."""
    if grade == "ordinary" and age <= ORDINARY_WITHOUT_FIVE:
        return
    missing = [name for name in FIVE if not str(five.get(name, "")).strip()]
    if missing:
        raise Refused(FIVE_MISSING, field="five_measures", missing=", ".join(missing))


def check_recheck(
    *, grade: str, category: str, how: str, hands: Collection[str], by: str, by_photo: Collection[str]
) -> None:
    """Who may accept and how: the same patroller for ordinary ones, another person for major ones (practice.md 1.8).

    `hands`: who found it, and who reported it as put right.
    """
    if grade == "candidate_major":
        raise Refused(STILL_DECIDING)
    if grade == "major" and by in hands:
        raise Refused(OWN_RECHECK)
    if how == "photo" and (grade == "major" or category not in by_photo):
        raise Refused(NOT_BY_PHOTO, field="how", category=category)


def check_on_spot(grade: str) -> None:
    """Only an ordinary danger ends where it was found."""
    if grade != "ordinary":
        raise Refused(NOT_ON_SPOT, field="grade")


def check_two_officers(*, by: str, second: str) -> None:
    """现场处理措施决定 is made by two certified officers."""
    if by == f"person:{second}":
        raise Refused(SAME_OFFICER, field="second_officer")


def document_for(finder_kinds: Collection[str]) -> str:
    """Which paper the finder may give: a patroller a notice, two certified officers an order (practice.md 1.5)."""
    return "rectification_order" if "enforcement_officer" in finder_kinds else "danger_notice"


def papers_for(
    kinds: Collection[str], *, late_days: float | None, order_after_days: float
) -> tuple[str, ...]:
    """The papers that a holder of some duties may issue about an open danger; the most fitting first.

    `late_days` is None where it is not late. A patroller has a notice only; a follow-up order is the bureau's, from
    the configured stage of lateness on.
    """
    found = []
    if (
        late_days is not None
        and late_days >= order_after_days
        and set(kinds) & {"safety_section", "bureau_chief"}
    ):
        found.append("follow_up_order")
    if "enforcement_officer" in kinds:
        found.append("rectification_order")
    if set(kinds) & {"patroller", "street_safety_officer"}:
        found.append("danger_notice")
    return tuple(found)


# ---- order (一线三排) ----------------
def order_of(*, grade: str, looks: Mapping[str, int], weights: Mapping[str, int]) -> int:
    """Where a danger stands: grade first, then weighted harm, difficulty and spread (1–3 each, 0 = not looked at)."""
    if any(looks[name] not in (0, 1, 2, 3) for name in LOOKS):
        raise Refused(BAD_LOOK, field="harm")
    return weights.get(grade, 0) + sum(weights[name] * looks[name] for name in LOOKS)


# ---- listing ----------------
class OfDanger(Protocol):
    """A listing as its clock sees it."""

    @property
    def danger(self) -> HasTerm: ...


def time_to_apply(record: OfDanger, at: datetime) -> timedelta | None:
    """A listed danger's clock is that of the danger: one date, not two."""
    return time_to_rectify(record.danger, at)


def check_listing(*, grade: str, listed: bool) -> None:
    """Only a major danger is listed, and once at a time."""
    if grade != "major":
        raise Refused(NOT_MAJOR)
    if listed:
        raise Refused(LISTED_ALREADY)


def again_by(known: datetime | None, *, at: datetime) -> datetime:
    """The date of what was not accepted: the one it has, or a week from now."""
    week = at + ORDINARY_WITHOUT_FIVE
    return known if known is not None and known > at else week


# Which levels a move belongs to, where it does not belong to all of them.
OF_LEVELS = {
    "accept_street": ("street",), "delist_street": ("street",),
    "precheck": ("district", "city"), "reject": ("district", "city"), "publish": ("district", "city"),
    "accept": ("district",), "delist": ("district",),
    "precheck_district": ("city",), "accept_city": ("city",), "reject_city": ("city",), "delist_city": ("city",),
}  # fmt: skip


def fits_level(level: str, move: str) -> bool:
    """Whether a move belongs to a listing of a level: 谁挂牌谁摘牌 (practice.md 1.7)."""
    return level in OF_LEVELS.get(move, (level,))


def check_level(level: str, move: str) -> None:
    """Refuse a move of the other level."""
    if not fits_level(level, move):
        raise Refused(OTHER_LEVEL, level=LEVEL_WORDS[level])


LEVEL_WORDS = {"street": N_("street"), "district": N_("district"), "city": N_("city")}


# ---- second look ----------------
class HasSpan(Protocol):
    look_by: datetime


def time_to_look(record: HasSpan, at: datetime) -> timedelta | None:
    return record.look_by - at


def drawn(keys: Sequence[str], *, seed: str, share: float) -> list[str]:
    """Draw a share (rounded up) of some keys: those whose SM3(seed|key) is smallest. Anyone can repeat it."""
    wanted = min(len(keys), math.ceil(share * len(keys)))
    return sorted(sorted(keys), key=lambda key: digest(f"{seed}|{key}"))[:wanted]


def digest(text: str) -> str:
    """SM3 of a text, hex."""
    made = hashes.Hash(hashes.SM3())
    made.update(text.encode())
    return made.finalize().hex()


def check_look(*, hands: Mapping[str, str], by: str, at: datetime, look_from: datetime) -> None:
    """Somebody else looks (practice.md 1.8), and not before the day. `hands`: author → what they did with it."""
    if by in hands:
        raise Refused(OWN_LOOK, move=hands[by])
    if at < look_from:
        raise Refused(TOO_SOON, day=f"{local_day(look_from):%F}")


# ---- campaign ----------------
class HasEnd(Protocol):
    @property
    def ends_at(self) -> datetime: ...


def time_to_end(record: HasEnd, at: datetime) -> timedelta | None:
    return record.ends_at - at


def target(given: Any) -> int:
    """What a campaign is to reach, as a whole number from 0 to 1,000,000; raises `Refused`."""
    try:
        number = int(given)
    except (TypeError, ValueError):
        raise Refused(BAD_TARGET, field="target_found", given=str(given)[:20]) from None
    if not 0 <= number <= 1_000_000:
        raise Refused(BAD_TARGET, field="target_found", given=str(given)[:20])
    return number


class HasDue(Protocol):
    due_by: datetime


def time_for_measure(record: HasDue, at: datetime) -> timedelta | None:
    return record.due_by - at


# ---- schemes: 一事一策, 时间表, 路线图 ----------------
@dataclass(frozen=True, slots=True)
class StageGiven:
    """A stage as somebody wrote it down."""

    day: date
    text: str
    responsible: str = ""


def stages_of(text: str) -> list[StageGiven]:
    """Stages out of a text, one a line: day, what is done, and after the last blank who. Raises `Refused`."""
    found = [_stage(line.strip()) for line in text.splitlines() if line.strip()]
    if not found:
        raise Refused(NO_STAGES, field="stages")
    for before, after in pairwise(found):
        if after.day < before.day:
            raise Refused(STAGE_ORDER, field="stages", day=after.day.isoformat())
    return found


def _stage(line: str) -> StageGiven:
    head, _blank, rest = line.partition(" ")
    try:
        day = date.fromisoformat(head)
    except ValueError:
        raise Refused(BAD_STAGE, field="stages", line=line[:40]) from None
    words = rest.strip()
    if not words:
        raise Refused(BAD_STAGE, field="stages", line=line[:40])
    text, blank, who = words.rpartition(" ")
    return StageGiven(day, (text if blank else words).strip()[:200], (who if blank else "")[:80])


def check_stages(stages: Sequence[StageGiven], *, today: date, due: date | None) -> None:
    """The schedule lies between today and the day it must be put right by."""
    if stages[0].day < today:
        raise Refused(STAGE_PAST, field="stages", day=stages[0].day.isoformat())
    if due is not None and stages[-1].day > due:
        raise Refused(STAGE_LATE, field="stages", day=stages[-1].day.isoformat(), due=due.isoformat())


class HasNext(Protocol):
    next_due: datetime


def time_to_stage(record: HasNext, at: datetime) -> timedelta | None:
    """The clock of a scheme is that of its next stage."""
    return max(record.next_due - at, timedelta(0))


# ---- what is entered for a campaign ----------------
def figure(given: Any) -> Decimal:
    """A figure of zero or more; raises `Refused`."""
    try:
        value = Decimal(str(given).strip().replace(",", ""))
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0 or value >= Decimal(10) ** 13:
        raise Refused(BAD_FIGURE, field="value", given=str(given)[:20])
    return value
