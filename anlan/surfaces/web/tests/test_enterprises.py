"""Pages of the archive, the plate at the door, the phone code: what each of them shows to whom."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.domains.enterprises.actions import hazards, selfwork, staffing
from anlan.domains.enterprises.models import (
    Commitment,
    Enterprise,
    KeyPerson,
    SelfCheck,
    SelfReport,
    SignInCode,
)
from anlan.domains.enterprises.tests.firms import Archive, archive, code
from anlan.kernel.core import clock
from anlan.kernel.ledger.models import Entry
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Person
from anlan.surfaces.web.pages.enterprise_forms import FORMS
from anlan.surfaces.web.tests.firm_pages import PHONE, browser, text
from tests.people import QUAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def it(db: None) -> Archive:
    return archive()


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
        # The plate is sixteen letters and digits by chance: some of them may be those that are looked for.
        stranger = text(browser().get(url)).replace(it.site.plate, "")
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
