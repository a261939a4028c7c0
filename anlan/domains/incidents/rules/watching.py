"""Decisions about the watch: whether it has gaps, which posts lack, what a hand-over needs."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from anlan.domains.incidents.rules.words import BOXES
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_minute

SPAN = reason("incidents.shift_span", N_("The shift ends before it begins. Set the end after {start}."))
TOO_LONG = reason("incidents.shift_long", N_("A shift lasts at most {hours} hours. Shorten it."))
NOBODY = reason(
    "incidents.shift_nobody", N_("A shift needs a leader on duty and a watch officer. Name both.")
)
TWICE = reason("incidents.shift_twice", N_("{name} stands twice in this shift. Name somebody else."))
OVERLAPS = reason(
    "incidents.shift_overlaps", N_("The shift from {start} runs into this one. Change the times.")
)
UNTICKED = reason(
    "incidents.box_unticked", N_("Not ticked: {boxes}. Say in words why, so that the next shift knows.")
)
NOT_IN_SHIFT = reason("incidents.not_in_shift", N_("{name} does not stand in this shift."))
FEW_UNITS = reason("incidents.few_units", N_("There are only {there} units to call; {asked} were asked for."))

Spans = Iterable[tuple[datetime, datetime]]


def until_start(shift: Any, at: datetime) -> timedelta:
    left: timedelta = shift.start_at - at
    return left


def until_end(shift: Any, at: datetime) -> timedelta:
    left: timedelta = shift.end_at - at
    return left


def until_called(check: Any, at: datetime) -> timedelta:
    """A check is made within the hour it was drawn for."""
    left: timedelta = check.call_at + timedelta(hours=1) - at
    return left


def check_span(start: datetime, end: datetime, *, most_hours: float) -> None:
    if end <= start:
        raise Refused(SPAN, field="end_at", start=local_minute(start))
    if end - start > timedelta(hours=most_hours):
        raise Refused(TOO_LONG, field="end_at", hours=most_hours)


def check_seats(seats: Sequence[tuple[str, Hashable, str]]) -> None:
    """`seats`: post, key and name of the person. A leader and an officer at least, nobody twice."""
    posts = {post for post, _key, _name in seats}
    if not {"leader", "officer"} <= posts:
        raise Refused(NOBODY, field="leader" if "leader" not in posts else "officer")
    known: set[Hashable] = set()
    for _post, key, name in seats:
        if key in known:
            raise Refused(TWICE, field="officer", name=name)
        known.add(key)


def lacking(
    required: Iterable[Mapping[str, Any]], level: str, posts: Collection[str]
) -> list[tuple[str, int]]:
    """Post → how many are missing at a readiness level. `required`: rows of level, post, least."""
    there = Counter(posts)
    asked = ((row["post"], int(row["least"])) for row in required if row["level"] == level)
    return [(post, least - there[post]) for post, least in asked if there[post] < least]


def uncovered(spans: Spans, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The gaps of a span in which nobody is on watch."""
    gaps, reached = [], start
    for first, last in sorted(spans):
        if last <= reached:
            continue
        if first >= end:
            break
        if first > reached:
            gaps.append((reached, first))
        reached = last
    if reached < end:
        gaps.append((reached, end))
    return gaps


def check_boxes(ticked: Collection[str], words: str) -> dict[str, bool]:
    """The eight boxes of a hand-over; what is not ticked is explained."""
    missing = [name for name in BOXES if name not in ticked]
    if missing and not words.strip():
        raise Refused(UNTICKED, field="words", boxes="、".join(missing))
    return {name: name in ticked for name in BOXES}
