"""Working days of the state's calendar. A year without a published notice counts Monday to Friday: provisional."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

LOCAL = ZoneInfo("Asia/Shanghai")
OFFICE_ENDS = time(18, 0)


def is_workday(day: date) -> bool:
    """Whether offices work on a day; statutory shifts (调休) are followed where their notice is known."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # the year's notice is not out yet
        return day.weekday() < 5


def after(start: date, count: int) -> date:
    """The day `count` working days after `start`; the day of the start is not counted (民法典 art. 201)."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def end_of(day: date) -> datetime:
    """When offices close on a day, aware."""
    return datetime.combine(day, OFFICE_ENDS, LOCAL)


def local_day(at: datetime) -> date:
    """The day of a moment by the wall clock: from midnight to eight UTC still counts yesterday."""
    return at.astimezone(LOCAL).date()


def local_minute(at: datetime) -> str:
    """A moment as a refusal or a message says it: the wall clock's day and minute."""
    return f"{at.astimezone(LOCAL):%F %R}"
