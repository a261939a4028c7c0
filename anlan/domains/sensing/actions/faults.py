"""Sensor faults written: the repair opens with the first, a recurrence is counted on the same repair."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from anlan.domains.sensing.loop import REPAIR
from anlan.domains.sensing.models import Sensor, SensorFault
from anlan.domains.sensing.queries.setup import Network
from anlan.domains.sensing.rules import words
from anlan.domains.sensing.rules.engine import Outcome
from anlan.domains.sensing.rules.facts import FaultFact
from anlan.domains.sensing.rules.faults import FAULTS
from anlan.kernel.ledger.actions import Row, record_all
from anlan.kernel.loop.actions import Opening, open_items

BY = "service:sensing"


def write(outcome: Outcome, net: Network, *, exercise_id: UUID | None, at: datetime) -> list[FaultFact]:
    """Write the faults that began and ended in a batch; returns them as facts in order of event time."""
    if not outcome.faults:
        return []
    sensors = {int(net.ids[f.sensor]): net.sensors[f.sensor] for f in outcome.faults}
    facts = []
    for found in sorted(outcome.faults, key=lambda f: f.slot):
        sensor = sensors[int(net.ids[found.sensor])]
        facts.append(
            FaultFact(
                sensor_id=sensor.pk,
                station_id=sensor.station_id,
                name=sensor.station.name,
                region=sensor.station.region_id,
                kind=FAULTS[found.kind],
                on=found.on,
                at=datetime.fromtimestamp(found.slot * net.setup.slot_s, UTC),
                seen=dict(found.seen),
            )
        )
    _save(facts, sensors, exercise_id=exercise_id, at=at)
    return facts


def _save(
    facts: list[FaultFact], sensors: dict[int, Sensor], *, exercise_id: UUID | None, at: datetime
) -> None:
    rows = SensorFault.objects.select_related("item").filter(sensor_id__in=sensors, item__closed_at=None)
    known = {(row.sensor_id, row.kind): row for row in rows}
    fresh: dict[tuple[int, str], SensorFault] = {}
    changed: dict[tuple[int, str], SensorFault] = {}
    for fact in facts:
        key = (fact.sensor_id, fact.kind)
        row = fresh.get(key) or known.get(key)
        if row is None:
            if fact.on:
                fresh[key] = SensorFault(
                    sensor_id=fact.sensor_id, kind=fact.kind, seen=fact.seen, began_at=fact.at
                )
            continue
        changed[key] = row
        if fact.on:
            row.recovered_at, row.times, row.seen = None, row.times + 1, fact.seen
        else:
            row.recovered_at = fact.at
    _open(fresh.values(), sensors, exercise_id=exercise_id, at=at)
    SensorFault.objects.bulk_update(
        [row for key, row in changed.items() if key not in fresh],
        ["recovered_at", "times", "seen"],
        batch_size=1000,
    )
    items = {(row.sensor_id, row.kind): row.item_id for row in (*known.values(), *fresh.values())}
    record_all([_entry(fact, sensors, items, exercise_id=exercise_id, at=at) for fact in facts])


def _open(
    rows: Iterable[SensorFault], sensors: dict[int, Sensor], *, exercise_id: UUID | None, at: datetime
) -> None:
    rows = list(rows)
    for moment in dict.fromkeys(row.began_at for row in rows):
        openings = [_opening(row, sensors[row.sensor_id]) for row in rows if row.began_at == moment]
        open_items(
            loop=REPAIR.name,
            openings=openings,
            by=BY,
            at=at,
            happened_at=min(moment, at),
            exercise_id=exercise_id,
        )


def _opening(row: SensorFault, sensor: Sensor) -> Opening:
    title = gettext(words.FAULT_TITLE).format(
        name=sensor.station.name,
        metric=gettext(words.METRIC_LABELS[sensor.metric.partition("_")[0]]),
        fault=gettext(words.FAULT_LABELS[row.kind]),
    )
    return Opening(
        record=row,
        title=title,
        region=sensor.station.region_id,
        place=sensor.station.place,
        charge_duty="instrument_keeper",
    )


def _entry(
    fact: FaultFact,
    sensors: dict[int, Sensor],
    items: dict[tuple[int, str], Any],
    *,
    exercise_id: UUID | None,
    at: datetime,
) -> Row:
    item = items.get((fact.sensor_id, fact.kind))
    return Row(
        code="sensing.fault_found" if fact.on else "sensing.fault_over",
        subject=("loop.item", item) if item else ("sensing.sensor", str(fact.sensor_id)),
        facts={
            "name": fact.name,
            "station": sensors[fact.sensor_id].station.code,
            "metric": sensors[fact.sensor_id].metric,
            "kind": fact.kind,
            "seen": fact.seen,
        },
        by=BY,
        at=at,
        happened_at=fact.at,
        region=fact.region,
        exercise_id=exercise_id,
    )
