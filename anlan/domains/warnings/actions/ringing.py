"""The weather office is rung: who spoke and what was said is kept."""

from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.domains.warnings.models import CallMade
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import Step, WorkItem


def ring_office(*, item: WorkItem, spoke: str, words: str, by: str, at: datetime, **rest: Any) -> Step:
    """The officer has rung the weather office about an alarm without a signal."""
    with transaction.atomic():
        step = move(item=item, name="ring", by=by, at=at, spoke=spoke, words=words, **rest)
        CallMade.objects.create(
            item=item, outcome="answered", spoke=spoke[:60], words=words[:300], happened_at=step.happened_at,
            recorded_at=at, by=by,
        )  # fmt: skip
    return step
