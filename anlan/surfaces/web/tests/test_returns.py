"""Forms of upper levels in the browser: shown in the upper form's order, copied, marked, read back, settled."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from anlan.domains.incidents.actions import events
from anlan.domains.returns.models import Difference, Entered, Return
from anlan.kernel.core import clock
from anlan.kernel.orgs.models import Account, Person
from tests.people import DISTRICT, HARBOUR, QUAY, District, add_duty, add_person, district

pytestmark = pytest.mark.django_db
FORM = "/returns/forms/danger_month/"


class Office:
    """The clerk of the safety section and the watch officer, each with a browser."""

    def __init__(self) -> None:
        self.here: District = district()
        self.clerk, self.section = self._at("吴科员", "safety_section")
        self.officer, self.watch = self._at("陈值班员", "watch_officer")

    def _at(self, name: str, kind: str) -> tuple[Person, Client]:
        person = add_person(name, self.here.bureau, account=True)
        add_duty(person, kind, DISTRICT)
        return person, browser(person.account)

    def event(self, **more: object) -> object:
        at = clock.real_now()
        given = {
            "description": "工人从脚手架坠落", "event_class": "accident", "kind": "work", "region": QUAY, "spot": "码头路",
            "organisation": self.here.firm, "by": self.officer.by, "at": at, "dead": 1,
        }  # fmt: skip
        return events.receive(**(given | more))


def browser(account: Account | None) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert account is not None
    client.force_login(account)
    return client


@pytest.fixture
def office() -> Office:
    return Office()


def told(answer: object) -> str:
    return answer.content.decode()


class TestTheList:
    def test_every_form_is_there_and_an_event_with_figures_has_its_clock(self, office: Office) -> None:
        office.event()
        page = told(office.watch.get("/returns/"))
        for label in (
            "隐患排查治理月报",
            "安全生产行政执法月报",
            "生产安全事故快报",
            "自然灾害灾情快报",
            "值班日报",
            "防汛应急响应情况统计表",
        ):
            assert label in page
        row = Return.objects.get()
        assert f"/returns/{row.pk}/" in page
        assert office.watch.get(f"/returns/{row.pk}/", follow=True).status_code == 200

    def test_an_enterprise_has_no_forms(self, office: Office) -> None:
        client = browser(office.here.manager.account)
        assert client.get("/returns/").status_code == client.get(FORM).status_code == 404


class TestTheForm:
    def test_heads_are_merged_and_each_field_has_its_copy_button_with_a_name(self, office: Office) -> None:
        page = told(office.section.get(FORM))
        assert 'colspan="4"' in page
        assert 'rowspan="2"' in page
        assert 'aria-label="复制 临港街道 隐患 · 发现数：0"' in page
        assert 'data-copy="—"' in page  # nothing to share is copied as the form's own sign
        assert "已复制" in page

    def test_a_number_opens_to_exactly_its_rows(self, office: Office) -> None:
        page = office.section.get(f"{FORM}rows/?region={DISTRICT}&row={HARBOUR}&column=found")
        assert page.status_code == 200
        assert "dangers.found" in told(page)
        for wrong in (f"row={HARBOUR}&column=street", "row=x&column=found", f"row={HARBOUR}&column=x"):
            assert office.section.get(f"{FORM}rows/?{wrong}").status_code == 404

    def test_the_exact_sheet_is_downloaded_under_its_title(self, office: Office) -> None:
        answer = office.section.get(f"{FORM}sheet.xlsx")
        assert "filename*=UTF-8" in answer["Content-Disposition"]
        rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert rows[4][1] == "临港街道"

    def test_a_form_about_an_event_shows_its_figures_and_not_another_ones(self, office: Office) -> None:
        item = office.event()
        page = told(office.watch.get(f"/returns/forms/accident_quick/?of={item.pk}"))
        assert "海风家具厂" in page
        assert "不详" in page
        assert office.watch.get(f"/returns/forms/disaster_situation/?of={item.pk}").status_code == 404
        assert office.watch.get("/returns/forms/accident_quick/").status_code == 404
        assert (
            browser(office.here.outsider.account)
            .get(f"/returns/forms/accident_quick/?of={item.pk}")
            .status_code
            == 404
        )

    def test_in_english_the_form_keeps_its_chinese_heads(self, office: Office) -> None:
        office.section.cookies["anlan_language"] = "en"
        page = told(office.section.get(FORM))
        assert "Monthly return of hidden dangers" in page
        assert "按期整改率" in page
        assert "Mark as entered" in page


class TestTheWay:
    def test_entered_read_back_and_settled(self, office: Office) -> None:
        answer = office.section.post(f"{FORM}entered/", {"number": "A-17", "region": DISTRICT})
        assert answer.status_code == 302
        assert Entered.objects.get().number == "A-17"
        sheet = told_rows(office)
        sheet[1][2] = "5"
        answer = office.section.post(f"{FORM}read/", {"file": csv(sheet), "region": DISTRICT}, follow=True)
        assert "对方录入不同" in told(answer)
        row = Difference.objects.get()
        answer = office.section.post(f"/returns/differences/{row.pk}/", {"how": "accepted"})
        assert answer.status_code == 422
        assert "须写明理由" in told(answer)
        office.section.post(f"/returns/differences/{row.pk}/", {"how": "accepted", "reason": "口径不同"})
        assert Return.objects.get().item.state == "confirmed"

    def test_a_foreign_file_is_refused_beside_the_field(self, office: Office) -> None:
        answer = office.section.post(
            f"{FORM}read/", {"file": csv([["姓名", "电话"], ["甲", "1"]]), "region": DISTRICT}
        )
        assert answer.status_code == 422
        assert "不是“隐患排查治理月报”的导出文件" in told(answer)
        assert office.section.post(f"{FORM}read/", {"region": DISTRICT}).status_code == 422

    def test_whoever_does_not_fill_it_marks_nothing(self, office: Office) -> None:
        assert office.watch.post(f"{FORM}entered/", {"region": DISTRICT}).status_code == 422
        assert not Entered.objects.exists()
        assert "标记为已填报" not in told(office.watch.get(FORM))

    def test_a_figure_that_no_register_keeps_is_told_on_the_form(self, office: Office) -> None:
        item = office.event(description="内涝", event_class="natural", kind="flood")
        path = "/returns/forms/disaster_situation/"
        given = {"of": str(item.pk), "column": "affected", "value": "12", "source": "街道电话"}
        assert office.watch.post(f"{path}fact/", given).status_code == 302
        page = told(office.watch.get(f"{path}?of={item.pk}"))
        assert 'data-copy="12"' in page
        assert office.watch.post(f"{path}fact/", given | {"value": "很多"}).status_code == 422

    def test_not_asked_for_takes_a_reason(self, office: Office) -> None:
        assert office.section.post(f"{FORM}skip/", {"region": DISTRICT}).status_code == 422
        office.section.post(f"{FORM}skip/", {"region": DISTRICT, "reason": "免报"})
        assert Return.objects.get().item.state == "skipped"


def told_rows(office: Office) -> list[list[str]]:
    """What the upper system exports after our figures were typed in: its own heads, two streets and the sum."""
    del office
    return [["街道", "发现隐患数", "巡查家次", "巡查企业数", "逾期未改数", "重大事故隐患数", "未销号数", "本年累计发现隐患数"],
            *([name, "0", "0", "0", "0", "0", "0", "0"] for name in ("临港街道", "石矶街道", "合计"))]  # fmt: skip


def csv(rows: list[list[str]]) -> SimpleUploadedFile:
    text = "\n".join(",".join(row) for row in rows)
    return SimpleUploadedFile("导出.csv", text.encode("gb18030"), "text/csv")
