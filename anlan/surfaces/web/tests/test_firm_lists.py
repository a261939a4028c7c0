"""Lists of firms: comparisons with other offices, the four of buildings, who posted nothing, tags of campaigns."""

import io

import pytest
import xlsxwriter
from django.urls import reverse
from django.utils import timezone

from anlan.domains.enterprises.actions import classing, comparing, registering, selfwork
from anlan.domains.enterprises.actions.registers import write_line
from anlan.domains.enterprises.models import (
    Comparison,
    Enterprise,
    Finding,
    Tag,
)
from anlan.domains.enterprises.queries import four, giving
from anlan.domains.enterprises.tests.firms import Archive, archive, code
from anlan.kernel.core import clock, rulesets
from anlan.kernel.core.models import RuleValue
from anlan.surfaces.web.pages import enterprise_compare
from anlan.surfaces.web.tests.firm_pages import browser, text
from tests.people import HARBOUR, QUAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def it(db: None) -> Archive:
    return archive()


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
