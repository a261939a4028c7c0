from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators import spans
from anlan.kernel.indicators.spans import Span

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = st.dates(date(2001, 1, 1), date(2090, 12, 31))


def test_a_month_cut_on_the_25th_begins_on_the_26th_of_the_month_before() -> None:
    assert spans.month(2026, 1, cut=25) == Span("cut", date(2025, 12, 26), date(2026, 1, 25))


@given(st.integers(2001, 2090), st.integers(1, 28))
def test_twelve_cut_months_follow_each_other_without_gap_or_overlap(year: int, cut: int) -> None:
    months = [spans.month(year, number, cut=cut) for number in range(1, 13)]
    for one, next_one in pairwise(months):
        assert next_one.first - one.last == timedelta(days=1)
        assert next_one.before() == one


@given(st.integers(2001, 2090), st.integers(1, 12))
def test_the_month_before_a_month_is_the_month_before(year: int, number: int) -> None:
    before = spans.month(year, number).before()
    assert before == (spans.month(year, number - 1) if number > 1 else spans.month(year - 1, 12))


def test_the_last_of_february_stays_the_last_of_february() -> None:
    assert spans.month(2024, 2).year_before() == spans.month(2023, 2)
    assert spans.month(2025, 2).year_before() == spans.month(2024, 2)
    assert spans.half(2024, 1).year_before() == spans.half(2023, 1)


@given(DAYS, st.integers(0, 900))
def test_a_free_span_is_preceded_by_as_many_days(first: date, days: int) -> None:
    span = spans.since(first, first + timedelta(days=days))
    before = span.before()
    assert (before.days, before.last) == (span.days, first - timedelta(days=1))


def test_a_half_year_knows_its_days_months_and_quarters() -> None:
    half = spans.half(2024, 1)
    assert (half.days, half.months) == (182, 6)
    assert (spans.quarter(2024, 1).first, spans.quarter(2024, 2).last) == (half.first, half.last)
    assert spans.year(2024).last == spans.half(2024, 2).last


def test_to_any_date_begins_with_the_year_and_ends_with_that_day() -> None:
    period = spans.to_date(date(2024, 6, 20)).period(SHANGHAI)
    assert f"{period.start:%F %R}" == "2024-01-01 00:00"
    assert f"{period.end:%F %R}" == "2024-06-21 00:00"


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        spans.since(date(2024, 7, 1), date(2024, 6, 30))
    assert refused.value.code == spans.BACKWARDS
    with pytest.raises(Refused):
        spans.month(2024, 7, cut=31)
