"""Rows of assessments; vetting stands apart in a module of its own."""

from anlan.domains.assessments.models.accounts import Finding, PanelScore, PanelSeat, SafetyAccount
from anlan.domains.assessments.models.inspections import Inspection
from anlan.domains.assessments.models.packs import Pack
from anlan.domains.assessments.models.rounds import (
    Entry,
    Mark,
    Proof,
    Result,
    ResultLine,
    Round,
    Sheet,
    Veto,
)
from anlan.domains.assessments.models.schemes import Clause, Item, Scheme
from anlan.domains.assessments.models.vetting import (
    VettingBatch,
    VettingOpinion,
    VettingReading,
    VettingSubject,
    VettingTrace,
)

__all__ = [
    "Clause",
    "Entry",
    "Finding",
    "Inspection",
    "Item",
    "Mark",
    "Pack",
    "PanelScore",
    "PanelSeat",
    "Proof",
    "Result",
    "ResultLine",
    "Round",
    "SafetyAccount",
    "Scheme",
    "Sheet",
    "Veto",
    "VettingBatch",
    "VettingOpinion",
    "VettingReading",
    "VettingSubject",
    "VettingTrace",
]
