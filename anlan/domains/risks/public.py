"""What neighbours may use of the risks: weigh a point's open dangers, tell of an accident, find points."""

from uuid import UUID

from anlan.domains.risks.actions.anew import after_accident
from anlan.domains.risks.actions.levels import demand_reassessment, weigh
from anlan.domains.risks.models import RiskPoint
from anlan.domains.risks.queries.plates import point_at_plate
from anlan.domains.risks.queries.points import why_of
from anlan.domains.risks.rules import OpenDanger, Weighed

__all__ = [
    "OpenDanger",
    "RiskPoint",
    "Weighed",
    "after_accident",
    "demand_reassessment",
    "point",
    "point_at_plate",
    "points_at",
    "points_of",
    "weigh",
    "why_of",
]


def point(point_id: UUID) -> RiskPoint | None:
    """A point with its firm and region, or None. Whoever shows it asks first who may see its firm."""
    rows = RiskPoint.objects.select_related("enterprise__organisation", "region")
    return rows.filter(pk=point_id).first()


def points_at(site_id: UUID) -> list[RiskPoint]:
    """The points in use at a site, the gravest first."""
    rows = RiskPoint.objects.filter(site_id=site_id, active=True)
    return list(rows.order_by("-current_level", "-worst_case_level", "number"))


def points_of(enterprise_id: UUID) -> list[RiskPoint]:
    """The points in use of a firm, the gravest first."""
    rows = RiskPoint.objects.filter(enterprise_id=enterprise_id, active=True)
    return list(rows.order_by("-current_level", "-worst_case_level", "number"))
