"""Readings that belong together are computed once: a report reads the same rows for many of its numbers.

Inside `together()` each set of rows is gone through once. `together(keep="name of the report")` also outlives the
process: a reading with a fixed `as_of` counts rows that are only ever added, so it comes out the same tomorrow. That is
for reports, whose `as_of` stands still and lies behind what is being written; a page that follows the day reads anew.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import Any, TypeVar

from django.core.cache import cache

T = TypeVar("T")
KEPT_SECONDS = 86_400


class _Memory:
    """What was computed: `known` in this process, `kept` beyond it."""

    def __init__(self, kept: dict[str, Any]) -> None:
        self.known: dict[str, Any] = dict(kept)
        self.kept = kept
        self.grew = False


_memory: ContextVar[_Memory | None] = ContextVar("indicators_memory", default=None)


@contextmanager
def together(*, keep: str = "") -> Iterator[None]:
    """Compute what is read inside at most once. Inside another `together` it does nothing of its own."""
    if _memory.get() is not None:
        yield
        return
    name = key_of("kept", keep)
    held = _Memory(cache.get(name, {}) if keep else {})
    token = _memory.set(held)
    try:
        yield
    finally:
        _memory.reset(token)
        if keep and held.grew:
            cache.set(name, held.kept, KEPT_SECONDS)


def once(key: str, compute: Callable[[], T], *, keep: bool = True) -> T:
    """The result under a key: computed the first time it is asked for. `keep=False`: never beyond this process."""
    held = _memory.get()
    if held is None:
        return compute()
    if key not in held.known:
        held.known[key] = compute()
        if keep:
            held.kept[key] = held.known[key]
            held.grew = True
    result: T = held.known[key]
    return result


def key_of(*parts: object) -> str:
    """A key of fixed length for what is asked."""
    return "indicators:" + sha256("|".join(map(repr, parts)).encode()).hexdigest()[:40]
