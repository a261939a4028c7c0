"""A cheap crowd: requests that are due at fixed times, over connections that stay open.

Open loop: a slow server does not slow the callers down, it makes them wait, and the wait counts from the due time. The
requests are bytes before the clock starts and an answer is looked at only for its status, its length and what
`found` is asked for, so that the crowd takes little of the cores that it shares with the server.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

TICK_S = 0.002


@dataclass
class Told:
    """What came back: the bodies of every 200, how long each took from its due time, how many failed."""

    bodies: list[bytes] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    took_s: float = 0.0
    cpu_s: float = 0.0  # of the crowd itself

    @property
    def rate(self) -> float:
        """Answers a second, from the first due time to the last answer."""
        return len(self.bodies) / self.took_s if self.took_s else 0.0

    def quantile(self, share: float) -> float:
        """Seconds that this share of the requests took at most."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class _Caller(asyncio.Protocol):
    """One connection: one request at a time."""

    def __init__(self, crowd: "Crowd") -> None:
        self.crowd, self.due, self.buffer = crowd, 0.0, b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.crowd.free.append(self)

    def ask(self, request: bytes, due: float) -> None:
        assert self.transport is not None
        self.due = due
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        data = self.buffer + data if self.buffer else data
        head, blank, body = data.partition(b"\r\n\r\n")
        if not blank or len(body) < int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]):
            self.buffer = data
            return
        self.buffer, due, self.due = b"", self.due, 0.0
        self.crowd.heard(head.startswith(b"HTTP/1.1 200"), body, due)
        self.crowd.free.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.crowd.lost(self)


class Crowd:
    """`callers` connections to one port of this machine."""

    def __init__(self, port: int, callers: int) -> None:
        self.port, self.callers = port, callers
        self.free: deque[_Caller] = deque()
        self.told = Told()
        self.waiting: deque[tuple[float, bytes]] = deque()
        self.left = 0

    async def ask(
        self, requests: Sequence[bytes], *, rate: float, then: Callable[[], None] | None = None
    ) -> Told:
        """Send every request at its time, `rate` a second; `then` is called when the last one has been due."""
        loop = asyncio.get_running_loop()
        for _ in range(self.callers):
            with suppress(OSError):
                await loop.create_connection(lambda: _Caller(self), "127.0.0.1", self.port)
        cpu, begin, sent = time.process_time(), time.perf_counter(), 0
        self.left = len(requests)
        while sent < len(requests):
            while sent < len(requests) and (due := begin + sent / rate) <= time.perf_counter():
                self.waiting.append((due, requests[sent]))
                sent += 1
            self._send()
            await asyncio.sleep(TICK_S)
        if then is not None:
            then()  # in the middle of it: some answers are on their way
        while self.left:
            self._send()
            await asyncio.sleep(TICK_S)
        self.told.took_s, self.told.cpu_s = time.perf_counter() - begin, time.process_time() - cpu
        for caller in self.free:
            if caller.transport is not None:
                caller.transport.close()
        return self.told

    def heard(self, well: bool, body: bytes, due: float) -> None:
        self.left -= 1
        if well:
            self.told.bodies.append(body)
            self.told.seconds.append(time.perf_counter() - due)
        else:
            self.told.failed += 1

    def lost(self, caller: _Caller) -> None:
        """The server went: what it still owed has failed, and so has what nobody is left to ask."""
        self.callers -= 1
        if caller.due:
            self.told.failed += 1
            self.left -= 1
        with suppress(ValueError):
            self.free.remove(caller)
        if not self.callers:
            self.told.failed += len(self.waiting)
            self.left -= len(self.waiting)
            self.waiting.clear()

    def _send(self) -> None:
        while self.free and self.waiting:
            due, request = self.waiting.popleft()
            self.free.popleft().ask(request, due)


def post(path: str, body: bytes) -> bytes:
    """A POST of JSON as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def cpu_s(*, group: int = 0, parent: int = 0) -> float:
    """Seconds of processor time that a process group, or a process with its children, has taken so far."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            pid, _, rest = stat.read_text().partition(" (")
            fields = rest.rpartition(") ")[2].split()
            if int(fields[2]) == group or parent in (int(pid), int(fields[1])):
                ticks += int(fields[11]) + int(fields[12])
    return ticks / 100
