"""Work made ready in a thread of its own while the last of it is being used."""

from collections.abc import Generator, Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
_LOOK_S = 0.2


class Ahead(Generic[T]):
    """Runs through an iterator up to `depth` items ahead of its reader. What it raises is raised to the reader."""

    def __init__(self, items: Generator[T, None, None], *, depth: int, stop: Event) -> None:
        self.items, self.stop = items, stop
        self.over = Event()  # the reader has gone
        self.ready: Queue[tuple[T | None, BaseException | None]] = Queue(depth)
        Thread(target=self._fill, name="ahead", daemon=True).start()

    def __iter__(self) -> Iterator[T]:
        try:
            while not self.stop.is_set():
                try:
                    item, failure = self.ready.get(timeout=_LOOK_S)
                except Empty:
                    continue
                if failure is not None:
                    raise failure
                if item is None:
                    return
                yield item
        finally:
            self.over.set()

    def _fill(self) -> None:
        try:
            for item in self.items:
                if not self._put(item, None):
                    return
        except BaseException as failure:
            self._put(None, failure)
        else:
            self._put(None, None)
        finally:
            self.items.close()  # a reader in a process of its own ends with it

    def _put(self, item: T | None, failure: BaseException | None) -> bool:
        while not (self.over.is_set() or self.stop.is_set()):
            try:
                self.ready.put((item, failure), timeout=_LOOK_S)
            except Full:
                continue
            return True
        return False
