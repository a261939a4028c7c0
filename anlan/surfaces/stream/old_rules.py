"""An old storm under the rules we know.

Where a rule is known only from a later day, its earliest value is taken to have held before. It is written as what it
is, a row with its origin; nothing changes for any day that had a value."""

import json
from datetime import UTC, date, datetime, timedelta

from anlan.kernel.core import clock, rulesets
from anlan.kernel.core.keys import sm3
from anlan.kernel.core.models import RuleValue

ORIGIN = "replay: the earliest value that is known"


def hold_before(start: datetime) -> int:
    """Let every rule have a value from the day of `start` on; returns how many rows that took."""
    day = start.astimezone(UTC).date() - timedelta(days=2)
    earliest: dict[tuple[str, str], RuleValue] = {}
    for row in RuleValue.objects.order_by("-valid_from", "-recorded_at"):
        earliest[row.rule, row.region] = row
    rows = [_before(row, day) for row in earliest.values() if row.valid_from > day]
    RuleValue.objects.bulk_create(rows, ignore_conflicts=True)
    rulesets.forget()
    return len(rows)


def _before(row: RuleValue, day: date) -> RuleValue:
    said = [row.rule, row.region, row.value, day.isoformat(), ORIGIN]
    return RuleValue(
        rule=row.rule,
        region=row.region,
        valid_from=day,
        valid_to=row.valid_from - timedelta(days=1),
        value=row.value,
        unit=row.unit,
        law=row.law,
        article=row.article,
        tag=row.tag,
        origin=ORIGIN,
        digest=sm3(json.dumps(said, sort_keys=True, default=str).encode()),
        by="service:replay",
        recorded_at=clock.real_now(),
    )
