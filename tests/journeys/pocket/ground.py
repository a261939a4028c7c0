"""A phone, its camera and a day to walk, for the journeys of the pocket."""

import io
import os
import re
import struct
import subprocess
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
import segno

from anlan.kernel.core import clock
from anlan.kernel.orgs.actions import make_sign_in_link
from anlan.kernel.orgs.models import Person
from tests.journeys.conftest import CHROMIUM, FLAGS

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
