"""The event stream: which topics, for whom, and what a browser that comes back is told."""

import asyncio
import json
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client

from anlan.kernel.core import clock
from anlan.kernel.ledger.actions import record
from anlan.kernel.ledger.registry import register_codes
from anlan.kernel.ledger.sequencer import sequence_all
from anlan.kernel.orgs.models import Account
from anlan.surfaces.live.hub import Hub, Reader
from anlan.surfaces.live.stream import answer_live
from anlan.surfaces.live.topics import hit, news_of, parse, visible

DISTRICT, STREET, OTHER = "440399000000", "440399001000", "440399002000"


def news(*, code="loop.moved", subject="dangers.danger", subject_id="d1", region=STREET, seq=1):
    return news_of(seq=seq, code=code, subject_type=subject, subject_id=subject_id, region=region)


@pytest.mark.parametrize(
    ("topic", "told"),
    [
        ("dangers", True),
        ("loop", True),
        ("warnings", False),
        ("dangers:d1", True),
        ("dangers:d2", False),
        ("dangers:440399001", True),
        ("dangers:440399001000", True),
        ("dangers:440399", True),
        ("dangers:440399002", False),
    ],
)
def test_a_topic_is_a_subject_a_subtree_or_one_thing(topic, told):
    assert bool(hit([topic], news(), ["440399"])) is told


def test_what_happens_elsewhere_is_no_news_and_what_happens_above_is():
    assert hit(["dangers"], news(region=OTHER), ["440399001"]) == []
    assert hit(["dangers"], news(region=DISTRICT), ["440399001"]) == ["dangers"]
    assert visible("", [])


def test_words_that_are_no_topics_are_left_out():
    assert parse("dangers,Dangers,'; drop,warnings:440399,dangers") == ["dangers", "warnings:440399"]
    assert len(parse(",".join(f"t{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(200)))) == 60


def test_a_browser_that_missed_more_than_is_kept_is_told_everything():
    hub = Hub()
    hub.seq = hub.since = 50
    back, ahead, here = (Reader(["dangers", "warnings"], ["440399"]) for _ in range(3))
    hub.join(back, 49)
    hub.join(ahead, 51)
    hub.join(here, 50)
    assert back.pending == ahead.pending == {"dangers": 50, "warnings": 50}
    assert here.pending == {}


def test_a_slow_browser_costs_one_word_a_topic():
    hub = Hub()
    reader = Reader(["dangers"], ["440399"])
    hub.join(reader, None)
    hub._publish([news(seq=n) for n in range(1, 5001)], 5000)
    assert reader.pending == {"dangers": 5000}


class Headers(dict):
    pass


class Scope:
    method = "GET"

    def __init__(self, query="", **headers):
        self.query_string = query
        self.headers = Headers(headers)


class Proto:
    """What granian hands over, as far as the stream uses it."""

    def __init__(self):
        self.status = None
        self.sent = asyncio.Queue()
        self.gone = asyncio.Event()

    async def client_disconnect(self):
        await self.gone.wait()

    def response_empty(self, status, headers):
        self.status = status

    def response_stream(self, status, headers):
        self.status = status
        return self

    async def send_str(self, text):
        await self.sent.put(text)


@asynccontextmanager
async def streaming(scope):
    hub, proto = Hub(), Proto()
    listening = asyncio.create_task(hub.run())
    answering = asyncio.create_task(answer_live(hub, scope, proto))
    try:
        yield proto, answering
    finally:
        proto.gone.set()
        await asyncio.wait({answering}, timeout=5)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await hub.in_thread(connections.close_all)
        hub.thread.shutdown()


def happen():
    record(
        code="live.happened",
        subject=("live.thing", uuid4()),
        facts={},
        by="service:test",
        at=clock.real_now(),
    )
    sequence_all()
    connections.close_all()  # this thread's


@pytest.fixture
def cookie(transactional_db):
    register_codes({"live.happened": "It happened"})
    client = Client()
    client.force_login(
        Account.objects.create_user("listener"), backend="django.contrib.auth.backends.ModelBackend"
    )
    return f"other=1; anlan_session={client.cookies['anlan_session'].value}"


def test_an_entry_reaches_an_open_stream_as_topic_and_seq(cookie):
    async def listen():
        async with streaming(Scope("topics=live,dangers", cookie=cookie)) as (proto, _):
            first = await asyncio.wait_for(proto.sent.get(), 10)
            await asyncio.to_thread(happen)
            return first, await asyncio.wait_for(proto.sent.get(), 10)

    first, told = asyncio.run(listen())
    assert "retry: 2000" in first and "event: beat" in first
    event, number, data = told.strip().split("\n")
    assert (event, number) == ("event: topic", "id: 1")
    assert json.loads(data.removeprefix("data: ")) == {"topic": "live", "seq": 1}


def test_nobody_listens_without_a_session(transactional_db):
    async def knock(scope):
        async with streaming(scope) as (proto, answering):
            await asyncio.wait({answering}, timeout=10)
            return proto.status

    assert asyncio.run(knock(Scope("topics=live"))) == 401
    assert asyncio.run(knock(Scope("topics=live", cookie="anlan_session=guessed"))) == 401
