"""From a reading at the HTTP door to the first delivery queued: 10,000 gauges, one batch a minute.

Every minute another street reaches a mark, so that every batch ends in messages to the watch. The time runs from before
the batch is parsed until the transaction that holds the delivery rows has committed: the door, its durable copy, the
engine, the table of readings, alarms, proposal, message, delivery. The pause of the process that polls is added.
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
GAUGES, P99_S = 10_000, 1.0


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
        seconds = sorted(json.loads(done.stdout.splitlines()[-1]))
    finally:
        shutil.rmtree(var, ignore_errors=True)
    p50, p99 = seconds[len(seconds) // 2], seconds[min(len(seconds) - 1, int(len(seconds) * 0.99))]
    against = f"limit {P99_S:.0f} s, {len(seconds)} batches of {GAUGES} that queued a delivery"
    return [
        Result("live.p50", p50, "s", against, P99_S / p50, p50 < P99_S),
        Result("live.p99", p99, "s", against, P99_S / p99, p99 < P99_S),
    ]


# ---- inside: `python -m bench.live` with a var folder of its own ----
def inside() -> list[float]:
    """Seconds of every batch that led to a delivery."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415 - Django is set up first

    from anlan.domains.sensing.actions import StationGiven, declare_feeder, declare_stations  # noqa: PLC0415
    from anlan.domains.sensing.models import Feeder  # noqa: PLC0415
    from anlan.kernel.core.models import Exercise  # noqa: PLC0415
    from anlan.kernel.messaging.models import Delivery  # noqa: PLC0415
    from anlan.surfaces.stream import door, process  # noqa: PLC0415
    from anlan.surfaces.stream.standing import database  # noqa: PLC0415
    from bench import district  # noqa: PLC0415

    begin = datetime(2026, 6, 20, tzinfo=UTC)
    found = []
    with database():
        district.build(begin)
        world = Exercise.objects.create(name="live", real_start=begin, sim_start=begin, frozen_at=begin)
        codes = [f"L{n:05}" for n in range(GAUGES)]
        given = [
            StationGiven(
                code, code, f"440399{n % 10 + 1:03}000", lon=113 + n % 100 / 50, lat=22 + n / 5000, every_s=60
            )
            for n, code in enumerate(codes)
        ]
        declare_stations(given, exercise_id=world.pk, by="service:bench", at=begin)
        declare_feeder(code="bench", name="bench", by="service:bench", at=begin, exercise_id=world.pk)
        feeder = Feeder.objects.get()
        for minute in range(1, 46):
            at = begin + timedelta(minutes=minute)
            Exercise.objects.filter(pk=world.pk).update(frozen_at=at)
            values = [_amount(n, minute) for n in range(GAUGES)]
            body = json.dumps({"station": codes, "at": at.isoformat(), "value": values})
            before = Delivery.objects.count()
            clock = time.perf_counter()
            door.take(json.loads(body), feeder, now=at)
            process.take_arrived()
            seconds = time.perf_counter() - clock + process.PAUSE_S
            if minute > 2 and Delivery.objects.count() > before:
                found.append(seconds)
    return found


def _amount(gauge: int, minute: int) -> float:
    """In every tenth street it rains hard from its own minute on, at five of its gauges."""
    street, place = gauge % 10, gauge // 10
    return 4.0 + (gauge + minute) % 3 / 10 if place < 5 and minute > street * 3 else 0.0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    import django

    django.setup()
    print(json.dumps(inside()))
