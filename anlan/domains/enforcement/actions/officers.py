"""Certificates and recusals of officers."""

from datetime import date, datetime

from django.db import transaction

from anlan.domains.enforcement.models import OfficerCertificate, Recusal
from anlan.domains.enforcement.rules import officers
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.models import Organisation, Person


def certify(
    *,
    person: Person,
    number: str,
    valid_from: date,
    valid_to: date,
    by: str,
    at: datetime,
    issued_by: str = "",
) -> OfficerCertificate:
    """Register the certificate of an officer; a number is given out once."""
    officers.check_span(valid_from, valid_to)
    if OfficerCertificate.objects.filter(number=number).exists():
        raise Refused(officers.CERTIFICATE_THERE, field="number", number=number)
    with transaction.atomic():
        row = OfficerCertificate.objects.create(
            person=person, number=number, issued_by=issued_by, valid_from=valid_from, valid_to=valid_to, by=by,
            recorded_at=at,
        )  # fmt: skip
        _note("enforcement.certified", row, person, {"number": number, "valid_to": f"{valid_to:%F}"}, by, at)
    return row


def end_certificate(
    *, row: OfficerCertificate, on: date, why: str, by: str, at: datetime
) -> OfficerCertificate:
    """A certificate that is taken back or given up ends on a day."""
    officers.check_span(row.valid_from, on)
    with transaction.atomic():
        row.valid_to = on
        row.save(update_fields=["valid_to"])
        _note("enforcement.certificate_ended", row, row.person, {"number": row.number, "reason": why}, by, at)
    return row


def recuse(
    *, person: Person, organisation: Organisation, why: str, since: date, by: str, at: datetime,
    until: date | None = None,
) -> Recusal:  # fmt: skip
    """回避: from a day on an officer keeps out of a firm's matters."""
    with transaction.atomic():
        row = Recusal.objects.create(
            person=person,
            organisation=organisation,
            why=why[:200],
            since=since,
            until=until,
            by=by,
            recorded_at=at,
        )
        _note("enforcement.recused", row, person, {"organisation": str(organisation.pk)}, by, at)
    return row


def _note(
    code: str, row: OfficerCertificate | Recusal, person: Person, facts: dict[str, str], by: str, at: datetime
) -> None:
    record(
        code=code, subject=(f"enforcement.{type(row).__name__.lower()}", row.pk),
        facts={"person": str(person.pk), **facts},
        by=by, at=at, region=person.organisation.region_id,
    )  # fmt: skip
