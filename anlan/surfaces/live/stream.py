"""`GET /live/?topics=warnings,dangers:440399001`: server-sent events with topic and seq, nothing else.

    event: topic        id: 4711    data: {"topic": "warnings", "seq": 4711}
    event: beat         id: 4711    data: {}

The page fetches its own authorised fragment. `Last-Event-ID` (or `last=` in the query, for a new set of topics)
resumes. 401 without a session of a person in office, 503 when too many streams are open here.
"""

import asyncio
import json
from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from anlan.kernel.core import clock
from anlan.kernel.orgs.queries import scope_of
from anlan.surfaces.live.hub import Hub, Reader
from anlan.surfaces.live.topics import parse

MOST_STREAMS = 2_000
BEAT_SECONDS = 15.0
GATHER_SECONDS = 0.25  # what happens within it is told at once
CHECK_BEATS = 4  # every minute: is this session still one?
READY_SECONDS = 10.0
HEADERS = [
    ("content-type", "text/event-stream; charset=utf-8"),
    ("cache-control", "no-store"),
    ("x-accel-buffering", "no"),
    ("x-content-type-options", "nosniff"),
]


async def answer_live(hub: Hub, scope: Any, proto: Any) -> None:
    """Authorise, then keep telling until the browser goes or the session ends."""
    if scope.method != "GET":
        return _refuse(proto, 405)
    if hub.closing or len(hub.readers) >= MOST_STREAMS:
        return _refuse(proto, 503)
    key = session_key(scope.headers.get("cookie", ""))
    regions = await hub.in_thread(scope_of_session, key) if key else None
    if regions is None:
        return _refuse(proto, 401)
    try:
        await asyncio.wait_for(hub.ready.wait(), READY_SECONDS)
    except TimeoutError:
        return _refuse(proto, 503)
    query = parse_qs(scope.query_string)
    reader = Reader(parse(",".join(query.get("topics", []))), regions)
    hub.join(reader, _last(scope, query))
    gone = asyncio.ensure_future(proto.client_disconnect())
    try:
        await _tell(hub, reader, proto.response_stream(200, HEADERS), gone, key)
    finally:
        hub.leave(reader)
        gone.cancel()


async def _tell(hub: Hub, reader: Reader, transport: Any, gone: "asyncio.Future[None]", key: str) -> None:
    await transport.send_str(f"retry: 2000\n\n{_beat(reader)}")
    beats = 0
    while not gone.done():
        woken = await _woken(reader, gone)
        if hub.closing:
            return
        if woken:
            await asyncio.sleep(GATHER_SECONDS)
            await transport.send_str(_news(reader))
            continue
        if gone.done():
            return
        beats += 1
        if beats % CHECK_BEATS == 0 and await hub.in_thread(scope_of_session, key) is None:
            return
        await transport.send_str(_beat(reader))


async def _woken(reader: Reader, gone: "asyncio.Future[None]") -> bool:
    """True when there is news; False at the beat, or when the browser went."""
    waiting = asyncio.ensure_future(reader.woken.wait())
    either: set[asyncio.Future[Any]] = {waiting, gone}
    try:
        await asyncio.wait(either, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    return reader.woken.is_set() and not gone.done()


def _news(reader: Reader) -> str:
    pending, reader.pending = reader.pending, {}
    reader.woken.clear()
    lines = [
        f"event: topic\nid: {seq}\ndata: {json.dumps({'topic': topic, 'seq': seq})}\n\n"
        for topic, seq in sorted(pending.items(), key=lambda pair: pair[1])
    ]
    return "".join(lines)


def _beat(reader: Reader) -> str:
    return f"event: beat\nid: {reader.seq}\ndata: {{}}\n\n"


def _last(scope: Any, query: dict[str, list[str]]) -> int | None:
    """The later of header and query: a browser that reconnects repeats the query it began with."""
    given = [scope.headers.get("last-event-id", ""), *query.get("last", [])]
    known = [int(text) for text in given if text.isdecimal() and len(text) < 19]
    return max(known) if known else None


def _refuse(proto: Any, status: int) -> None:
    proto.response_empty(status, [("cache-control", "no-store"), ("content-length", "0")])


def session_key(cookies: str) -> str:
    """The session cookie out of a Cookie header; empty when there is none."""
    try:
        morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def scope_of_session(key: str) -> Sequence[str] | None:
    """The subtrees its person sees; None when nobody is signed in with it. An account without a person (an
    administrator's) hears only what has no place.
    """
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    account = get_user(request)
    if not account.is_authenticated or not account.is_active:
        return None
    person = getattr(account, "person", None)
    return scope_of(person, at=clock.real_now()) if person is not None else []
