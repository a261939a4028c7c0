from datetime import datetime
from decimal import Decimal

import pytest

from anlan.domains.enforcement.actions import casework, executing, spot
from anlan.domains.enforcement.models import Case, Execution, Penalty, Publication
from anlan.domains.enforcement.rules import cases
from anlan.domains.enforcement.rules.cases import Given
from anlan.domains.enforcement.rules.days import LOCAL
from anlan.domains.enforcement.tests.ground import DAY, Bureau, bureau
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.rights import SECOND_PERSON
from anlan.kernel.papers.models import Paper
from tests.people import NOON

pytestmark = pytest.mark.django_db
UNIT = Given("unit", "fine", "aqscf-97", Decimal(30_000), tier="mild")
LARGE = Given("unit", "fine", "aqscf-97-late", Decimal(150_000))
PERSON = Given("person", "fine", "aqscf-94", Decimal(30_000), name="欧阳明", tier="ordinary")


@pytest.fixture
def ours() -> Bureau:
    return bureau()


def opened(ours: Bureau, *, at=NOON) -> WorkItem:
    item = casework.open_case(
        organisation=ours.firm, cause="未按规定教育培训", **ours.pair, by=ours.officers[0].by, at=at
    )
    casework.approve(item=item, by=ours.section.by, at=at)
    return item


def noticed(ours: Bureau, *penalties: Given) -> WorkItem:
    item = opened(ours)
    casework.notify(item=item, penalties=penalties or (UNIT,), by=ours.officers[0].by, at=NOON + DAY)
    return item


def decided(ours: Bureau, *penalties: Given) -> WorkItem:
    item = noticed(ours, *penalties)
    casework.decide(item=item, penalties=penalties or (UNIT,), by=ours.chief.by, at=NOON + 2 * DAY)
    return item


def state(item: WorkItem) -> str:
    item.refresh_from_db()
    return item.state


def refused(code: str, act, **given) -> Refused:
    with pytest.raises(Refused) as caught:
        act(**given)
    assert caught.value.code == code
    assert "{" not in str(caught.value)
    return caught.value


class TestTheWay:
    def test_goes_from_the_opening_to_the_file_with_a_number_on_each_paper(self, ours: Bureau) -> None:
        item = decided(ours)
        executing.serve(item=item, receipt="送达回证1", by=ours.officers[0].by, at=NOON + 3 * DAY)
        executing.pay(item=item, amount=30_000, by=ours.officers[0].by, at=NOON + 9 * DAY)
        assert state(item) == "executed"
        refused(cases.NOT_PUBLISHED, executing.conclude, item=item, by=ours.section.by, at=NOON + 10 * DAY)
        public = Publication.objects.get(case=item.pk)
        casework.publish(
            item=public.item, published_where="区政府网站", by=ours.officers[0].by, at=NOON + 5 * DAY
        )
        executing.conclude(item=item, by=ours.section.by, at=NOON + 10 * DAY)
        assert state(item) == "concluded"
        numbers = list(Paper.objects.order_by("at").values_list("number", flat=True))
        assert [number.split("应急")[1] for number in numbers] == [
            "立〔2026〕1号",
            "罚告〔2026〕1号",
            "罚〔2026〕1号",
        ]
        assert Case.objects.get(pk=item.pk).number == numbers[0]

    def test_is_not_opened_by_whoever_proposes_it_nor_decided_by_whoever_gave_notice(
        self, ours: Bureau
    ) -> None:
        item = casework.open_case(organisation=ours.firm, cause="x", **ours.pair, by=ours.section.by, at=NOON)
        refused(SECOND_PERSON, casework.approve, item=item, by=ours.section.by, at=NOON)
        casework.approve(item=item, by=ours.chief.by, at=NOON)
        casework.notify(item=item, penalties=[UNIT], by=ours.officers[1].by, at=NOON)
        refused(SECOND_PERSON, casework.decide, item=item, penalties=[UNIT], by=ours.section.by, at=NOON)

    def test_returns_to_its_officers_after_approval(self, ours: Bureau) -> None:
        item = opened(ours)
        item.refresh_from_db()
        assert (item.charge_person_id, item.charge_duty) == (ours.officers[0].pk, "")


class TestTheClocks:
    def test_are_working_days_where_the_law_counts_so_and_calendar_days_else(self, ours: Bureau) -> None:
        friday_before_the_feast = datetime(2025, 9, 30, 10, 0, tzinfo=LOCAL)  # 1–8 October 2025 are free days
        item = casework.open_case(organisation=ours.firm, cause="x", **ours.pair, by=ours.officers[0].by,
                                  at=friday_before_the_feast)  # fmt: skip
        case = Case.objects.get(pk=item.pk)
        # 9, 10, 11 (a shifted Saturday), 13, 14 October
        assert case.open_by == datetime(2025, 10, 14, 18, 0, tzinfo=LOCAL)
        assert item.due_at == case.open_by
        casework.approve(item=item, by=ours.section.by, at=friday_before_the_feast)
        assert Case.objects.get(pk=item.pk).decide_by == datetime(2025, 12, 29, 23, 59, tzinfo=LOCAL)

    def test_the_decision_runs_from_the_opening_through_the_notice(self, ours: Bureau) -> None:
        item = noticed(ours)
        item.refresh_from_db()
        assert (
            item.due_at
            == Case.objects.get(pk=item.pk).decide_by
            == datetime(2026, 10, 1, 23, 59, tzinfo=LOCAL)
        )

    def test_the_head_gives_more_time_and_no_less(self, ours: Bureau) -> None:
        item = opened(ours)
        sooner = {"item": item, "until": NOON + 80 * DAY, "reason": "鉴定", "by": ours.chief.by, "at": NOON}
        refused(cases.NOT_LATER, casework.extend, **sooner)
        casework.extend(**(sooner | {"until": NOON + 120 * DAY}))
        item.refresh_from_db()
        assert item.due_at == NOON + 120 * DAY

    def test_days_to_pay_begin_with_the_service(self, ours: Bureau) -> None:
        item = decided(ours)
        executing.serve(item=item, receipt="1", by=ours.officers[0].by, at=NOON + 4 * DAY)
        assert Case.objects.get(pk=item.pk).pay_by == datetime(2026, 7, 22, 23, 59, tzinfo=LOCAL)
        executing.defer(item=item, until=NOON + 60 * DAY, reason="分期", by=ours.chief.by, at=NOON + 5 * DAY)
        item.refresh_from_db()
        assert item.due_at == NOON + 60 * DAY


@pytest.mark.feature("M194")
class TestALargeAmount:
    def test_waits_for_the_hearing_and_for_review(self, ours: Bureau) -> None:
        item = noticed(ours, LARGE)
        case = Case.objects.get(pk=item.pk)
        assert case.large
        assert case.hearing_until == datetime(
            2026, 7, 10, 18, 0, tzinfo=LOCAL
        )  # five working days after 4 July
        deciding = {"item": item, "penalties": [LARGE], "by": ours.chief.by, "at": NOON + 3 * DAY}
        refused(cases.HEARING_RUNS, casework.decide, **deciding)
        casework.hear(
            item=item, hearing="waived", reason="书面放弃", by=ours.officers[0].by, at=NOON + 3 * DAY
        )
        refused(cases.NOT_REVIEWED, casework.decide, **deciding)
        refused(
            SECOND_PERSON,
            casework.review,
            item=noticed_by(ours),
            reason="合法",
            by=ours.section.by,
            at=NOON + DAY,
        )
        casework.review(item=item, reason="程序合法，集体讨论通过", by=ours.section.by, at=NOON + 3 * DAY)
        casework.decide(**deciding)
        assert state(item) == "decided"

    def test_is_not_asked_of_a_small_one(self, ours: Bureau) -> None:
        assert Case.objects.get(pk=noticed(ours).pk).hearing_until is None


def noticed_by(ours: Bureau) -> WorkItem:
    """A case that the section itself proposed."""
    item = casework.open_case(organisation=ours.firm, cause="x", **ours.pair, by=ours.section.by, at=NOON)
    casework.approve(item=item, by=ours.chief.by, at=NOON)
    casework.notify(item=item, penalties=[LARGE], by=ours.officers[0].by, at=NOON)
    return item


@pytest.mark.feature("M382")
class TestPenalties:
    def test_of_one_case_go_against_firm_and_person_and_are_one_case(self, ours: Bureau) -> None:
        item = noticed(ours, UNIT, PERSON)
        casework.review(item=item, reason="合法", by=ours.section.by, at=NOON + DAY)
        casework.decide(item=item, penalties=[UNIT, PERSON], by=ours.chief.by, at=NOON + 12 * DAY)
        rows = Penalty.objects.filter(item=item).order_by("respondent")
        assert [(row.respondent, row.amount, row.law, row.article) for row in rows] == [
            ("person", 30_000, "安全生产法", "94"), ("unit", 30_000, "安全生产法", "97"),
        ]  # fmt: skip
        assert rows[0].name == "欧阳明"

    @pytest.mark.feature("M193")
    def test_lie_in_the_range_of_their_basis(self, ours: Bureau) -> None:
        item = opened(ours)
        given = {"item": item, "by": ours.officers[0].by, "at": NOON, "kind": "fine", "power": "aqscf-97"}
        told = refused(cases.OUT_OF_RANGE, casework.notify, amount=100_001, **given)
        assert (told.facts["article"], told.facts["most"], told.field) == ("97", "100000", "amount")
        refused(cases.NO_BASIS, casework.notify, **(given | {"power": "made-up", "amount": 1}))
        refused(cases.NO_AMOUNT, casework.notify, amount=0, **given)

    @pytest.mark.feature("M195")
    def test_outside_their_tier_ask_for_a_reason(self, ours: Bureau) -> None:
        item = opened(ours)
        given = {
            "item": item,
            "by": ours.officers[0].by,
            "at": NOON,
            "kind": "fine",
            "power": "aqscf-97",
            "tier": "mild",
        }
        told = refused(cases.NO_TIER_REASON, casework.notify, amount=60_000, **given)
        assert (told.facts["least"], told.facts["most"]) == ("0", "30000")
        casework.notify(amount=60_000, discretion="隐瞒不报", **given)
        assert state(item) == "noticed"


class TestPaying:
    def test_keeps_decided_and_paid_apart_and_pays_the_firm_first(self, ours: Bureau) -> None:
        item = noticed(ours, UNIT, PERSON)
        casework.review(item=item, reason="合法", by=ours.section.by, at=NOON + DAY)
        casework.decide(item=item, penalties=[UNIT, PERSON], by=ours.chief.by, at=NOON + 12 * DAY)
        executing.serve(item=item, receipt="1", by=ours.officers[0].by, at=NOON + 12 * DAY)
        paying = {"item": item, "by": ours.officers[0].by, "at": NOON + 13 * DAY}
        executing.pay(amount="40,000", receipt="A1", surcharge=900, **paying)
        rows = list(
            Execution.objects.order_by("-amount").values_list(
                "penalty__respondent", "amount", "surcharge", "whole"
            )
        )
        assert rows == [("unit", 30_000, 900, True), ("person", 10_000, 0, False)]
        assert state(item) == "served"
        told = refused(cases.TOO_MUCH, executing.pay, amount=20_001, **paying)
        assert told.facts["left"] == "20000"
        executing.pay(amount=20_000, **paying)
        assert state(item) == "executed"

    def test_a_warning_is_executed_when_it_is_served(self, ours: Bureau) -> None:
        item = decided(ours, Given("unit", "warning", "aqscf-97"))
        executing.serve(item=item, receipt="1", by=ours.officers[0].by, at=NOON + 3 * DAY)
        assert state(item) == "executed"

    def test_what_is_no_money_is_carried_out_by_an_act(self, ours: Bureau) -> None:
        both = (UNIT, Given("unit", "suspension", "aqscf-102"))
        item = noticed(ours, *both)
        casework.review(item=item, reason="合法", by=ours.section.by, at=NOON + DAY)
        casework.decide(item=item, penalties=both, by=ours.chief.by, at=NOON + 12 * DAY)
        executing.serve(item=item, receipt="1", by=ours.officers[0].by, at=NOON + 12 * DAY)
        refused(
            cases.NOT_EXECUTED, executing.carry_out, item=item, by=ours.officers[0].by, at=NOON + 13 * DAY
        )
        executing.pay(item=item, amount=30_000, by=ours.officers[0].by, at=NOON + 13 * DAY)
        assert state(item) == "served"
        executing.carry_out(item=item, by=ours.officers[0].by, at=NOON + 20 * DAY)
        assert state(item) == "executed"

    def test_the_surcharge_of_a_day_is_three_per_cent_and_never_more_than_the_fine(
        self, ours: Bureau
    ) -> None:
        item = decided(ours)
        executing.serve(item=item, receipt="1", by=ours.officers[0].by, at=NOON + 3 * DAY)
        pay_by = Case.objects.get(pk=item.pk).pay_by
        amounts = [
            executing.surcharge_now(item, pay_by, at=pay_by + days * DAY) for days in (0, 1, 33, 34, 400)
        ]
        assert amounts == [0, 900, 29_700, 30_000, 30_000]


class TestOnTheSpot:
    def penalise(self, ours: Bureau, **more) -> WorkItem:
        given = {"organisation": ours.firm, "cause": "未如实记录培训", "kind": "fine", "power": "aqscf-97", "amount": 3000,
                 "by": ours.officers[0].by, "at": NOON, **ours.pair}  # fmt: skip
        return spot.penalise_on_spot(**(given | more))

    def test_a_firm_pays_at_most_three_thousand_and_a_person_two_hundred(self, ours: Bureau) -> None:
        item = self.penalise(ours, discretion="首次")
        assert state(item) == "decided"
        told = refused(cases.SPOT_TOO_HIGH, self.penalise, ours=ours, amount="3000.01", discretion="首次")
        assert told.facts["most"] == "3000"
        refused(cases.SPOT_TOO_HIGH, self.penalise, ours=ours, amount=0, person="李四", person_amount=201)
        refused(cases.SPOT_KIND, self.penalise, ours=ours, kind="licence", amount=0)

    def test_a_warning_ends_at_once_and_a_small_fine_may_be_taken(self, ours: Bureau) -> None:
        assert state(self.penalise(ours, kind="warning", amount=0)) == "executed"
        assert state(self.penalise(ours, amount=100, discretion="轻微", paid_now=True)) == "executed"
        refused(spot.NOT_COLLECTED, self.penalise, ours=ours, amount=101, discretion="轻微", paid_now=True)

    def test_a_revoked_one_stays_with_its_reason(self, ours: Bureau) -> None:
        item = self.penalise(ours, kind="warning", amount=0)
        move(item=item, name="revoke", by=ours.section.by, at=NOON, reason="主体错误")
        assert state(item) == "revoked"
