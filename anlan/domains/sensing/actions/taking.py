"""Readings taken in: evaluated, stored, and what they led to written, all in the caller's transaction.

The engine of a world lives in the memory of the process that feeds it; its row in `Position` is the truth. Whoever
takes the row's lock and finds that it stands elsewhere than its own engine builds that engine anew from stored
readings, so a killed process, a failed transaction or a second process changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import transaction

from anlan.domains.sensing.actions import alarms, faults, writing
from anlan.domains.sensing.models import Position
from anlan.domains.sensing.queries import engines, readings
from anlan.domains.sensing.queries.engines import Running, world_of
from anlan.domains.sensing.queries.setup import Network, network
from anlan.domains.sensing.rules.engine import Batch, Engine, Outcome
from anlan.domains.sensing.rules.facts import Taken
from anlan.domains.sensing.rules.faults import LATE, RANGE
from anlan.domains.sensing.rules.moving import carried_over
from anlan.domains.sensing.rules.packing import pack, unpack
from anlan.domains.sensing.rules.ring import CORRECTED, NEW, STALE, Bools, Bytes, Ints, Longs
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

OVERTAKEN = reason(
    "sensing.overtaken",
    N_("Another process has gone on with this replay. Look at how far it is, then --resume."),
)


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


@dataclass
class Ahead:
    """Parts of a series that were evaluated and not yet stored: quiet ones, and perhaps one at the end that is not."""

    running: Running
    base: int
    parts: list[Arrived]
    outcomes: list[Outcome]

    @property
    def eventful(self) -> bool:
        """Whether the last part led to something."""
        last = self.outcomes[-1]
        return bool(last.changes or last.area_changes or last.faults)


def look_ahead(
    parts: Sequence[Arrived], *, exercise_id: UUID, at: datetime, slot_s: int, lateness_s: int = 0
) -> Ahead:
    """Evaluate parts of a series, one a slot, up to the first that leads to something; `take_in` then stores them.

    For the one process that replays a world. Should it fail in between, the position stands where it stood, and the
    engine, now ahead of it, is not used again.
    """
    mine = engines.running(exercise_id)
    if mine is None or mine.step == _ASTRAY:
        position = Position.objects.filter(world=world_of(exercise_id)).first()
        mine = _engine(
            position, parts[0], exercise_id=exercise_id, at=at, slot_s=slot_s, lateness_s=lateness_s
        )
    ahead = Ahead(mine, mine.step, [], [])
    mine.step = _ASTRAY
    for part in parts:
        known, index = _known(mine.network, part)
        ahead.parts.append(known)
        ahead.outcomes.append(_evaluate(mine, known, index))
        if ahead.eventful:
            break
    return ahead


def take_in(
    *,
    batch: Arrived | Ahead,
    exercise_id: UUID | None,
    at: datetime,
    slot_s: int = 60,
    lateness_s: int = 0,
    series: str = "",
) -> Taken:
    """Evaluate and store a batch. `at` is the world's time, `series` the digest of a replayed file.

    Readings of unknown sensors are left out. Every row this writes stands in the caller's transaction or in one of
    its own; twice the same batch is once. A batch that was looked at ahead counts as many steps as it has parts.
    """
    with transaction.atomic(savepoint=False):
        # The state is large and read only where the engine must be built anew.
        rows = Position.objects.select_for_update().defer("state")
        position = rows.filter(world=world_of(exercise_id)).first()
        if isinstance(batch, Ahead):
            ahead = _still_right(batch, position)
        else:
            now = _engine(
                position, batch, exercise_id=exercise_id, at=at, slot_s=slot_s, lateness_s=lateness_s
            )
            known, index = _known(now.network, batch)
            ahead = Ahead(now, now.step, [known], [_evaluate(now, known, index)])
        return _write_down(ahead, position, exercise_id=exercise_id, at=at, series=series)


_ASTRAY = -1  # the step of an engine that has gone ahead of its position


def _still_right(ahead: Ahead, position: Position | None) -> Ahead:
    if ahead.base != (position.step if position is not None else 0):
        raise Refused(OVERTAKEN)
    if ahead.running.step != _ASTRAY:
        ahead.running.alarms = None  # written once already, in a transaction that did not stand
    return ahead


def _write_down(
    ahead: Ahead, position: Position | None, *, exercise_id: UUID | None, at: datetime, series: str
) -> Taken:
    now, outcome = ahead.running, ahead.outcomes[-1]
    now.step = _ASTRAY
    stored = _store(now, ahead)
    watermark = _time(now.engine.now, now.engine.setup.slot_s)
    steps = alarms.write(outcome, now, exercise_id=exercise_id, at=at)
    found = faults.write(outcome, now.network, exercise_id=exercise_id, at=at)
    now.step = ahead.base + len(ahead.parts)
    _advance(now, position, exercise_id=exercise_id, series=series, watermark=watermark)
    return Taken(
        watermark=watermark,
        stored=stored,
        doubles=sum(o.doubles for o in ahead.outcomes),
        stale=sum(o.stale for o in ahead.outcomes),
        flagged=sum(int((p.flags != 0).sum()) for p in ahead.parts)
        + sum(len(o.flags) for o in ahead.outcomes),
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


def _known(net: Network, batch: Arrived) -> tuple[Arrived, Longs]:
    """The readings of sensors that are known, flagged where the sensor cannot have measured so much; engine numbers."""
    index = net.index(batch.sensor)
    if (index < 0).any():
        batch, index = batch.part(index >= 0), index[index >= 0]
    outside = (batch.flags == 0) & ((batch.value < net.low[index]) | (batch.value > net.high[index]))
    if outside.any():
        batch = replace(batch, flags=batch.flags | np.where(outside, RANGE, 0).astype(np.int16))
    return batch, index


def _evaluate(now: Running, batch: Arrived, index: Longs) -> Outcome:
    given = Batch(index, batch.at, batch.value, batch.flags == 0, batch.correction)
    outcome = now.engine.take(given)
    outside = ((batch.flags & RANGE) > 0) & (outcome.status == NEW)
    if outside.any():
        now.engine.blame_range(given.part(outside), outcome)
    return outcome


def _store(now: Running, ahead: Ahead) -> int:
    """New readings, with the flags of the step that brought them; doubles are left out, corrections replace."""
    flagged = [_flagged(now, p, o) for p, o in zip(ahead.parts, ahead.outcomes, strict=True)]
    batch, flags = _joined([p for p, _, _ in flagged]), np.concatenate([f for _, f, _ in flagged])
    status = np.concatenate([o.status for o in ahead.outcomes])
    if (status == NEW).all():
        stored = writing.write(batch.sensor, batch.at, batch.value, flags)
    else:
        stored = _store_mixed(batch, flags, status)
    writing.flag([row for _, _, rows in flagged for row in rows])
    return stored


def _store_mixed(batch: Arrived, flags: npt.NDArray[np.int16], status: Bytes) -> int:
    new, late, revised = (batch.part(status == kind) for kind in (NEW, STALE, CORRECTED))
    stored = writing.write(new.sensor, new.at, new.value, flags[status == NEW])
    stored += writing.write(late.sensor, late.at, late.value, flags[status == STALE] | LATE, doubtful=True)
    if len(revised):
        writing.correct(revised.sensor, revised.at, revised.value, flags[status == CORRECTED])
    return stored


def _joined(parts: list[Arrived]) -> Arrived:
    if len(parts) == 1:
        return parts[0]
    columns = (
        np.concatenate([getattr(p, name) for p in parts]) for name in ("sensor", "at", "value", "flags")
    )
    return Arrived(*columns)


def _flagged(
    now: Running, batch: Arrived, outcome: Outcome
) -> tuple[Arrived, npt.NDArray[np.int16], list[tuple[int, int, int, int]]]:
    """The flags of a batch with those its evaluation added, and what it added to readings stored before."""
    if not outcome.flags:
        return batch, batch.flags, []
    slot_s, flags = now.engine.setup.slot_s, batch.flags.copy()
    slot, index = now.engine.slot_of(batch.at), now.network.index(batch.sensor)
    earlier = []
    for found in outcome.flags:
        here = (slot == found.slot) & (index == found.sensor)
        flags[here] |= found.kind
        if not here.any():
            until = found.slot * slot_s
            earlier.append((int(now.network.ids[found.sensor]), until - slot_s, until, found.kind))
    return batch, flags, earlier


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
            step=now.step,
            series_digest=series,
            setup_digest=now.network.digest,
            slot_s=now.engine.setup.slot_s,
            watermark=watermark,
            state=packed,
        )
    else:
        position.step, position.watermark, position.state = now.step, watermark, packed
        position.setup_digest = now.network.digest
        position.save(update_fields=["step", "watermark", "state", "setup_digest"])


def _time(slot: int, slot_s: int) -> datetime:
    return datetime.fromtimestamp(slot * slot_s, UTC)
