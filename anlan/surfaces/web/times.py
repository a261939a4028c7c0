"""Times as the page says them: full dates, spans, and what is left on a clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def local(at: datetime) -> datetime:
    return timezone.localtime(at)


def when(at: datetime | None, now: datetime | None = None) -> str:
    """2026年7月3日 14:05 · 3 July 2026 14:05; only the time when it is the day of `now`."""
    if at is None:
        return "—"
    there = local(at)
    if now is not None and local(now).date() == there.date():
        return f"{there:%H:%M}"
    if (get_language() or "").startswith("zh"):
        day = f"{there.month}月{there.day}日"
        if now is None or local(now).year != there.year:
            day = f"{there.year}年{day}"
    else:
        day = f"{there.day} {MONTHS[there.month - 1]}"
        if now is None or local(now).year != there.year:
            day = f"{day} {there.year}"
    return f"{day} {there:%H:%M}"


def span(length: timedelta) -> str:
    """2 小时 10 分 · 2 h 10 min; whole seconds under a minute, days from two days on."""
    seconds = max(0, int(length.total_seconds()))
    minutes = seconds // 60
    hours, rest = divmod(minutes, 60)
    if minutes < 1:
        return _("{s} s").format(s=seconds)
    if hours < 1:
        return _("{m} min").format(m=minutes)
    if hours < 48:
        return _("{h} h {m} min").format(h=hours, m=rest) if rest else _("{h} h").format(h=hours)
    return _("{d} days").format(d=hours // 24)


@dataclass(frozen=True, slots=True)
class Left:
    """A clock: what is left of it or how late it is, and how full its bar stands (0–1)."""

    due: datetime
    start: datetime | None
    text: str
    late: bool
    full: float


def left(due: datetime, now: datetime, start: datetime | None = None) -> Left:
    """The clock of a due time as it stands at `now`."""
    late = now > due
    text = (
        _("{span} late").format(span=span(now - due))
        if late
        else _("{span} left").format(span=span(due - now))
    )
    whole = (due - start).total_seconds() if start else 0
    full = min(1.0, max(0.0, (now - start).total_seconds() / whole)) if start and whole > 0 else float(late)
    return Left(due, start, text, late, full)
