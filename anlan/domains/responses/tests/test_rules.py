import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.responses.loop import PROPOSAL, RESPONSE, SHEET, TASK
from anlan.domains.responses.rules import levels, plan, returns, triggers
from anlan.domains.responses.rules.triggers import Measured, Signal, Situation
from anlan.kernel.core.errors import Refused
from tests.people import NOON

FOLDER = Path(__file__).parent.parent / "rulesets"
STREET, NEXT, FAR = "440399001000", "440399002000", "440399009000"


def rows(name: str) -> list[dict]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["rule"][0]["value"]


def top(situation: Situation) -> triggers.Met | None:
    found = triggers.met(rows("flood_triggers"), situation)
    return found[0] if found else None


def test_the_loops_are_sound() -> None:
    assert [problem for loop in (PROPOSAL, RESPONSE, SHEET, TASK) for problem in loop.problems()] == []


class TestThePlan:
    def test_at_level_three_has_31_lines_for_16_units(self) -> None:
        lines = plan.unit_lines(rows("flood_tasks"), level="Ⅲ")
        assert (len(lines), len(plan.lowest_by_unit(lines))) == (31, 16)

    def test_gives_a_street_ten_lines_less_at_the_lowest_level(self) -> None:
        sheet = rows("flood_street_sheet")
        at_three = plan.street_lines(sheet, level="Ⅲ", rhythm=timedelta(hours=2))
        at_four = plan.street_lines(sheet, level="Ⅳ", rhythm=timedelta(hours=4))
        assert {line.code for line in at_three} - {line.code for line in at_four} == {"S4", "S5", "S6"}
        assert next(line for line in at_three if line.code == "S7").repeat_min == 120

    def test_steps_up_with_only_what_is_new(self) -> None:
        tasks = rows("flood_tasks")
        both = plan.unit_lines(tasks, level="Ⅱ")
        stepwise = plan.unit_lines(tasks, level="Ⅲ") + plan.unit_lines(tasks, above="Ⅲ", level="Ⅱ")
        assert sorted(line.code + line.unit for line in both) == sorted(
            line.code + line.unit for line in stepwise
        )

    def test_has_every_line_once_a_unit(self) -> None:
        lines = [(line.code, line.unit) for line in plan.unit_lines(rows("flood_tasks"), level="Ⅰ")]
        assert len(lines) == len(set(lines))
        assert {code for code, _ in lines} == {f"F{n:02}" for n in range(1, 54)}

    def test_asks_every_half_hour_at_level_one_for_three_hours(self) -> None:
        one = plan.read_levels(rows("flood_levels"))["Ⅰ"]
        assert one.rhythm(timedelta(hours=1)) == timedelta(minutes=30)
        assert one.rhythm(timedelta(hours=3)) == timedelta(hours=1)

    def test_moves_a_typhoon_line_to_its_lead_before_the_gale(self) -> None:
        line = next(line for line in plan.unit_lines(rows("flood_tasks"), level="Ⅳ") if line.code == "F08")
        assert plan.due(line, start=NOON) == NOON + timedelta(minutes=60)
        late = plan.due(line, start=NOON, arrival=NOON + timedelta(hours=30), lead_hours=24)
        assert late == NOON + timedelta(hours=7)


class TestATrigger:
    @pytest.mark.parametrize(
        ("colour", "level"), [("yellow", "Ⅳ"), ("orange", "Ⅲ"), ("red", "Ⅱ"), ("blue", None)]
    )
    def test_of_a_rain_signal_proposes_by_its_colour(self, colour: str, level: str | None) -> None:
        hit = top(Situation(signals=(Signal("rain", colour, (STREET,)),)))
        assert (hit.level if hit else None) == level

    def test_needs_enough_trusted_gauges(self) -> None:
        gauges = [Measured(f"g{n}", STREET, 85) for n in range(2)] + [
            Measured("liar", STREET, 300, trusted=False)
        ]
        assert top(Situation(measured={"rain_3h_mm": gauges})) is None
        assert top(Situation(measured={"rain_3h_mm": [*gauges, Measured("g3", STREET, 80)]})).level == "Ⅲ"

    def test_needs_them_in_one_street_or_two_neighbouring_ones(self) -> None:
        gauges = [Measured("a", STREET, 85), Measured("b", STREET, 85), Measured("c", NEXT, 85)]
        apart = Situation(measured={"rain_3h_mm": gauges})
        together = Situation(
            measured=apart.measured, neighbours={STREET: frozenset({NEXT}), NEXT: frozenset({STREET})}
        )
        assert top(apart) is None
        assert top(together).streets == (STREET, NEXT)

    def test_with_a_forecast_beside_it_needs_both(self) -> None:
        alone = {"rain_3h_mm": [Measured("a", STREET, 60)]}
        assert top(Situation(measured=alone)) is None
        assert top(Situation(measured=alone | {"forecast_3h_mm": [Measured("f", STREET, 30)]})).level == "Ⅳ"

    @given(st.integers(0, 12), st.integers(20, 60))
    def test_by_depth_is_the_plain_count(self, points: int, depth: int) -> None:
        measured = [Measured(f"p{n}", STREET, depth) for n in range(points)]
        hit = top(Situation(measured={"depth_cm": measured}))
        expected = "Ⅱ" if points >= 12 and depth > 40 else ("Ⅲ" if points >= 5 and depth > 27 else None)
        assert (hit.level if hit else None) == expected

    def test_says_what_shows_it(self) -> None:
        hit = top(
            Situation(measured={"rain_1h_mm": [Measured("东门", STREET, 104.5), Measured("南站", FAR, 100)]})
        )
        assert (hit.level, hit.evidence) == ("Ⅱ", ("东门 104.5 mm", "南站 100 mm"))


class TestALevel:
    APPROVERS = {name: row.approver for name, row in plan.read_levels(rows("flood_levels")).items()}

    def test_is_approved_by_its_own_and_by_any_higher_leader(self) -> None:
        for kind in ("deputy_commander", "commander"):
            levels.check_approver(level="Ⅲ", kinds={kind}, approvers=self.APPROVERS)
        with pytest.raises(Refused) as refusal:
            levels.check_approver(level="Ⅲ", kinds={"flood_office_head"}, approvers=self.APPROVERS)
        assert refusal.value.facts["who"] == "deputy_commander"

    def test_that_is_none_is_refused(self) -> None:
        with pytest.raises(Refused):
            levels.rank("3")


class TestAReturn:
    FIELDS = returns.read_fields(rows("flood_return_fields"))

    def check(self, given: dict, last: dict | None = None, *, corrected: bool = False) -> returns.Figures:
        return returns.check(given, self.FIELDS, last, corrected=corrected)

    def test_that_is_nil_keeps_what_was_reported_in_all(self) -> None:
        first = self.check({"moved_sites": {"now": 5, "cum": 12}})
        assert returns.nil(self.FIELDS, first)["moved_sites"] == {"now": 0, "cum": 12}

    def test_now_more_than_in_all_raises_what_is_in_all(self) -> None:
        assert self.check({"points_flooded": {"now": 4}})["points_flooded"] == {"now": 4, "cum": 4}

    def test_whose_total_fell_asks_for_the_reason(self) -> None:
        first = self.check({"points_flooded": {"now": 4, "cum": 9}})
        with pytest.raises(Refused) as refusal:
            self.check({"points_flooded": {"now": 1, "cum": 7}}, first)
        assert (refusal.value.field, refusal.value.facts["old"]) == ("points_flooded", 9)
        assert (
            self.check({"points_flooded": {"now": 1, "cum": 7}}, first, corrected=True)["points_flooded"][
                "cum"
            ]
            == 7
        )

    @pytest.mark.parametrize("value", [-1, 1.5, "many", float("nan")])
    def test_with_no_count_is_refused_by_its_figure(self, value: object) -> None:
        with pytest.raises(Refused) as refusal:
            self.check({"points_flooded": {"now": value}})
        assert refusal.value.field == "points_flooded"

    def test_sums_counts_and_takes_the_largest_depth(self) -> None:
        both = [
            self.check({"points_flooded": {"now": 2, "cum": 3}, "deepest_cm": {"now": 30}}),
            self.check({"points_flooded": {"now": 1, "cum": 1}, "deepest_cm": {"now": 55}}),
        ]
        total = returns.total(both, self.FIELDS)
        assert total["points_flooded"] == {"now": 3, "cum": 4}
        assert total["deepest_cm"]["now"] == 55

    @given(st.lists(st.integers(0, 500), min_size=1, max_size=10))
    def test_of_all_streets_is_the_plain_sum(self, numbers: list[int]) -> None:
        given_figures = [self.check({"points_flooded": {"now": n}}) for n in numbers]
        assert returns.total(given_figures, self.FIELDS)["points_flooded"]["now"] == sum(numbers)
