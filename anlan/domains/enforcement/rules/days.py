"""Limits in days: some are working days (行政处罚法 art. 85: those of 2, 3, 5 and 7 days), the others calendar days.

A working day follows the state's calendar; a year whose notice is not out counts Monday to Friday, provisionally. The
day of the start is not counted.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

LOCAL = ZoneInfo("Asia/Shanghai")
OFFICE_ENDS, DAY_ENDS = time(18, 0), time(23, 59)
WORKING = "working days"  # the unit of a rule's row that says so


def is_workday(day: date) -> bool:
    """Whether offices work on a day, with the shifts (调休) of the years whose notice is known."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def due(start: datetime, days: float, *, unit: str) -> datetime:
    """When a limit of days that starts at `start` ends: working days at the close of offices, others at night."""
    first = start.astimezone(LOCAL).date()
    if unit == WORKING:
        return datetime.combine(_after(first, int(days)), OFFICE_ENDS, LOCAL)
    return datetime.combine(first + timedelta(days=int(days)), DAY_ENDS, LOCAL)


def _after(day: date, count: int) -> date:
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day
