"""Real series, with their faults: an hour of nonsense in a storm gauge, sentinels, dead gauges, floods of rivers and streets."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from anlan.domains.sensing.models import Alarm, Reading, SensorFault, Station
from anlan.domains.sensing.queries import engines
from anlan.domains.sensing.rules.faults import MISSING, RANGE
from anlan.domains.sensing.rules.sources import parse_sentinels
from anlan.domains.warnings.models import Episode
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import RuleValue
from anlan.surfaces.stream import events, siting
from anlan.surfaces.stream.replay import Played, Request, play
from anlan.surfaces.stream.series import Mapping, read
from anlan.surfaces.stream.tests import data
from tests import people


@pytest.fixture(autouse=True)
def _district(db: None) -> Iterator[None]:
    engines._running.clear()
    people.district()
    yield
    engines._running.clear()


def between(frame: pl.DataFrame, first: datetime, last: datetime) -> pl.DataFrame:
    return frame.filter(pl.col("time_utc").is_between(first, last))


def cut(frame: pl.DataFrame, folder: Path, name: str = "cut.parquet") -> Path:
    path = folder / name
    frame.write_parquet(path)
    return path


class TestHarvey:
    @pytest.fixture
    def played(self, tmp_path: Path) -> Played:
        frame = pl.read_parquet(data.shared("rain/harvey2017_rain_5min.parquet"))
        frame = frame.with_columns(pl.col("station_id").cast(pl.String))
        some = sorted(frame["station_id"].unique().to_list())
        kept = frame.filter(pl.col("station_id").is_in([*some[::6], "HC520"]))
        path = cut(
            between(kept, datetime(2017, 8, 27, 0, tzinfo=UTC), datetime(2017, 8, 27, 14, tzinfo=UTC)),
            tmp_path,
        )
        stations = data.shared("rain/harvey2017_replay_siting_baoan.csv")
        return play(Request(series=path, stations=stations, silent_s=0))

    def test_the_impossible_reading_is_flagged_and_the_rest_of_its_gauge_goes_on(
        self, played: Played
    ) -> None:
        bad = Reading.objects.get(flags=RANGE)
        assert (bad.value, bad.at) == (1006, datetime(2017, 8, 27, 12, 25, tzinfo=UTC))
        assert SensorFault.objects.get(kind="range").sensor.station.code == "HC520"
        told = [e for e in events.events_of(played.exercise.pk) if e["event"] == "alarm_step"]
        assert all(float(e["facts"]["value"]) < 600 for e in told)

    def test_the_storm_raises_each_gauge_once_an_episode(self, played: Played) -> None:
        assert played.stored == len(played.series)
        rows = Alarm.objects.filter(sensor__isnull=False, ended_at=None).values_list("sensor_id", flat=True)
        assert len(rows) == len(set(rows))
        assert Alarm.objects.filter(peak="red").exists()

    def test_moved_gauges_say_so_wherever_they_are_shown(self, played: Played) -> None:
        assert played.moved
        assert set(Station.objects.values_list("siting_note", flat=True)) == {siting.SYNTHETIC}
        assert "SYNTHETIC SITING" in played.exercise.origin

    def test_the_rules_of_its_own_days_hold_and_a_replay_adds_none(self, played: Played) -> None:
        assert not RuleValue.objects.exclude(by="service:rulesets").exists()
        assert Episode.objects.filter(exercise=played.exercise, opened_at__year=2017).exists()


def test_a_storm_before_any_rule_is_refused_with_the_rule_that_lacks(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("time,station,mm\n1998-08-01 00:00,A,1\n1998-08-01 00:05,A,2\n")
    with pytest.raises(Refused) as refusal:
        play(Request(series=path))
    assert refusal.value.code == rulesets.MISSING
    assert refusal.value.facts["rule"].startswith("sensing.")


def test_taiwan_sentinels_are_words_and_not_amounts() -> None:
    path = data.shared("rain/taiwan_cwb_rain_snapshot_20171214T0940.csv")
    words = parse_sentinels(["-998=none", "-999=missing"])
    mapping = Mapping(value="RAIN", sentinels=words, every_s=3600)
    play(Request(series=path, stations=path, mapping=mapping))
    rows = pl.read_csv(path)["RAIN"]
    assert Reading.objects.count() == len(rows) == 874
    assert not Reading.objects.filter(value__lt=0).exists()
    assert Reading.objects.filter(flags=MISSING).count() == (rows == -999).sum()
    assert Reading.objects.filter(flags=0, value=0).count() == (rows == -998).sum() + (rows == 0).sum()


def test_a_sentinel_that_nobody_declared_is_a_number_that_cannot_be() -> None:
    path = data.shared("rain/taiwan_cwb_rain_snapshot_20171214T0940.csv")
    play(Request(series=path, stations=path, mapping=Mapping(value="RAIN", every_s=3600)))
    flagged = Reading.objects.filter(flags=RANGE)
    assert set(flagged.values_list("value", flat=True)) <= {-9980, -9990}
    assert not Alarm.objects.exists()


def test_the_dead_private_gauge_of_amsterdam_is_found(tmp_path: Path) -> None:
    frame = pl.read_parquet(data.shared("rain/amsterdam_pws_2017-09_5min.parquet"))
    frame = frame.with_columns(pl.col("station_id").cast(pl.String))
    day = datetime(2017, 9, 8, 0, tzinfo=UTC)
    sites = pl.read_csv(data.shared("rain/amsterdam_pws_2017-09_5min_stations.csv"))
    home = sites.filter(pl.col("station_id") == "ams9")
    near = (
        sites.with_columns(
            ((pl.col("lon") - home["lon"][0]) * 0.61)
            .pow(2)
            .add((pl.col("lat") - home["lat"][0]).pow(2))
            .alias("away")
        )
        .sort("away")["station_id"]
        .to_list()[:12]
    )
    kept = frame.filter(pl.col("station_id").is_in(near))
    path = cut(between(kept, day, datetime(2017, 9, 9, 0, tzinfo=UTC)), tmp_path)
    table = tmp_path / "sites.csv"
    sites.filter(pl.col("station_id").is_in(near)).write_csv(table)
    play(Request(series=path, stations=table))
    assert SensorFault.objects.get(kind="dead").sensor.station.code == "ams9"
    assert not Alarm.objects.filter(sensor__station__code="ams9").exists()


def test_the_wangsuk_flood_passes_its_stages_and_one_episode_tells_it(tmp_path: Path) -> None:
    frame = pl.read_csv(data.shared("river/wangsuk_level_hourly_2018-2020.csv"), try_parse_dates=True)
    frame = frame.with_columns(pl.col("time_utc").cast(pl.Datetime("us", "UTC")))
    flood = between(frame, datetime(2020, 8, 1, tzinfo=UTC), datetime(2020, 8, 6, tzinfo=UTC))
    top = flood.sort("level_m")["station_id"][-1]
    greatest = float(flood.filter(pl.col("station_id") == top)["level_m"].max())  # type: ignore[arg-type]
    table = tmp_path / "stations.csv"
    table.write_text(
        f"station_id,name,warning_cm,guarantee_cm\n{top},王宿川,{greatest * 30:.0f},{greatest * 90:.0f}\n"
    )
    played = play(Request(series=cut(flood, tmp_path), stations=table, mapping=Mapping(unit="m")))
    assert played.series.slot_s == 3600
    mine = Alarm.objects.filter(sensor__station__code=top)
    assert mine.filter(peak="red").count() == 1
    stages = [s.after for s in mine.get(peak="red").alarm_steps.order_by("at")]
    assert stages.index("orange") < stages.index("red")


def test_flooded_streets_of_new_york_pass_15_27_and_40_cm(tmp_path: Path) -> None:
    frame = pl.read_parquet(data.shared("street_flood/nyc_depth_profiles_2025-06_2026-05.parquet"))
    frame = frame.with_columns(pl.col("sensor_id").cast(pl.String)).drop("event_id")
    night = between(frame, datetime(2025, 10, 30, 22, tzinfo=UTC), datetime(2025, 10, 30, 23, 59, tzinfo=UTC))
    deepest = (
        night.group_by("sensor_id").agg(pl.col("depth_mm").max()).sort("depth_mm")["sensor_id"].to_list()[-6:]
    )
    path = cut(night.filter(pl.col("sensor_id").is_in(deepest)), tmp_path)
    played = play(Request(series=path, silent_s=0))
    assert played.series.source.metric == "depth_cm"
    most = night.filter(pl.col("sensor_id").is_in(deepest))["depth_mm"].max()
    reached = {a.peak for a in Alarm.objects.all()}
    assert ("red" in reached) == (most >= 400)  # type: ignore[operator]
    assert "orange" in reached or "red" in reached


class TestReading:
    def test_stamps_of_the_start_are_moved_to_the_end(self, tmp_path: Path) -> None:
        path = tmp_path / "start.csv"
        path.write_text("time,station,mm\n2024-06-01 00:00,A,1\n2024-06-01 00:05,A,2\n2024-06-01 00:10,A,3\n")
        end = read(path, Mapping(zone="Asia/Shanghai"))
        start = read(path, Mapping(zone="Asia/Shanghai", stamp="start"))
        assert (start.at - end.at).tolist() == [300, 300, 300]
        assert datetime.fromtimestamp(int(end.at[0]), UTC).hour == 16

    def test_a_chinese_file_in_gb18030_with_chinese_heads_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "雨量.csv"
        path.write_bytes("时间,站号,雨量\n2024/06/01 08:00,甲,1.5\n2024/06/01 08:05,甲,x\n".encode("gb18030"))
        series = read(path, Mapping(zone="Asia/Shanghai"))
        assert (series.codes, len(series), series.bad_rows) == (("甲",), 1, 1)

    def test_inches_and_feet_become_tenths(self, tmp_path: Path) -> None:
        path = tmp_path / "us.csv"
        path.write_text("time,station_id,rain_in\n2024-06-01T00:05Z,A,1\n2024-06-01T00:10Z,A,0.5\n")
        series = read(path, Mapping())
        assert series.source.read(series.value)[0].tolist() == [254, 127]

    def test_a_wide_file_has_one_column_a_station(self) -> None:
        series = read(data.shared("rain/harvey2017_rain_hourly_wide.csv"), Mapping())
        assert (len(series.codes), len(series), series.slot_s) == (150, 18000, 3600)
