"""`anlan up` as an operator knows it: killed, stopped with a browser listening, robbed of its database."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from anlan.kernel.core.postgres import Places, Server
from tests.database import take_template

pytestmark = pytest.mark.slow
COMMAND = [sys.executable, "-m", "anlan"]
SIGN_IN = """
from django.test import Client
from anlan.kernel.orgs.models import Account
client = Client()
client.force_login(Account.objects.create_user('listener'), backend='django.contrib.auth.backends.ModelBackend')
print('cookie', client.cookies['anlan_session'].value)
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Up:
    """A house of its own, in a var folder with a path of 120 characters, driven from outside."""

    def __init__(self, var: Path) -> None:
        self.var, self.port = var, free_port()
        self.environ = {**os.environ, "ANLAN_VAR": str(var), "PORT": str(self.port), "ANLAN_WORKERS": "1"}
        self.environ.pop("ANLAN_PUBLIC_URL", None)
        self.process = None

    def start(self):
        with (self.var.parent / "up.out").open("ab") as out:
            self.process = subprocess.Popen([*COMMAND, "up"], env=self.environ, stdout=out, stderr=out)
        self.until(self.healthy, 60)

    def run(self, *words):
        return subprocess.run(
            [*COMMAND, *words], env=self.environ, capture_output=True, text=True, check=False
        )

    def health(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=3) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as answer:
            return answer.code, {}
        except OSError:
            return 0, {}

    def healthy(self):
        assert self.process.poll() is None, self.output()
        return self.health()[0] == 200

    def until(self, holds, seconds):
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, self.output()
            time.sleep(0.1)

    def output(self):
        return (self.var.parent / "up.out").read_text()

    def children(self):
        """Pids of everything below the supervisor, by the kernel's own list."""
        return family(self.process.pid)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


def family(pid):
    with contextlib.suppress(OSError):
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in below] + [each for child in below for each in family(int(child))]
    return []


def lives(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


@pytest.fixture(scope="module")
def up(tmp_path_factory):
    base = tmp_path_factory.mktemp("up")
    var = base / ("v" * (119 - len(str(base))))
    take_template(Server(var))
    house = Up(var)
    house.start()
    yield house
    if house.process.poll() is None:
        house.stop()
    places = Places(var)
    shutil.rmtree(places.home, ignore_errors=True)
    shutil.rmtree(places.socket, ignore_errors=True)


def test_everything_comes_up_and_one_address_is_said(up):
    status, health = up.health()
    assert status == 200
    assert {kind: each["state"] for kind, each in health["processes"].items()} == dict.fromkeys(
        ("web", "worker", "sweep", "jobs", "sequencer", "stream"), "alive"
    )
    up.until(lambda: f"http://127.0.0.1:{up.port}/" in up.output(), 5)
    assert up.output().count("http://") == 1


def test_a_second_supervisor_is_refused_and_told_why(up):
    second = up.run("up")
    assert second.returncode == 1
    assert str(up.process.pid) in second.stderr


def test_a_killed_database_is_started_again_and_the_pages_answer(up):
    server = Server(up.var)
    postmaster = int((server.places.data / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    up.until(lambda: up.health()[0] != 200, 10)
    up.until(up.healthy, 20)


def test_a_killed_process_is_started_again(up):
    before = set(up.children())
    sequencer = next(pid for pid in before if b"sequencer" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(sequencer, signal.SIGKILL)
    up.until(lambda: "SIGKILL" in up.output(), 10)
    up.until(lambda: any(_runs(pid, b"sequencer") for pid in set(up.children()) - before), 10)


def _runs(pid, word):
    with contextlib.suppress(OSError):
        return word in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def test_a_killed_supervisor_leaves_nothing_and_the_next_one_starts(up):
    below = up.children()
    assert len(below) > 8
    up.process.kill()
    up.process.wait()
    up.until_gone = time.monotonic() + 10
    while any(map(lives, below)):
        assert time.monotonic() < up.until_gone, [pid for pid in below if lives(pid)]
        time.sleep(0.05)
    # the worst a crash can leave: a pid file that names a process which lives and is not PostgreSQL
    (Server(up.var).places.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    up.start()


def test_it_stops_in_five_seconds_with_a_browser_listening(up):
    told = up.run("manage", "shell", "--no-imports", "-c", SIGN_IN)
    cookie = told.stdout.split()[-1]
    request = urllib.request.Request(
        f"http://127.0.0.1:{up.port}/live/?topics=dangers", headers={"Cookie": f"anlan_session={cookie}"}
    )
    with urllib.request.urlopen(request, timeout=10) as stream:
        assert stream.readline() == b"retry: 2000\n"
        below = up.children()
        began = time.monotonic()
        assert up.stop() == 0
        assert time.monotonic() - began < 5
    assert not any(map(lives, below))
    assert up.output().rstrip().endswith("已停止。")
