"""The half-year report opens from its text to the rows and on to the ledger (story 7). In a browser, desktop and phone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from anlan.domains.bulletins.actions import drafting, editing
from anlan.domains.bulletins.models import Number, Report
from anlan.domains.dangers.actions import report_danger
from anlan.kernel.core import clock
from anlan.kernel.orgs.models import Account, Person
from tests.people import DISTRICT, QUAY, TERRACE, add_duty, district

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LOOKS = [("desktop", "zh-hans"), ("phone", "en")]


def half_year() -> tuple[Report, Account]:
    """A half-year with three dangers in two streets; one number of the text was typed by hand."""
    here = district()
    now = clock.real_now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    for region, finder, hours in ((QUAY, here.owner, 5), (QUAY, here.owner, 4), (TERRACE, here.outsider, 3)):
        report_danger(
            region=region, description="疏散通道堆物", category="exit", organisation=here.firm, by=finder.by,
            at=max(now - timedelta(hours=hours), midnight),  # not of the half-year before
        )  # fmt: skip
    account = Account.objects.create_user(login="Pia")
    writer = Person.objects.create(name="Pia", organisation=here.bureau, account=account)
    add_duty(writer, "work_plan_office", DISTRICT)
    day = timezone.localdate(now)
    item = drafting.draft(template="half_year", region=DISTRICT, day=day, by=writer.by, at=now)
    report = Report.objects.get(pk=item.pk)
    plan = report.paragraphs.get(key="plan")
    editing.reword(
        paragraph=plan, text=plan.text + "召开调度会6次。", by=writer.by, at=now, reason="会议纪要"
    )
    return report, account


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_number_of_the_report_opens_to_its_rows_and_they_to_the_ledger(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str
) -> None:
    report, account = half_year()
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    page = open_page(size, language)
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.goto(f"{live_server.url}/reports/")
    see(page, f"reports-{size}-{language}")
    page.locator(f"a[href='/reports/{report.pk}/']").click()
    page.locator("[data-island=bars][data-ready]").first.wait_for()
    see(page, f"report-{size}-{language}")
    page.locator("#findings, .report-text h2").last.scroll_into_view_if_needed()
    see(page, f"report-below-{size}-{language}", axe=False)
    number = Number.objects.get(paragraph__report=report, slot="found", paragraph__key="dangers")
    page.locator(f"a[href='/reports/{report.pk}/numbers/{number.pk}/']").click()
    page.locator("tbody a[data-open]").nth(2).wait_for()
    see(page, f"report-number-{size}-{language}")
    page.locator("a[href*='/numbers/entries/']").first.click()
    page.locator("table.rows code").first.wait_for()
    page.goto(f"{live_server.url}/reports/{report.pk}/paragraphs/{report.paragraphs.get(key='plan').pk}/")
    page.locator("#reason").wait_for()
    see(page, f"report-words-{size}-{language}")
