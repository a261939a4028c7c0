"""Enforcement in a browser: a check on the spot, its case up to the decision, a draw with its proof, the month's points."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from anlan.domains.enforcement.actions import (
    casework,
    drawing,
    executing,
    officers,
    planning,
    pointing,
    taking,
)
from anlan.domains.enforcement.actions.planning import LineGiven
from anlan.domains.enforcement.actions.taking import CheckGiven, PenaltyGiven
from anlan.domains.enforcement.models import Check
from anlan.domains.enforcement.rules.cases import Given
from anlan.kernel.core import clock
from anlan.kernel.core.workdays import local_day
from anlan.kernel.orgs.models import Organisation
from tests import people

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)
UNIT = Given("unit", "fine", "aqscf-97", Decimal(40_000))
PERSON = Given("person", "fine", "aqscf-94", Decimal(30_000), name="（演示）负责人")


def office() -> dict[str, Any]:
    """Four certified officers of the harbour street, a plan of eight firms, a month behind them."""
    here, now = people.district(), clock.real_now()
    staff = {"first": here.colleague, "here": here}
    for number, name in enumerate(("梁执法", "宋执法", "唐执法"), 1):
        staff[name] = people.add_person(name, here.street)
        people.add_duty(staff[name], "enforcement_officer", people.HARBOUR, rank=number)
    for number, person in enumerate(
        (here.colleague, *(staff[name] for name in ("梁执法", "宋执法", "唐执法")))
    ):
        officers.certify(person=person, number=f"粤A{number:05d}", valid_from=date(2020, 1, 1), valid_to=date(2099, 1, 1),
                         by="service:test", at=now)  # fmt: skip
    for name, kind in (("监管科长", "safety_section"), ("局长", "bureau_chief")):
        staff[name] = people.add_person(name, here.bureau, account=True)
        people.add_duty(staff[name], kind, people.DISTRICT)
    firms = [
        Organisation.objects.create(name=f"第{n}家具厂", kind="enterprise", region_id=people.QUAY)
        for n in range(1, 9)
    ]
    section = staff["监管科长"].by
    plan = planning.draft_plan(
        year=local_day(now).year, region=people.DISTRICT, by=section, at=now - 60 * DAY
    )
    planning.add_lines(item=plan, given=[LineGiven(f, "key" if n < 2 else "general") for n, f in enumerate(firms)],
                       by=section, at=now - 60 * DAY)  # fmt: skip
    planning.approve(item=plan, approval="安府函1号", by=staff["局长"].by, at=now - 59 * DAY)
    month = now.replace(day=1) - 5 * DAY
    taking.enter_checks([CheckGiven(month, people.QUAY, f.name, f, number=f.name, source="平台", found=2) for f in firms[:3]],
                        by=section, at=now)  # fmt: skip
    taking.enter_penalties([PenaltyGiven("spot", month, people.QUAY, "第1家具厂", number="D1", source="平台", amount=Decimal(2000))],
                           by=section, at=now)  # fmt: skip
    draw = drawing.draw_checks(
        region=people.DISTRICT, count=3, seed="07 12 19 23 28 31 05", by=section, at=now
    )
    table = pointing.show_month(region=people.DISTRICT, month=month, by=section, at=now)
    return staff | {"plan": plan, "draw": draw, "table": table, "now": now}


def come_in(page: Any, url: str, person: Any) -> Any:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    return page


def decided_case(staff: dict[str, Any]) -> Any:
    """A case against firm and person, served, the firm's part paid."""
    now, first, second = staff["now"], staff["first"], staff["梁执法"]
    check = Check.objects.get(firm_name="海风家具厂")
    item = casework.open_case(check=check.item, cause="未如实记录安全生产教育培训", first_officer=first, second_officer=second,
                              by=first.by, at=now)  # fmt: skip
    casework.approve(item=item, by=staff["监管科长"].by, at=now)
    casework.notify(item=item, penalties=[UNIT, PERSON], by=first.by, at=now)
    casework.hear(item=item, hearing="waived", reason="书面放弃听证", by=first.by, at=now)
    casework.review(item=item, reason="程序合法，集体讨论同意", by=staff["监管科长"].by, at=now)
    casework.decide(item=item, penalties=[UNIT, PERSON], by=staff["局长"].by, at=now)
    executing.serve(item=item, receipt="送达回证", by=first.by, at=now)
    executing.pay(item=item, amount=40_000, by=first.by, at=now)
    return item


@pytest.mark.parametrize(("size", "language"), [("desktop", "zh-hans"), ("phone", "en")])
def test_a_check_becomes_a_case_and_a_draw_can_be_made_again(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str
) -> None:
    staff = office()
    url, tail = live_server.url, f"{size}-{language}"
    page = come_in(open_page(size, language), url, staff["first"])
    page.goto(f"{url}/enforcement/visit/")
    page.fill("#f-firm", "海风")
    page.locator("#pick-organisation .pick").first.wait_for()
    page.locator("#pick-organisation input").first.check()
    page.select_option("#second_officer", str(staff["梁执法"].pk))
    page.fill("#finding-1", "除尘风管积尘未清理")
    page.select_option("#category-1", "dust")
    see(page, f"enforcement-visit-{tail}")
    page.locator("button.act-main").click()
    page.locator("a[href$='/case/']").wait_for()
    see(page, f"enforcement-check-{tail}")
    page.goto(f"{url}/enforcement/visit/{Check.objects.get(firm_name='海风家具厂').pk}/spot/")
    page.locator("#f-power").wait_for()
    see(page, f"enforcement-spot-{tail}")
    item = decided_case(staff)
    page.goto(f"{url}/enforcement/case/{item.pk}/")
    page.locator(".strip").wait_for()
    see(page, f"enforcement-case-{tail}")
    desk = come_in(open_page(size, language), url, staff["监管科长"])
    for name, path in (
        ("draw", f"draw/{staff['draw'].pk}/"), ("plan", f"plan/{staff['plan'].pk}/"), ("cases", "case/"), ("drawing", "drawing/"),
        ("points", f"points/{staff['table'].pk}/"), ("months", f"months/?month={staff['now'].replace(day=1) - 5 * DAY:%Y-%m}"),
    ):  # fmt: skip
        desk.goto(f"{url}/enforcement/{path}")
        desk.locator("h1").wait_for()
        see(desk, f"enforcement-{name}-{tail}")
    assert "NOT the same" not in desk.content()
