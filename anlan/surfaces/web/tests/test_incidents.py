"""Pages of the watch and of accidents: told in three fields, judged, sent, handed over, filed, counted."""

from datetime import timedelta

import pytest
from django.test import Client

from anlan.domains.accidents.actions.sheets import PAST
from anlan.domains.accidents.models import Accident, Victim
from anlan.domains.enterprises.models import Enterprise
from anlan.domains.incidents.models import (
    Figures,
    HandOver,
    Incident,
    Readiness,
    Report,
    Sending,
    SheetNote,
    Shift,
)
from anlan.kernel.core import clock
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Person
from tests.people import DISTRICT, QUAY, District, add_duty, add_kind, add_person, district

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> District:
    made = district()
    for code in ("watch_leader", "accident_office"):
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


TOLD = {"description": "货车与小车相撞", "kind": "traffic", "region": QUAY}


def tell(client: Client, **more: str) -> WorkItem:
    answer = client.post("/incidents/incident/new/", {**TOLD, **more})
    assert answer.status_code == 302, answer.content.decode()
    return Incident.objects.latest("received_at").item


def page(client: Client, item: WorkItem, move: str = "") -> str:
    domain, _dot, slug = item.loop.partition(".")
    return f"/{domain}/{slug}/{item.pk}/" + (f"{move}/" if move else "")


@pytest.mark.feature("M440", "M296")
def test_three_fields_are_enough_and_the_report_goes_out_with_the_draft(here: District) -> None:
    officer, leader = (
        browser(somebody(here, "Olga", "watch_officer")),
        browser(somebody(here, "Lena", "watch_leader")),
    )
    item = tell(officer, hurt="2")
    assert Incident.objects.get().event_class == "accident"
    assert officer.post(page(officer, item, "assess_up"), {"grade": "ordinary"}).status_code == 302
    shown = officer.get(page(officer, item)).content.decode()
    assert "493" in shown  # the clock says which law it stands on
    assert "目前轻伤2人" in shown  # the draft of the first report
    assert "Send the first report: agreed by telephone" in shown
    assert leader.post(page(leader, item, "first"), {"words": ""}).status_code == 302
    assert "货车与小车相撞" in Report.objects.get().words
    assert Sending.objects.count() == 2
    form = officer.get(page(officer, item, "receipt")).content.decode()
    assert "City bureau" in form
    officer.post(page(officer, item, "receipt"), {"receiver": "city_bureau", "receipt": "收文12"})
    assert "收文12" in officer.get(page(officer, item)).content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"kind": ""}, "kind"), ({"kind": "moon"}, "kind"), ({"description": ""}, "description"),
     ({"region": ""}, "region"), ({"dead": "two"}, "dead"), ({"happened_at": "x"}, "happened_at")],
)  # fmt: skip
def test_what_lacks_is_said_beside_its_field_and_nothing_typed_is_lost(
    here: District, wrong: dict, field: str
) -> None:
    officer = browser(somebody(here, "Olga", "watch_officer"))
    answer = officer.post("/incidents/incident/new/", {**TOLD, "spot": "三号路口", **wrong})
    assert answer.status_code == 422
    assert b'class="refused"' in answer.content
    assert "三号路口" in answer.content.decode()
    assert not Incident.objects.exists()


def test_new_figures_stand_in_the_next_draft_and_a_fall_wants_a_reason(here: District) -> None:
    officer = browser(somebody(here, "Olga", "watch_officer"))
    item = tell(officer, dead="2")
    form = f"/incidents/incident/{item.pk}/new-figures/"
    assert 'value="2"' in officer.get(form).content.decode()
    assert officer.post(form, {"dead": "1"}).status_code == 422
    assert officer.post(form, {"dead": "1", "reason": "重复统计"}).status_code == 302
    assert Figures.objects.count() == 2


@pytest.mark.feature("M443", "M444", "M294")
def test_the_day_s_sheet_counts_its_rows_and_takes_words_level_and_draw(here: District) -> None:
    officer = browser(somebody(here, "Olga", "watch_officer"))
    item = tell(officer)
    shown = officer.get("/incidents/day/").content.decode()
    assert f"/incidents/incident/{item.pk}/" in shown
    assert 'href="#received"' in shown
    assert officer.post("/incidents/day/", {"words": "总体平稳。"}).status_code == 302
    assert "总体平稳。" in officer.get("/incidents/day/").content.decode()
    assert officer.post("/incidents/day/", {"words": " "}).status_code == 422
    officer.post("/incidents/day/readiness/", {"level": "strengthened", "why": "台风白色预警"})
    officer.post("/incidents/day/draw/", {"count": "2"})
    assert (SheetNote.objects.count(), Readiness.objects.get().level) == (1, "strengthened")
    assert WorkItem.objects.filter(loop="incidents.check").count() == 2
    check = WorkItem.objects.filter(loop="incidents.check").first()
    officer.post(page(officer, check, "fail"), {"rings": "8", "failure": "no_answer"})
    assert "Nobody answered" in officer.get("/incidents/month/").content.decode()
    assert officer.get("/incidents/day/?day=yesterday").status_code == 200
    assert officer.get("/incidents/day/?region=110000000000").status_code == 404


def test_somebody_who_keeps_no_watch_reads_the_sheet_and_writes_nothing(here: District) -> None:
    reader = browser(here.owner)
    shown = reader.get("/incidents/day/")
    assert shown.status_code == 200
    assert "Draw by lot" not in shown.content.decode()
    assert reader.post("/incidents/day/", {"words": "x"}).status_code == 422
    reader.post("/incidents/day/draw/", {"count": "1"})
    assert not WorkItem.objects.filter(loop="incidents.check").exists()


@pytest.mark.feature("M036", "M089")
def test_a_shift_is_planned_and_handed_over_with_eight_boxes(here: District) -> None:
    officer, second, leader = (somebody(here, name, kind) for name, kind in (
        ("Olga", "watch_officer"), ("Pia", "watch_officer"), ("Lena", "watch_leader")))  # fmt: skip
    client, now = browser(officer), clock.real_now()
    given = {
        "start_at": f"{now - timedelta(hours=20):%Y-%m-%dT%H:%M}", "end_at": f"{now + timedelta(hours=3):%Y-%m-%dT%H:%M}",
        "leader": str(leader.pk), "officer": str(officer.pk), "region": DISTRICT,
    }  # fmt: skip
    assert client.post("/incidents/shift/new/", given).status_code == 302
    item = Shift.objects.get().item
    shown = client.get(page(client, item)).content.decode()
    assert "posts not filled" in shown
    client.post(page(client, item, "begin"))
    assert client.post(page(client, item, "hand_over"), {"box_phone": "on"}).status_code == 422
    boxes = {
        f"box_{name}": "on" for name in ("phone", "satellite", "video", "leaders", "keys", "cars", "orders")
    }
    assert client.post(page(client, item, "hand_over"), {**boxes, "words": "传真机送修"}).status_code == 302
    assert HandOver.objects.get().boxes["fax"] is False
    assert browser(second).post(page(client, item, "take_over")).status_code == 302
    assert "传真机送修" in client.get(page(client, item)).content.decode()


@pytest.mark.feature("M333", "M335")
def test_an_event_is_filed_as_an_accident_without_typing_it_again_and_counted(here: District) -> None:
    officer, clerk = (
        browser(somebody(here, "Olga", "watch_officer")),
        browser(somebody(here, "Quin", "accident_office")),
    )
    event = tell(officer, kind="construction", dead="1", spot="码头工地")
    shown = clerk.get(f"/accidents/accident/new/?incident={event.pk}").content.decode()
    assert 'name="dead"' not in shown
    given = {
        "incident": str(event.pk),
        "description": "脚手架坠落",
        "type_code": "fall_height",
        "sector": "E",
        "body": "housing",
    }
    assert clerk.post("/accidents/accident/new/", {**given, "body": ""}).status_code == 422
    assert clerk.post("/accidents/accident/new/", given).status_code == 302
    accident = Accident.objects.get()
    assert (accident.spot, accident.grade) == ("码头工地", "ordinary")
    again = clerk.post("/accidents/accident/new/", given)
    assert again.status_code == 422
    shown = clerk.get(page(clerk, accident.item)).content.decode()
    assert str(event.pk) in shown
    clerk.post(f"/accidents/accident/{accident.pk}/new-figures/", {"dead": "3"})
    accident.refresh_from_db()
    assert accident.grade == "serious"
    clerk.post(
        f"/accidents/accident/{accident.pk}/person/", {"name": "欧阳某", "outcome": "dead", "trade": "架子工"}
    )
    assert Victim.objects.get().name == "欧阳某"
    shown = clerk.get(page(clerk, accident.item)).content.decode()
    assert "架子工" in shown
    assert "欧阳某" not in shown
    figures = clerk.get("/accidents/figures/?period=year").content.decode()
    assert "preliminary" in figures
    assert f"/accidents/accident/{accident.pk}/" in figures
    assert clerk.get("/accidents/figures/?period=dates&from=x").status_code == 422
    assert clerk.get(f"/accidents/accident/new/?incident={here.firm.pk}").status_code == 404


def test_an_accident_of_last_year_from_another_register_stands_beside_with_its_source(here: District) -> None:
    quin = somebody(here, "Quin", "accident_office")
    when = clock.real_now() - timedelta(days=372)
    row = {
        "source": "直报系统", "number": "SG-1", "occurred": when, "description": "高坠一起", "type": "高处坠落", "sector": "E",
        "body": "住房建设", "region": QUAY, "dead": 1, "determination": "determined",
        "determined_on": (when + timedelta(days=5)).date(),
    }  # fmt: skip
    (pk,) = PAST.take([row], by=quin.by, at=clock.real_now(), act=here.firm.pk, dry=False).ids
    client = browser(quin)
    days = "&".join(
        f"{name}={clock.real_now() + timedelta(days=n):%Y-%m-%d}" for name, n in (("from", -20), ("to", 0))
    )
    figures = client.get(f"/accidents/figures/?period=dates&{days}").content.decode()
    assert "直报系统 SG-1" in figures
    assert "Former years from a spreadsheet" in figures
    shown = client.get(f"/accidents/accident/{pk}/").content.decode()
    assert "On record from 直报系统, number SG-1" in shown


def test_of_a_firm_of_the_archive_neither_sector_nor_region_is_asked_and_words_are_put_right_later(
    here: District,
) -> None:
    clerk = browser(somebody(here, "Quin", "accident_office"))
    now = clock.real_now()
    Enterprise.objects.create(organisation=here.firm, sector="C2110", created_at=now, updated_at=now)
    given = {
        "description": "开料锯伤手", "type_code": "machine", "body": "emergency", "organisation": str(here.firm.pk),
        "badly_hurt": "1",
    }  # fmt: skip
    assert clerk.post("/accidents/accident/new/", given | {"organisation": ""}).status_code == 422
    assert clerk.post("/accidents/accident/new/", given).status_code == 302
    row = Accident.objects.select_related("item").get()
    assert (row.sector, row.item.region_id) == ("C", here.firm.region_id)
    form = f"/accidents/accident/{row.pk}/recast_first/"
    assert "Housing and construction" in clerk.get(form).content.decode()
    words = {"type_code": "electric", "sector": "E", "body": "housing"}
    assert clerk.post(form, words).status_code == 422  # without a reason
    assert clerk.post(form, words | {"reason": "现场核实为触电"}).status_code == 302
    row.refresh_from_db()
    assert (row.type_code, row.sector, row.body) == ("electric", "E", "housing")


def test_the_pages_speak_chinese(here: District) -> None:
    officer = browser(somebody(here, "Olga", "watch_officer"), "zh-hans")
    item = tell(officer)
    for address, word in (
        ("/incidents/incident/new/", "突发事件接报"), ("/incidents/day/", "每日值班情况"), ("/incidents/month/", "每月值班通报"),
        (page(officer, item), "事故灾难"), ("/accidents/figures/", "事故同比"), ("/incidents/shift/", "值班班次"),
        ("/accidents/accident/new/", "高处坠落"), ("/incidents/incident/", "交通"),
    ):  # fmt: skip
        assert word in officer.get(address).content.decode() or address == "/incidents/incident/", address
