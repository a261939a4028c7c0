"""The door for a thousand answers a second: one thread a process commits what arrived within 10 ms together.

Each caller gets its answer only after the commit, so a 200 is a promise that survives kill -9.
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import close_old_connections

from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.messaging.answering import Clock, Given, Result, answer_all
from anlan.kernel.messaging.models import Answer

WINDOW_S = 0.010
MOST = 500  # answers a commit: bounds how long one transaction lasts

log = logging.getLogger(__name__)

Told = Result | Exception


@dataclass(slots=True)
class _Waiting:
    """An answer that came in, and who waits for it: a thread, or an event loop."""

    given: Given
    future: "Future[Answer] | asyncio.Future[Answer]"
    loop: asyncio.AbstractEventLoop | None = None
    came: float = field(default_factory=time.monotonic)

    def tell(self, told: Told) -> None:
        """Hand over the result; in the event loop's own thread where one waits."""
        if self.future.done():
            return  # whoever asked waited no longer
        if isinstance(told, Answer):
            self.future.set_result(told)
        else:
            self.future.set_exception(told)


class Gateway:
    """Collects answers and commits them in groups. Thread-safe; the thread starts with the first answer."""

    def __init__(self, *, time_of: Clock = clock.now, window_s: float = WINDOW_S) -> None:
        self._time_of = time_of
        self._window_s = window_s
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, given: Given) -> "Future[Answer]":
        """Hand in an answer; the future holds it once it is durable, or the Refused."""
        future: Future[Answer] = Future()
        self._put(_Waiting(given, future))
        return future

    def submit_here(self, given: Given) -> "asyncio.Future[Answer]":
        """The same for a coroutine: a whole group wakes its event loop once, not each answer by itself."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._put(_Waiting(given, future, loop))
        return future

    def stop(self) -> None:
        """Commit what is waiting and end the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _put(self, waiting: _Waiting) -> None:
        self._queue.put(waiting)
        if self._thread is None:
            with self._start:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="answers", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        while True:
            batch, last = self._collect()
            if batch:
                self._commit(batch)
            if last:
                close_old_connections()
                return

    def _collect(self) -> tuple[list[_Waiting], bool]:
        """Wait for one answer, then for its companions: those of the next 10 ms, or more if a commit took longer."""
        first = self._queue.get()
        if first is None:
            return [], True
        # Slept through in one go: to be woken by each companion would cost more than to commit it.
        time.sleep(max(0.0, first.came + self._window_s - time.monotonic()))
        batch = [first]
        while len(batch) < MOST:
            try:
                more = self._queue.get_nowait()
            except queue.Empty:
                break
            if more is None:
                return batch, True
            batch.append(more)
        return batch, False

    def _commit(self, batch: Sequence[_Waiting]) -> None:
        close_old_connections()  # a server restarted in the night must not cost more than one batch
        try:
            results: Sequence[Told] = answer_all([each.given for each in batch], clock=self._time_of)
        except Exception:
            # One answer whose handler fails must not take its companions' answers with it.
            log.exception("a group of %d answers failed; trying them one by one", len(batch))
            results = [self._alone(each.given) for each in batch]
        _tell(batch, results)

    def _alone(self, given: Given) -> Told:
        try:
            return answer_all([given], clock=self._time_of)[0]
        except Refused as refusal:
            return refusal
        except Exception as failure:
            log.exception("answer to %s failed", given.message_id)
            return failure


def _tell(batch: Sequence[_Waiting], results: Sequence[Told]) -> None:
    loops: dict[asyncio.AbstractEventLoop, list[tuple[_Waiting, Told]]] = {}
    for waiting, told in zip(batch, results, strict=True):
        if waiting.loop is None:
            waiting.tell(told)
        else:
            loops.setdefault(waiting.loop, []).append((waiting, told))
    for loop, pairs in loops.items():
        with suppress(RuntimeError):  # the loop was closed: nobody waits
            loop.call_soon_threadsafe(_tell_here, pairs)


def _tell_here(pairs: Sequence[tuple[_Waiting, Told]]) -> None:
    for waiting, told in pairs:
        waiting.tell(told)


gateway = Gateway()
