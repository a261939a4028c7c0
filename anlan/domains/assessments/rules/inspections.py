"""Inspections of units by departments: which of them meet at the same unit. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import LOCAL

PLANNERS = ("assessment_office", "bureau_chief", "safety_section", "unit_head", "liaison_a")

NOT_PLANNER = reason(
    "assessments.not_planner",
    N_(
        "Inspections of units are planned by the heads and liaisons of departments and by the assessment office."
    ),
)
OWN_UNIT = reason("assessments.inspects_itself", N_("A unit does not inspect itself. Choose another one."))
NO_SUBJECT = reason("assessments.inspection_no_subject", N_("Write what is looked at."))
BACKWARDS = reason("assessments.inspection_backwards", N_("The last day lies before the first."))
OVER = reason(
    "assessments.inspection_over", N_("These days are over: an inspection is planned before it is held.")
)
UNDECIDED = reason(
    "assessments.inspection_undecided",
    N_(
        "{unit} is to be inspected by others in these days: {words}. Go along with one of them, or write why it cannot "
        "be one visit."
    ),
)
NO_REASON = reason("assessments.inspection_alone", N_("Write why it cannot be one visit."))
NO_UNIT = reason("assessments.inspection_no_unit", N_("Choose the unit that is inspected."))
THERE_ALREADY = reason(
    "assessments.inspection_there", N_("{unit} goes there already, or is the unit itself.")
)
NOT_THERE = reason(
    "assessments.inspection_gone", N_("This inspection is not planned any more. Choose another one.")
)


@dataclass(frozen=True, slots=True)
class Planned:
    """An inspection as the plan of a unit sees it."""

    id: UUID
    first: date
    last: date


def meeting(rows: Iterable[Planned], *, first: date, last: date, days: int) -> list[Planned]:
    """Those that lie in the same days, or so few days before or after that they can be one visit."""
    near = timedelta(days=days)
    return [row for row in rows if row.first <= last + near and row.last >= first - near]


def check_days(first: date, last: date, *, today: date) -> None:
    if last < first:
        raise Refused(BACKWARDS, field="last")
    if last < today:
        raise Refused(OVER, field="last")


def until_its_last_day(inspection: Any, at: datetime) -> timedelta:
    """Until the end of the last day on which it was to be held."""
    return datetime.combine(inspection.last + timedelta(days=1), time(), LOCAL) - at
