"""Steps of dangers from the phone with their proofs, and what cannot be kept: answered, and holding up nothing."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from anlan.domains.dangers import actions as dangers
from anlan.domains.dangers.models import Danger
from anlan.domains.enterprises.models import Site
from anlan.kernel.core import clock, keys
from anlan.kernel.loop.models import Evidence
from anlan.kernel.orgs.models import Duty
from anlan.surfaces.field.tests.test_field import JPEG, act, beginning, day, here, phone, put, send
from tests.people import District

pytestmark = pytest.mark.django_db
__all__ = ["here"]  # the workshop and its people, as in the tests of the door


def reported(here: District, **more: Any) -> Danger:
    """A danger at the workshop that its firm is putting right."""
    item = dangers.report_danger(
        description="堵", category="exit", site=Site.objects.get().pk, by=here.owner.by,
        at=clock.real_now() - timedelta(days=more.pop("days", 1)), rectify_by=clock.real_now() + timedelta(days=3),
    )  # fmt: skip
    return Danger.objects.get(pk=item.pk)


def step(client: Client, danger: Danger, **body: Any) -> dict[str, Any]:
    (row,) = [each for each in day(client)["dangers"] if each["id"] == str(danger.pk)]
    (answer,) = send(client, act("step", {"item": row["id"], "seen": row["seen"], "move": "rectify", **body}))
    return answer


@pytest.mark.feature("M028")
class TestAStepFromThePhone:
    def test_says_where_the_phone_stood_and_when_the_photo_was_taken_and_doubt_is_flagged(
        self, here: District
    ) -> None:
        client, danger = phone(here.manager), reported(here)
        put(client, JPEG, 0, len(JPEG))
        yesterday = (clock.real_now() - timedelta(days=2)).isoformat()
        answer = step(
            client, danger, photos=[keys.sm3(JPEG)], taken={keys.sm3(JPEG): yesterday}, lon=113.95, lat=22.6
        )
        assert answer["state"] == "taken", answer
        proof = Evidence.objects.get(step__move="rectify")
        assert (proof.kind, proof.lon, proof.flags) == ("photo", 113.95, ["older_than_item", "far_away"])

    def test_on_the_spot_with_a_fresh_photo_is_in_no_doubt(self, here: District) -> None:
        client, danger = phone(here.manager), reported(here)
        put(client, JPEG, 0, len(JPEG))
        now = {keys.sm3(JPEG): clock.real_now().isoformat()}
        assert step(client, danger, photos=[*now], taken=now, lon=113.9001, lat=22.6)["state"] == "taken"
        assert Evidence.objects.get(step__move="rectify").flags == []

    def test_of_an_old_danger_brings_the_five_in_place(self, here: District) -> None:
        client, danger = phone(here.manager), reported(here, days=9)
        put(client, JPEG, 0, len(JPEG))
        said = day(client)
        assert [name for name, _zh, _en in said["five"]] == [
            "measures",
            "responsible",
            "funds",
            "time_limit",
            "plan",
        ]
        assert said["dangers"][0]["five_from"] < clock.real_now().isoformat()
        refused = step(client, danger, photos=[keys.sm3(JPEG)])
        assert (refused["state"], refused["field"]) == ("refused", "five_measures")
        five = {f"five_{name}": "有" for name, _zh, _en in said["five"]}
        assert step(client, danger, photos=[keys.sm3(JPEG)], facts=five)["state"] == "taken"
        assert Danger.objects.get().five_in_place["plan"] == "有"


class TestWhatCannotBeKept:
    @pytest.mark.parametrize(
        "odd",
        [
            {"description": "\0"}, {"photos": 7}, {"photos": ["a"] * 13}, {"taken": [1]}, {"taken": {"a": "soon"}},
            {"category": "ghosts"}, {"lon": 10**400},
        ],
    )  # fmt: skip
    def test_is_answered_and_holds_up_nothing_behind_it(self, here: District, odd: dict[str, Any]) -> None:
        client, begin = phone(here.owner), beginning()
        find = {
            "visit": begin["body"]["visit"],
            "finding": str(uuid4()),
            "description": "堵",
            "category": "exit",
        }
        answers = send(client, begin, act("find", find | odd), act("find", find | {"finding": str(uuid4())}))
        states = [each["state"] for each in answers]
        assert states[0] == states[2] == "taken"
        assert states[1] == ("taken" if "lon" in odd else "refused")
        assert "lon" in odd or answers[1]["remedy"]

    def test_of_a_finish_is_answered_too(self, here: District) -> None:
        client, begin = phone(here.owner), beginning()
        end = {"visit": begin["body"]["visit"], "base": 1, "ended_at": clock.real_now().isoformat()}
        odd = ({"answers": ["fine"]}, {"sign": "x"}, {"companions": 3}, {"companions": ["x"] * 13})
        answers = send(client, begin, *(act("finish", end | each) for each in odd), act("finish", end))
        assert [each["state"] for each in answers] == ["taken", *["refused"] * 4, "taken"]
        assert [each["field"] for each in answers[1:5]] == ["answers", "sign", "companions", "companions"]


def test_a_morning_without_a_line_counts_for_whoever_had_the_ground_then(here: District) -> None:
    began = clock.real_now() - timedelta(hours=5)
    Duty.objects.filter(person=here.owner).update(valid_to=clock.real_now() - timedelta(hours=1))
    begin = beginning(started_at=began.isoformat())
    find = {"visit": begin["body"]["visit"], "finding": str(uuid4()), "description": "堵", "category": "exit"}
    answers = send(phone(here.owner), begin, act("find", find))
    assert [each["state"] for each in answers] == ["taken", "taken"]
    assert Danger.objects.get().item.state == "found"  # whoever has the ground now gives it to the firm
    (late,) = send(
        phone(here.owner), beginning(started_at=(clock.real_now() - timedelta(minutes=1)).isoformat())
    )
    assert late["code"] == "patrols.no_site"
