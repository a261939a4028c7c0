"""The same rules said plainly: dictionaries and loops, no arrays, one gauge after another. Slow and easy to believe.

Tests hold the engine to this, event by event; `anlan bench windows` prints how much faster the engine is. It knows
windows, gaps, hysteresis, doubles, lateness and corrections; not the checks of quality.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Event = tuple[int, int, int, int, int, int]  # slot, gauge, colour before, after, window, its sum
Reading = tuple[int, int, int, bool]  # gauge, second, value, correction


@dataclass
class Gauge:
    """One gauge: its readings by slot and second, its sums, and the colour that each window holds."""

    readings: dict[int, dict[int, int]] = field(default_factory=dict)
    sums: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    timers: list[int] = field(default_factory=list)
    colour: int = 0
    carrier: int = 0


class Oracle:
    """`rungs[w]`: (colour, raise at, release at) in ascending colour; `every`: slots between readings."""

    def __init__(
        self,
        *,
        gauges: int,
        windows: Sequence[int],
        rungs: Sequence[Sequence[tuple[int, int, int]]],
        hold: Sequence[int],
        every: int = 1,
        covered_pct: int = 90,
        lateness: int = 0,
        start: int = 0,
        slot_s: int = 60,
    ) -> None:
        self.windows, self.rungs, self.hold, self.every = windows, rungs, hold, every
        self.need = [max(1, width * covered_pct // (100 * every)) for width in windows]
        self.now, self.lateness, self.slot_s = start, lateness, slot_s
        n = len(windows)
        self.gauges = [Gauge({}, [0] * n, [0] * n, [0] * n, [0] * n) for _ in range(gauges)]

    def take(self, readings: Iterable[Reading]) -> list[Event]:
        """A batch in; the changes of colour it led to, out."""
        events: list[Event] = []
        late: dict[int, None] = {}
        latest = self.now
        ahead = []
        for reading in readings:
            slot = -(-reading[1] // self.slot_s)
            latest = max(latest, slot - self.lateness)
            if slot <= self.now:
                if self._put(reading, slot):
                    late[reading[0]] = None
            else:
                ahead.append((slot, reading))
        for number in sorted(late):
            self._lift(number, events)
        for slot, reading in ahead:
            self._put(reading, slot)
        while self.now < latest:
            self.now += 1
            for number, gauge in enumerate(self.gauges):
                self._advance(number, gauge, events)
        return events

    def _put(self, reading: Reading, slot: int) -> bool:
        number, at, value, correction = reading
        gauge = self.gauges[number]
        if slot <= self.now - max(self.windows):
            return False
        known = gauge.readings.setdefault(slot, {})
        if at in known and not correction:
            return False
        change, fresh = value - known.get(at, 0), not known
        known[at] = value
        for w, width in enumerate(self.windows):
            if self.now - width < slot <= self.now:
                gauge.sums[w] += change
                gauge.counts[w] += fresh
        return slot <= self.now

    def _advance(self, number: int, gauge: Gauge, events: list[Event]) -> None:
        here = gauge.readings.get(self.now)
        for w, width in enumerate(self.windows):
            if here is not None:
                gauge.sums[w] += sum(here.values())
                gauge.counts[w] += 1
            gone = gauge.readings.get(self.now - width)
            if gone is not None:
                gauge.sums[w] -= sum(gone.values())
                gauge.counts[w] -= 1
            self._climb(gauge, w)
        gauge.readings.pop(self.now - max(self.windows), None)
        self._tell(number, gauge, events)

    def _climb(self, gauge: Gauge, w: int) -> None:
        total, level = gauge.sums[w], gauge.levels[w]
        up, keep = self._marks(total, w)
        if up > level:
            gauge.levels[w], gauge.timers[w] = up, 0
        elif keep >= level:
            gauge.timers[w] = 0
        elif gauge.counts[w] >= self.need[w]:
            gauge.timers[w] += 1
            if gauge.timers[w] >= self.hold[w]:
                gauge.levels[w], gauge.timers[w] = keep, 0

    def _lift(self, number: int, events: list[Event]) -> None:
        gauge = self.gauges[number]
        for w, total in enumerate(gauge.sums):
            up, keep = self._marks(total, w)
            gauge.levels[w] = max(gauge.levels[w], up)
            if keep >= gauge.levels[w]:
                gauge.timers[w] = 0
        self._tell(number, gauge, events)

    def _marks(self, total: int, w: int) -> tuple[int, int]:
        up = keep = 0
        for colour, raise_at, release_at in self.rungs[w]:
            if total >= raise_at:
                up = colour
            if total >= release_at:
                keep = colour
        return up, keep

    def _tell(self, number: int, gauge: Gauge, events: list[Event]) -> None:
        colour = max(gauge.levels)
        if colour != gauge.colour:
            if colour:
                gauge.carrier = gauge.levels.index(colour)
            w = gauge.carrier
            events.append((self.now, number, gauge.colour, colour, w, gauge.sums[w]))
            gauge.colour = colour
