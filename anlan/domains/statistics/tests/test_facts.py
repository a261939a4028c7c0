"""Counted facts: entered with right and source, added up without counting a day twice, and every row answered."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.statistics import actions
from anlan.domains.statistics.public import FACTS, GROUPS, ROWS, rows_of
from anlan.domains.statistics.queries import visible_counts
from anlan.domains.statistics.rules.choosing import LAST, SUM, TOLD, Given, chosen
from anlan.domains.statistics.rules.facts import RATIOS, SHARES, fact_of
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators import comparing, counting, registry, spans
from anlan.kernel.indicators.models import Count
from anlan.kernel.indicators.spec import Cut, Reading
from anlan.kernel.places.regions import contains
from tests.people import DISTRICT, HARBOUR, HILL, NOON, District, add_duty, district

HALF = spans.half(2026, 1)
TODAY = date(2026, 7, 3)
DAY = timedelta(days=1)
REGIONS = (DISTRICT, HARBOUR, HILL, "440399001001", "440399001002")


class TestTheRows:
    def test_there_are_seventy_one_each_with_a_name_of_its_own(self) -> None:
        assert len(ROWS) == len({row.id for row in ROWS}) == len({row.label for row in ROWS}) == 71
        assert {row.group for row in ROWS} <= set(GROUPS)

    @pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
    def test_each_is_answered_by_a_declared_number(self, row) -> None:
        known = {each.code for each in registry.all_indicators()}
        assert [code for code in row.codes if code in known]

    def test_every_fact_answers_a_row(self) -> None:
        codes = [f"statistics.{each.code}" for each in (*FACTS, *SHARES, *RATIOS)]
        assert {code for code, rows in rows_of(codes).items() if not rows} == set()

    def test_a_rate_is_made_of_facts_that_there_are(self) -> None:
        assert all(fact_of(each.part) and fact_of(each.whole) for each in (*SHARES, *RATIOS))


def entry(number: int, region: str, first: int, last: int, value: int = 1) -> Given:
    start = date(2026, 1, 1)
    return Given(UUID(int=number), region, start + first * DAY, start + last * DAY, Decimal(value))


@st.composite
def entries(draw) -> list[Given]:
    made = []
    for number in range(draw(st.integers(0, 12))):
        first = draw(st.integers(0, 20))
        made.append(entry(number, draw(st.sampled_from(REGIONS)), first, first + draw(st.integers(0, 8))))
    return made


def meet(one: Given, other: Given) -> bool:
    near = contains(one.region, other.region) or contains(other.region, one.region)
    return near and one.first <= other.last and other.first <= one.last


class TestChoosing:
    @given(entries())
    def test_no_day_of_a_place_is_counted_twice_and_nothing_that_fits_is_left_out(
        self, found: list[Given]
    ) -> None:
        taken = chosen(SUM, found, region=DISTRICT, first=date(2026, 1, 3), last=date(2026, 1, 25))
        assert not any(meet(a, b) for a in taken for b in taken if a is not b)
        for each in found:
            inside = each.first >= date(2026, 1, 3) and each.last <= date(2026, 1, 25)
            assert (each in taken) or not inside or any(meet(each, other) for other in taken)

    @given(entries(), st.randoms())
    def test_the_order_of_entries_changes_nothing(self, found: list[Given], dice) -> None:
        mixed = list(found)
        dice.shuffle(mixed)
        for kind in (SUM, LAST, TOLD):
            span = {"region": DISTRICT, "first": date(2026, 1, 1), "last": date(2026, 1, 25)}
            assert chosen(kind, mixed, **span) == chosen(kind, found, **span)

    def test_a_half_year_comes_before_its_months_and_the_district_before_its_streets(self) -> None:
        half, month, street = entry(1, DISTRICT, 0, 30), entry(2, DISTRICT, 0, 9), entry(3, HARBOUR, 0, 30)
        later = entry(4, HILL, 40, 50)
        span = {"region": DISTRICT, "first": date(2026, 1, 1), "last": date(2026, 12, 31)}
        assert chosen(SUM, [month, street, later, half], **span) == [half, later]

    def test_the_last_word_is_the_newest_wherever_it_was_said(self) -> None:
        old, new = entry(1, DISTRICT, 0, 1), entry(2, HARBOUR, 5, 6)
        span = {"region": DISTRICT, "first": date(2026, 1, 4), "last": date(2026, 12, 31)}
        assert chosen(LAST, [old, new], **span) == [new]
        assert chosen(TOLD, [old, new], **span) == []


@pytest.fixture
def here() -> District:
    made = district()
    add_duty(made.colleague, "watch_chief", DISTRICT)
    return made


def enter(
    here: District, fact: str, value: str, *, region: str = DISTRICT, span=HALF, by: str = "", **more
) -> Count:
    return actions.enter(
        fact=fact, value=value, region=region, first=span.first, last=span.last, source="上半年工作总结",
        by=by or here.colleague.by, at=NOON, today=TODAY, **more,
    )  # fmt: skip


def read(code: str, *, region: str = DISTRICT, as_of: datetime = NOON + DAY) -> Reading:
    return comparing.read(code=f"statistics.{code}", cut=Cut(region), span=HALF, as_of=as_of)


@pytest.mark.django_db
class TestEntering:
    @pytest.mark.parametrize(
        ("facts", "code", "value"),
        [
            pytest.param({"streets_planned": "14", "streets": "14"}, "plan_coverage", "100", marks=pytest.mark.feature("M094")),
            pytest.param({"monitoring_built": "36", "monitoring_planned": "36"}, "monitoring_rate", "100", marks=pytest.mark.feature("M127")),
            pytest.param({"shelters_there": "3", "shelters_due": "4"}, "shelter_rate", "75", marks=pytest.mark.feature("M143")),
            pytest.param({"drills": "72"}, "drills", "72", marks=pytest.mark.feature("M151")),
            pytest.param({"trained": "350"}, "trained", "350", marks=pytest.mark.feature("M156")),
            pytest.param({"flood_found": "40", "flood_closed": "39"}, "flood_rate", "97.5", marks=pytest.mark.feature("M163")),
            pytest.param({"capacity_score": "87.5"}, "capacity_score", "87.5", marks=pytest.mark.feature("M179")),
            pytest.param({"officers": "50", "officers_trained": "48"}, "officers_rate", "96", marks=pytest.mark.feature("M196")),
            pytest.param({"fires_worship": "3", "fires_farming": "2"}, "fires_worship", "3", marks=pytest.mark.feature("M319")),
            pytest.param({"affected": "120", "affected_met": "114"}, "five_in_12h", "95", marks=pytest.mark.feature("M325")),
            pytest.param({"drills": "640", "drill_attendances": "15981"}, "drill_attendances", "15981", marks=pytest.mark.feature("M415")),
            pytest.param({"sessions": "277", "trained": "13958"}, "sessions", "277", marks=pytest.mark.feature("M416")),
            pytest.param({"responders": "7200", "responders_target": "9000"}, "responders_rate", "80", marks=pytest.mark.feature("M500")),
            pytest.param({"brigade_members": "80"}, "brigade_members", "80", marks=pytest.mark.feature("M040")),
            pytest.param({"firework_firms": "0"}, "firework_firms", "0", marks=pytest.mark.feature("M101")),
            pytest.param({"lectures": "56"}, "lectures", "56", marks=pytest.mark.feature("M154")),
            pytest.param({"materials": "600"}, "materials", "600", marks=pytest.mark.feature("M158")),
            pytest.param({"service_days": "3.5", "service_steps": "4"}, "service_days", "3.5", marks=pytest.mark.feature("M331")),
            pytest.param({"publicity_events": "109"}, "publicity_events", "109", marks=pytest.mark.feature("M417")),
            pytest.param({"posts": "153"}, "posts", "153", marks=pytest.mark.feature("M475")),
            pytest.param({"followers": "743827"}, "followers", "743827", marks=pytest.mark.feature("M479")),
        ],
    )  # fmt: skip
    def test_what_no_register_holds_yet_is_entered_and_opens_to_its_entries(
        self, here: District, facts: dict[str, str], code: str, value: str
    ) -> None:
        rows = {fact: enter(here, fact, told).pk for fact, told in facts.items()}
        found = read(code)
        assert (found.value, found.scope.count("上半年工作总结") > 0) == (Decimal(value), True)
        assert set(found.rows) <= set(rows.values())
        assert found.rows

    @pytest.mark.feature("M377")
    @pytest.mark.feature("M378")
    def test_rates_come_out_as_they_were_published_and_carry_scope_and_source(self, here: District) -> None:
        for fact, value in (("checks", "2502"), ("penalties", "1013"), ("case_penalties", "346")):
            enter(here, fact, value)
        rate, share = read("penalty_rate"), read("case_penalty_share")
        assert (rate.value, share.value) == (Decimal("40.49"), Decimal("34.16"))
        assert rate.scope.count("上半年工作总结") == 2
        assert set(rate.rows) == set(
            Count.objects.exclude(code="statistics.case_penalties").values_list("pk", flat=True)
        )

    @pytest.mark.feature("M333")
    def test_accidents_are_compared_with_last_year_as_published(self, here: District) -> None:
        for fact, now, then in (("accidents", "12", "18"), ("dead", "10", "14"), ("badly_hurt", "2", "4")):
            enter(here, fact, now)
            enter(here, fact, then, span=HALF.year_before())
        told = [
            comparing.compared(
                code=f"statistics.{fact}", cut=Cut(DISTRICT), span=HALF, as_of=NOON + DAY, kinds=("year_before",)
            ).against[0].text
            for fact in ("accidents", "dead", "badly_hurt")
        ]  # fmt: skip
        assert told == ["−33.3%", "−28.6%", "−50.0%"]

    def test_a_rate_takes_both_numbers_from_the_same_region_and_days(self, here: District) -> None:
        enter(here, "checks", "100")
        enter(here, "penalties", "7", region=HARBOUR)
        assert read("penalty_rate").value is None
        enter(here, "checks", "10", region=HARBOUR)
        assert (read("penalty_rate", region=HARBOUR).value, read("penalty_rate").value) == (70, 70)

    def test_streets_add_up_where_the_district_said_nothing(self, here: District) -> None:
        enter(here, "fires", "2", region=HARBOUR)
        enter(here, "fires", "1", region=HILL)
        assert (read("fires").value, read("fires").base, read("fires", region=HILL).value) == (3, 2, 1)
        assert read("drills").value is None

    def test_a_correction_counts_from_the_day_it_was_made(self, here: District) -> None:
        row = enter(here, "drills", "72")
        actions.correct(row=row, value="76", why="分项合计为76", by=here.colleague.by, at=NOON + 2 * DAY)
        assert (read("drills").value, read("drills", as_of=NOON + 3 * DAY).value) == (72, 76)

    def test_others_regions_and_days_to_come_are_refused(self, here: District) -> None:
        with pytest.raises(Refused) as refused:
            enter(here, "fires", "1", by=here.outsider.by)
        assert refused.value.code == actions.NOT_YOURS
        with pytest.raises(Refused) as refused:
            enter(here, "fires", "1", span=spans.half(2026, 2))
        assert (refused.value.code, refused.value.field) == (actions.AHEAD, "last")
        with pytest.raises(Refused) as refused:
            enter(here, "moons", "1")
        assert refused.value.code == actions.NO_FACT
        row = enter(here, "fires", "1")
        with pytest.raises(Refused):
            actions.correct(row=row, value="2", why="x", by=here.outsider.by, at=NOON)
        assert counting.noted(DISTRICT) == set()

    def test_what_was_entered_is_seen_by_those_of_the_region(self, here: District) -> None:
        row = enter(here, "fires", "1", region=HARBOUR)
        assert list(visible_counts(here.owner, at=datetime(2026, 7, 4, tzinfo=UTC))) == [row]
        assert list(visible_counts(here.outsider, at=NOON)) == []
