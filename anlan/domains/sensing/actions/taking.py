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
from anlan.domains.sensing.rules.facts import AlarmStep, FaultFact, Taken
from anlan.domains.sensing.rules.faults import LATE, RANGE
from anlan.domains.sensing.rules.moving import carried_over
from anlan.domains.sensing.rules.packing import pack, unpack
from anlan.domains.sensing.rules.ring import CORRECTED, NEW, STALE, Bools, Bytes, Ints, Longs
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import in_order

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


@dataclass(frozen=True, slots=True)
class Seen:
    """What a batch led to, before anything of it is written."""

    steps: tuple[AlarmStep, ...]
    faulty: bool  # a sensor is no longer believed, or is again
    hot: bool  # some sensor or street stands at a mark now
    watermark: datetime


@dataclass
class _Pending:
    """A batch that was evaluated and is not yet written."""

    batch: Arrived
    outcome: Outcome
    at: datetime


class Intake:
    """Batches of one world taken in one after another and written together, all in the caller's transaction.

    Each is evaluated by itself, so whoever looks between two of them finds the engine as it stood then. Until `write`
    nothing but the position's lock is in the database; a process or a transaction that fails leaves nothing, and its
    engine, ahead of the position then, is not used again.
    """

    def __init__(
        self,
        *,
        exercise_id: UUID | None,
        slot_s: int = 60,
        lateness_s: int = 0,
        series: str = "",
        base: int | None = None,
    ) -> None:
        """`series`: the digest of a replayed file; `base`: the step at which the caller believes the world to stand."""
        self._exercise_id, self._slot_s, self._lateness_s = exercise_id, slot_s, lateness_s
        self._series = series
        # The state is large and read only where the engine must be built anew.
        rows = Position.objects.select_for_update().defer("state")
        self._position = rows.filter(world=world_of(exercise_id)).first()
        self._step = self._position.step if self._position is not None else 0
        if base is not None and base != self._step:
            raise Refused(OVERTAKEN)
        self._now: Running | None = None
        self._pending: list[_Pending] = []
        self._stepped: list[alarms.Stepped] = []
        self._taken: list[Taken] = []

    def take(self, batch: Arrived, *, at: datetime) -> Seen:
        """Evaluate a batch. `at` is the world's time; readings of unknown sensors are left out."""
        now = self._engine(batch, at)
        now.step = _ASTRAY
        known, index = _known(now.network, batch)
        outcome = _evaluate(now, known, index)
        self._pending.append(_Pending(known, outcome, at))
        stepped = alarms.draft(outcome, now, exercise_id=self._exercise_id, at=at)
        self._stepped += stepped
        return Seen(
            steps=tuple(s.fact for s in stepped),
            faulty=bool(outcome.faults),
            hot=now.engine.hot,
            watermark=_time(now.engine.now, now.engine.setup.slot_s),
        )

    @property
    def full(self) -> bool:
        """Whether it is time to write: a transaction ends within two seconds."""
        return (
            len(self._stepped) >= MOST_STEPS or sum(len(one.batch) for one in self._pending) >= MOST_READINGS
        )

    def write(self) -> Taken:
        """Write what was taken since the last time, and the position: a step a batch. Returns the sum of all."""
        now = self._now
        if now is None or not self._pending:
            return _sum(self._taken)
        stored = _store(now, self._pending)
        watermark = _time(now.engine.now, now.engine.setup.slot_s)
        with in_order():
            alarms.write(self._stepped, exercise_id=self._exercise_id)
            found = [
                fact
                for one in self._pending
                for fact in faults.write(one.outcome, now.network, exercise_id=self._exercise_id, at=one.at)
            ]
        self._step = now.step = self._step + len(self._pending)
        self._advance(now, watermark)
        self._taken.append(self._told(now, stored, found, watermark))
        self._pending, self._stepped = [], []
        return _sum(self._taken)

    def _told(self, now: Running, stored: int, found: list[FaultFact], watermark: datetime) -> Taken:
        outcomes = [one.outcome for one in self._pending]
        return Taken(
            watermark=watermark,
            stored=stored,
            doubles=sum(o.doubles for o in outcomes),
            stale=sum(o.stale for o in outcomes),
            flagged=sum(int((one.batch.flags != 0).sum()) + len(one.outcome.flags) for one in self._pending),
            steps=tuple(s.fact for s in self._stepped),
            faults=tuple(found),
            hot=now.engine.hot,
            batches=len(self._pending),
        )

    def _engine(self, batch: Arrived, at: datetime) -> Running:
        if self._now is None:
            self._now = _engine(
                self._position,
                batch,
                exercise_id=self._exercise_id,
                at=at,
                slot_s=self._slot_s,
                lateness_s=self._lateness_s,
            )
        return self._now

    def _advance(self, now: Running, watermark: datetime) -> None:
        state = now.engine.state()
        state["ids"] = now.network.setup.members(now.network.ids)
        values = {
            "step": now.step,
            "watermark": watermark,
            "state": pack(state),
            "setup_digest": now.network.digest,
        }
        world = world_of(self._exercise_id)
        if self._position is None:
            self._position = Position.objects.create(
                world=world,
                exercise_id=self._exercise_id,
                series_digest=self._series,
                slot_s=now.engine.setup.slot_s,
                **values,
            )
        else:
            Position.objects.filter(world=world).update(**values)


def take_in(
    *,
    batch: Arrived,
    exercise_id: UUID | None,
    at: datetime,
    slot_s: int = 60,
    lateness_s: int = 0,
    series: str = "",
) -> Taken:
    """Evaluate and store one batch in the caller's transaction or in one of its own; twice the same batch is once."""
    with transaction.atomic(savepoint=False):
        intake = Intake(exercise_id=exercise_id, slot_s=slot_s, lateness_s=lateness_s, series=series)
        intake.take(batch, at=at)
        return intake.write()


MOST_READINGS, MOST_STEPS = 100_000, 1_000  # about half a second each
_ASTRAY = -1  # the step of an engine that has gone ahead of its position


def _sum(taken: Sequence[Taken]) -> Taken:
    """Several as one; the last one's marks and time."""
    last = taken[-1]
    if len(taken) == 1:
        return last
    return replace(
        last,
        stored=sum(t.stored for t in taken),
        doubles=sum(t.doubles for t in taken),
        stale=sum(t.stale for t in taken),
        flagged=sum(t.flagged for t in taken),
        steps=tuple(step for t in taken for step in t.steps),
        faults=tuple(fault for t in taken for fault in t.faults),
        batches=sum(t.batches for t in taken),
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


def _store(now: Running, pending: Sequence[_Pending]) -> int:
    """New readings, with the flags of the step that brought them; doubles are left out, corrections replace."""
    if len(pending) > 1 and any(one.batch.correction is not None for one in pending):
        return sum(
            _store(now, [one]) for one in pending
        )  # what corrects the same reading twice keeps its order
    flagged = [_flagged(now, one.batch, one.outcome) for one in pending]
    batch, flags = _joined([p for p, _, _ in flagged]), np.concatenate([f for _, f, _ in flagged])
    status = np.concatenate([one.outcome.status for one in pending])
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


def _time(slot: int, slot_s: int) -> datetime:
    return datetime.fromtimestamp(slot * slot_s, UTC)
