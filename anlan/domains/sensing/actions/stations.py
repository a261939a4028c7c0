"""Stations, sensors and feeders declared."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.sensing.models import Feeder, Sensor, Station
from anlan.domains.sensing.rules.sources import METRICS, RAIN_MM, Source
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.keys import sm3
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.places.models import Place

BAD_METRIC = reason("sensing.bad_metric", N_("{metric} is not measured here: rain_mm, level_cm or depth_cm."))
BAD_SOURCE = reason("sensing.bad_source", N_("The source's declaration cannot be meant: {problems}."))


@dataclass(frozen=True, slots=True)
class StationGiven:
    """A station to be declared, with what it measures. Positions are WGS-84; `marks` are stages in cm."""

    code: str
    name: str
    region: str
    metrics: tuple[str, ...] = (RAIN_MM,)
    kind: str = "rain"
    lon: float | None = None
    lat: float | None = None
    every_s: int = 300
    silent_s: int = 1800
    siting_note: str = ""
    owner: str = ""
    marks: dict[str, float] = field(default_factory=dict)
    place: Place | None = None
    name_en: str = ""
    late_s: int | None = None


def declare_stations(
    given: Sequence[StationGiven], *, exercise_id: UUID | None, by: str, at: datetime, act: UUID | None = None
) -> dict[tuple[str, str], int]:
    """Add stations with their sensors in one act; returns sensor ids by (station code, metric)."""
    for one in given:
        if wrong := [metric for metric in one.metrics if metric not in METRICS]:
            raise Refused(BAD_METRIC, field="metric", metric=", ".join(wrong))
    stations = [_station(one, exercise_id) for one in given]
    with transaction.atomic():
        Station.objects.bulk_create(stations, batch_size=2000)
        pairs = [(one, station, m) for one, station in zip(given, stations, strict=True) for m in one.metrics]
        sensors = Sensor.objects.bulk_create(
            [Sensor(station=s, metric=m, every_s=one.every_s, silent_s=one.silent_s) for one, s, m in pairs],
            batch_size=2000,
        )
        if stations:
            record(
                code="sensing.stations_declared",
                subject=("sensing.station", stations[0].pk),
                facts={"rows": len(stations), "sensors": len(sensors)},
                by=by,
                at=at,
                exercise_id=exercise_id,
                act=act,
            )
    return {(one.code, m): sensor.pk for (one, _, m), sensor in zip(pairs, sensors, strict=True)}


def _station(one: StationGiven, exercise_id: UUID | None) -> Station:
    return Station(
        exercise_id=exercise_id,
        code=one.code,
        name=one.name[:120],
        name_en=one.name_en[:120],
        late_s=one.late_s,
        kind=one.kind,
        region_id=one.region,
        place=one.place,
        lon=one.lon,
        lat=one.lat,
        siting_note=one.siting_note,
        owner=one.owner,
        marks=one.marks,
    )


def declare_feeder(
    *,
    code: str,
    name: str,
    by: str,
    at: datetime,
    declaration: dict[str, Any] | None = None,
    exercise_id: UUID | None = None,
) -> str:
    """Let a source send readings over HTTP. Returns its token, which is shown this once and kept only as SM3."""
    if problems := Source(**(declaration or {})).problems():
        raise Refused(BAD_SOURCE, problems=", ".join(problems))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Feeder.objects.update_or_create(
            code=code,
            defaults={
                "name": name,
                "token_sm3": sm3(token.encode()),
                "declaration": declaration or {},
                "exercise_id": exercise_id,
                "active": True,
            },
        )
        record(
            code="sensing.feeder_declared",
            subject=("sensing.feeder", code),
            facts={"name": name},
            by=by,
            at=at,
            exercise_id=exercise_id,
        )
    return token
