"""kill -9 of real processes: a worker between send and commit, and the answers' gateway under load."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from anlan.kernel.core import clock
from anlan.kernel.messaging.models import Answer, Attempt, Delivery
from anlan.kernel.messaging.tests.conftest import person_of
from anlan.kernel.messaging.tests.doubles import SmsGateway
from anlan.kernel.messaging.tokens import token_for
from tests.prove import kills

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[4]
TESTS = "anlan.kernel.messaging.tests"


def start(module, *arguments, **options):
    environment = {
        **os.environ,
        "ANLAN_VAR": str(settings.ANLAN_VAR),
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    return subprocess.Popen(
        [sys.executable, "-m", f"{TESTS}.{module}", *arguments],
        cwd=ROOT,
        env=environment,
        text=True,
        **options,
    )


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def wait_until(true, seconds=20.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def call_many(call, street, number):
    now = clock.real_now()
    people = [person_of(street, f"责任人{each}", phone=f"199{each:08}") for each in range(number)]
    return [call(each, at=now, expires=now + timedelta(minutes=30)) for each in people]


class SlowGateway(SmsGateway):
    """Has taken the texts well before it says so: the moment in which a worker's death is worst."""

    def _sms(self, path, headers, body):
        told = super()._sms(path, headers, body)
        time.sleep(0.15)
        return told


@kills(few=3)
def test_a_worker_killed_between_send_and_commit_loses_none_and_rings_none_twice(call, street, kills):
    people = 60 if kills == 3 else 20 * kills
    call_many(call, street, people)
    texts = Delivery.objects.filter(channel="sms")
    with SlowGateway().running() as gateway:
        for number in range(kills):
            seen = len(gateway.requests)
            process = start("worker_process", gateway.url)
            # A request has come in and its answer has not yet gone out: now. Every third time a little later.
            wait_until(lambda seen=seen: len(gateway.requests) > seen + 1)
            time.sleep(random.uniform(0, 0.4) if number % 3 == 2 else 0)
            kill(process)
        process = start("worker_process", gateway.url)
        wait_until(lambda: not texts.exclude(state="sent").exists(), seconds=20 + people)
        kill(process)
    assert len(gateway.delivered) == people
    assert set(gateway.delivered.values()) == {1}
    assert gateway.doubles > 0, "no kill fell between send and commit; the test proves nothing"
    assert Attempt.objects.filter(delivery__channel="sms", outcome="accepted").count() >= people
    assert texts.filter(round=1).count() == people


def answer_over_http(port, tokens, promised, failed):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        for token in tokens:
            try:
                connection.request("POST", "/", json.dumps({"token": token}))
                with connection.getresponse() as reply:
                    body = reply.read().decode()
            except (OSError, http.client.HTTPException):
                failed.set()
                return
            if reply.status == 200:
                promised.append(body)


def test_every_answer_that_got_its_200_is_there_after_kill_9(call, street):
    tokens = [token_for(message.pk) for message in call_many(call, street, 160)]
    server = start("answers_process", stdout=subprocess.PIPE)
    promised: list[str] = []
    failed = threading.Event()
    with server.stdout as output:
        port = int(output.readline())
        clients = [
            threading.Thread(target=answer_over_http, args=(port, tokens[each::16], promised, failed))
            for each in range(16)
        ]
        for client in clients:
            client.start()
        wait_until(lambda: len(promised) >= random.randint(30, 70))
        kill(server)
        for client in clients:
            client.join()
    assert failed.is_set(), "the kill came after the last answer; the test proves nothing"
    kept = {str(pk) for pk in Answer.objects.values_list("pk", flat=True)}
    assert set(promised) <= kept
    assert len(promised) >= 30
