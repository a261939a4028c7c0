"""The security administrator's and the system administrator's pages."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from anlan.kernel.core import clock
from anlan.kernel.ledger.models import Entry
from anlan.kernel.orgs.actions import phone_fields, set_pin
from anlan.kernel.orgs.models import Absence, Account, Duty, Person, WatchSeat
from anlan.surfaces.web.tests.test_numbers import as_
from tests.people import DISTRICT, HILL, District, add_duty, district

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> District:
    made = district()
    Person.objects.filter(pk=made.owner.pk).update(**phone_fields("15400000001"))
    return made


def administrator(role: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    account = Account.objects.create_user(login=f"{role}-1", admin_role=role)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_each_administrator_comes_home_to_their_own_page() -> None:
    homes = {
        role: administrator(role).get("/").headers["Location"] for role in ("system", "security", "audit")
    }
    assert homes == {"system": "/seats/", "security": "/people/", "audit": "/ledger/"}


@pytest.mark.parametrize("asked", ["Al", "临港", "15400000001"])
def test_people_are_found_by_name_organisation_or_phone_and_the_phone_is_masked(
    here: District, asked: str
) -> None:
    page = administrator("security").get("/people/", {"q": asked}).content.decode()
    assert "Alma" in page
    assert "154****0001" in page
    assert ">15400000001<" not in page


def test_a_duty_is_given_by_the_name_of_a_region_and_ended(here: District) -> None:
    client, url = administrator("security"), f"/people/{here.outsider.pk}"
    given = client.post(f"{url}/duty/", {"kind": "watch_officer", "region": "安澜区", "rank": "1"})
    assert given.status_code == 302
    duty = Duty.objects.get(person=here.outsider, kind_id="watch_officer")
    assert (duty.region_id, duty.rank) == (DISTRICT, 1)
    assert Entry.objects.get(code="orgs.duty_granted").by.startswith("account:")
    assert client.post(f"{url}/duty/{duty.pk}/end/").status_code == 302
    duty.refresh_from_db()
    assert duty.valid_to is not None
    assert client.post(f"{url}/duty/{duty.pk}/end/").status_code == 422
    assert client.post(f"/people/{here.owner.pk}/duty/{duty.pk}/end/").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "", "region": HILL},
        {"kind": "watch_officer", "region": "nowhere"},
        {"kind": "watch_officer", "place": "nowhere"},
        {"kind": "watch_officer", "region": HILL, "rank": "first"},
        {"kind": "street_safety_officer", "region": HILL},
    ],
)
def test_a_wrong_duty_is_refused_with_what_was_typed(here: District, wrong: dict[str, str]) -> None:
    before = Duty.objects.count()
    answer = administrator("security").post(f"/people/{here.outsider.pk}/duty/", wrong)
    assert answer.status_code == 422
    assert b'class="refused"' in answer.content
    assert Duty.objects.count() == before


def test_an_absence_names_who_stands_in(here: District) -> None:
    start = clock.real_now() + timedelta(days=1)
    said = {
        "start": start.strftime("%Y-%m-%dT%H:%M"),
        "end": (start + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"),
    }
    client, url = administrator("security"), f"/people/{here.owner.pk}/absence/"
    assert client.post(url, {**said, "deputy": "Nobody"}).status_code == 422
    assert client.post(url, {**said, "deputy": "Alma"}).status_code == 422
    assert client.post(url, {**said, "end": said["start"]}).status_code == 422
    assert client.post(url, {**said, "deputy": "Bo"}).status_code == 302
    assert Absence.objects.get().deputy == here.colleague


def test_a_sign_in_link_is_shown_once_and_opens(here: District) -> None:
    client = administrator("security")
    answer = client.post(f"/people/{here.outsider.pk}/link/", {"minutes": "30"})
    token = re.search(rb"/in/([\w-]+)/", answer.content)
    assert token is not None
    assert answer.headers["Cache-Control"].count("no-store") == 1
    assert b"/in/" not in client.get(f"/people/{here.outsider.pk}/").content
    assert Client().post(f"/in/{token[1].decode()}/").headers["Location"] == "/"


def test_a_whole_number_is_shown_only_for_a_reason(here: District) -> None:
    client, url = administrator("security"), f"/people/{here.owner.pk}/phone/"
    refused = client.post(url, {"why": ""})
    assert (refused.status_code, b"15400000001" in refused.content) == (422, False)
    assert b"15400000001" in client.post(url, {"why": "number reported wrong"}).content
    assert Entry.objects.get(code="orgs.phone_revealed").facts == {"why": "number reported wrong"}
    assert b"15400000001" not in client.get(f"/people/{here.owner.pk}/").content


def test_who_is_locked_is_out_at_once_also_at_a_watch_seat(here: District) -> None:
    signed_in = as_(here.owner)
    assert signed_in.get("/").status_code == 200
    client = administrator("security")
    assert client.post(f"/people/{here.owner.pk}/lock/", {"locked": "1"}).status_code == 302
    assert signed_in.get("/").headers["Location"].startswith("/accounts/login/")
    assert client.post(f"/people/{here.owner.pk}/lock/", {"locked": "1"}).status_code == 422
    client.post(f"/people/{here.owner.pk}/lock/", {"locked": "0"})
    assert Account.objects.get(pk=here.owner.account_id).is_active


def test_a_screen_becomes_a_watch_seat_and_stops_being_one(here: District) -> None:
    add_duty(here.owner, "watch_officer", DISTRICT)
    set_pin(person=here.owner, pin="482913", by=here.owner.by, at=clock.real_now())
    client = administrator("system")
    assert client.post("/seat/enrol/", {"name": "大屏一"}).headers["Location"] == "/seats/"
    seat = WatchSeat.objects.get()
    page = client.get("/seats/").content.decode()
    assert "大屏一" in page
    assert "Administrator system-1" in page
    assert client.post(f"/seats/{seat.pk}/revoke/").status_code == 302
    assert b"This screen is no watch seat" in client.get("/seats/").content
    client.post(f"/seats/{seat.pk}/revoke/")
    assert Entry.objects.filter(code="orgs.seat_revoked").count() == 1


def test_an_act_at_a_seat_by_somebody_locked_is_refused(here: District) -> None:
    add_duty(here.owner, "watch_chief", "440399001000")
    set_pin(person=here.owner, pin="482913", by=here.owner.by, at=clock.real_now())
    system = administrator("system")
    system.post("/seat/enrol/", {"name": "1"})
    seat = as_(here.colleague)
    seat.cookies["anlan_seat"] = system.cookies["anlan_seat"].value
    act = {"period": "to_date", "acting_person": str(here.owner.pk), "pin": "482913"}
    assert seat.post("/numbers/dangers.overdue_now/freeze/", act).status_code == 302
    Account.objects.filter(pk=here.owner.account_id).update(is_active=False)
    assert seat.post("/numbers/dangers.overdue_now/freeze/", act).status_code == 422


def test_a_post_is_handed_over_with_a_day_of_overlap(here: District) -> None:
    client = administrator("security")
    duty = Duty.objects.get(person=here.owner, kind_id="street_safety_officer")
    url = f"/people/{here.owner.pk}/duty/{duty.pk}/pass/"
    assert client.post(url, {"to": "nobody"}).status_code == 422
    assert client.post(url, {"to": "Carl", "overlap": "soon"}).status_code == 422
    assert client.post(url, {"to": "Carl", "overlap": "2", "why": "rotation"}).status_code == 302
    duty.refresh_from_db()
    assert duty.valid_to is not None
    assert duty.valid_to - clock.real_now() > timedelta(days=1)
    assert Duty.objects.filter(person=here.outsider, region=duty.region_id, kind=duty.kind_id).exists()
