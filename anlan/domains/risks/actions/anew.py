"""What demands a new assessment without anybody asking: a changed process, equipment or material, and an accident.

The gravest points of the place are asked for, at most as many as the rule says: a firm with three hundred points is
not sent three hundred sheets.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from anlan.domains.risks.actions.levels import demand_reassessment
from anlan.domains.risks.models import Reassessment, RiskPoint
from anlan.kernel.core import rulesets
from anlan.kernel.loop.models import WorkItem


def after_change(
    *, firm_id: UUID, cause: str, note: str, by: str, at: datetime, site_id: UUID | None = None,
    exercise_id: UUID | None = None,
) -> list[WorkItem]:  # fmt: skip
    """Something changed in a firm: its points at the site, or of all of it, are asked for."""
    return [
        demand_reassessment(point_id=point.pk, cause=cause, note=note, by=by, at=at, exercise_id=exercise_id)
        for point in _gravest(firm_id, site_id, at=at, exercise_id=exercise_id)
    ]


def after_accident(
    *, firm_id: UUID, note: str, kind: str = "", arises_from: WorkItem | None = None, by: str, at: datetime,
    exercise_id: UUID | None = None,
) -> list[WorkItem]:  # fmt: skip
    """Somebody was hurt at a firm: the points that name this kind of accident, else its gravest ones."""
    points = _gravest(firm_id, None, kind=kind, at=at, exercise_id=exercise_id)
    return [
        demand_reassessment(
            point_id=point.pk,
            cause="accident",
            note=note,
            by=by,
            at=at,
            arises_from=arises_from,
            exercise_id=exercise_id,
        )
        for point in points
    ]


def _gravest(
    firm_id: UUID, site_id: UUID | None, *, at: datetime, exercise_id: UUID | None, kind: str = ""
) -> Sequence[RiskPoint]:
    """The assessed points that are not asked for already, the gravest first."""
    asked = Reassessment.objects.filter(item__closed_at=None, item__exercise_id=exercise_id).values("point")
    rows = RiskPoint.objects.filter(enterprise=firm_id, active=True, assessed_level__gt=0).defer("search")
    narrow = (
        rows.filter(sources__accident_kinds__contains=kind, sources__active=True).distinct() if kind else rows
    )
    if site_id is not None:
        narrow = narrow.filter(site=site_id)
    chosen = narrow if narrow.exists() else rows
    first = chosen.values_list("region_id", flat=True).first()
    if first is None:
        return []
    most = int(rulesets.value_of("risks.reassess_most", region=first, at=at))
    return list(
        chosen.exclude(pk__in=asked).order_by("-worst_case_level", "-assessed_level", "number")[:most]
    )
