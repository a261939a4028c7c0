"""Limits in days: some are working days (行政处罚法 art. 85: those of 2, 3, 5 and 7 days), the others calendar days.

The day of the start is not counted.
"""

from datetime import datetime, time, timedelta

from anlan.kernel.core.workdays import LOCAL, after, end_of

__all__ = ["DAY_ENDS", "LOCAL", "WORKING", "due"]

DAY_ENDS = time(23, 59)
WORKING = "working days"  # the unit of a rule's row that says so


def due(start: datetime, days: float, *, unit: str) -> datetime:
    """When a limit of days that starts at `start` ends: working days at the close of offices, others at night."""
    first = start.astimezone(LOCAL).date()
    if unit == WORKING:
        return end_of(after(first, int(days)))
    return datetime.combine(first + timedelta(days=int(days)), DAY_ENDS, LOCAL)
