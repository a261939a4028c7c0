"""The live engine kept up with what it was built of: stations declared, changed or retired, rules set anew.

Other processes write those; each leaves an entry in the ledger. Before a batch the process of the engine reads what the
feed has since, and builds the engine anew where the sensors, their marks or the allowed lateness have changed. A rule
that begins to hold today is found at the first batch of the day.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from anlan.domains.sensing.queries import engines
from anlan.domains.sensing.queries.setup import allowed_lateness, network
from anlan.kernel.core import rulesets
from anlan.kernel.ledger.feed import last_seq, read_feed

HEEDED = ("sensing.station", "rules.set")
_LIMIT = 500
_LOCAL = ZoneInfo("Asia/Shanghai")


@dataclass
class KeepingUp:
    """One a process. `lateness_s` of a world as it was read last."""

    seq: int | None = None
    _waits: dict[UUID | None, int] = field(default_factory=dict)
    _days: dict[UUID | None, date] = field(default_factory=dict)

    def heed(self, *, exercise_id: UUID | None, at: datetime) -> int:
        """Bring the engine of a world up to date; returns the seconds that it is to wait for late readings."""
        if self._something_changed():
            rulesets.forget()
            self._waits.clear()
        day = at.astimezone(_LOCAL).date()
        if exercise_id not in self._waits or self._days.get(exercise_id) != day:
            self._waits[exercise_id] = allowed_lateness(exercise_id=exercise_id, at=at)
            self._days[exercise_id] = day
            _rebuild(exercise_id, at, self._waits[exercise_id])
        return self._waits[exercise_id]

    def _something_changed(self) -> bool:
        if self.seq is None:  # what is read from now on is read fresh
            self.seq = last_seq()
            return True
        changed = False
        while True:
            feed = read_feed(after=self.seq, limit=_LIMIT, codes=HEEDED)
            changed = changed or feed.reset or bool(feed.entries)
            if feed.seq == self.seq:
                return changed
            self.seq = feed.seq


def _rebuild(exercise_id: UUID | None, at: datetime, lateness_s: int) -> None:
    """Let an engine go whose sensors, marks or lateness are others now; one that only names changed for goes on."""
    mine = engines.running(exercise_id)
    if mine is None:
        return
    slot_s = mine.network.setup.slot_s
    fresh = network(exercise_id=exercise_id, at=at, slot_s=slot_s, lateness_s=lateness_s)
    same = (
        fresh.digest == mine.network.digest
        and np.array_equal(fresh.ids, mine.network.ids)
        and fresh.setup.lateness == mine.network.setup.lateness
    )
    if same:
        mine.network = fresh
    else:
        engines.forget(exercise_id)
