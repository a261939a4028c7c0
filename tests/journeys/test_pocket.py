"""Story 2 in the pocket: a day without a signal on a phone, and everything that can happen to what it sends."""

import io
import json
import os
import re
import struct
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import segno

from anlan.domains.dangers.models import Danger
from anlan.domains.enterprises.models import Enterprise, Site, Tag
from anlan.domains.patrols import actions
from anlan.domains.patrols.models import Act, Finding, Visit
from anlan.kernel.core import clock
from anlan.kernel.core.ids import new_id
from anlan.kernel.loop.models import Evidence, WorkItem
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.actions import make_sign_in_link
from anlan.kernel.orgs.models import Person
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.people import QUAY, District, district

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
playwright = pytest.importorskip("playwright.sync_api")
PLATE = "Plate-Of-Haifeng-01"


def picture(width: int = 480, height: int = 360, *, noise: bool = False) -> bytes:
    """A PNG: grey, or noise that no compression makes small."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    line = (lambda: os.urandom(width * 3)) if noise else (lambda: bytes([90]) * width * 3)
    rows = b"".join(b"\0" + line() for _ in range(height))
    out = io.BytesIO()
    out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)))
    out.write(chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))
    return out.getvalue()


def film(path: Path, said: str) -> Path:
    """What the camera sees: the plate, held still, as raw video."""
    width, height, matrix = 640, 480, segno.make(said, error="m", micro=False).matrix
    cell = 400 // (len(matrix) + 8)
    top, left = (height - cell * len(matrix)) // 2, (width - cell * len(matrix)) // 2
    luma = bytearray(b"\xeb" * width * height)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                for dy in range(cell):
                    at = (top + y * cell + dy) * width + left + x * cell
                    luma[at : at + cell] = b"\x10" * cell
    frame = b"FRAME\n" + bytes(luma) + b"\x80" * (width * height // 2)
    path.write_bytes(f"YUV4MPEG2 W{width} H{height} F5:1 Ip A1:1 C420\n".encode() + frame * 3)
    return path


class Phone:
    """A browser of its own with a keeping that outlives it: it can be killed and taken up again."""

    def __init__(self, folder: Path, tool: Any) -> None:
        self.folder, self.tool = folder, tool
        self.film = film(folder / "plate.y4m", f"https://anlan.example/field/p/{PLATE}/")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, offline: bool = False) -> Any:
        port = self.folder / "profile" / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [CHROMIUM, *FLAGS, "--headless=new", f"--user-data-dir={self.folder / 'profile'}", "--remote-debugging-port=0",
             "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--accept-lang=zh-CN",
             f"--use-file-for-fake-video-capture={self.film}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(300):
            if port.exists() and port.read_text().strip():
                break
            time.sleep(0.1)
        number = port.read_text().split()[0]
        browser = self.tool.connect_over_cdp(f"http://127.0.0.1:{number}")
        self.context = browser.contexts[0]
        self.context.set_offline(offline)
        page = self.context.new_page()
        page.set_default_timeout(60_000)
        page.set_viewport_size({"width": 390, "height": 844})
        return page

    def kill(self) -> None:
        """The battery is out: no page is told."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def phone(tmp_path: Path, chromium: Any) -> Iterator[Phone]:
    made = Phone(tmp_path, chromium.browser_type)
    yield made
    made.kill()


@pytest.fixture
def here() -> District:
    made = district()
    now = clock.real_now()
    actions.load_checklists(by="service:test", at=now)
    firm = Enterprise.objects.create(organisation=made.firm, grade="D", created_at=now, updated_at=now)
    Tag.objects.create(
        enterprise=firm, kind="dust", facts={"workers": 31}, since=now.date(), by="service:test"
    )
    Site.objects.create(
        enterprise=firm, name="海风家具厂一号车间", address="码头路 8 号", region_id=QUAY, lon=113.9, lat=22.6, plate=PLATE,
        created_at=now - timedelta(days=200),
    )  # fmt: skip
    return made


def come_in(page: Any, url: str, person: Person) -> None:
    token = make_sign_in_link(person=person, by="service:test", at=clock.real_now())
    page.goto(f"{url}/field/in/{token}/")
    page.get_by_role("button").click()
    page.wait_for_url(re.compile("#/today"))
    page.locator(".stops li").first.wait_for()


def ready_for_the_day(page: Any) -> None:
    """The shell and what comes later are on the phone."""
    look = (
        "async () => { for (const key of await caches.keys()) { const found = await (await caches.open(key)).keys();"
        " if (found.some((row) => /decode/.test(row.url))) return true; } return false; }"
    )
    for _ in range(100):
        if page.evaluate(look):
            return
        page.wait_for_timeout(200)
    pytest.fail("the reader of plates did not come onto the phone")


def tap(page: Any, text: str) -> None:
    page.get_by_role("button", name=text, exact=True).first.click()


def answer(page: Any, item: str, said: str) -> Any:
    row = page.locator("li.item").filter(has_text=item)
    row.get_by_role("button", name=said, exact=True).click()
    return row


def shoot(page: Any, data: bytes, at: int = 0) -> None:
    page.locator("input[type=file]").nth(at).set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": data}
    )
    page.locator(".photos img").nth(at).wait_for()


def sign(page: Any) -> None:
    tap(page, "签字并结束")
    page.locator("canvas.pad").scroll_into_view_if_needed()
    box = page.locator("canvas.pad").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 40 + 30 * step, box["y"] + 60 + 20 * (step % 3))
    page.mouse.up()
    page.get_by_label("签字人姓名").fill("方经理")


def waiting(page: Any) -> int:
    found = page.locator(".bar b")
    return int(found.inner_text()) if found.count() else 0


def all_sent(page: Any) -> None:
    page.locator(".bar a").last.click()
    page.locator("main").get_by_text("已全部送达").wait_for()


def begin(page: Any) -> None:
    page.locator(".stops a").first.click()
    tap(page, "开始巡查")
    page.locator("li.item").first.wait_for()


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
    text = page.locator("main").inner_text()
    assert "Bo" in text
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
