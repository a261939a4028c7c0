"""Decisions about what is asked of units: who may ask, how much is too much, what a sheet must say. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

FOLLOW_UP, ORDER, ASSIGNMENT = "follow_up", "command_order", "assignment"
INSTRUCTION, DECISION = "instruction", "decision"
OFFICE = ("work_plan_office", "bureau_chief")
# Who may send one out. An order of the night comes from the watch; a leader's word is written down by who heard it.
ISSUERS: Mapping[str, tuple[str, ...]] = {
    FOLLOW_UP: OFFICE,
    ASSIGNMENT: (*OFFICE, "safety_section"),
    ORDER: (*OFFICE, "watch_chief", "deputy_commander"),
    INSTRUCTION: (*OFFICE, "watch_officer", "watch_chief"),
    DECISION: OFFICE,
}
NUMBERED = (FOLLOW_UP, ORDER, ASSIGNMENT)  # the bureau keeps these numbers itself
MEETINGS = {
    "committee": N_("Meeting of the committee"),
    "analysis": N_("Situation analysis"),
    "dispatch": N_("Dispatch meeting"),
    "bureau": N_("Meeting of the bureau"),
    "other": N_("Other meeting"),
}
WEEK = timedelta(days=7)

NOT_ISSUER = reason("workplan.not_issuer", N_("This may be sent out by: {who}."))
NO_TEXT = reason("workplan.no_text", N_("Write what is asked for."))
NO_LEADER = reason("workplan.no_leader", N_("Say whose instruction it is."))
TOO_MUCH = reason(
    "workplan.too_much",
    N_(
        "{unit} was asked {count} times in the last seven days; the limit is {limit}. Wait, join it to what is out "
        "already, or write why it cannot wait."
    ),
)
NO_DECISION = reason("workplan.no_decision", N_("Line {line}: a decision needs its words, a unit and a day."))
NO_TITLE = reason("workplan.no_title", N_("Write the title of the meeting."))
NOT_YET = reason("workplan.not_yet", N_("A meeting is written down after it was held, not before."))
BAD_SUM = reason("workplan.bad_sum", N_("A sum is a number above 0, in yuan."))
OVERPAID = reason(
    "workplan.overpaid", N_("{name}: {paid} yuan would be paid out of {arranged}. Arrange more first.")
)
TAKEN_BACK = reason("workplan.taken_back", N_("This payment was taken back already."))
FUND_THERE = reason("workplan.fund_there", N_("{name} of {year} stands in the register already."))
NO_NAME = reason("workplan.no_name", N_("Write the name."))
NO_SOURCE = reason("workplan.no_source", N_("Say by which paper it was arranged."))


@dataclass(frozen=True, slots=True)
class Burden:
    """How often a unit was asked in the last seven days, by what; and where the limit lies."""

    count: int
    limit: int
    parts: Mapping[str, int]

    @property
    def over(self) -> bool:
        """Whether one more is more than the limit."""
        return self.count >= self.limit


def check_burden(burden: Burden, *, unit: str, why: str) -> None:
    """One more than the limit wants a reason, which the ledger keeps."""
    if burden.over and not why.strip():
        raise Refused(TOO_MUCH, field="why_more", unit=unit, count=burden.count, limit=burden.limit)


def time_share(year: int, *, day: date) -> Decimal:
    """How much of a year has passed on the evening of a day, per cent."""
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    gone = min(max((day - first).days + 1, 0), (after - first).days)
    return Decimal(gone) * 100 / (after - first).days


def lags(paid: Decimal, arranged: Decimal, *, year: int, day: date, points: Decimal) -> bool:
    """Whether spending lies more than so many points behind the year."""
    return time_share(year, day=day) - paid * 100 / arranged > points


def reminders_of(day: date, *, weekday: int, monthday: int) -> tuple[str, ...]:
    """Which reminders go out on a day: `week`, `month`, both or none. Monday is 1."""
    found = []
    if day.isoweekday() == weekday:
        found.append("week")
    if day.day == monthday:
        found.append("month")
    return tuple(found)


def check_held(held_at: datetime, *, at: datetime) -> None:
    if held_at > at + timedelta(hours=1):
        raise Refused(NOT_YET, field="held_at")
