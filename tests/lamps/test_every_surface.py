"""A domain that no surface knows appears on every surface: declared is enough."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from anlan.kernel.core import clock
from anlan.kernel.loop.sweep import sweep
from tests.lamps.actions import report_lamp
from tests.people import HARBOUR, QUAY, District, district

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> District:
    return district()


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def post(client: Client, path: str, body: dict) -> object:
    return client.post(path, json.dumps(body), content_type="application/json")


class TestTheApi:
    def test_names_it_with_its_moves(self, here: District) -> None:
        named = {d["name"]: d for d in signed_in(here.owner).get("/api/domains").json()}
        assert named["lamps"]["records"][0]["moves"] == ["send", "light"]

    def test_opens_one_moves_it_and_reads_its_number(self, here: District) -> None:
        owner, colleague = signed_in(here.owner), signed_in(here.colleague)
        made = post(owner, "/api/lamps/lamp", {"region": QUAY, "facts": {"pole": "A7"}})
        assert made.status_code == 201
        path = f"/api/lamps/lamp/{made.json()['id']}"
        assert [row["id"] for row in owner.get("/api/worklist").json()] == [made.json()["id"]]
        assert post(owner, f"{path}/send", {"facts": {"crew": "2"}}).json()["target"] == "mending"
        again = post(owner, f"{path}/light", {})
        assert (again.status_code, again.json()["code"]) == (422, "loop.second_person")
        assert post(colleague, f"{path}/light", {}).status_code == 200
        seen = owner.get(path).json()
        assert (seen["item"]["state"], [s["move"] for s in seen["steps"]]) == (
            "lit",
            ["open", "send", "light"],
        )
        now = clock.real_now()
        span = {
            "start": (now - timedelta(hours=1)).isoformat(),
            "end": (now + timedelta(hours=1)).isoformat(),
        }
        read = owner.get("/api/indicators/lamps.lit", span).json()
        assert (read["value"], read["rows"]) == (1, [made.json()["id"]])

    def test_refuses_by_the_name_of_the_field(self, here: District) -> None:
        refused = post(signed_in(here.owner), "/api/lamps/lamp", {"region": QUAY, "facts": {}})
        assert (refused.status_code, refused.json()["field"]) == (422, "pole")

    def test_shows_nothing_to_an_outsider_or_a_stranger(self, here: District) -> None:
        item = report_lamp(pole="A7", region=QUAY, by=here.owner.by, at=clock.real_now())
        outsider = signed_in(here.outsider)
        assert outsider.get("/api/lamps/lamp").json()["rows"] == []
        assert outsider.get(f"/api/lamps/lamp/{item.pk}").status_code == 404
        assert post(outsider, f"/api/lamps/lamp/{item.pk}/send", {"facts": {"crew": "2"}}).status_code == 404
        assert Client().get("/api/lamps/lamp").status_code == 401


class TestTheWeb:
    def test_lists_it_and_shows_one_with_its_next_step(self, here: District) -> None:
        item = report_lamp(pole="A7", region=QUAY, by=here.owner.by, at=clock.real_now())
        client = signed_in(here.owner)
        listed = client.get("/lamps/lamp/")
        assert listed.status_code == 200
        assert "A7" in listed.content.decode()
        page = client.get(f"/lamps/lamp/{item.pk}/").content.decode()
        assert f"/lamps/lamp/{item.pk}/send/" in page

    def test_stands_on_the_home_page_with_its_clock(self, here: District) -> None:
        report_lamp(pole="A7", region=HARBOUR, by=here.owner.by, at=clock.real_now())
        assert "Lamp A7 is dark" in signed_in(here.owner).get("/").content.decode()

    def test_makes_the_move_from_its_form(self, here: District) -> None:
        item = report_lamp(pole="A7", region=QUAY, by=here.owner.by, at=clock.real_now())
        answer = signed_in(here.owner).post(f"/lamps/lamp/{item.pk}/send/", {"crew": "2"})
        assert answer.status_code in (200, 204, 302, 303)
        item.refresh_from_db()
        assert item.state == "mending"

    def test_is_not_there_for_an_outsider(self, here: District) -> None:
        item = report_lamp(pole="A7", region=QUAY, by=here.owner.by, at=clock.real_now())
        assert signed_in(here.outsider).get(f"/lamps/lamp/{item.pk}/").status_code == 404


def test_the_sweep_climbs_its_ladder(here: District) -> None:
    at = clock.real_now()
    item = report_lamp(pole="A7", region=QUAY, by=here.owner.by, at=at)
    sweep(exercise_id=None, at=at + timedelta(hours=3))
    item.refresh_from_db()
    assert item.escalated_to == "street_safety_officer"
