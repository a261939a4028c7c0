"""A number opens to its rows and is frozen; the security administrator gives a duty. In a browser, both languages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from anlan.domains.dangers.actions import report_danger
from anlan.kernel.core import clock
from anlan.kernel.orgs.actions import phone_fields
from anlan.kernel.orgs.models import Account, Duty, Person
from tests.people import HARBOUR, QUAY, add_duty, district

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LOOKS = [("desktop", "zh-hans"), ("phone", "en")]


def come_in(page: Any, url: str, account: Account) -> Any:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    return page


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_number_is_a_door_and_can_be_frozen(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str
) -> None:
    here = district()
    at = clock.real_now() - timedelta(days=20)
    report_danger(
        region=QUAY,
        description="安全出口堵塞",
        category="exit",
        organisation=here.firm,
        by=here.owner.by,
        at=at,
    )
    add_duty(here.colleague, "watch_chief", HARBOUR)
    page = come_in(open_page(size, language), live_server.url, here.colleague.account)
    page.goto(f"{live_server.url}/numbers/?period=to_date")
    see(page, f"numbers-{size}-{language}")
    page.locator("a[href*='dangers.overdue_now']").first.click()
    assert page.locator("tbody a[data-open]").count() == 1
    see(page, f"number-{size}-{language}")
    page.locator("form[action$='/freeze/'] button").click()
    page.locator("a[href*='/numbers/frozen/']").first.click()
    see(page, f"number-frozen-{size}-{language}")
    page.locator("a[href*='/numbers/entries/']").first.click()
    see(page, f"number-entries-{size}-{language}")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_fact_is_entered_and_stands_in_its_number(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str
) -> None:
    here = district()
    page = come_in(open_page(size, language), live_server.url, here.owner.account)
    page.goto(f"{live_server.url}/numbers/facts/new/?fact=statistics.fires&region={HARBOUR}")
    day = f"{clock.real_now() - timedelta(days=1):%Y-%m-%d}"
    for name, value in (("value", "3"), ("first", day), ("last", day), ("source", "值班记录 7月")):
        page.fill(f"#{name}", value)
    see(page, f"fact-new-{size}-{language}")
    page.locator("main form button.act-main").click()
    page.locator("a[href*='statistics.fires']").wait_for()
    see(page, f"fact-{size}-{language}")
    page.goto(f"{live_server.url}/numbers/facts/")
    see(page, f"facts-{size}-{language}")
    page.goto(f"{live_server.url}/numbers/statistics.fires/?period=year")
    page.locator("[data-island=months][data-ready]").wait_for()
    see(page, f"number-counted-{size}-{language}")
    page.goto(f"{live_server.url}/numbers/scopes/")
    see(page, f"scopes-{size}-{language}")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_the_security_administrator_gives_a_duty(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str
) -> None:
    here = district()
    Person.objects.filter(pk=here.owner.pk).update(**phone_fields("15400000001"))
    account = Account.objects.create_user(login="security-1", admin_role="security")
    page = come_in(open_page(size, language), live_server.url, account)
    page.goto(f"{live_server.url}/people/?q=Alma")
    see(page, f"people-{size}-{language}")
    page.locator("tbody a[data-open]").first.click()
    page.select_option("#kind", "watch_officer")
    page.fill("#region", "安澜区")
    see(page, f"person-{size}-{language}")
    page.locator("form[action$='/duty/'] button.act").click()
    page.wait_for_selector(".notices")
    assert Duty.objects.filter(person=here.owner, kind_id="watch_officer").exists()
    page.locator("form[action$='/link/'] button").click()
    page.wait_for_selector("code")
    see(page, f"person-link-{size}-{language}")
