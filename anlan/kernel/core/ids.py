"""Identifiers that can be made offline: UUIDv7 (RFC 9562), ordered by time within one process."""

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A UUIDv7 that is greater than every other one this process has made."""
    global _last
    with _lock:
        # 48 bits of milliseconds and 12 bits of sub-millisecond make one 60-bit counter: two ids of the
        # same instant still differ in order, because the counter is pushed on by one.
        nanos = time.time_ns()
        tick = (nanos // 1_000_000 << 12) | (nanos % 1_000_000 * 4096 // 1_000_000)
        _last = max(tick, _last + 1)
        tick = _last
    milliseconds, sub = tick >> 12, tick & 0xFFF
    tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | sub << 64 | 0b10 << 62 | tail)
