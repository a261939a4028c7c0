"""Story 2 in the pocket: a day without a signal on a phone, and everything that can happen to what it sends."""

from collections.abc import Callable
from typing import Any

import pytest

from anlan.domains.dangers.models import Danger
from anlan.domains.patrols.models import Act, Finding, Visit
from anlan.kernel.loop.models import Evidence, WorkItem
from anlan.kernel.messaging.models import Message
from tests.journeys.pocket.ground import (
    Phone,
    all_sent,
    answer,
    come_in,
    picture,
    ready_for_the_day,
    shoot,
    sign,
    tap,
    waiting,
)
from tests.people import District

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.feature("M028", "M029")
def test_a_day_without_a_signal_then_everything_arrives_once(
    here: District, live_server: Any, phone: Phone, see: Callable[..., None]
) -> None:
    page = phone.start()
    come_in(page, live_server.url, here.owner)
    ready_for_the_day(page)
    phone.context.set_offline(True)
    page.goto(f"{live_server.url}/field/")  # from nothing, in the lift shaft
    page.locator(".status.off").wait_for()
    see(page, "pocket-today")

    tap(page, "扫门牌码")
    page.get_by_text("粉尘作业 31 人").wait_for()  # the plate was read by the camera
    see(page, "pocket-site")
    tap(page, "开始巡查")
    page.locator("li.item").first.wait_for()
    assert (
        page.locator("h2").first.inner_text() == "粉尘涉爆"
    )  # its trade's list comes before the general one
    answer(page, "粉尘作业区不设在非框架结构", "符合")

    answer(page, "除尘风管通畅", "不符合").get_by_role("button", name="上报").click()
    shoot(page, picture())
    see(page, "pocket-danger")
    assert not page.get_by_label("可能重大").is_checked()
    tap(page, "上报隐患")
    page.locator("li.item").first.wait_for()

    row = answer(page, "干式除尘器设有", "不符合")
    row.get_by_text("可能是重大事故隐患").wait_for()
    see(page, "pocket-checklist")
    row.get_by_role("button", name="上报").click()
    assert page.get_by_label("可能重大").is_checked()
    assert "第十二条" in page.locator("main").inner_text()
    shoot(page, picture(300, 200))
    tap(page, "上报隐患")
    page.get_by_role("heading", name="请企业立即停工撤人").wait_for()
    assert "尚未送达" in page.locator("main").inner_text()
    assert "Bo" in page.locator("main").inner_text()  # who will be called
    see(page, "pocket-stop")
    tap(page, "已告知企业")
    sign(page)
    see(page, "pocket-sign")
    tap(page, "结束巡查")
    page.get_by_role("heading", name="今天").wait_for()
    page.locator(".bar a").last.click()
    page.locator("li.row").first.wait_for()
    see(page, "pocket-queue")
    queued = waiting(page)
    assert queued == 5  # begin, danger, candidate, its photos, finish
    assert not Act.objects.exists()

    phone.kill()
    page = phone.start(offline=True)
    page.goto(f"{live_server.url}/field/#/queue")
    page.locator("li.row").first.wait_for()
    assert waiting(page) == queued
    phone.context.set_offline(False)
    come_in(page, live_server.url, here.owner)  # killed so soon, it forgot who signed in, and nothing else
    all_sent(page)

    visit = Visit.objects.get()
    assert (visit.item.state, visit.tags, visit.signer) == ("finished", ["dust"], "方经理")
    assert visit.answers["dust-04"]["answer"] == "not_fine"
    assert Act.objects.count() == queued
    assert Finding.objects.count() == Danger.objects.count() == 2
    major = Danger.objects.get(grade="candidate_major")
    assert Danger.objects.exclude(pk=major.pk).get().item.state == "rectifying"
    assert Message.objects.filter(kind="dangers.stop", person=here.manager).exists()
    assert WorkItem.objects.get(loop="dangers.candidate").state == "asked"
    assert {e.step.item_id for e in Evidence.objects.filter(kind="photo").select_related("step")} == {
        *Danger.objects.values_list("pk", flat=True), visit.pk,
    }  # fmt: skip
