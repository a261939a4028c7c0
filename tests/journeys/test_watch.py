"""An event from the call to the accident in a browser: told in three fields, sent, counted on the day's sheet."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from anlan.domains.accidents import actions as accidents
from anlan.domains.incidents.actions import events, reporting, watch
from anlan.domains.incidents.models import Incident
from anlan.kernel.core import clock
from anlan.kernel.loop.actions import move
from tests import people

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def room() -> dict[str, Any]:
    """The duty room with a running shift, an officer, a leader and somebody of the accident office."""
    here = people.district()
    staff = {}
    for name, kind in (("陈值班员", "watch_officer"), ("林值班长", "watch_chief"), ("赵带班领导", "watch_leader"),
                       ("冯事故专员", "accident_office"), ("卫事故专员", "accident_office")):  # fmt: skip
        people.add_kind(kind)
        staff[name] = people.add_person(name, here.bureau, account=True)
        people.add_duty(staff[name], kind, people.DISTRICT)
    now = clock.real_now()
    item = watch.plan_shift(
        start_at=now - timedelta(hours=9), end_at=now + timedelta(hours=14), region=people.DISTRICT,
        leader=staff["赵带班领导"], chief=staff["林值班长"], officer=staff["陈值班员"], by=staff["林值班长"].by,
        at=now - timedelta(days=1),
    )  # fmt: skip
    move(item=item, name="begin", by=staff["陈值班员"].by, at=now - timedelta(hours=9))
    return staff | {"here": here, "shift": item}


def come_in(page: Any, url: str, person: Any) -> Any:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    return page


@pytest.mark.parametrize(("size", "language"), [("desktop", "zh-hans"), ("phone", "en")])
def test_what_is_told_goes_upward_and_stands_on_the_day_s_sheet(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str
) -> None:
    staff = room()
    officer, leader, clerk = staff["陈值班员"], staff["赵带班领导"], staff["冯事故专员"]
    page = come_in(open_page(size, language), live_server.url, officer)
    page.goto(f"{live_server.url}/incidents/incident/new/")
    page.fill("#description", "塔吊顶升作业倾覆，多人被压")
    page.select_option("#kind", "construction")
    page.select_option("#region", people.QUAY)
    page.locator("details:has(#f-dead) > summary").click()
    page.locator("#f-dead").wait_for()
    page.fill("#f-dead", "1")
    see(page, f"incident-new-{size}-{language}")
    page.locator("button.act-main").click()
    page.locator(".next-step").first.wait_for()
    item = Incident.objects.select_related("item").get().item
    events.assess_up(item=item, grade="ordinary", by=officer.by, at=clock.real_now())
    page.reload()
    page.get_by_text("493").first.wait_for()
    see(page, f"incident-{size}-{language}")
    reporting.send_first(item=item, by=leader.by, at=clock.real_now())
    filed = accidents.file_accident(
        description="塔吊顶升作业倾覆", type_code="lifting", sector="E", body="housing", region=people.QUAY,
        incident=item.pk, unit_name="安澜建工总包（演示）", by=clerk.by, at=clock.real_now(),
    )  # fmt: skip
    watch.draw_checks(
        region=people.DISTRICT, count=2, call_at=clock.real_now(), by=officer.by, at=clock.real_now()
    )
    page.goto(f"{live_server.url}/incidents/day/")
    page.locator(f'a[href*="{item.pk}"]').first.wait_for()
    see(page, f"duty-day-{size}-{language}")
    page = come_in(page, live_server.url, clerk)
    page.goto(f"{live_server.url}/accidents/accident/{filed.pk}/")
    page.locator(f'a[href*="{item.pk}"]').first.wait_for()
    see(page, f"accident-{size}-{language}")
    page.goto(f"{live_server.url}/accidents/figures/?period=year")
    page.locator(f'a[href*="{filed.pk}"]').first.wait_for()
    see(page, f"accident-figures-{size}-{language}")
