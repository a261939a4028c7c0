"""Call-out: 3,183 people called, the board, their texts handed over, a thousand durable answers a second over HTTP.

Everything real: a durable cluster of its own, the web process as it runs in production, HTTP over a socket. The crowd
(bench/load.py) answers from this machine too, on the server's own cores: what it takes of them is printed. Answers come
at fixed times, whether the earlier ones were taken or not; then as fast as they are taken.
"""

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

from bench.load import Crowd, Told, cpu_s, post
from bench.result import Result

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 3183
QUEUED_S = 2.0
RATE = 1000  # answers a second
OFFERED = 1020  # a little more: the last answers of a span arrive after it, and count into its length
SECONDS = 10
P99_MS = 500.0
CONNECTIONS = 400
MANY = 1_000_000  # a rate nothing reaches: as fast as the connections allow


def run() -> list[Result]:
    """Measure in a var folder of its own; nothing of the installation is touched."""
    var = Path(tempfile.mkdtemp(prefix="anlan-bench-"))
    var.chmod(0o755)
    try:
        with _cluster(var) as environment:
            told = _inside(environment, "fill")
            tokens = told.pop("tokens")
            with _web(environment) as port:
                # Two processes that have just started are warmed by a second of answers that is not counted.
                warm, count, most, rest = (tokens[part] for part in _parts())
                first = _load(port, warm)
                before = _cpu(var, port)
                taken = _load(port, count)
                spent = {name: seconds - before[name] for name, seconds in _cpu(var, port).items()}
                capacity = _load(port, most, rate=MANY)
                killed = _load(port, rest, then=lambda: _kill(port))
            promised = [_id(body) for told in (first, taken, capacity, killed) for body in told.bodies]
            kept = _inside(environment, "kept", json.dumps(promised))
    finally:
        shutil.rmtree(var, ignore_errors=True)
    return _results(told) + _answered(taken, capacity, spent) + [_lost(kept, killed)]


def _parts() -> list[slice]:
    ends = [0, OFFERED, OFFERED * (SECONDS + 1), OFFERED * (SECONDS + 4), OFFERED * (SECONDS + 5)]
    return [slice(start, end) for start, end in pairwise(ends)]


def _results(told: dict) -> list[Result]:
    return [
        Result("callout.queued", told["queued_s"], "s", f"limit {QUEUED_S} s for {PEOPLE} people",
               QUEUED_S / told["queued_s"], told["queued_s"] < QUEUED_S),
        Result("callout.board", told["board_s"], "s", f"complete for {PEOPLE} people", None, told["complete"]),
        Result("callout.delivered", told["rate"], "deliveries/s", f"{told['count']} by one worker, app and SMS double"),
    ]  # fmt: skip


def _answered(taken: Told, capacity: Told, spent: dict[str, float]) -> list[Result]:
    p50, p99, each = 1000 * taken.quantile(0.5), 1000 * taken.quantile(0.99), 1000 / max(len(taken.bodies), 1)
    shares = ", ".join(f"{name} {seconds * each:.2f}" for name, seconds in spent.items())
    return [
        Result("callout.answers", taken.rate, "answers/s", f"limit {RATE}, offered at {OFFERED}/s for {SECONDS} s",
               taken.rate / RATE, taken.rate >= RATE and not taken.failed),
        Result("callout.answers.p50", p50, "ms", f"{CONNECTIONS} connections"),
        Result("callout.answers.p99", p99, "ms", f"limit {P99_MS:.0f} ms", P99_MS / p99 if p99 else None,
               0 < p99 < P99_MS),
        Result("callout.answers.most", capacity.rate, "answers/s",
               f"as fast as {CONNECTIONS} connections ask",
               capacity.rate / RATE, not capacity.failed),
        Result("callout.answers.cpu", (sum(spent.values()) + taken.cpu_s) * each, "ms each",
               f"{shares}, the crowd itself {taken.cpu_s * each:.2f}"),
    ]  # fmt: skip


def _lost(kept: dict, killed: Told) -> Result:
    promised, lost = kept["promised"], kept["promised"] - kept["kept"]
    against = f"limit 0 of {promised} promised, {len(killed.bodies)} of them before kill -9"
    return Result("callout.answers.lost", lost, "answers", against, None, not lost and bool(killed.failed))


# ---- the house of the bench ----
@contextmanager
def _cluster(var: Path) -> Iterator[dict[str, str]]:
    from anlan.kernel.core.postgres import Server  # noqa: PLC0415 - after the environment is known

    server = Server(var)
    server.start()
    environment = {
        **os.environ,
        "ANLAN_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "anlan.config.settings"),
        "ANLAN_LOG_LEVEL": "WARNING",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    try:
        command = [sys.executable, "-m", "django", "migrate", "--database", "owner", "-v", "0"]
        subprocess.run(command, check=True, cwd=ROOT, env=environment)
        yield environment
    finally:
        server.stop()
        shutil.rmtree(server.places.home, ignore_errors=True)


def _inside(environment: dict[str, str], verb: str, given: str = "") -> dict:
    command = [sys.executable, "-m", "bench.callout", verb]
    done = subprocess.run(
        command, check=True, cwd=ROOT, env=environment, input=given, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout)


_groups: dict[int, int] = {}


@contextmanager
def _web(environment: dict[str, str]) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = "import threading; from anlan.config.web import run; run(threading.Event())"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env={**environment, "PORT": str(port)}, start_new_session=True
    )
    _groups[port] = process.pid
    try:
        _wait_for(port)
        yield port
    finally:
        _kill(port)
        process.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/messaging/push/key", timeout=5).close()
            return
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the web process did not come up")


def _kill(port: int) -> None:
    """kill -9 of granian and its workers: the process group that this bench started."""
    with suppress(ProcessLookupError):
        os.killpg(_groups[port], signal.SIGKILL)


# ---- the load ----
def _load(
    port: int, answers: list[list[str]], *, rate: float = OFFERED, then: Callable[[], None] | None = None
) -> Told:
    requests = [
        post("/api/messaging/answers", json.dumps({"token": token, "kind": kind}).encode())
        for token, kind in answers
    ]
    return asyncio.run(Crowd(port, CONNECTIONS).ask(requests, rate=rate, then=then))


def _id(body: bytes) -> str:
    return str(json.loads(body)["id"])


def _cpu(var: Path, port: int) -> dict[str, float]:
    """Processor time so far: of granian with its workers, of PostgreSQL with its backends."""
    postmaster = int((var / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    return {"web": cpu_s(group=_groups[port]), "database": cpu_s(parent=postmaster)}


# ---- inside the house: `python -m bench.callout fill|kept` ----
def fill() -> dict:
    """Release the call-out of the whole district, look at its board, hand over its texts, leave enough to answer."""
    from anlan.domains.warnings.queries.board import board  # noqa: PLC0415 - Django is set up first
    from anlan.kernel.core import clock  # noqa: PLC0415
    from anlan.kernel.core.models import Exercise  # noqa: PLC0415
    from anlan.kernel.messaging.channels.in_app.client import InAppChannel  # noqa: PLC0415
    from anlan.kernel.messaging.channels.setup import Channels  # noqa: PLC0415
    from anlan.kernel.messaging.channels.sms_http.client import SmsChannel  # noqa: PLC0415
    from anlan.kernel.messaging.tests.doubles import SmsGateway  # noqa: PLC0415
    from anlan.kernel.messaging.worker import run_once  # noqa: PLC0415
    from bench import district  # noqa: PLC0415

    at = clock.now()
    district.build(at)
    begin = time.perf_counter()
    released = district.release(at=at)
    queued_s = time.perf_counter() - begin
    begin = time.perf_counter()
    seen = board(call_out=released.call_out, at=at)
    board_s = time.perf_counter() - begin
    with SmsGateway().running() as gateway:
        channels = Channels({"in_app": InAppChannel({}), "sms": SmsChannel({"url": gateway.url})})
        begin = time.perf_counter()
        count = run_once(channels=channels, exercise_id=None, at=at, names=("in_app", "sms"))
        rate = count / (time.perf_counter() - begin)
    # A second world gives more people to answer: every person answers received, on post and done.
    drill = Exercise.objects.create(name="bench", real_start=at, sim_start=at, frozen_at=at)
    district.release(at=at, exercise_id=drill.pk)
    complete = (
        seen.total.called == PEOPLE and len(seen.streets) == 11 and all(cell.delivery for cell in seen.cells)
    )
    return {"queued_s": queued_s, "board_s": board_s, "complete": complete, "rate": rate, "count": count,
            "tokens": _answers()}  # fmt: skip


def _answers() -> list:
    """[token, answer] for every message: first everybody's *received*, then *on post*, then *done*, each shuffled."""
    from anlan.kernel.messaging.models import Message  # noqa: PLC0415
    from anlan.kernel.messaging.tokens import token_for  # noqa: PLC0415

    tokens = [
        token_for(pk) for pk in Message.objects.filter(kind="warnings.call_out").values_list("pk", flat=True)
    ]
    shuffled = []
    for kind in ("received", "on_post", "done"):
        random.Random(7).shuffle(tokens)
        shuffled += [[token, kind] for token in tokens]
    return shuffled


def kept() -> dict:
    """How many of the answers that got their 200 are in the database, each with its line on the call-out's board."""
    from anlan.domains.warnings.models import CallOutAnswer  # noqa: PLC0415
    from anlan.kernel.messaging.models import Answer  # noqa: PLC0415

    ids = json.load(sys.stdin)
    answers = Answer.objects.filter(pk__in=ids)
    lines = CallOutAnswer.objects.filter(by__in=answers.values("by")).count()
    return {"kept": min(answers.count(), lines), "promised": len(ids)}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps({"fill": fill, "kept": kept}[sys.argv[1]]()))
