"""Rows of the domain, by subject."""

from anlan.domains.workplan.models.asking import Asked, Fund, Meeting, Payment, Reminder, WorkGroup
from anlan.domains.workplan.models.plans import Draft, Plan, Point, Progress, Question, Task
from anlan.domains.workplan.models.standing import (
    Checked,
    Committee,
    Done,
    DutyLine,
    Matter,
    Member,
    Share,
)

__all__ = [
    "Asked",
    "Checked",
    "Committee",
    "Done",
    "Draft",
    "DutyLine",
    "Fund",
    "Matter",
    "Meeting",
    "Member",
    "Payment",
    "Plan",
    "Point",
    "Progress",
    "Question",
    "Reminder",
    "Share",
    "Task",
    "WorkGroup",
]
