"""Rulesets as the engine wants them: marks of colours per sensor in stored integers, spans in slots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from anlan.domains.sensing.rules.ladder import COLOURS, NEVER, Rung
from anlan.domains.sensing.rules.ring import Ints, Longs
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

WINDOW_MINUTES = (5, 60, 180, 360, 720, 1440)
NO_WINDOW = reason(
    "sensing.no_window",
    N_("Rain is summed over 1, 3, 6, 12 or 24 hours; {hours} is none of them. Choose one."),
)


@dataclass(frozen=True)
class Mark:
    """A colour is reached at `raise_at` of a measure (minutes of a rain window; "value" or "rise" of water)."""

    measure: int | str
    colour: str
    raise_at: int
    release_at: int


@dataclass(frozen=True)
class SensorFacts:
    """What the engine must know of one sensor. `own` marks are the station's (warning stage …)."""

    number: int
    metric: str
    lon: float
    lat: float
    area: str
    every_s: int
    silent_s: int  # 0: never called silent
    marks: tuple[Mark, ...]
    low: int = 0
    high: int = 10_000
    jump: int = 500
    extra: Mapping[str, Any] = field(default_factory=dict)


def rain_marks_fit(table: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a table of rain marks that names a span which no window of the engine sums."""
    for number, row in enumerate(table, start=1):
        if row["hours"] * 60 not in WINDOW_MINUTES:
            raise Refused(NO_WINDOW, field=f"value.{number}.hours", hours=row["hours"])


def rain_marks(table: Sequence[Mapping[str, Any]], *, release_pct: int) -> tuple[Mark, ...]:
    """Rows {colour, hours, mm} of a signal standard."""
    return tuple(
        Mark(
            int(row["hours"] * 60),
            str(row["colour"]),
            _steps(row["mm"]),
            _steps(row["mm"]) * release_pct // 100,
        )
        for row in table
    )


def water_marks(table: Sequence[Mapping[str, Any]], *, measure: str, release_cm: float) -> tuple[Mark, ...]:
    """Rows {colour, cm}: reached at cm, let go `release_cm` below."""
    return tuple(
        Mark(measure, str(row["colour"]), _steps(row["cm"]), _steps(row["cm"] - release_cm)) for row in table
    )


def _steps(amount: float) -> int:
    return round(amount * 10)


def rungs(facts: Sequence[SensorFacts], measures: Sequence[int | str]) -> tuple[Rung, ...]:
    """Rungs of a bank: one a (measure, colour), with an array only where the sensors differ."""
    made = []
    for index, measure in enumerate(measures):
        for rank, colour in enumerate(COLOURS):
            pairs = [_pair(f, measure, colour) for f in facts] if colour else []
            raise_at = np.array([pair[0] for pair in pairs], np.int32)
            release_at = np.array([pair[1] for pair in pairs], np.int32)
            if not len(raise_at) or (raise_at == NEVER).all():
                continue
            if (raise_at == raise_at[0]).all() and (release_at == release_at[0]).all():
                made.append(Rung(index, rank, int(raise_at[0]), int(release_at[0])))
            else:
                made.append(Rung(index, rank, raise_at, release_at))
    return tuple(made)


def _pair(facts: SensorFacts, measure: int | str, colour: str) -> tuple[int, int]:
    found = [m for m in facts.marks if m.measure == measure and m.colour == colour]
    return (found[0].raise_at, found[0].release_at) if found else (NEVER, NEVER)


def windows_of(slot_s: int) -> tuple[int, ...]:
    """The rain windows, in minutes, that whole slots make up."""
    return tuple(m for m in WINDOW_MINUTES if m * 60 % slot_s == 0)


def slot_for(seconds: Longs, cadences: Sequence[int]) -> int:
    """The longest slot (60 s … 1 h) that no stamp and no cadence crosses: an hourly series needs no minutes."""
    for slot_s in (3600, 1800, 900, 600, 300):
        if all(c and c % slot_s == 0 for c in cadences) and not (seconds % slot_s).any():
            return slot_s
    return 60


def nearest_gauges(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], *, k: int, within_km: float
) -> Longs:
    """(n, k) indices of the nearest other gauges within a distance, nearest first, -1 where there are fewer.

    Gauges without a position (NaN) are nobody's neighbours.
    """
    near = np.full((len(lon), k), -1, np.int64)
    placed = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if len(placed) < 2:
        return near
    x = np.radians(lon) * np.cos(np.radians(lat[placed].mean())) * 6371.0
    y = np.radians(lat) * 6371.0
    # Squares as wide as the distance: a neighbour lies in the own square or in one of the eight around it.
    squares: dict[tuple[int, int], list[int]] = {}
    for s in placed.tolist():
        squares.setdefault((int(x[s] // within_km), int(y[s] // within_km)), []).append(s)
    for (a, b), members in squares.items():
        around = [s for i in (-1, 0, 1) for j in (-1, 0, 1) for s in squares.get((a + i, b + j), ())]
        pool = np.sort(np.array(around, np.int64))
        for s in members:
            away = np.hypot(x[pool] - x[s], y[pool] - y[s])
            order = np.lexsort((pool, away))
            found = pool[order][(away[order] <= within_km) & (pool[order] != s)][:k]
            near[s, : len(found)] = found
    return near


def spans(seconds: Ints, slot_s: int) -> Ints:
    """Seconds as whole slots, at least one."""
    return np.maximum(1, seconds // slot_s).astype(np.int32)
