"""One a web process: reads the rows at the start, follows the ledger's feed, and holds the snapshot readers use."""

import logging
import time
from threading import Event, Lock, Thread
from typing import Any

from django.db import close_old_connections, connection

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.feed import last_seq, read_feed
from anlan.kernel.places.index import reading
from anlan.kernel.places.index.snapshot import Snapshot
from anlan.kernel.places.index.tiles import Tiles
from anlan.kernel.places.spec import Layer

logger = logging.getLogger(__name__)

PAUSE_S = 0.5  # the sequencer places entries within a second; half a second later they are on the map
RETRY_S = 5.0
ENTRIES = 2_000

BUILDING = reason(
    "places.map_building", N_("The map is still being put together. Ask again in a few seconds.")
)


class Keeper:
    """`current` is the snapshot of now, or None while there is none. Readers take it once and keep it."""

    def __init__(self) -> None:
        self.tiles = Tiles()
        self._forget()
        self._stop = Event()
        self._lock = Lock()  # one reader of rows at a time
        self._thread: Thread | None = None

    def _forget(self) -> None:
        self.current: Snapshot | None = None
        self.layers: list[Layer] = []
        self.state = "off"  # off | building | ready | failed
        self.built_s = 0.0
        self.said = ""

    def start(self) -> None:
        """Build in the background and follow the feed until `stop`."""
        if self._thread is None or not self._thread.is_alive():
            self._stop.clear()
            self._thread = Thread(target=self._run, name="map", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread and let the rows go."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)
            self._thread = None
        self._forget()

    def ready(self) -> Snapshot:
        """The snapshot of now. Raises `Refused` places.map_building while the thread has none yet.

        A process that keeps none (a verb, a test) reads one for this question alone: it could not keep it fresh.
        """
        if self.current is not None:
            return self.current
        if self._thread is not None:
            raise Refused(BUILDING, field="area")
        return reading.read_all(last_seq())[0]

    def detail(self) -> dict[str, Any]:
        """For /health: state, rows, place in the feed, seconds the building took."""
        now = self.current
        found = {"state": self.state, "rows": len(now) if now else 0, "seq": now.seq if now else 0}
        return {**found, "built_s": round(self.built_s, 2), **({"said": self.said} if self.said else {})}

    def rebuild(self) -> Snapshot:
        """Read every row anew."""
        with self._lock:
            self.state = "building"
            begun = time.monotonic()
            # From before the reading: what is written meanwhile is read twice, never missed.
            snapshot, self.layers = reading.read_all(last_seq())
            self._show(snapshot)
            self.built_s, self.state, self.said = time.monotonic() - begun, "ready", ""
            return snapshot

    def refresh(self) -> int:
        """Read again what the feed names since the last time. Returns how many ids that were."""
        if self.current is None:
            self.rebuild()
            return 0
        try:
            return self._follow()
        except reading.UnknownNameError:
            self.rebuild()
            return 0

    def _follow(self) -> int:
        number = 0
        codes = tuple(dict.fromkeys(code for layer in self.layers for code in layer.entries))
        while (now := self.current) is not None:
            feed = read_feed(after=now.seq, limit=ENTRIES, codes=codes)
            if feed.reset:  # an older backup was restored under us
                self.rebuild()
                return number
            if feed.seq == now.seq:
                break
            with self._lock:
                for code, ids in reading.touched(feed.entries, self.layers).items():
                    layer = next(each for each in self.layers if each.code == code)
                    now = reading.read_again(now, layer, ids)
                    number += len(ids)
                self._show(now.at(feed.seq))
        return number

    def _show(self, snapshot: Snapshot) -> None:
        """Everything a reader would wait for is made before it can see the snapshot."""
        if snapshot.heavy:
            snapshot = snapshot.merged()
        base = snapshot.base
        assert len(base.by_hash[0]) == len(base.sums) - 1 == int(base.histogram.sum())  # made once, here
        if self.current is not None and self.current.base is not base:
            self.tiles.views.follow(self.current, snapshot)
        self.current = snapshot

    def _run(self) -> None:
        while not self._stop.is_set():
            pause = PAUSE_S
            try:
                close_old_connections()
                self.refresh()
            except (
                Exception
            ) as failure:  # the map must come back by itself, whatever a layer or the database did
                logger.exception("map: trying again in %s s", RETRY_S)
                self.state, self.said, pause = "failed", type(failure).__name__, RETRY_S
            self._stop.wait(pause)
        connection.close()


keeper = Keeper()
