"""A real browser for the journeys: Debian's Chromium, pages served by the product itself, nothing mocked."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
# Pages are painted without a graphics card that isn't there; only the map's WebGL is reckoned by SwiftShader.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
SIZES = {"desktop": (1440, 900), "wall": (3840, 1080), "phone": (390, 844)}
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for the journeys of a file: playwright's event loop must not outlive them in the main thread."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: the journeys were NOT run (apt-get install chromium)")
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """A page in a size and a language; what the browser complains of fails the journey."""
    contexts = []
    complaints: list[str] = []

    def make(size: str = "desktop", language: str = "zh-hans", **more: Any) -> Any:
        width, height = SIZES[size]
        locale = "zh-CN" if language.startswith("zh") else "en-GB"
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale=locale, timezone_id="Asia/Shanghai",
            has_touch=size == "phone", is_mobile=size == "phone", **more,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def see(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Keep a screenshot (where ANLAN_SCREENS names a folder) and let axe look at the page."""
    folder = os.environ.get("ANLAN_SCREENS", "")

    def look(page: Any, name: str, *, axe: bool = True) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{name}.png"), timeout=90_000)
        if axe and AXE.exists():
            found = serious_faults(page)
            assert found == [], f"{name}: {found}"

    return look


def serious_faults(page: Any) -> list[str]:
    """What axe calls serious or critical. Its source is evaluated, so that the page's own CSP stays on."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:160]} ({len(v['nodes'])})"
        for v in result["violations"]
        if v["impact"] in SERIOUS
    ]
