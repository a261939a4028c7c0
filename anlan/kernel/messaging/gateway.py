"""The door for a thousand answers a second: one thread a process commits what arrived within 10 ms together.

Each caller gets its answer only after the commit, so a 200 is a promise that survives kill -9.
"""

import logging
import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future

from django.db import close_old_connections

from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.messaging.answering import Clock, Given, Result, answer_all
from anlan.kernel.messaging.models import Answer

WINDOW_S = 0.010
MOST = 500  # answers a commit: bounds how long one transaction lasts

log = logging.getLogger(__name__)

_Waiting = tuple[Given, "Future[Answer]"]


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
        self._queue.put((given, future))
        self._ensure_thread()
        return future

    def stop(self) -> None:
        """Commit what is waiting and end the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _ensure_thread(self) -> None:
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
        batch = [first]
        until = time.monotonic() + self._window_s
        while len(batch) < MOST:
            try:
                more = self._queue.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
            if more is None:
                return batch, True
            batch.append(more)
        return batch, False

    def _commit(self, batch: Sequence[_Waiting]) -> None:
        close_old_connections()  # a server restarted in the night must not cost more than one batch
        try:
            results: Sequence[Result | Exception] = answer_all(
                [given for given, _ in batch], clock=self._time_of
            )
        except Exception:
            # One answer whose handler fails must not take its companions' answers with it.
            log.exception("a group of %d answers failed; trying them one by one", len(batch))
            results = [self._alone(given) for given, _ in batch]
        for (_, future), result in zip(batch, results, strict=True):
            if isinstance(result, Answer):
                future.set_result(result)
            else:
                future.set_exception(result)

    def _alone(self, given: Given) -> Result | Exception:
        try:
            return answer_all([given], clock=self._time_of)[0]
        except Refused as refusal:
            return refusal
        except Exception as failure:
            log.exception("answer to %s failed", given.message_id)
            return failure


gateway = Gateway()
