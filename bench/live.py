"""From a reading at the HTTP door to the first delivery queued: 10,000 gauges, one batch a minute.

Four storms, each in a world of its own with 10,000 gauges of its own: street after street reaches yellow, orange and
red, and the watch decides at once about what is proposed, so that the next step of the next street has to be told anew.
A sample is a batch after which the watch has more deliveries than before. Its time runs from before the batch is parsed
until the transaction that holds the delivery rows has committed: the door, its durable copy, the engine, the table of
readings, alarms, proposal, message, delivery. The whole pause of the process that polls is added to each.
"""

import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.result import Result

ROOT = Path(__file__).resolve().parents[1]
GAUGES, P99_S = 10_000, 1.0
STORMS, MINUTES = 4, 60
ENOUGH = 100  # samples below which a 99th percentile says nothing


def run() -> list[Result]:
    """Measure in a var folder of its own; nothing of the installation is touched."""
    var = Path(tempfile.mkdtemp(prefix="anlan-bench-"))
    var.chmod(0o755)
    try:
        environment = {**os.environ, "ANLAN_VAR": str(var), "PYTHONPATH": str(ROOT)}
        line = [sys.executable, "-m", "bench.live"]
        done = subprocess.run(line, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-4000:])
        told = json.loads(done.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(var, ignore_errors=True)
    seconds = sorted(told["seconds"])
    p50, p99 = seconds[len(seconds) // 2], seconds[min(len(seconds) - 1, int(len(seconds) * 0.99))]
    against = (
        f"limit {P99_S:.0f} s, {len(seconds)} of {told['batches']} batches of {GAUGES} queued a delivery"
    )
    return [
        Result("live.p50", p50, "s", against, P99_S / p50, p50 < P99_S),
        Result("live.p99", p99, "s", against, P99_S / p99, p99 < P99_S and len(seconds) >= ENOUGH),
        Result("live.max", seconds[-1], "s", f"{told['deliveries']} deliveries"),
        Result(
            "live.cpu",
            told["cpu_s"] / told["batches"],
            "s a batch",
            "of this process, with or without a delivery",
        ),
    ]


# ---- inside: `python -m bench.live` with a var folder of its own ----
def inside() -> dict[str, Any]:
    """Seconds of every batch that led to a delivery."""
    from anlan.kernel.messaging.models import Delivery  # noqa: PLC0415 - Django is set up first
    from anlan.surfaces.stream import door, process  # noqa: PLC0415
    from anlan.surfaces.stream.standing import database  # noqa: PLC0415
    from bench import district  # noqa: PLC0415

    begin = datetime(2026, 6, 20, tzinfo=UTC)
    seconds: list[float] = []
    cpu_s = 0.0
    gc.disable()
    with database():
        district.build(begin)
        for storm in range(STORMS):
            world, feeder, codes = _world(storm, begin)
            for minute in range(1, MINUTES + 1):
                at = _turn(world, begin, minute)
                body = json.dumps({"station": codes, "at": at.isoformat(), "value": _amounts(minute)})
                before, cpu, clock = Delivery.objects.count(), time.process_time(), time.perf_counter()
                door.take(json.loads(body), feeder, now=at)
                process.take_arrived()
                took, cpu_s = time.perf_counter() - clock, cpu_s + time.process_time() - cpu
                if (
                    minute > 2 and Delivery.objects.count() > before
                ):  # the first ones build what stays in memory
                    seconds.append(took + process.PAUSE_S)
                _decide(world, at)
                process.tidy()  # as the process does in the pauses of a real minute
        deliveries = Delivery.objects.count()
    return {"seconds": seconds, "batches": STORMS * MINUTES, "deliveries": deliveries, "cpu_s": cpu_s}


def _world(number: int, begin: datetime) -> tuple[UUID, Any, list[str]]:
    """An exercise with its gauges and their feeder; returns its id, the feeder and the gauges' codes."""
    from anlan.domains.sensing.actions import StationGiven, declare_feeder, declare_stations  # noqa: PLC0415
    from anlan.domains.sensing.models import Feeder  # noqa: PLC0415
    from anlan.kernel.core.models import Exercise  # noqa: PLC0415

    name = f"live{number}"
    world = Exercise.objects.create(name=name, real_start=begin, sim_start=begin, frozen_at=begin).pk
    codes = [f"L{number}{n:05}" for n in range(GAUGES)]
    given = [
        StationGiven(
            code, code, f"440399{n % 10 + 1:03}000", lon=113 + n % 100 / 50, lat=22 + n / 5000, every_s=60
        )
        for n, code in enumerate(codes)
    ]
    declare_stations(given, exercise_id=world, by="service:bench", at=begin)
    declare_feeder(code=name, name=name, by="service:bench", at=begin, exercise_id=world)
    return world, Feeder.objects.get(code=name), codes


def _turn(world: UUID, begin: datetime, minute: int) -> datetime:
    from anlan.kernel.core.models import Exercise  # noqa: PLC0415

    at = begin + timedelta(minutes=minute)
    Exercise.objects.filter(pk=world).update(frozen_at=at)
    return at


def _decide(world: UUID, at: datetime) -> None:
    """What the watch does in the meantime, outside the measured time: nothing proposed is left to wait."""
    from anlan.kernel.loop.actions import Making, move_all  # noqa: PLC0415
    from anlan.kernel.loop.models import WorkItem  # noqa: PLC0415
    from anlan.kernel.orgs.models import Person  # noqa: PLC0415

    officer, chief = (Person.objects.get(duties__kind=kind).by for kind in ("watch_officer", "watch_chief"))
    items = list(WorkItem.objects.filter(exercise_id=world, closed_at=None, loop__in=_DECISIONS))
    for item in items:
        by = officer if item.loop == "warnings.office_ring" else chief
        done = move_all([Making(item, _DECISIONS[item.loop], by, at, reason="bench")])[0]
        if isinstance(done, Exception):
            raise done


_DECISIONS = {
    "warnings.callout_proposal": "decline",
    "warnings.advisory": "decline",
    "warnings.office_ring": "leave",
}


def _amounts(minute: int) -> list[float]:
    return [_amount(n, minute) for n in range(GAUGES)]


def _amount(gauge: int, minute: int) -> float:
    """In every tenth street it rains hard from its own minute on, at five of its gauges."""
    street, place = gauge % 10, gauge // 10
    return 2.0 + (gauge + minute) % 3 / 10 if place < 5 and minute > street * 2 else 0.0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    import django

    django.setup()
    print(json.dumps(inside()))
