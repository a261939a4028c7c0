"""The board of an event: what is around, what came in, what is judged, who was told, what was decided."""

from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.incidents.actions import events, reporting
from anlan.domains.incidents.models import Judgement, UnitNotice, UnitQuery
from anlan.domains.resources.actions import forces
from anlan.domains.responses.models import Response
from anlan.domains.sensing.actions import declare_stations
from anlan.domains.sensing.actions.stations import StationGiven
from anlan.domains.workplan.actions import asking
from anlan.kernel.core import clock
from anlan.kernel.loop.actions import open_item
from anlan.kernel.loop.evidence import Given
from anlan.kernel.messaging import tokens
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.places.queries import metres_between
from anlan.surfaces.web.pages import around
from anlan.surfaces.web.pages.incident_board import source_of
from anlan.surfaces.web.times import local
from tests.people import DISTRICT, QUAY, District, add_duty, add_kind, add_person, add_place, district

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def here() -> District:
    made = district()
    for code in ("watch_leader", "resource_keeper", "liaison_b", "office_watch"):
        add_kind(code)
    return made


def somebody(here: District, name: str, *kinds: str) -> Person:
    person = add_person(name, here.bureau, account=True)
    for kind in kinds:
        add_duty(person, kind, DISTRICT)
    return person


def browser(person: Person, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def told(here: District, officer: Person, **more: object):
    at = clock.real_now() - HOUR
    return events.receive(
        description="边坡滑塌压住一辆车", event_class="natural", kind="geology", region=QUAY, by=officer.by, at=at,
        evidence=[Given("position", lon=113.90, lat=22.65)], **more,
    )  # fmt: skip


def ground(here: District) -> Organisation:
    """What lies around: a shelter, a gauge, a force near and one far, a unit with a liaison."""
    now = clock.real_now()
    add_place("码头小学避难场所", QUAY, lon=113.905, lat=22.65, kind="shelter")
    add_place("远处避难场所", QUAY, lon=114.30, lat=22.65, kind="shelter")
    declare_stations([StationGiven("YL1", "码头雨量站", QUAY, lon=113.90, lat=22.66)], exercise_id=None, by="service:test", at=now)  # fmt: skip
    keeper = somebody(here, "Kira", "resource_keeper")
    boat = {"kind": "social", "region": DISTRICT, "people": 42, "contact_a": "周航", "phone_a": "13900001111"}
    for name, lon in (("蓝湾救援队", 113.95), ("远山救援队", 114.9)):
        forces.add_force(given=forces.Given(name=name, lon=lon, lat=22.65, **boat), by=keeper.by, at=now)
    unit = Organisation.objects.create(
        name="规划和自然资源局安澜管理局", short_name="规自", kind="member_unit", region_id=DISTRICT
    )
    add_duty(add_person("白联络", unit), "liaison_a", DISTRICT)
    return unit


@pytest.mark.feature("M298")
def test_one_page_brings_together_what_is_around_came_in_and_was_decided(here: District) -> None:
    officer, leader = somebody(here, "Olga", "watch_officer"), somebody(here, "Lena", "watch_leader")
    ground(here)
    item = told(here, officer, missing=1)
    now = clock.real_now()
    events.assess_up(item=item, grade="ordinary", by=officer.by, at=now)
    reporting.send_first(item=item, by=leader.by, at=now)
    chief = somebody(here, "Cora", "watch_chief")
    board = browser(chief).get(f"/incidents/incident/{item.pk}/board/").content.decode()
    assert "command_order/?source=" in board
    asking.ask(
        kind="command_order", unit=here.street, text="封闭坡脚道路", source=source_of(item), due_at=now + HOUR,
        by=chief.by, at=now,
    )  # fmt: skip
    client = browser(officer)
    shown = client.get(f"/incidents/incident/{item.pk}/board/").content.decode()
    for words in (
        "码头小学避难场所",
        "码头雨量站",
        "蓝湾救援队",
        "5.1 km",
        "never answered",
        "First report",
        "Goes upward",
        "Missing 1",
        "封闭坡脚道路",
        "Cora",
    ):
        assert words in shown, words
    assert "远山救援队" not in shown
    assert "远处避难场所" not in shown
    assert "not judged yet" in shown
    rows = client.get(f"/incidents/incident/{item.pk}/around/shelter/?km=3").content.decode()
    assert "码头小学避难场所" in rows
    wall = client.get(f"/incidents/incident/{item.pk}/board/?wall=1").content.decode()
    assert "event-wall" in wall
    assert '<form method="post" action="/incidents' not in wall
    assert browser(here.outsider).get(f"/incidents/incident/{item.pk}/board/").status_code == 404


def test_the_page_of_a_response_opens_to_the_boards_of_the_events_under_way(here: District) -> None:
    officer, now = somebody(here, "Olga", "watch_officer"), clock.real_now()
    item = told(here, officer)
    row = Response(level="Ⅳ", streets=[QUAY[:9] + "000"], started_at=now, level_since=now)
    response = open_item(
        loop="responses.response", record=row, title="防汛Ⅳ级", region=DISTRICT, by="service:test", at=now
    )
    page = browser(officer).get(f"/responses/{response.pk}/").content.decode()
    assert f"/incidents/incident/{item.pk}/board/" in page
    assert "Events under way" in page


@pytest.mark.feature("M189", "M498")
def test_the_watch_judges_tells_and_asks_from_the_page_and_a_unit_answers_without_signing_in(
    here: District,
) -> None:
    officer = somebody(here, "Olga", "watch_officer")
    unit = ground(here)
    item = told(here, officer)
    client, url = browser(officer), f"/incidents/incident/{item.pk}"
    said = {"known": "一辆车被压", "unknown": "车内人数", "opinion": "先撤坡脚住户", "version": "0"}
    wrong = client.post(f"{url}/act/judge/", {**said, "unknown": ""})
    assert wrong.status_code == 422
    assert "先撤坡脚住户" in wrong.content.decode()
    review = f"{local(clock.real_now() + HOUR):%Y-%m-%dT%H:%M}"
    assert client.post(f"{url}/act/judge/", {**said, "review_at": review}).status_code == 302
    assert Judgement.objects.get().signed_by == officer.by
    assert client.post(f"{url}/act/tell/", {"words": "边坡滑塌"}).status_code == 422
    client.post(f"{url}/act/tell/", {"words": "边坡滑塌", "units": [str(unit.pk)]})
    client.post(f"{url}/act/ask/", {"unit": str(unit.pk), "question": "能派几名专家？", "wanted_by": review})
    link = tokens.token_for(Message.objects.get(kind="incidents.query").pk)
    page = Client(headers={"accept-language": "en"}).get(f"/a/{link}/").content.decode()
    assert "we are finding out" in page
    assert "Your answer" in page
    shown = client.get(f"{url}/board/").content.decode()
    for words in ("先撤坡脚住户", "车内人数", "能派几名专家？", "Told, not answered", "Asked, not answered"):
        assert words in shown
    notice, query = UnitNotice.objects.get().item, UnitQuery.objects.get().item
    assert "边坡滑塌" in client.get(f"/incidents/notice/{notice.pk}/").content.decode()
    client.post(f"/incidents/query/{query.pk}/answer/", {"information": "两名，半小时到"})
    assert "两名，半小时到" in client.get(f"{url}/board/").content.decode()
    client.post(f"{url}/dismiss/", {"reason": "误报"})
    notice.refresh_from_db()
    assert notice.state == "over"
    assert "The event is over" in client.get(f"{url}/board/").content.decode()
    judged = client.get(f"/incidents/judgement/{Judgement.objects.get().pk}/").content.decode()
    assert "车内人数" in judged


def test_a_reader_who_does_not_act_sees_no_form_and_an_event_without_a_position_says_so(
    here: District,
) -> None:
    officer = somebody(here, "Olga", "watch_officer")
    item = events.receive(
        description="停电",
        event_class="accident",
        kind="utilities",
        region=QUAY,
        by=officer.by,
        at=clock.real_now(),
    )
    shown = browser(here.owner).get(f"/incidents/incident/{item.pk}/board/").content.decode()
    assert "No position" in shown
    assert "Sign it" not in shown
    assert browser(here.owner).post(f"/incidents/incident/{item.pk}/act/judge/", {}).status_code == 422


@given(st.floats(-0.08, 0.08), st.floats(-0.08, 0.08))
def test_the_sketch_puts_a_thing_where_it_lies(east: float, north: float) -> None:
    spot = around.Spot(113.9, 22.65, "exact")
    lon, lat = 113.9 + east, 22.65 + north
    metres = metres_between(spot.lon, spot.lat, lon, lat)
    group = around.Found("place", "", [around.Near("x", metres, lon, lat)])
    (mark,) = around.sketch(spot, 10, [group], [])["marks"]
    drawn = ((mark["x"] - 200) ** 2 + (mark["y"] - 200) ** 2) ** 0.5 / around.EDGE * 10_000
    assert drawn == pytest.approx(metres, rel=0.01, abs=10)
    assert (mark["x"] >= 200) == (east >= 0) or abs(mark["x"] - 200) < 0.2
