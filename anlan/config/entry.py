"""The one port: `/live/` is answered in asyncio, tiles past Django, everything else by Django in a thread pool.

Django over ASGI answers a fifth as many requests; a second port would need a proxy in every bureau.
"""

import asyncio
import contextlib
import ctypes
import os
import signal
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from anlan.config import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
_application = get_wsgi_application()  # sets Django up: what follows may import models

from anlan.config.bridge import Pages  # noqa: E402
from anlan.kernel.core import heartbeats  # noqa: E402
from anlan.kernel.places.index.keeper import keeper  # noqa: E402
from anlan.surfaces.api.messaging import ANSWERS_PATH, answer_rsgi  # noqa: E402
from anlan.surfaces.live.hub import Hub  # noqa: E402
from anlan.surfaces.live.stream import answer_live  # noqa: E402
from anlan.surfaces.web.quick import answer_quick, quick  # noqa: E402

PR_SET_PDEATHSIG = 1


class Entry:
    """One a worker process; granian calls these three."""

    def __init__(self) -> None:
        self.pages = Pages(
            _application,
            threads=int(environment.text("ANLAN_THREADS", "8")),
            body_bytes=settings.ANLAN_BODY_BYTES,
            behind_proxy=environment.flag("ANLAN_BEHIND_PROXY"),
        )
        self.hub = Hub()
        self.tasks: list[asyncio.Task[None]] = []

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        # A killed granian must not leave workers that hold the port.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        # Beside granian's own handler, which asyncio calls through its wake-up pipe whatever stands here.
        signal.signal(signal.SIGTERM, lambda number, frame: loop.call_soon_threadsafe(self.hub.close))
        keeper.start()  # the map's rows, read in the background
        self.tasks = [
            loop.create_task(self.hub.run()),
            loop.create_task(self._beat(loop)),
        ]

    async def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        """Through the pool of the pages: a worker whose threads are all stuck does not live."""
        while True:
            await loop.run_in_executor(self.pages.pool, heartbeats.beat_in_thread, "web")
            await asyncio.sleep(heartbeats.BEAT_SECONDS)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        for task in self.tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(asyncio.gather(*self.tasks, return_exceptions=True))

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        if scope.proto != "http":
            proto.close(404)
        elif scope.path == "/live/":
            await answer_live(self.hub, scope, proto)
        elif scope.path == ANSWERS_PATH:
            await answer_rsgi(scope, proto)  # hundreds wait for one commit: no thread of the pages each
        elif (make := quick(scope)) is not None:
            await answer_quick(make, proto, self.pages.pool)
        else:
            await self.pages.answer(scope, proto)


app = Entry()
