"""Every page answers who may see it, and nobody else."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from anlan.domains.dangers.actions import report_danger
from anlan.domains.warnings.actions.deciding import approve_and_release, propose_call_out
from anlan.kernel.core import clock
from anlan.kernel.core.models import Exercise
from anlan.kernel.ledger.models import Entry
from anlan.kernel.orgs.models import Account
from anlan.surfaces.web.pages.items import url_of
from tests import people

PAGES = (
    "home",
    "map",
    "map_regions",
    "map_base",
    "map_stations",
    "map_alarms",
    "map_callouts",
    "map_area",
    "stations",
    "callouts",
    "signal_new",
    "responses",
    "propose_level",
    "dangers",
    "registers",
    "numbers",
    "worlds",
    "seat",
)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_opens_for_a_person_in_both_languages(district, signed_in, name, language):
    client = signed_in(district.owner)
    client.cookies["anlan_language"] = language
    assert client.get(reverse(f"web:{name}")).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_it_sends_a_stranger_to_the_sign_in(db, name):
    answer = Client().get(reverse(f"web:{name}"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


def test_every_register_lists_and_opens_its_form(district, signed_in):
    client = signed_in(district.owner)
    page = client.get(reverse("web:registers")).content.decode()
    for domain, record in (
        ("dangers", "danger"),
        ("warnings", "signal"),
        ("responses", "task"),
        ("sensing", "alarm"),
    ):
        address = reverse("web:record_list", args=[domain, record])
        assert address in page
        assert client.get(address).status_code == 200
    assert client.get(reverse("web:record_new", args=["dangers", "danger"])).status_code == 200
    assert client.get(reverse("web:record_new", args=["responses", "task"])).status_code == 404


@pytest.fixture
def danger(district):
    now = clock.real_now()
    return report_danger(
        description="疏散通道堆物", category="exit", region=people.QUAY, by=district.owner.by,
        at=now - timedelta(days=20), organisation=district.firm,
    )  # fmt: skip


def test_a_danger_of_another_street_is_not_there(district, danger, signed_in):
    assert signed_in(district.owner).get(url_of(danger)).status_code == 200
    assert signed_in(district.colleague).get(url_of(danger)).status_code == 200
    assert signed_in(district.outsider).get(url_of(danger)).status_code == 404


def test_the_worklist_says_how_late_the_first_matter_is(district, danger, signed_in):
    page = signed_in(district.manager).get("/").content.decode()
    assert "海风家具厂" in page
    assert "超时" in page
    assert 'class="is-late"' in page


def test_an_administrator_without_a_person_has_no_business_pages(district):
    Account.objects.create_user("root", admin_role="system")
    client = Client()
    client.force_login(Account.objects.get(login="root"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("web:dangers")).status_code == 404
    assert client.get(reverse("web:ledger")).status_code == 404
    assert client.get("/", follow=True).status_code == 200


def test_only_the_auditor_reads_the_ledger(district, danger, signed_in):
    auditor = Account.objects.create_user("auditor", admin_role="audit")
    client = Client()
    client.force_login(auditor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("web:ledger")).status_code == 200
    assert signed_in(district.owner).get(reverse("web:ledger")).status_code == 404


def test_an_exercise_says_so_on_every_page_and_with_which_data(district, signed_in):
    now = clock.real_now()
    Exercise.objects.create(
        name="暴雨演练", origin="据公布数字重建", kind="demo", real_start=now, sim_start=now, speed=60
    )
    people.add_duty(district.owner, "watch_officer", people.DISTRICT)
    page = signed_in(district.owner).get("/").content.decode()
    assert "【演练】" in page
    assert "据公布数字重建" in page


def test_who_has_no_part_in_storms_lands_in_the_everyday_work_and_can_go_over(district, signed_in):
    now = clock.real_now()
    playing = Exercise.objects.create(name="暴雨演练", kind="demo", real_start=now, sim_start=now, speed=60)
    client = signed_in(district.manager)
    assert "【演练】" not in client.get("/").content.decode()
    client.post(reverse("web:worlds"), {"world": str(playing.pk)})
    assert "【演练】" in client.get("/").content.decode()
    client.post(reverse("web:worlds"), {"world": "real"})
    assert "进入演练" in client.get("/").content.decode()


@pytest.fixture
def call_out(district):
    now = clock.real_now()
    officer = people.add_person("陈值班员", district.bureau, account=True)
    chief = people.add_person("林值班长", district.bureau, account=True)
    people.add_duty(officer, "watch_officer", people.DISTRICT)
    people.add_duty(chief, "watch_chief", people.DISTRICT)
    keeper = people.add_person("何文员", district.street, phone="13912345678")
    people.add_duty(keeper, "community_clerk", people.QUAY)
    item = propose_call_out(
        hazard="rain", colour="orange", regions=[people.HARBOUR], words="雨势加强", by=officer.by, at=now
    )
    _step, released = approve_and_release(item=item, by=chief.by, at=now)
    return officer, released.call_out


def test_the_board_shows_a_cell_a_person_and_its_letters_agree(call_out, signed_in):
    officer, row = call_out
    client = signed_in(officer)
    page = client.get(reverse("web:callout", args=[row.pk])).content.decode()
    letters = client.get(reverse("web:callout_cells", args=[row.pk])).json()
    assert (
        page.count('class="cell" data-cell="') - page.count("<i class=")
        == len(letters["cells"])
        == row.items.count()
    )
    assert letters["numbers"]["answered"] == "0%"


def test_a_number_is_masked_until_asked_for_and_the_ledger_keeps_who_asked(call_out, signed_in):
    officer, row = call_out
    client, address = signed_in(officer), reverse("web:ring", args=[row.items.get(person__name="何文员").pk])
    assert "13912345678" not in client.get(address).content.decode()
    assert "139****5678" in client.get(address).content.decode()
    assert "13912345678" in client.post(address, {"show": "1"}).content.decode()
    assert Entry.objects.filter(code="web.phone_shown", by=officer.by).count() == 1


def test_a_call_by_hand_answers_for_the_person(call_out, signed_in):
    officer, row = call_out
    item = row.items.get(person__name="何文员")
    client = signed_in(officer)
    refused = client.post(
        reverse("web:ring", args=[item.pk]), {"outcome": "answered", "spoke": "", "words": "马上到"}
    )
    assert refused.status_code == 422
    assert "马上到" in refused.content.decode()
    client.post(
        reverse("web:ring", args=[item.pk]), {"outcome": "answered", "spoke": "何文员", "answer": "on_post"}
    )
    item.refresh_from_db()
    assert item.answer == "on_post"
