"""Decisions about dangers: pure, given facts only."""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from cryptography.hazmat.primitives import hashes

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

FIVE = ("measures", "responsible", "funds", "time_limit", "plan")
GRADES = ("ordinary", "candidate_major", "major")
ORDINARY_WITHOUT_FIVE = timedelta(days=7)

FIVE_MISSING = reason(
    "dangers.five_missing",
    N_("A major danger, or one open for more than seven days, needs all five in place. Missing: {missing}."),
)
OWN_RECHECK = reason(
    "dangers.own_recheck", N_("You found this major danger; its recheck is for another person.")
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
    "dangers.second_officer", N_("An order needs two certified officers. Name the other one.")
)
BAD_TARGET = reason("dangers.bad_target", N_("{given} is no target. Give a whole number."))
BAD_SPAN = reason("dangers.bad_span", N_("The last day lies before the first one."))

LOOKS = ("harm", "difficulty", "spread")


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


def check_five(*, grade: str, age: timedelta, five: Mapping[str, Any]) -> None:
    """五到位: asked for major dangers and for those not mended within 7 days (practice.md 1.9)."""
    if grade == "ordinary" and age <= ORDINARY_WITHOUT_FIVE:
        return
    missing = [name for name in FIVE if not str(five.get(name, "")).strip()]
    if missing:
        raise Refused(FIVE_MISSING, field="five_measures", missing=", ".join(missing))


def check_recheck(
    *, grade: str, category: str, how: str, finder: str, by: str, by_photo: Collection[str]
) -> None:
    """Who may accept and how: the same patroller for ordinary ones, another person for major ones (practice.md 1.8)."""
    if grade == "candidate_major":
        raise Refused(STILL_DECIDING)
    if grade == "major" and finder == by:
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


STREET_MOVES = ("accept_street", "delist_street")
DISTRICT_MOVES = ("precheck", "accept", "reject", "delist", "publish")


def fits_level(level: str, move: str) -> bool:
    """Whether a move belongs to a listing of a level: 谁挂牌谁摘牌 (practice.md 1.7)."""
    of_street, of_district = move in STREET_MOVES, move in DISTRICT_MOVES
    return not (of_street and level != "street") and not (of_district and level != "district")


def check_level(level: str, move: str) -> None:
    """Refuse a move of the other level."""
    if not fits_level(level, move):
        raise Refused(OTHER_LEVEL, level=LEVEL_WORDS[level])


LEVEL_WORDS = {"street": N_("street"), "district": N_("district")}


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
        raise Refused(TOO_SOON, day=f"{look_from:%F}")


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
