"""The system administrator sets a rule anew and declares stations; an officer reads both. In a browser, both languages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from anlan.domains.sensing.models import Station
from anlan.kernel.core import clock, rulesets
from anlan.kernel.orgs.models import Account
from anlan.surfaces.cli.supervisor.authority import certificate_for
from tests.people import HARBOUR, add_duty, add_kind, district

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


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_the_keeper_of_instruments_declares_stations(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str
) -> None:
    here = district()
    add_kind("instrument_keeper")
    add_duty(here.owner, "instrument_keeper", HARBOUR)
    page = come_in(open_page(size, language), live_server.url, here.owner.account)
    page.goto(f"{live_server.url}/stations/")
    page.locator("main a[href$='/stations/new/']").click()
    page.fill("#code", "YL-01")
    page.fill("#name", "码头雨量站")
    page.fill("#region", "临港街道")
    page.fill("#every_s", "1")
    see(page, f"station-new-{size}-{language}")
    page.locator("button.act-main").click()
    page.wait_for_selector(".field .refused")
    see(page, f"station-refused-{size}-{language}")
    page.fill("#every_s", "300")
    page.locator("button.act-main").click()
    page.wait_for_selector(".notices")
    see(page, f"station-{size}-{language}")
    page.goto(f"{live_server.url}/stations/sheet/")
    sheet = "code,name,region,kind\nA1,甲站,临港街道,rain\nA2,,临港街道,rain\nA3,丙站,无此街道,radar\n"
    page.set_input_files("#sheet", {"name": "s.csv", "mimeType": "text/csv", "buffer": sheet.encode()})
    page.locator("form[enctype] button").click()
    page.wait_for_selector("button.act-main")
    see(page, f"station-sheet-{size}-{language}")
    assert Station.objects.count() == 1
    page.locator("button.act-main").click()
    page.wait_for_selector("form[enctype] button.act")
    assert Station.objects.filter(code="A1").exists()
    page.goto(f"{live_server.url}/stations/{Station.objects.get(code='A1').pk}/setup/")
    page.fill("#why", "仪器拆除")
    see(page, f"station-setup-{size}-{language}")
    page.locator("form[action$='/retire/'] button").click()
    page.wait_for_selector(".notices")
    assert not Station.objects.get(code="A1").active
    page.goto(f"{live_server.url}/stations/")
    see(page, f"stations-{size}-{language}")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_the_page_of_the_connection_is_read_before_anybody_signs_in(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str,
    settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    page = open_page(size, language)
    page.goto(f"{live_server.url}/trust/")
    see(page, f"trust-http-{size}-{language}")
    settings.ANLAN_VAR, settings.ANLAN_PUBLIC_URL = tmp_path, "https://192.168.3.20:8000"
    certificate, _key = certificate_for(tmp_path / "tls", ["192.168.3.20"])
    monkeypatch.setenv("ANLAN_TLS_CERTIFICATE", str(certificate))
    page.goto(f"{live_server.url}/trust/")
    see(page, f"trust-{size}-{language}")
