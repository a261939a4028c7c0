"""The demo's storm, reconstructed from published figures of the Shenzhen record rain of 7 and 8 September 2023.

Published and kept here as facts: the greatest amount of each window with its length (1 h 116.8 mm … 48 h 575.8 mm) and
Bao'an's district mean from 17:00 to 06:00 (169.5 mm). Everything else, where each drop fell and when, is ours: pure
NumPy, one seed. Window maxima are met by nested rings of falling intensity around a peak: whatever the split before and
after the peak, the greatest sum of each ring's length is that ring's amount.

Amounts are integers of 0.1 mm a minute, stamped with the end of the minute; stages and depths integers of 0.1 cm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SEED = 20230907
START = datetime(2023, 9, 6, 16, 0, tzinfo=UTC)  # 00:00 on the 7th, local
MINUTES = 72 * 60
SOURCE_ZH = "据 2023-09-07 深圳特大暴雨公开数据重构"
SOURCE_EN = "reconstructed from published figures of the Shenzhen record rain"

# minutes → mm, the greatest anywhere; from the bureau's bulletins.
PUBLISHED = {60: 116.8, 120: 195.8, 180: 246.8, 360: 349.7, 720: 465.5, 1440: 522.8, 2880: 575.8}
PUBLISHED_MEAN = 169.5  # mm, 17:00 to 06:00, district mean
MEAN_FROM, MEAN_UNTIL = 17 * 60, 30 * 60  # minutes after local midnight

FRONT = 17 * 60 + 5  # when the rain reaches the core; the outer streets follow
# Of each ring, the share that falls before the peak. All of the third hour comes first: fifty millimetres by 18:05.
BEFORE = {60: 0.5, 120: 0.5, 180: 1.0, 360: 0.0, 720: 0.0, 1440: 0.0, 2880: 0.0}
CORE = (113.66377, 21.5616)  # lon, lat: on the border of 临港 and 望潮 in the demo district
KM = (103.5, 110.574)  # of a degree of longitude and latitude there


@dataclass(frozen=True)
class Gauge:
    """Where a rain gauge stands: WGS-84 degrees."""

    code: str
    lon: float
    lat: float

    @property
    def away(self) -> float:
        """Kilometres from the core of the storm."""
        return float(np.hypot((self.lon - CORE[0]) * KM[0], (self.lat - CORE[1]) * KM[1]))


@dataclass(frozen=True)
class Roles:
    """Which gauges the story needs, by their order from the core: the two that pass the mark, the dead one, its six
    neighbours, the gauge of each record."""

    marked: tuple[int, int]
    dead: int
    neighbours: tuple[int, ...]
    records: dict[int, tuple[int, ...]]


def roles(gauges: Sequence[Gauge]) -> Roles:
    """The dead gauge is the one nearest to the core; the next eight stand round it."""
    order = [int(at) for at in np.argsort([g.away for g in gauges], kind="stable")]
    near = order[1:9]
    long_rain = order[9]
    return Roles(
        marked=(near[0], near[1]),
        dead=order[0],
        neighbours=tuple(near[2:]),
        records={near[0]: (120, 180), near[1]: (60,), near[2]: (360,), long_rain: (720, 1440, 2880)},
    )


def rain(gauges: Sequence[Gauge]) -> Ints:
    """What fell: (minutes, gauges) in 0.1 mm. What was read is `read_of`."""
    rng = np.random.default_rng(SEED)
    cast = roles(gauges)
    peaks = _peaks(gauges)
    curves = [_curve(at, gauge, cast, rng) for at, gauge in enumerate(gauges)]
    free = np.array([at not in cast.records and at not in cast.marked for at in range(len(gauges))])
    for _ in range(6):  # the mean of what is not fixed by a record is fitted to the published mean
        fell = np.stack([_profile(c, p) for c, p in zip(curves, peaks, strict=True)], axis=1)
        sums = fell[MEAN_FROM:MEAN_UNTIL].sum(axis=0)
        factor = (PUBLISHED_MEAN * len(gauges) - sums[~free].sum()) / sums[free].sum()
        near = set(cast.neighbours) | {cast.dead}
        curves = [
            c if not free[at] else _scaled(c, factor, keep_third=at in near) for at, c in enumerate(curves)
        ]
    return _tips(fell, rng)


def read_of(fell: Ints, gauges: Sequence[Gauge]) -> Ints:
    """What the gauges report: the dead one zero."""
    seen = fell.copy()
    seen[:, roles(gauges).dead] = 0
    return seen


def _peaks(gauges: Sequence[Gauge]) -> list[int]:
    """Minute of the peak: two hours after the front, later the further from the core."""
    return [FRONT + 120 + (0 if g.away < 5.5 else 5 * int(g.away - 5.5)) for g in gauges]


def _curve(at: int, gauge: Gauge, cast: Roles, rng: np.random.Generator) -> dict[int, float]:
    """Amount by window of one gauge: the records where it has them, a part of them elsewhere."""
    share = float(np.clip(0.82 * np.exp(-((gauge.away / 9.0) ** 2)) + rng.uniform(0.08, 0.2), 0.1, 0.86))
    rings = {minutes: share * amount for minutes, amount in _rings().items()}
    if at in cast.marked or at in cast.neighbours or at == cast.dead:
        rings[180] = 51.0 if at in cast.marked else float(rng.uniform(43.0, 47.5))
        rings[120], rings[60] = max(rings[120], 52.0), max(rings[60], 58.0)
    curve, total = {}, 0.0
    for minutes, amount in rings.items():
        total += amount
        curve[minutes] = total
    for minutes in cast.records.get(at, ()):
        curve[minutes] = PUBLISHED[minutes]
    return _fitted(curve, cast.records.get(at, ()), third=rings[180] if at in cast.marked else None)


def _fitted(curve: dict[int, float], fixed: tuple[int, ...], third: float | None) -> dict[int, float]:
    """Keep windows nested and below the records, the fixed ones as they are."""
    keys = sorted(curve)
    for longer, shorter in pairwise(keys[::-1]):
        if shorter not in fixed:
            curve[shorter] = min(curve[shorter], curve[longer] * 0.93, PUBLISHED[shorter] * 0.97)
    for shorter, longer in pairwise(keys):
        if longer not in fixed:
            least = curve[shorter] + (third or 0.0) if longer == 180 else curve[shorter] * 1.01
            curve[longer] = min(max(curve[longer], least), PUBLISHED[longer] * 0.99)
    return curve


def _scaled(curve: dict[int, float], factor: float, *, keep_third: bool) -> dict[int, float]:
    """All amounts times a factor, none over the records; by the core the hour before the peak stays as it is."""
    if not keep_third:
        return {minutes: min(amount * factor, PUBLISHED[minutes] * 0.97) for minutes, amount in curve.items()}
    third = curve[180] - curve[120]
    short = {minutes: max(curve[minutes] * factor, 1.05 * third * minutes / 60) for minutes in (60, 120)}
    changed = {**short, 180: short[120] + third}
    for minutes in (360, 720, 1440, 2880):
        changed[minutes] = max(curve[minutes] * factor, changed[180] * 1.05)
    return {minutes: min(amount, PUBLISHED[minutes] * 0.99) for minutes, amount in changed.items()}


def _rings() -> dict[int, float]:
    """The published windows as what each adds to the one before."""
    keys = sorted(PUBLISHED)
    return {keys[0]: PUBLISHED[keys[0]]} | {
        longer: PUBLISHED[longer] - PUBLISHED[shorter] for shorter, longer in pairwise(keys)
    }


def _profile(curve: dict[int, float], peak: int) -> Floats:
    """Rain a minute (mm) over the three days: rings round the peak, clipped to the sheet."""
    fell = np.zeros(MINUTES)
    left = right = peak
    before = 0
    total = 0.0
    for minutes, amount in sorted(curve.items()):
        width = minutes - before
        ahead = min(round(width * BEFORE[minutes]), left)
        behind = min(width - ahead, MINUTES - right)
        ahead = min(width - behind, left)
        rate = (amount - total) / width
        fell[left - ahead : left] = rate
        fell[right : right + behind] = rate
        left, right, before, total = left - ahead, right + behind, minutes, amount
    return fell


def _tips(fell: Floats, rng: np.random.Generator) -> Ints:
    """Tenths of a millimetre with gusts: within five minutes the drops are shuffled, sums of five minutes stay."""
    blocks = fell.reshape(MINUTES // 5, 5, -1)
    gusts = rng.gamma(4.0, 1.0, blocks.shape)
    gusty = (blocks.sum(axis=1, keepdims=True) * gusts / gusts.sum(axis=1, keepdims=True)).reshape(fell.shape)
    whole = np.rint(np.cumsum(gusty, axis=0) * 10).astype(np.int64)
    tips: Ints = np.diff(whole, axis=0, prepend=0)
    return tips


def depths(fell: Ints, drains_mm_h: Floats) -> Ints:
    """Water on the road at each point: (minutes, points) in 0.1 cm. A basin that fills above what its drains take."""
    over = np.zeros(fell.shape[1])
    found = np.zeros(fell.shape, dtype=np.int64)
    for minute in range(len(fell)):
        over = np.clip(over + fell[minute] / 10 - drains_mm_h / 60, 0, 60)
        over *= 0.9955
        found[minute] = np.rint(over * 11)
    return found


def stages(fell: Ints, warning_cm: Floats, lag_min: Floats) -> Ints:
    """River and reservoir stages: (minutes, stations) in 0.1 cm. Two linear stores in a row over a base flow."""
    upper = np.zeros(fell.shape[1])
    lower = np.zeros(fell.shape[1])
    found = np.zeros(fell.shape, dtype=np.int64)
    for minute in range(len(fell)):
        upper += fell[minute] / 10 - upper / lag_min
        lower += upper / lag_min - lower / (2.2 * lag_min)
        found[minute] = np.rint((0.42 * warning_cm + 3.1 * lower) * 10)
    return found


def tide(count: int) -> Ints:
    """Sea level at the coast: (minutes, gauges) in 0.1 cm, two unlike high waters a day."""
    t = np.arange(MINUTES)[:, None] / 60
    late = np.arange(count)[None, :] * 0.12
    level = (
        165
        + 62 * np.cos(2 * np.pi * (t - 11.2 - late) / 12.42)
        + 34 * np.cos(2 * np.pi * (t - 9.4 - late) / 24.84)
    )
    stage: Ints = np.rint(level * 10).astype(np.int64)
    return stage


def stamp(minute: int) -> datetime:
    """End of a minute of the series."""
    return START + timedelta(minutes=minute + 1)


def greatest(fell: Ints, minutes: int) -> float:
    """The greatest sum of so many minutes at any gauge, mm."""
    run = np.cumsum(np.vstack([np.zeros((1, fell.shape[1]), np.int64), fell]), axis=0)
    return float((run[minutes:] - run[:-minutes]).max()) / 10


def pools(fell: Ints, limit_cm: Floats, below_cm: Floats) -> Ints:
    """Reservoir stages: (minutes, reservoirs) in 0.1 cm, rising by what runs off, from so far below the flood limit."""
    gained = np.cumsum(fell, axis=0) / 10 * 0.16  # mm of rain to cm of pool
    return np.rint((limit_cm - below_cm + gained) * 10).astype(np.int64)
