"""The arithmetic against a naive one in fractions, and its edges: no value, ties, caps, a veto."""

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.domains.assessments.rules import scoring
from anlan.domains.assessments.rules.scoring import Extra, Line, Rule, Terms

WEIGHTS = st.decimals(min_value="0.5", max_value=60, places=1)
SHARES = st.none() | st.decimals(min_value=0, max_value=100, places=2)
LINES = st.lists(st.tuples(WEIGHTS, SHARES, st.sampled_from(["spread", "zero", "full"])), max_size=8)
EXTRAS = st.lists(
    st.tuples(st.sampled_from(["deduction", "bonus"]), st.decimals(min_value="0.5", max_value=30, places=1)),
    max_size=5,
)
CAPS = st.none() | st.decimals(min_value=0, max_value=20, places=1)


def naive(lines, extras, most_deducted, most_bonus):
    """Σ weight × share − deductions + bonus in fractions: weight without a share is shared out one item at a time."""
    items = [(Fraction(w), None if s is None else Fraction(s), m) for w, s, m in lines]
    items = [
        (w, {"zero": Fraction(0), "full": Fraction(100)}.get(m) if s is None else s, m) for w, s, m in items
    ]
    known = [(w, s) for w, s, _m in items if s is not None]
    if lines and not known:
        return None
    points = sum((w * s / 100 for w, s in known), Fraction(0))
    held = sum((w for w, _s in known), Fraction(0))
    for weight, share, _m in items:
        if share is None:
            points += sum((weight * w / held * s / 100 for w, s in known), Fraction(0))
    off = sum((Fraction(p) for kind, p in extras if kind == "deduction"), Fraction(0))
    on = sum((Fraction(p) for kind, p in extras if kind == "bonus"), Fraction(0))
    off = off if most_deducted is None else min(off, Fraction(most_deducted))
    on = on if most_bonus is None else min(on, Fraction(most_bonus))
    whole = max(points - off + on, Fraction(0))
    cents = whole * 100
    return Fraction((2 * cents.numerator + cents.denominator) // (2 * cents.denominator), 100)


@settings(max_examples=200, deadline=None)
@given(LINES, EXTRAS, CAPS, CAPS)
def test_a_total_is_what_a_naive_reckoning_in_fractions_gives(lines, extras, most_deducted, most_bonus):
    found = scoring.total(
        [Line(str(n), w, s, m) for n, (w, s, m) in enumerate(lines)],
        [Extra(kind, points) for kind, points in extras],
        Terms(most_deducted, most_bonus),
    )
    wanted = naive(lines, extras, most_deducted, most_bonus)
    if wanted is None:
        assert found.total is None
    else:
        assert found.total is not None
        # 28 digits of a Decimal may fall on the other side of a half cent than a fraction does.
        assert abs(Fraction(found.total) - wanted) <= Fraction(1, 100)
        exact = sum((Fraction(p) for p in found.points.values() if p is not None), Fraction(0))
        assert found.weighted is not None
        assert abs(exact - Fraction(found.weighted)) < Fraction(1, 10**12)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(WEIGHTS, st.decimals(min_value=0, max_value=100, places=0)), min_size=1, max_size=8)
)
def test_without_gaps_whole_shares_come_to_the_exact_sum(lines):
    found = scoring.total([Line(str(n), w, s) for n, (w, s) in enumerate(lines)], [], Terms())
    assert Fraction(found.total) == naive([(w, s, "spread") for w, s in lines], [], None, None)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.none() | st.integers(0, 5).map(Decimal), max_size=12))
def test_a_rank_is_one_more_than_the_better_ones(totals):
    given_ = {UUID(int=n + 1): value for n, value in enumerate(totals)}
    ranks = scoring.ranks(given_)
    for key, value in given_.items():
        better = [other for other in totals if other is not None and value is not None and other > value]
        assert ranks[key] == (None if value is None else 1 + len(better))


def test_ties_share_a_place_and_the_next_stands_after_them():
    totals = {UUID(int=n): Decimal(v) for n, v in enumerate((90, 85, 85, 80), start=1)}
    assert list(scoring.ranks(totals).values()) == [1, 2, 2, 4]


@pytest.mark.parametrize(
    ("rule", "value", "share"),
    [
        (Rule("full", target=Decimal(95)), "95", "100"),
        (Rule("full", target=Decimal(95)), "94.9", "0"),
        (Rule("full", target=Decimal(3), better="lower"), "3", "100"),
        (Rule("proportional", target=Decimal(95), zero=Decimal(50)), "72.5", "50"),
        (Rule("proportional", target=Decimal(95), zero=Decimal(50)), "99", "100"),
        (Rule("proportional", target=Decimal(95), zero=Decimal(50)), "12", "0"),
        (Rule("proportional", target=Decimal(0), zero=Decimal(20)), "5", "75"),  # lower is better
        (Rule("bands", bands=((Decimal(90), Decimal(60)), (Decimal(98), Decimal(100)))), "97", "60"),
        (Rule("bands", bands=((Decimal(90), Decimal(60)), (Decimal(98), Decimal(100)))), "98", "100"),
        (Rule("bands", bands=((Decimal(90), Decimal(60)),)), "89", "0"),
        (
            Rule("bands", better="lower", bands=((Decimal(2), Decimal(100)), (Decimal(5), Decimal(40)))),
            "4",
            "40",
        ),
    ],
)
def test_a_value_earns_its_share(rule, value, share):
    assert scoring.share_of(rule, Decimal(value)) == Decimal(share)


def test_what_has_no_value_earns_nothing_and_says_so():
    assert scoring.share_of(Rule("full", target=Decimal(1)), None) is None


def test_the_scheme_says_what_becomes_of_weight_without_a_value():
    def whole(missing):
        return scoring.total(
            [Line("a", Decimal(60), Decimal(50)), Line("b", Decimal(40), None, missing)], [], Terms()
        )

    spread, zero, full = whole("spread"), whole("zero"), whole("full")
    assert (spread.total, zero.total, full.total) == (Decimal("50.00"), Decimal("30.00"), Decimal("70.00"))
    assert spread.points["b"] is None
    assert zero.points["b"] == 0


def test_where_nothing_has_a_value_there_is_no_total_and_no_grade():
    found = scoring.total([Line("a", Decimal(60), None)], [], Terms(grades=((Decimal(0), "不合格"),)))
    assert (found.total, found.grade) == (None, "")


def test_deductions_and_bonus_stop_at_what_the_scheme_allows():
    found = scoring.total(
        [Line("a", Decimal(100), Decimal(90))],
        [Extra("deduction", Decimal(30)), Extra("bonus", Decimal(8))],
        Terms(Decimal(20), Decimal(5)),
    )
    assert (found.deducted, found.bonus, found.total) == (Decimal(20), Decimal(5), Decimal("75.00"))


def test_a_veto_takes_the_grade_and_leaves_the_points():
    terms = Terms(grades=((Decimal(90), "优秀"), (Decimal(0), "不合格")), veto_grade="不合格")
    found = scoring.total([Line("a", Decimal(100), Decimal(95))], [], terms, vetoed=True)
    assert (found.total, found.grade) == (Decimal("95.00"), "不合格")


def test_the_mean_of_a_panel_drops_neither_the_highest_nor_the_lowest():
    assert scoring.mean([Decimal(100), Decimal(80), Decimal(0)]) == Decimal("60.00")
    assert scoring.mean([]) is None
