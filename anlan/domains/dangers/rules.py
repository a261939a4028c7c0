"""Decisions about dangers: pure, given facts only."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

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
