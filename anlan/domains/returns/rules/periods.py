"""Which days a form is about, and when it is due. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from anlan.domains.returns.rules.forms import Form
from anlan.kernel.indicators import spans
from anlan.kernel.indicators.spans import Span

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)


def span_of(form: Form, day: date) -> Span:
    """The span of the form in which a day lies."""
    if form.period in ("day", "duty_day", "incident", "response"):
        return spans.since(day, day)
    if form.period == "cut":
        ends = day if day.day <= form.cut else (day.replace(day=1) + 31 * DAY)
        return spans.month(ends.year, ends.month, cut=form.cut)
    if form.period == "month":
        return spans.month(day.year, day.month)
    if form.period == "quarter":
        return spans.quarter(day.year, (day.month + 2) // 3)
    return spans.half(day.year, 1 if day.month <= 6 else 2) if form.period == "half" else spans.year(day.year)


def last_ended(form: Form, today: date) -> Span:
    """The newest span of the form that is over."""
    here = span_of(form, today)
    return here if here.last < today else span_of(form, here.first - DAY)


def due_at(span: Span, *, minutes: int) -> datetime:
    """So many minutes after the midnight that ends a span."""
    return datetime.combine(span.last + DAY, time(), ZONE) + timedelta(minutes=minutes)


def words(span: Span, *, district: str, office: str, matter: str = "") -> Mapping[str, str]:
    """What a title may name of a span."""
    last = span.last
    return {
        "district": district, "office": office, "year": str(last.year), "month": str(last.month), "day": str(last.day),
        "first": told(span.first), "last": told(last), "quarter": "一二三四"[(last.month - 1) // 3],
        "half": "上" if last.month <= 6 else "下", "matter": matter,
    }  # fmt: skip


def told(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def until_due(record: Any, at: datetime) -> timedelta | None:
    """The clock of a return: to the time it is due."""
    due: datetime = record.due_at
    return due - at
