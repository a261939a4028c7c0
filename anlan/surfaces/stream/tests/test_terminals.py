"""Terminals of parks by HTTP: a token, good rows kept once, bad rows back with their reason."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anlan.domains.contractors import actions as crews
from anlan.domains.contractors.models import Pulse
from anlan.domains.sensing import actions
from anlan.kernel.core import clock
from tests import people

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("anlan.surfaces.stream.urls"),
    pytest.mark.feature("M451", "M470"),
]


@pytest.fixture
def token(db: None) -> str:
    people.district()
    now = clock.real_now()
    days = {"installed": now - timedelta(days=9), "connected": now - timedelta(days=8)}
    crews.add_fixtures(
        [crews.FixtureGiven("terminal", "ZD-1", "园区", people.QUAY, days)], by="service:test", at=now
    )
    return actions.declare_feeder(code="parks", name="园区终端", by="service:test", at=now)


def post(token: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return Client().post("/terminals", json.dumps(body), content_type="application/json", headers=headers)


def test_tell_that_they_are_alive_and_what_worries_them(token: str) -> None:
    at = (clock.real_now() - timedelta(minutes=3)).isoformat()
    rows = [
        {"code": "ZD-1", "at": at, "people": 4, "worry": "no_helmet"}, {"code": "ZD-9", "at": at},
        {"code": "ZD-1", "at": at, "people": -1}, {"code": "ZD-1", "worry": "ghost"}, {"code": "ZD-1", "at": "soon"},
        {"code": "ZD-1", "at": (clock.real_now() + timedelta(hours=1)).isoformat()}, 7,
    ]  # fmt: skip
    for _twice in range(2):
        answer = post(token, {"terminals": rows}).json()
        assert (answer["accepted"], [row["row"] for row in answer["refused"]]) == (1, [1, 2, 3, 4, 5, 6])
        assert all(row["reason"] for row in answer["refused"])
    pulse = Pulse.objects.get()
    assert (pulse.people, pulse.worry, pulse.happened_at.isoformat()) == (4, "no_helmet", at)


@pytest.mark.parametrize("body", [[], {"terminals": 3}, {"terminals": [{}] * 2001}])
def test_a_body_of_another_shape_is_refused_whole(token: str, body: Any) -> None:
    assert post(token, body).status_code in (400, 413)
    assert not Pulse.objects.exists()


def test_nobody_without_a_token_speaks_for_a_park(token: str) -> None:
    assert post("guess", {"terminals": []}).status_code == 401
