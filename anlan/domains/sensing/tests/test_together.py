"""Slots that are written together leave behind what slots written singly do: rows, alarms, repairs, ledger, position."""

import json
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from django.db import transaction

from anlan.domains.sensing.actions import Arrived, Intake
from anlan.domains.sensing.models import Alarm, AlarmStep, Position, Reading, SensorFault
from anlan.domains.sensing.queries import engines
from anlan.domains.sensing.rules.facts import Taken
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.models import Step
from tests import people

from .test_taking import at, declare, readings

pytestmark = pytest.mark.django_db
VALUES = [6.0, 5.0, 0.0, 4.0, 2.0, 3.0]
MINUTES = [*range(5, 300, 5), *range(400, 700, 10)]


class UndoError(Exception):
    """Roll a run back, so that the next one begins where it began."""


def storm(ids: list[int]) -> list[tuple[Arrived, datetime]]:
    """Rain, a pause, silence, rain again; late readings, doubles and corrections among them."""
    wet = [v + (n % 3) / 10 if v else 0.0 for n, v in enumerate(VALUES)]
    batches = {m: readings(ids, m, wet if m < 150 or m > 600 else [0.0] * 6) for m in MINUTES}
    batches[95] = joined(
        readings(ids, 95, wet), readings(ids[:1], 42, [9.0]), readings(ids[:2], 90, [7.0, 7.0])
    )
    batches[110] = joined(readings(ids, 110, wet), readings(ids[:1], -1600, [1.0]))
    batches[120] = revised(ids, 30, [0.0, 30.0])
    batches[125] = revised(ids, 30, [3.0, 8.0])
    batches[200] = joined(readings(ids, 200, [0.0] * 6), readings(ids[3:4], 195, [900.0]))
    return [(batch, at(minute)) for minute, batch in sorted(batches.items())]


def joined(*parts: Arrived) -> Arrived:
    columns = [np.concatenate([getattr(p, n) for p in parts]) for n in ("sensor", "at", "value", "flags")]
    return Arrived(*columns)


def revised(ids: list[int], minute: int, values: list[float]) -> Arrived:
    return replace(readings(ids[:2], minute, values), correction=np.ones(2, np.bool_))


def run(slots: list[tuple[Arrived, datetime]], together: int) -> tuple[list[object], list[int]]:
    """Take the slots in so many at a time; what they left behind, and the sums of what was told of them."""
    engines.forget(None)
    told: list[Taken] = []
    try:
        with transaction.atomic():
            for first in range(0, len(slots), together):
                intake = Intake(exercise_id=None, slot_s=300)
                for batch, moment in slots[first : first + together]:
                    intake.take(batch, at=moment)
                told.append(intake.write())
            left = everything()
            raise UndoError
    except UndoError:
        engines.forget(None)
    names = ("stored", "doubles", "stale", "flagged", "batches")
    sums = [sum(getattr(t, name) for t in told) for name in names]
    return left, [*sums, sum(len(t.steps) for t in told), sum(len(t.faults) for t in told)]


def everything() -> list[object]:
    """All that taking in leaves behind, without ids."""
    alarms = Alarm.objects.values_list(
        "sensor", "area", "colour", "peak", "value", "window_minutes", "began_at", "stepped_at", "ended_at", "by_fault",
        "item__title", "item__state", "item__severity", "item__opened_at", "item__closed_at", "item__state_since",
    )  # fmt: skip
    steps = Step.objects.values_list(
        "item__title", "move", "source", "target", "at", "happened_at", "late_entry", "due_at"
    )
    rows = AlarmStep.objects.values_list("alarm__sensor", "alarm__area", "at", "before", "after", "value")
    faults = SensorFault.objects.values_list("sensor", "kind", "seen", "began_at", "recovered_at", "times")
    entries = Entry.objects.values_list("code", "facts", "at", "happened_at", "region", "by")
    read = Reading.objects.values_list("sensor_id", "at", "value", "flags")
    lists = [ordered(of) for of in (alarms, steps, rows, faults, entries, read)]
    return [*lists, [bytes(state) for state in Position.objects.values_list("state", flat=True)],
            list(Position.objects.values_list("step", "watermark", "setup_digest"))]  # fmt: skip


def ordered(rows: object) -> list[str]:
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)  # type: ignore[attr-defined]


def test_slots_written_together_leave_what_slots_written_singly_leave(district: people.District) -> None:
    slots = storm(declare(6))
    left, told = run(slots, 1)
    assert told[-2] > 12
    assert told[-1] > 2
    assert min(told) > 0
    for together in (2, 7, 13, len(slots)):
        assert run(slots, together) == (left, told), together


def test_whoever_looks_between_two_slots_sees_the_engine_as_it_stood(district: people.District) -> None:
    slots = storm(declare(6))[:20]
    singly: list[object] = []
    for batch, moment in slots:
        with transaction.atomic():
            intake = Intake(exercise_id=None, slot_s=300)
            seen = intake.take(batch, at=moment)
            singly.append((seen.hot, seen.watermark, [(s.at, s.name, s.after, s.value) for s in seen.steps]))
            intake.write()
    Position.objects.all().delete()
    AlarmStep.objects.all().delete()
    Alarm.objects.all().delete()
    engines.forget(None)
    with transaction.atomic():
        intake = Intake(exercise_id=None, slot_s=300)
        looks = [intake.take(batch, at=moment) for batch, moment in slots]
    assert [
        (seen.hot, seen.watermark, [(s.at, s.name, s.after, s.value) for s in seen.steps]) for seen in looks
    ] == singly
    assert not Alarm.objects.exists()
