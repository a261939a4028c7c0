"""What this domain itself knows against units: signed vetoes, and findings that were not mended in time."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from anlan.domains.assessments.models import Finding, Veto
from anlan.kernel.core.worlds import in_world
from anlan.kernel.domain.looking_back import Trace


def vetoes(
    *,
    organisations: Sequence[UUID],
    start: datetime,
    end: datetime,
    as_of: datetime,
    exercise_id: UUID | None,
) -> Iterator[Trace]:
    """Vetoes signed in a span. They bar nothing anew: that would be a veto for having been vetoed."""
    rows = Veto.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), unit__in=organisations, item__state="signed",
        item__closed_at__gte=start, item__closed_at__lt=end, item__closed_at__lte=as_of,
    ).select_related("item")  # fmt: skip
    for row in rows:
        if row.item.closed_at is not None:
            yield Trace(row.unit_id, row.pk, row.item.closed_at, f"一票否决：{row.words}")


def findings(
    *,
    organisations: Sequence[UUID],
    start: datetime,
    end: datetime,
    as_of: datetime,
    exercise_id: UUID | None,
) -> Iterator[Trace]:
    """Findings of duty inspections that fell due in a span and were not mended by then."""
    rows = Finding.objects.filter(
        Q(item__closed_at=None) | Q(item__closed_at__gt=F("item__due_at")),
        in_world(exercise_id, path="item__exercise_id"), unit__in=organisations, item__opened_at__lte=as_of,
        item__opened_at__gte=start, item__opened_at__lt=end,
    ).exclude(item__state="dropped").select_related("item")  # fmt: skip
    for row in rows:
        if row.item.due_at is not None and row.item.due_at < as_of:
            yield Trace(row.unit_id, row.pk, row.item.opened_at, f"责任落实巡查问题逾期未改：{row.words}")
