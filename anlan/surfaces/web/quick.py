"""Tiles and counts of the map answered before Django, for a session whose reader was looked up moments ago.

A screen asks for them by the dozen, and the way through sessions, languages and messages takes longer than a tile. What
may be seen is what `mapping.sighted` found out for this session, for as long; whoever is not known goes through Django,
with all that a stranger is told there.
"""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import parse_cookie

from anlan.surfaces.web.pages.mapping import Answer, counts_of, seen_lately, tile_of

TILE = re.compile(r"/map/tiles/(\d{1,9})/(\d{1,9})/(\d{1,9})\.mvt")
COUNTS = "/map/counts.json"
MOST_WORDS = 50


def quick(scope: Any) -> Callable[[], Answer] | None:
    """What makes the answer to an RSGI request, in any thread; None where Django is to be asked."""
    if scope.method != "GET" or not scope.path.startswith("/map/"):
        return None
    make = _maker(scope)
    seen = _seen(scope) if make else None
    if make is None or seen is None:
        return None
    try:
        given = dict(parse_qsl(scope.query_string, keep_blank_values=True, max_num_fields=MOST_WORDS))
    except ValueError:
        return None
    return partial(make, seen, given)


def _maker(scope: Any) -> Callable[[tuple[str, ...], dict[str, str]], Answer] | None:
    if scope.path == COUNTS:
        return counts_of
    found = TILE.fullmatch(scope.path)
    if found is None:
        return None
    zoom, x, y = map(int, found.groups())
    known = str(scope.headers.get("if-none-match", ""))
    return lambda seen, given: tile_of(seen, given, zoom, x, y, known)


def _seen(scope: Any) -> tuple[str, ...] | None:
    cookies = parse_cookie("; ".join(scope.headers.get_all("cookie")))
    return seen_lately(cookies.get(settings.SESSION_COOKIE_NAME, ""))


async def answer_quick(make: Callable[[], Answer], proto: Any, pool: Executor) -> None:
    """Made in a thread: the event loop never waits for a tile."""
    answer = await asyncio.get_running_loop().run_in_executor(pool, make)
    proto.response_bytes(answer.status, list(answer.headers.items()), answer.body)
