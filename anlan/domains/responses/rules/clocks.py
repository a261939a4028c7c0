"""How long a task has."""

from datetime import datetime, timedelta
from typing import Protocol


class HasDue(Protocol):
    """A task as its clock sees it."""

    due_at: datetime | None


def time_for_task(record: HasDue, at: datetime) -> timedelta | None:
    """The span from `at` to the line's own due time; None for a line without a clock."""
    return None if record.due_at is None else record.due_at - at
