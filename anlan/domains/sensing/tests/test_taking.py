"""Readings taken in: stored once, alarms one an episode, faults as repairs, the engine found again after a crash."""

from datetime import UTC, datetime

import numpy as np
import pytest
from django.db import transaction
from django.utils import translation

from anlan.domains.sensing import actions, public
from anlan.domains.sensing.actions import Arrived, Intake, StationGiven, take_in
from anlan.domains.sensing.actions import taking as taking_module
from anlan.domains.sensing.models import Alarm, AlarmStep, Position, Reading, SensorFault
from anlan.domains.sensing.queries import alarms as alarm_queries
from anlan.domains.sensing.queries import engines, states, stations
from anlan.domains.sensing.rules.faults import RANGE
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop import actions as loop
from anlan.kernel.loop.models import WorkItem
from tests import people

T0 = int(datetime(2026, 6, 20, 8, 0, tzinfo=UTC).timestamp())
pytestmark = pytest.mark.django_db


def at(minute: float) -> datetime:
    return datetime.fromtimestamp(T0 + minute * 60, UTC)


def declare(count: int = 6, metric: str = "rain_mm", **given: object) -> list[int]:
    rows = [
        StationGiven(
            f"{metric}{n}", f"站{n}", people.HARBOUR, (metric,), lon=113.8 + n / 100, lat=22.6, **given
        )  # type: ignore[arg-type]
        for n in range(count)
    ]
    ids = actions.declare_stations(rows, exercise_id=None, by="service:test", at=at(0))
    return [ids[row.code, metric] for row in rows]


def readings(ids: list[int], minute: float, values: list[float], flags: list[int] | None = None) -> Arrived:
    stamps = np.full(len(ids), T0 + int(minute * 60), np.int64)
    value = np.array([round(v * 10) for v in values], np.int32)
    return Arrived(np.array(ids, np.int64), stamps, value, np.array(flags or [0] * len(ids), np.int16))


def rain(ids: list[int], minutes: range, values: list[float]) -> list[public.AlarmStep]:
    steps: list[public.AlarmStep] = []
    for minute in minutes:
        varied = [v and v + (minute // 5 + n) % 3 / 10 for n, v in enumerate(values)]
        taken = take_in(batch=readings(ids, minute, varied), exercise_id=None, at=at(minute), slot_s=300)
        steps += taken.steps
    return steps


class TestReadings:
    def test_the_same_batch_twice_is_stored_once(self, district: people.District) -> None:
        ids = declare(3)
        batch = readings(ids, 5, [1, 2, 3])
        assert take_in(batch=batch, exercise_id=None, at=at(5)).stored == 3
        again = take_in(batch=batch, exercise_id=None, at=at(6))
        assert (again.stored, again.doubles) == (0, 3)
        assert sorted(Reading.objects.values_list("value", flat=True)) == [10, 20, 30]

    def test_a_double_the_engine_has_forgotten_is_met_by_the_table(self, district: people.District) -> None:
        ids = declare(2)
        take_in(batch=readings(ids, 5, [1, 2]), exercise_id=None, at=at(5))
        take_in(batch=readings(ids, 5 + 3000, [0, 0]), exercise_id=None, at=at(3005))
        late = take_in(batch=readings(ids, 5, [9, 9]), exercise_id=None, at=at(3006))
        assert (late.stored, late.stale) == (0, 2)
        assert sorted(Reading.objects.filter(at=at(5)).values_list("value", flat=True)) == [10, 20]

    def test_a_correction_replaces_what_was_sent_before(self, district: people.District) -> None:
        ids = declare(1)
        first = readings(ids, 5, [40])
        take_in(batch=first, exercise_id=None, at=at(5))
        revised = Arrived(first.sensor, first.at, np.array([20], np.int32), first.flags, np.array([True]))
        take_in(batch=revised, exercise_id=None, at=at(6))
        assert Reading.objects.get().value == 20
        running = engines.running(None)
        assert running is not None
        assert running.engine.rain.sums[1].tolist() == [20]

    def test_readings_of_several_months_find_their_partitions(self, district: people.District) -> None:
        ids = declare(1)
        months = [datetime(2031, m, 3, tzinfo=UTC) for m in (1, 7, 12)]
        stamps = np.array([int(m.timestamp()) for m in months], np.int64)
        batch = Arrived(np.array(ids * 3), stamps, np.zeros(3, np.int32), np.zeros(3, np.int16))
        assert take_in(batch=batch, exercise_id=None, at=months[-1]).stored == 3
        assert Reading.objects.count() == 3

    def test_readings_of_sensors_that_nobody_declared_are_left_out(self, district: people.District) -> None:
        ids = declare(1)
        taken = take_in(batch=readings([*ids, 99999], 5, [1, 1]), exercise_id=None, at=at(5))
        assert taken.stored == 1


class TestAlarms:
    @pytest.mark.feature("M007")
    def test_one_episode_is_one_alarm_that_steps_up_and_down(self, district: people.District) -> None:
        ids = declare(1)
        steps = rain(ids, range(5, 125, 5), [6.0])
        steps += rain(ids, range(125, 1000, 5), [0.0])
        alarm = Alarm.objects.get(sensor__isnull=False)
        mine = [s for s in steps if s.scope == "sensor"]
        assert [(s.before, s.after) for s in mine][:3] == [
            ("", "yellow"),
            ("yellow", "orange"),
            ("orange", "red"),
        ]
        assert mine[-1].ended
        assert len({s.alarm_id for s in mine}) == 1
        assert (alarm.peak, alarm.colour, alarm.item.state) == ("red", "", "ended")
        assert AlarmStep.objects.filter(alarm=alarm).count() == len(mine)
        codes = Entry.objects.filter(subject_id=str(alarm.pk)).order_by("id").values_list("code", flat=True)
        assert codes[0] == "loop.opened"
        assert list(codes).count("sensing.alarm_stepped") == len(mine) - 1

    def test_the_title_says_a_mark_was_reached_and_no_signal_issued(self, district: people.District) -> None:
        ids = declare(1)
        with translation.override("zh-hans"):
            rain(ids, range(5, 65, 5), [6.0])
        title = Alarm.objects.get(sensor__isnull=False).item.title
        assert "达到橙色标准（未发信号）" in title
        assert title.startswith("站0")

    def test_a_street_has_an_alarm_of_its_own_when_two_gauges_agree(self, district: people.District) -> None:
        ids = declare(6)
        steps = rain(ids, range(5, 65, 5), [6.0, 5.0, 0.5, 0.4, 0.5, 0.6])
        streets = [s for s in steps if s.scope == "area"]
        assert {s.region for s in streets} == {people.HARBOUR}
        assert Alarm.objects.filter(area_id=people.HARBOUR, ended_at=None).count() == 1

    def test_the_watch_judges_alarms_and_the_truth_is_counted_by_the_last_word(
        self, district: people.District
    ) -> None:
        ids = declare(2)
        rain(ids, range(5, 65, 5), [6.0, 6.0])
        people.add_duty(district.colleague, "watch_officer", people.DISTRICT)
        by = f"person:{district.colleague.pk}"
        first, second = (a.item for a in Alarm.objects.filter(sensor__isnull=False).order_by("sensor_id"))
        loop.move(item=first, name="judge_false", by=by, at=at(70), reason="误报")
        loop.move(item=first, name="judge_true", by=by, at=at(80))
        loop.move(item=second, name="judge_false", by=by, at=at(80), reason="试水")
        began, true, false = alarm_queries.judged(
            region=people.DISTRICT[:6], start=at(0), end=at(100), as_of=at(100), exercise_id=None
        )
        assert (true, false) == ({first.pk}, {second.pk})
        assert {first.pk, second.pk} <= set(began)


class TestFaults:
    def test_a_dead_gauge_makes_a_repair_and_no_alarm(self, district: people.District) -> None:
        ids = declare(6)
        rain(ids, range(5, 185, 5), [0.0, 3.0, 3.0, 4.0, 3.0, 3.0])
        fault = SensorFault.objects.get()
        assert (fault.kind, fault.sensor_id) == ("dead", ids[0])
        assert fault.item.charge_duty == "instrument_keeper"
        assert not Alarm.objects.filter(sensor_id=ids[0]).exists()
        state = states.area_states(exercise_id=None, at=at(180))[people.HARBOUR]
        assert [g.trusted for g in state.gauges] == [False] + [True] * 5

    def test_a_value_that_cannot_be_is_kept_flagged_and_counts_nowhere(
        self, district: people.District
    ) -> None:
        ids = declare(2)
        rain(ids, range(5, 15, 5), [1.0, 1.0])
        batch = readings(ids, 15, [900, 1], [RANGE, 0])
        taken = take_in(batch=batch, exercise_id=None, at=at(15), slot_s=300)
        assert [f.kind for f in taken.faults] == ["range"]
        assert Reading.objects.get(sensor_id=ids[0], at=at(15)).flags == RANGE
        assert not taken.steps

    def test_a_fault_that_comes_again_is_counted_on_the_same_repair(self, district: people.District) -> None:
        ids = declare(2)
        for day in (0, 3):
            batch = readings(ids, day * 1440 + 5, [900, 1], [RANGE, 0])
            take_in(batch=batch, exercise_id=None, at=at(day * 1440 + 5), slot_s=300)
        fault = SensorFault.objects.get(kind="range")
        assert (fault.times, fault.recovered_at) == (2, None)
        assert (
            WorkItem.objects.filter(loop="sensing.repair", title__contains="站0").count() == 2
        )  # and its silence


class TestCrashes:
    def test_a_failed_transaction_leaves_nothing_and_the_next_try_is_right(
        self, district: people.District
    ) -> None:
        ids = declare(1)
        rain(ids, range(5, 30, 5), [5.0])
        before = (Position.objects.get().step, Reading.objects.count())
        with pytest.raises(RuntimeError), transaction.atomic():
            take_in(batch=readings(ids, 30, [6]), exercise_id=None, at=at(30), slot_s=300)
            raise RuntimeError
        assert (Position.objects.get().step, Reading.objects.count()) == before
        taken = take_in(batch=readings(ids, 30, [6]), exercise_id=None, at=at(30), slot_s=300)
        assert taken.stored == 1
        assert [(s.scope, s.after) for s in taken.steps] == [("sensor", "yellow"), ("area", "yellow")]

    def test_another_process_goes_on_where_this_one_stood(self, district: people.District) -> None:
        ids = declare(6)
        values = [6.0, 5.0, 0.0, 4.0, 2.0, 3.0]
        whole = rain(ids, range(5, 400, 5), values)
        for model in (AlarmStep, Alarm, SensorFault, Reading, Position):
            model.objects.all().delete()
        engines.forget(None)
        again = []
        for minute in range(5, 400, 35):
            again += rain(ids, range(minute, min(minute + 35, 400), 5), values)
            engines.forget(None)  # as if the process had died here

        def told(steps: list[public.AlarmStep]) -> list[tuple[object, ...]]:
            return [(s.at, s.name, s.before, s.after, s.value, s.measure) for s in steps]

        assert told(again) == told(whole)

    def test_a_gauge_that_is_added_does_not_disturb_the_others(self, district: people.District) -> None:
        ids = declare(2)
        rain(ids, range(5, 40, 5), [6.0, 1.0])
        kept = engines.running(None)
        assert kept is not None
        more = actions.declare_stations(
            [StationGiven("new", "新站", people.HARBOUR)], exercise_id=None, by="service:test", at=at(40)
        )
        actions.forget_engine(None)
        steps = rain([*ids, more["new", "rain_mm"]], range(40, 70, 5), [6.0, 1.0, 0.0])
        assert [(s.before, s.after) for s in steps if s.scope == "sensor"] == [("yellow", "orange")]

    def test_a_replay_that_was_overtaken_is_refused(self, district: people.District) -> None:
        ids = declare(1)
        take_in(batch=readings(ids, 5, [1]), exercise_id=None, at=at(5), slot_s=300)
        with pytest.raises(taking_module.Refused) as refusal, transaction.atomic():
            Intake(exercise_id=None, slot_s=300, base=0)
        assert refusal.value.code == taking_module.OVERTAKEN


class TestStates:
    def test_rows_and_engine_tell_the_same_sums(self, district: people.District) -> None:
        ids = declare(3)
        rain(ids, range(5, 200, 5), [1.0, 2.0, 0.0])
        live = states.gauge_states(exercise_id=None, at=at(195))
        streets = states.area_states(exercise_id=None, at=at(195))
        engines.forget(None)
        assert states.gauge_states(exercise_id=None, at=at(195)) == live
        assert states.area_states(exercise_id=None, at=at(195)) == streets

    def test_water_shows_the_last_value_from_rows_and_engine(self, district: people.District) -> None:
        ids = declare(2, "depth_cm", kind="street")
        for minute, depth in ((5, 3.0), (10, 16.0), (15, 28.0)):
            taken = take_in(
                batch=readings(ids, minute, [depth, 0]), exercise_id=None, at=at(minute), slot_s=300
            )
        assert [s.after for s in taken.steps if s.scope == "sensor"] == ["orange"]
        live = states.point_states(exercise_id=None, at=at(15))
        engines.forget(None)
        assert states.point_states(exercise_id=None, at=at(15)) == live
        assert [p.cm for p in live] == [28.0, 0.0]

    def test_a_hydrograph_draws_a_gap_as_a_gap_and_names_flags(self, district: people.District) -> None:
        ids = declare(1)
        for minute, value, flag in ((5, 1, 0), (10, 2, 0), (30, 900, RANGE)):
            batch = readings(ids, minute, [value], [flag])
            take_in(batch=batch, exercise_id=None, at=at(minute), slot_s=300)
        station = states.Station.objects.get()
        (graph,) = stations.hydrographs(station, since=at(0), until=at(60))
        assert [(p.value, p.flags) for p in graph.points] == [
            (1.0, ()), (2.0, ()), (None, ("gap",)), (900.0, ("range",)),
        ]  # fmt: skip
        assert {m["colour"] for m in graph.marks} == {"yellow", "orange", "red"}

    def test_the_greatest_window_is_exact_over_stored_readings(self, district: people.District) -> None:
        ids = declare(2)
        for minute in range(5, 125, 5):
            batch = readings(ids, minute, [1, 3 if 30 < minute <= 90 else 0])
            take_in(batch=batch, exercise_id=None, at=at(minute), slot_s=300)
        found = stations.window_maxima(
            exercise_id=None, region=people.DISTRICT[:6], since=at(0), until=at(120), hours=(1,)
        )
        assert found[1] is not None
        assert found[1][0] == 36.0

    def test_summaries_show_colour_and_doubt(self, district: people.District) -> None:
        ids = declare(6)
        rain(ids, range(5, 185, 5), [0.0, 3.0, 3.0, 4.0, 3.0, 3.0])
        rows = {s.code: (s.colour, s.doubts) for s in public.station_summaries(exercise_id=None)}
        assert rows["rain_mm0"] == ("", ("dead",))
        assert rows["rain_mm1"][0] == "red"
        assert states.watermark(exercise_id=None) == at(180)
        assert stations.neighbours_of(states.Station.objects.get(code="rain_mm0"))[0][0].code == "rain_mm1"


def test_a_step_that_is_run_again_after_a_deadlock_writes_its_alarms_once(district: people.District) -> None:
    ids = declare(1)
    rain(ids, range(5, 30, 5), [5.0])
    for go in (1, 2):
        with pytest.raises(RuntimeError), transaction.atomic():
            intake = Intake(exercise_id=None, slot_s=300)
            intake.take(readings(ids, 30, [6]), at=at(30))
            if go == 2:
                intake.write()
            raise RuntimeError
    taken = take_in(batch=readings(ids, 30, [6]), exercise_id=None, at=at(30), slot_s=300)
    assert [(s.scope, s.after) for s in taken.steps] == [("sensor", "yellow"), ("area", "yellow")]
    assert Alarm.objects.count() == AlarmStep.objects.count() == 2
