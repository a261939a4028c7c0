"""Officers, plans, draws, checks; cases, penalties, what was paid; measures, referrals, tables of points."""

from anlan.domains.enforcement.models.cases import (
    Case,
    Execution,
    Measure,
    Penalty,
    Publication,
    Referral,
    Spot,
)
from anlan.domains.enforcement.models.checks import (
    Check,
    CheckPlan,
    Draw,
    Finding,
    OfficerCertificate,
    PlanLine,
    PointTable,
    Recusal,
    Task,
)
from anlan.domains.enforcement.models.steering import StrictMark, Together, Unvisited

__all__ = [
    "Case",
    "Check",
    "CheckPlan",
    "Draw",
    "Execution",
    "Finding",
    "Measure",
    "OfficerCertificate",
    "Penalty",
    "PlanLine",
    "PointTable",
    "Publication",
    "Recusal",
    "Referral",
    "Spot",
    "StrictMark",
    "Task",
    "Together",
    "Unvisited",
]
