"""Pages of risks and spreadsheets, through the client."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from anlan.domains.dangers.actions import report_danger
from anlan.domains.enterprises.models import Enterprise
from anlan.domains.risks.actions.provisions import declare_base
from anlan.domains.risks.models import Provision, RiskPoint, RiskSource
from anlan.domains.risks.public import OpenDanger, weigh
from anlan.kernel.core import clock
from anlan.kernel.sheets import running
from anlan.kernel.sheets.models import Export, Import
from tests import people
from tests.people import District

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> District:
    made = people.district()
    made.firm.uscc = "91440300708461136T"
    made.firm.save()
    Enterprise.objects.create(
        organisation=made.firm, section="C", created_at=people.LONG_AGO, updated_at=people.LONG_AGO
    )
    return made


def a_point(
    here: District, number: str = "FX-1", name: str = "喷漆房", worst: int = 4, level: int = 2
) -> RiskPoint:
    point = RiskPoint(
        enterprise_id=here.firm.pk, number=number, name=name, kind="place", region_id=people.QUAY, section="C", lon=113.9,
        lat=22.6, worst_case_level=worst, assessed_level=level, current_level=level, created_at=people.LONG_AGO,
    )  # fmt: skip
    point.index(here.firm.name)
    point.save()
    return point


def browser(person: people.Person) -> Client:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(f"web:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.feature("M364", "M369")
class TestTheList:
    def test_is_found_by_two_characters_region_section_and_both_colours(self, here: District) -> None:
        a_point(here)
        a_point(here, "FX-2", "成品仓库", worst=2, level=1)
        alma = browser(here.owner)
        for query, wanted in (
            ({"q": "喷漆"}, {"喷漆房"}),
            ({"q": "漆房 家具"}, {"喷漆房"}),
            ({"q": "漆喷"}, set()),
            ({"q": "库"}, {"成品仓库"}),
            ({"level": "1"}, {"成品仓库"}),
            ({"worst": "4", "section": "C"}, {"喷漆房"}),
            ({"region": people.HARBOUR}, {"喷漆房", "成品仓库"}),
            ({"region": people.HILL}, set()),
            ({"section": "G"}, set()),
            ({"q": "%' OR 1=1 --"}, set()),
        ):
            text = page(alma, "risks", **query)
            assert {name for name in ("喷漆房", "成品仓库") if f">{name}</a>" in text} == wanted, query

    def test_shows_the_gravest_first(self, here: District) -> None:
        a_point(here, "FX-2", "成品仓库", level=1)
        a_point(here, "FX-1", "喷漆房", level=3)
        text = page(browser(here.owner), "risks")
        assert text.index("喷漆房") < text.index("成品仓库")

    def test_of_sources_opens_their_point(self, here: District) -> None:
        point = a_point(here)
        source = RiskSource(point=point, name="静电积聚", worst_case_level=4, assessed_level=2)
        source.index(point)
        source.save()
        text = page(browser(here.manager), "risk_sources", q="静电")
        assert reverse("web:risk_point", args=[point.pk]) in text


@pytest.mark.feature("M366", "M280")
def test_the_four_colours_are_summed_by_region_and_section_with_the_collection_rate(here: District) -> None:
    a_point(here)
    a_point(here, "FX-2", level=3)
    at = clock.real_now() - timedelta(days=1)
    declare_base(region=people.HARBOUR, number=4, source="普查底数", by=here.owner.by, at=at)
    text = page(browser(here.owner), "risk_colours")
    assert "50.00" in text
    assert f"?region={people.QUAY}&amp;level=3" in text or f"?region={people.HARBOUR}&amp;level=3" in text
    assert "?section=C&amp;level=2" in text
    assert "?level=3&amp;worst=4" in text


@pytest.mark.feature("M367", "M368")
class TestAPoint:
    def test_tells_why_it_stands_where_it_stands(self, here: District) -> None:
        point, now = a_point(here), clock.real_now()
        item = report_danger(
            region=people.QUAY,
            description="干式除尘器无控爆",
            category="dust",
            organisation=here.firm,
            by=here.owner.by,
            at=now,
        )
        weigh(point_id=point.pk, dangers=[OpenDanger(item.pk, "major", now)], by=here.owner.by, at=now)
        text = page(browser(here.owner), "risk_point", point.pk)
        assert "1 项重大事故隐患未销号，升为重大风险" in text
        assert "销号后等级即恢复" in text

    def test_is_signed_by_a_method_and_a_wrong_factor_is_told(self, here: District) -> None:
        point = a_point(here, level=1)
        alma, url = browser(here.owner), reverse("web:risk_sign", args=[point.pk])
        said = {"method": "lec", "worst": "4", "factor_L": "4", "factor_E": "6", "factor_C": "15"}
        answer = alma.post(url, said)
        assert answer.status_code == 422
        assert "L = 4" in answer.content.decode()
        assert alma.post(url, {**said, "factor_L": "3"}).status_code == 302
        point.refresh_from_db()
        assert (point.assessed_level, point.signed_by) == (3, here.owner.by)

    def test_is_asked_to_be_assessed_anew(self, here: District) -> None:
        point = a_point(here)
        answer = browser(here.owner).post(reverse("web:risk_anew", args=[point.pk]), {"cause": "accident"})
        assert answer.status_code == 302
        assert "待重新评估" in page(browser(here.manager), "risk_point", point.pk)


@pytest.mark.feature("M315", "M159")
def test_the_five_lists_are_views(here: District) -> None:
    point, now = a_point(here, level=3), clock.real_now()
    item = report_danger(
        region=people.QUAY,
        description="通道堵塞",
        category="exit",
        organisation=here.firm,
        risk_point=point.pk,
        by=here.owner.by,
        at=now,
    )
    weigh(point_id=point.pk, dangers=[OpenDanger(item.pk, "major", now)], by=here.owner.by, at=now)
    point.measures.create(kind="engineering", text="防爆照明", by=here.manager.by, at=now)
    alma = browser(here.owner)
    for which, word in (
        ("risk", "喷漆房"), ("danger", "通道堵塞"), ("target", "较大风险"), ("measure", "防爆照明"), ("responsibility", "岗位级"),
    ):  # fmt: skip
        text = page(alma, "risk_lists", list=which)
        assert word in text, which
        assert ("/export/" in text) == (which != "danger")
        assert word not in page(alma, "risk_lists", list=which, q="远山"), which
        assert word in page(alma, "risk_lists", list=which, q="喷漆", region=people.QUAY), which
    assert "喷漆房" not in page(browser(here.outsider), "risk_lists")


@pytest.mark.feature("M210", "M262")
def test_the_second_list_is_a_register_with_lead_unit_and_date(here: District) -> None:
    alma = browser(here.owner)
    said = {
        "title": "动火审批制度",
        "problem": "动火无审批",
        "kind": "rule",
        "lead_unit": str(here.street.pk),
        "due_on": "x",
    }
    refused = alma.post(reverse("web:provision_new"), said)
    assert refused.status_code == 422
    assert "动火审批制度" in refused.content.decode()
    assert alma.post(reverse("web:provision_new"), {**said, "due_on": "2026-12-31"}).status_code == 302
    row = Provision.objects.get()
    url = reverse("web:provision_issue", args=[row.pk])
    assert alma.post(url, {"issued_on": "2026-12-01", "document": "安办〔2026〕3号"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.document) == ("issued", "安办〔2026〕3号")
    assert "安办〔2026〕3号" in page(alma, "provisions")


@pytest.mark.feature("M114")
class TestTheWizard:
    HEAD = "统一社会信用代码,风险点编号,点名,危险源名称,风险等级\n"

    def send(self, client: Client, here: District, text: str) -> Import:
        file = SimpleUploadedFile("台账.csv", (self.HEAD + text).encode("gb18030"))
        answer = client.post(reverse("web:sheet_new", args=["risks.sources"]), {"file": file})
        assert answer.status_code == 302
        assert running.work_once()
        return Import.objects.latest("created_at")

    def test_goes_from_the_file_to_the_rows(self, here: District) -> None:
        alma, code = browser(here.owner), here.firm.uscc
        job = self.send(alma, here, f"{code},A1,喷漆房,静电积聚,一般\n{code},A1,喷漆房,漆雾,紫色\n")
        text = page(alma, "sheet_import", job.pk)
        assert "点名" in text
        heads = {f"column-{n}": job.mapping[head] for n, head in enumerate(job.heads)} | {"column-2": "name"}
        assert alma.post(reverse("web:sheet_begin", args=[job.pk]), {**heads, "take": "0"}).status_code == 302
        assert running.work_once()
        text = page(alma, "sheet_import", job.pk)
        assert "“紫色”不在可选值之内" in text
        assert not RiskPoint.objects.exists()
        assert alma.post(reverse("web:sheet_begin", args=[job.pk]), {"take": "1"}).status_code == 302
        assert running.work_once()
        assert RiskSource.objects.get().name == "静电积聚"
        bad = alma.get(reverse("web:sheet_bad", args=[job.pk]))
        assert b"".join(bad.streaming_content)[:2] == b"PK"
        assert page(browser(here.colleague), "sheets").count("台账.csv") == 1
        assert "台账.csv" not in page(browser(here.outsider), "sheets")

    def test_says_what_is_wrong_with_a_file(self, here: District) -> None:
        alma = browser(here.owner)
        assert alma.post(reverse("web:sheet_new", args=["risks.sources"]), {}).status_code == 422
        file = SimpleUploadedFile("x.xls", b"<html><table></table></html>")
        alma.post(reverse("web:sheet_new", args=["risks.sources"]), {"file": file})
        running.work_once()
        assert "这是改了扩展名的网页文件" in page(alma, "sheet_import", Import.objects.get().pk)

    def test_gives_a_list_out_to_who_asked_for_it(self, here: District) -> None:
        a_point(here)
        alma = browser(here.owner)
        asked = alma.post(reverse("web:sheet_export", args=["risks.points"]), {"form": "xlsx", "level": "2"})
        assert asked.status_code == 302
        assert running.work_once()
        job = Export.objects.get()
        assert (job.state, job.rows, job.filters) == ("ready", 1, {"level": "2"})
        answer = alma.get(reverse("web:sheet_file", args=[job.pk]))
        assert b"".join(answer.streaming_content)[:2] == b"PK"
        assert browser(here.colleague).get(reverse("web:sheet_file", args=[job.pk])).status_code == 404
