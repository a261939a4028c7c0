"""Keeping a number as it was known on a date."""

from datetime import datetime

from django.db import transaction

from anlan.kernel.core.words import N_
from anlan.kernel.indicators.models import Freeze
from anlan.kernel.indicators.spec import Reading
from anlan.kernel.ledger.actions import record

CODES = {"indicators.frozen": N_("Number frozen")}


def freeze(*, reading: Reading, by: str, at: datetime) -> Freeze:
    """Store a reading with its definition, base and row ids; later entries cannot change it."""
    with transaction.atomic():
        row = Freeze.objects.create(
            code=reading.indicator.code,
            definition=f"v{reading.indicator.version}: {reading.indicator.definition}",
            cut={"region": reading.cut.region},
            start=reading.period.start,
            end=reading.period.end,
            as_of=reading.as_of,
            value=reading.value,
            base=reading.base,
            rows=[str(pk) for pk in reading.rows],
            by=by,
        )
        facts = {"code": row.code, "value": str(row.value), "base": row.base}
        record(code="indicators.frozen", subject=("indicators.freeze", row.pk), facts=facts, by=by, at=at)
    return row
