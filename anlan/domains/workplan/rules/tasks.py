"""Decisions about plans and tasks: values in, a value or `Refused` out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day

EMPTY = reason(
    "workplan.empty",
    N_(
        "No numbered place was found in this document. It needs 一、, (一) or 1. at the beginning of paragraphs."
    ),
)
SIGNED = reason("workplan.signed", N_("This plan is signed off: its text stays. Make a new version."))
NOT_SIGNED = reason(
    "workplan.not_signed", N_("This plan is not signed off yet. Tasks are handed out afterwards.")
)
PAST = reason("workplan.past", N_("The day {day} lies in the past. Give a later one."))
NO_UNIT = reason("workplan.no_unit", N_("Name the unit that leads."))
BAD_SHARE = reason("workplan.bad_share", N_("How far it is: a number from 0 to 100."))
LESS = reason("workplan.less", N_("{before} was reported before. Say why it is {now} now."))
OWN_WORK = reason("workplan.own_work", N_("Whoever wrote the plan down does not sign it off."))
NOT_KEEPER = reason(
    "workplan.not_keeper", N_("The work plan is kept by its office and by the head of the bureau.")
)
OWN_NUMBER = reason(
    "workplan.own_number",
    N_("The plan's own numbers cannot be what its progress is computed from. Choose another."),
)
NO_TARGET = reason("workplan.no_target", N_("A number needs the quantity that is to be reached."))
SPAN_BACKWARDS = reason("workplan.span_backwards", N_("The days that count end before they begin."))
COMPUTED = reason(
    "workplan.computed", N_("The progress of this task is computed from “{number}”. Nobody types it.")
)
UNSETTLED = reason(
    "workplan.unsettled",
    N_("{count} places of the numbering are still open. Correct them, or say that they are right."),
)
BAD_FIX = reason("workplan.bad_fix", N_("Line {line} cannot be corrected that way."))
KEEPERS = ("work_plan_office", "bureau_chief")


def until_due(task: Any, at: datetime) -> timedelta:
    left: timedelta = task.due_at - at
    return max(left, timedelta(0))


def check_due(due_at: datetime, *, at: datetime) -> None:
    if due_at <= at:
        raise Refused(PAST, field="due_at", day=f"{local_day(due_at):%F}")


def check_progress(now: Decimal, before: Decimal | None, *, why: str) -> None:
    """Progress does not go back in silence: a figure already reported is not corrected without a reason."""
    if not 0 <= now <= 100:
        raise Refused(BAD_SHARE, field="done")
    if before is not None and now < before and not why.strip():
        raise Refused(LESS, field="reason", before=f"{before.normalize():f}", now=f"{now.normalize():f}")


@dataclass(frozen=True, slots=True)
class Weighed:
    """A task as progress sees it."""

    weight: Decimal
    done: Decimal  # per cent
    late: bool


def progress(tasks: Iterable[Weighed]) -> Decimal | None:
    """Σ weight × done ÷ Σ weight, per cent (practice.md §7, work-plan progress); None without tasks."""
    rows = list(tasks)
    weights = sum((row.weight for row in rows), Decimal(0))
    return sum((row.weight * row.done for row in rows), Decimal(0)) / weights if weights else None


def share_of(value: Decimal, target: Decimal) -> Decimal:
    """How far a quantity is from its target, per cent, at most 100."""
    return min(value * 100 / target, Decimal(100)) if target else Decimal(0)


def bound_share(
    value: Decimal | None, target: Decimal, *, bound: str, gone: Decimal = Decimal(100)
) -> Decimal | None:
    """Progress of a task that is bound to a number, per cent; None while the number has no value.

    `least`: the share of the target that was reached. `most`: a limit that holds is as far as its days have `gone`
    (per cent), and nothing once it is broken.
    """
    if value is None:
        return None
    if bound == "most":
        return gone if value <= target else Decimal(0)
    return max(share_of(value, target), Decimal(0))


def gone_share(first: date, last: date, *, day: date) -> Decimal:
    """How much of a span of days has passed on the evening of a day, per cent."""
    whole = (last - first).days + 1
    return Decimal(min(max((day - first).days + 1, 0), whole)) * 100 / whole


def check_binding(indicator: str, target: Decimal | None, *, first: date, last: date) -> None:
    """A number needs its target and its days; the plan's own progress cannot be what its progress is computed from."""
    if not indicator:
        return
    if indicator.startswith("workplan."):
        raise Refused(OWN_NUMBER, field="indicator")
    if target is None:
        raise Refused(NO_TARGET, field="target")
    if last < first:
        raise Refused(SPAN_BACKWARDS, field="last_on")


def burden(asked: Mapping[date, int], *, day: date) -> int:
    """How many forms a unit was given in the seven days up to a day."""
    return sum(count for when, count in asked.items() if timedelta(0) <= day - when < timedelta(days=7))
