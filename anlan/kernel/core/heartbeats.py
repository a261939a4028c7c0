"""Heartbeat rows: every process says every few seconds that it lives, and /health reads it."""

import logging
import os
import socket
from datetime import timedelta
from typing import Any

from django.db import Error, close_old_connections

from anlan.kernel.core import clock
from anlan.kernel.core.models import Process

logger = logging.getLogger(__name__)

BEAT_SECONDS = 3.0
STALE_SECONDS = 15.0
FORGOTTEN = timedelta(minutes=10)


def beat(kind: str, detail: dict[str, Any] | None = None) -> None:
    """Say that this process of that kind lives. A database that is away is no reason to die.

    The connection stays as it is: a leader's lock hangs on it.
    """
    now = clock.real_now()
    name = f"{kind}:{socket.gethostname()[:30]}:{os.getpid()}"
    try:
        Process.objects.update_or_create(
            name=name,
            defaults={"pid": os.getpid(), "beat_at": now, "detail": detail or {}},
            create_defaults={"pid": os.getpid(), "started_at": now, "beat_at": now, "detail": detail or {}},
        )
        Process.objects.filter(name__startswith=f"{kind}:", beat_at__lt=now - FORGOTTEN).delete()
    except Error as failure:
        logger.warning("heartbeat: %s", str(failure).strip())


def beat_in_thread(kind: str) -> None:
    """The same from a thread of a pool, where nobody else looks after the connection."""
    close_old_connections()
    beat(kind)
