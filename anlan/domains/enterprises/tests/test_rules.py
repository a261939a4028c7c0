"""What the archive decides: GB 18218 grades, clocks in working days, classes, completeness, sectors, rhythms."""

import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.domains.enterprises.rules import (
    certificates,
    classing,
    filing,
    gb18218,
    profile,
    rhythm,
    sectors,
)
from anlan.kernel.core import workdays
from anlan.kernel.core.errors import Refused

RULESETS = Path(__file__).resolve().parents[1] / "rulesets"


def value(rule: str, file: str = "enterprises"):
    rows = tomllib.loads((RULESETS / f"{file}.toml").read_text(encoding="utf-8"))["rule"]
    return next(row["value"] for row in rows if row["rule"] == f"enterprises.{rule}")


TABLES = gb18218.Tables(
    *(value(f"gb18218_{name}", "gb18218") for name in ("substances", "classes", "alpha", "levels"))
)
CHLORINE = gb18218.Held("氯", "7782-50-5", quantity_t=Decimal(10))
AMMONIA = gb18218.Held("氨", "7664-41-7", quantity_t=Decimal(20))


@pytest.mark.feature("M202")
class TestMajorHazardInstallations:
    def test_the_published_vector_comes_out_at_level_three(self) -> None:
        graded = gb18218.grade([CHLORINE, AMMONIA], people_500m=60, tables=TABLES)
        assert (graded.s, graded.alpha, graded.r, graded.level) == (
            Decimal(4),
            Decimal("1.5"),
            Decimal(18),
            "3",
        )

    def test_below_the_critical_quantity_nobody_need_be_counted(self) -> None:
        graded = gb18218.grade(
            [gb18218.Held("氨", "7664-41-7", quantity_t=Decimal(9))], people_500m=None, tables=TABLES
        )
        assert (graded.level, graded.r) == ("none", None)

    @pytest.mark.parametrize(
        ("people", "alpha"), [(0, "0.5"), (1, "1.0"), (29, "1.0"), (30, "1.2"), (49, "1.2"), (50, "1.5"), (99, "1.5"), (100, "2.0")]
    )  # fmt: skip
    def test_the_factor_of_the_neighbours_changes_at_its_bounds(self, people: int, alpha: str) -> None:
        assert gb18218.grade([CHLORINE], people_500m=people, tables=TABLES).alpha == Decimal(alpha)

    @pytest.mark.parametrize(
        ("tonnes", "level"), [("5", "4"), ("12.4", "4"), ("12.5", "3"), ("62.5", "2"), ("125", "1")]
    )
    def test_a_level_begins_at_its_bound(self, tonnes: str, level: str) -> None:
        held = gb18218.Held("氯", quantity_t=Decimal(tonnes))
        assert gb18218.grade([held], people_500m=10, tables=TABLES).level == level

    def test_an_unknown_substance_refuses_and_its_class_opens(self) -> None:
        held = gb18218.Held("某混合溶剂", quantity_t=Decimal(2000))
        with pytest.raises(Refused, match="某混合溶剂"):
            gb18218.grade([held], people_500m=0, tables=TABLES)
        known = gb18218.Held("某混合溶剂", hazard_class="W5.3", quantity_t=Decimal(2000))
        assert gb18218.grade([known], people_500m=0, tables=TABLES).level == "4"

    @pytest.mark.parametrize(
        ("held", "people", "code"),
        [
            (gb18218.Held("氯"), 60, "enterprises.no_quantity"),
            (gb18218.Held("氯", quantity_t=Decimal(10)), None, "enterprises.no_people_500m"),
            (gb18218.Held("氢", quantity_t=Decimal(10)), 60, "enterprises.no_beta"),
            (gb18218.Held("某硝酸铵", "6484-52-2", quantity_t=Decimal(1)), 60, "enterprises.more_than_one"),
            (gb18218.Held("某物", "", "W99", Decimal(1)), 60, "enterprises.bad_class"),
        ],
    )  # fmt: skip
    def test_what_is_unknown_is_never_guessed(
        self, held: gb18218.Held, people: int | None, code: str
    ) -> None:
        with pytest.raises(Refused) as refusal:
            gb18218.grade([held], people_500m=people, tables=TABLES)
        assert refusal.value.code == code

    def test_a_unit_without_substances_has_no_grade(self) -> None:
        with pytest.raises(Refused):
            gb18218.grade([], people_500m=1, tables=TABLES)

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.integers(1, 400), min_size=1, max_size=5), st.integers(0, 300))
    def test_more_of_it_never_makes_it_safer(self, tonnes: list[int], people: int) -> None:
        def level(extra: int) -> int:
            held = [gb18218.Held("氨", quantity_t=Decimal(t + extra)) for t in tonnes]
            found = gb18218.grade(held, people_500m=people, tables=TABLES).level
            return 5 if found == "none" else int(found)

        assert level(50) <= level(0)


class TestClocks:
    def test_twenty_working_days_pass_over_a_national_holiday(self) -> None:
        assert filing.file_by(date(2026, 9, 25), working_days=20) == workdays.end_of(date(2026, 10, 29))

    def test_a_saturday_worked_by_notice_counts(self) -> None:
        assert workdays.is_workday(date(2026, 2, 14))  # 春节调休
        assert not workdays.is_workday(date(2026, 2, 17))

    def test_a_year_without_a_notice_counts_monday_to_friday(self) -> None:
        assert workdays.after(date(2031, 1, 3), 1) == date(2031, 1, 6)

    def test_the_bureau_has_five_working_days_from_the_day_after(self) -> None:
        handed_in = datetime(2026, 7, 3, 4, 0, tzinfo=UTC)  # a Friday
        assert filing.check_by(handed_in, working_days=5) == workdays.end_of(date(2026, 7, 10))

    @pytest.mark.parametrize(
        ("name", "first", "last"),
        [("day", date(2026, 7, 1), date(2026, 7, 1)), ("week", date(2026, 6, 29), date(2026, 7, 5)), ("month", date(2026, 7, 1), date(2026, 7, 31))],
    )  # fmt: skip
    def test_a_period_holds_its_day(self, name: str, first: date, last: date) -> None:
        assert rhythm.period(name, date(2026, 7, 1)) == (first, last)

    def test_december_ends_with_the_year(self) -> None:
        assert rhythm.period("month", date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))

    def test_a_certificate_is_due_at_its_review_before_its_end(self) -> None:
        due = certificates.due_on(
            issued_on=date(2024, 1, 5), expires_on=date(2030, 1, 5), review_on=date(2027, 1, 5)
        )
        assert due == date(2027, 1, 5)
        assert certificates.standing(due, today=date(2027, 1, 5), warn_days=60) == "soon"
        assert certificates.standing(due, today=date(2027, 1, 6), warn_days=60) == "overdue"
        assert certificates.standing(due, today=date(2026, 11, 5), warn_days=60) == "good"

    def test_a_certificate_that_ends_before_it_begins_is_refused(self) -> None:
        with pytest.raises(Refused):
            certificates.due_on(issued_on=date(2024, 1, 5), expires_on=date(2024, 1, 5), review_on=None)


class TestClasses:
    def test_a_class_names_its_reasons_by_weight(self) -> None:
        proposed = classing.propose(
            {"hazard_3": 1, "dust": 1, "certificates_overdue": 9, "standard_2": 1, "unheard_of": 7},
            weights=value("class_weights"), bands=value("class_bands"),
        )  # fmt: skip
        assert (proposed.grade, proposed.score) == ("C", 28 + 18 + 16 - 8)
        assert [why.fact for why in proposed.reasons] == [
            "hazard_3",
            "dust",
            "certificates_overdue",
            "standard_2",
        ]

    def test_a_firm_without_hazards_is_class_a(self) -> None:
        proposed = classing.propose({}, weights=value("class_weights"), bands=value("class_bands"))
        assert (proposed.grade, proposed.score) == ("A", 0)

    def test_another_class_than_proposed_needs_a_reason(self) -> None:
        with pytest.raises(Refused):
            classing.check_signed(signed="A", proposed="D", why=" ")
        classing.check_signed(signed="A", proposed="D", why="已搬空")


class TestCompleteness:
    ASKED = ("uscc", "sector", "site")

    def test_hazards_ask_for_more(self) -> None:
        known = profile.Known(uscc=True, sector=True, site=True, tags=frozenset({"hazchem", "dust"}))
        found = profile.completeness(known, asked=self.ASKED)
        assert (found.lacks, found.rate) == (("units", "people_500m", "facilities"), 50)

    def test_a_hundred_only_where_nothing_is_missing(self) -> None:
        known = profile.Known(uscc=True, sector=True, site=True)
        assert profile.completeness(known, asked=self.ASKED).rate == 100


class TestSectors:
    def test_the_standard_has_twenty_sections_and_ninety_seven_divisions(self) -> None:
        assert (len(sectors.sections()), len(sectors.divisions())) == (20, 97)

    @pytest.mark.parametrize(
        ("typed", "code"), [("C2110", "C2110"), ("2110", "C2110"), (" c21 ", "C21"), ("59", "G59")]
    )
    def test_digits_alone_get_their_letter(self, typed: str, code: str) -> None:
        assert sectors.check(typed) == code

    @pytest.mark.parametrize("typed", ["", "C99", "家具", "A21", "C21100", "U01"])
    def test_what_is_no_sector_is_refused(self, typed: str) -> None:
        with pytest.raises(Refused):
            sectors.check(typed)

    def test_a_class_has_the_name_of_its_division(self) -> None:
        assert sectors.name_of("C2110") == "家具制造业"
