"""Certificates: when one is due, and in which list it stands."""

from datetime import date, timedelta

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

BAD_DAYS = reason(
    "enterprises.certificate_days", N_("A certificate ends after the day of its issue. Look at the years.")
)


def due_on(*, issued_on: date, expires_on: date, review_on: date | None) -> date:
    """The earlier of the next review and the end; raises `Refused` where the days contradict each other."""
    if expires_on <= issued_on or (review_on is not None and not issued_on < review_on <= expires_on):
        raise Refused(BAD_DAYS, field="expires_on")
    return min(expires_on, review_on or expires_on)


def standing(due: date, *, today: date, warn_days: int) -> str:
    """overdue, soon (due within `warn_days`, the last day included) or good."""
    if due < today:
        return "overdue"
    return "soon" if due <= today + timedelta(days=warn_days) else "good"
