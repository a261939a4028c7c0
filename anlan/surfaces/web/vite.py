"""Where the front-end build put its files: the manifest, read again only when it changed."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

BUILD = Path(__file__).parent / "static" / "build"
MANIFEST = BUILD / "manifest.json"
ENTRIES = {"main": "src/main.ts", "app": "src/styles/app.css", "answer": "src/styles/answer.css"}


@lru_cache(maxsize=2)
def _read(stamp: float) -> dict[str, dict[str, Any]]:
    return dict(json.loads(MANIFEST.read_text(encoding="utf-8")))


def chunk(name: str) -> dict[str, Any]:
    """The manifest's entry of an entry point (`main`, `app`, `answer`) or of an island by its name."""
    if not MANIFEST.exists():
        raise ImproperlyConfigured(
            "The front end is not built. Run `make setup`, or `npm run build` in frontend/."
        )
    manifest = _read(MANIFEST.stat().st_mtime)
    key = ENTRIES.get(name, f"src/islands/{name}.ts")
    if key not in manifest:
        raise ImproperlyConfigured(f"The front-end build knows no {name!r}. Build it again.")
    return manifest[key]


def url_of(file: str) -> str:
    """The address of a built file. Their names carry their hash, so the static storage must not rename them."""
    return f"{settings.STATIC_URL}build/{file}"


def preloads(name: str) -> list[str]:
    """The chunks an entry or island imports, deepest last; each once."""
    manifest = _read(MANIFEST.stat().st_mtime)
    found: list[str] = []
    waiting = list(chunk(name).get("imports", []))
    while waiting:
        key = waiting.pop(0)
        file = str(manifest[key]["file"])
        if file not in found:
            found.append(file)
            waiting += manifest[key].get("imports", [])
    return found


def sheets(name: str) -> list[tuple[str]]:
    """The addresses of the style sheets an island brings along: linked early, its script does not wait for them."""
    return [(url_of(file),) for file in chunk(name).get("css", [])]
