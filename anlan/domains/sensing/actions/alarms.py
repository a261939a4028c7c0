"""Alarms: one an episode, with a step for every mark passed, up or down. Made slot by slot in memory, so that whoever
looks between two slots hears of them; written together in a few statements."""

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
from anlan.kernel.core.bulk import insert_rows
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.worlds import in_world
from anlan.kernel.ledger.actions import Row, record_all
from anlan.kernel.loop.actions import Making, Opening, move_all, open_items
from anlan.kernel.places.models import Region

BY = "service:sensing"
_SEVERITY = {"blue": 0, "yellow": 1, "orange": 2, "red": 3}


@dataclass
class Stepped:
    """A change on its way to becoming rows; `at` is the world's time at which it was seen."""

    alarm: Alarm
    fact: told.AlarmStep
    title: str
    opens: bool
    at: datetime


def draft(outcome: Outcome, now: Running, *, exercise_id: UUID | None, at: datetime) -> list[Stepped]:
    """What a slot's changes of colour are, in order of event time. Nothing is written; the alarms of `now` go on."""
    if not outcome.changes and not outcome.area_changes:
        return []
    net = now.network
    if now.alarms is None:
        now.alarms = _open_alarms(exercise_id)
    sensors = {int(net.ids[c.sensor]): net.sensors[c.sensor] for c in outcome.changes}
    facts = [_of_sensor(c, net, sensors, exercise_id) for c in outcome.changes]
    facts += [_of_area(c, now, exercise_id) for c in outcome.area_changes]
    facts.sort(key=lambda fact: (fact.at, fact.scope == "area"))
    return [_step(fact, now.alarms, exercise_id, at=at) for fact in facts]


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


def _of_area(change: Change, now: Running, exercise_id: UUID | None) -> told.AlarmStep:
    net = now.network
    region = _street(now, net.areas[change.sensor])
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


def _street(now: Running, code: str) -> Region:
    """A street of the network, read once an engine."""
    if code not in now.streets:
        now.streets[code] = Region.objects.get(pk=code)
    return now.streets[code]


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
    fact: told.AlarmStep,
    open_now: dict[tuple[str, int | str], Alarm],
    exercise_id: UUID | None,
    *,
    at: datetime,
) -> Stepped:
    """Take the open alarm of the fact's subject, or begin one, and put it where the fact leads."""
    key: tuple[str, int | str] = (
        ("area", fact.region) if fact.scope == "area" else ("sensor", fact.sensor_id or 0)
    )
    alarm = open_now.get(key)
    opens = alarm is None
    if alarm is None:
        alarm = open_now[key] = Alarm(
            item_id=new_id(),
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
    return Stepped(alarm, replace(fact, alarm_id=alarm.item_id, peak=alarm.peak), title_of(fact), opens, at)


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


def write(stepped: Sequence[Stepped], *, exercise_id: UUID | None) -> None:
    """Write the steps of one slot or of several. Old rows first: an episode that ends and another that begins must not
    both be open at once."""
    if not stepped:
        return
    fresh = [s for s in stepped if s.opens]
    begun = {id(s.alarm) for s in fresh}
    known = {id(s.alarm): s for s in stepped if id(s.alarm) not in begun}
    _update([s.alarm for s in known.values()])
    openings = [_opening(s) for s in fresh]
    open_items(loop=ALARM.name, openings=openings, by=BY, at=stepped[-1].at, exercise_id=exercise_id)
    last = {id(s.alarm): s for s in stepped}
    named = {id(s.alarm): s for s in stepped if s.fact.after}
    _retitle([s for s in named.values() if not s.opens])
    insert_rows([_row(s) for s in stepped])
    record_all([_entry(s) for s in stepped])
    ends = [s for s in last.values() if not s.fact.after]
    move_all([Making(s.alarm.item, "end", BY, s.at, min(s.fact.at, s.at)) for s in ends])


def _opening(s: Stepped) -> Opening:
    return Opening(
        record=s.alarm,
        title=s.title,
        region=s.fact.region,
        severity=_SEVERITY[s.fact.after],
        charge_duty="watch_officer",
        at=s.at,
        happened_at=min(s.fact.at, s.at),
        item_id=s.alarm.item_id,
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


def _retitle(stepped: list[Stepped]) -> None:
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


def _row(s: Stepped) -> AlarmStep:
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


def _entry(s: Stepped) -> Row:
    fact = s.fact
    return Row(
        code="sensing.alarm_ended" if fact.ended else "sensing.alarm_stepped",
        subject=("loop.item", fact.alarm_id),
        facts=fact.facts(),
        by=BY,
        at=s.at,
        happened_at=fact.at,
        region=fact.region,
        exercise_id=fact.exercise_id,
    )
