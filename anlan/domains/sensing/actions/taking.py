"""Readings taken in: evaluated, stored, and what they led to written, all in the caller's transaction.

The engine of a world lives in the memory of the process that feeds it; its row in `Position` is the truth. Whoever
takes the row's lock and finds that it stands elsewhere than its own engine builds that engine anew from stored
readings, so a killed process, a failed transaction or a second process changes nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import transaction

from anlan.domains.sensing.actions import alarms, faults, writing
from anlan.domains.sensing.models import Position
from anlan.domains.sensing.queries import engines, readings
from anlan.domains.sensing.queries.engines import Running, world_of
from anlan.domains.sensing.queries.setup import network
from anlan.domains.sensing.rules.engine import Batch, Engine, Outcome
from anlan.domains.sensing.rules.facts import Taken
from anlan.domains.sensing.rules.faults import LATE, RANGE
from anlan.domains.sensing.rules.moving import carried_over
from anlan.domains.sensing.rules.packing import pack, unpack
from anlan.domains.sensing.rules.ring import CORRECTED, NEW, STALE, Bools, Ints, Longs


@dataclass(frozen=True)
class Arrived:
    """Readings as they came, normalised: sensor ids, seconds of the epoch, stored integers, flags, corrections."""

    sensor: Longs
    at: Longs
    value: Ints
    flags: npt.NDArray[np.int16]
    correction: Bools | None = None

    def __len__(self) -> int:
        return len(self.sensor)

    def part(self, which: npt.NDArray[np.int64] | Bools | slice) -> "Arrived":
        """The readings of an index, mask or slice."""
        revised = None if self.correction is None else self.correction[which]
        return Arrived(self.sensor[which], self.at[which], self.value[which], self.flags[which], revised)


def forget_engine(exercise_id: UUID | None) -> None:
    """Build the engine anew at the next batch: stations or rules have changed."""
    engines.forget(exercise_id)


def take_in(
    *,
    batch: Arrived,
    exercise_id: UUID | None,
    at: datetime,
    slot_s: int = 60,
    lateness_s: int = 0,
    series: str = "",
) -> Taken:
    """Evaluate and store a batch. `at` is the world's time, `series` the digest of a replayed file.

    Readings of unknown sensors are left out. Every row this writes stands in the caller's transaction or in one of
    its own; twice the same batch is once.
    """
    with transaction.atomic():
        position = Position.objects.select_for_update().filter(world=world_of(exercise_id)).first()
        now = _engine(position, batch, exercise_id=exercise_id, at=at, slot_s=slot_s, lateness_s=lateness_s)
        index = now.network.index(batch.sensor)
        if (index < 0).any():
            batch, index = batch.part(index >= 0), index[index >= 0]
        outcome = _evaluate(now, batch, index)
        stored = _store(now, batch, outcome)
        watermark = _time(now.engine.now, now.engine.setup.slot_s)
        steps = alarms.write(outcome, now.network, exercise_id=exercise_id, at=at)
        found = faults.write(outcome, now.network, exercise_id=exercise_id, at=at)
        _advance(now, position, exercise_id=exercise_id, series=series, watermark=watermark)
    return Taken(
        watermark=watermark,
        stored=stored,
        doubles=outcome.doubles,
        stale=outcome.stale,
        flagged=int((batch.flags != 0).sum()) + len(outcome.flags),
        steps=tuple(steps),
        faults=tuple(found),
        hot=now.engine.hot,
    )


def _engine(
    position: Position | None,
    batch: Arrived,
    *,
    exercise_id: UUID | None,
    at: datetime,
    slot_s: int,
    lateness_s: int,
) -> Running:
    """The engine that stands where the position stands: this process's own, or a new one."""
    mine = engines.running(exercise_id)
    if mine is not None and position is not None and mine.step == position.step:
        return mine
    slot_s = position.slot_s if position is not None else slot_s
    net = network(exercise_id=exercise_id, at=at, slot_s=slot_s, lateness_s=lateness_s)
    if position is None:
        first = int(batch.at.min()) if len(batch) else int(at.timestamp())
        engine = Engine(net.setup, start=-(-first // slot_s) - 1)
        return engines.remember(exercise_id, Running(engine, net, 0))
    state = carried_over(unpack(bytes(position.state)), net.ids, net.setup)
    watermark = Engine(net.setup, start=int(state["time"]["now"][0]))
    sensor, stamp, value, flags = readings.stored(net.ids, after=watermark.oldest_needed)
    batch_of = readings.as_batch(net.index(sensor), stamp, value, flags)
    engine = Engine.resume(net.setup, state=state, readings=batch_of)
    return engines.remember(exercise_id, Running(engine, net, position.step))


def _evaluate(now: Running, batch: Arrived, index: Longs) -> Outcome:
    given = Batch(index, batch.at, batch.value, batch.flags == 0, batch.correction)
    outcome = now.engine.take(given)
    outside = ((batch.flags & RANGE) > 0) & (outcome.status == NEW)
    if outside.any():
        now.engine.blame_range(given.part(outside), outcome)
    return outcome


def _store(now: Running, batch: Arrived, outcome: Outcome) -> int:
    """New readings, with the flags of the step that brought them; doubles are left out, corrections replace."""
    slot_s, flags = now.engine.setup.slot_s, batch.flags.copy()
    earlier = []
    if outcome.flags:
        slot, index = now.engine.slot_of(batch.at), now.network.index(batch.sensor)
        for found in outcome.flags:
            here = (slot == found.slot) & (index == found.sensor)
            flags[here] |= found.kind
            if not here.any():
                until = found.slot * slot_s
                earlier.append((int(now.network.ids[found.sensor]), until - slot_s, until, found.kind))
    status = outcome.status
    stored = (
        _write(batch.part(status == NEW), flags[status == NEW])
        if (status != NEW).any()
        else _write(batch, flags)
    )
    if (stale := status == STALE).any():
        late = batch.part(stale)
        stored += writing.write(late.sensor, late.at, late.value, flags[stale] | LATE, doubtful=True)
    if (revised := status == CORRECTED).any():
        new = batch.part(revised)
        writing.correct(new.sensor, new.at, new.value, flags[revised])
    writing.flag(earlier)
    return stored


def _write(batch: Arrived, flags: npt.NDArray[np.int16]) -> int:
    return writing.write(batch.sensor, batch.at, batch.value, flags)


def _advance(
    now: Running, position: Position | None, *, exercise_id: UUID | None, series: str, watermark: datetime
) -> None:
    state = now.engine.state()
    state["ids"] = now.network.setup.members(now.network.ids)
    packed = pack(state)
    if position is None:
        Position.objects.create(
            world=world_of(exercise_id),
            exercise_id=exercise_id,
            step=1,
            series_digest=series,
            setup_digest=now.network.digest,
            slot_s=now.engine.setup.slot_s,
            watermark=watermark,
            state=packed,
        )
    else:
        position.step, position.watermark, position.state = now.step + 1, watermark, packed
        position.setup_digest = now.network.digest
        position.save(update_fields=["step", "watermark", "state", "setup_digest"])
    # In memory only: should the transaction fail, this engine is ahead of the row and will not be used again.
    now.step += 1


def _time(slot: int, slot_s: int) -> datetime:
    return datetime.fromtimestamp(slot * slot_s, UTC)
