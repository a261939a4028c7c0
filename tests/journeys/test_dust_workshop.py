"""Story 2: a dust workshop's two findings, each seen through to its end, in a browser.

Told through the pages as the people in it would; the days between are lived through by moving rows into the past.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from anlan.domains.dangers import actions
from anlan.domains.dangers.models import Candidate, Danger, Listing, SecondLook
from anlan.domains.risks.models import Level
from anlan.kernel.core import clock
from anlan.kernel.loop.models import Extension, WorkItem
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.actions import make_sign_in_link
from anlan.kernel.orgs.models import Person
from anlan.kernel.papers.models import Paper
from tests.journeys.workshop import attach, report, send, step
from tests.people import DISTRICT, QUAY
from tests.workshop import Workshop, decided, workshop

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
FIVE = {f"five_{name}": text for name, text in (
    ("measures", "加装隔爆阀"), ("responsible", "生产副总"), ("funds", "18万元"), ("time_limit", "三十日"), ("plan", "停用"),
)}  # fmt: skip


@pytest.fixture
def shop() -> Workshop:
    return workshop()


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


def state(item: WorkItem) -> str:
    item.refresh_from_db()
    return item.state


def days_pass(days: int) -> None:
    """Everything that was recorded so far lies so many days further back."""
    with connection.cursor() as cursor:
        for table, columns in {
            "loop_workitem": ("opened_at", "state_since", "due_at", "next_at", "closed_at"),
            "loop_step": ("at", "happened_at", "due_at"),
            "dangers_danger": ("rectify_by",),
            "dangers_term": ("due_at", "set_at"),
        }.items():
            sets = ", ".join(f"{column} = {column} - interval '{days} days'" for column in columns)
            cursor.execute(f"UPDATE {table} SET {sets}")


@pytest.mark.feature("M030", "M074", "M077", "M212", "M213", "M386")
def test_the_two_findings_of_a_dust_workshop_are_seen_through(
    shop: Workshop, live_server: Any, sign_in: Callable[..., Any], see: Callable[..., None]
) -> None:
    url, here = live_server.url, shop.here
    patroller = sign_in(here.owner)
    see(patroller, "home-phone")
    patroller.goto(f"{url}/dangers/danger/new/")
    see(patroller, "danger-report-phone")

    # Two findings: a blocked duct, and a dry collector without explosion control.
    report(patroller, url, what="风管积尘堵塞", kind="dust", candidate=False, shade=40)
    duct = Danger.objects.get(description="风管积尘堵塞")
    assert (duct.item.state, duct.organisation) == ("rectifying", here.firm)
    see(patroller, "danger-phone")
    report(patroller, url, what="干式除尘器无控爆措施", kind="dust", candidate=True, shade=80)
    collector = Danger.objects.get(description="干式除尘器无控爆措施")
    Danger.objects.filter(pk=collector.pk).update(risk_point=shop.point.pk, site=shop.site.pk)
    assert collector.grade == "candidate_major"
    assert Message.objects.get(kind="dangers.stop").person == here.manager

    # A patroller gives a notice, never an order.
    patroller.goto(f"{url}/dangers/danger/{duct.pk}/")
    assert patroller.locator("input[name=kind][value=rectification_order]").count() == 0
    patroller.locator("form:has(input[value=danger_notice]) button").click()
    patroller.wait_for_load_state()
    assert Paper.objects.get().kind == "dangers.danger_notice"

    # The manager sees both; the duct is photographed clean on day three and accepted by the patroller in charge.
    manager = sign_in(here.manager)
    assert "风管积尘堵塞" in manager.content()
    days_pass(3)
    step(manager, url, "danger", duct.pk, "rectify")
    assert "照片" in manager.locator("main").inner_text()  # refused: no photo yet; the form is still there
    attach(manager, "photo", 200)
    see(manager, "danger-rectify-phone")
    send(manager)
    assert state(duct.item) == "recheck"
    assert manager.locator("a[href$='/accept/']").count() == 0  # never its own work
    step(patroller, url, "danger", duct.pk, "accept", how="visit")
    assert state(duct.item) == "closed_off"

    # The street's officers come; two of them decide, from the clause that is offered.
    officer = sign_in(here.colleague, "desktop")
    question = Candidate.objects.get(danger=collector).item
    officer.goto(f"{url}/dangers/candidate/{question.pk}/")
    see(officer, "candidate-desktop")
    officer.locator(f"form[action$='/{question.pk}/answer/'] button").click()
    officer.wait_for_load_state()
    officer.goto(f"{url}/dangers/candidate/{question.pk}/decide_major/")
    clause = officer.locator("datalist option").first.get_attribute("value")
    assert clause and clause.startswith("gm-12")
    officer.fill("[name=clause]", clause)
    officer.fill("main input[name=q]", "Dora")
    officer.locator("#pick-second_officer label").first.click()
    officer.fill("[name=reason]", "现场核查，无隔爆、泄爆措施")
    see(officer, "candidate-decide-desktop")
    send(officer)
    collector.refresh_from_db()
    assert (collector.grade, collector.clause) == ("major", clause)
    shop.point.refresh_from_db()
    assert shop.point.current_level == 4  # red

    _listed(shop, collector, url, sign_in, see)
    _taken_off(shop, collector, url, sign_in, see)
    _looked_at_again(shop, collector, url, sign_in, see)


def _listed(
    shop: Workshop, collector: Danger, url: str, sign_in: Callable[..., Any], see: Callable[..., None]
) -> None:
    """The district lists it, the head of the bureau approves the notice, the firm gets more time once."""
    section = sign_in(shop.section, "desktop")
    section.goto(f"{url}/dangers/{collector.pk}/list/")
    section.fill("[name=decision]", "停用除尘系统，限期整改")
    see(section, "danger-list-desktop")
    send(section)
    entry = Listing.objects.get().item
    see(section, "listing-desktop")
    chief = sign_in(shop.chief)
    step(chief, url, "listing", entry.pk, "publish", public_text="除尘系统未采取控爆措施，限期整改")
    assert Listing.objects.get().published_at is not None

    manager = sign_in(shop.here.manager)
    manager.goto(f"{url}/dangers/{collector.pk}/more-time/")
    collector.item.refresh_from_db()
    until = collector.item.due_at + timedelta(days=30)
    manager.fill("[name=until]", f"{until:%Y-%m-%dT%H:%M}")
    manager.fill("[name=why]", "隔爆阀到货延迟")
    see(manager, "more-time-phone")
    send(manager)
    asked = Extension.objects.get().item
    section.goto(f"{url}/loop/extension/{asked.pk}/")
    section.locator("form[action$='/grant/'] button").click()
    section.wait_for_load_state()
    assert state(asked) == "granted"
    assert state(entry) == "listed"
    assert entry.due_at - until < timedelta(minutes=1)


def _taken_off(
    shop: Workshop, collector: Danger, url: str, sign_in: Callable[..., Any], see: Callable[..., None]
) -> None:
    """The firm asks, the street pre-checks, the district accepts with an expert, takes it off; then it is closed off."""
    entry = Listing.objects.get().item
    days_pass(25)
    manager = sign_in(shop.here.manager)
    step(manager, url, "listing", entry.pk, "apply", photo="120", **FIVE)
    assert (state(entry), state(collector.item)) == ("applied", "recheck")
    officer = sign_in(shop.here.colleague, "desktop")
    officer.goto(f"{url}/dangers/listing/{entry.pk}/")
    assert (
        officer.locator("a[href$='/accept_street/']").count() == 0
    )  # the street cannot take off the district's
    step(officer, url, "listing", entry.pk, "precheck", reason="隔爆阀已安装")
    section = sign_in(shop.section, "desktop")
    step(section, url, "listing", entry.pk, "accept", expert="周工", reason="专家验收合格")
    see(section, "listing-accepted-desktop")
    section.locator("form[action$='/delist/'] button").click()
    section.wait_for_load_state()
    assert state(entry) == "delisted"
    step(officer, url, "danger", collector.pk, "accept", how="visit")
    assert state(collector.item) == "closed_off"
    shop.point.refresh_from_db()
    assert shop.point.current_level == 2  # yellow, and the history says why
    why = Level.objects.filter(point=shop.point, cause="dangers").order_by("at")
    assert [row.current_level for row in why][-1] == 2
    assert any(str(collector.pk) in str(row.raised) for row in why)
    see(officer, "danger-closed-desktop")


def _looked_at_again(
    shop: Workshop, collector: Danger, url: str, sign_in: Callable[..., Any], see: Callable[..., None]
) -> None:
    """On day ninety a random second look finds the collector's valve shut: it reopens."""
    now = clock.real_now()
    actions.draw_second_looks(
        region=DISTRICT, start=now - timedelta(days=40), end=now + timedelta(hours=1), seed="抽查", by=shop.section.by,
        at=now + timedelta(hours=1),
    )  # fmt: skip
    look = SecondLook.objects.get(danger=collector)
    days_pass(91)
    SecondLook.objects.update(look_from=now - timedelta(days=1))
    second = sign_in(shop.second)
    due = f"{now + timedelta(days=7):%Y-%m-%dT%H:%M}"
    step(second, url, "second_look", look.pk, "fail", photo="15", rectify_by=due, reason="隔爆阀被关闭")
    see(second, "second-look-phone")
    assert (state(look.item), state(collector.item)) == ("failed", "rectifying")
    shop.point.refresh_from_db()
    assert shop.point.current_level == 4


PAGES = {
    "danger": "/dangers/danger/{danger}/",
    "dangers": "/dangers/?view=major",
    "late": "/dangers/late/",
    "looks": "/dangers/looks/",
    "campaigns": "/campaigns/",
    "gate": "/dangers/gate/{site}/",
}


@pytest.mark.parametrize(("size", "language"), [("desktop", "en"), ("phone", "zh-hans")])
def test_the_pages_of_dangers_read_well_in_both_sizes_and_languages(
    shop: Workshop,
    live_server: Any,
    sign_in: Callable[..., Any],
    see: Callable[..., None],
    size: str,
    language: str,
) -> None:
    item = found_major(shop, at=clock.real_now() - timedelta(days=9))
    actions.list_danger(item=item, level="district", by=shop.section.by, at=clock.real_now())
    page = sign_in(shop.section, size, language)
    for name, path in PAGES.items():
        page.goto(f"{live_server.url}{path.format(danger=item.pk, site=shop.site.pk)}")
        see(page, f"{name}-{size}-{language[:2]}")


def found_major(shop: Workshop, *, at: Any) -> WorkItem:
    """The collector as it stands after two officers decided."""
    item = actions.report_danger(
        description="干式除尘器无控爆措施", category="dust", risk_point=shop.point.pk, candidate_major=True,
        by=shop.here.owner.by, at=at,
    )  # fmt: skip
    decided(shop, item, at=at + timedelta(hours=3))
    return item


def test_a_small_danger_put_right_on_the_spot_is_one_form_with_two_photos(
    shop: Workshop, live_server: Any, sign_in: Callable[..., Any], see: Callable[..., None]
) -> None:
    page = sign_in(shop.here.owner)
    page.goto(f"{live_server.url}/dangers/")
    page.get_by_role("link", name="当场整改").click()
    attach(page, "before", 10)
    attach(page, "after", 220)
    page.locator("input[name=category][value=exit]").check()
    see(page, "quick-phone")
    send(page)
    danger = Danger.objects.get()
    assert (danger.item.state, danger.item.region_id) == ("closed_off", QUAY)
    see(page, "quick-done-phone")


def test_an_outsider_is_told_that_there_is_no_such_page(
    shop: Workshop, live_server: Any, sign_in: Callable[..., Any]
) -> None:
    patroller = sign_in(shop.here.owner)
    report(patroller, live_server.url, what="消火栓被埋压", kind="fire_equipment", candidate=False, shade=10)
    danger = Danger.objects.get()
    outsider = sign_in(shop.here.outsider)
    answer = outsider.goto(f"{live_server.url}/dangers/danger/{danger.pk}/")
    assert answer.status == 404
