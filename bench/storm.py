"""Storms through the step: the real 150 gauges of Harvey, whole; and 10,000 gauges, one batch a minute, against binary
COPY of the same batches into the same table.

A durable cluster of its own, every reading stored, every rule on, alarms, repairs and ledger written. The real storm
is played twice: by sensing alone, and whole, with what warnings and responses make of each of its slots. Both are
held to the same ten seconds.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import numpy.typing as npt

from bench.result import Result

if TYPE_CHECKING:
    from anlan.domains.sensing.actions import Arrived

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ANLAN_SHARED", ROOT.parent / "shared"))
WHOLE_S, LEAST_RATE, LEAST_RATIO = 10.0, 100_000, 0.4
GAUGES, MINUTES = 10_000, 45


def run() -> list[Result]:
    """Measure in a var folder of its own; nothing of the installation is touched."""
    var = Path(tempfile.mkdtemp(prefix="anlan-bench-"))
    var.chmod(0o755)
    try:
        environment = {**os.environ, "ANLAN_VAR": str(var), "PYTHONPATH": str(ROOT)}
        line = [sys.executable, "-m", "bench.storm"]
        done = subprocess.run(line, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-4000:])
        told = json.loads(done.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(var, ignore_errors=True)
    return _results(told)


def _results(told: dict[str, float]) -> list[Result]:
    rate, ratio = told["rate"], told["rate"] / told["copy"]
    found = [
        Result(
            "storm.rate", rate, "readings/s", f"limit {LEAST_RATE}", rate / LEAST_RATE, rate >= LEAST_RATE
        ),
        Result(
            "storm.copy", rate, "readings/s", f"binary COPY {told['copy']:.0f}/s", ratio, ratio >= LEAST_RATIO
        ),
    ]
    for name, what in (
        ("sensing", "readings, alarms, repairs, ledger"),
        ("whole", "the same with warnings and responses at every slot"),
    ):
        if (seconds := told.get(name)) is not None:
            against = f"limit {WHOLE_S:.0f} s: 216,000 readings of 150 gauges, {what}"
            found.append(Result(f"storm.{name}", seconds, "s", against, WHOLE_S / seconds, seconds < WHOLE_S))
    return found


# ---- inside: `python -m bench.storm` with a var folder of its own ----
def inside() -> dict[str, float]:
    """The measurements, on the cluster of ANLAN_VAR."""
    from anlan.surfaces.stream import step  # noqa: PLC0415 - Django is set up first
    from anlan.surfaces.stream.standing import database  # noqa: PLC0415

    told: dict[str, float] = {}
    with database():
        consumers, step.CONSUMERS = step.CONSUMERS, ()
        told |= _many()
        series = SHARED / "data/rain/harvey2017_rain_5min.parquet"
        if series.exists():
            told["sensing"] = _harvey(series)
            step.CONSUMERS = consumers
            told["whole"] = _harvey(series)
        else:
            print(f"REAL DATA ABSENT: {series}", file=sys.stderr)
    return told


def _harvey(series: Path) -> float:
    from anlan.surfaces.stream.replay import Request, play  # noqa: PLC0415

    stations = series.with_name("harvey2017_replay_siting_baoan.csv")
    played = play(Request(series=series, stations=stations))
    assert played.stored == len(played.series)
    return played.seconds


def _many() -> dict[str, float]:
    """10,000 gauges for so many minutes: through the step, then the same bytes by COPY alone into the same table."""
    from anlan.domains.sensing.actions import Arrived  # noqa: PLC0415
    from anlan.domains.sensing.models import AlarmStep  # noqa: PLC0415

    exercise, sensors, start = _network()
    batches = [
        Arrived(sensors[sensor], at + start, value, np.zeros(len(sensor), np.int16))
        for sensor, at, value in _storm()
    ]
    _through(exercise, batches[:3])
    timed = batches[3:]
    through, rows = _through(exercise, timed), sum(map(len, timed))
    print(f"{AlarmStep.objects.count()} alarm steps in {MINUTES} minutes", file=sys.stderr)
    return {"rate": rows / through, "copy": rows / _copied(timed)}


def _network() -> tuple[UUID, npt.NDArray[np.int64], int]:
    """A world with its gauges: its id, the sensors in order, the second at which it begins."""
    from anlan.domains.sensing.actions import StationGiven, declare_stations  # noqa: PLC0415
    from anlan.kernel.core.models import Exercise  # noqa: PLC0415
    from anlan.surfaces.stream import siting  # noqa: PLC0415

    begin = datetime(2026, 6, 20, tzinfo=UTC)
    exercise = Exercise.objects.create(
        name="bench", kind="replay", real_start=begin, sim_start=begin, frozen_at=begin
    )
    region = siting.ensure_region("", at=begin)
    given = [
        StationGiven(
            f"B{n:05}", f"B{n:05}", region, lon=113 + n % 100 / 50, lat=22 + n // 100 / 50, every_s=60
        )
        for n in range(GAUGES)
    ]
    ids = declare_stations(given, exercise_id=exercise.pk, by="service:bench", at=begin)
    return (
        exercise.pk,
        np.array([ids[one.code, "rain_mm"] for one in given], np.int64),
        int(begin.timestamp()),
    )


def _through(exercise: UUID, batches: "list[Arrived]") -> float:
    """Seconds that the batches take through the step, one a transaction as they would come in live."""
    from anlan.surfaces.stream.step import step  # noqa: PLC0415

    clock = time.perf_counter()
    for batch in batches:
        at = datetime.fromtimestamp(int(batch.at[0]), UTC)
        step(batch=batch, exercise_id=exercise, at=at, frozen=True)
    return time.perf_counter() - clock


def _copied(batches: "list[Arrived]") -> float:
    """Seconds that binary COPY alone takes for the same rows, two days later in the same table."""
    from django.db import transaction  # noqa: PLC0415

    from anlan.domains.sensing.actions import writing  # noqa: PLC0415

    coded = [writing.encode(b.sensor, b.at + 86_400 * 2, b.value, b.flags) for b in batches]
    clock = time.perf_counter()
    for data in coded:
        with transaction.atomic():
            writing._copy("sensing_reading", data)
    return time.perf_counter() - clock


def _storm() -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int32]]]:
    """A front over the network, as dense in alarms a minute as Harvey was: about thirty steps a minute."""
    rng = np.random.default_rng(20170827)
    place = np.linspace(0, 1, GAUGES)
    for minute in range(1, MINUTES + 1):
        mean = 14 * np.exp(-(((place - 0.2 - minute / 600) * 30) ** 2))
        sensor = np.flatnonzero(rng.random(GAUGES) > 0.01)
        value = rng.poisson(mean).astype(np.int32)[sensor]
        yield sensor, np.full(len(sensor), minute * 60, np.int64), value


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    import django

    django.setup()
    print(json.dumps(inside()))
