"""Pages of what is asked of units: sent out with the burden in sight, the board, meetings; committees, matrix, leaders."""

from datetime import timedelta

import pytest
from django.test import Client

from anlan.domains.workplan import actions
from anlan.domains.workplan.actions import sheets
from anlan.domains.workplan.models import Asked, Committee, Done, Fund, Matter, Member
from anlan.domains.workplan.tests.ground import Ground, ask, ground
from anlan.kernel.core import clock
from anlan.kernel.orgs.models import Person
from anlan.kernel.sheets.spec import Taken
from anlan.surfaces.web.times import local
from tests.people import DISTRICT, add_kind, add_place

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def g() -> Ground:
    return ground()


def browser(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def due(days: int = 9) -> str:
    return f"{clock.real_now() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def sent(g: Ground, **more: str) -> dict[str, str]:
    return {"unit": str(g.here.street.pk), "text": "清理码头积水", "due_at": due(), **more}


@pytest.mark.feature("M139")
def test_a_follow_up_goes_out_with_its_number_and_stands_on_the_board(g: Ground) -> None:
    olga = browser(g.olga)
    form = olga.get("/asked/new/follow_up/", {"unit": str(g.here.street.pk)}).content.decode()
    assert "was asked 0 times in the last seven days; the limit is 8" in form
    answer = olga.post("/asked/new/follow_up/", sent(g))
    assert answer.status_code == 302
    row = Asked.objects.get()
    page = olga.get(answer.url).content.decode()
    assert row.paper is not None
    assert row.paper.number in page
    paper = olga.get(f"/asked/{row.pk}/paper/")
    assert paper.content[:2] == b"PK"
    board = olga.get("/asked/").content.decode()
    assert "清理码头积水" in board
    assert "Chase" in board
    assert olga.get("/asked/?kind=instruction").status_code == 200
    assert browser(g.here.outsider).get(f"/asked/{row.pk}/paper/").status_code == 404
    assert browser(g.liaison).get(answer.url).status_code == 200
    meter = olga.get("/units/burden/", {"unit": str(g.here.street.pk)}).content.decode()
    assert "was asked 1 time " in meter


def test_one_above_the_limit_is_refused_until_somebody_says_why(g: Ground) -> None:
    olga = browser(g.olga)
    for _n in range(8):
        olga.post("/asked/new/follow_up/", sent(g))
    answer = olga.post("/asked/new/follow_up/", sent(g))
    assert answer.status_code == 422
    assert "write why it cannot wait" in answer.content.decode()
    assert olga.post("/asked/new/follow_up/", sent(g, why_more="汛情紧急")).status_code == 302
    assert Asked.objects.count() == 9


@pytest.mark.feature("M439")
def test_an_instruction_wants_its_leader(g: Ground) -> None:
    olga = browser(g.olga)
    assert olga.post("/asked/new/instruction/", sent(g)).status_code == 422
    assert olga.post("/asked/new/instruction/", sent(g, leader=str(g.leader.pk))).status_code == 302
    assert olga.get("/asked/new/decision/").status_code == 404
    assert browser(g.here.owner).get("/asked/new/instruction/").status_code == 404


@pytest.mark.feature("M344")
def test_a_meeting_is_written_down_with_its_decisions(g: Ground) -> None:
    olga = browser(g.olga)
    given = {
        "title": "三防调度会", "kind": "dispatch", "held_at": f"{local(clock.real_now()):%Y-%m-%dT%H:%M}",
        "chair": str(g.leader.pk), "line_text": ["检修泵闸", "增加会商"],
        "line_unit": [str(g.here.street.pk), str(g.here.bureau.pk)], "line_due_at": [due(), due()],
        "line_advice": ["", "advice"],
    }  # fmt: skip
    assert olga.post("/meetings/new/", {**given, "line_unit": ["", ""]}).status_code == 422
    answer = olga.post("/meetings/new/", given)
    assert answer.status_code == 302
    page = olga.get(answer.url).content.decode()
    assert "检修泵闸" in page
    assert "0 / 2" in page
    assert "三防调度会" in olga.get("/meetings/").content.decode()
    assert (
        "三防调度会" in olga.get(f"/leaders/{g.leader.pk}/").content.decode()
    )  # it counts for its chair by itself


@pytest.mark.feature("M050")
@pytest.mark.feature("M097")
@pytest.mark.feature("M489")
def test_member_units_come_and_go_and_their_liaisons_are_looked_at(g: Ground) -> None:
    at = clock.real_now()
    safety = actions.open_committee(
        code="awh", name="区安委会", region=DISTRICT, by=g.olga.by, at=at, meets_days=90
    )
    olga, page = browser(g.olga), f"/committees/{safety.pk}/"
    assert "not for 90 days" in olga.get("/committees/").content.decode()
    assert olga.post(page, {"act": "add", "unit": str(g.here.street.pk), "role": "member"}).status_code == 302
    assert olga.post(page, {"act": "add", "unit": str(g.here.street.pk)}).status_code == 422  # twice
    member = Member.objects.get()
    assert "not named" in olga.get(page).content.decode()
    named = {
        "act": "name",
        "member": str(member.pk),
        "liaison_a": str(g.liaison.pk),
        "liaison_b": str(g.here.owner.pk),
    }
    assert olga.post(page, {**named, "liaison_b": str(g.liaison.pk)}).status_code == 422  # one person
    assert browser(g.liaison).post(page, named).status_code == 302  # the unit itself may
    assert olga.post(page, {"act": "verify", "member": str(member.pk)}).status_code == 302
    assert olga.post(page, {"act": "end", "member": str(member.pk)}).status_code == 422  # by which paper
    assert (
        olga.post(page, {"act": "end", "member": str(member.pk), "why": "深安委〔2026〕3号"}).status_code
        == 302
    )
    assert Committee.objects.get().members.filter(until=None).count() == 0
    assert "深安委〔2026〕3号" in olga.get(page).content.decode()


@pytest.mark.feature("M045")
@pytest.mark.feature("M096")
@pytest.mark.feature("M108")
def test_the_matrix_shows_gaps_and_overlaps_and_closes_them(g: Ground) -> None:
    olga = browser(g.olga)
    given = {
        "act": "open",
        "name": "有限空间",
        "group": "重点领域",
        "kind": "node",
        "measure": "先通风、再检测、后作业",
    }
    assert olga.post("/matrix/", given).status_code == 302
    matter = Matter.objects.get()
    page = olga.get("/matrix/").content.decode()
    assert "nobody" in page
    assert "先通风" in page
    for unit in (g.here.street, g.here.bureau):
        give = {"act": "give", "matter": str(matter.pk), "unit": str(unit.pk), "role": "industry"}
        assert olga.post("/matrix/", give).status_code == 302
    page = olga.get("/matrix/").content.decode()
    assert "two" in page
    share = matter.shares.get(organisation=g.here.street)
    assert olga.post("/matrix/", {"act": "end", "share": str(share.pk), "why": "三定方案"}).status_code == 302
    assert 'id="wrong"' not in olga.get("/matrix/").content.decode()
    assert browser(g.here.owner).post("/matrix/", given).status_code == 422


@pytest.mark.feature("M245")
@pytest.mark.feature("M246")
def test_a_leaders_list_and_what_was_done(g: Ground) -> None:
    olga, page = browser(g.olga), f"/leaders/{g.leader.pk}/"
    line = {"act": "line", "line_text": "带队检查企业", "number": "1", "times": "4", "yearly": "1"}
    assert olga.post(page, {**line, "times": "0"}).status_code == 422
    assert olga.post(page, line).status_code == 302
    listed = g.leader.duty_lines.get()
    done = {
        "act": "done",
        "text": "检查青坪化工园",
        "day": f"{local(clock.real_now()):%Y-%m-%d}",
        "line": str(listed.pk),
    }
    assert browser(g.leader).post(page, done).status_code == 302
    shown = browser(g.leader).get(page).content.decode()
    assert "1 / 4" in shown
    assert "检查青坪化工园" in shown
    assert Done.objects.get().line == listed
    assert "高区长" in olga.get("/leaders/").content.decode()
    assert browser(g.here.owner).get(page).status_code == 404


@pytest.mark.feature("M047")
def test_holders_are_looked_at_and_a_place_without_a_keeper_is_a_vacant_post(g: Ground) -> None:
    add_kind("hill_keeper")
    add_place("梧桐岭", DISTRICT, kind="hill")
    olga = browser(g.olga)
    page = olga.get("/holders/").content.decode()
    assert "梧桐岭" in page
    duty = g.here.owner.duties.first()
    assert olga.post("/holders/", {"act": "verify", "duty": str(duty.pk)}).status_code == 302
    assert olga.post("/holders/", {"act": "verify"}).status_code == 422
    assert str(duty.pk) not in olga.get("/holders/?stale=1").content.decode()
    assert (
        browser(g.here.outsider).post("/holders/", {"act": "verify", "duty": str(duty.pk)}).status_code == 422
    )


def test_funds_are_arranged_and_paid_on_their_page(g: Ground) -> None:
    olga = browser(g.olga)
    given = {
        "act": "arrange",
        "name": "专项经费",
        "unit": str(g.here.street.pk),
        "arranged": "1,000,000",
        "source": "x",
    }
    assert olga.post("/funds/", given).status_code == 302
    fund = Fund.objects.get()
    day = f"{local(clock.real_now()):%Y-%m-%d}"
    pay = {"act": "pay", "fund": str(fund.pk), "yuan": "250000", "day": day, "note": "设备"}
    assert olga.post("/funds/", {**pay, "yuan": "9000000"}).status_code == 422
    assert olga.post("/funds/", pay).status_code == 302
    assert "25.0 %" in olga.get("/funds/").content.decode()


def test_lists_come_in_from_sheets(g: Ground) -> None:
    from_sheet = [
        {"code": "1", "name": "燃气", "group": "重点领域", "unit": g.here.street.name, "role": "industry"},
        {"code": "1", "name": "燃气", "group": "重点领域", "unit": "没有的单位", "role": "industry"},
    ]
    taken: Taken = sheets.take_shares(from_sheet, by=g.olga.by, at=clock.real_now(), act=g.olga.pk, dry=False)
    assert (len(taken.ids), set(taken.refused)) == (1, {1})
    again = sheets.take_shares(from_sheet[:1], by=g.olga.by, at=clock.real_now(), act=g.olga.pk, dry=False)
    assert again.same == 1
    rows = list(sheets.give_shares(person=g.olga.pk, filters={}))
    assert rows[0][1:3] == ("燃气", "重点领域")


@pytest.mark.feature("M247")
def test_the_circular_of_a_month_opens_to_the_rows_of_a_unit(g: Ground) -> None:
    client, now = browser(g.olga), clock.real_now()
    item = ask(g, due=now + timedelta(minutes=20), at=now)
    other = ask(g, due=now + timedelta(days=70), at=now)
    page = client.get("/plans/circular/").content.decode()
    assert g.here.street.name in page
    opened = client.get(f"/plans/circular/?month={local(now):%Y-%m}&unit={g.here.street.pk}").content.decode()
    for each in (item, other):
        assert f"/workplan/follow_up/{each.pk}/" in opened
    for odd in ("2026-13", "x", "9999-01", "1999-01", "²-1"):
        assert client.get("/plans/circular/", {"month": odd, "unit": "x"}).status_code == 200
    assert browser(g.here.owner).get("/plans/circular/").status_code == 200
