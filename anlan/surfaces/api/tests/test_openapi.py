"""The API's own description against what it answers."""

import pytest
from django.test import Client

from tests.people import HARBOUR, HILL, district

pytestmark = pytest.mark.django_db


def test_it_describes_itself() -> None:
    described = Client().get("/api/openapi.json").json()
    assert described["info"]["title"] == "Anlan 安澜"
    assert {"/api/worklist", "/api/messaging/answers", "/api/{domain}/{record}"} <= described["paths"].keys()


def test_every_read_needs_a_person() -> None:
    client = Client()
    for path in ("worklist", "domains", "indicators", "dangers/danger"):
        assert client.get(f"/api/{path}").status_code == 401, path


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing/here", 404),
        ("dangers/danger?offset=-1", 422),
        ("indicators/dangers.on_time", 422),
        ("indicators/none?start=2026-01-01T00:00:00Z&end=2026-02-01T00:00:00Z", 404),
    ],
)
def test_bad_input_is_refused_in_words(path: str, status: int) -> None:
    client = Client()
    client.force_login(district().owner.account, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/api/{path}")
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_number_is_read_for_regions_of_one_s_own_only() -> None:
    client = Client()
    client.force_login(district().owner.account, backend="django.contrib.auth.backends.ModelBackend")
    asked = "/api/indicators/dangers.on_time?start=2026-01-01T00:00:00Z&end=2026-02-01T00:00:00Z"
    assert client.get(f"{asked}&region={HARBOUR}").status_code == 200
    assert client.get(asked).status_code == 200
    assert client.get(f"{asked}&region={HILL}").status_code == 404
    assert (
        client.get(f"{asked}&exercise_id=00000000-0000-0000-0000-000000000001").json()["code"]
        == "api.no_world"
    )
