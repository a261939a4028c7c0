"""One a web worker: hears the sequencer, reads the feed, tells the open streams.

A stream holds nothing but the set of its topics that have news: however slow a browser is, and however much
happens, it costs this process a few dozen words.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import close_old_connections, connection

from anlan.kernel.ledger.feed import last_seq, read_feed
from anlan.kernel.ledger.sequencer import FEED_CHANNEL
from anlan.surfaces.live.topics import News, hit, news_of

logger = logging.getLogger(__name__)

KEPT = 10_000  # entries a reconnecting browser can catch up with; one that missed more reloads its parts
READ = 2_000
LISTEN_SECONDS = 5.0  # a lost NOTIFY is made good after this
RETRY_SECONDS = 1.0


@dataclass(eq=False)
class Reader:
    """One open stream."""

    topics: Sequence[str]
    scope: Sequence[str]
    seq: int = 0
    pending: dict[str, int] = field(default_factory=dict)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, topics: Sequence[str], seq: int) -> None:
        self.pending.update(dict.fromkeys(topics, seq))
        if topics:
            self.woken.set()


class Hub:
    """Everything runs in the worker's event loop; only reading the feed goes to a thread."""

    def __init__(self) -> None:
        self.readers: set[Reader] = set()
        self.seq = 0
        self.kept: deque[News] = deque(maxlen=KEPT)
        self.since = 0  # news after this seq is in `kept`
        self.ready = asyncio.Event()
        self.closing = False
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="live")

    def join(self, reader: Reader, last: int | None) -> None:
        """Add a stream; `last` is the seq its browser saw. Missed more than is kept, or ahead: all is news."""
        self.readers.add(reader)
        reader.seq = self.seq
        if last is None or last == self.seq:
            return
        if last < self.since or last > self.seq:
            reader.tell(reader.topics, self.seq)
            return
        for news in self.kept:
            if news.seq > last:
                reader.tell(hit(reader.topics, news, reader.scope), news.seq)

    def leave(self, reader: Reader) -> None:
        self.readers.discard(reader)

    def close(self) -> None:
        """End every stream: a server that is told to stop waits for its open answers."""
        self.closing = True
        for reader in self.readers:
            reader.woken.set()

    async def run(self) -> None:
        """For the life of the worker; the database may go and come back."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as failure:
                logger.warning("live: %s; trying again", str(failure).strip())
            except Exception:
                logger.exception("live: trying again")
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        parameters = connection.get_connection_params()
        wanted = {k: parameters[k] for k in _CONNECTION if k in parameters}
        async with await psycopg.AsyncConnection.connect(**wanted, autocommit=True) as listener:
            await listener.execute(f"LISTEN {FEED_CHANNEL}")
            if not self.ready.is_set():
                self.seq = self.since = await self.in_thread(last_seq)
                self.ready.set()
            while True:
                await self._catch_up()
                async for _ in listener.notifies(timeout=LISTEN_SECONDS, stop_after=1):
                    pass

    async def _catch_up(self) -> None:
        while True:
            feed, news = await self.in_thread(_read, self.seq)
            if feed.reset:
                self._start_again(feed.seq)
                return
            moved = feed.seq > self.seq
            self._publish(news, feed.seq)
            if not moved:
                return

    def _publish(self, news: list[News], seq: int) -> None:
        for each in news:
            if len(self.kept) == KEPT:
                self.since = self.kept[0].seq
            self.kept.append(each)
            for reader in self.readers:
                reader.tell(hit(reader.topics, each, reader.scope), each.seq)
        self.seq = seq
        for reader in self.readers:
            reader.seq = seq

    def _start_again(self, seq: int) -> None:
        """An older backup was restored under us: what is on the pages is not what is in the database."""
        self.kept.clear()
        self.seq = self.since = seq
        for reader in self.readers:
            reader.seq = seq
            reader.tell(reader.topics, seq)

    async def in_thread(self, call: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.thread, _fresh, call, *arguments)


_CONNECTION = ("dbname", "user", "password", "host", "port", "requirepeer", "sslmode", "sslrootcert",
               "connect_timeout", "options")  # fmt: skip


def _fresh(call: Any, *arguments: Any) -> Any:
    close_old_connections()
    return call(*arguments)


def _read(after: int) -> tuple[Any, list[News]]:
    feed = read_feed(after=after, limit=READ)
    return feed, [
        news_of(
            seq=entry.position.seq,
            code=entry.code,
            subject_type=entry.subject_type,
            subject_id=entry.subject_id,
            region=entry.region,
        )
        for entry in feed.entries
    ]
