"""Writes about standards and stations. Each takes `by` and `at`."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from anlan.domains.grassroots import rules
from anlan.domains.grassroots.models import Activity, Attainment, Station, Tick
from anlan.domains.grassroots.queries import in_place
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.queries import has_duty
from anlan.kernel.places.models import Region

LEVELS = {"community": "社区", "street": "街道"}


def begin(
    *, standard: str, region: str, due_at: datetime, by: str, at: datetime, happened_at: datetime | None = None,
    exercise_id: UUID | None = None, **_: Any,
) -> WorkItem:  # fmt: skip
    """A community or a street sets out for a standard. Its list is kept as it is today."""
    known = rules.standard_of(rulesets.value_of("grassroots.standards", region=region, at=at), standard)
    where = Region.objects.get(pk=region)
    if where.level != known["level"]:
        raise Refused(
            rules.WRONG_LEVEL,
            field="region",
            standard=known["name"],
            level=LEVELS[known["level"]],
            region=where.name,
        )
    rules.check_due(due_at, at=at)
    open_now = Attainment.objects.filter(
        standard=standard, item__region_id=region, item__closed_at=None, item__exercise_id=exercise_id
    )
    if open_now.exists():
        raise Refused(rules.RUNNING, field="region", region=where.name, standard=known["name"])
    row = Attainment(
        standard=standard, name=known["name"], level=known["level"], items=list(known["items"]), due_at=due_at
    )
    return open_item(
        loop="grassroots.attainment", record=row, title=f"{where.name}：{known['name']}", region=region,
        charge_duty="community_clerk" if known["level"] == "community" else "street_safety_officer",
        by=by, at=at, happened_at=happened_at, exercise_id=exercise_id,
    )  # fmt: skip


def tick(*, item: WorkItem, number: int, by: str, at: datetime, note: str = "", **rest: Any) -> Step:
    """An item is in place, with a photo of it."""
    return _tick(item, "tick", int(number), True, note, by=by, at=at, **rest)


def untick(*, item: WorkItem, number: int, by: str, at: datetime, **rest: Any) -> Step:
    """An item that was in place is gone, with the reason."""
    return _tick(item, "untick", int(number), False, str(rest.get("reason", "")), by=by, at=at, **rest)


def _tick(
    item: WorkItem, name: str, number: int, there: bool, note: str, *, by: str, at: datetime,
    happened_at: datetime | None = None, **rest: Any,
) -> Step:  # fmt: skip
    with transaction.atomic():
        row = _lock(item)
        rules.check_item(_standard(row), number)
        step = move(item=item, name=name, by=by, at=at, happened_at=happened_at, number=number, **rest)
        Tick.objects.create(
            item_id=row.pk, number=number, there=there, note=note[:300], happened_at=happened_at or at, recorded_at=at,
            by=by,
        )  # fmt: skip
    return step


def apply(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Everything is in place: the street is asked to check it."""
    with transaction.atomic():
        row = _lock(item)
        rules.check_all(_standard(row), in_place(row.pk))
        return move(item=item, name="apply", by=by, at=at, **rest)


def _lock(item: WorkItem) -> Attainment:
    return Attainment.objects.select_for_update(of=("self",)).get(pk=item.pk)


def _standard(row: Attainment) -> Mapping[str, Any]:
    return {"name": row.name, "items": row.items}


def write_activity(
    *, station: Station, work: str, times: int, day: date, by: str, at: datetime, attendances: int = 0, note: str = "",
) -> Activity:  # fmt: skip
    """One line of the work book, entered once: the month's sheet and the half-year figures read it."""
    _check_keeper(station, by=by, at=at)
    today = timezone.localdate(at)
    rules.check_activity(work=work, times=times, attendances=attendances, day=day, today=today)
    noon = timezone.make_aware(datetime.combine(day, time(12)))
    with transaction.atomic():
        line = Activity.objects.create(
            station=station, work=work, times=times, attendances=attendances, note=note[:300],
            happened_at=min(noon, at), recorded_at=at, by=by,
        )  # fmt: skip
        record(
            code="grassroots.activity", subject=("grassroots.station", station.pk),
            facts={"work": work, "times": times, "attendances": attendances}, by=by, at=at,
            happened_at=line.happened_at, region=station.region_id, exercise_id=station.exercise_id,
        )  # fmt: skip
    return line


def _check_keeper(station: Station, *, by: str, at: datetime) -> None:
    person = person_id(by)
    if person and not has_duty(person_id=person, kinds=rules.KEEPERS, region=station.region_id, at=at):
        raise Refused(rules.NOT_KEEPER, field="station", station=station.name)


def take_back(*, line: Activity, note: str, by: str, at: datetime) -> Activity:
    """A line was wrong: its numbers are taken away by a later line, which says why. The line itself stays."""
    _check_keeper(line.station, by=by, at=at)
    with transaction.atomic():
        back = Activity.objects.create(
            station=line.station, work=line.work, times=-line.times, attendances=-line.attendances, note=note[:300],
            corrects=line, happened_at=line.happened_at, recorded_at=at, by=by,
        )  # fmt: skip
        record(
            code="grassroots.activity", subject=("grassroots.station", line.station_id),
            facts={"work": line.work, "times": -line.times, "attendances": -line.attendances, "corrects": str(line.pk)},
            by=by, at=at, happened_at=line.happened_at, region=line.station.region_id,
            exercise_id=line.station.exercise_id,
        )  # fmt: skip
    return back


def open_station(
    *, code: str, name: str, region: str, opened_on: date, by: str, at: datetime, park: str = "",
    lon: float | None = None, lat: float | None = None, exercise_id: UUID | None = None,
) -> Station:  # fmt: skip
    """A new station in a park."""
    with transaction.atomic():
        station = Station.objects.create(
            code=code, name=name, park=park, region_id=region, opened_on=opened_on, lon=lon, lat=lat,
            exercise_id=exercise_id,
        )  # fmt: skip
        record(
            code="grassroots.station_opened", subject=("grassroots.station", station.pk),
            facts={"code": code, "park": park}, by=by, at=at, region=region, exercise_id=exercise_id,
        )  # fmt: skip
    return station
