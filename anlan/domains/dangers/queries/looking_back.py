"""What this domain knows against units: major dangers of a firm, and those that a unit let run late."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from anlan.domains.dangers.models import Danger
from anlan.kernel.core.worlds import in_world
from anlan.kernel.domain.looking_back import Trace


def major_dangers(
    *,
    organisations: Sequence[UUID],
    start: datetime,
    end: datetime,
    as_of: datetime,
    exercise_id: UUID | None,
) -> Iterator[Trace]:
    """Major dangers of the units, found in a span. Late ones say so; whether that bars anything, a person decides."""
    rows = Danger.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), grade="major", organisation__in=organisations,
        item__opened_at__gte=start, item__opened_at__lt=end, item__opened_at__lte=as_of,
    ).select_related("item")  # fmt: skip
    for row in rows:
        if row.organisation_id is not None:
            late = row.item.closed_at is None and row.item.due_at is not None and row.item.due_at < as_of
            words = f"重大事故隐患{'（逾期未改）' if late else ''}：{row.description[:120]}"
            yield Trace(row.organisation_id, row.pk, row.item.opened_at, words)
