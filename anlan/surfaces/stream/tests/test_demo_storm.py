"""The demo's storm keeps to the published figures and tells the story it is for."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from anlan.surfaces.stream.demo import storm

STATIONS = Path(__file__).resolve().parents[2] / "cli" / "demo" / "data" / "stations.csv"
FIVE_PAST_SIX = 18 * 60 + 5


@cache
def gauges():
    with STATIONS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "rain"]
    return tuple(storm.Gauge(row["code"], float(row["lon"]), float(row["lat"])) for row in rows)


@cache
def fell():
    return storm.rain(gauges())


def three_hours(until):
    return fell()[until - 180 : until].sum(axis=0) / 10


@pytest.mark.parametrize("minutes", sorted(storm.PUBLISHED))
def test_the_greatest_sum_of_a_window_is_the_published_one(minutes):
    assert storm.greatest(fell(), minutes) == pytest.approx(storm.PUBLISHED[minutes], rel=0.005)


def test_the_mean_from_five_to_six_is_the_published_one():
    mean = fell()[storm.MEAN_FROM : storm.MEAN_UNTIL].sum(axis=0).mean() / 10
    assert mean == pytest.approx(storm.PUBLISHED_MEAN, rel=0.005)


def test_at_five_past_six_two_gauges_have_fifty_millimetres_in_three_hours():
    assert (three_hours(FIVE_PAST_SIX) >= 50).sum() == 2
    assert (three_hours(FIVE_PAST_SIX - 2) >= 50).sum() == 0


def test_one_gauge_reads_zero_while_its_six_neighbours_read_forty():
    cast = storm.roles(gauges())
    assert storm.read_of(fell(), gauges())[:, cast.dead].sum() == 0
    assert len(cast.neighbours) == 6
    assert all(40 <= three_hours(FIVE_PAST_SIX)[at] < 50 for at in cast.neighbours)


def test_no_minute_is_more_than_a_gauge_may_honestly_say():
    assert 0 <= fell().min() <= fell().max() <= 150


def test_twice_is_the_same_storm():
    assert np.array_equal(storm.rain(gauges()), fell())


def test_streets_flood_and_drain_again():
    some = fell()[:, :6]
    depth = storm.depths(some, drains_mm_h=np.full(6, 60.0))
    assert depth.min() == 0
    assert depth[FIVE_PAST_SIX:].max() > 270
    assert depth[-1].max() < 20


def test_a_river_passes_its_warning_stage_after_the_rain():
    some = fell()[:, :6]
    stage = storm.stages(some, np.full(6, 230.0), np.full(6, 30.0))
    assert stage[FIVE_PAST_SIX].max() < 2300 < stage.max() < 6000
