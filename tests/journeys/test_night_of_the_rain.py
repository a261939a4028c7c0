"""Story 1, as a newcomer sees it: `anlan up --demo` in a folder of its own, the storm at sixty times its pace, and the
pages that must show what happens — within the three minutes that the house promises.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from anlan.kernel.core.postgres import connection_settings
from anlan.surfaces.cli.demo.prepare import PEOPLE

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(600)]

PROMISED_S = 180
# A machine that runs other things beside is slower than its clock: the night is, so is our patience.
PATIENCE_S = 330
ANLAN = Path(sys.executable).with_name("anlan")


@dataclass
class House:
    """A running house: its address, the one-time links by role, and a way to ask its database."""

    url: str
    links: list[str]
    env: dict[str, str]
    began: float

    def count(self, table: str, where: str) -> int:
        to = connection_settings(Path(self.env["ANLAN_VAR"]), "anlan_app")
        with psycopg.connect(
            host=to["HOST"],
            port=to["PORT"] or None,
            user=to["USER"],
            dbname=to["NAME"],
            password=to["PASSWORD"] or None,
        ) as connection:
            found = connection.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()
        return int(found[0]) if found else 0


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    var = tmp_path_factory.mktemp("night")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    env = {**os.environ, "ANLAN_VAR": str(var), "PORT": str(port), "ANLAN_PUBLIC_URL": url}
    log = (var / "up.txt").open("w+")
    process = subprocess.Popen([str(ANLAN), "up", "--demo"], env=env, stdout=log, stderr=subprocess.STDOUT)
    try:
        _until(
            lambda: len(_links(var, url)) == len(PEOPLE) and _answers(url), "an address and the links", 200
        )
        yield House(url, _links(var, url), env, time.monotonic())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        log.close()


def _links(var: Path, url: str) -> list[str]:
    return re.findall(rf"{url}/in/\S+/", (var / "up.txt").read_text(encoding="utf-8"))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _until(true: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(1)


@pytest.fixture
def come_in(house: House, open_page: Callable[..., Any]) -> Callable[[int, str, str], Any]:
    def enter(who: int, size: str = "desktop", language: str = "zh-hans") -> Any:
        page = open_page(size, language)
        page.goto(house.links[who])
        page.get_by_role("main").get_by_role("button").first.click()
        page.wait_for_url(f"{house.url}/")
        return page

    return enter


def shows(page: Any, path: str, words: str) -> bool:
    page.goto(path)
    return words in page.locator("body").inner_text()


@pytest.mark.feature("M037")
def test_a_newcomer_sees_the_whole_night(
    house: House, come_in: Callable[..., Any], see: Callable[..., None], open_page: Callable[..., Any]
) -> None:
    assert len(house.links) == len(PEOPLE)
    officer = come_in(0)
    assert "演练" in officer.locator("body").inner_text()
    assert "2023" in officer.locator("body").inner_text()  # whose figures these are
    see(officer, "home-desktop")

    situation = f"{house.url}/map/"
    _until(lambda: house.count("sensing_alarm", "colour = 'orange'") > 0, "an alarm at the orange mark")
    _until(lambda: shows(officer, situation, "未发信号"), "an alarm said to be no signal")
    officer.wait_for_timeout(2500)
    see(officer, "situation-desktop")

    _until(lambda: house.count("warnings_signal", "colour = 'orange'") > 0, "the weather office's signal")
    _until(lambda: house.count("warnings_callout", "true") > 0, "a call-out released")
    _until(lambda: house.count("warnings_calloutitem", "answer <> ''") > 100, "a hundred answers")
    officer.goto(f"{house.url}/callouts/")
    see(officer, "callouts-desktop")
    officer.locator("main a[href*='/callouts/0']").first.click()
    officer.wait_for_load_state()
    officer.wait_for_timeout(1500)
    assert "%" in officer.locator("main").inner_text()
    see(officer, "board-desktop")

    _until(lambda: house.count("ledger_entry", "code = 'loop.escalated'") > 0, "somebody silent passed on")
    _until(lambda: house.count("responses_response", "level in ('Ⅲ', 'Ⅱ')") > 0, "a response of level Ⅲ")
    _until(
        lambda: house.count("loop_step", "telephone_words <> '' and move = 'approve'") > 0,
        "approved by telephone",
    )
    _until(
        lambda: house.count("loop_workitem", "loop = 'responses.task' and state = 'done'") > 3, "tasks worked"
    )
    took = time.monotonic() - house.began
    print(
        f"the whole night's beginning was there after {took:.0f} s (promised: {PROMISED_S} s on a quiet machine)"
    )

    officer.goto(f"{house.url}/responses/")
    if officer.locator("main a[href*='/responses/0']").count():
        officer.locator("main a[href*='/responses/0']").first.click()
        officer.wait_for_load_state()
    officer.wait_for_timeout(1500)
    assert "Ⅲ" in officer.content() or "Ⅱ" in officer.content()
    see(officer, "response-desktop")
    board = officer.url

    officer.goto(f"{house.url}/stations/")
    see(officer, "stations-desktop")
    officer.locator("main a[href*='/stations/0']").first.click()
    officer.wait_for_timeout(2500)
    see(officer, "station-desktop")

    clerk = come_in(3, "phone")
    see(clerk, "home-clerk-phone")
    clerk.goto(situation)
    clerk.wait_for_timeout(2000)
    see(clerk, "situation-phone")
    clerk.goto(board)
    see(clerk, "response-phone")

    wall = come_in(1, "wall")
    wall.goto(situation)
    wall.wait_for_timeout(9000)
    see(wall, "situation-wall")

    english = come_in(2, "desktop", "en")
    english.goto(board)
    assert (
        "Response" in english.locator("body").inner_text() or "Level" in english.locator("body").inner_text()
    )
    see(english, "response-desktop-en")
    english.goto(situation)
    english.wait_for_timeout(2000)
    see(english, "situation-desktop-en")
