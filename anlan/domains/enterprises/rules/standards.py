"""Standardisation on its way: its clock."""

from datetime import datetime, timedelta
from typing import Protocol


class HasDue(Protocol):
    due_at: datetime


def time_to_attain(record: HasDue, at: datetime) -> timedelta:
    """Until the day that the firm promised; nothing where it has passed."""
    return max(record.due_at - at, timedelta(0))
