"""The shell of the app: one page without anybody's data, its service worker and its manifest. All may be cached."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from anlan.surfaces.field.words import WORDS

BUILD = Path(__file__).parent / "static" / "build" / "field"
ENTRY, STYLE, WORKER = "src/main.ts", "src/field.css", "sw.js"  # the worker is built apart, into one file
LANGUAGES = ("zh-hans", "en")


@lru_cache(maxsize=2)
def _read(stamp: float) -> dict[str, dict[str, Any]]:
    return dict(json.loads((BUILD / "manifest.json").read_text(encoding="utf-8")))


def built() -> dict[str, dict[str, Any]]:
    """The manifest of the build, read again only when it changed."""
    path = BUILD / "manifest.json"
    if not path.exists():
        raise ImproperlyConfigured(
            "The field app is not built. Run `make setup`, or `npm run build` in frontend/."
        )
    return _read(path.stat().st_mtime)


def url_of(source: str) -> str:
    """The address of what was built from a source file."""
    return f"{settings.STATIC_URL}build/field/{built()[source]['file']}"


def first_files() -> list[str]:
    """What the phone fetches before it can work: script and style. With the page these are the first load."""
    return [url_of(ENTRY), url_of(STYLE)]


def later_files() -> list[str]:
    """What comes when the line is idle: the reader of QR codes for phones that have none of their own, the icons."""
    lazy = [row["file"] for row in built().values() if row.get("isDynamicEntry")]
    chunks = [f"{settings.STATIC_URL}build/field/{file}" for file in lazy]
    return [*sorted(chunks), static("field/icon-192.png"), static("field/icon-512.png")]


def words() -> dict[str, dict[str, str]]:
    """The app's words in both languages, so that it changes its language without a line."""
    said = {}
    for language in LANGUAGES:
        with override(language):
            said[language] = {key: str(text) for key, text in WORDS.items()}
    return said


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The one page of the app. Nobody's data is in it: it is cached on the phone."""
    urls = {
        "api": reverse("field:app") + "api/",
        "worker": reverse("field:worker"),
        "login": "/accounts/login/?next=",
        "me": "/patrols/me/",
    }
    context = {"script": url_of(ENTRY), "style": url_of(STYLE), "words": words(), "urls": urls}
    response = render(request, "field/shell.html", context)
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
def plate(request: HttpRequest, plate: str) -> HttpResponse:
    """What the QR code on a door says: it opens the app at this firm."""
    return HttpResponseRedirect(f"{reverse('field:app')}#/plate/{plate}")


@never_cache
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker with what belongs to this version. Its scope is /field/: other pages are never cached."""
    api = reverse("field:app") + "api/"
    known = {"page": reverse("field:app"), "api": api, "first": first_files(), "later": later_files()}
    said = json.dumps(known) + json.dumps(words(), sort_keys=True, ensure_ascii=False)
    known["version"] = hashlib.sha256((said + (_template())).encode()).hexdigest()[:16]
    code = (BUILD / WORKER).read_text(encoding="utf-8")
    return HttpResponse(
        f"self.SHELL={json.dumps(known)};\n{code}", content_type="text/javascript; charset=utf-8"
    )


def _template() -> str:
    return (Path(__file__).parent / "templates" / "field" / "shell.html").read_text(encoding="utf-8")


@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """What makes it installable."""
    start = reverse("field:app")
    icons = [
        {
            "src": static(f"field/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    said = {
        "id": start, "name": _("Anlan patrol"), "short_name": _("Anlan patrol"), "start_url": start, "scope": start,
        "display": "standalone", "orientation": "portrait", "background_color": "#ffffff", "theme_color": "#102624",
        "lang": "zh-CN", "icons": icons,
    }  # fmt: skip
    return JsonResponse(said, content_type="application/manifest+json")
