"""The figures of seed 004 come out of rows that went in through the acts of this domain: 40.49 %, 34.16 %, 58.33 %."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from anlan.domains.enforcement.actions import casework, checking, executing, planning, taking
from anlan.domains.enforcement.actions.checking import Found
from anlan.domains.enforcement.actions.planning import LineGiven
from anlan.domains.enforcement.actions.taking import CheckGiven, PenaltyGiven
from anlan.domains.enforcement.models import CheckPlan
from anlan.domains.enforcement.rules.cases import Given
from anlan.domains.enforcement.tests.ground import DAY, Bureau, Danger, add_firms, bureau
from anlan.kernel.domain.registry import record_for
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period, Reading
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import WorkItem
from tests.people import DISTRICT, HARBOUR, HILL, NOON, QUAY, TERRACE

pytestmark = pytest.mark.django_db
HALF = Period(NOON - 184 * DAY, NOON)
SPRING = date(2026, 3, 2)


def read(code: str, *, as_of=NOON, period: Period = HALF, **cut) -> Reading:
    return indicator(
        code=f"enforcement.{code}", cut=Cut(**{"region": DISTRICT, **cut}), period=period, as_of=as_of
    )


def value(code: str, **more) -> Decimal | None:
    return read(code, **more).value


@pytest.mark.feature("M018", "M377", "M378", "M381")
def test_the_published_figures_come_out_of_rows() -> None:
    ours = bureau()
    firms = add_firms(ours, 1680)
    plan = planning.draft_plan(year=2026, region=DISTRICT, by=ours.section.by, at=NOON - 180 * DAY)
    planning.add_lines(
        item=plan, given=[LineGiven(firm) for firm in firms], by=ours.section.by, at=NOON - 180 * DAY
    )
    planning.approve(item=plan, approval="1", by=ours.chief.by, at=NOON - 179 * DAY)
    # 2,502 visits to 980 planned firms, some of them several times
    visits = [
        CheckGiven(SPRING, QUAY, firms[n % 980].name, firms[n % 980], number=str(n), source="平台")
        for n in range(2502)
    ]
    taking.enter_checks(visits, by=ours.section.by, at=NOON - DAY)
    penalties = [
        PenaltyGiven("case" if n < 346 else "spot", SPRING, QUAY, "x", number=str(n), source="处罚", amount=Decimal(1000))
        for n in range(1013)
    ]  # fmt: skip
    taking.enter_penalties(penalties, by=ours.section.by, at=NOON - DAY)
    with connection.cursor() as cursor:  # rows of this very transaction have no statistics to plan by
        cursor.execute("SET LOCAL enable_nestloop = off")
    assert value("penalty_rate") == Decimal("40.49")
    assert value("case_penalty_share") == Decimal("34.16")
    assert value("plan_completion") == Decimal("58.33")
    assert [value(code) for code in ("visits", "firms", "penalties", "case_penalties", "spot_penalties")] == [
        2502, 980, 1013, 346, 667,
    ]  # fmt: skip
    assert value("fines_decided") == Decimal("101.3")
    assert len(read("penalty_rate").rows) == 1013
    assert set(read("plan_completion").rows) == {CheckPlan.objects.get().pk}


def entered(ours: Bureau, *penalties: PenaltyGiven) -> list[WorkItem]:
    return taking.enter_penalties(penalties, by=ours.section.by, at=NOON - DAY)


@pytest.fixture
def ours() -> Bureau:
    return bureau()


@pytest.mark.feature("M270", "M351")
class TestRates:
    def test_decided_and_paid_are_two_numbers(self, ours: Bureau) -> None:
        entered(
            ours,
            PenaltyGiven(
                "case",
                SPRING,
                QUAY,
                "甲",
                number="1",
                source="s",
                amount=Decimal(30_000),
                paid=Decimal(10_000),
                paid_on=SPRING,
            ),
            PenaltyGiven(
                "case",
                SPRING,
                QUAY,
                "乙",
                number="2",
                source="s",
                amount=Decimal(20_000),
                paid=Decimal(20_000),
                paid_on=SPRING,
            ),
            PenaltyGiven("spot", SPRING, TERRACE, "丙", number="3", source="s", kind="warning"),
        )
        assert (value("fines_decided"), value("fines_paid")) == (5, 3)
        assert (value("executed_amount"), value("executed_number")) == (60, Decimal("66.67"))
        assert value("penalties", region=HILL) == 1
        assert value("executed_number", region=HILL) == 100
        assert value("executed_amount", region=HILL) is None

    def test_a_dual_penalty_is_one_case_and_the_sum_of_both(self, ours: Bureau) -> None:
        entered(
            ours,
            PenaltyGiven(
                "case",
                SPRING,
                QUAY,
                "甲",
                number="1",
                source="s",
                amount=Decimal(100_000),
                person_amount=Decimal(20_000),
            ),
            PenaltyGiven("case", SPRING, QUAY, "乙", number="2", source="s", amount=Decimal(20_000)),
        )
        assert (value("penalties"), value("dual_cases"), value("dual_amount")) == (2, 1, 12)

    def test_the_opening_rate_counts_cases_opened_whenever_decided(self, ours: Bureau) -> None:
        taking.enter_checks(
            [CheckGiven(SPRING, QUAY, "甲", number=str(n), source="s") for n in range(10)],
            by=ours.section.by,
            at=NOON,
        )
        entered(
            ours,
            PenaltyGiven("case", None, QUAY, "甲", number="1", source="s", opened=SPRING),
            PenaltyGiven("case", SPRING, QUAY, "乙", number="2", source="s", opened=date(2025, 12, 1)),
        )
        assert (value("case_opening_rate"), value("cases_opened"), value("penalties")) == (10, 1, 1)
        assert value("case_days") == Decimal("91.0")

    def test_what_was_not_known_then_is_not_counted_then(self, ours: Bureau) -> None:
        entered(ours, PenaltyGiven("spot", SPRING, QUAY, "甲", number="1", source="s", kind="warning"))
        assert value("penalties", as_of=NOON - 2 * DAY) == 0
        assert value("penalties", as_of=NOON) == 1

    def test_nothing_to_share_prints_no_rate(self, ours: Bureau) -> None:
        for code in ("penalty_rate", "case_penalty_share", "case_opening_rate", "executed_amount", "plan_completion",
                     "major_penalty_rate", "case_days", "random_share"):  # fmt: skip
            assert value(code) is None

    def test_cut_by_sector_and_kind_of_firm(self, ours: Bureau) -> None:
        dust = add_firms(ours, 2, tags=("dust",), sector="C2110")
        other = add_firms(ours, 1, sector="C3360")[0]
        given = [
            CheckGiven(SPRING, QUAY, firm.name, firm, number=str(n), source="s")
            for n, firm in enumerate([*dust, other])
        ]
        taking.enter_checks(given, by=ours.section.by, at=NOON)
        checking.record_check(organisation=other, **ours.pair, by=ours.officers[0].by, at=NOON - DAY)
        assert (value("visits"), value("visits", sector="dust"), value("visits", sector="C33")) == (4, 2, 1)

    def test_withdrawn_and_revoked_ones_leave_the_count(self, ours: Bureau) -> None:
        (item,) = taking.enter_checks(
            [CheckGiven(SPRING, QUAY, "甲", number="1", source="s")], by=ours.officers[0].by, at=NOON - DAY
        )
        (spot,) = entered(
            ours, PenaltyGiven("spot", SPRING, QUAY, "甲", number="1", source="s", kind="warning")
        )
        move(item=item, name="withdraw", by=ours.section.by, at=NOON, reason="重复")
        move(item=spot, name="revoke", by=ours.chief.by, at=NOON, reason="错误")
        assert (value("visits", as_of=NOON - DAY), value("visits")) == (1, 0)
        assert value("penalties") == 0


@pytest.mark.feature("M384", "M385")
def test_a_joint_single_check_saves_a_visit_for_each_department(ours: Bureau) -> None:
    given = [
        CheckGiven(SPRING, QUAY, "甲", number="1", source="s", partners=("生态环境局", "消防")),
        CheckGiven(SPRING, QUAY, "乙", number="2", source="s"),
    ]
    taking.enter_checks(given, by=ours.section.by, at=NOON)
    assert (value("joint_checks"), value("visits_saved")) == (1, 2)


def test_major_dangers_found_by_enforcement_are_penalised_in_a_case(ours: Bureau) -> None:
    def major() -> WorkItem:
        item = checking.record_check(organisation=ours.firm, findings=[Found("除尘未控爆", "dust", may_be_major=True)],
                                     **ours.pair, by=ours.officers[0].by, at=NOON - 20 * DAY)  # fmt: skip
        question = WorkItem.objects.get(loop="dangers.candidate", closed_at=None)
        decide = record_for("dangers.candidate").acts[
            "decide_major"
        ]  # the dangers' own act, as a page finds it
        decide(item=question, by=ours.officers[0].by, at=NOON - 20 * DAY, reason="第12条",
               second_officer=str(ours.officers[1].pk), clause="gm-12-3")  # fmt: skip
        return item

    penalty = Given("unit", "fine", "aqscf-102", Decimal(20_000))
    first, _second = major(), major()
    assert (value("major_penalty_rate"), read("major_penalty_rate").base) == (0, 2)
    case = casework.open_case(
        check=first, cause="未消除隐患", **ours.pair, by=ours.officers[0].by, at=NOON - 19 * DAY
    )
    assert list(case.enforcement_case.dangers.all()) == [Danger.objects.earliest("item__opened_at", "pk")]
    casework.approve(item=case, by=ours.section.by, at=NOON - 19 * DAY)
    casework.notify(item=case, penalties=[penalty], by=ours.officers[0].by, at=NOON - 18 * DAY)
    casework.decide(item=case, penalties=[penalty], by=ours.chief.by, at=NOON - 17 * DAY)
    assert value("major_penalty_rate") == 50
    number = case.enforcement_case.dangers.get().penalties.get().number
    assert number.endswith("立〔2026〕1号")
    assert value("case_days") == 2
    executing.serve(item=case, receipt="1", by=ours.officers[0].by, at=NOON - 17 * DAY)
    taking.enter_checks(
        [CheckGiven(SPRING, QUAY, "乙", number="1", source="s", found_major=10)], by=ours.section.by, at=NOON
    )
    entered(
        ours, PenaltyGiven("case", SPRING, QUAY, "乙", number="1", source="s", amount=Decimal(1), majors=9)
    )
    assert (value("major_penalty_rate"), read("major_penalty_rate").base) == (Decimal("83.33"), 12)


def test_a_case_is_overdue_from_its_last_day_until_it_is_decided(ours: Bureau) -> None:
    taking.enter_penalties(
        [PenaltyGiven("case", None, QUAY, "甲", number="1", source="s", opened=date(2026, 3, 1))],
        by=ours.section.by,
        at=NOON - 100 * DAY,
    )
    assert value("cases_overdue") == 1
    assert value("cases_overdue", period=Period(HALF.start, NOON - 60 * DAY)) == 0
    assert value("cases_overdue", region=HARBOUR) == 1
    assert value("cases_overdue", region=HILL) == 0
