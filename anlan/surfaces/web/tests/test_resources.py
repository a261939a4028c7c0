"""Pages of rescue forces: the register, one force, its number shown for a reason, the answer with one tap."""

import pytest
from django.test import Client

from anlan.domains.resources.actions import refreshing
from anlan.domains.resources.models import ContactCheck, Force, Refresh
from anlan.kernel.core import clock
from anlan.kernel.ledger.models import Entry
from anlan.kernel.messaging import tokens
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Person
from tests.people import (
    DISTRICT,
    HARBOUR,
    QUAY,
    TERRACE,
    District,
    add_duty,
    add_kind,
    add_person,
    add_place,
    district,
)

pytestmark = pytest.mark.django_db
FORCE = {
    "name": "蓝湾救援队", "kind": "social", "scope": "teams", "region": HARBOUR, "people": "42", "contact_a": "周航",
    "phone_a": "13900001111", "skills": ["water"], "equipment": "冲锋舟 4 艘", "lon": "113.91", "lat": "22.65",
}  # fmt: skip


@pytest.fixture
def here() -> District:
    made = district()
    add_kind("resource_keeper")
    return made


def browser(person: Person, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def keeper(here: District) -> Client:
    person = add_person("Kira", here.bureau, account=True)
    add_duty(person, "resource_keeper", DISTRICT)
    return browser(person)


@pytest.mark.feature("M437")
def test_a_force_is_taken_in_asked_answers_with_one_tap_and_its_number_is_shown_for_a_reason(
    here: District,
) -> None:
    client = keeper(here)
    wrong = client.post("/resources/forces/new/", {**FORCE, "phone_a": "12"})
    assert wrong.status_code == 422
    assert "冲锋舟 4 艘" in wrong.content.decode()
    assert client.post("/resources/forces/new/", FORCE).status_code == 302
    force = Force.objects.get()
    url = f"/resources/forces/{force.pk}/"
    shown = client.get(url).content.decode()
    assert "139****1111" in shown
    assert "13900001111" not in shown
    assert "13900001111" in client.post(f"{url}act/phone/", {"which": "a"}).content.decode()
    assert Entry.objects.filter(code="orgs.phone_revealed").count() == 1
    assert "never answered" in client.get("/resources/forces/?stale=1&skill=water").content.decode()
    client.post(f"{url}act/ask/")
    token = tokens.token_for(Message.objects.get(person=force.contact_a).pk)
    page = Client(headers={"accept-language": "en"}).get(f"/a/{token}/").content.decode()
    assert "Verified: all is right" in page
    assert "What has changed" in page
    assert "I need help" not in page
    assert "Asked, not answered yet" in client.get(url).content.decode()
    item = ContactCheck.objects.get().item
    assert "蓝湾救援队" in client.get(f"/resources/contact_check/{item.pk}/").content.decode()


def test_the_street_sees_forces_but_shows_no_number_and_a_firm_sees_no_register(here: District) -> None:
    keeper(here).post("/resources/forces/new/", FORCE)
    url = f"/resources/forces/{Force.objects.get().pk}/"
    street = browser(here.owner)
    shown = street.get(url).content.decode()
    assert "Show the number" not in shown
    assert street.post(f"{url}act/phone/", {"which": "a"}).status_code == 422
    assert street.get(f"{url}edit/").status_code == 404
    assert street.get("/resources/forces/new/").status_code == 404
    assert browser(here.manager).get(url).status_code == 404


def test_a_change_of_the_line_keeps_a_starred_number_and_leaving_says_why(here: District) -> None:
    client = keeper(here)
    client.post("/resources/forces/new/", FORCE)
    force = Force.objects.get()
    url = f"/resources/forces/{force.pk}/"
    assert "139****1111" in client.get(f"{url}edit/").content.decode()
    client.post(f"{url}edit/", {**FORCE, "phone_a": "139****1111", "people": "50"})
    assert Person.objects.get(name="周航").phone == "13900001111"
    assert "50" in client.get(url).content.decode()
    client.post(f"{url}act/leave/", {"why": "解散"})
    assert "left the register" in client.get(url).content.decode()
    assert "No force fits" in client.get("/resources/forces/").content.decode()


@pytest.mark.feature("M181")
def test_sets_of_data_show_their_rows_by_region_and_what_is_too_old_opens_the_matter(here: District) -> None:
    add_place("码头小学", QUAY, kind="shelter")
    add_place("梯田小学", TERRACE, kind="shelter")
    refreshing.find_old(region=DISTRICT, at=clock.real_now())
    street = browser(here.owner)
    shown = street.get("/datasets/").content.decode()
    assert 'href="/datasets/places.shelter/">1<' in shown
    matter = f"/resources/refresh/{Refresh.objects.get(code='places.shelter').pk}/"
    assert matter not in shown
    district_wide = keeper(here)
    assert matter in district_wide.get("/datasets/").content.decode()
    assert "Looked through" in district_wide.get(matter).content.decode()
    rows = street.get("/datasets/places.shelter/").content.decode()
    assert "码头小学" in rows
    assert "梯田小学" not in rows
    assert "Alma" in street.get("/datasets/orgs.duty/").content.decode()
    assert street.get("/datasets/moon/").status_code == 404
    assert browser(here.manager).get("/datasets/").status_code == 404
