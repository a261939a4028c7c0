"""Batches that were promised to be kept: written before the sender hears so, taken in by the process of the engine."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.db import transaction

from anlan.domains.sensing.actions.taking import Arrived
from anlan.domains.sensing.models import Arrival, Feeder
from anlan.domains.sensing.rules.packing import pack, unpack
from anlan.domains.sensing.rules.ring import Longs


def keep(*, feeder: Feeder, rows: Longs, at: datetime) -> Arrival:
    """Keep rows (n, 5) of sensor id, second, stored value, flags, correction until they are evaluated."""
    body = pack({"rows": {"all": rows}})
    return Arrival.objects.create(
        feeder=feeder, exercise_id=feeder.exercise_id, received_at=at, rows=len(rows), body=body
    )


def joined(arrivals: Sequence[Arrival]) -> Arrived:
    """The readings of batches, in the order in which they came."""
    rows = np.concatenate([unpack(bytes(a.body))["rows"]["all"] for a in arrivals])
    return Arrived(
        sensor=rows[:, 0].astype(np.int64),
        at=rows[:, 1].astype(np.int64),
        value=rows[:, 2].astype(np.int32),
        flags=rows[:, 3].astype(np.int16),
        correction=rows[:, 4].astype(np.bool_) if rows[:, 4].any() else None,
    )


def next_arrivals(*, most_rows: int = 50_000) -> list[Arrival]:
    """The oldest batches of one world, locked; at least one where there is any. Call inside a transaction."""
    first = Arrival.objects.order_by("id").first()
    if first is None:
        return []
    waiting = (
        Arrival.objects.select_for_update(of=("self",)).filter(exercise_id=first.exercise_id).order_by("id")
    )
    taken: list[Arrival] = []
    rows = 0
    for arrival in waiting[:200]:
        if taken and rows + arrival.rows > most_rows:
            break
        taken.append(arrival)
        rows += arrival.rows
    return taken


def done_with(arrivals: Sequence[Arrival]) -> None:
    """They are in the table of readings now."""
    with transaction.atomic():
        Arrival.objects.filter(pk__in=[a.pk for a in arrivals]).delete()
