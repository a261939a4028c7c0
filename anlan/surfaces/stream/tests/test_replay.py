"""A replay is a function of its input: killed and resumed it tells the same events, and nothing twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from anlan.domains.sensing.models import Alarm, Position, Reading, Sensor, Station
from anlan.domains.sensing.queries import engines
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import Exercise
from anlan.kernel.core.postgres import Server
from anlan.surfaces.stream import events, replay
from anlan.surfaces.stream.replay import Request, play
from anlan.surfaces.stream.tests import data
from tests import people, prove


@pytest.fixture
def series(tmp_path: Path) -> Request:
    return Request(series=data.storm(tmp_path), stations=data.sites(tmp_path))


@pytest.fixture
def ready(db: None) -> Iterator[None]:
    engines._running.clear()
    people.district()
    yield
    engines._running.clear()


@pytest.mark.usefixtures("ready")
class TestReplay:
    def test_every_reading_is_stored_once_and_the_exercise_ends(self, series: Request) -> None:
        played = play(series)
        rows = [line.split(",")[:2] for line in series.series.read_text().splitlines()[1:]]
        assert Reading.objects.count() == len({tuple(row) for row in rows}) == played.stored
        assert played.doubles == len(rows) - played.stored
        assert played.ended
        exercise = Exercise.objects.get()
        assert (exercise.kind, exercise.ended_at is not None) == ("replay", True)
        assert exercise.frozen_at == Position.objects.get().watermark
        told = events.events_of(exercise.pk)
        assert {"alarm_step", "sensor_fault"} <= {e["event"] for e in told}
        assert [e["at"] for e in told] == sorted(e["at"] for e in told)

    def test_the_dead_gauge_of_the_storm_is_found_and_raises_nothing(self, series: Request) -> None:
        play(series)
        told = [e for e in events.events_of(Exercise.objects.get().pk) if e["name"] == "站00"]
        assert {(e["event"], e["facts"]["kind"]) for e in told} == {("sensor_fault", "dead")}

    def test_stopped_and_resumed_it_tells_the_same_events(self, series: Request) -> None:
        play(series)
        first = Exercise.objects.get()
        whole = list(events.lines(first.pk))
        for steps in (7, 40, 1, 30):
            began = not Exercise.objects.filter(ended_at=None).exists()
            part = play(replay_of(series, steps=steps, resume=not began))
            assert part.steps == steps
            engines._running.clear()
        play(replay_of(series, resume=True))
        second = Exercise.objects.exclude(pk=first.pk).get()
        assert list(events.lines(second.pk)) == whole
        assert Reading.objects.count() == 2 * played_readings(first)

    def test_a_half_played_series_is_not_begun_again_by_accident(self, series: Request) -> None:
        play(replay_of(series, steps=10))
        with pytest.raises(Refused) as refusal:
            play(series)
        assert refusal.value.code == replay.HALF_PLAYED
        play(replay_of(series, steps=10, again=True))
        assert Exercise.objects.filter(ended_at=None).count() == 1

    def test_without_a_half_played_one_there_is_nothing_to_resume(self, series: Request) -> None:
        with pytest.raises(Refused) as refusal:
            play(replay_of(series, resume=True))
        assert refusal.value.code == replay.NOTHING_TO_RESUME

    def test_shuffled_and_doubled_lines_make_no_other_events(self, series: Request, tmp_path: Path) -> None:
        play(series)
        whole = list(events.lines(Exercise.objects.get().pk))
        head, *lines = series.series.read_text().splitlines()
        rng = random.Random(3)
        lines += rng.choices(lines, k=300)
        rng.shuffle(lines)
        other = tmp_path / "shuffled.csv"
        other.write_text("\n".join([head, *lines]))
        play(Request(series=other, stations=series.stations))
        assert list(events.lines(Exercise.objects.exclude(name="storm").get().pk)) == whole

    def test_at_a_given_speed_the_clock_runs_and_the_slots_wait_for_it(self, series: Request) -> None:
        began = time.monotonic()
        play(replay_of(series, speed=6000.0, steps=40))
        assert time.monotonic() - began >= 39 * 300 / 6000
        assert Exercise.objects.get().frozen_at is None

    def test_stations_fall_into_streets_or_into_the_district(self, series: Request) -> None:
        play(replay_of(series, steps=1))
        assert set(Station.objects.values_list("region_id", flat=True)) == {people.DISTRICT}
        assert not Alarm.objects.exists()


def replay_of(request: Request, **changes: object) -> Request:
    return Request(**{**request.__dict__, **changes})  # type: ignore[arg-type]


def played_readings(exercise: Exercise) -> int:
    return Reading.objects.filter(
        sensor_id__in=Sensor.objects.filter(station__exercise=exercise).values("pk")
    ).count()


def _killed_until_done(request: Request, var: Path, kills: int, seed: int) -> int:
    """Run the real command, kill -9 it at random moments, resume; returns how often it was killed at work."""
    rng = random.Random(seed)
    line = [sys.executable, "-m", "anlan", "replay", str(request.series), "--stations", str(request.stations)]
    environ = {**os.environ, "ANLAN_VAR": str(var)}
    killed = 0
    while killed < kills:
        resume = ["--resume"] if Exercise.objects.filter(ended_at=None).exists() else []
        process = subprocess.Popen(
            [*line, *resume], env=environ, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        _wait_for_work(process)
        time.sleep(rng.uniform(0.0, 0.25))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += 1
    resume = ["--resume"] if Exercise.objects.filter(ended_at=None).exists() else []
    if resume:
        done = subprocess.run(
            [*line, *resume, "--json"], env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["ended"]
    return killed


def _wait_for_work(process: subprocess.Popen[bytes]) -> None:
    """Until the command has an open exercise whose position moves, or has ended."""

    def reached() -> int:
        return sum(Position.objects.values_list("step", flat=True))

    before, deadline = reached(), time.monotonic() + 60
    while reached() == before and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
@prove.kills()
def test_killed_at_random_moments_it_loses_nothing_and_tells_nothing_twice(
    cluster: Server, tmp_path: Path, kills: int
) -> None:
    people.district()
    slots = 120 * kills
    request = Request(series=data.storm(tmp_path, slots=slots), stations=data.sites(tmp_path))
    play(request)
    first = Exercise.objects.get()
    whole = list(events.lines(first.pk))
    killed = _killed_until_done(request, cluster.places.var, kills, seed=kills)
    second = Exercise.objects.exclude(pk=first.pk).get()
    assert killed >= min(kills, 3), "the replay was over before it could be killed: make the series longer"
    assert list(events.lines(second.pk)) == whole
    assert played_readings(second) == played_readings(first)
