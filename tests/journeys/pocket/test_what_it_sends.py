"""What a phone sends: once, whole, and with a person where two hands differ; and what the app keeps."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from anlan.domains.dangers.models import Danger
from anlan.domains.enterprises.models import Site
from anlan.domains.patrols import actions
from anlan.domains.patrols.models import Act, Visit
from anlan.kernel.core import clock
from anlan.kernel.core.ids import new_id
from anlan.kernel.loop.models import Evidence
from anlan.kernel.orgs.actions import make_sign_in_link
from tests.journeys.pocket.ground import (
    Phone,
    all_sent,
    answer,
    begin,
    come_in,
    picture,
    playwright,
    ready_for_the_day,
    shoot,
    sign,
    tap,
)
from tests.people import QUAY, District

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_an_answer_lost_on_the_way_back_does_not_make_a_second_act(
    here: District, live_server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page("phone", service_workers="block")
    come_in(page, live_server.url, here.owner)
    lost = []

    def swallow(route: Any) -> None:
        if len(lost) < 2:
            lost.append(route.fetch().status)  # the server took it; the phone never hears
            route.abort()
        else:
            route.continue_()

    page.route("**/field/api/acts", swallow)
    begin(page)
    page.wait_for_function("() => document.querySelector('.bar b')")
    page.locator(".bar a").last.click()
    while page.get_by_role("button", name="立即发送").count():
        tap(page, "立即发送")
        page.wait_for_timeout(300)
    all_sent(page)
    assert lost == [200, 200]
    assert Act.objects.count() == Visit.objects.count() == 1


def test_a_pause_ends_when_somebody_looks_and_a_dead_line_when_another_comes(
    here: District, live_server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page("phone", service_workers="block")
    page.add_init_script(  # no pause and no patience ever ends by itself here
        "const later = window.setTimeout; window.setTimeout = (work, ms) => ms >= 3000 ? 0 : later(work, ms);"
    )
    come_in(page, live_server.url, here.owner)
    asked: list[Any] = []

    def line(route: Any) -> None:
        asked.append(route)
        if len(asked) == 1:
            route.abort()
        elif len(asked) > 2:
            route.continue_()  # the second hears nothing, neither yes nor no

    page.route("**/field/api/acts", line)
    begin(page)
    page.locator(".status.off").wait_for()
    assert len(asked) == 1
    page.locator(".bar a").last.click()
    page.get_by_text("正在发送").wait_for()
    assert len(asked) == 2 and not Act.objects.exists()
    page.context.set_offline(True)
    page.context.set_offline(False)
    all_sent(page)
    assert len(asked) == 3
    assert Act.objects.count() == Visit.objects.count() == 1


def test_a_photo_cut_in_the_middle_goes_on_where_it_stopped(
    here: District, live_server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page("phone", service_workers="block")
    come_in(page, live_server.url, here.owner)
    begin(page)
    offsets: list[int] = []
    cut = [True]

    def count(route: Any) -> None:
        if route.request.method == "PUT":
            offset = int(re.search(r"offset=(\d+)", route.request.url)[1])
            if cut[0] and offset >= 2 * 65536:
                route.abort()
                return
            offsets.append(offset)
        route.continue_()

    page.route("**/field/api/photo/**", count)
    answer(page, "除尘风管通畅", "不符合").get_by_role("button", name="上报").click()
    shoot(page, picture(1100, 800, noise=True))
    tap(page, "上报隐患")
    page.locator("li.item").first.wait_for()
    page.locator(".status.off").wait_for()
    page.locator(".bar a").last.click()
    page.get_by_text(re.compile(r"照片 [3-9]\d %")).first.wait_for()
    assert offsets == [0, 65536]
    assert not Danger.objects.exists()
    cut[0] = False
    tap(page, "立即发送")
    all_sent(page)
    assert offsets[2] == 131072, "the rest, not from the beginning"
    assert offsets == sorted(set(offsets))
    assert Evidence.objects.filter(kind="photo").count() == 1


def test_a_record_edited_elsewhere_is_shown_to_a_person_who_chooses(
    here: District, live_server: Any, open_page: Callable[..., Any], see: Callable[..., None]
) -> None:
    page = open_page("phone", service_workers="block")
    come_in(page, live_server.url, here.owner)
    begin(page)
    page.wait_for_function("() => !document.querySelector('.bar b')")
    visit = Visit.objects.get()
    page.context.set_offline(True)
    answer(page, "干式除尘器设有", "不符合")
    answer(page, "除尘风管通畅", "不符合")
    answer(page, "粉尘区电气设备", "不涉及")
    theirs = {"dust-04": "fine", "dust-08": "fine", "dust-10": "fine"}
    actions.change(
        visit=visit,
        written=actions.Written(answers=theirs),
        base=1,
        by=here.colleague.by,
        at=clock.real_now(),
    )
    sign(page)
    tap(page, "结束巡查")
    page.get_by_role("heading", name="今天").wait_for()
    page.context.set_offline(False)
    page.locator(".bar a").last.click()
    page.get_by_role("button", name="您查看之后，别处已有改动").click()
    page.locator(".difference").nth(1).wait_for()
    assert "Bo" in page.locator("main").inner_text()
    assert page.locator(".difference").count() == 2
    see(page, "pocket-conflict")
    assert page.get_by_role("button", name="发送选择").is_disabled()
    tap(page, "以我为准")
    page.locator(".difference").last.get_by_role("button").last.click()  # the duct: theirs
    tap(page, "发送选择")
    all_sent(page)
    visit.refresh_from_db()
    said = {item: row["answer"] for item, row in visit.answers.items()}
    assert said == {"dust-04": "not_fine", "dust-08": "fine", "dust-09": "not_here", "dust-10": "fine"}
    assert visit.item.state == "finished"
    assert Act.objects.filter(state="conflict").get().settled_by.count() == 1


def test_a_recheck_that_somebody_else_was_faster_with_is_a_choice_too(
    here: District, live_server: Any, open_page: Callable[..., Any], see: Callable[..., None]
) -> None:
    from anlan.domains.dangers import actions as dangers  # noqa: PLC0415 - one word for two domains' acts
    from anlan.kernel.core import attachments  # noqa: PLC0415
    from anlan.kernel.loop.evidence import Given  # noqa: PLC0415

    now = clock.real_now()
    item = dangers.report_danger(
        description="疏散通道堆物", category="exit", organisation=here.firm, region=QUAY, by=here.owner.by, at=now - timedelta(days=2),
    )  # fmt: skip
    kept = attachments.keep(data=picture(), media_type="image/png", by=here.manager.by)
    dangers.rectify(
        item=item, by=here.manager.by, at=now - timedelta(hours=2), evidence=[Given("photo", file=kept)]
    )
    page = open_page("phone", service_workers="block")
    come_in(page, live_server.url, here.owner)
    page.context.set_offline(True)
    page.locator(".bar a").nth(2).click()
    page.get_by_text("疏散通道堆物").first.click()
    see(page, "pocket-recheck")
    tap(page, "已整改，销号")
    dangers.send_back(
        item=item,
        rectify_by=now + timedelta(days=2),
        reason="又堆上了",
        by=here.colleague.by,
        at=clock.real_now(),
    )
    page.context.set_offline(False)
    page.locator(".bar a").last.click()
    page.get_by_role("button", name="您查看之后，别处已有改动").click()
    see(page, "pocket-recheck-conflict")
    tap(page, "以对方为准")
    tap(page, "发送选择")
    all_sent(page)
    item.refresh_from_db()
    assert item.state == "rectifying"


def test_the_app_speaks_english_and_keeps_the_choice(
    here: District, live_server: Any, open_page: Callable[..., Any], see: Callable[..., None]
) -> None:
    page = open_page("phone", service_workers="block")
    come_in(page, live_server.url, here.owner)
    page.locator(".bar a").last.click()
    tap(page, "English")
    page.get_by_role("heading", name="To send").wait_for()
    page.reload()
    page.get_by_role("heading", name="To send").wait_for()
    page.locator(".bar a").first.click()
    page.locator(".stops a").first.click()
    see(page, "pocket-site-en")
    page.get_by_role("button", name="Begin the visit").click()
    page.get_by_text("Ducts are clear").wait_for()
    see(page, "pocket-checklist-en")


def wake(session: Any, url: str) -> None:
    """The browser tells the worker that there is a line (Background Sync), as it does when the signal is back."""
    known: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: known.extend(
            row["registrationId"] for row in said["registrations"] if row["scopeURL"] == f"{url}/field/"
        ),
    )
    session.send("ServiceWorker.enable")
    for _ in range(100):
        if known:
            break
        session.send("Browser.getVersion")
    given = {"origin": url, "registrationId": known[-1], "tag": "anlan-field-outbox", "lastChance": False}
    session.send("ServiceWorker.dispatchSyncEvent", given)


@pytest.mark.feature("M028")
def test_what_waits_is_sent_while_the_app_is_closed_and_the_page_says_so(
    here: District, live_server: Any, phone: Phone, see: Callable[..., None]
) -> None:
    page = phone.start()
    come_in(page, live_server.url, here.owner)
    ready_for_the_day(page)
    page.goto(f"{live_server.url}/field/")  # under the worker's hand
    page.locator(".stops li").first.wait_for()
    phone.context.set_offline(True)
    begin(page)
    answer(page, "除尘风管通畅", "不符合").get_by_role("button", name="上报").click()
    shoot(page, picture())
    tap(page, "上报隐患")
    page.locator("li.item").first.wait_for()
    assert not Act.objects.exists()
    other = phone.context.new_page()
    page.close()
    phone.context.set_offline(False)
    wake(phone.context.new_cdp_session(other), live_server.url)
    for _ in range(150):
        if Act.objects.count() == 2:
            break
        other.wait_for_timeout(100)
    assert Act.objects.count() == 2  # the visit, and the danger with its photo
    assert (
        Visit.objects.count() == Danger.objects.count() == Evidence.objects.filter(kind="photo").count() == 1
    )
    other.set_viewport_size({"width": 390, "height": 844})
    other.goto(f"{live_server.url}/field/")
    other.get_by_text("应用关闭期间已送达 2 项").wait_for()
    see(other, "pocket-sent-while-closed")
    other.get_by_text("应用关闭期间已送达 2 项").click()
    other.get_by_text("应用关闭时送达").first.wait_for()
    assert Act.objects.count() == 2  # and nothing a second time


def test_the_worker_keeps_no_page_but_the_apps_own(here: District, live_server: Any, phone: Phone) -> None:
    page = phone.start()
    come_in(page, live_server.url, here.owner)
    ready_for_the_day(page)
    page.goto(f"{live_server.url}/")
    kept = page.evaluate(
        "async () => { const all = []; for (const key of await caches.keys()) for (const row of"
        " await (await caches.open(key)).keys()) all.push(new URL(row.url).pathname); return all; }"
    )
    assert "/field/" in kept
    assert all(path == "/field/" or path.startswith("/static/") for path in kept), json.dumps(kept)
    assert page.evaluate("() => navigator.serviceWorker.controller") is None
    phone.context.set_offline(True)
    with pytest.raises(playwright.Error):
        page.goto(f"{live_server.url}/dangers/")


def test_the_desk_sees_the_visit_and_the_lists_it_followed(
    here: District, live_server: Any, open_page: Callable[..., Any], see: Callable[..., None]
) -> None:
    now = clock.real_now()
    site = Site.objects.get()
    begun = actions.Begun(
        key=new_id(), kind="patrol", site=site.pk, started_at=now - timedelta(hours=1), lists=(("dust", 1), ("general", 1)),
        lon=113.91, lat=22.6,
    )  # fmt: skip
    visit = actions.begin(begun, person=here.owner, at=now)
    found = actions.FindingGiven(id=new_id(), description="除尘风管堵塞", category="dust", item="dust-08")
    actions.add_finding(found, visit=visit, photos=[], by=here.owner.by, at=now, happened_at=now)
    said = actions.Written(
        answers={"dust-08": "not_fine", "dust-01": "fine"}, sign_how="refused", witness="王社区"
    )
    actions.finish(visit=visit, written=said, ended_at=now, base=1, by=here.owner.by, at=now)
    page = open_page("desktop")
    token = make_sign_in_link(person=here.colleague, by="service:test", at=now)
    page.goto(f"{live_server.url}/in/{token}/")
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/patrols/visits/")
    see(page, "desk-visits")
    page.get_by_role("link", name="海风家具厂").click()
    assert "王社区" in page.locator("main").inner_text()
    assert page.get_by_role("link", name="除尘风管堵塞").count() == 1
    see(page, "desk-visit")
    page.goto(f"{live_server.url}/patrols/visit/{visit.pk}/correct/")
    page.fill("[name=note]", "补记：夜班停产")
    page.fill("[name=reason]", "漏记")
    page.locator("main form button.act-main").click()
    page.wait_for_load_state()
    visit.refresh_from_db()
    assert (visit.note, visit.version) == ("补记：夜班停产", 3)
    page.goto(f"{live_server.url}/patrols/checklists/")
    assert "应急管理部令第10号" in page.locator("#dust").inner_text()
    see(page, "desk-checklists")
    page.goto(f"{live_server.url}/patrols/app/")
    tap(page, "显示我的登录码")
    page.get_by_text("谁扫码").wait_for()
    see(page, "desk-app")
