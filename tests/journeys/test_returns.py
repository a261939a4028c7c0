"""A form of an upper level in the browser: fields are copied by mouse and by key, said aloud; it is marked as entered."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from anlan.domains.dangers.actions import report_danger
from anlan.kernel.core import clock
from tests.journeys.test_numbers_and_people import come_in
from tests.people import DISTRICT, QUAY, add_duty, add_person, district

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LOOKS = [("desktop", "zh-hans"), ("phone", "en")]


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_field_is_copied_exactly_and_the_form_is_marked(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str
) -> None:
    here = district()
    at = clock.real_now()
    for days in (1, 2, 3):
        report_danger(region=QUAY, description="安全出口堵塞", category="exit", organisation=here.firm, by=here.owner.by,
                      at=at - timedelta(days=days))  # fmt: skip
    clerk = add_person("吴科员", here.bureau, account=True)
    add_duty(clerk, "safety_section", DISTRICT)
    page = come_in(open_page(size, language), live_server.url, clerk.account)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page.goto(f"{live_server.url}/returns/forms/danger_month/?region={DISTRICT}&day={at:%Y-%m-%d}")
    row = page.locator("tbody tr").filter(has_text="临港街道")
    field = row.locator("button[data-copy]").nth(2)
    field.click()
    page.locator("[data-said]:not(:empty)").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == field.get_attribute("data-copy")
    whole = row.locator("button[data-copy]").last
    whole.focus()
    page.keyboard.press("Enter")
    page.locator("[data-said]", has_text="临港街道").wait_for()
    line = page.evaluate("navigator.clipboard.readText()").split("\t")
    assert line[1] == "临港街道"
    assert line[9] == "—"  # nothing to share is the form's own sign
    see(page, f"return-{size}-{language}")
    page.locator("input[name=number]").fill("A-1")
    page.locator("form[action$='/entered/'] button").last.click()
    page.get_by_text("A-1").first.wait_for()
    page.goto(f"{live_server.url}/returns/")
    see(page, f"returns-{size}-{language}")
