"""The grade of an accident against a naive reading of the law, and figures entered late and in any order."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.accidents.rules import clocks, grading
from anlan.domains.accidents.rules.words import RANK, TYPES
from anlan.kernel.core.errors import Refused
from tests.people import NOON

RULES = tomllib.loads((Path(__file__).parents[1] / "rulesets" / "accidents.toml").read_text())["rule"]
BANDS = next(row["value"] for row in RULES if row["rule"] == "accidents.grades")
OLD = next(row["value"] for row in RULES if row["rule"] == "accidents.old_types")
DAY = timedelta(days=1)


def naive(dead: int, hurt: int, loss: int) -> str:
    """493号令 art. 3 read aloud: 以上 includes the number."""
    if dead >= 30 or hurt >= 100 or loss >= 100_000_000:
        return "exceptional"
    if 10 <= dead <= 29 or 50 <= hurt <= 99 or 50_000_000 <= loss < 100_000_000:
        return "major"
    if 3 <= dead <= 9 or 10 <= hurt <= 49 or 10_000_000 <= loss < 50_000_000:
        return "serious"
    return "ordinary" if dead or hurt or loss else "none"


def figures(dead: int, hurt: int, loss: int) -> dict[str, int]:
    return {"dead": dead, "badly_hurt": hurt, "loss_yuan": loss}


near = st.one_of(st.integers(0, 130), st.sampled_from([2, 3, 9, 10, 29, 30, 49, 50, 99, 100]))
money = st.one_of(
    st.integers(0, 200_000_000),
    st.sampled_from([n + d for n in (10**7, 5 * 10**7, 10**8) for d in (-1, 0, 1)]),
)


@given(near, near, money)
def test_the_grade_is_the_worst_of_three(dead: int, hurt: int, loss: int) -> None:
    assert grading.grade(BANDS, figures(dead, hurt, loss)) == naive(dead, hurt, loss)


@given(near, near, money, near)
def test_more_dead_never_make_it_lighter(dead: int, hurt: int, loss: int, more: int) -> None:
    before, after = (grading.grade(BANDS, figures(n, hurt, loss)) for n in (dead, dead + more))
    assert RANK.index(after) >= RANK.index(before)


@pytest.mark.parametrize(
    ("dead", "hurt", "loss", "grade"),
    [(3, 0, 0, "serious"), (2, 9, 9_999_999, "ordinary"), (0, 10, 0, "serious"), (0, 0, 10**7, "serious"),
     (9, 50, 0, "major"), (29, 99, 99_999_999, "major"), (30, 0, 0, "exceptional"), (0, 0, 0, "none")],
)  # fmt: skip
def test_the_edges_of_the_law(dead: int, hurt: int, loss: int, grade: str) -> None:
    assert grading.grade(BANDS, figures(dead, hurt, loss)) == grade


@dataclass(frozen=True)
class Row:
    happened_at: datetime
    recorded_at: datetime
    dead: int
    counted: bool


entries = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 40), st.integers(0, 12)),
    max_size=10,
    unique_by=lambda t: t[:2],
).map(
    lambda made: [
        Row(NOON + day * DAY, NOON + (day + late) * DAY, dead, day <= 30) for day, late, dead in made
    ]
)


@given(entries, st.randoms(use_true_random=False), st.integers(0, 100))
def test_late_and_shuffled_entries_give_what_was_known_then(made: list[Row], dice, day: int) -> None:
    as_of = NOON + day * DAY
    expected = None
    for row in sorted(
        made, key=lambda each: (each.happened_at, each.recorded_at)
    ):  # naive: a diary, read in order
        if row.recorded_at <= as_of and row.happened_at <= NOON + 30 * DAY:
            expected = row
    shuffled = list(made)
    dice.shuffle(shuffled)
    assert grading.holding(shuffled, as_of=as_of) == expected


def test_a_person_signs_at_least_what_the_figures_reach() -> None:
    assert grading.check_signed("major", "serious") == "major"
    for given_ in ("ordinary", "purple"):
        with pytest.raises(Refused):
            grading.check_signed(given_, "serious")


def test_the_old_list_has_twenty_types_and_asks_where_the_new_one_splits_them() -> None:
    assert len(OLD) == 20
    assert len(TYPES) == 27
    assert grading.from_old("冒顶片帮", OLD).code == "collapse"
    assert grading.from_old("中毒和窒息", OLD).code == ""  # poisoning or suffocation: a person says
    assert grading.from_old("地震", OLD) is None
    assert {row["code"] for row in OLD} - {""} <= set(TYPES)


def test_an_extension_ends_sixty_days_after_the_sixty() -> None:
    due = NOON + 60 * DAY
    clocks.check_extension(until=NOON + 120 * DAY, due=due, first_due=due, most_days=60)
    for until in (NOON + 121 * DAY, due):
        with pytest.raises(Refused):
            clocks.check_extension(until=until, due=due, first_due=due, most_days=60)


def test_a_year_after_the_twenty_ninth_of_february_is_the_twenty_eighth() -> None:
    leap = NOON.replace(year=2024, month=2, day=29)
    assert (clocks.a_year_on(leap).month, clocks.a_year_on(leap).day) == (2, 28)


def test_measures_are_lines_without_their_numbers() -> None:
    assert clocks.lines_of("1. 停用升降机\n\n（2）培训 30 人\n三、整改") == [
        "停用升降机",
        "培训 30 人",
        "三、整改",
    ]
