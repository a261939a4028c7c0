"""Readings by HTTP: durable before the 200, good rows kept, bad rows told; then through the engine."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from anlan.domains.sensing import actions
from anlan.domains.sensing.actions import StationGiven
from anlan.domains.sensing.models import Alarm, Arrival, Reading
from anlan.domains.sensing.queries import engines
from anlan.domains.sensing.rules.faults import MISSING, RANGE
from anlan.kernel.core import clock
from anlan.surfaces.stream import door, process, step
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.urls("anlan.surfaces.stream.urls")]


@pytest.fixture
def token(db: None) -> Iterator[str]:
    engines._running.clear()
    door._sensor_cache.clear()
    people.district()
    stations = [StationGiven(f"G{n}", f"站{n}", people.HARBOUR, every_s=300) for n in range(3)]
    actions.declare_stations(stations, exercise_id=None, by="service:test", at=clock.real_now())
    yield actions.declare_feeder(code="hydro", name="水文遥测", by="service:test", at=clock.real_now())
    engines._running.clear()


def post(token: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return Client().post("/readings", json.dumps(body), content_type="application/json", headers=headers)


def minutes_ago(count: float) -> str:
    return (clock.real_now() - timedelta(minutes=count)).replace(second=0, microsecond=0).isoformat()


@pytest.mark.feature("M007")
def test_good_rows_are_kept_and_bad_rows_come_back_with_their_reason(token: str) -> None:
    at = minutes_ago(5)
    rows = [
        {"station": "G0", "at": at, "value": 1.2},
        {"station": "nobody", "at": at, "value": 1},
        {"station": "G1", "at": "yesterday", "value": 1},
        {"station": "G1", "at": at, "value": "much"},
        {"station": "G1", "at": minutes_ago(-60), "value": 1},
        {"station": "G2", "at": at, "value": None},
    ]
    answer = post(token, {"readings": rows}).json()
    assert answer["accepted"] == 2
    assert [row["row"] for row in answer["refused"]] == [1, 2, 3, 4]
    assert answer["refused"][0]["reason"] == "没有此传感器"
    assert Arrival.objects.get().rows == 2
    assert process.take_arrived() == 2
    assert not Arrival.objects.exists()
    assert sorted(Reading.objects.values_list("value", "flags")) == [(0, MISSING), (12, 0)]


def test_columns_are_a_shorter_way_to_say_the_same(token: str) -> None:
    body = {"station": ["G0", "G1"], "at": minutes_ago(5), "value": [1.5, 900.0]}
    assert post(token, body).json() == {"accepted": 2, "refused": []}
    process.take_arrived()
    assert dict(Reading.objects.values_list("value", "flags")) == {15: 0, 9000: RANGE}


def test_a_source_declares_its_unit_its_zone_and_its_words(token: str) -> None:
    declared = {"unit": "inch", "zone": "Asia/Shanghai"}
    other = actions.declare_feeder(
        code="inches", name="进口设备", by="service:test", at=clock.real_now(), declaration=declared
    )
    local = (clock.real_now() + timedelta(hours=8) - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:00")
    post(other, {"readings": [{"station": "G0", "at": local, "value": 0.5}]})
    process.take_arrived()
    reading = Reading.objects.get()
    assert reading.value == 127
    assert timedelta(minutes=4) < clock.real_now() - reading.at < timedelta(minutes=7)


def test_without_a_token_nothing_is_taken(token: str) -> None:
    refused = post("wrong", {"readings": []})
    assert (refused.status_code, refused.json()["code"]) == (401, "stream.unknown_feeder")
    assert Client().get("/readings").status_code == 405


@pytest.mark.parametrize("body", [[], {"readings": [1]}, {"station": ["G0"], "value": []}, "text"])
def test_a_body_of_another_shape_is_refused_with_what_is_expected(token: str, body: Any) -> None:
    answer = post(token, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "stream.bad_body")


def test_too_many_rows_are_refused_as_a_whole(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MOST", 2)
    rows = [{"station": "G0", "at": minutes_ago(n), "value": 1} for n in range(3)]
    assert post(token, {"readings": rows}).status_code == 413
    assert not Arrival.objects.exists()


def test_a_batch_sent_twice_is_stored_once_and_raises_once(token: str) -> None:
    rows = [{"station": "G0", "at": minutes_ago(60 - 5 * n), "value": 5.0 + n % 3 / 10} for n in range(11)]
    for _ in range(2):
        post(token, {"readings": rows})
        process.take_arrived()
    assert Reading.objects.count() == 11
    assert Alarm.objects.filter(sensor__isnull=False).count() == 1


def test_a_batch_whose_step_fails_waits_and_is_taken_again(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(token, {"station": ["G0"], "at": minutes_ago(5), "value": [1.0]})

    def fail(**_: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(process, "step", fail)
        with pytest.raises(OperationalError):
            process.take_arrived()
    assert Arrival.objects.count() == 1
    assert process.take_arrived() == 1
    assert step.step is process.step
