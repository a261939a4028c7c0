"""The risk map in a browser: layers, axis and level are switched, cells become points, a click opens a card."""

from collections.abc import Callable
from typing import Any

import pytest

from anlan.domains.risks.models import RiskPoint
from anlan.domains.risks.tests.ground import a_firm, a_point, a_source, another_firm
from anlan.kernel.core import clock
from anlan.kernel.orgs.actions import make_sign_in_link
from anlan.kernel.orgs.models import Person
from tests import people

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
CLOSE = "place=113.9,22.6,18"


@pytest.fixture
def here() -> people.District:
    """Thirty points at the quay, one of them red."""
    district = people.district()
    red = a_point(a_firm(district), current_level=4)
    a_source(red)
    firm = another_firm("91440399000000000X")
    for n in range(29):
        a_point(
            firm,
            f"FX-{n + 2}",
            current_level=1 + n % 2,
            lon=113.9 + n / 50_000 + 0.0002,
            lat=22.6 + n / 90_000,
        )
    return district


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


def counted(page: Any, number: int) -> None:
    page.wait_for_selector(f'[data-island=map][data-counted="{number}"]')


@pytest.mark.feature("M369")
def test_an_officer_looks_at_the_risks_of_the_street_and_opens_one(
    here: people.District, live_server: Any, sign_in: Callable[..., Any], see: Callable[..., None]
) -> None:
    page = sign_in(here.owner)
    page.goto(f"{live_server.url}/map/")
    page.wait_for_selector("[data-island=map][data-ready]")
    page.get_by_text("风险一张图").click()
    counted(page, 30)
    page.locator("input[name=layers][value=risk_source]").check()
    counted(page, 31)
    page.locator("input[name=colours][value=red]").check()
    counted(page, 1)
    page.locator("input[name=axis][value=worst]").check()
    counted(page, 30)
    see(page, "risk-map")
    page.goto(f"{live_server.url}/map/?layers=risk_point,risk_source&colours=red&{CLOSE}")
    page.wait_for_selector("[data-island=map][data-idle]")
    box = page.locator("canvas").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_role("link", name="喷漆车间除尘器").first.wait_for()
    see(page, "risk-map-card")


@pytest.mark.feature("M369")
def test_the_map_opens_on_a_phone_with_what_was_asked_for(
    here: people.District, live_server: Any, sign_in: Callable[..., Any], see: Callable[..., None]
) -> None:
    assert RiskPoint.objects.count() == 30
    page = sign_in(here.owner, "phone", "en")
    page.goto(f"{live_server.url}/map/?layers=risk_point&region={people.QUAY}")
    counted(page, 30)
    page.get_by_text("Risk map").click()
    assert page.locator("select[name=region]").input_value() == people.QUAY
    see(page, "risk-map-phone")
