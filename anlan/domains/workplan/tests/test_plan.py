from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.workplan import actions, queries
from anlan.domains.workplan.models import Plan, Point, Progress, Question
from anlan.domains.workplan.rules import tasks as rules
from anlan.domains.workplan.rules.tasks import Weighed, progress
from anlan.kernel.core import attachments
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Person
from tests.people import DISTRICT, HARBOUR, NOON, District, add_duty, add_person, district

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TEXT = "序言\n一、强化责任\n1.执法检查。一是编制计划。二是完成检查1680家。\n二、强化宣传\n2.宣讲培训。覆盖万家企业。"


def plan(here: District, text: str = TEXT) -> Plan:
    return actions.take_plan(
        text=text, title="2026年工作要点", year=2026, region=DISTRICT, by="service:x", at=NOON
    )


def office(here: District):
    person = add_person("Olga", here.bureau)
    add_duty(person, "work_plan_office", DISTRICT)
    return person


def handed(here: District, **more: object) -> WorkItem:
    made = plan(here)
    if made.signed_at is None:
        made = actions.sign_off(plan=made, by=office(here).by, at=NOON)
    given = {
        "point": made.points.get(mark="1."), "lead": here.street, "measure": "完成执法检查1680家", "due_at": NOON + 90 * DAY,
        "by": "service:test", "at": NOON,
    }  # fmt: skip
    return actions.hand_out(**(given | more))


def signed_for(here: District, **more: object) -> WorkItem:
    item = handed(here, **more)
    add_duty(here.owner, "unit_head", HARBOUR)
    move(item=item, name="sign_for", by=here.owner.by, at=NOON)
    return item


@pytest.mark.feature("M001")
class TestAPlan:
    def test_keeps_the_numbering_of_its_document_and_the_tree(self) -> None:
        made = plan(district())
        points = list(Point.objects.filter(plan=made).order_by("place"))
        assert [(p.mark, p.depth, p.parent.mark if p.parent else "") for p in points] == [
            ("一、", 0, ""), ("1.", 1, "一、"), ("一是", 2, "1."), ("二是", 2, "1."), ("二、", 0, ""), ("2.", 1, "二、"),
        ]  # fmt: skip
        assert made.preface == "序言"

    def test_taken_in_twice_is_one_plan(self) -> None:
        here = district()
        assert plan(here) == plan(here)
        assert Plan.objects.count() == 1

    def test_is_kept_by_its_office_only(self) -> None:
        here = district()
        with pytest.raises(Refused) as refused:
            actions.take_plan(text=TEXT, title="x", year=2026, region=DISTRICT, by=here.owner.by, at=NOON)
        assert refused.value.code == rules.NOT_KEEPER

    def test_without_a_number_is_refused(self) -> None:
        with pytest.raises(Refused) as refused:
            plan(district(), "没有编号的文字")
        assert refused.value.code == rules.EMPTY
        assert not Plan.objects.exists()

    def test_is_signed_off_by_another_and_only_then_hands_out(self) -> None:
        here = district()
        made = plan(here)
        with pytest.raises(Refused) as refused:
            actions.sign_off(plan=made, by="service:x", at=NOON)
        assert refused.value.code == rules.OWN_WORK
        with pytest.raises(Refused) as refused:
            actions.hand_out(
                point=made.points.first(),
                lead=here.street,
                measure="x",
                due_at=NOON + DAY,
                by="service:test",
                at=NOON,
            )
        assert refused.value.code == rules.NOT_SIGNED


class TestATask:
    def test_goes_to_the_unit_which_signs_tells_and_reports_and_the_office_confirms(self) -> None:
        here = district()
        item = signed_for(here)
        actions.tell(item=item, done=40, by=here.owner.by, at=NOON + 30 * DAY)
        paper = attachments.keep(data=b"%PDF-", media_type="application/pdf", by="service:test")
        move(
            item=item,
            name="claim",
            by=here.owner.by,
            at=NOON + 80 * DAY,
            evidence=[Given("file", file=paper)],
        )
        move(item=item, name="confirm", by="person:" + str(_keeper().pk), at=NOON + 81 * DAY)
        assert item.state == "done"

    def test_does_not_go_back_in_silence(self) -> None:
        here = district()
        item = signed_for(here)
        actions.tell(item=item, done=40, by=here.owner.by, at=NOON + DAY)
        with pytest.raises(Refused) as refused:
            actions.tell(item=item, done=30, by=here.owner.by, at=NOON + 2 * DAY)
        assert refused.value.code == rules.LESS
        actions.tell(item=item, done=30, reason="口径更正", by=here.owner.by, at=NOON + 2 * DAY)
        assert [row.done for row in Progress.objects.order_by("recorded_at")] == [40, 30]

    def test_of_more_than_all_is_refused(self) -> None:
        here = district()
        item = signed_for(here)
        for wrong in (101, -1, "half"):
            with pytest.raises(Refused) as refused:
                actions.tell(item=item, done=wrong, by=here.owner.by, at=NOON)
            assert refused.value.code == rules.BAD_SHARE

    def test_with_a_day_in_the_past_is_refused(self) -> None:
        with pytest.raises(Refused) as refused:
            handed(district(), due_at=NOON - DAY)
        assert refused.value.code == rules.PAST


def _keeper() -> Person:
    return Person.objects.get(name="Olga")


class TestTheMonthsQuestion:
    def test_is_asked_once_a_month_of_each_running_task(self) -> None:
        here = district()
        signed_for(here)
        assert actions.ask_month(region=DISTRICT, at=NOON) == 1
        assert actions.ask_month(region=DISTRICT, at=NOON + DAY) == 0
        assert actions.ask_month(region=DISTRICT, at=NOON + 31 * DAY) == 1

    def test_is_answered_by_one_tap_and_the_figure_stands(self) -> None:
        here = district()
        item = signed_for(here)
        actions.tell(item=item, done=40, by=here.owner.by, at=NOON)
        actions.ask_month(region=DISTRICT, at=NOON)
        question = Question.objects.get().item
        actions.no_change(item=question, by=here.owner.by, at=NOON + DAY)
        assert question.state == "answered"
        last = Progress.objects.order_by("recorded_at", "pk").last()
        assert (last.done, last.no_change, last.item) == (40, True, item)

    def test_answered_with_a_figure_moves_the_task(self) -> None:
        here = district()
        item = signed_for(here)
        actions.ask_month(region=DISTRICT, at=NOON)
        actions.answer(item=Question.objects.get().item, done="62.5", by=here.owner.by, at=NOON + DAY)
        assert queries.last_progress([item.pk], as_of=NOON + DAY) == {item.pk: Decimal("62.5")}


class TestProgress:
    def read(self, code: str, as_of: datetime) -> Decimal | None:
        period = Period(NOON - DAY, NOON + 120 * DAY)
        return indicator(code=code, cut=Cut(region=DISTRICT), period=period, as_of=as_of).value

    def test_weighs_the_tasks_and_counts_what_was_known_on_a_day(self) -> None:
        here = district()
        heavy = signed_for(here, weight=Decimal(3))
        handed(here, measure="另一项", due_at=NOON + 30 * DAY)
        actions.tell(item=heavy, done=40, by=here.owner.by, at=NOON + 10 * DAY)
        assert self.read("workplan.progress", NOON + 5 * DAY) == 0
        assert self.read("workplan.progress", NOON + 20 * DAY) == 30
        assert self.read("workplan.late", NOON + 20 * DAY) == 0
        assert self.read("workplan.late", NOON + 40 * DAY) == 1

    def test_a_task_says_who_was_told(self) -> None:
        here = district()
        add_duty(here.owner, "unit_head", HARBOUR)
        handed(here)
        assert Message.objects.filter(person=here.owner).exists()


weights = st.decimals(Decimal("0.1"), 10, places=1)
shares = st.decimals(0, 100, places=1)


@given(st.lists(st.builds(Weighed, weights, shares, st.booleans()), min_size=1, max_size=20))
def test_progress_lies_between_the_least_and_the_most_and_order_changes_nothing(rows: list[Weighed]) -> None:
    value = progress(rows)
    assert value is not None
    slack = Decimal("1e-9")
    assert min(row.done for row in rows) - slack <= value <= max(row.done for row in rows) + slack
    assert abs(value - (progress(rows[::-1]) or 0)) < slack


def test_progress_of_nothing_is_nothing() -> None:
    assert progress([]) is None


def test_the_burden_of_a_unit_counts_seven_days() -> None:
    day = datetime(2026, 7, 8, tzinfo=UTC).date()
    asked = {day: 2, day - timedelta(days=6): 1, day - timedelta(days=7): 5, day + timedelta(days=1): 9}
    assert rules.burden(asked, day=day) == 3
