"""Alarms written: one an episode, with a step for every mark passed, up or down. All of a batch in a few statements."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext

from anlan.domains.sensing.loop import ALARM
from anlan.domains.sensing.models import Alarm, AlarmStep, Sensor
from anlan.domains.sensing.queries.engines import Running
from anlan.domains.sensing.queries.setup import WATER_MEASURES, Network
from anlan.domains.sensing.rules import facts as told
from anlan.domains.sensing.rules import words
from anlan.domains.sensing.rules.areas import MEAN
from anlan.domains.sensing.rules.engine import RAIN, Change, Outcome
from anlan.domains.sensing.rules.ladder import COLOURS
from anlan.domains.sensing.rules.sources import RAIN_MM
from anlan.kernel.core.worlds import in_world
from anlan.kernel.ledger.actions import Row, record_all
from anlan.kernel.loop.actions import Making, Opening, move_all, open_items
from anlan.kernel.places.models import Region

BY = "service:sensing"
_SEVERITY = {"blue": 0, "yellow": 1, "orange": 2, "red": 3}


@dataclass
class _Stepped:
    """A change on its way to becoming rows."""

    alarm: Alarm
    fact: told.AlarmStep
    title: str
    opens: bool


def write(outcome: Outcome, now: Running, *, exercise_id: UUID | None, at: datetime) -> list[told.AlarmStep]:
    """Write what a batch's changes of colour are; returns them as facts in order of event time."""
    if not outcome.changes and not outcome.area_changes:
        return []
    net = now.network
    if now.alarms is None:
        now.alarms = _open_alarms(exercise_id)
    sensors = {int(net.ids[c.sensor]): net.sensors[c.sensor] for c in outcome.changes}
    areas = _regions([net.areas[c.sensor] for c in outcome.area_changes])
    drafts = [_of_sensor(c, net, sensors, exercise_id) for c in outcome.changes]
    drafts += [_of_area(c, net, areas, exercise_id) for c in outcome.area_changes]
    drafts.sort(key=lambda fact: (fact.at, fact.scope == "area"))
    stepped = [_step(fact, now.alarms, exercise_id) for fact in drafts]
    _save(stepped, exercise_id=exercise_id, at=at)
    return [s.fact for s in stepped]


def _regions(codes: Sequence[str]) -> dict[str, Region]:
    return Region.objects.in_bulk(set(codes)) if codes else {}


def _open_alarms(exercise_id: UUID | None) -> dict[tuple[str, int | str], Alarm]:
    """Read once an engine: who moves its alarms holds its position, and a failed step takes engine and list with it."""
    found: dict[tuple[str, int | str], Alarm] = {}
    for alarm in Alarm.objects.select_related("item").filter(in_world(exercise_id), ended_at=None):
        key: tuple[str, int | str] = (
            ("sensor", alarm.sensor_id) if alarm.sensor_id else ("area", alarm.area_id or "")
        )
        found[key] = alarm
    return found


_NOBODY = UUID(int=0)


def _of_sensor(
    change: Change, net: Network, sensors: dict[int, Sensor], exercise_id: UUID | None
) -> told.AlarmStep:
    sensor = sensors[int(net.ids[change.sensor])]
    rain = net.setup.kind[change.sensor] == RAIN
    return told.AlarmStep(
        alarm_id=_NOBODY,
        exercise_id=exercise_id,
        scope="sensor",
        region=sensor.station.region_id,
        name=sensor.station.name,
        station_id=sensor.station_id,
        sensor_id=sensor.pk,
        metric=_short(sensor.metric),
        measure="sum" if rain else WATER_MEASURES[change.measure],
        window_minutes=net.window_minutes(change.sensor, change.measure),
        unit=words.unit_of(sensor.metric),
        by_fault=change.muted,
        **_common(change, net),
    )


def _of_area(
    change: Change, net: Network, areas: dict[str, Region], exercise_id: UUID | None
) -> told.AlarmStep:
    region = areas[net.areas[change.sensor]]
    mean = change.measure == MEAN
    setup = net.setup.areas
    common = _common(change, net)
    if not mean:
        common["value"] = float(change.value)  # the rank of the colour that enough gauges share
    return told.AlarmStep(
        alarm_id=_NOBODY,
        exercise_id=exercise_id,
        scope="area",
        region=region.code,
        name=region.name,
        station_id=None,
        sensor_id=None,
        metric=_short(RAIN_MM),
        measure="mean" if mean else "shared",
        window_minutes=net.windows[setup.mean_window] if mean and setup is not None else 0,
        unit="mm" if mean else "",
        **common,
    )


def _short(metric: str) -> str:
    """rain_mm → rain: what is measured, without the unit that it is kept in."""
    return metric.partition("_")[0]


def _common(change: Change, net: Network) -> dict[str, Any]:
    return {
        "before": COLOURS[change.before],
        "after": COLOURS[change.after],
        "peak": "",
        "value": change.value / 10,
        "at": datetime.fromtimestamp(change.slot * net.setup.slot_s, UTC),
    }


def _step(
    fact: told.AlarmStep, open_now: dict[tuple[str, int | str], Alarm], exercise_id: UUID | None
) -> _Stepped:
    """Take the open alarm of the fact's subject, or begin one, and put it where the fact leads."""
    key: tuple[str, int | str] = (
        ("area", fact.region) if fact.scope == "area" else ("sensor", fact.sensor_id or 0)
    )
    alarm = open_now.get(key)
    opens = alarm is None
    if alarm is None:
        alarm = open_now[key] = Alarm(
            sensor_id=fact.sensor_id,
            area_id=fact.region if fact.scope == "area" else None,
            exercise_id=exercise_id,
            metric=fact.metric,
            peak=fact.after,
            value=0,
            began_at=fact.at,
            stepped_at=fact.at,
        )
    alarm.colour, alarm.stepped_at = fact.after, fact.at
    alarm.window_minutes, alarm.value = fact.window_minutes, round(fact.value * 10)
    if fact.after:
        alarm.peak = max(alarm.peak, fact.after, key=COLOURS.index)
    else:
        alarm.ended_at, alarm.by_fault = fact.at, fact.by_fault
        del open_now[key]
    return _Stepped(alarm, replace(fact, peak=alarm.peak), title_of(fact), opens)


def title_of(fact: told.AlarmStep) -> str:
    """What the worklist says of an alarm: the mark that was reached, and that nobody has issued a signal by it."""
    n, of = (
        (fact.window_minutes // 60, words.HOURS)
        if fact.window_minutes >= 60
        else (fact.window_minutes, words.MINUTES)
    )
    return gettext(words.ALARM_TITLES[fact.measure]).format(
        name=fact.name,
        metric=gettext(words.METRIC_LABELS[fact.metric]),
        value=f"{fact.value:g}",
        window=gettext(of).format(n=n),
        colour=gettext(words.COLOUR_LABELS[fact.after or fact.peak or fact.before]),
    )


def _save(stepped: list[_Stepped], *, exercise_id: UUID | None, at: datetime) -> None:
    """Old rows first: an episode that ends and another that begins in one batch must not both be open at once."""
    fresh = [s for s in stepped if s.opens]
    begun = {id(s.alarm) for s in fresh}
    known = {id(s.alarm): s for s in stepped if id(s.alarm) not in begun}
    _update([s.alarm for s in known.values()])
    for moment in dict.fromkeys(s.fact.at for s in fresh):
        openings = [_opening(s) for s in fresh if s.fact.at == moment]
        open_items(
            loop=ALARM.name,
            openings=openings,
            by=BY,
            at=at,
            happened_at=min(moment, at),
            exercise_id=exercise_id,
        )
    last = {id(s.alarm): s for s in stepped}
    _retitle([s for s in last.values() if s.fact.after and not s.opens])
    for s in stepped:
        s.fact = replace(s.fact, alarm_id=s.alarm.item_id)
    AlarmStep.objects.bulk_create([_row(s) for s in stepped], batch_size=2000)
    record_all([_entry(s, at=at) for s in stepped])
    ends = [s for s in last.values() if not s.fact.after]
    move_all([Making(s.alarm.item, "end", BY, at, min(s.fact.at, at)) for s in ends])


def _opening(s: _Stepped) -> Opening:
    return Opening(
        record=s.alarm,
        title=s.title,
        region=s.fact.region,
        severity=_SEVERITY[s.fact.after],
        charge_duty="watch_officer",
    )


def _update(alarms: list[Alarm]) -> None:
    """One statement; Django's bulk_update spells a CASE for every field and row."""
    if not alarms:
        return
    rows = [
        (a.item_id, a.colour, a.peak, a.window_minutes, a.value, a.stepped_at, a.ended_at, a.by_fault)
        for a in alarms
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sensing_alarm a SET colour = g.colour, peak = g.peak, window_minutes = g.minutes, value = g.value,"
            " stepped_at = g.stepped, ended_at = g.ended, by_fault = g.fault FROM unnest(%s::uuid[], %s::text[],"
            " %s::text[], %s::int[], %s::int[], %s::timestamptz[], %s::timestamptz[], %s::bool[])"
            " AS g (id, colour, peak, minutes, value, stepped, ended, fault) WHERE a.item_id = g.id",
            [list(column) for column in zip(*rows, strict=True)],
        )


def _retitle(stepped: list[_Stepped]) -> None:
    """What the worklist shows of an alarm follows its steps; state and clock are the loop's alone."""
    if not stepped:
        return
    for s in stepped:
        s.alarm.item.title, s.alarm.item.severity = s.title[:300], _SEVERITY[s.fact.after]
    rows = [(s.alarm.item_id, s.alarm.item.title, s.alarm.item.severity) for s in stepped]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE loop_workitem w SET title = g.title, severity = g.severity"
            " FROM unnest(%s::uuid[], %s::text[], %s::int[]) AS g (id, title, severity) WHERE w.id = g.id",
            [list(column) for column in zip(*rows, strict=True)],
        )


def _row(s: _Stepped) -> AlarmStep:
    fact = s.fact
    return AlarmStep(
        alarm=s.alarm,
        at=fact.at,
        before=fact.before,
        after=fact.after,
        window_minutes=fact.window_minutes,
        measure=fact.measure,
        value=round(fact.value * 10),
    )


def _entry(s: _Stepped, *, at: datetime) -> Row:
    fact = s.fact
    return Row(
        code="sensing.alarm_ended" if fact.ended else "sensing.alarm_stepped",
        subject=("loop.item", fact.alarm_id),
        facts=fact.facts(),
        by=BY,
        at=at,
        happened_at=fact.at,
        region=fact.region,
        exercise_id=fact.exercise_id,
    )
