"""Stations as people keep them: one declared by a form, many by a sheet, changed, retired; each with its entry.

Who keeps an instrument sets it up: `STATION_KEEPERS` within their own regions. Nothing is deleted: a retired station
keeps its readings, alarms and repairs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.sensing.actions.stations import BAD_METRIC, StationGiven, declare_stations
from anlan.domains.sensing.models import STATION_KINDS, Alarm, Sensor, Station
from anlan.domains.sensing.queries.setup import LONGEST_LATENESS_S
from anlan.domains.sensing.rules.sources import METRICS
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.queries import has_duty
from anlan.kernel.places.models import Region
from anlan.kernel.sheets.spec import Taken

STATION_KEEPERS = ("instrument_keeper", "flood_office_head", "watch_chief")
STAGES = ("warning", "guarantee", "flood_limit", "flood_high")
LEAST_EVERY_S, MOST_EVERY_S, MOST_SILENT_S = 10, 86_400, 30 * 86_400

NO_CODE = reason(
    "sensing.no_code", N_("A station needs a code of at most 80 characters, as its readings name it.")
)
NO_NAME = reason("sensing.no_name", N_("A station needs a name of at most 120 characters."))
TAKEN = reason(
    "sensing.code_taken",
    N_("The code {code} is another station's. Give it another one, or change that station."),
)
BAD_KIND = reason("sensing.bad_kind", N_("{given} is no kind of station: {known}."))
BAD_POSITION = reason(
    "sensing.bad_position", N_("A position is a longitude and a latitude in degrees (WGS-84), or left out.")
)
BAD_EVERY = reason(
    "sensing.bad_every", N_("A sensor speaks every {least} to {most} seconds; {given} is outside.")
)
BAD_SILENT = reason(
    "sensing.bad_silent",
    N_(
        "Silent is a sensor after at least one missed reading ({least} s), or 0 for never; {given} is neither."
    ),
)
BAD_LATE = reason(
    "sensing.bad_late", N_("Alarms wait 0 to {most} seconds for late readings; {given} is outside.")
)
BAD_MARKS = reason("sensing.bad_marks", N_("The stage {name} is a height in cm; {given} is none."))
NO_REGION = reason(
    "sensing.no_region", N_("There is no region “{given}”, or several have this name: give its 12 digits.")
)
NOT_YOURS = reason(
    "sensing.station_not_yours",
    N_(
        "Stations here are kept by the instrument keeper, the flood office's head or the watch chief of the region."
    ),
)
ALARM_STANDS = reason(
    "sensing.alarm_stands",
    N_(
        "An alarm of this station has not ended. Retire the station when it has, so that it is not left open for ever."
    ),
)
NO_WHY = reason("sensing.no_why", N_("Say why. It stands in the ledger."))
NOTHING_NEW = reason("sensing.nothing_new", N_("Nothing differs from what stands."))

# What may be changed on a station and on each of its sensors.
_OF_STATION = ("name", "name_en", "siting_note", "owner", "lon", "lat", "late_s", "marks")
_OF_SENSOR = ("every_s", "silent_s")


def check_given(one: StationGiven) -> StationGiven:
    """Refuse what a station cannot be, naming the field; returns it with its texts trimmed."""
    one = replace(
        one, code=one.code.strip(), name=one.name.strip(), siting_note=one.siting_note.strip()[:200]
    )
    if not 0 < len(one.code) <= 80:
        raise Refused(NO_CODE, field="code")
    if not 0 < len(one.name) <= 120:
        raise Refused(NO_NAME, field="name")
    if one.kind not in STATION_KINDS:
        raise Refused(BAD_KIND, field="kind", given=one.kind, known=", ".join(STATION_KINDS))
    if not one.metrics or (set(one.metrics) - set(METRICS)):
        raise Refused(BAD_METRIC, field="metrics", metric=", ".join(set(one.metrics) - set(METRICS)) or "—")
    _check_numbers(one)
    if not Region.objects.filter(code=one.region).exists():
        raise Refused(NO_REGION, field="region", given=one.region)
    return one


def _check_numbers(one: StationGiven) -> None:
    if (one.lon is None) != (one.lat is None) or not (
        one.lon is None or one.lat is None or (-180 <= one.lon <= 180 and -90 <= one.lat <= 90)
    ):
        raise Refused(BAD_POSITION, field="lon")
    if not LEAST_EVERY_S <= one.every_s <= MOST_EVERY_S:
        raise Refused(BAD_EVERY, field="every_s", given=one.every_s, least=LEAST_EVERY_S, most=MOST_EVERY_S)
    if one.silent_s and not one.every_s <= one.silent_s <= MOST_SILENT_S:
        raise Refused(BAD_SILENT, field="silent_s", given=one.silent_s, least=one.every_s)
    if one.late_s is not None and not 0 <= one.late_s <= LONGEST_LATENESS_S:
        raise Refused(BAD_LATE, field="late_s", given=one.late_s, most=LONGEST_LATENESS_S)
    marks: dict[str, Any] = dict(one.marks)
    for name, cm in marks.items():
        if (
            name not in STAGES
            or isinstance(cm, bool)
            or not isinstance(cm, int | float)
            or abs(cm) > 1_000_000
        ):
            raise Refused(BAD_MARKS, field=name, name=name, given=cm)


def may_keep(person_id: UUID, region: str, *, at: datetime) -> bool:
    """Whether somebody keeps the stations of a region."""
    return has_duty(person_id=person_id, kinds=STATION_KEEPERS, region=region, at=at)


def _require(by: str, region: str, seen_at: datetime) -> None:
    kind, _, key = by.partition(":")
    if kind == "person" and not may_keep(UUID(key), region, at=seen_at):
        raise Refused(NOT_YOURS, field="region")


def declare_station(
    given: StationGiven, *, exercise_id: UUID | None, by: str, at: datetime, seen_at: datetime
) -> Station:
    """Add one station. `seen_at` is when the author's duties are looked at: today, also in a storm of years ago."""
    one = check_given(given)
    _require(by, one.region, seen_at)
    if Station.objects.filter(in_world(exercise_id), code=one.code).exists():
        raise Refused(TAKEN, field="code", code=one.code)
    declare_stations([one], exercise_id=exercise_id, by=by, at=at)
    return Station.objects.get(in_world(exercise_id), code=one.code)


def change_station(
    station: Station, given: StationGiven, *, by: str, at: datetime, seen_at: datetime
) -> Station:
    """Change what may be changed. Code, kind, region and metrics stay: another instrument is another station."""
    one = check_given(replace(given, code=station.code, kind=station.kind, region=station.region_id,
                              metrics=tuple(station.sensors.values_list("metric", flat=True))))  # fmt: skip
    _require(by, station.region_id, seen_at)
    with transaction.atomic():
        changed = _changes(station, one)
        if not changed:
            raise Refused(NOTHING_NEW)
        station.save(update_fields=list(_OF_STATION))
        station.sensors.update(every_s=one.every_s, silent_s=one.silent_s)
        _record(
            "sensing.station_changed", station, {"name": station.name, "changed": ", ".join(changed)}, by, at
        )
    return station


def _changes(station: Station, one: StationGiven) -> list[str]:
    """Put the new values on the row; which of them are new, as “name: before → after”."""
    first = station.sensors.order_by("pk").first()
    before = {name: getattr(station, name) for name in _OF_STATION}
    before |= {name: getattr(first, name) for name in _OF_SENSOR if first is not None}
    for name in _OF_STATION:
        setattr(station, name, getattr(one, name))
    return [f"{n}: {old} → {getattr(one, n)}" for n, old in before.items() if old != getattr(one, n)]


def retire_station(station: Station, *, why: str, by: str, at: datetime, seen_at: datetime) -> None:
    """Take a station out of the engine; it stays to be read. Refused while an alarm of it has not ended."""
    _require(by, station.region_id, seen_at)
    if not why.strip():
        raise Refused(NO_WHY, field="why")
    with transaction.atomic():
        if Alarm.objects.filter(sensor__station=station, ended_at=None).exists():
            raise Refused(ALARM_STANDS)
        _set_active(station, active=False)
        _record(
            "sensing.station_retired", station, {"name": station.name, "reason": why.strip()[:300]}, by, at
        )


def revive_station(station: Station, *, by: str, at: datetime, seen_at: datetime) -> None:
    """Put a retired station to work again."""
    _require(by, station.region_id, seen_at)
    with transaction.atomic():
        _set_active(station, active=True)
        _record("sensing.station_revived", station, {"name": station.name}, by, at)


def _set_active(station: Station, *, active: bool) -> None:
    if not Station.objects.filter(pk=station.pk, active=not active).update(active=active):
        raise Refused(NOTHING_NEW)
    Sensor.objects.filter(station=station).update(active=active)
    station.active = active


def _record(code: str, station: Station, facts: dict[str, Any], by: str, at: datetime) -> None:
    subject = ("sensing.station", station.pk)
    record(
        code=code,
        subject=subject,
        facts=facts,
        by=by,
        at=at,
        region=station.region_id,
        exercise_id=station.exercise_id,
    )


# ---- many at once ----------------
def take_stations(
    rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID | None = None, dry: bool = False,
    exercise_id: UUID | None = None, seen_at: datetime | None = None,
) -> Taken:  # fmt: skip
    """Rows of a sheet: the good ones declared in one act, the others back with their column and reason.

    A station that is declared already stays as it is (`same`); to change one is done on its page.
    """
    known = set(Station.objects.filter(in_world(exercise_id)).values_list("code", flat=True))
    good: list[StationGiven] = []
    refused: dict[int, tuple[str, str]] = {}
    same = 0
    for number, row in enumerate(rows):
        try:
            one = check_given(given_of(row))
            _require(by, one.region, seen_at or at)
        except Refused as refusal:
            refused[number] = (refusal.field, str(refusal))
            continue
        if one.code in known:
            same += 1
        else:
            known.add(one.code)
            good.append(one)
    if good and not dry:
        declare_stations(good, exercise_id=exercise_id, by=by, at=at, act=act)
    made = Station.objects.filter(in_world(exercise_id), code__in=[one.code for one in good])
    return Taken(ids=list(made.values_list("pk", flat=True)), same=same, refused=refused)


def given_of(row: Mapping[str, Any]) -> StationGiven:
    """A row of a sheet as a station; a region may be named where only one has the name."""
    kind = str(row.get("kind") or "rain")
    metric = {"rain": "rain_mm", "street": "depth_cm"}.get(kind, "level_cm")
    metrics = tuple(
        str(row.get("metrics") or metric).replace("，", " ").replace(",", " ").replace("、", " ").split()
    )
    every_s = int(row.get("every_s") or 300)
    return StationGiven(
        code=str(row.get("code") or ""), name=str(row.get("name") or ""), name_en=str(row.get("name_en") or ""),
        region=region_named(str(row.get("region") or "")), kind=kind, metrics=metrics, lon=row.get("lon"),
        lat=row.get("lat"), every_s=every_s, silent_s=_or(row.get("silent_s"), max(1800, every_s * 3)),
        late_s=row.get("late_s"), siting_note=str(row.get("siting_note") or ""), owner=str(row.get("owner") or ""),
        marks={name: float(row[name]) for name in STAGES if row.get(name) is not None},
    )  # fmt: skip


def _or(value: Any, default: int) -> int:
    return default if value is None else int(value)


def region_named(given: str) -> str:
    """The code of a region given by its digits or by its only name; raises `Refused`."""
    given = given.strip()
    cut = {"code": given.ljust(12, "0")} if given.isascii() and given.isdigit() else {"name": given}
    found = list(Region.objects.filter(**cut).values_list("code", flat=True)[:2]) if given else []
    if len(found) != 1:
        raise Refused(NO_REGION, field="region", given=given)
    return str(found[0])
