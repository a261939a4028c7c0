"""Small engines for the tests: short windows, a few gauges."""

from dataclasses import replace

import numpy as np

from anlan.domains.sensing.rules.engine import RAIN, WATER, Setup
from anlan.domains.sensing.rules.ladder import Rung
from anlan.domains.sensing.rules.level import LevelSetup
from anlan.domains.sensing.rules.rain import RainSetup

WINDOWS = (5, 10, 20, 30)
MARKS = (((3, 200, 160),), ((2, 150, 120), (4, 400, 320)), (), ((1, 300, 240), (3, 600, 480)))
HOLD = (0, 2, 0, 5)


def rungs(marks: tuple[tuple[tuple[int, int, int], ...], ...] = MARKS) -> tuple[Rung, ...]:
    """Rungs of the tables above, one table a window."""
    return tuple(Rung(w, *mark) for w, table in enumerate(marks) for mark in table)


def no_water() -> LevelSetup:
    """A bank without sensors."""
    none = np.zeros(0, np.int32)
    return LevelSetup(rungs=(), hold=(0, 0), every=none, silent_after=none, stale=none, jump=none, floor=none)


def rain_setup(gauges: int, **changes: object) -> RainSetup:
    """Gauges that report every slot, without neighbours and checks unless asked for."""
    setup = RainSetup(
        windows=WINDOWS,
        rungs=rungs(),
        hold=HOLD,
        every=np.ones(gauges, np.int32),
        silent_after=np.zeros(gauges, np.int32),
        neighbours=np.full((gauges, 6), -1, np.int64),
        quality=False,
    )
    return replace(setup, **changes)  # type: ignore[arg-type]


def rain_only(gauges: int, *, lateness: int = 0, **changes: object) -> Setup:
    """An engine's setup with gauges alone."""
    kind = np.full(gauges, RAIN, np.uint8)
    return Setup(kind=kind, rain=rain_setup(gauges, **changes), water=no_water(), lateness=lateness)


def water_only(sensors: int, **changes: object) -> Setup:
    """An engine's setup with water sensors alone: yellow 15, orange 27, red 40 cm; 30 cm in 10 slots orange."""
    setup = LevelSetup(
        rungs=(Rung(0, 2, 150, 120), Rung(0, 3, 270, 220), Rung(0, 4, 400, 350), Rung(1, 3, 300, 200)),
        hold=(3, 3),
        every=np.ones(sensors, np.int32),
        silent_after=np.full(sensors, 30, np.int32),
        stale=np.full(sensors, 3, np.int32),
        jump=np.full(sensors, 500, np.int32),
        floor=np.zeros(sensors, np.int32),
        rise_span=10,
        stuck_after=60,
    )
    setup = replace(setup, **changes)  # type: ignore[arg-type]
    return Setup(kind=np.full(sensors, WATER, np.uint8), rain=rain_setup(0), water=setup)
