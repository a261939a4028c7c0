"""The system administrator sets a rule anew and declares stations; an officer reads both. In a browser, both languages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from anlan.kernel.core import clock, rulesets
from anlan.kernel.orgs.models import Account
from tests.people import district

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LOOKS = [("desktop", "zh-hans"), ("phone", "en")]


def come_in(page: Any, url: str, account: Account) -> Any:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    return page


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_rule_is_set_anew_without_a_word_of_json(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str
) -> None:
    district()
    account = Account.objects.create_user(login="system-1", admin_role="system")
    page = come_in(open_page(size, language), live_server.url, account)
    page.goto(f"{live_server.url}/rules/")
    see(page, f"rules-{size}-{language}")
    page.goto(f"{live_server.url}/rules/?domain=sensing")
    see(page, f"rules-sensing-{size}-{language}")
    page.goto(f"{live_server.url}/rules/responses.flood_tasks/new/")
    see(page, f"rule-tasks-{size}-{language}")
    page.goto(f"{live_server.url}/rules/warnings.call_matrix/new/")
    see(page, f"rule-matrix-{size}-{language}")
    page.goto(f"{live_server.url}/rules/sensing.rain_marks/new/?region=440399")
    page.select_option("#region", "440399")
    page.fill("[name='value.1.mm']", "x")
    page.fill("#reason", "汛期前会商")
    page.locator("button.act-main").click()
    page.wait_for_selector("p.refused:not(.offline-note)")
    see(page, f"rule-refused-{size}-{language}")
    page.fill("[name='value.1.mm']", "27.5")
    page.locator("button.act-main").click()
    page.wait_for_selector(".notices")
    see(page, f"rule-{size}-{language}")
    assert rulesets.value_of("sensing.rain_marks", region="440399", at=clock.real_now())[0]["mm"] == 27.5
