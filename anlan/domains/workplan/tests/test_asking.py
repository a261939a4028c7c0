"""What is asked of a unit: numbered, signed for, answered, closed off by another, chased, passed on when late."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.workplan import actions
from anlan.domains.workplan.models import Asked, Meeting, Reminder, WorkGroup
from anlan.domains.workplan.queries import burden_of, count_askings_with, units
from anlan.domains.workplan.rules import asking as rules
from anlan.domains.workplan.rules import tasks as task_rules
from anlan.domains.workplan.tests.ground import Ground, ask, ground
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import my_worklist
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.messaging.models import Message
from anlan.kernel.papers.queries import bytes_of
from tests.people import DISTRICT, NOON

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def g() -> Ground:
    return ground()


def answered(g: Ground, item: WorkItem, *, at) -> None:
    move(item=item, name="sign_for", by=g.liaison.by, at=at)
    move(item=item, name="answer", by=g.liaison.by, at=at, said="已清理，附照片")


@pytest.mark.feature("M139")
@pytest.mark.feature("M054")
def test_a_follow_up_is_numbered_told_signed_answered_and_closed_off_by_another(g: Ground) -> None:
    item = ask(g, due=NOON + 7 * DAY)
    row = Asked.objects.get()
    assert row.paper is not None
    assert row.paper.number.endswith("督〔2026〕1号")
    words = "\n".join(p.text for p in Document(BytesIO(bytes_of(row.paper))).paragraphs)
    assert "清理码头积水" in words
    assert "2026年7月10日" in words
    assert "24小时" in words
    assert list(my_worklist(g.liaison, at=NOON)) == [item]
    assert Message.objects.filter(person=g.liaison).exists()
    answered(g, item, at=NOON + DAY)
    with pytest.raises(Refused) as refused:  # whoever sent it out does not close it off
        move(item=item, name="close_off", by=g.olga.by, at=NOON + 2 * DAY)
    assert refused.value.code == "loop.second_person"
    move(item=item, name="close_off", by=g.pia.by, at=NOON + 2 * DAY)
    assert item.state == "closed_off"


@pytest.mark.feature("M100")
@pytest.mark.feature("M442")
def test_orders_and_assignment_sheets_have_numbers_of_their_own(g: Ground) -> None:
    numbers = [
        Asked.objects.get(pk=ask(g, kind, due=NOON + DAY).pk).paper.number
        for kind in ("assignment", "command_order", "command_order", "follow_up")
    ]
    assert numbers[0].endswith("交办〔2026〕1号")
    assert numbers[1].endswith("令〔2026〕1号")
    assert numbers[2].endswith("令〔2026〕2号")
    assert numbers[3].endswith("督〔2026〕1号")


@pytest.mark.feature("M439")
def test_an_instruction_names_its_leader_and_counts_when_it_is_closed_in_time(g: Ground) -> None:
    with pytest.raises(Refused) as refused:
        ask(g, "instruction", due=NOON + DAY)
    assert refused.value.code == rules.NO_LEADER
    met = ask(g, "instruction", due=NOON + 3 * DAY, leader=g.leader)
    ask(g, "instruction", due=NOON + 3 * DAY, leader=g.leader)
    answered(g, met, at=NOON + DAY)
    move(item=met, name="close_off", by=g.pia.by, at=NOON + 2 * DAY)
    assert read("workplan.instructions_on_time", NOON + 4 * DAY) == 50
    assert read("workplan.instructions", NOON + 4 * DAY) == 2
    assert read("workplan.instructions_on_time", NOON + DAY) is None  # nothing was due yet


def read(code: str, end) -> Decimal | None:
    period = Period(NOON - DAY, end)
    return indicator(code=code, cut=Cut(region=DISTRICT), period=period, as_of=end).value


def test_an_order_answered_late_is_not_answered_on_time(g: Ground) -> None:
    for hours in (1, 5):
        answered(g, ask(g, "command_order", due=NOON + 3 * HOUR), at=NOON + hours * HOUR)
    assert read("workplan.orders", NOON + DAY) == 2
    assert read("workplan.orders_on_time", NOON + DAY) == 50


def test_what_is_withdrawn_was_never_due(g: Ground) -> None:
    item = ask(g, due=NOON + DAY)
    move(item=item, name="withdraw", by=g.pia.by, at=NOON + HOUR, reason="合并办理")
    assert read("workplan.follow_up_closed", NOON + 2 * DAY) is None


def test_an_answer_that_is_not_enough_goes_back_to_the_liaison(g: Ground) -> None:
    item = ask(g, due=NOON + 7 * DAY)
    answered(g, item, at=NOON + HOUR)
    assert item not in my_worklist(g.liaison, at=NOON)
    actions.send_back(item=item, by=g.pia.by, at=NOON + 2 * HOUR, reason="缺照片")
    assert item.state == "signed_for"
    assert item in my_worklist(g.liaison, at=NOON)


def test_only_who_may_sends_out_and_a_day_in_the_past_is_refused(g: Ground) -> None:
    with pytest.raises(Refused) as refused:
        ask(g, due=NOON + DAY, by=g.here.owner.by)
    assert refused.value.code == rules.NOT_ISSUER
    with pytest.raises(Refused) as refused:
        ask(g, due=NOON - DAY)
    assert refused.value.code == task_rules.PAST
    for lacking in ({"unit": None}, {"text": "  "}):
        with pytest.raises(Refused):
            ask(g, due=NOON + DAY, **lacking)
    assert not Asked.objects.exists()


def test_chasing_is_one_tap_tells_the_liaison_and_stands_on_its_way(g: Ground) -> None:
    # One o'clock of the fourth in Shanghai; it is due a day later, on the fifth, which in UTC has not begun.
    at = NOON + 13 * HOUR
    item = ask(g, due=NOON + 9 * DAY, at=at)
    actions.chase(item=item, by=g.olga.by, at=at + HOUR)
    assert "07-05" in Message.objects.get(person=g.liaison, kind="workplan.chase").text
    assert item.steps.filter(move="chase_receipt").exists()


def test_what_is_overdue_climbs_from_the_head_of_the_unit_to_a_leader_of_the_district(g: Ground) -> None:
    head = g.here.colleague
    g.liaison.superior = head
    g.liaison.save()
    chief = g.here.outsider
    from_duty = {"head": head, "office": g.olga, "leader": g.leader}
    item = ask(g, due=NOON + DAY)
    move(item=item, name="sign_for", by=g.liaison.by, at=NOON)
    for day in range(1, 6):
        for _turn in range(3):
            sweep(exercise_id=None, at=NOON + day * DAY, limit=50)
    told = {
        name: Message.objects.filter(person=who, kind="loop.clock").exists()
        for name, who in from_duty.items()
    }
    assert told == {"head": True, "office": True, "leader": True}
    assert not Message.objects.filter(person=chief, kind="loop.clock").exists()


class TestTheBurden:
    def test_counts_acts_of_seven_days_and_one_above_the_limit_wants_a_reason(self, g: Ground) -> None:
        for n in range(8):
            ask(g, due=NOON + 9 * DAY, at=NOON + n * HOUR)
        at = NOON + 9 * HOUR
        burden = burden_of(g.here.street, at=at)
        assert (burden.count, burden.limit, burden.over) == (8, 8, True)
        with pytest.raises(Refused) as refused:
            ask(g, due=NOON + 9 * DAY, at=at)
        assert (refused.value.code, refused.value.field) == (rules.TOO_MUCH, "why_more")
        item = ask(g, due=NOON + 9 * DAY, at=at, why_more="汛情紧急")
        assert Asked.objects.get(pk=item.pk).burden == 8
        assert Entry.objects.filter(code="workplan.over_limit").exists()
        assert burden_of(g.here.street, at=NOON + 8 * DAY).count == 0

    def test_what_one_act_asks_is_one_asking(self, g: Ground) -> None:
        rows = [actions.AskedGiven(unit=g.here.street, text=f"第{n}项", due_at=NOON + DAY) for n in range(5)]
        actions.ask_many(rows, kind="assignment", by=g.olga.by, at=NOON)
        assert burden_of(g.here.street, at=NOON + HOUR).parts == {"workplan.assignment": 1}

    def test_takes_in_what_others_ask(self, g: Ground) -> None:
        count_askings_with("test", lambda unit, start, end, world: 3)
        try:
            assert burden_of(g.here.street, at=NOON).parts["test"] == 3
        finally:
            units._others.pop("test")


@pytest.mark.feature("M344")
def test_a_meeting_becomes_matters_of_its_units(g: Ground) -> None:
    lines = [
        actions.AskedGiven(unit=g.here.street, text="月底前完成泵闸检修", due_at=NOON + 20 * DAY),
        actions.AskedGiven(unit=g.here.bureau, text="建议增加会商频次", due_at=NOON + 20 * DAY, advice=True),
    ]
    meeting = actions.hold_meeting(
        title="三防调度会", kind="dispatch", region=DISTRICT, held_at=NOON - HOUR, by=g.olga.by, at=NOON, asked=lines,
        chair=g.leader,
    )  # fmt: skip
    assert Meeting.objects.get() == meeting
    assert sorted(meeting.asked.values_list("text", "advice")) == [
        ("建议增加会商频次", True),
        ("月底前完成泵闸检修", False),
    ]
    item = meeting.asked.get(advice=False).item
    answered(g, item, at=NOON + DAY)
    move(item=item, name="close_off", by=g.pia.by, at=NOON + 2 * DAY)
    assert read("workplan.decisions_on_time", NOON + 21 * DAY) == 50


def test_a_meeting_is_written_down_after_it_was_held(g: Ground) -> None:
    with pytest.raises(Refused) as refused:
        actions.hold_meeting(
            title="会", kind="other", region=DISTRICT, held_at=NOON + DAY, by=g.olga.by, at=NOON
        )
    assert refused.value.code == rules.NOT_YET


@pytest.mark.feature("M247")
def test_units_that_owe_something_are_reminded_once_on_the_day_of_the_week(g: Ground) -> None:
    ask(g, due=NOON + DAY)
    monday = NOON + 3 * DAY  # 6 July 2026
    assert actions.remind_units(region=DISTRICT, at=NOON) == 0  # a Friday
    assert actions.remind_units(region=DISTRICT, at=monday) == 1
    assert actions.remind_units(region=DISTRICT, at=monday) == 0
    row = Reminder.objects.get()
    assert (row.kind, row.open, row.late) == ("week", 1, 1)
    assert Message.objects.filter(person=g.liaison, kind="workplan.reminder").count() == 1


@pytest.mark.feature("M323")
def test_a_working_group_is_sent_arrives_reports_and_comes_back(g: Ground) -> None:
    item = actions.send_group(
        leader=g.leader.by,
        cause="山体滑坡",
        to="石矶街道梯田社区",
        task="指导转移",
        by=g.olga.by,
        at=NOON,
        region=DISTRICT,
    )
    assert WorkGroup.objects.get().leader == g.leader
    move(item=item, name="arrive_told", by=g.olga.by, at=NOON + HOUR, said="已到达")
    move(item=item, name="tell", by=g.leader.by, at=NOON + 2 * HOUR, said="已转移35人")
    move(item=item, name="come_back", by=g.leader.by, at=NOON + 5 * HOUR, said="处置完毕")
    assert item.state == "back"


class TestFunds:
    @pytest.mark.feature("M341")
    @pytest.mark.feature("M342")
    def test_paid_against_arranged_and_the_year_and_a_wrong_payment_is_taken_back(self, g: Ground) -> None:
        fund = actions.arrange(
            name="安全生产专项", year=2026, organisation=g.here.street, yuan="1000000", source="深安预〔2026〕1号",
            by=g.olga.by, at=NOON,
        )  # fmt: skip
        wrong = actions.pay(fund=fund, yuan="400000", note="设备", by=g.olga.by, at=NOON + HOUR)
        assert read("workplan.fund_spent", NOON + DAY) == 40
        actions.take_back_payment(payment=wrong, note="记错", by=g.olga.by, at=NOON + 2 * DAY)
        actions.pay(fund=fund, yuan="100,000.50", note="设备", by=g.olga.by, at=NOON + 2 * DAY)
        assert read("workplan.fund_spent", NOON + 3 * DAY) == Decimal("10.00")
        assert read("workplan.fund_spent", NOON + DAY) == 40  # as it was known then
        assert read("workplan.fund_against_time", NOON + 3 * DAY) < -40
        assert actions.remind_units(region=DISTRICT, at=NOON + 3 * DAY) == 1  # spending lags behind the year

    def test_more_than_arranged_nothing_or_twice_is_refused(self, g: Ground) -> None:
        given = {"year": 2026, "organisation": g.here.street, "by": g.olga.by, "at": NOON}
        fund = actions.arrange(name="专项", yuan="100", source="x", **given)
        for wrong, code in (("101", rules.OVERPAID), ("0", rules.BAD_SUM), ("x", rules.BAD_SUM)):
            with pytest.raises(Refused) as refused:
                actions.pay(fund=fund, yuan=wrong, note="", by=g.olga.by, at=NOON)
            assert refused.value.code == code
        with pytest.raises(Refused) as refused:
            actions.arrange(name="专项", yuan="100", source="x", **given)
        assert refused.value.code == rules.FUND_THERE


days = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31))


@given(days, st.integers(2020, 2030))
def test_the_share_of_a_year_runs_from_nothing_to_the_whole(day, year: int) -> None:
    share = rules.time_share(year, day=day)
    assert 0 <= share <= 100
    assert (share == 100) == (day >= type(day)(year, 12, 31))
    assert (share == 0) == (day < type(day)(year, 1, 1))
