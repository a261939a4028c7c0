"""Decisions about reports: who may write and approve, which span, when one is due. Pure."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.indicators import spans
from anlan.kernel.indicators.spans import Span

UNKNOWN = reason("bulletins.unknown", N_("There is no report of the kind {kind}."))
NOT_WRITER = reason("bulletins.not_writer", N_("“{label}” is written by: {who}."))
NOT_APPROVER = reason("bulletins.not_approver", N_("“{label}” is approved by: {who}."))
NOT_OWNER = reason("bulletins.not_owner", N_("This paragraph belongs to: {who}."))
ASKED = reason("bulletins.asked", N_("Fill in “{label}”: only a person can say it."))
NO_CAMPAIGN = reason(
    "bulletins.no_campaign",
    N_("Choose the campaign: the bulletin counts what was done for it, and nothing else."),
)
FUTURE = reason("bulletins.future", N_("The span begins on {first}, which is still to come."))
NO_DAY = reason("bulletins.no_day", N_("Give the day as 2026-07-03."))
THERE = reason(
    "bulletins.there", N_("“{title}” is being written already. Go on with that one, or give it up first.")
)
NOT_DRAFT = reason("bulletins.not_draft", N_("The text stays as it was handed in. Send it back first."))
OLDER = reason(
    "bulletins.older",
    N_("Numbers are read again as known later than the draft, and not ahead of time."),
)
NOT_TEXT = reason("bulletins.not_text", N_("Tables, charts and lists are counted, not written."))
EMPTY = reason("bulletins.empty", N_("A paragraph is not emptied. Write what there is to say."))
TYPED = reason(
    "bulletins.typed_number",
    N_("These numbers are not from their source: {numbers}. Say why, or put back what was counted."),
)
WRONG = reason(
    "bulletins.wrong", N_("The text contradicts itself: {words} Put it right before it is handed in.")
)
SCOPE = reason("bulletins.scope", N_("Two scopes stand side by side: {words} Write a note on scope first."))
UNSIGNED = reason("bulletins.unsigned", N_("Not signed yet: {who}."))
OTHER_WAY = reason("bulletins.other_way", N_("This report is handed in by the step “{move}”."))
IN_OA = reason(
    "bulletins.in_oa", N_("A red-head document takes its number in the office system. Enter number and scan.")
)
OURS = reason("bulletins.ours", N_("This report is numbered here: issue it."))
NO_NOTE = reason("bulletins.no_note", N_("Write why the two numbers may stand side by side."))
NO_FINDING = reason("bulletins.no_finding", N_("This finding is no longer there. Look again."))
EARLIER_EMPTY = reason(
    "bulletins.earlier_empty", N_("There is no text in it. Choose the document, or paste its text.")
)
EARLIER_LONG = reason(
    "bulletins.earlier_long",
    N_("The text has {n} paragraphs; {most} are the limit. Take in the report alone."),
)
NOT_EARLIER = reason(
    "bulletins.not_earlier", N_("This report begins on {first}. Give a day of the earlier span.")
)
EARLIER_NO_PLACE = reason(
    "bulletins.earlier_no_place", N_("This report has no such paragraph any more. Choose another place.")
)

BROKEN = reason(
    "bulletins.broken",
    N_(
        "Something went wrong here while the numbers were read. It was tried {tries} times; the log tells more."
    ),
)

WATCH = ("watch_officer", "watch_chief")


def check_given(asks: Any, given: dict[str, str]) -> dict[str, str]:
    """What a person must say before a letter can be written."""
    for ask in asks:
        if not given.get(ask.name, "").strip():
            raise Refused(ASKED, field=ask.name, label=ask.label)
    return {ask.name: given[ask.name].strip() for ask in asks}


def check_campaign(by: str, campaign: tuple[UUID, str] | None) -> dict[str, str]:
    """A bulletin of a campaign names the one that it counts."""
    if not by:
        return {}
    if campaign is None:
        raise Refused(NO_CAMPAIGN, field="campaign")
    return {by: campaign[1]}


def span_for(kind: str, *, day: date, first: date | None = None, cut: int = 0) -> Span:
    """The span of a report that is written about the time in which `day` lies.

    `since` runs from `first` to the day; a month may be cut on a day (截至25日).
    """
    if kind == "since":
        return spans.since(first or day.replace(month=1, day=1), day)
    if kind == "day":
        return Span("day", day, day)
    if kind == "month":
        return _month(day, cut)
    if kind == "half":
        return spans.half(day.year, 1 if day.month <= 6 else 2)
    return spans.year(day.year)


def _month(day: date, cut: int) -> Span:
    if not cut:
        return spans.month(day.year, day.month)
    later = day.day > cut
    year, month = (day.year + (day.month == 12), day.month % 12 + 1) if later else (day.year, day.month)
    return spans.month(year, month, cut=cut)


def last_span(kind: str, *, today: date, cut: int = 0) -> Span:
    """The span that a newcomer most likely wants: the one that ended last; a half-year once it is half over."""
    now = span_for(kind, day=today, cut=cut)
    if kind in ("day", "since") or now.last - today <= timedelta(days=10):
        return now
    return now.before()


def until_due(report: Any, at: datetime) -> timedelta:
    """The clock of a draft: its day, but a day's work at least."""
    left: timedelta = report.due_at - at
    return max(left, timedelta(hours=4))
