"""Story 2, as far as this slice goes: a dust workshop's two findings, each seen through to its end, in a browser."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from anlan.domains.dangers.models import Candidate, Danger
from anlan.kernel.core import clock
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.actions import make_sign_in_link
from anlan.kernel.orgs.models import Person
from tests.people import QUAY, District, district

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def png(shade: int) -> bytes:
    """A small photograph: one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, 2)
    out.write(chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)))
    out.write(chunk(b"IDAT", zlib.compress(bytes([0, *([shade] * 64)]) * 64)))
    out.write(chunk(b"IEND", b""))
    return out.getvalue()


@pytest.fixture
def here() -> District:
    return district()


@pytest.fixture
def sign_in(open_page: Callable[..., Any], live_server: Any) -> Callable[..., Any]:
    def come_in(person: Person, size: str = "phone", language: str = "zh-hans") -> Any:
        token = make_sign_in_link(person=person, by="service:test", at=clock.real_now())
        page = open_page(size, language)
        page.goto(f"{live_server.url}/in/{token}/")
        page.get_by_role("main").get_by_role("button").first.click()
        page.wait_for_url(f"{live_server.url}/")
        return page

    return come_in


def report(page: Any, url: str, *, what: str, kind: str, candidate: bool, shade: int) -> None:
    page.goto(f"{url}/dangers/danger/new/")
    page.set_input_files(
        "input[name=photo]", {"name": "a.png", "mimeType": "image/png", "buffer": png(shade)}
    )
    page.fill("[name=description]", what)
    page.select_option("[name=category]", kind)
    page.fill("input[name=q]", "海风")
    page.locator(
        "#pick-organisation input, #pick-organisation button, #pick-organisation label"
    ).first.click()
    if candidate:
        page.check("[name=candidate_major]")
    if page.locator("[name=region] option[value='" + QUAY + "']").count():
        page.select_option("[name=region]", QUAY)
    page.locator("main form button.act-main").click()
    page.wait_for_load_state()


@pytest.mark.feature("M030", "M077")
def test_two_findings_of_a_dust_workshop_are_seen_through(
    here: District, live_server: Any, sign_in: Callable[..., Any], see: Callable[..., None]
) -> None:
    url = live_server.url
    patroller = sign_in(here.owner)
    see(patroller, "home-phone")
    patroller.goto(f"{url}/dangers/danger/new/")
    see(patroller, "danger-report-phone")

    report(patroller, url, what="风管积尘堵塞", kind="dust", candidate=False, shade=40)
    duct = Danger.objects.get(description="风管积尘堵塞")
    assert (duct.item.state, duct.organisation) == ("rectifying", here.firm)
    see(patroller, "danger-phone")

    report(patroller, url, what="干式除尘器无控爆措施", kind="dust", candidate=True, shade=80)
    collector = Danger.objects.get(description="干式除尘器无控爆措施")
    assert collector.grade == "candidate_major"
    assert Message.objects.get(kind="dangers.stop").person == here.manager

    manager = sign_in(here.manager)
    assert "风管积尘堵塞" in manager.content()
    manager.goto(f"{url}/dangers/danger/{duct.pk}/rectify/")
    see(manager, "danger-rectify-phone")
    manager.locator("main form button.act-main").click()
    assert "照片" in manager.locator("main").inner_text()  # refused: no photo yet; the form is still there
    manager.set_input_files(
        "input[name=photo]", {"name": "b.png", "mimeType": "image/png", "buffer": png(200)}
    )
    manager.locator("main form button.act-main").click()
    manager.wait_for_load_state()
    duct.item.refresh_from_db()
    assert duct.item.state == "recheck"
    assert manager.locator("a[href$='/accept/']").count() == 0  # never its own work

    patroller.goto(f"{url}/dangers/danger/{duct.pk}/accept/")
    patroller.select_option("[name=how]", "visit")
    patroller.locator("main form button.act-main").click()
    patroller.wait_for_load_state()
    duct.item.refresh_from_db()
    assert duct.item.state == "closed_off"

    officer = sign_in(here.colleague, "desktop")
    question = Candidate.objects.get(danger=collector).item
    officer.goto(f"{url}/dangers/candidate/{question.pk}/")
    officer.locator(f"form[action$='/{question.pk}/answer/'] button").click()
    officer.wait_for_load_state()
    question.refresh_from_db()
    assert question.state == "answered"
    officer.goto(f"{url}/dangers/danger/{collector.pk}/")
    see(officer, "danger-candidate-desktop")
    officer.goto(f"{url}/dangers/")
    see(officer, "dangers-desktop")

    english = sign_in(here.colleague, "desktop", "en")
    english.goto(f"{url}/dangers/danger/{collector.pk}/")
    see(english, "danger-candidate-desktop-en")


def test_an_outsider_is_told_that_there_is_no_such_page(
    here: District, live_server: Any, sign_in: Callable[..., Any]
) -> None:
    patroller = sign_in(here.owner)
    report(patroller, live_server.url, what="消火栓被埋压", kind="fire_equipment", candidate=False, shade=10)
    danger = Danger.objects.get()
    outsider = sign_in(here.outsider)
    answer = outsider.goto(f"{live_server.url}/dangers/danger/{danger.pk}/")
    assert answer.status == 404
