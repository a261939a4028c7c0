"""The pages of the daily work: registers, chain, installations, projects, campaigns, bases, roster, the ground."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from anlan.domains.contractors import actions as crews
from anlan.domains.dangers import actions as dangers
from anlan.domains.dangers.models import (
    Campaign,
    CampaignFigure,
    CampaignMonth,
    CampaignTask,
    Listing,
    Scheme,
)
from anlan.domains.enterprises.actions import hazards, registering
from anlan.domains.enterprises.models import Enterprise, HazardUnit, Line
from anlan.domains.risks.actions import surveys
from anlan.domains.risks.models import Base
from anlan.kernel.core import clock
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Person
from tests.people import DISTRICT, HARBOUR, QUAY, District, add_duty, add_person, district

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def here() -> District:
    return district()


def browser(person: Person) -> Client:
    client = Client()
    assert person.account is not None
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def section(here: District) -> Person:
    person = add_person("Sun", here.bureau, account=True)
    add_duty(person, "safety_section", DISTRICT)
    return person


def archive(here: District) -> Enterprise:
    return registering.register(
        name="海风家具厂", region=QUAY, sector="C2110", by=here.owner.by, at=clock.real_now()
    )


def read(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(f"web:{name}", args=args) + query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def send(client: Client, to: str, *args: object, **facts: object) -> int:
    return int(client.post(reverse(f"web:{to}", args=args), facts).status_code)


class TestRegisters:
    def test_a_line_is_written_read_and_ended_by_the_page(self, here: District) -> None:
        firm, alma = archive(here), browser(here.owner)
        facts = {"firm": firm.pk, "number": "危经-01", "link": "trade", "authority": "emergency", "goods": "油漆",
                 "until": "2020-01-02", "since": "2019-01-02"}  # fmt: skip
        assert send(alma, "firm_register", "licence", **(facts | {"goods": ""})) == 422
        assert send(alma, "firm_register", "licence", **facts) == 302
        page = read(alma, "firm_register", "licence")
        assert "危经-01" in page and "已到期" in page
        assert "危经-01" not in read(browser(here.outsider), "firm_register", "licence")
        assert "危经-01" in read(alma, "hazchem")
        assert "危经-01" in read(alma, "firm_register", "licence", query="?view=late")
        line = Line.objects.get()
        assert send(alma, "line_end", "licence", line.pk, why="") == 422
        assert send(alma, "line_end", "licence", line.pk, why="注销") == 302
        assert "危经-01" not in read(alma, "firm_register", "licence")
        assert "尾矿库" in read(alma, "firm_registers")
        assert alma.get(reverse("web:firm_register", args=["nothing"])).status_code == 404

    def test_an_installation_shows_what_its_file_lacks_and_takes_a_paper(self, here: District) -> None:
        firm, alma, now = archive(here), browser(here.owner), clock.real_now()
        unit = hazards.add_unit(
            firm=firm, name="液氨罐区", kind="storage", people_500m=0, by=here.owner.by, at=now
        )
        hazards.set_substance(unit=unit, name="氨", cas="7664-41-7", quantity_t=40, by=here.owner.by, at=now)
        assert HazardUnit.objects.get().grade in "1234"
        assert "液氨罐区" in read(alma, "installations")
        facts = {"register": "installation_paper", "number": "D1", "paper": "plan", "title": "应急预案"}
        assert send(alma, "installation", unit.pk, **(facts | {"title": ""})) == 422
        assert send(alma, "installation", unit.pk, **facts) == 302
        assert send(alma, "installation", unit.pk, register="safeguard", number="SIS-1", system="sis",
                    condition="bypassed") == 302  # fmt: skip
        page = read(alma, "installation", unit.pk)
        assert "应急预案" in page and "旁路" in page
        assert browser(here.outsider).get(reverse("web:installation", args=[unit.pk])).status_code == 404
        assert "主要负责人带队检查" in read(alma, "principals_led")


class TestDangers:
    def test_a_scheme_is_drafted_on_its_page_and_stands_among_the_projects(self, here: District) -> None:
        alma, now = browser(here.owner), clock.real_now()
        item = dangers.report_danger(
            description="电缆老化",
            category="electrical",
            organisation=here.firm,
            region=QUAY,
            by=here.owner.by,
            at=now,
        )
        day = (now + 3 * DAY).date()
        facts = {"cause": "老化", "policy": "更换", "responsible": "李厂长", "funds": "5000"}
        assert send(alma, "danger_scheme", item.pk, **facts, stages="明天 换") == 422
        assert send(alma, "danger_scheme", item.pk, **facts, stages=f"{day} 更换电缆 王工") == 302
        scheme = Scheme.objects.get()
        assert "电缆老化" in read(alma, "danger_projects")
        assert "电缆老化" not in read(browser(here.outsider), "danger_projects")
        page = read(alma, "record", "dangers", "scheme", scheme.pk)
        assert "更换电缆" in page and "时间表" in page
        assert "一事一策" in read(alma, "record", "dangers", "danger", item.pk)
        assert "早发现" in read(alma, "danger_early")

    def test_what_was_found_out_is_written_down_and_summed_by_street(self, here: District) -> None:
        alma = browser(here.owner)
        facts = {"goods": "fireworks", "what": "store", "place": "后街仓库", "quantity": "12", "region": QUAY}
        assert send(alma, "record_new", "dangers", "unlawful", **facts) == 302
        page = read(alma, "crackdown", query="?goods=fireworks")
        assert "临港街道" in page and ">12<" in page
        assert "后街仓库" in read(alma, "record_list", "dangers", "unlawful")

    def test_a_campaign_takes_tasks_months_and_figures(self, here: District) -> None:
        lead, now = section(here), clock.real_now()
        item = dangers.start_campaign(
            name="粉尘专项",
            region=DISTRICT,
            starts_on=date(2026, 1, 1),
            ends_on=date(2099, 1, 1),
            by=lead.by,
            at=now,
        )
        sun = browser(lead)
        assert send(sun, "campaign_task", item.pk, text="清零", year="2026", due_by="2098-01-01T10:00") == 302
        assert send(sun, "campaign_month", item.pk) == 302
        figure = {"street": HARBOUR, "name": "fines", "value": "86500", "first": "2026-02-01", "last": "2026-02-02",
                  "source": "执法月报"}  # fmt: skip
        assert send(sun, "campaign_figure", item.pk, **figure) == 302
        wrong = CampaignFigure.objects.get()
        assert (
            send(sun, "campaign_figure", item.pk, **(figure | {"value": "8650", "corrects": wrong.pk})) == 302
        )
        assert (CampaignTask.objects.count(), CampaignMonth.objects.count()) == (1, 1)
        page = re.sub(r"[0-9a-f-]{36}", "", read(sun, "campaign", item.pk))  # a key may hold any five digits
        assert "清零" in page and "8650" in page and "86500" not in page
        assert Campaign.objects.get().figures.count() == 2
        # A street's officer enters the street's own figures, not another's, and hands out no task.
        alma = browser(here.owner)
        assert send(alma, "campaign_figure", item.pk, **figure) == 302
        assert send(alma, "campaign_figure", item.pk, **(figure | {"street": "440399004000"})) == 404
        assert send(alma, "campaign_task", item.pk, text="x") == 404

    def test_a_listing_by_the_city_wants_the_number_of_its_notice(self, here: District) -> None:
        lead, now = section(here), clock.real_now()
        item = dangers.report_danger(
            description="除尘器无控爆",
            category="dust",
            organisation=here.firm,
            region=QUAY,
            by=here.owner.by,
            at=now,
        )
        row = item.dangers_danger
        row.grade = "major"
        row.save()
        sun = browser(lead)
        assert send(sun, "danger_list", item.pk, level="city") == 422
        assert send(sun, "danger_list", item.pk, level="city", document="市安办督〔2026〕9号") == 302
        listing = Listing.objects.get()
        assert "市安办督〔2026〕9号" in read(sun, "record", "dangers", "listing", listing.pk)


class TestRisks:
    def test_a_base_is_declared_by_the_street_itself(self, here: District) -> None:
        alma = browser(here.owner)
        assert send(alma, "risk_bases", region=HARBOUR, number="一百", source="普查方案") == 422
        assert send(alma, "risk_bases", region="440399004000", number="9", source="普查方案") == 422
        assert send(alma, "risk_bases", region=HARBOUR, number="1,200", source="普查方案") == 302
        assert Base.objects.get().number == 1200
        assert "1200" in read(alma, "risk_bases")
        assert browser(here.manager).get(reverse("web:risk_bases")).status_code == 404

    def test_a_letter_is_read_as_a_paper_by_who_got_it_only(self, here: District) -> None:
        lead, now = section(here), clock.real_now()
        item = surveys.send_letter(
            to=here.street, topic="强降雨", text="雨", asks="停", answer_by=now + DAY, by=lead.by, at=now
        )
        paper = item.risks_letter.paper
        assert browser(here.owner).get(reverse("web:paper", args=[paper.pk])).status_code == 200
        assert browser(here.outsider).get(reverse("web:paper", args=[paper.pk])).status_code == 404
        assert "强降雨" in read(browser(here.owner), "record_list", "risks", "letter")


def test_the_roster_and_the_ground_show_who_is_there(here: District) -> None:
    alma, now = browser(here.owner), clock.real_now()
    assert "Alma" in read(alma, "officers")
    elsewhere = read(browser(here.outsider), "officers")
    assert "Alma" not in re.sub(r"\w{64}", "", elsewhere)  # a form's token may hold any four letters
    item = crews.notice(
        host=here.firm, contractor="顺达安装队", description="屋面更换", leader="刘队长", leader_phone="15400000009", workers=2,
        work_height=True, start_at=now + DAY / 24, end_at=now + DAY, by=here.manager.by, at=now,
    )  # fmt: skip
    board = read(alma, "contractor_board")
    assert "顺达安装队" in board and "2人未教育" in board and "高处作业" in board
    assert "顺达安装队" not in read(browser(here.outsider), "contractor_board")
    page = read(alma, "record", "contractors", "job", item.pk)
    assert "八个一" in page and "安全带高挂低用" in page
    assert "开工后才报备" not in board and "154****0009" in page
    assert "安全带高挂低用" in read(alma, "contractor_guide")


def test_a_worry_of_a_terminal_leads_to_the_check_and_a_late_notice_says_so(here: District) -> None:
    alma, now = browser(here.owner), clock.real_now()
    item = crews.notice(
        host=here.firm, contractor="恒固防水队", description="防水", leader="刘队长", workers=1, by=here.manager.by, at=now,
        start_at=now - DAY / 24, end_at=now + DAY,
    )  # fmt: skip
    days = {"installed": now - 9 * DAY, "connected": now - 8 * DAY}
    crews.add_fixtures(
        [crews.FixtureGiven("terminal", "ZD-1", "码头园", here.firm.region_id, days)],
        by="service:test",
        at=now,
    )
    WorkItem.objects.filter(pk=item.pk).update(state="working")
    crews.pulse(code="ZD-1", people=2, worry="smoke", at=now)
    board = read(alma, "contractor_board")
    assert "开工后才报备" in board and f"/contractors/job/{item.pk}/check/" in board
    register = read(alma, "contractor_fixtures")
    assert "ZD-1" in register and "contractors.fixtures" in register
    assert "ZD-1" not in read(browser(here.outsider), "contractor_fixtures")
