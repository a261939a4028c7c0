"""Stations kept by people, a live engine that keeps up with them and with the rules, and old readings dropped by months."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from anlan.domains.sensing.actions import Arrived, declare_stations, take_in, upkeep
from anlan.domains.sensing.actions.keeping_up import KeepingUp
from anlan.domains.sensing.actions.retention import drop_old
from anlan.domains.sensing.actions.stations import StationGiven
from anlan.domains.sensing.actions.writing import write
from anlan.domains.sensing.models import Alarm, HourSum, Position, Reading, Station
from anlan.domains.sensing.queries import engines
from anlan.domains.sensing.queries.setup import allowed_lateness
from anlan.domains.sensing.rules.sources import RAIN_MM
from anlan.kernel.core import clock, rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import Exercise, RuleValue
from anlan.kernel.ledger.actions import record
from anlan.kernel.ledger.models import Entry
from anlan.kernel.ledger.sequencer import sequence_once
from tests import people

START = datetime(2026, 7, 3, 4, 0, tzinfo=UTC)
GIVEN = StationGiven("YL9", "码头雨量站", people.HARBOUR, lon=113.9, lat=22.6)


@pytest.fixture
def keeper(db):
    made = people.district()
    people.add_kind("instrument_keeper")
    people.add_duty(made.owner, "instrument_keeper", people.HARBOUR)
    engines.forget(None)
    yield made.owner
    engines.forget(None)


def declare(given: StationGiven, who, **more) -> Station:
    now = clock.real_now()
    return upkeep.declare_station(given, exercise_id=None, by=who.by, at=now, seen_at=now, **more)


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def rain(sensor: int, minute: int, mm: float) -> Arrived:
    """A little more, a little less each time: a gauge that says the same again and again is not believed."""
    stamp = np.array([int(at(minute).timestamp())])
    return Arrived(
        np.array([sensor]),
        stamp,
        np.array([round(mm * 10) + minute // 5 % 3], np.int32),
        np.zeros(1, np.int16),
    )


class TestAStation:
    def test_is_declared_changed_and_retired_with_an_entry_each(self, keeper) -> None:
        station = declare(GIVEN, keeper)
        now = clock.real_now()
        again = replace(GIVEN, siting_note="楼顶，偏大", late_s=120, every_s=60, silent_s=600)
        upkeep.change_station(station, again, by=keeper.by, at=now, seen_at=now)
        upkeep.retire_station(station, why="拆除", by=keeper.by, at=now, seen_at=now)
        station.refresh_from_db()
        assert (station.siting_note, station.late_s, station.active) == ("楼顶，偏大", 120, False)
        assert station.sensors.get().every_s == 60
        assert not station.sensors.get().active
        codes = [e.code for e in Entry.objects.filter(code__startswith="sensing.station").order_by("id")]
        assert codes == ["sensing.stations_declared", "sensing.station_changed", "sensing.station_retired"]
        assert "late_s: None → 120" in str(Entry.objects.get(code="sensing.station_changed").facts["changed"])

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"code": " "}, "code"), ({"name": ""}, "name"), ({"kind": "radar"}, "kind"), ({"metrics": ()}, "metrics"),
            ({"metrics": ("snow_mm",)}, "metrics"), ({"region": "440399009000"}, "region"), ({"lon": 190.0}, "lon"),
            ({"lon": None}, "lon"), ({"every_s": 1}, "every_s"), ({"silent_s": 10}, "silent_s"),
            ({"late_s": 5000}, "late_s"), ({"marks": {"warning": "hoch"}}, "warning"), ({"marks": {"x": 3}}, "x"),
        ],
    )  # fmt: skip
    def test_that_cannot_be_is_refused_at_its_field(self, keeper, change, field) -> None:
        with pytest.raises(Refused) as refusal:
            declare(replace(GIVEN, **change), keeper)
        assert refusal.value.field == field
        assert not Station.objects.exists()

    def test_of_another_street_is_not_ones_own_to_keep(self, keeper) -> None:
        with pytest.raises(Refused) as refusal:
            declare(replace(GIVEN, region=people.HILL), keeper)
        assert refusal.value.code == "sensing.station_not_yours"

    def test_with_an_alarm_that_stands_is_not_retired(self, keeper) -> None:
        sensor = declare(GIVEN, keeper).sensors.get().pk
        for minute in range(5, 40, 5):
            take_in(batch=rain(sensor, minute, 9), exercise_id=None, at=at(minute), slot_s=300)
        assert Alarm.objects.filter(ended_at=None, sensor_id=sensor).exists()
        with pytest.raises(Refused) as refusal:
            now = clock.real_now()
            upkeep.retire_station(Station.objects.get(), why="拆除", by=keeper.by, at=now, seen_at=now)
        assert refusal.value.code == "sensing.alarm_stands"

    def test_sheet_keeps_its_good_rows_and_says_why_the_others_are_not(self, keeper) -> None:
        rows = [
            {"code": "A", "name": "甲站", "region": "临港街道"},
            {"code": "B", "name": "", "region": "临港街道"},
            {"code": "C", "name": "丙站", "region": "无此街道"},
            {"code": "D", "name": "丁站", "region": "440399004000"},
            {"code": "E", "name": "戊站", "region": "440399001", "kind": "river", "warning": 350},
        ]
        dry = upkeep.take_stations(rows, by=keeper.by, at=clock.real_now(), dry=True)
        assert (len(dry.ids), Station.objects.count()) == (0, 0)
        done = upkeep.take_stations(rows, by=keeper.by, at=clock.real_now())
        assert dry.refused == done.refused
        assert {n: field for n, (field, _why) in done.refused.items()} == {
            1: "name",
            2: "region",
            3: "region",
        }
        assert set(Station.objects.values_list("code", flat=True)) == {"A", "E"}
        assert upkeep.take_stations(rows, by=keeper.by, at=clock.real_now()).same == 2


class TestTheLiveEngine:
    def pour(self, sensor: int, minutes, mm: float, keeping: KeepingUp) -> list[str]:
        colours = []
        for minute in minutes:
            late = keeping.heed(exercise_id=None, at=clock.real_now())
            taken = take_in(
                batch=rain(sensor, minute, mm), exercise_id=None, at=at(minute), slot_s=300, lateness_s=late
            )
            colours += [step.after for step in taken.steps if step.scope == "sensor"]
        return colours

    def elsewhere(self, value, rule: str = "sensing.rain_marks") -> None:
        """As another process sets a rule: its row and its entry, and nothing that this process is told."""
        held = rulesets._rows.cache_info().currsize
        from_now = clock.real_now()
        row = RuleValue.objects.create(
            rule=rule, region="440399", value=value, valid_from=START.date(), tag="M", origin="page",
            digest=str(from_now), by="service:test", recorded_at=from_now,
        )  # fmt: skip
        facts = {"rule": rule, "region": "440399", "valid_from": "", "reason": "test"}
        record(
            code="rules.set", subject=("core.rulevalue", row.pk), facts=facts, by="service:test", at=from_now
        )
        sequence_once()
        assert rulesets._rows.cache_info().currsize == held

    @pytest.mark.feature("M224")
    def test_uses_a_rule_that_another_process_set_anew_without_a_restart(self, keeper) -> None:
        sensor, keeping = declare(GIVEN, keeper).sensors.get().pk, KeepingUp()
        sequence_once()
        assert self.pour(sensor, range(5, 30, 5), 1, keeping) == []
        before = engines.running(None)
        self.elsewhere([{"colour": "red", "hours": 1, "mm": 4}])
        assert self.pour(sensor, range(30, 40, 5), 1, keeping) == ["red"]
        assert engines.running(None) is not before
        assert Position.objects.get().step == 7

    def test_lets_an_alarm_go_on_through_a_rule_set_anew(self, keeper) -> None:
        sensor, keeping = declare(GIVEN, keeper).sensors.get().pk, KeepingUp()
        assert self.pour(sensor, range(5, 30, 5), 8, keeping) == ["yellow"]
        self.elsewhere([{"colour": "yellow", "hours": 1, "mm": 4}, {"colour": "red", "hours": 3, "mm": 45}])
        assert self.pour(sensor, range(30, 45, 5), 8, keeping) == ["red"]
        assert Alarm.objects.filter(sensor_id=sensor).count() == 1

    def test_takes_in_a_station_declared_meanwhile_and_keeps_one_whose_name_changed(self, keeper) -> None:
        station, keeping = declare(GIVEN, keeper), KeepingUp()
        sensor = station.sensors.get().pk
        self.pour(sensor, range(5, 15, 5), 1, keeping)
        kept = engines.running(None)
        now = clock.real_now()
        upkeep.change_station(station, replace(GIVEN, name="新名"), by=keeper.by, at=now, seen_at=now)
        sequence_once()
        self.pour(sensor, range(15, 20, 5), 1, keeping)
        assert engines.running(None) is kept
        assert kept.network.sensors[0].station.name == "新名"
        second = declare(replace(GIVEN, code="YL10"), keeper).sensors.get().pk
        sequence_once()
        self.pour(second, range(20, 25, 5), 1, keeping)
        assert Reading.objects.filter(sensor_id=second).exists()

    def test_waits_as_long_as_its_slowest_station_asks(self, keeper) -> None:
        declare(replace(GIVEN, late_s=0), keeper)
        assert allowed_lateness(exercise_id=None, at=START) == 0
        slow = declare(replace(GIVEN, code="YL10", late_s=600), keeper)
        keeping = KeepingUp()
        assert keeping.heed(exercise_id=None, at=START) == 600
        self.pour(slow.sensors.get().pk, range(5, 25, 5), 1, keeping)
        running = engines.running(None)
        assert running is not None
        assert running.engine.setup.lateness == 2
        assert running.engine.now * 300 == at(20).timestamp() - 600


class TestOldReadings:
    def fill(self, sensor: int, since: datetime, hours: int, value: int = 10) -> None:
        stamps = np.arange(hours * 4, dtype=np.int64) * 900 + 900 + int(since.timestamp())
        n = len(stamps)
        write(np.full(n, sensor, np.int64), stamps, np.full(n, value, np.int32), np.zeros(n, np.int16))

    def drop(self) -> list[str]:
        return drop_old(region=people.DISTRICT, at=clock.real_now())

    def test_go_by_whole_months_and_leave_their_hours(self, keeper) -> None:
        sensor = declare(GIVEN, keeper).sensors.get().pk
        self.fill(
            sensor, datetime(2020, 1, 31, 22, tzinfo=UTC), 4
        )  # two hours on either side of a month's end
        self.fill(sensor, clock.real_now() - timedelta(days=40), 3)
        assert self.drop() == ["2020-01", "2020-02"]
        assert Reading.objects.count() == 12
        sums = [(h.at.day, h.at.hour, h.readings, h.total) for h in HourSum.objects.order_by("at")]
        assert sums == [(31, 23, 4, 40), (1, 0, 4, 40), (1, 1, 4, 40), (1, 2, 4, 40)]
        entries = Entry.objects.filter(code="sensing.month_dropped").order_by("id")
        assert [(e.facts["month"], e.facts["readings"]) for e in entries] == [("2020-01", 7), ("2020-02", 9)]
        assert self.drop() == []

    def test_that_come_too_late_are_added_to_their_hours(self, keeper) -> None:
        sensor = declare(GIVEN, keeper).sensors.get().pk
        self.fill(sensor, datetime(2020, 1, 5, 3, tzinfo=UTC), 1)
        self.drop()
        stamp = np.array([int(datetime(2020, 1, 5, 3, 20, tzinfo=UTC).timestamp())])
        write(np.array([sensor]), stamp, np.array([7], np.int32), np.zeros(1, np.int16))
        assert self.drop() == ["2020-01"]
        assert list(HourSum.objects.values_list("readings", "total", "least", "most")) == [(5, 47, 7, 10)]

    def test_of_a_world_that_is_still_played_stay(self, keeper) -> None:
        world = Exercise.objects.create(name="replay", kind="replay", real_start=START, sim_start=START)
        ids = declare_stations([GIVEN], exercise_id=world.pk, by="service:test", at=START)
        self.fill(ids["YL9", RAIN_MM], datetime(2020, 1, 5, 3, tzinfo=UTC), 1)
        assert self.drop() == []
        Exercise.objects.update(ended_at=START)
        assert self.drop() == ["2020-01"]

    def test_of_the_last_months_cannot_be_dropped_whatever_is_set(self, keeper) -> None:
        sensor = declare(GIVEN, keeper).sensors.get().pk
        self.fill(sensor, clock.real_now() - timedelta(days=40), 1)
        RuleValue.objects.create(
            rule="sensing.keep_readings_months", region="440399", value=0, valid_from="2020-01-01", tag="M",
            origin="page", digest="x", by="service:test", recorded_at=clock.real_now(),
        )  # fmt: skip
        rulesets.forget()
        with pytest.raises(Exception, match="too young"):
            self.drop()
