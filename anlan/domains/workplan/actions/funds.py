"""The small register of funds: arranged once, paid by rows; a wrong payment is taken back by a later row."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db import IntegrityError, transaction

from anlan.domains.workplan.actions.common import check_keeper
from anlan.domains.workplan.models import Fund, Payment
from anlan.domains.workplan.queries.funds import paid_of
from anlan.domains.workplan.rules import asking as rules
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.models import Organisation

MOST = Decimal(10) ** 13


def arrange(
    *, name: str, year: int, organisation: Organisation, yuan: Decimal | str, source: str, by: str, at: datetime,
    exercise_id: UUID | None = None,
) -> Fund:  # fmt: skip
    """Put a fund of a unit and year into the register."""
    region = organisation.region_id
    check_keeper(region, by=by, at=at)
    if not name.strip():
        raise Refused(rules.NO_NAME, field="name")
    if not source.strip():
        raise Refused(rules.NO_SOURCE, field="source")
    try:
        with transaction.atomic():
            fund = Fund.objects.create(
                name=name.strip()[:200], year=year, organisation=organisation, region_id=region,
                arranged_yuan=_sum(yuan), source=source.strip()[:200], by=by, recorded_at=at, exercise_id=exercise_id,
            )  # fmt: skip
            _note(
                "workplan.fund_arranged",
                fund,
                {"yuan": str(fund.arranged_yuan), "name": fund.name},
                by=by,
                at=at,
            )
    except IntegrityError:
        raise Refused(rules.FUND_THERE, field="name", name=name, year=year) from None
    return fund


def pay(
    *, fund: Fund, yuan: Decimal | str, note: str, by: str, at: datetime, paid_at: datetime | None = None
) -> Payment:
    """Write a payment down. More than was arranged is refused."""
    check_keeper(fund.region_id, by=by, at=at)
    value = _sum(yuan)
    with transaction.atomic():
        held = Fund.objects.select_for_update(of=("self",)).get(pk=fund.pk)
        paid = paid_of([held.pk], end=None, as_of=None).get(held.pk, Decimal(0)) + value
        if paid > held.arranged_yuan:
            raise Refused(
                rules.OVERPAID,
                field="yuan",
                name=held.name,
                paid=f"{paid:,.2f}",
                arranged=f"{held.arranged_yuan:,.2f}",
            )
        row = Payment.objects.create(
            fund=held,
            paid_yuan=value,
            note=note.strip()[:200],
            happened_at=min(paid_at or at, at),
            recorded_at=at,
            by=by,
        )
        _note("workplan.fund_paid", held, {"yuan": str(value), "note": row.note}, by=by, at=at)
    return row


def take_back_payment(*, payment: Payment, note: str, by: str, at: datetime) -> Payment:
    """Take a wrong payment back; the row itself stays."""
    check_keeper(payment.fund.region_id, by=by, at=at)
    if not note.strip():
        raise Refused(rules.NO_NAME, field="note")
    try:
        with transaction.atomic():
            row = Payment.objects.create(
                fund=payment.fund, paid_yuan=-payment.paid_yuan, note=note.strip()[:200], corrects=payment,
                happened_at=payment.happened_at, recorded_at=at, by=by,
            )  # fmt: skip
            _note(
                "workplan.fund_corrected",
                payment.fund,
                {"yuan": str(row.paid_yuan), "note": row.note},
                by=by,
                at=at,
            )
    except IntegrityError:
        raise Refused(rules.TAKEN_BACK) from None
    return row


def _sum(given: Decimal | str) -> Decimal:
    try:
        value = Decimal(str(given).replace(",", "").strip())
    except InvalidOperation:
        raise Refused(rules.BAD_SUM, field="yuan") from None
    if not value.is_finite() or not 0 < value < MOST:
        raise Refused(rules.BAD_SUM, field="yuan")
    return value.quantize(Decimal("0.01"))


def _note(code: str, fund: Fund, facts: dict[str, str], *, by: str, at: datetime) -> None:
    record(
        code=code, subject=("workplan.fund", fund.pk), facts=facts, by=by, at=at, region=fund.region_id,
        exercise_id=fund.exercise_id,
    )  # fmt: skip
