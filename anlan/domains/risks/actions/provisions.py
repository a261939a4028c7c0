"""The second of the two lists (制度措施): rules and fixes made against problems; and the bases that regions declare."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from anlan.domains.risks.models import Base, Provision
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.models import Organisation

NEEDED = reason("risks.provision_needs", N_("A measure needs its title and the problem that it answers."))
TWICE = reason("risks.provision_twice", N_("This unit has a measure of that title already."))
NOT_PLANNED = reason("risks.provision_not_planned", N_("This measure was issued or dropped before."))
NO_BASE = reason(
    "risks.no_base", N_("A declared base is a number above zero, with the paper that declares it.")
)
KINDS = {
    "rule": N_("Regulation"),
    "mechanism": N_("Mechanism"),
    "standard": N_("Technical standard"),
    "works": N_("Works"),
    "campaign": N_("Campaign (measure)"),
}


def plan_provision(
    *,
    title: str,
    problem: str,
    kind: str,
    region: str,
    lead_unit: Organisation,
    due_on: date,
    by: str,
    at: datetime,
) -> Provision:
    """Put a measure on the list: what it answers, who leads, by which day."""
    if not title.strip() or not problem.strip():
        raise Refused(NEEDED, field="title")
    if Provision.objects.filter(title=title.strip()[:200], lead_unit=lead_unit).exists():
        raise Refused(TWICE, field="title")
    with transaction.atomic():
        row = Provision.objects.create(
            title=title.strip()[:200], problem=problem.strip()[:400], kind=kind if kind in KINDS else "rule",
            region_id=region, lead_unit=lead_unit, due_on=due_on, by=by, at=at,
        )  # fmt: skip
        _entry("risks.provision_planned", row, by=by, at=at)
    return row


def issue_provision(
    *, provision_id: UUID, issued_on: date, document: str = "", by: str, at: datetime
) -> Provision:
    """It is issued: the day, and its number in the office system."""
    with transaction.atomic():
        row = Provision.objects.select_for_update().get(pk=provision_id)
        if row.state != "planned":
            raise Refused(NOT_PLANNED)
        row.state, row.issued_on, row.document = "issued", issued_on, document.strip()[:80]
        row.save(update_fields=["state", "issued_on", "document"])
        _entry("risks.provision_issued", row, by=by, at=at)
    return row


def declare_base(*, region: str, number: int, source: str, section: str = "", by: str, at: datetime) -> Base:
    """How many points a region declares to have; a later declaration stands beside the earlier ones."""
    if number <= 0 or not source.strip():
        raise Refused(NO_BASE, field="number")
    with transaction.atomic():
        row = Base.objects.create(
            region_id=region, section=section, number=number, source=source.strip()[:200], by=by, at=at
        )
        facts = {"number": number, "section": section, "source": source}
        record(
            code="risks.base_declared",
            subject=("risks.base", row.pk),
            facts=facts,
            region=region,
            by=by,
            at=at,
        )
    return row


def _entry(code: str, row: Provision, *, by: str, at: datetime) -> None:
    facts = {"title": row.title, "due_on": row.due_on.isoformat(), "document": row.document}
    record(code=code, subject=("risks.provision", row.pk), facts=facts, region=row.region_id, by=by, at=at)
