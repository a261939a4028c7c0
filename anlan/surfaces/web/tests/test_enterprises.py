"""Pages of the archive, the plate at the door, the phone code: what each of them shows to whom."""

import io
import re
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
import xlsxwriter
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anlan.domains.dangers.actions import report_danger
from anlan.domains.dangers.models import Danger
from anlan.domains.enterprises.actions import classing, comparing, hazards, registering, selfwork, staffing
from anlan.domains.enterprises.actions.registers import write_line
from anlan.domains.enterprises.models import (
    Commitment,
    Comparison,
    Enterprise,
    Finding,
    HazardUnit,
    History,
    KeyPerson,
    SelfCheck,
    SelfReport,
    SignInCode,
    Site,
    Substance,
    Tag,
)
from anlan.domains.enterprises.queries import four, giving
from anlan.domains.enterprises.tests.firms import Archive, archive, code
from anlan.domains.patrols.models import Visit
from anlan.kernel.core import clock, rulesets
from anlan.kernel.core.models import RuleValue
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.actions import open_item
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Account, Person
from anlan.kernel.orgs.queries import has_duty
from anlan.surfaces.web.pages import enterprise_compare
from anlan.surfaces.web.pages.enterprise_forms import FORMS
from tests.people import HARBOUR, QUAY

pytestmark = pytest.mark.django_db
PHONE = "15400000088"


def browser(account: Account | None = None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if account is not None:
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def it(db: None) -> Archive:
    return archive()


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


@pytest.mark.feature("M177")
class TestTheArchive:
    def test_one_page_holds_all_of_a_firm_and_names_what_is_missing(self, it: Archive) -> None:
        hazards.add_facility(
            firm=it.firm,
            kind="dust",
            name="打磨间",
            facts={"workers": 12},
            by=it.here.owner.by,
            at=clock.real_now(),
        )
        unit = hazards.add_unit(
            firm=it.firm, name="漆库", kind="storage", by=it.here.owner.by, at=clock.real_now()
        )
        hazards.set_substance(unit=unit, name="氯", quantity_t=9.0, by=it.here.owner.by, at=clock.real_now())
        page = text(browser(it.here.owner.account).get(reverse("web:enterprise", args=[it.firm.pk])))
        for word in (
            "海风家具厂",
            "打磨间",
            "漆库",
            "Missing in the archive",
            "Cannot be computed",
            "Persons within 500 m",
        ):
            assert word in page, word

    def test_every_form_opens_and_an_empty_one_is_refused_kindly(self, it: Archive) -> None:
        client = browser(it.here.owner.account)
        for section in FORMS:
            url = reverse("web:enterprise_edit", args=[it.firm.pk, section])
            assert client.get(url).status_code == 200, section
            assert client.post(url, {}).status_code in (302, 422), section

    def test_a_firm_is_taken_in_changed_and_found_by_two_characters(self, it: Archive) -> None:
        client = browser(it.here.owner.account)
        answer = client.post(reverse("web:enterprise_new"), {
            "name": "顺风冷链仓储", "region": QUAY, "sector": "5930", "uscc": code(3), "address": "码头路9号",
            "staff": "30", "scale": "small", "lon": "113.91", "lat": "22.66", "established_on": "2019-05-01",
        })  # fmt: skip
        firm = Enterprise.objects.get(organisation__uscc=code(3))
        assert answer.status_code == 302 and firm.sector == "G5930"
        found = text(client.get(reverse("web:enterprises"), {"q": "冷链"}))
        assert "顺风冷链仓储" in found and "海风家具厂" not in found
        answer = client.post(reverse("web:enterprise_edit", args=[firm.pk, "identity"]), {"name": "顺风冷链仓储", "region": QUAY, "uscc": code(3), "sector": "X"})  # fmt: skip
        assert answer.status_code == 422 and "GB/T 4754" in text(answer)

    @pytest.mark.parametrize(
        "wrong", [{"issued_on": "yesterday"}, {"issued_on": "2026-02-30"}, {"trade": "magic"}, {"name": ""}]
    )
    def test_wrong_certificates_are_refused_beside_their_field(
        self, it: Archive, wrong: dict[str, str]
    ) -> None:
        given = {"name": "焊工甲", "trade": "welding", "issued_on": "2024-03-01"} | wrong
        url = reverse("web:enterprise_edit", args=[it.firm.pk, "certificate"])
        assert browser(it.here.owner.account).post(url, given).status_code == 422

    def test_a_certificate_a_facility_and_a_colour_are_entered_by_form(self, it: Archive) -> None:
        client, edit = (
            browser(it.here.owner.account),
            lambda section: reverse("web:enterprise_edit", args=[it.firm.pk, section]),
        )
        assert (
            client.post(
                edit("certificate"), {"name": "焊工甲", "trade": "welding", "issued_on": "2020-03-01"}
            ).status_code
            == 302
        )
        assert (
            client.post(
                edit("facility"), {"kind": "dust", "name": "打磨间", "fact_workers": "8", "fact_metal": "x"}
            ).status_code
            == 302
        )
        assert client.post(edit("colour"), {"line_exits": "on", "line_separation": "on"}).status_code == 302
        firm = Enterprise.objects.get(pk=it.firm.pk)
        assert (firm.colour, firm.facilities.get().facts) == ("red", {"workers": "8"})
        assert "焊工甲" in text(client.get(reverse("web:enterprise_certificates"), {"view": "overdue"}))

    def test_an_end_needs_a_row_of_this_firm(self, it: Archive) -> None:
        row = staffing.set_person(
            firm=it.firm, name="欧阳明", role="principal", by=it.here.owner.by, at=clock.real_now()
        )
        client = browser(it.here.owner.account)
        assert (
            client.post(reverse("web:enterprise_end", args=[it.firm.pk, "person", it.site.pk])).status_code
            == 404
        )
        assert (
            client.post(reverse("web:enterprise_end", args=[it.firm.pk, "nothing", row.pk])).status_code
            == 404
        )
        url = reverse("web:enterprise_end", args=[it.firm.pk, "person", row.pk])
        assert "Left the firm" in text(client.get(url))
        silent = client.post(url)
        assert silent.status_code == 422 and "Say why it ends" in text(silent)
        assert client.post(url, {"pick": "Left the firm"}).status_code == 302
        assert Entry.objects.get(code="enterprises.person_ended").facts["why"] == "Left the firm"
        assert client.get(url).status_code == 404, "what ended is ended"
        assert KeyPerson.objects.get().until is not None

    def test_a_site_a_unit_and_a_substance_are_corrected_and_ended_by_their_forms(self, it: Archive) -> None:
        at, by = clock.real_now(), it.here.owner.by
        unit = hazards.add_unit(firm=it.firm, name="液氯库", kind="storage", by=by, at=at)
        substance = hazards.set_substance(unit=unit, name="氯", quantity_t=9.0, by=by, at=at)
        client = browser(it.here.owner.account)
        row, end = (lambda what, pk, name=name: reverse(f"web:enterprise_{name}", args=[it.firm.pk, what, pk]) for name in ("row", "end"))  # fmt: skip
        firm_page = reverse("web:enterprise", args=[it.firm.pk])
        assert row("unit", unit.pk) in text(client.get(firm_page)), (
            "what lacks leads to the row that lacks it"
        )
        assert 'value="液氯库"' in text(client.get(row("unit", unit.pk)))
        bad = client.post(row("unit", unit.pk), {"name": "液氯库", "people_500m": "-3"})
        assert bad.status_code == 422 and HazardUnit.objects.get().people_500m is None
        given = {
            "name": "液氯库",
            "site": str(it.site.pk),
            "people_500m": "40",
            "filed_number": "BA粤440399〔2026〕1",
        }
        assert client.post(row("unit", unit.pk), given).status_code == 302
        unit = HazardUnit.objects.get()
        assert (unit.people_500m, unit.grade != "unknown", unit.site_id) == (40, True, it.site.pk)
        assert Entry.objects.get(code="enterprises.unit_changed").facts["changed"]["people_500m"] == [
            "",
            "40",
        ]
        assert client.post(row("substance", substance.pk), {"quantity_t": "1.5"}).status_code == 302
        assert float(Substance.objects.get().quantity_t) == 1.5
        moved = {"name": "老厂区", "region": QUAY, "address": "", "lon": "113.92", "lat": "22.67"}
        assert client.post(row("site", it.site.pk), moved | {"lat": ""}).status_code == 422
        assert client.post(row("site", it.site.pk), moved).status_code == 302
        site = Site.objects.get()
        assert (site.name, site.address, site.lon) == ("老厂区", "", 113.92)
        last = client.post(end("site", site.pk), {"why": "搬迁"})
        assert last.status_code == 422 and "last site" in text(last)
        client.post(
            reverse("web:enterprise_edit", args=[it.firm.pk, "site"]), {"name": "新厂区", "region": QUAY}
        )
        assert client.post(end("site", site.pk), {"why": "搬迁", "pick": "Moved out"}).status_code == 302
        assert Entry.objects.get(code="enterprises.site_closed").facts["why"] == "搬迁"
        assert client.post(end("substance", substance.pk), {"pick": "No longer held"}).status_code == 302
        assert client.post(end("unit", unit.pk), {"pick": "Taken down"}).status_code == 302
        assert not HazardUnit.objects.filter(active=True).exists() and "液氯库" not in text(
            client.get(firm_page)
        )
        assert browser(it.here.outsider.account).get(row("site", site.pk)).status_code == 404

    def test_the_first_glance_is_where_it_lies_its_risks_who_was_there_and_what_the_weights_say(
        self, it: Archive
    ) -> None:
        make = partial(
            apps.get_model("risks.RiskPoint").objects.create,
            enterprise=it.firm,
            region_id=QUAY,
            created_at=clock.real_now(),
        )
        for number, (level, active) in enumerate(((4, True), (4, True), (2, True), (4, False), (0, True))):
            make(
                number=f"R{number}",
                name=f"风险点{number}",
                current_level=level,
                active=active,
                lon=113.9 + number / 1000,
                lat=22.65,
            )
        visit = {
            "organisation": it.here.firm,
            "kind": "routine",
            "patroller": it.here.owner,
            "recorded_at": clock.real_now(),
        }
        open_item(loop="patrols.visit", record=Visit(key=uuid4(), started_at=clock.real_now(), **visit), title="巡查",
                  region=QUAY, by=it.here.owner.by, at=clock.real_now())  # fmt: skip
        page = text(browser(it.here.owner.account).get(reverse("web:enterprise", args=[it.firm.pk])))
        risks = reverse("web:risks")
        assert f'href="{risks}?firm={it.firm.pk}&amp;level=4"><b>2</b>' in page, (
            "an ended point counts nowhere"
        )
        assert "4 points in all" in page and "1 without a level" in page
        assert page.count("mr-major") == 2 and "?place=" in page and "R4" not in page
        assert "Alma" in page and "nothing found" in page
        assert f"at=enterprises.firm%3A{it.firm.pk}" in page and "The weights say" in page

    def test_plates_are_printed_with_their_codes(self, it: Archive) -> None:
        page = text(
            browser(it.here.owner.account).get(reverse("web:enterprise_plates"), {"firm": it.firm.pk})
        )
        assert page.count("<svg") >= 1 and "码头路8号" in page
        assert (
            browser(it.here.outsider.account)
            .get(reverse("web:enterprise_plates"), {"firm": it.firm.pk})
            .status_code
            == 404
        )

    @pytest.mark.parametrize(
        "query",
        [
            "q=%00",
            "q='",
            "page=999",
            "page=x",
            "region=zzz",
            "sector=%27",
            "tag=none",
            "view=x",
            "grade=%F0%9F%98%80",
        ],
    )
    def test_no_filter_makes_the_list_fail(self, it: Archive, query: str) -> None:
        assert browser(it.here.owner.account).get(f"{reverse('web:enterprises')}?{query}").status_code == 200


class TestThePlate:
    def test_a_stranger_sees_name_and_listed_dangers_only(self, it: Archive) -> None:
        staffing.set_person(
            firm=it.firm,
            name="欧阳明",
            role="principal",
            phone=PHONE,
            by=it.here.owner.by,
            at=clock.real_now(),
        )
        url = reverse("web:plate", args=[it.site.plate])
        stranger = text(browser().get(url))
        assert "海风家具厂" in stranger and "Listed major dangers" in stranger
        for hidden in ("欧阳明", "154", "码头路8号", "C2110", "Open the archive"):
            assert hidden not in stranger
        assert "欧阳明" not in text(browser(it.here.outsider.account).get(url))

    def test_the_patroller_and_the_firm_see_the_card(self, it: Archive) -> None:
        staffing.set_person(
            firm=it.firm,
            name="欧阳明",
            role="principal",
            phone=PHONE,
            by=it.here.owner.by,
            at=clock.real_now(),
        )
        url = reverse("web:plate", args=[it.site.plate])
        for person in (it.here.owner, it.here.manager):
            page = text(browser(person.account).get(url))
            assert "欧阳明" in page and "154****0088" in page and PHONE not in page

    def test_the_commitment_in_force_hangs_at_the_door_for_everybody(self, it: Archive) -> None:
        at = clock.real_now()
        url = reverse("web:plate", args=[it.site.plate])
        assert "commitment" not in text(browser().get(url)).lower()
        told = {"running": 3, "stopped": 0, "special_work": 1}
        selfwork.post_commitment(
            firm=it.firm, text="今日安全", facts=told, level="low", by=it.here.manager.by, at=at
        )
        page = text(browser().get(url))
        assert "今日安全" in page and "Units running" in page and "Fang" not in page
        yesterday = timezone.localdate() - timedelta(days=1)
        Commitment.objects.update(start=yesterday, end=yesterday)
        assert "今日安全" not in text(browser().get(url))

    def test_an_unknown_plate_is_not_there(self, it: Archive) -> None:
        assert browser().get(reverse("web:plate", args=["x" * 16])).status_code == 404


@pytest.mark.feature("M098")
class TestThePhoneCode:
    def sent(self) -> str:
        return re.search(r"\d{6}", Message.objects.get(kind="enterprises.code").text)[0]

    @pytest.fixture
    def principal(self, it: Archive) -> Person:
        return staffing.set_person(firm=it.firm, name="欧阳明", role="principal", phone=PHONE, by=it.here.owner.by, at=clock.real_now()).person  # fmt: skip

    def test_six_digits_open_the_firms_own_archive_and_nothing_else(
        self, it: Archive, principal: Person
    ) -> None:
        client = browser()
        assert client.post(reverse("web:firm_door"), {"phone": "154 0000 0088"}).status_code == 302
        digits = self.sent()
        answer = client.post(reverse("web:firm_code"), {"code": f" {digits} "}, follow=True)
        assert answer.request["PATH_INFO"] == reverse("web:enterprise", args=[it.firm.pk])
        assert digits not in Message.objects.get(kind="enterprises.code").text
        assert client.get(reverse("web:numbers")).status_code == 404
        assert Person.objects.get(pk=principal.pk).account.has_usable_password() is False
        assert (
            browser().post(reverse("web:firm_code"), {"code": digits}).status_code == 302
        )  # no phone in this session
        again = browser()
        again.post(reverse("web:firm_door"), {"phone": PHONE})
        assert again.post(reverse("web:firm_code"), {"code": digits}).status_code == 422, (
            "a used code is dead"
        )

    def test_six_wrong_tries_from_two_browsers_end_the_code(self, it: Archive, principal: Person) -> None:
        one, two = browser(), browser()
        one.post(reverse("web:firm_door"), {"phone": PHONE})
        session = two.session
        session["firm_phone"] = PHONE
        session.save()
        digits = self.sent()
        wrong = f"{(int(digits) + 1) % 1_000_000:06d}"
        for client in (one, two, one, two, one, two):
            assert client.post(reverse("web:firm_code"), {"code": wrong}).status_code == 422
        assert one.post(reverse("web:firm_code"), {"code": digits}).status_code == 422

    def test_a_code_dies_after_five_minutes(self, it: Archive, principal: Person) -> None:
        client = browser()
        client.post(reverse("web:firm_door"), {"phone": PHONE})
        SignInCode.objects.update(expires_at=clock.real_now() - timedelta(seconds=1))
        assert client.post(reverse("web:firm_code"), {"code": self.sent()}).status_code == 422

    def test_an_unknown_phone_looks_the_same_and_gets_nothing(self, it: Archive, principal: Person) -> None:
        client = browser()
        assert client.post(reverse("web:firm_door"), {"phone": "15499999999"}).status_code == 302
        assert not Message.objects.filter(kind="enterprises.code").exists()
        assert client.post(reverse("web:firm_code"), {"code": "000000"}).status_code == 422

    def test_a_phone_gets_three_codes_in_ten_minutes(self, it: Archive, principal: Person) -> None:
        client = browser()
        answers = [client.post(reverse("web:firm_door"), {"phone": PHONE}).status_code for _ in range(4)]
        assert answers == [302, 302, 302, 422]
        assert Message.objects.filter(kind="enterprises.code").count() == 3

    def test_people_of_the_bureau_do_not_come_in_here(self, it: Archive) -> None:
        Person.objects.filter(pk=it.here.owner.pk).update(phone_index="x")
        client = browser()
        client.post(reverse("web:firm_door"), {"phone": PHONE})
        assert not Message.objects.filter(kind="enterprises.code").exists()

    def test_a_patroller_lets_somebody_in_by_a_code_to_scan(self, it: Archive, principal: Person) -> None:
        row = KeyPerson.objects.get(person=principal)
        url = reverse("web:enterprise_enter", args=[it.firm.pk, row.pk])
        assert "<svg" in text(browser(it.here.owner.account).post(url))
        assert browser(it.here.manager.account).post(url).status_code == 404
        assert browser(it.here.outsider.account).post(url).status_code == 404


@pytest.mark.feature("M073", "M098", "M271")
def test_a_firm_posts_its_commitment_and_writes_down_its_check(it: Archive) -> None:
    client, edit = (
        browser(it.here.manager.account),
        lambda section: reverse("web:enterprise_edit", args=[it.firm.pk, section]),
    )
    assert (
        client.post(edit("commitment"), {"text": "今日装置正常", "running": "3", "level": "low"}).status_code
        == 302
    )
    assert Commitment.objects.get().facts == {"running": 3}
    assert client.post(edit("post"), {"level": "key_post", "name": "除尘岗位"}).status_code == 302
    check = SelfCheck.objects.get()
    page = text(client.get(reverse("web:enterprise", args=[it.firm.pk])))
    assert "除尘岗位" in page and "Write it down" in page
    done = client.post(
        reverse("web:move", args=["enterprises", "self_check", check.pk, "do"]), {"found": "0"}
    )
    assert done.status_code == 302 and SelfCheck.objects.get().found == 0


@pytest.mark.feature("M098", "M269")
def test_a_danger_that_the_firm_reports_itself_counts_as_its_own(it: Archive) -> None:
    given = {
        "description": "除尘风管积尘",
        "category": "dust",
        "organisation": str(it.firm.pk),
        "region": QUAY,
    }
    url = reverse("web:record_new", args=["dangers", "danger"])
    assert browser(it.here.manager.account).post(url, given).status_code == 302
    assert SelfReport.objects.get().found == 1
    assert browser(it.here.owner.account).post(url, given).status_code == 302
    assert SelfReport.objects.count() == 1, "a patroller's finding is not the firm's"


@pytest.mark.feature("M066", "M067")
class TestComparisons:
    def test_lists_go_in_and_a_person_settles_what_comes_out(self, it: Archive) -> None:
        client = browser(it.here.owner.account)
        power = io.BytesIO("户名,用电地址\n海风家具,临港街道码头路8号\n夜间打磨点,后街\n".encode("gb18030"))
        power.name = "power.csv"
        register = io.BytesIO()
        with xlsxwriter.Workbook(register, {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["企业名称", "统一社会信用代码", "经度", "纬度"])
            sheet.write_row(1, 0, ["新到五金厂", code(9), 113.9, "x"])
        register.seek(0)
        register.name = "register.xlsx"
        given = {"name": "七月", "region": HARBOUR, "power": power, "business_register": register}
        assert client.post(reverse("web:enterprise_comparison_new"), given).status_code == 302
        run = Comparison.objects.get()
        hidden = Finding.objects.get(name="夜间打磨点")
        page = text(client.get(reverse("web:enterprise_comparison", args=[run.pk]), {"verdict": "missing"}))
        assert "夜间打磨点" in page and "新到五金厂" in page
        client.post(
            reverse("web:enterprise_settle", args=[run.pk, hidden.pk]),
            {"as_what": "scattered_poor", "verdict": "missing"},
        )
        assert Tag.objects.get().kind == "scattered_poor"
        doubtful = Finding.objects.exclude(verdict="missing").get()
        client.post(
            reverse("web:enterprise_settle", args=[run.pk, doubtful.pk]), {"enterprise": str(it.firm.pk)}
        )
        assert Finding.objects.get(pk=doubtful.pk).enterprise_id == it.firm.pk

    @pytest.mark.parametrize(
        ("name", "data"),
        [("a.csv", b"\xff\xfe\x00"), ("a.xlsx", b"PK\x03\x04 not a book"), ("a.csv", "电话,人数\n1,2\n".encode()), ("a.csv", b"")],
    )  # fmt: skip
    def test_what_is_no_list_is_refused_with_a_word(self, it: Archive, name: str, data: bytes) -> None:
        file = io.BytesIO(data or b" ")
        file.name = name
        answer = browser(it.here.owner.account).post(
            reverse("web:enterprise_comparison_new"), {"region": HARBOUR, "power": file}
        )
        assert answer.status_code == 422 and not Comparison.objects.exists()

    def test_a_list_that_is_too_long_is_refused(self, it: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(enterprise_compare, "MOST_ROWS", 3)
        file = io.BytesIO("名称\n甲\n乙\n丙\n丁\n".encode())
        file.name = "a.csv"
        answer = browser(it.here.owner.account).post(
            reverse("web:enterprise_comparison_new"), {"region": HARBOUR, "power": file}
        )
        assert answer.status_code == 422


def test_the_class_counts_open_major_dangers_when_it_is_proposed_and_when_it_is_signed(it: Archive) -> None:
    at, by = clock.real_now(), it.here.owner.by
    hazards.add_facility(firm=it.firm, kind="dust", name="打磨间", facts={"workers": 35}, by=by, at=at)
    for number in range(2):
        report_danger(
            description=f"积尘{number}", category="dust", region=QUAY, organisation=it.here.firm, by=by, at=at
        )
    danger = Danger.objects.first()
    Danger.objects.filter(pk=danger.pk).update(grade="major")
    client, url = browser(it.here.owner.account), reverse("web:enterprise_edit", args=[it.firm.pk, "class"])
    page = text(client.get(url))
    assert "class D" in page and "Major dangers open" in page and "+25" in page
    mild = client.post(url, {"grade": "C", "why": ""})
    assert mild.status_code == 422 and "the weights say D" in text(mild)
    assert client.post(url, {"grade": "D", "why": ""}).status_code == 302
    facts = History.objects.get(kind="grade").facts
    assert {"fact": "major_danger_open", "count": 1, "points": 25} in facts["reasons"] and facts[
        "proposed"
    ] == "D"
    assert "Major dangers open" in text(client.get(reverse("web:enterprise", args=[it.firm.pk])))


@pytest.mark.feature("M066", "M067")
class TestOnNoList:
    def test_what_no_list_shows_stands_on_a_page_is_settled_and_goes_out(self, it: Archive) -> None:
        at, by = clock.real_now(), it.here.owner.by
        known = registering.register(name="潮汐五金厂", region=QUAY, address="码头路21号", by=by, at=at)
        gone = registering.register(name="早已停业厂", region=QUAY, address="码头路23号", by=by, at=at)
        registering.set_status(firm=gone, status="closed", why="注销", by=by, at=at)
        given = [
            comparing.Given(
                "business_register", "登记.csv", [{"name": "海风家具厂", "address": "临港街道码头路8号"}]
            )
        ]
        run = comparing.compare(name="七月", region=HARBOUR, lists=given, by=by, at=at)
        assert run.counts == {"matched": 1, "doubtful": 0, "missing": 0, "unlisted": 1, "rows": 1}
        client, url = browser(it.here.owner.account), reverse("web:enterprise_comparison", args=[run.pk])
        page = text(client.get(url, {"verdict": "unlisted"}))
        assert "潮汐五金厂" in page and "早已停业厂" not in page and "Is there all the same" in page
        row = Finding.objects.get(verdict="unlisted")
        settle = reverse("web:enterprise_settle", args=[run.pk, row.pk])
        client.post(settle, {"as_what": "scattered_poor", "verdict": "unlisted"})
        assert not Finding.objects.get(pk=row.pk).settled_as, "that is no word for a firm of the archive"
        client.post(settle, {"as_what": "moved", "verdict": "unlisted"})
        assert Enterprise.objects.get(pk=known.pk).status == "moved"
        rows = list(giving.findings(person=it.here.owner.pk, filters={"run": str(run.pk), "verdict": ""}))
        assert [(r[0], r[1], r[5], r[9]) for r in rows] == [
            ("Matched", "海风家具厂", "海风家具厂", ""), ("On none of the lists", "潮汐五金厂", "潮汐五金厂", "Moved away"),
        ]  # fmt: skip
        assert not list(giving.findings(person=it.here.outsider.pk, filters={"run": str(run.pk)}))

    @pytest.mark.parametrize(("name", "words"), [("a.xlsx", "formula"), ("a.csv", "web page")])
    def test_a_list_passes_the_gate_before_it_is_read(self, it: Archive, name: str, words: str) -> None:
        file = io.BytesIO(b"<html><table><tr><td>x</table>")
        if name == "a.xlsx":
            file = io.BytesIO()
            with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
                book.add_worksheet().write_formula(1, 0, '=HYPERLINK("http://x")')
            file.seek(0)
        file.name = name
        answer = browser(it.here.owner.account).post(
            reverse("web:enterprise_comparison_new"), {"region": HARBOUR, "power": file}
        )
        assert answer.status_code == 422 and words in text(answer)


@pytest.mark.feature("M354", "M355", "M356", "M357", "M359")
def test_the_four_of_multi_tenant_buildings_are_counted_by_street_and_open_who_lacks_one(it: Archive) -> None:
    at, by, day = clock.real_now(), it.here.owner.by, timezone.localdate()
    other = registering.register(name="潮汐工业园", region=QUAY, by=by, at=at)
    for firm in (it.firm, other):
        registering.set_tag(firm=firm, kind="multi_tenant", by=by, at=at)
    lines = (("fire_pledge", "1", {"signer": "欧阳明", "with_whom": "街道办", "as_what": "landlord"}),
             ("fire_device", "A", {"kind": "smoke_detector", "count": "120", "state": "working"}),
             ("fire_device", "B", {"kind": "one_key_alarm", "count": "2", "state": "broken"}))  # fmt: skip
    for register, number, facts in lines:
        write_line(firm=it.firm, register=register, number=number, facts=facts, since=day, by=by, at=at)
    classing.sign_colour(firm=it.firm, fulfilled=["exits"], by=by, at=at)
    classing.give_points(firm=it.firm, item="patrol_done", by=by, at=at)
    first, second = four.buildings(it.here.owner, at=at)
    assert (first.lacks, first.devices, first.broken) == ([], 120, 2) or second.lacks == []
    (street,) = four.by_street([first, second])
    assert (street.buildings, street.whole, street.having["points"], street.devices) == (2, 1, 1, 120)
    client, url = browser(it.here.owner.account), reverse("web:multi_tenant")
    assert "海风家具厂" in text(client.get(url)) and "潮汐工业园" in text(client.get(url))
    for asked, there, not_there in (
        ("devices", "潮汐", "海风"),
        ("none", "海风", "潮汐"),
        ("broken", "海风", "潮汐"),
    ):
        page = text(client.get(url, {"lacks": asked, "street": HARBOUR}))
        assert there in page and not_there not in page, asked
    assert "潮汐" not in text(browser(it.here.outsider.account).get(url))


@pytest.mark.feature("M271")
def test_who_posted_no_commitment_for_today_is_a_list_and_a_number(it: Archive) -> None:
    client, url = browser(it.here.owner.account), reverse("web:enterprises")
    assert "海风家具厂" not in text(client.get(url, {"view": "no_commitment"})), "only who is asked"
    registering.set_tag(firm=it.firm, kind="hazchem", by=it.here.owner.by, at=clock.real_now())
    page = text(client.get(url, {"view": "no_commitment"}))
    assert "海风家具厂" in page and "No commitment for today" in page
    selfwork.post_commitment(firm=it.firm, text="今日安全", by=it.here.manager.by, at=clock.real_now())
    assert "海风家具厂" not in text(client.get(url, {"view": "no_commitment"}))


def test_a_new_campaign_is_a_row_of_the_rules_and_one_that_is_over_keeps_its_name(it: Archive) -> None:
    rows = [{"code": "lithium_2026", "name": "锂电专项", "name_en": "Lithium campaign", "running": True},
            {"code": "dust_campaign", "name": "粉尘涉爆专项", "name_en": "Campaign: explosive dust", "running": False}]  # fmt: skip
    RuleValue.objects.filter(rule="enterprises.campaign_tags").update(value=rows)
    rulesets.forget()
    client, edit = browser(it.here.owner.account), reverse("web:enterprise_edit", args=[it.firm.pk, "tag"])
    form = text(client.get(edit))
    assert "Lithium campaign" in form and "explosive dust</option>" not in form
    assert client.post(edit, {"kind": "dust_campaign"}).status_code == 422
    assert client.post(edit, {"kind": "lithium_2026"}).status_code == 302
    assert "Lithium campaign" in text(client.get(reverse("web:enterprises"), {"tag": "lithium_2026"}))
    Tag.objects.update(kind="dust_campaign")
    assert "Campaign: explosive dust" in text(client.get(reverse("web:enterprise", args=[it.firm.pk])))


def test_a_safety_manager_of_the_firm_page_holds_the_duty_as_long_as_the_role(it: Archive) -> None:
    client = browser(it.here.owner.account)
    url = reverse("web:enterprise_edit", args=[it.firm.pk, "person"])
    assert client.post(url, {"name": "诸葛静", "role": "safety_manager", "phone": PHONE}).status_code == 302
    person, now = Person.objects.get(name="诸葛静"), clock.real_now()
    assert has_duty(person_id=person.pk, kinds=["safety_manager"], region=QUAY, at=now)
    row = KeyPerson.objects.get(person=person)
    end = reverse("web:enterprise_end", args=[it.firm.pk, "person", row.pk])
    assert client.post(end, {"pick": "Left the firm"}).status_code == 302
    assert not has_duty(person_id=person.pk, kinds=["safety_manager"], region=QUAY, at=clock.real_now())
