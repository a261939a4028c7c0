"""Decisions about standards and stations: values in, a value or `Refused` out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

UNKNOWN = reason(
    "grassroots.unknown_standard", N_("There is no standard {standard}. Choose one of the list.")
)
WRONG_LEVEL = reason(
    "grassroots.wrong_level", N_("“{standard}” is a standard of a {level}; {region} is none.")
)
RUNNING = reason("grassroots.running", N_("{region} is on its way to “{standard}” already."))
NO_ITEM = reason("grassroots.no_item", N_("“{standard}” has items 1 to {last}; there is no {number}."))
NOT_ALL = reason(
    "grassroots.not_all", N_("Not yet in place: {missing}. Record them, then ask for the check.")
)
PAST_DUE = reason("grassroots.past_due", N_("The day to reach it by lies in the past. Give a later one."))
NEGATIVE = reason("grassroots.negative", N_("“{field}” must be 0 or more."))
FUTURE_DAY = reason("grassroots.future_day", N_("{day} lies in the future. Enter what has happened."))
UNKNOWN_WORK = reason("grassroots.unknown_work", N_("A station has no work {work}. Choose one of the list."))

NOT_KEEPER = reason(
    "grassroots.not_keeper", N_("The work book of {station} is written by its keeper or by the street.")
)
KEEPERS = ("station_keeper", "street_safety_officer", "safety_section")

# What a station in a park does and counts (seed 004 names these in its half-year figures).
WORKS = {
    "supervision": N_("Joint supervision"),
    "leaflets": N_("Leaflets handed out"),
    "drill": N_("Emergency drill"),
    "team_call": N_("Team called to the station"),
    "training": N_("Training in the park"),
}


def standard_of(standards: Sequence[Mapping[str, Any]], code: str) -> Mapping[str, Any]:
    """The standard of a code among those in force, or `Refused`."""
    found = next((each for each in standards if each["code"] == code), None)
    if found is None:
        raise Refused(UNKNOWN, field="standard", standard=code)
    return found


def check_item(standard: Mapping[str, Any], number: int) -> None:
    if not 1 <= number <= len(standard["items"]):
        raise Refused(
            NO_ITEM, field="number", standard=standard["name"], number=number, last=len(standard["items"])
        )


def missing(standard: Mapping[str, Any], ticked: Iterable[int]) -> list[str]:
    """The names of the items that are not in place."""
    there = set(ticked)
    return [name for number, name in enumerate(standard["items"], start=1) if number not in there]


def check_all(standard: Mapping[str, Any], ticked: Iterable[int]) -> None:
    """The check is asked for when everything is in place."""
    lacking = missing(standard, ticked)
    if lacking:
        raise Refused(NOT_ALL, field="number", missing="、".join(lacking))


def check_due(due_at: datetime, *, at: datetime) -> None:
    if due_at <= at:
        raise Refused(PAST_DUE, field="due_at")


def check_activity(*, work: str, times: int, attendances: int, day: date, today: date) -> None:
    """One line of a station's work book."""
    if work not in WORKS:
        raise Refused(UNKNOWN_WORK, field="work", work=work)
    for name, value in (("times", times), ("attendances", attendances)):
        if value < 0:
            raise Refused(NEGATIVE, field=name)
    if day > today:
        raise Refused(FUTURE_DAY, field="day", day=f"{day:%F}")
