"""A series played through the same step as a storm, in an exercise of its own; it can be killed and resumed.

The exercise is known by the digest of file, stations and options; the engine's position counts the steps that were
committed. A step is one slot of the series: its readings, the windows, alarms, proposals, call-outs and ledger entries
stand together or not at all; at full speed several steps may share a transaction.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
from django.db import transaction

from anlan.domains.sensing.actions import Arrived, declare_stations, forget_engine
from anlan.domains.sensing.models import Position, Sensor
from anlan.domains.sensing.queries.engines import world_of
from anlan.domains.sensing.rules.ring import Longs
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.keys import sm3
from anlan.kernel.core.models import Exercise
from anlan.kernel.core.words import N_
from anlan.surfaces.stream import siting
from anlan.surfaces.stream.series import Mapping, Series, read
from anlan.surfaces.stream.step import Slot, relax_commits, step_through

HALF_PLAYED = reason(
    "stream.half_played",
    N_(
        "This series is half played in “{name}” (step {step}). Go on with --resume, or begin again with --again."
    ),
)
NOTHING_TO_RESUME = reason("stream.nothing_to_resume", N_("No half-played exercise of this series is open."))
BY = "service:replay"
MOST_TOGETHER = 48  # slots in one transaction, which must end within two seconds


@dataclass(frozen=True)
class Request:
    """What is to be played and how. `speed` 0: as fast as it goes, the clock being the readings' own."""

    series: Path
    stations: Path | None = None
    mapping: Mapping = field(default_factory=Mapping)
    region: str = ""
    speed: float = 0.0
    resume: bool = False
    again: bool = False
    silent_s: int | None = None
    name: str = ""
    steps: int = 0  # stop after so many steps and leave the exercise open; 0: to the end


@dataclass
class Played:
    """What happened. Counts are those of this run; a resumed one adds to what stands in the exercise."""

    exercise: Exercise
    series: Series
    resumed_at: int
    steps: int = 0
    readings: int = 0
    stored: int = 0
    doubles: int = 0
    stale: int = 0
    flagged: int = 0
    alarm_steps: int = 0
    faults: int = 0
    seconds: float = 0.0
    moved: bool = False
    ended: bool = False


def play(request: Request, *, tell: Callable[[Played], None] | None = None) -> Played:
    """Play a series to its end (or `request.steps` far) and close its exercise; raises `Refused`."""
    series = read(request.series, request.mapping)
    sites, moved = siting.read_sites(request.stations) if request.stations else ({}, False)
    relax_commits()
    exercise, begun = _exercise(request, series, sites, moved=moved)
    played = Played(exercise, series, begun, moved=moved)
    started = time.perf_counter()
    parts = _parts(series, exercise)
    whole = len(parts) if not request.steps else min(len(parts), begun + request.steps)
    while begun + played.steps < whole:
        _play_on(played, parts[begun + played.steps : whole])
        if tell is not None:
            tell(played)
    if whole == len(parts):
        Exercise.objects.filter(pk=exercise.pk).update(ended_at=clock.real_now())
        played.ended = True
    played.seconds = time.perf_counter() - started
    forget_engine(exercise.pk)
    return played


def _play_on(played: Played, slots: Sequence[Slot]) -> None:
    """One transaction: a slot, or at full speed as many as go together."""
    series, exercise = played.series, played.exercise
    frozen = exercise.frozen_at is not None
    if not frozen:
        slots = [Slot(slots[0].batch, _wait(exercise, slots[0].at))]
    taken = step_through(
        slots=slots[:MOST_TOGETHER],
        exercise_id=exercise.pk,
        frozen=frozen,
        slot_s=series.slot_s,
        series=exercise.series_digest,
        base=played.resumed_at + played.steps,
    )
    played.steps += taken.batches
    played.readings += sum(len(slot.batch) for slot in slots[: taken.batches])
    played.stored, played.doubles = played.stored + taken.stored, played.doubles + taken.doubles
    played.stale, played.flagged = played.stale + taken.stale, played.flagged + taken.flagged
    played.alarm_steps, played.faults = (
        played.alarm_steps + len(taken.steps),
        played.faults + len(taken.faults),
    )


def digest_of(request: Request) -> str:
    """SM3 over the file, the stations file and what was said of them: another option is another replay."""
    said = {**asdict(request.mapping), "region": request.region, "silent_s": request.silent_s}
    parts = [request.series.read_bytes(), request.stations.read_bytes() if request.stations else b""]
    spelled = json.dumps(
        {**said, "sentinels": sorted(request.mapping.sentinels.items())}, sort_keys=True, default=str
    )
    return sm3("\n".join([*(sm3(part) for part in parts), spelled]).encode())


def _exercise(
    request: Request, series: Series, sites: dict[str, siting.Site], *, moved: bool
) -> tuple[Exercise, int]:
    """The exercise to play in and the number of steps that stand in it already."""
    digest = digest_of(request)
    half = Exercise.objects.filter(series_digest=digest, ended_at=None).first()
    done = 0
    if half is not None:
        done = Position.objects.filter(world=world_of(half.pk)).values_list("step", flat=True).first() or 0
    if request.resume:
        if half is None:
            raise Refused(NOTHING_TO_RESUME)
        return _taken_up(half, request), done
    if half is not None and not request.again:
        raise Refused(HALF_PLAYED, name=half.name, step=done)
    with transaction.atomic():
        if half is not None:
            Exercise.objects.filter(pk=half.pk).update(ended_at=clock.real_now())
        return _new(request, series, sites, digest=digest, moved=moved), 0


def _new(
    request: Request, series: Series, sites: dict[str, siting.Site], *, digest: str, moved: bool
) -> Exercise:
    start = datetime.fromtimestamp((-(-int(series.at[0]) // series.slot_s) - 1) * series.slot_s, UTC)
    now = clock.real_now()
    exercise = Exercise.objects.create(
        name=request.name or request.series.stem,
        origin=f"{request.series.name}{' · ' + siting.SYNTHETIC if moved else ''}"[:400],
        kind="replay",
        real_start=now,
        sim_start=start,
        speed=request.speed or 1.0,
        frozen_at=None if request.speed else start,
        series_digest=digest,
    )
    region = siting.ensure_region(request.region, at=now)
    given = siting.stations_of(series, sites, moved=moved, region=region, silent_s=request.silent_s)
    declare_stations(given, exercise_id=exercise.pk, by=BY, at=start)
    return exercise


def _taken_up(exercise: Exercise, request: Request) -> Exercise:
    """Set the clock going again where the last committed step left it."""
    mark = Position.objects.filter(world=world_of(exercise.pk)).values_list("watermark", flat=True).first()
    exercise.frozen_at = None if request.speed else (mark or exercise.sim_start)
    if request.speed:
        exercise.real_start, exercise.sim_start = clock.real_now(), mark or exercise.sim_start
        exercise.speed = request.speed
    exercise.save(update_fields=["frozen_at", "real_start", "sim_start", "speed"])
    return exercise


def _parts(series: Series, exercise: Exercise) -> list[Slot]:
    """The series slot by slot: readings, and the end of the slot as the world's time."""
    sensors = _sensors_of(series, exercise)
    value, flags = series.source.read(series.value)
    whole = Arrived(sensors, series.at, value, flags)
    slot = -(-series.at // series.slot_s)
    edges = [0, *(np.flatnonzero(np.diff(slot)) + 1).tolist(), len(slot)]
    return [
        Slot(whole.part(slice(a, b)), datetime.fromtimestamp(int(slot[a]) * series.slot_s, UTC))
        for a, b in pairwise(edges)
    ]


def _sensors_of(series: Series, exercise: Exercise) -> Longs:
    rows = Sensor.objects.filter(station__exercise=exercise).values_list("station__code", "pk")
    number: dict[str, int] = dict(rows)
    return np.array([number[code] for code in series.codes], np.int64)[series.station]


def _wait(exercise: Exercise, end: datetime) -> datetime:
    """The world's time at which a slot is played at a given speed: when its clock has come to the slot's end."""
    left: timedelta = end - clock.time_in(exercise)
    if left > timedelta(0):
        time.sleep(clock.real_seconds(left, exercise))
    return max(end, clock.time_in(exercise))
