"""The pages of the graph and of the register of laws, through the client."""

import re
from html import unescape
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anlan.domains.dangers.actions import report_danger
from anlan.domains.enforcement.models import Case
from anlan.domains.enterprises.actions import hazards, registering
from anlan.domains.enterprises.models import Enterprise
from anlan.domains.knowledge.models import Example
from anlan.domains.risks.models import RiskPoint
from anlan.kernel.core import clock
from anlan.kernel.loop.actions import open_item
from anlan.kernel.loop.models import WorkItem
from anlan.surfaces.web.pages.knowledge_drawing import Given, draw, shortened, width_of, wrapped
from tests import people
from tests.people import District

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(db: None) -> District:
    made = people.district()
    now, keeper = clock.real_now(), made.owner.by
    for name, region, by in (
        ("浪花电镀厂", people.QUAY, keeper),
        ("山脚制冰厂", people.TERRACE, made.outsider.by),
    ):
        firm = registering.register(name=name, region=region, by=by, at=now)
        unit = hazards.add_unit(firm=firm, name=f"{name}氨库", kind="storage", by=by, at=now)
        hazards.set_substance(unit=unit, name="氨", cas="7664-41-7", quantity_t=12, by=by, at=now)
    firm = Enterprise.objects.get(organisation__name="浪花电镀厂")
    point = RiskPoint(
        enterprise=firm, number="FX-1", name="电镀槽", kind="place", region_id=people.QUAY, current_level=3,
        assessed_level=3, worst_case_level=4, created_at=now,
    )  # fmt: skip
    point.index("浪花电镀厂")
    point.save()
    report_danger(
        region=people.QUAY, description="槽液泄漏无人处置", category="chemicals", organisation=firm.organisation,
        clauses=["gm-12-3"], by=keeper, at=now,
    )  # fmt: skip
    return made


def client_of(person: people.Person) -> Client:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(client: Client, name: str, *args: str, **query: str) -> str:
    answer = client.get(reverse(f"web:{name}", args=args), query)
    assert answer.status_code == 200, (name, query)
    return unescape(answer.content.decode())


def firm(name: str = "浪花电镀厂") -> str:
    return f"enterprises.firm:{Enterprise.objects.get(organisation__name=name).pk}"


@pytest.mark.feature("M009")
class TestTheGraph:
    def test_begins_with_ones_own_regions_and_finds_by_two_characters(self, here: District) -> None:
        alma = client_of(here.owner)
        assert "临港街道" in text_of(alma, "knowledge")
        found = text_of(alma, "knowledge", q="电镀")
        assert "浪花电镀厂" in found
        assert "电镀槽" in found
        assert "没有找到" in text_of(alma, "knowledge", q="制冰") or "Nothing of that name" in text_of(
            alma, "knowledge", q="制冰"
        )

    def test_draws_a_firm_and_says_the_same_as_a_list(self, here: District) -> None:
        page = text_of(client_of(here.owner), "knowledge", at=firm())
        drawing, _svg, rest = page.partition('class="know-map"')[2].partition("</svg>")
        for name in ("槽液泄漏无人处置", "电镀槽", "浪花电镀厂氨库"):
            assert name in drawing
            assert name in rest
        point = RiskPoint.objects.get()
        assert reverse("web:risk_point", args=[point.pk]) in rest
        assert not re.search(r"<(script|style)[^>]*>[^<]*know-", page)
        assert not re.search(r'<svg[^>]*\sstyle="', page)

    def test_every_link_on_the_page_of_a_firm_leads_somewhere(self, here: District) -> None:
        alma = client_of(here.owner)
        page = text_of(alma, "knowledge", at=firm())
        body = page.partition('<main id="page"')[2].partition("</main>")[0]
        links = sorted(
            {link for link in re.findall(r'href="(/[^"#]*)"', body) if not link.startswith("/static")}
        )
        assert len(links) > 12
        assert [link for link in links if alma.get(link).status_code != 200] == []

    def test_what_is_not_yours_is_not_there(self, here: District) -> None:
        alma, fang = client_of(here.owner), client_of(here.manager)
        far = firm("山脚制冰厂")
        for name, query in (
            ("knowledge", {"at": far}),
            ("knowledge_links", {"at": far, "link": "~risks.of_firm"}),
            ("knowledge_ask", {"at": far, "question": "same_substance"}),
            ("knowledge", {"at": "enterprises.firm:x"}),
            ("knowledge_links", {"at": firm(), "link": "no.such"}),
            ("knowledge_ask", {"at": firm(), "question": "accident_clauses"}),
        ):
            assert alma.get(reverse(f"web:{name}"), query).status_code == 404, (name, query)
        assert fang.get(reverse("web:knowledge"), {"at": firm()}).status_code == 404
        page = text_of(alma, "knowledge", at="enterprises.substance:7664-41-7")
        assert "浪花电镀厂氨库" in page
        assert "山脚" not in page

    def test_answers_a_question_over_several_links_and_says_over_what(self, here: District) -> None:
        chief = people.add_person("林局长", here.bureau, account=True)
        people.add_duty(chief, "bureau_chief", people.DISTRICT)
        page = text_of(
            client_of(chief),
            "knowledge_ask",
            at="enterprises.substance:7664-41-7",
            question="substance_firms",
        )
        assert {"浪花电镀厂", "山脚制冰厂"} <= {name for name in ("浪花电镀厂", "山脚制冰厂") if name in page}
        assert "浪花电镀厂氨库" in page

    def test_costs_a_page_a_fixed_number_of_statements(self, here: District) -> None:
        alma = client_of(here.owner)
        address = reverse("web:knowledge")
        alma.get(address, {"at": firm()})
        with CaptureQueriesContext(connection) as asked:
            alma.get(address, {"at": firm()})
        assert len(asked) < 85


@pytest.mark.feature("M174")
class TestTheRegisterOfLaws:
    def test_counts_what_stands_on_each_article_and_opens_it(self, here: District) -> None:
        alma = client_of(here.owner)
        page = text_of(alma, "knowledge_law", "ajl10")
        assert re.search(r"第12条|art\. 12", page)
        numbers = re.findall(r'class="num-door" href="([^"]+)">(\d+)<', page)
        assert len(numbers) > 5
        for address, number in numbers:
            listed = unescape(alma.get(address).content.decode())
            assert re.search(rf"<b>{number}</b>", listed), address

    def test_shows_validity_successor_and_what_still_stands_on_a_law_that_ended(self, here: District) -> None:
        alma = client_of(here.owner)
        register = text_of(alma, "knowledge_laws", view="over")
        assert "安全生产违法行为行政处罚办法（原15号令）" in register
        page = text_of(alma, "knowledge_law", "zj15")
        assert reverse("web:knowledge_law", args=["ajl18"]) in page
        assert "2026-01-31" in page

    def test_lists_what_names_no_law_instead_of_guessing_one(self, here: District) -> None:
        page = text_of(client_of(here.owner), "knowledge_laws")
        assert "practice of bureaus" in page
        assert "know-laws" in page
        assert "know-laws" not in text_of(client_of(here.owner), "knowledge_laws", q="爱情")


class TestTheDrawing:
    def test_sets_both_sides_about_the_middle_and_nothing_overlaps(self) -> None:
        given = [
            Given(f"way {n}", "9", n % 3, "#", [("名称" * 9, "2026-07-01", "#", "")] * (n % 7 + 1))
            for n in range(9)
        ]
        drawing = draw("一个名字很长的企业有限责任公司及其分支机构", given)
        assert len(drawing.lines) == 2
        for right in (True, False):
            own = [block for block in drawing.blocks if block.right is right]
            ys = [y for block in own for y in (block.first, *(leaf.y for leaf in block.leaves))]
            assert ys == sorted(ys)
            assert all(b - a >= 18 for a, b in pairwise(ys))
            assert min(ys) > 0
            assert max(ys) < drawing.height

    def test_shortens_by_the_width_of_characters(self) -> None:
        assert shortened("打磨车间", 8) == "打磨车间"
        assert width_of(shortened("打磨车间除尘器", 10)) <= 10
        assert wrapped("Harbour furniture works", 12) == ["Harbour", "furniture", "works"]


@pytest.mark.feature("M020")
def test_a_shared_case_is_read_by_every_street_and_by_no_firm(here: District) -> None:
    now = clock.real_now()
    firm_row = Enterprise.objects.get(organisation__name="浪花电镀厂")
    closed = Case(
        organisation=firm_row.organisation,
        firm_name="浪花电镀厂",
        cause="浪花电镀厂未采取措施",
        number="罚1号",
    )
    item = open_item(
        loop="enforcement.case", record=closed, title="案", region=people.QUAY, by=here.colleague.by, at=now
    )
    WorkItem.objects.filter(pk=item.pk).update(state="concluded", closed_at=now, next_at=None)
    bo, carl = client_of(here.colleague), client_of(here.outsider)
    form = {"number": "罚1号", "headline": "泄漏无人处置受罚", "story": "某公司槽液泄漏无人处置。", "lesson": "泄漏要有人管。"}  # fmt: skip
    new = reverse("web:knowledge_case_new")
    refused = bo.post(new, {**form, "story": "浪花电镀厂槽液泄漏。"})
    assert refused.status_code == 422
    assert "浪花电镀厂" in refused.content.decode()
    assert bo.post(new, form).status_code == 302
    row = Example.objects.get()
    assert "泄漏要有人管" in text_of(bo, "record", "knowledge", "example", str(row.pk))
    assert "泄漏无人处置受罚" not in text_of(carl, "knowledge_cases")
    WorkItem.objects.filter(pk=row.pk).update(state="shared", closed_at=now, next_at=None)
    library = text_of(carl, "knowledge_cases", q="泄漏")
    assert "泄漏无人处置受罚" in library
    assert "浪花电镀厂" not in library
    assert carl.get(reverse("web:record", args=["knowledge", "example", row.pk])).status_code == 404
    assert client_of(here.manager).get(reverse("web:knowledge_cases")).status_code == 404
