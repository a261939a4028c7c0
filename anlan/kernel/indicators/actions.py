"""Keeping a number as it was known on a date."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.models import Freeze
from anlan.kernel.indicators.queries import said_of
from anlan.kernel.indicators.spec import Reading
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.queries import has_duty

CODES = {"indicators.frozen": N_("Number frozen")}
FREEZERS = ("watch_chief", "bureau_chief")
NOT_YOURS = reason(
    "indicators.freeze_not_yours",
    N_("A number is frozen by a watch chief or the head of the bureau of the region."),
)
NOTHING = reason(
    "indicators.nothing_to_freeze",
    N_("Nothing was counted in this region and period: there is nothing to freeze."),
)


def freeze(*, reading: Reading, by: str, at: datetime) -> Freeze:
    """Store a reading with its definition, base and row ids; later entries cannot change it.

    Raises `Refused` indicators.freeze_not_yours.
    """
    if not may_freeze(by=by, region=reading.cut.region, at=at):
        raise Refused(NOT_YOURS)
    with transaction.atomic():
        row = Freeze.objects.create(
            code=reading.indicator.code,
            definition=f"v{reading.indicator.version}: {reading.indicator.definition}"[:400],
            cut=said_of(reading.cut),
            scope=reading.scope[:400],
            start=reading.period.start,
            end=reading.period.end,
            as_of=reading.as_of,
            value=reading.value,
            base=reading.base,
            rows=[str(pk) for pk in reading.rows],
            by=by,
        )
        facts = {"code": row.code, "value": str(row.value), "base": row.base}
        record(
            code="indicators.frozen", subject=("indicators.freeze", row.pk), facts=facts, by=by, at=at,
            region=reading.cut.region, exercise_id=reading.cut.exercise_id,
        )  # fmt: skip
    return row


def freeze_all(*, readings: Sequence[Reading], by: str, at: datetime) -> list[Freeze]:
    """Keep the numbers of a period in one act: all of them, or none.

    Raises `Refused` indicators.freeze_not_yours, indicators.nothing_to_freeze.
    """
    told = [reading for reading in readings if reading.value is not None]
    if not told:
        raise Refused(NOTHING)
    with transaction.atomic():
        return [freeze(reading=reading, by=by, at=at) for reading in told]


def may_freeze(*, by: str, region: str, at: datetime) -> bool:
    """Whether an author may freeze a number of a region: by duty over it, or as a service."""
    kind, _colon, key = by.partition(":")
    if kind == "service":
        return True
    return kind == "person" and has_duty(person_id=UUID(key), kinds=FREEZERS, region=region, at=at)
