"""The rhythm of self-checks (主要负责人每月、车间班组每周、重点岗位每天): periods and when each is due."""

from datetime import date, datetime, time, timedelta
from typing import Protocol

from anlan.kernel.core.workdays import LOCAL


class HasDue(Protocol):
    """A self-check as its clock sees it."""

    due_by: datetime


def period(rhythm: str, day: date) -> tuple[date, date]:
    """First and last day of the period that a day lies in: the day, the week from Monday, the month."""
    if rhythm == "day":
        return day, day
    if rhythm == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return first, following - timedelta(days=1)


def due_by(end: date) -> datetime:
    """A self-check is due when its period's last day ends."""
    return datetime.combine(end + timedelta(days=1), time(0), LOCAL)


def time_to_check(record: HasDue, at: datetime) -> timedelta:
    return record.due_by - at
