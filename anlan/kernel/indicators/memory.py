"""Readings that belong together are computed once: a report reads the same rows for many of its numbers.

Inside `together()` each set of rows is gone through once. With `keep=True` results also outlive the process: a reading
with a fixed `as_of` counts rows that are only ever added, so it comes out the same tomorrow. That is for reports, whose
`as_of` stands still and lies behind what is being written; a page that follows the day reads anew.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import Any, TypeVar

from django.core.cache import cache

T = TypeVar("T")
KEPT_SECONDS = 86_400
_NOTHING = object()


class _Memory:
    def __init__(self, *, keep: bool) -> None:
        self.keep = keep
        self.known: dict[str, Any] = {}
        self.fresh: dict[str, Any] = {}


_memory: ContextVar[_Memory | None] = ContextVar("indicators_memory", default=None)


@contextmanager
def together(*, keep: bool = False) -> Iterator[None]:
    """Compute what is read inside at most once. Inside another `together` it does nothing of its own."""
    if _memory.get() is not None:
        yield
        return
    token = _memory.set(_Memory(keep=keep))
    try:
        yield
    finally:
        held = _memory.get()
        _memory.reset(token)
        if held is not None and held.keep and held.fresh:
            cache.set_many(held.fresh, KEPT_SECONDS)


def expect(keys: list[str]) -> None:
    """Fetch many kept results in one statement before they are asked for one by one."""
    held = _memory.get()
    if held is not None and held.keep:
        held.known |= cache.get_many([key for key in keys if key not in held.known])


def once(key: str, compute: Callable[[], T], *, keep: bool = True) -> T:
    """The result under a key: computed the first time it is asked for. `keep=False`: never beyond this process."""
    held = _memory.get()
    if held is None:
        return compute()
    if key not in held.known:
        found: Any = cache.get(key, _NOTHING) if held.keep and keep else _NOTHING
        if found is _NOTHING:
            found = compute()
            if keep:
                held.fresh[key] = found
        held.known[key] = found
    result: T = held.known[key]
    return result


def key_of(*parts: object) -> str:
    """A key of fixed length for what is asked."""
    return "indicators:" + sha256("|".join(map(repr, parts)).encode()).hexdigest()[:40]
