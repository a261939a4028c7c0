"""Rows of the archive 一企一码一档; one module a section of it."""

from anlan.domains.enterprises.models.dealings import (
    Commitment,
    PlanFiling,
    SelfCheck,
    SelfCheckPost,
    SelfReport,
)
from anlan.domains.enterprises.models.duties import DutyHolder, DutyLedger, DutyPost, DutyReview
from anlan.domains.enterprises.models.firms import Enterprise, History, ParkPoint, Site, Tag, Tenancy
from anlan.domains.enterprises.models.hazards import Facility, HazardUnit, Standardisation, Substance
from anlan.domains.enterprises.models.registers import Creation, Line
from anlan.domains.enterprises.models.signin import SignInCode
from anlan.domains.enterprises.models.sources import Comparison, Finding, SourceFile, SourceRow
from anlan.domains.enterprises.models.staff import Certificate, KeyPerson

__all__ = [
    "Certificate",
    "Commitment",
    "Comparison",
    "Creation",
    "DutyHolder",
    "DutyLedger",
    "DutyPost",
    "DutyReview",
    "Enterprise",
    "Facility",
    "Finding",
    "HazardUnit",
    "History",
    "KeyPerson",
    "Line",
    "ParkPoint",
    "PlanFiling",
    "SelfCheck",
    "SelfCheckPost",
    "SelfReport",
    "SignInCode",
    "Site",
    "SourceFile",
    "SourceRow",
    "Standardisation",
    "Substance",
    "Tag",
    "Tenancy",
]
