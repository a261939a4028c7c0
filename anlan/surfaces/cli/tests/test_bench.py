"""`anlan bench` prints value, ratio and verdict."""

import json

import pytest
from click.testing import CliRunner

from anlan.surfaces.cli.main import main
from anlan.surfaces.cli.verbs import bench as verb
from bench.result import Result


@pytest.fixture
def measured(monkeypatch):
    def put(*results: Result) -> None:
        monkeypatch.setattr(verb, "names", lambda: ["lamps"])
        monkeypatch.setattr(verb, "_measure", lambda name: list(results))

    return put


def test_a_line_says_value_unit_ratio_and_against_what(measured):
    measured(Result("lamps.lit", 1234.5, "lamps/s", against="candles 617/s", ratio=2.0))
    result = CliRunner().invoke(main, ["bench", "lamps"])
    assert result.exit_code == 0
    assert "1,234.500 lamps/s" in result.output
    assert "×2.00  candles 617/s" in result.output
    assert "machine: " in result.output


def test_json_is_one_object_a_line(measured):
    measured(Result("lamps.lit", 2.0, "s"), Result("lamps.out", 3.0, "s"))
    result = CliRunner().invoke(main, ["bench", "--json"])
    assert [json.loads(line)["name"] for line in result.output.splitlines()] == ["lamps.lit", "lamps.out"]


def test_a_missed_limit_ends_with_one(measured):
    measured(Result("lamps.lit", 2.0, "s", against="limit 1 s", ratio=0.5, held=False))
    result = CliRunner().invoke(main, ["bench", "lamps"])
    assert result.exit_code == 1
    assert "MISSED" in result.output


def test_an_unknown_bench_is_refused_with_the_known_ones(measured):
    measured()
    result = CliRunner().invoke(main, ["bench", "moon"])
    assert result.exit_code == 2
    assert "there are: lamps" in result.output
