"""The facts of two published reports go in; every figure comes out as it was printed, every contradiction with its
verdict, and none that is none (rules.md §10, practice.md §1.34)."""

import random
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators import checking, spans
from anlan.kernel.indicators.checking import NOTE, SCOPE, WRONG, Relation, blocks_issue, findings
from anlan.kernel.indicators.figures import MISSING, TWO_UNITS, Fact, Figure, printed

HERE = Path(__file__).resolve().parent
HALF = spans.half(2024, 1)


def read(name: str) -> dict:
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal)


def facts_of(report: dict) -> dict[str, Fact]:
    return {
        code: Fact(code, Decimal(value), unit, scope)
        for code, (value, unit, scope) in report["facts"].items()
    }


def relations_of(report: dict) -> list[Relation]:
    expected = {"month": HALF.months, "day": HALF.days}
    return [
        Relation(
            each["code"], each["kind"], tuple(each["of"]),
            Decimal(expected[each["span"]] if "span" in each else each.get("limit", 0)),
        )
        for each in report["relation"]
    ]  # fmt: skip


REPORT = read("seed004")
FACTS, RELATIONS = facts_of(REPORT), relations_of(REPORT)


@pytest.mark.parametrize("row", REPORT["figure"], ids=lambda row: row["code"])
def test_a_figure_comes_out_as_it_was_printed(row: dict) -> None:
    figure = Figure(row["code"], row["form"], tuple(row["of"]), row.get("digits", 1))
    assert printed(figure, FACTS).text == row["printed"]


def test_the_contradictions_are_found_each_with_its_verdict_and_no_other() -> None:
    found = {(each.relation.code, each.verdict) for each in findings(RELATIONS, FACTS)}
    assert found == {
        ("campaign_fines", SCOPE),
        ("flood_force", SCOPE),
        ("analysis_issues", NOTE),
        ("post_reads", NOTE),
        ("parks_connected", NOTE),
    }


def test_a_finding_says_its_numbers() -> None:
    by = {each.relation.code: each for each in findings(RELATIONS, FACTS)}
    assert by["campaign_fines"].values["sum"] == Decimal("351.9425")
    assert by["post_reads"].values["share"] == "99.5"
    assert by["parks_connected"].values["share"] == "52.2"
    for each in by.values():
        assert "{" not in each.words.format(**each.values)


def test_parts_that_do_not_add_up_are_wrong_and_block_the_issue() -> None:
    report = read("seed001")
    found = findings(relations_of(report), facts_of(report))
    assert [(each.relation.code, each.verdict, each.values["sum"]) for each in found] == [
        ("drills", WRONG, 76)
    ]
    assert blocks_issue(found)


def test_a_scope_is_silent_once_noted_and_speaks_again_when_the_numbers_change() -> None:
    found = findings(RELATIONS, FACTS)
    noted = [each.key for each in found if each.verdict == SCOPE]
    left = findings(RELATIONS, FACTS, noted=noted)
    assert {each.verdict for each in left} == {NOTE}
    assert not blocks_issue(left)
    changed = FACTS | {"flood_force": Fact("flood_force", Decimal(17869), "人", "三防")}
    assert blocks_issue(findings(RELATIONS, changed, noted=noted))


def test_the_order_of_facts_and_relations_changes_nothing() -> None:
    dice = random.Random(4)
    mixed, facts = list(RELATIONS), list(FACTS.items())
    dice.shuffle(mixed)
    dice.shuffle(facts)
    assert findings(mixed, dict(facts)) == findings(RELATIONS, FACTS)


def test_a_relation_whose_facts_nobody_entered_is_passed_over() -> None:
    assert findings(RELATIONS, {"accidents": FACTS["accidents"]}) == []


def test_a_missing_fact_and_mixed_units_are_refused_by_name() -> None:
    with pytest.raises(Refused) as refused:
        printed(Figure("x", "share", ("accidents", "nowhere")), FACTS)
    assert (refused.value.code, refused.value.facts["fact"]) == (MISSING, "nowhere")
    with pytest.raises(Refused) as refused:
        printed(Figure("x", "sum", ("accidents", "dead")), FACTS)
    assert refused.value.code == TWO_UNITS


@pytest.mark.feature("M334")
def test_a_change_of_a_rate_is_told_in_points_and_a_base_of_zero_by_the_difference() -> None:
    rates = {"now": Fact("now", Decimal("41.2"), "%"), "then": Fact("then", Decimal("38.7"), "%")}
    assert printed(Figure("x", "change", ("now", "then")), rates).text == "+2.5百分点"
    counts = {"now": Fact("now", Decimal(3), "起"), "then": Fact("then", Decimal(0), "起")}
    assert printed(Figure("x", "change", ("now", "then"), 0), counts).text == "+3起"


def test_a_count_that_fell_is_a_note_and_neither_one_that_rose_nor_one_that_rose_from_nought_is() -> None:
    def told(now: int, then: int, limit: int = 0) -> list[tuple[str, str]]:
        facts = {
            "now": Fact("now", Decimal(now), "家次", "巡查企业"),
            "then": Fact("then", Decimal(then), "家次"),
        }
        relation = Relation("visits_fell", "fell", ("now", "then"), Decimal(limit))
        return [(each.verdict, each.words.format(**each.values)) for each in findings([relation], facts)]

    assert told(70, 100) == [(NOTE, "巡查企业 fell from 100 to 70, by 30.0 per cent.")]
    assert [told(100, 100), told(101, 100), told(5, 0), told(70, 100, limit=30)] == [[], [], [], []]


def test_every_kind_of_relation_has_words() -> None:
    assert set(checking.WORDS) == set(checking._CHECKS)
