"""kill -9 of the database under answers: whoever was told 200 is in it when it is up again, once."""

import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from anlan.kernel.core.postgres import Server
from tests.database import SMALL, take_template
from tests.prove import MARKS

pytestmark = pytest.mark.django_db  # the session's cluster leaves a migrated one to copy
ROOT = Path(__file__).parents[2]
TESTS = "anlan.kernel.messaging.tests"
CALLERS = 8


@pytest.fixture
def server(tmp_path: Path, db: None) -> Iterator[Server]:
    """A durable cluster of its own, so that nobody else's tests stand on it when it dies."""
    made = Server(tmp_path / "var", options=SMALL, sync=True)
    take_template(made)
    made.start()
    yield made
    made.stop()
    shutil.rmtree(made.places.home, ignore_errors=True)
    shutil.rmtree(made.places.socket, ignore_errors=True)


def house(server: Server, module: str, *arguments: str, **more: object) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "ANLAN_VAR": str(server.places.var),
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    line = [sys.executable, "-m", f"{TESTS}.{module}", *arguments]
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        line, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, **more
    )


def told(server: Server, *arguments: str) -> object:
    with house(server, "call_process", *arguments) as process:
        out, _ = process.communicate(timeout=600)
    assert process.returncode == 0
    return json.loads(out)


def answer_all(port: int, tokens: list[str], promised: list[str], over: threading.Event) -> None:
    """Each token until it gets its 200, however often the house stumbles."""
    for token in tokens:
        while not over.is_set():
            try:
                promised.append(ask(port, token))
                break
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)


def ask(port: int, token: str) -> str:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("POST", "/", json.dumps({"token": token}))
        reply = connection.getresponse()
        if reply.status != 200:
            raise http.client.HTTPException(str(reply.status))
        return reply.read().decode()


def kill(server: Server) -> None:
    assert server.process is not None
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()


@pytest.mark.parametrize(
    "kills", [1, pytest.param(5, marks=MARKS)], ids=["the database killed once", "five times"]
)
def test_an_answer_that_got_its_200_outlives_the_database(server: Server, kills: int) -> None:
    tokens = told(server, "call", str(400 * kills))
    assert isinstance(tokens, list)
    promised: list[str] = []
    over = threading.Event()
    door = house(server, "answers_process", stderr=subprocess.DEVNULL)
    assert door.stdout is not None
    port = int(door.stdout.readline())
    callers = [
        threading.Thread(target=answer_all, args=(port, tokens[each::CALLERS], promised, over))
        for each in range(CALLERS)
    ]
    try:
        for caller in callers:
            caller.start()
        for number in range(kills):
            wait_for(promised, len(tokens) * number // kills + random.randint(20, 200))
            kill(server)
            server.start()
        for caller in callers:
            caller.join(600)
    finally:
        over.set()
        door.kill()
        door.communicate()
    kept = told(server, "kept")
    assert isinstance(kept, dict)
    assert len(promised) == len(tokens)
    assert sorted(promised) == sorted(kept["ids"])  # the same answer asked for again is the same one
    assert kept["entries"] == len(tokens)


def wait_for(promised: list[str], number: int) -> None:
    end = time.monotonic() + 600
    while len(promised) < number:
        assert time.monotonic() < end, f"{len(promised)} of {number} answers and no more"
        time.sleep(0.005)
