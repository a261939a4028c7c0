"""/health says what lives, what is silent and what is missing; it needs nobody signed in."""

from datetime import timedelta

import pytest
from django.test import Client

from anlan.kernel.core import clock, heartbeats
from anlan.kernel.core.models import Process

NEEDED = ("web", "worker", "sweep", "jobs", "sequencer", "stream")


@pytest.fixture
def beating(db):
    for kind in NEEDED:
        heartbeats.beat(kind)


def ask():
    answer = Client().get("/health")
    return answer.status_code, answer.json()


def test_all_well_is_200(beating):
    status, health = ask()
    assert (status, health["ok"], health["database"]) == (200, True, "alive")
    assert {each["state"] for each in health["processes"].values()} == {"alive"}
    assert health["numbers"] == {"drifted": 0}


def test_a_process_that_never_came_up_is_missing(beating):
    Process.objects.filter(name__startswith="sweep:").delete()
    status, health = ask()
    assert status == 503
    assert health["processes"]["sweep"] == {"state": "missing", "running": 0, "beat_s": None}


def test_a_process_that_stopped_beating_is_silent(beating):
    Process.objects.filter(name__startswith="worker:").update(
        beat_at=clock.real_now() - timedelta(seconds=60)
    )
    status, health = ask()
    assert status == 503
    assert health["processes"]["worker"]["state"] == "silent"


def test_one_of_two_workers_may_fall_silent(beating):
    Process.objects.create(
        name="worker:elsewhere:1",
        pid=1,
        started_at=clock.real_now(),
        beat_at=clock.real_now() - timedelta(seconds=60),
    )
    assert ask()[0] == 200


def test_a_process_long_gone_is_forgotten(beating):
    Process.objects.create(
        name="web:elsewhere:1",
        pid=1,
        started_at=clock.real_now(),
        beat_at=clock.real_now() - timedelta(hours=1),
    )
    heartbeats.beat("web")
    assert not Process.objects.filter(name="web:elsewhere:1").exists()
