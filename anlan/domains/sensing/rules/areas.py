"""Areas: what a street as a whole has reached, from its trusted stations only.

Two measures a street: the colour that at least n of its trusted gauges have (n is least(m), at most what there are),
and the mean of the trusted, covered gauges. One odd gauge therefore never colours a street that has others.
"""

from dataclasses import dataclass

import numpy as np

from anlan.domains.sensing.rules.ladder import COLOURS, Ladder, Rung, State
from anlan.domains.sensing.rules.ring import Bools, Ints, Longs

SHARED, MEAN = 0, 1


@dataclass(frozen=True)
class AreaSetup:
    """`area` gives each gauge its street's index. Marks of the mean are in 0.1 mm over window `mean_window`."""

    area: Longs
    areas: int
    least: int = 2
    mean_window: int = 1
    mean_rungs: tuple[tuple[int, int, int], ...] = ()  # colour, raise at, release at
    hold: tuple[int, int] = (0, 30)


class Areas:
    """Colours of all streets, evaluated in the same slots as their gauges."""

    def __init__(self, setup: AreaSetup) -> None:
        self.setup = setup
        shared = [Rung(SHARED, colour, colour, colour) for colour in range(1, len(COLOURS))]
        means = [Rung(MEAN, colour, up, down) for colour, up, down in setup.mean_rungs]
        self.ladder = Ladder(measures=2, sensors=setup.areas, rungs=[*shared, *means], hold=setup.hold)
        self.measured: Ints = np.zeros((2, setup.areas), np.int32)
        self._quiet = True

    def step(self, *, colour: np.ndarray, sums: Ints, covered: Bools, trusted: Bools) -> Longs:
        """One slot on; `sums` and `covered` are those of the mean's window. Returns streets whose colour changed."""
        least_mean = min((up for _, up, _ in self.setup.mean_rungs), default=0)
        if self._quiet and not colour.any() and not (least_mean and int(sums.max(initial=0)) >= least_mean):
            return np.empty(0, np.int64)
        self.measured[SHARED] = self._shared(colour, trusted)
        usable = trusted & covered
        number = self._count(usable)
        total = np.bincount(self.setup.area[usable], weights=sums[usable], minlength=self.setup.areas)
        self.measured[MEAN] = (total // np.maximum(number, 1)).astype(np.int32)
        known = np.stack([np.ones(self.setup.areas, np.bool_), number * 2 >= self._count(trusted)])
        changed = self.ladder.step(measured=self.measured, covered=known)
        self._quiet = not self.ladder.colour.any()
        return changed

    def _count(self, which: Bools) -> Longs:
        return np.bincount(self.setup.area[which], minlength=self.setup.areas)

    def _shared(self, colour: np.ndarray, trusted: Bools) -> Ints:
        """The highest colour that enough trusted gauges of a street have reached."""
        present = self._count(trusted)
        enough = np.clip(present, 1, self.setup.least)
        reached = np.zeros(self.setup.areas, np.int32)
        for k in range(1, int(colour.max(initial=0)) + 1):
            reached[self._count(trusted & (colour >= k)) >= enough] = k
        return reached

    def state(self) -> State:
        """What a restart cannot compute again."""
        return self.ladder.state()

    def restore(self, state: State) -> None:
        """Take up what `state` gave."""
        self.ladder.restore(state)
        self._quiet = not self.ladder.colour.any()
