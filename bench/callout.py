"""Call-out: 3,183 people called, the board, their texts handed over, a thousand durable answers a second over HTTP.

Everything real: a durable cluster of its own, the web process as it runs in production, HTTP over a socket. The load
comes from this machine too, so that its share of the two cores is in the numbers. Answers come at fixed times
(open loop): a slow server does not slow the callers down, it makes them wait.
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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

from bench.result import Result

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 3183
QUEUED_S = 2.0
RATE = 1000  # answers a second
SECONDS = 10
P99_MS = 500.0
CONNECTIONS = 200


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
                warm, count, rest = (tokens[part] for part in _parts())
                first = asyncio.run(_load(port, warm))
                taken = asyncio.run(_load(port, count))
                killed = asyncio.run(_load(port, rest, then=lambda: _kill(port)))
            kept = _inside(environment, "kept", json.dumps(first["ids"] + taken["ids"] + killed["ids"]))
    finally:
        shutil.rmtree(var, ignore_errors=True)
    return _results(told, taken, killed, kept)


def _parts() -> list[slice]:
    ends = [0, RATE, RATE * (SECONDS + 1), RATE * (SECONDS + 3)]
    return [slice(start, end) for start, end in pairwise(ends)]


def _results(told: dict, taken: dict, killed: dict, kept: dict) -> list[Result]:
    promised = kept["promised"]
    return [
        Result("callout.queued", told["queued_s"], "s", f"limit {QUEUED_S} s for {PEOPLE} people",
               QUEUED_S / told["queued_s"], told["queued_s"] < QUEUED_S),
        Result("callout.board", told["board_s"], "s", f"complete for {PEOPLE} people", None, told["complete"]),
        Result("callout.delivered", told["rate"], "deliveries/s", f"{told['count']} by one worker, app and SMS double"),
        Result("callout.answers", taken["rate"], "answers/s", f"limit {RATE}", taken["rate"] / RATE,
               taken["rate"] >= RATE * 0.99 and not taken["failed"]),
        Result("callout.answers.p50", taken["p50_ms"], "ms", ""),
        Result("callout.answers.p99", taken["p99_ms"], "ms", f"limit {P99_MS:.0f} ms", P99_MS / taken["p99_ms"],
               taken["p99_ms"] < P99_MS),
        Result("callout.answers.lost", promised - kept["kept"], "answers",
               f"limit 0 of {promised} promised, {len(killed['ids'])} of them before kill -9", None,
               promised == kept["kept"] and bool(killed["failed"])),
    ]  # fmt: skip


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
async def _load(port: int, answers: list[list[str]], *, then=None) -> dict:
    """RATE answers a second, over CONNECTIONS kept open. Latency counts from the due time."""
    due = asyncio.Queue()
    told = {"ids": [], "latencies": [], "failed": 0}
    clients = [asyncio.create_task(_client(port, due, told)) for _ in range(CONNECTIONS)]
    begin = time.perf_counter()
    for number, answer in enumerate(answers):
        at = begin + number / RATE
        if (wait := at - time.perf_counter()) > 0.001:
            await asyncio.sleep(wait)
        due.put_nowait((at, answer))
    if then is not None:
        then()  # in the middle of it: some answers are on their way
    for _ in clients:
        due.put_nowait(None)
    await asyncio.gather(*clients)
    taken = time.perf_counter() - begin
    latencies = sorted(told["latencies"])
    return {
        "ids": told["ids"],
        "failed": told["failed"],
        "rate": len(told["ids"]) / max(taken, 1e-9),
        "p50_ms": 1000 * latencies[len(latencies) // 2] if latencies else 0.0,
        "p99_ms": 1000 * latencies[int(len(latencies) * 0.99)] if latencies else 0.0,
    }


async def _client(port: int, due: asyncio.Queue, told: dict) -> None:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        reader = writer = None
    while (job := await due.get()) is not None:
        at, (token, kind) = job
        try:
            body = json.dumps({"token": token, "kind": kind}).encode()
            writer.write(
                b"POST /api/messaging/answers HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            )
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            answer = await reader.readexactly(length)
            if head.split(b" ", 2)[1] != b"200":
                raise OSError(answer[:200])
            told["ids"].append(json.loads(answer)["id"])
            told["latencies"].append(time.perf_counter() - at)
        except (OSError, asyncio.IncompleteReadError, AttributeError):
            told["failed"] += 1
    if writer is not None:
        writer.close()


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
