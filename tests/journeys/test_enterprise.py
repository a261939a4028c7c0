"""A firm's archive in a browser: found by two characters, filled in, its plate scanned, its principal let in by a code."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from anlan.domains.enterprises.actions import (
    classing,
    comparing,
    filing,
    hazards,
    registering,
    selfwork,
    staffing,
)
from anlan.domains.enterprises.models import Commitment, Finding
from anlan.domains.enterprises.tests.firms import Archive, archive, code
from anlan.kernel.core import clock
from anlan.kernel.core.workdays import local_day
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.actions import make_sign_in_link
from anlan.kernel.orgs.models import Person
from tests.people import HARBOUR, QUAY

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PHONE = "15400000088"
TRADES = (
    ("顺风冷链仓储", "G5930"),
    ("启衡电子科技", "C3970"),
    ("永丰五金制品", "C3389"),
    ("联泰表面处理", "C3360"),
)


@pytest.fixture
def it() -> Archive:
    """The furniture works with all its sections, and four neighbours."""
    made = archive()
    by, at, firm = made.here.owner.by, clock.real_now(), made.firm
    registering.change(
        firm=firm,
        uscc=code(1),
        business="实木家具生产、喷漆",
        field="industry",
        regulator="应急管理局",
        by=by,
        at=at,
    )
    for name, role in (("欧阳厂长", "principal"), ("司马总", "controller"), ("李安全主管", "safety_manager")):
        staffing.set_person(
            firm=firm, name=name, role=role, phone=PHONE if role == "principal" else "", by=by, at=at
        )
    today = local_day(at)
    for name, trade, left in (
        ("张师傅", "welding", -20),
        ("王师傅", "electrician", 35),
        ("赵师傅", "height", 400),
    ):
        due = today + timedelta(days=left)
        staffing.set_certificate(firm=firm, name=name, trade=trade, issued_on=due - timedelta(days=1095), review_on=due, by=by, at=at)  # fmt: skip
    hazards.add_facility(
        firm=firm, kind="dust", name="木工打磨车间", facts={"dust": "木粉尘", "workers": 32}, by=by, at=at
    )
    unit = hazards.add_unit(firm=firm, name="液氯加药间", kind="storage", people_500m=60, by=by, at=at)
    hazards.set_substance(unit=unit, name="氯", cas="7782-50-5", quantity_t=10.0, by=by, at=at)
    hazards.set_substance(unit=unit, name="氨", cas="7664-41-7", quantity_t=20.0, by=by, at=at)
    registering.set_tag(firm=firm, kind="multi_tenant", by=by, at=at)
    for name, sector in TRADES:
        registering.register(name=name, region=QUAY, sector=sector, staff=30, by=by, at=at)
    classing.sign_class(
        firm=firm,
        grade=classing.proposed_class(firm, besides={}, at=at).grade,
        why="",
        besides={},
        by=by,
        at=at,
    )
    classing.sign_colour(
        firm=firm, fulfilled=["exits", "separation", "alarm", "wiring", "agreement"], by=by, at=at
    )
    filing.open_filing(firm=firm, plan_name="综合应急预案", issued_on=date(2026, 11, 2), by=by, at=at)
    selfwork.set_post(firm=firm, level="key_post", name="除尘岗位", by=by, at=at)
    selfwork.open_due(at=at)
    return made


@pytest.fixture
def sign_in(open_page: Callable[..., Any], live_server: Any) -> Callable[..., Any]:
    def come_in(person: Person, size: str = "desktop", language: str = "zh-hans") -> Any:
        token = make_sign_in_link(person=person, by="service:test", at=clock.real_now())
        page = open_page(size, language)
        page.goto(f"{live_server.url}/in/{token}/")
        page.get_by_role("main").get_by_role("button").first.click()
        page.wait_for_url(f"{live_server.url}/")
        return page

    return come_in


@pytest.mark.feature("M177", "M067")
def test_an_officer_finds_reads_and_fills_an_archive(
    it: Archive, live_server: Any, sign_in: Callable[..., Any], see: Callable[..., None]
) -> None:
    page, url = sign_in(it.here.owner), live_server.url
    page.goto(f"{url}/enterprises/")
    see(page, "enterprises-list")
    page.fill("#q", "海风")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("[?&]q="))
    assert page.locator("tbody tr").count() == 1
    page.locator("a[data-open]").click()
    page.wait_for_url(f"**/enterprises/{it.firm.pk}/")
    assert "R = 18" in page.content() and "三级重大危险源" in page.content()
    see(page, "enterprise-archive")
    page.locator("#missing a").first.click()
    page.wait_for_url("**/edit/**")
    see(page, "enterprise-form")
    page.goto(f"{url}/enterprises/certificates/?view=all")
    see(page, "enterprise-certificates")
    page.goto(f"{url}/enterprises/plates/")
    see(page, "enterprise-plates")
    lists = [
        comparing.Given(
            "power", "用电客户.xlsx", [{"name": "海风家具", "address": "码头路"}, {"name": "夜间打磨点"}]
        )
    ]
    run = comparing.compare(
        name="七月比对", region=HARBOUR, lists=lists, by=it.here.owner.by, at=clock.real_now()
    )
    page.goto(f"{url}/enterprises/comparisons/{run.pk}/?verdict=missing")
    see(page, "enterprise-comparison")
    page.get_by_role("button", name="散乱差").first.click()
    page.wait_for_load_state()
    assert Finding.objects.filter(comparison=run, settled_as="scattered_poor").count() == 1


@pytest.mark.feature("M098", "M271")
def test_a_stranger_scans_the_plate_and_the_principal_comes_in_by_a_code(
    it: Archive,
    live_server: Any,
    sign_in: Callable[..., Any],
    open_page: Callable[..., Any],
    see: Callable[..., None],
) -> None:
    url, plate = live_server.url, f"{live_server.url}/p/{it.site.plate}/"
    phone = open_page("phone")
    phone.goto(plate)
    assert "欧阳厂长" not in phone.content()
    see(phone, "plate-stranger-phone")
    patroller = sign_in(it.here.owner, "phone")
    patroller.goto(plate)
    assert "154****0088" in patroller.content()
    see(patroller, "plate-patroller-phone")
    patroller.goto(f"{url}/enterprises/")
    see(patroller, "enterprises-list-phone")
    patroller.goto(f"{url}/enterprises/{it.firm.pk}/")
    see(patroller, "enterprise-archive-phone")
    phone.get_by_role("link", name="我是本企业人员").click()
    phone.fill("#phone", PHONE)
    see(phone, "firm-door-phone")
    phone.locator("main button").first.click()
    phone.wait_for_url("**/firm/code/")
    phone.fill("#code", re.search(r"\d{6}", Message.objects.get(kind="enterprises.code").text)[0])
    phone.locator("main button").first.click()
    phone.wait_for_url(f"**/enterprises/{it.firm.pk}/")
    phone.get_by_role("link", name="发布今日承诺").click()
    phone.fill("#f-text", "今日装置运行正常，风险受控")
    phone.locator("main form button.act-main").click()
    phone.wait_for_url(f"**/enterprises/{it.firm.pk}/")
    assert Commitment.objects.get().entered_for == ""
    see(phone, "firm-own-archive-phone")


def test_the_archive_speaks_english_too(
    it: Archive, live_server: Any, sign_in: Callable[..., Any], see: Callable[..., None]
) -> None:
    page = sign_in(it.here.owner, language="en")
    for path, name in (
        (f"enterprises/{it.firm.pk}/", "enterprise-archive-en"),
        ("enterprises/", "enterprises-list-en"),
        (f"p/{it.site.plate}/", "plate-en"),
    ):
        page.goto(f"{live_server.url}/{path}")
        see(page, name)
