from datetime import datetime
from typing import Any
from uuid import UUID

from anlan.kernel.loop.actions import open_item
from anlan.kernel.loop.models import WorkItem
from tests.lamps.models import Lamp


def report_lamp(
    *, pole: str, region: str, by: str, at: datetime, exercise_id: UUID | None = None, **_: Any
) -> WorkItem:
    return open_item(
        loop="lamps.lamp", record=Lamp(pole=pole), title=f"Lamp {pole} is dark", region=region,
        charge_duty="street_safety_officer", by=by, at=at, exercise_id=exercise_id,
    )  # fmt: skip
