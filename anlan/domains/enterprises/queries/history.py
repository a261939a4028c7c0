"""Reads of what was said of firms, and when."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from anlan.domains.enterprises.models import History


def last_values(kind: str, firms: Collection[UUID], *, before: datetime, as_of: datetime) -> dict[UUID, str]:
    """Firm → its last value that happened before a time, as recorded up to another."""
    rows = History.objects.filter(kind=kind, happened_at__lt=before, at__lte=as_of)
    if len(firms) <= 1000:
        rows = rows.filter(enterprise__in=list(firms))
    wanted = set(firms)
    said = rows.order_by("happened_at", "at", "pk").values_list("enterprise_id", "value")
    return {firm: value for firm, value in said if firm in wanted}


def firms_with(kind: str, value: str, *, before: datetime, as_of: datetime) -> list[UUID]:
    """The firms whose last value of a kind is this one."""
    rows = History.objects.filter(kind=kind, happened_at__lt=before, at__lte=as_of)
    said = dict(rows.order_by("happened_at", "at", "pk").values_list("enterprise_id", "value"))
    return sorted(firm for firm, last in said.items() if last == value)
