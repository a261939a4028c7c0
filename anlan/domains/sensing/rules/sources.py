"""What a source says about its own data: the unit, which end of the interval a stamp names, the zone of naive stamps,
and which numbers are words. A source that says nothing of a number gets it read as a number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from anlan.domains.sensing.rules.faults import MISSING
from anlan.domains.sensing.rules.ring import Ints, Longs

RAIN_MM, LEVEL_CM, DEPTH_CM = "rain_mm", "level_cm", "depth_cm"
METRICS = (RAIN_MM, LEVEL_CM, DEPTH_CM)
MILLIMETRES = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "inch": 25.4, "ft": 304.8}
# One step of a stored integer: 0.1 mm of rain, 0.1 cm of water.
STEPS_PER_MM = {RAIN_MM: 10.0, LEVEL_CM: 1.0, DEPTH_CM: 1.0}
GREATEST = 2**30


@dataclass(frozen=True)
class Source:
    """A declaration. `sentinels`: number → "none" (nothing fell: zero) or "missing" (no value; the device lives)."""

    metric: str = RAIN_MM
    unit: str = "mm"
    stamp: str = "end"  # end | start of the interval that an amount fell in
    zone: str = "UTC"
    sentinels: dict[float, str] = field(default_factory=dict)

    def problems(self) -> list[str]:
        """What cannot be meant."""
        wrong = [f"metric {self.metric}"] if self.metric not in METRICS else []
        wrong += [f"unit {self.unit}"] if self.unit not in MILLIMETRES else []
        wrong += [f"interval {self.stamp}"] if self.stamp not in ("start", "end") else []
        return wrong + [
            f"sentinel {k}={v}" for k, v in self.sentinels.items() if v not in ("none", "missing")
        ]

    @property
    def scale(self) -> float:
        """Stored integers in one unit of the source."""
        return MILLIMETRES[self.unit] * STEPS_PER_MM[self.metric]

    def read(self, given: npt.NDArray[np.float64]) -> tuple[Ints, npt.NDArray[np.int16]]:
        """Numbers of the source as stored integers, with flags. What is no number (NaN, a sentinel for missing)
        becomes 0 with MISSING; whether a sensor can measure so much is asked when the reading is taken in."""
        flags = np.zeros(len(given), np.int16)
        given = given.copy()
        for number, meaning in self.sentinels.items():
            which = given == number
            given[which] = 0.0
            flags[which] |= MISSING if meaning == "missing" else 0
        lost = ~np.isfinite(given)
        flags[lost] |= MISSING
        given[lost] = 0.0
        return np.clip(np.rint(given * self.scale), -GREATEST, GREATEST).astype(np.int32), flags


def parse_sentinels(words: Sequence[str]) -> dict[float, str]:
    """["-998=none", "-999=missing", "-9999"] as a table; a bare number is missing."""
    found = {}
    for word in words:
        number, _, meaning = word.partition("=")
        found[float(number)] = meaning or "missing"
    return found


def cadence(seconds: Longs) -> int:
    """Seconds between readings of one sensor, as most of them are spaced; 0 where there are fewer than two."""
    steps = np.diff(np.unique(seconds))
    if not len(steps):
        return 0
    sizes, times = np.unique(steps, return_counts=True)
    common = int(sizes[np.argmax(times)])
    # A sensor that speaks irregularly has no common step: the middle one says how often it speaks.
    return common if times.max() * 2 >= len(steps) else int(np.median(steps))
