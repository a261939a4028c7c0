"""Readings that come in by HTTP: good rows kept, bad rows returned with their reason; durable before the 200."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from anlan.domains.sensing.actions.arrivals import keep
from anlan.domains.sensing.models import Feeder, Sensor
from anlan.domains.sensing.rules.ring import Longs
from anlan.domains.sensing.rules.sources import RAIN_MM, Source
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.keys import sm3
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world

UNKNOWN_FEEDER = reason(
    "stream.unknown_feeder",
    N_("Who sends is not known. Give the source's token as “Authorization: Bearer …”."),
)
BAD_BODY = reason("stream.bad_body", N_("The body is not the JSON that is expected: {problem}."))
TOO_MANY = reason(
    "stream.too_many", N_("A batch holds at most {most} readings; this one has {rows}. Send it in parts.")
)
MOST = 50_000
AHEAD_S = 120  # how far a device's clock may run before ours
_REASONS = {
    "sensor": N_("no such sensor"),
    "time": N_("not a time"),
    "number": N_("not a number"),
    "future": N_("lies in the future"),
}


@dataclass(frozen=True, slots=True)
class Given:
    """One row as it was sent; `at` as ISO text (the feeder's zone where it names none) or seconds of the epoch."""

    station: str
    metric: str
    at: Any
    value: Any
    correction: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not kept: its place in the batch, from 0, and why."""

    row: int
    reason: str


def feeder_of(authorization: str) -> Feeder:
    """The source behind a token, or `Refused`."""
    scheme, _, token = authorization.partition(" ")
    found = None
    if scheme.lower() == "bearer" and token.strip():
        found = Feeder.objects.filter(token_sm3=sm3(token.strip().encode()), active=True).first()
    if found is None:
        raise Refused(UNKNOWN_FEEDER)
    return found


def take(body: Any, feeder: Feeder, *, now: datetime) -> tuple[int, list[Refusal]]:
    """Keep a batch of a feeder; returns how many rows were kept and those that were not.

    `body`: {"readings": [{"station", "at", "value", "metric"?, "correction"?}, …]}, or the same by columns:
    {"station": […], "at": […] or one, "value": […], "metric"?: one}.
    """
    rows = _rows(body)
    if len(rows) > MOST:
        raise Refused(TOO_MANY, most=MOST, rows=len(rows))
    door = Door(
        known=_sensors(feeder.exercise_id),
        zone=ZoneInfo(str(feeder.declaration.get("zone", "UTC"))),
        limit=None if feeder.exercise_id else now.timestamp() + AHEAD_S,
    )
    kept: dict[str, list[tuple[int, int, float, bool, int]]] = {}
    refused: list[Refusal] = []
    for number, row in enumerate(rows):
        why, at, value = door.check(row)
        if why:
            refused.append(Refusal(number, _REASONS[why]))
            continue
        sensor, every_s = door.known[row.station, row.metric]
        kept.setdefault(row.metric, []).append((sensor, at, value, row.correction, every_s))
    if kept:
        parts = [_stored(Source(metric, **feeder.declaration), rows_) for metric, rows_ in kept.items()]
        keep(feeder=feeder, rows=np.concatenate(parts), at=now)
    return len(rows) - len(refused), refused


def _stored(source: Source, rows: Sequence[tuple[int, int, float, bool, int]]) -> Longs:
    """Rows of one metric as they are kept: sensor id, second of the end, stored value, flags, correction."""
    sensor, at, value, revised, every_s = (np.array(column) for column in zip(*rows, strict=True))
    if source.stamp == "start" and source.metric == RAIN_MM:
        at = at + every_s
    scaled, flags = source.read(value.astype(np.float64))
    return np.stack([sensor, at, scaled, flags, revised], axis=1).astype(np.int64)


def _rows(body: Any) -> list[Given]:
    if not isinstance(body, Mapping):
        raise Refused(BAD_BODY, problem="an object with “readings” or columns")
    listed = body.get("readings")
    if isinstance(listed, Sequence) and not isinstance(listed, str):
        if not all(isinstance(row, Mapping) for row in listed):
            raise Refused(BAD_BODY, problem="“readings” holds objects")
        return [_given(row) for row in listed]
    station, value, at = body.get("station"), body.get("value"), body.get("at")
    if not isinstance(station, list) or not isinstance(value, list) or len(station) != len(value):
        raise Refused(BAD_BODY, problem="“station” and “value” of one length")
    times = at if isinstance(at, list) else [at] * len(station)
    if len(times) != len(station):
        raise Refused(BAD_BODY, problem="“at” as long as “station”, or one")
    metric = str(body.get("metric", RAIN_MM))
    return [
        Given(str(s), metric, t, v, correction=False) for s, t, v in zip(station, times, value, strict=True)
    ]


def _given(row: Mapping[str, Any]) -> Given:
    return Given(
        str(row.get("station", "")),
        str(row.get("metric", RAIN_MM)),
        row.get("at"),
        row.get("value"),
        row.get("correction") is True,
    )


@dataclass(frozen=True)
class Door:
    """What the rows of one batch are checked against."""

    known: Mapping[tuple[str, str], tuple[int, int]]
    zone: ZoneInfo
    limit: float | None
    times: dict[Any, int | None] = field(
        default_factory=dict
    )  # a batch says the same few times again and again

    def check(self, row: Given) -> tuple[str, int, float]:
        """Why a row cannot be kept ("" if it can), its second, its number (NaN for null: the device has none)."""
        if (row.station, row.metric) not in self.known:
            return "sensor", 0, 0.0
        at = self.second(row.at)
        if at is None:
            return "time", 0, 0.0
        if self.limit is not None and at > self.limit:
            return "future", 0, 0.0
        if row.value is None:
            return "", at, math.nan
        if isinstance(row.value, bool) or not isinstance(row.value, int | float):
            return "number", 0, 0.0
        return "", at, float(row.value)

    def second(self, word: Any) -> int | None:
        """The second that a stamp names."""
        if not isinstance(word, str | int | float):
            return None
        if word not in self.times:
            self.times[word] = _second(word, self.zone)
        return self.times[word]


def _second(word: Any, zone: ZoneInfo) -> int | None:
    try:
        if isinstance(word, int | float) and not isinstance(word, bool):
            moment = datetime.fromtimestamp(word, UTC)
        else:
            moment = datetime.fromisoformat(str(word))
    except (ValueError, OverflowError, OSError):
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    return int(moment.timestamp()) if 1990 <= moment.year <= 2199 else None


_sensor_cache: dict[UUID | None, tuple[float, dict[tuple[str, str], tuple[int, int]]]] = {}
_CACHE_S = 30.0


def _sensors(exercise_id: UUID | None) -> dict[tuple[str, str], tuple[int, int]]:
    """Sensor id and cadence by station code and metric; a new station is known within half a minute."""
    read_at, rows = _sensor_cache.get(exercise_id, (-_CACHE_S, {}))
    if time.monotonic() - read_at >= _CACHE_S or not rows:
        found = Sensor.objects.filter(
            in_world(exercise_id, path="station__exercise_id"), active=True, station__active=True
        )
        rows = {
            (code, metric): (pk, every)
            for code, metric, pk, every in found.values_list("station__code", "metric", "pk", "every_s")
        }
        _sensor_cache[exercise_id] = (time.monotonic(), rows)
    return rows
