"""Risk points by hand, through the client: who may declare, what a wrong form says, the plate and its card, the lists."""

import re
from typing import Any

import pytest
from django.urls import reverse

from anlan.domains.accidents.actions import file_accident
from anlan.domains.dangers.actions import report_danger
from anlan.domains.dangers.models import Danger
from anlan.domains.enterprises.actions import hazards, registering, staffing
from anlan.domains.enterprises.models import Enterprise
from anlan.domains.risks.models import Measure, Reassessment, RiskPoint
from anlan.domains.risks.queries.plates import plate_of
from anlan.kernel.core import clock
from anlan.kernel.ledger.models import Entry
from anlan.kernel.orgs.models import Account, Duty, Person
from anlan.surfaces.web.tests.test_risks import a_point, browser, here, page
from tests import people
from tests.people import District

__all__ = ["here"]
pytestmark = pytest.mark.django_db


def posted(person: Person, address: str, *args: object, **said: str) -> Any:
    return browser(person).post(reverse(f"web:{address}", args=args), said)


@pytest.mark.feature("M098", "M114")
class TestDeclaring:
    def test_a_firm_declares_its_point_judges_it_and_writes_what_it_does(self, here: District) -> None:
        answer = posted(here.manager, "risk_new", name="2号喷漆房", kind="place", responsible="喷漆班长")
        point = RiskPoint.objects.get()
        assert answer["Location"] == reverse("web:risk_edit", args=[point.pk, "source"])
        wrong = {
            "name": "漆雾",
            "method": "lec",
            "worst": "4",
            "factor_L": "4",
            "factor_E": "6",
            "factor_C": "15",
        }
        answer = posted(here.manager, "risk_edit", point.pk, "source", **wrong)
        assert (answer.status_code, "L = 4" in answer.content.decode()) == (422, True)
        answer = posted(here.manager, "risk_edit", point.pk, "source", **wrong | {"factor_L": "3"}, more="1")
        assert answer["Location"] == reverse("web:risk_edit", args=[point.pk, "source"])
        source = point.sources.get()
        said = {"kind": "engineering", "text": "排风联锁", "source": str(source.pk)}
        assert posted(here.manager, "risk_edit", point.pk, "measure", **said).status_code == 302
        text = page(browser(here.manager), "risk_point", point.pk)
        assert all(word in text for word in ("漆雾", "排风联锁", "喷漆班长", "车间"))

    def test_an_officer_declares_for_a_firm_and_another_street_finds_no_form(self, here: District) -> None:
        client = browser(here.owner)
        url = f"{reverse('web:risk_new')}?firm={here.firm.pk}"
        assert "海风家具厂" in client.get(url).content.decode()
        assert client.post(url, {"name": "锯台", "kind": "equipment"}).status_code == 302
        point = RiskPoint.objects.get()
        assert browser(here.outsider).get(url).status_code == 404
        for section in ("point", "source", "measure"):
            assert (
                browser(here.outsider).get(reverse("web:risk_edit", args=[point.pk, section])).status_code
                == 404
            )
            assert client.get(reverse("web:risk_edit", args=[point.pk, section])).status_code == 200
        assert client.get(reverse("web:risk_edit", args=[point.pk, "moon"])).status_code == 404

    def test_an_end_asks_why_and_leads_back(self, here: District) -> None:
        point = a_point(here)
        row = Measure.objects.create(point=point, kind="training", text="班前讲", by="x", at=clock.real_now())
        assert "班前讲" in page(browser(here.owner), "risk_point", point.pk)
        posted(here.owner, "risk_end", point.pk, "measure", row.pk, why="")
        assert Measure.objects.get().active
        posted(here.owner, "risk_end", point.pk, "measure", row.pk, why="改为周会")
        assert not Measure.objects.get().active
        answer = posted(here.owner, "risk_end", point.pk, "point", point.pk, why="设备拆除")
        assert answer["Location"] == reverse("web:risks")
        assert browser(here.owner).get(reverse("web:risk_point", args=[point.pk])).status_code == 404

    def test_a_safety_manager_of_the_firm_gets_the_duty_and_loses_it(self, here: District) -> None:
        firm, now = Enterprise.objects.get(), clock.real_now()
        held = staffing.set_person(firm=firm, name="欧阳明", role="safety_manager", by=here.owner.by, at=now)
        duty = Duty.objects.get(person=held.person)
        assert (duty.kind_id, duty.region_id, duty.valid_to) == ("safety_manager", people.QUAY, None)
        held.person.account = Account.objects.create_user(login="ouyang")
        held.person.save()
        assert posted(held.person, "risk_sign", a_point(here, level=1).pk, method="direct", assessed="2", worst="3",
                      why="新增工位").status_code == 302  # fmt: skip
        assert "risks.points" in page(browser(held.person), "sheets")
        staffing.end_person(row=held, why="离职", by=here.owner.by, at=clock.real_now())
        duty.refresh_from_db()
        assert duty.valid_to is not None


class TestAnew:
    def test_a_change_in_the_archive_and_a_new_name_reach_the_points(self, here: District) -> None:
        point, firm, now = a_point(here), Enterprise.objects.get(), clock.real_now()
        said = {"firm": firm, "kind": "process", "by": here.owner.by, "at": now}
        hazards.add_facility(name="旧喷漆线", **said)
        assert not Reassessment.objects.exists()
        hazards.add_facility(name="水性漆线", change=True, **said)
        assert (Reassessment.objects.get().cause, Reassessment.objects.get().note) == ("process", "水性漆线")
        assert "水性漆线" in page(browser(here.manager), "risk_point", point.pk)
        registering.change(firm=firm, name="远山家具厂", by=here.owner.by, at=now)
        assert "喷漆房" in page(browser(here.owner), "risks", q="远山")

    def test_an_accident_filed_at_a_firm_asks_for_its_points(self, here: District) -> None:
        point, now = a_point(here), clock.real_now()
        file_accident(
            description="一人夹伤", type_code="machine", sector="C", body="emergency", region=people.QUAY,
            organisation=here.firm, by=here.owner.by, at=now,
        )  # fmt: skip
        row = Reassessment.objects.get()
        assert (row.point_id, row.cause, row.note) == (point.pk, "accident", "一人夹伤")


class TestThePlate:
    def test_shows_a_stranger_the_firm_and_whom_it_concerns_the_card(self, here: District) -> None:
        point = a_point(here, level=3)
        point.sources.create(name="漆雾", assessed_level=3, worst_case_level=4, accident_kinds="火灾")
        url = reverse("web:plate", args=[plate_of(point.pk)])
        stranger, outsider = people_page(None, url), people_page(here.outsider, url)
        for text in (stranger, outsider):
            assert "海风家具厂" in text
            assert "漆雾" not in text
            assert "喷漆房" not in text
        for person in (here.owner, here.manager):
            text = people_page(person, url)
            assert all(word in text for word in ("喷漆房", "漆雾", "火灾", "较大风险"))

    def test_is_printed_by_the_sheet_of_a_firm(self, here: District) -> None:
        point = a_point(here)
        text = page(browser(here.owner), "risk_plates", firm=str(here.firm.pk))
        assert "喷漆房" in text
        assert len(re.findall("<svg", text)) >= 1
        assert "喷漆房" not in page(browser(here.outsider), "risk_plates", firm=str(here.firm.pk))
        del point


def people_page(person: Person | None, url: str) -> str:
    from django.test import Client  # noqa: PLC0415

    client = browser(person) if person else Client()
    return client.get(url).content.decode()


@pytest.mark.feature("M368")
class TestADangerAtItsPoint:
    def test_is_reported_there_and_raises_it_until_it_lies_elsewhere(self, here: District) -> None:
        point, other = a_point(here), a_point(here, "FX-2", name="锯台")
        assert "喷漆房" in page(browser(here.owner), "risk_danger", point.pk)
        said = {"description": "除尘器无控爆", "category": "dust", "candidate_major": "on"}
        assert posted(here.owner, "risk_danger", point.pk, **said | {"description": ""}).status_code == 422
        assert posted(here.owner, "risk_danger", point.pk, **said).status_code == 302
        danger = Danger.objects.select_related("item").get()
        assert (danger.organisation, danger.risk_point_id) == (here.firm, point.pk)
        point.refresh_from_db()
        assert (point.current_level, point.open_dangers) == (3, 1)
        text = page(browser(here.owner), "record", "dangers", "danger", danger.pk)
        assert reverse("web:danger_point", args=[danger.pk]) in text
        answer = posted(here.manager, "danger_point", danger.pk, risk_point=str(other.pk))
        assert answer.status_code == 302
        for row in (point, other):
            row.refresh_from_db()
        assert (point.current_level, point.open_dangers, other.current_level) == (2, 0, 3)
        assert Entry.objects.filter(code="dangers.placed").get().facts["name"] == "锯台"

    def test_is_not_told_a_point_of_another_firm_nor_by_another_street(self, here: District) -> None:
        strange = Enterprise.objects.create(
            organisation=here.street, created_at=people.LONG_AGO, updated_at=people.LONG_AGO
        )
        elsewhere = a_point(here, name="别处")
        RiskPoint.objects.update(enterprise=strange)
        said = {
            "region": people.QUAY,
            "description": "通道堵塞",
            "category": "exit",
            "organisation": here.firm,
        }
        item = report_danger(by=here.owner.by, at=clock.real_now(), **said)
        assert "还没有风险点" in page(browser(here.owner), "danger_point", item.pk)
        for given in (str(elsewhere.pk), "x"):
            answer = posted(here.owner, "danger_point", item.pk, risk_point=given)
            assert answer.status_code == 422
        assert posted(here.outsider, "danger_point", item.pk, risk_point="").status_code == 404
