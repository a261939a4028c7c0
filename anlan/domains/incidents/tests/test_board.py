"""What is judged of an event, and what units are told and asked about it."""

from datetime import timedelta

import pytest

from anlan.domains.incidents.actions import events, judging
from anlan.domains.incidents.models import Judgement
from anlan.domains.incidents.queries import board
from anlan.domains.incidents.rules import judging as rules
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.messaging.actions import answer
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Organisation
from tests.people import DISTRICT, NOON, QUAY, District, add_duty, add_kind, add_person, district

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Room:
    """The watch, two units with liaisons, and a landslide told at noon."""

    def __init__(self) -> None:
        self.here: District = district()
        for code in ("watch_leader", "liaison_b", "office_watch"):
            add_kind(code)
        self.officer = self._person("陈值班员", "watch_officer")
        self.chief = self._person("林值班长", "watch_chief")
        self.leader = self._person("赵带班领导", "watch_leader")
        self.water = self._unit("安澜区水务局", "水务", "顾联络")
        self.land = self._unit("规划和自然资源局安澜管理局", "规自", "白联络")
        self.event = events.receive(
            description="边坡滑塌",
            event_class="natural",
            kind="geology",
            region=QUAY,
            by=self.officer.by,
            at=NOON,
        )

    def _person(self, name: str, kind: str):
        person = add_person(name, self.here.bureau)
        add_duty(person, kind, DISTRICT)
        return person

    def _unit(self, name: str, short: str, liaison: str) -> Organisation:
        unit = Organisation.objects.create(
            name=name, short_name=short, kind="member_unit", region_id=DISTRICT
        )
        add_duty(add_person(liaison, unit), "liaison_a", DISTRICT)
        add_person(f"{short}职员", unit)
        return unit

    def judge(self, at=NOON, **more: object) -> WorkItem:
        given = {
            "known": "坡脚一栋楼", "unknown": "楼内人数", "opinion": "可能继续滑塌，先撤人", "by": self.leader.by,
            "review_at": at + HOUR,
        }  # fmt: skip
        return judging.judge(incident=self.event, at=at, **(given | more))


@pytest.fixture
def room() -> Room:
    return Room()


def go(at) -> None:
    while sweep(exercise_id=None, at=at, limit=50):
        pass


@pytest.mark.feature("M189")
class TestAJudgement:
    def test_is_signed_by_a_person_and_says_what_is_not_known_and_when_it_is_looked_at_again(
        self, room: Room
    ) -> None:
        item = room.judge()
        row = Judgement.objects.get()
        assert (row.version, row.signed_by, item.due_at) == (1, room.leader.by, NOON + HOUR)
        go(NOON + HOUR)
        assert Message.objects.filter(person=room.chief, subject_id=str(item.pk)).exists()

    def test_is_replaced_by_a_newer_version_and_the_older_one_stays_to_be_read(self, room: Room) -> None:
        first = room.judge()
        room.judge(NOON + 30 * MINUTE, opinion="人已撤出")
        first.refresh_from_db()
        assert first.state == "replaced"
        assert [each.opinion for each in board.judgements(room.event.pk)] == [
            "人已撤出",
            "可能继续滑塌，先撤人",
        ]

    def test_of_somebody_faster_is_read_before_another_is_signed(self, room: Room) -> None:
        room.judge()
        with pytest.raises(Refused) as refused:
            room.judge(version=0)
        assert (refused.value.code, refused.value.facts["by"]) == (rules.JUDGED_MEANWHILE, "赵带班领导")

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"known": " "}, "known"), ({"unknown": ""}, "unknown"), ({"opinion": ""}, "opinion"),
         ({"review_at": None}, "review_at"), ({"review_at": NOON - HOUR}, "review_at"),
         ({"review_at": NOON + 25 * HOUR}, "review_at")],
    )  # fmt: skip
    def test_is_refused_at_the_field_that_is_wrong(self, room: Room, wrong: dict, field: str) -> None:
        with pytest.raises(Refused) as refused:
            room.judge(**wrong)
        assert refused.value.field == field

    def test_is_the_watch_s_and_ends_with_the_event(self, room: Room) -> None:
        with pytest.raises(Refused) as refused:
            room.judge(by=room.here.owner.by)
        assert refused.value.code == rules.NOT_WATCH
        item = room.judge()
        judging.dismiss_event(item=room.event, reason="误报", by=room.officer.by, at=NOON)
        item.refresh_from_db()
        assert item.state == "over"
        with pytest.raises(Refused) as refused:
            room.judge()
        assert refused.value.code == rules.OVER


@pytest.mark.feature("M498")
class TestUnits:
    def tell(self, room: Room, *units: Organisation) -> list[WorkItem]:
        return judging.tell_units(
            incident=room.event, units=units, words="码头社区边坡滑塌", by=room.officer.by, at=NOON
        )

    def test_of_a_kind_of_event_are_named_by_the_rule_and_found_in_the_register(self, room: Room) -> None:
        offered = board.units_for(kind="geology", region=QUAY, at=NOON)
        assert [(each.word, each.unit) for each in offered][:3] == [
            ("规自", room.land),
            ("住建", None),
            ("水务", room.water),
        ]

    def test_answer_received_with_one_tap_or_send_what_they_know(self, room: Room) -> None:
        land, water = self.tell(room, room.land, room.water)
        tapped, wrote = (Message.objects.get(person__name=name) for name in ("白联络", "顾联络"))
        answer(message_id=tapped.pk, kind="received", via="sms", at=NOON + MINUTE)
        answer(message_id=wrote.pk, kind="need_help", via="page", note="上游排洪渠已堵", at=NOON + 2 * MINUTE)
        answer(
            message_id=tapped.pk, kind="need_help", via="page", note="专家二十分钟到", at=NOON + 3 * MINUTE
        )
        for item in (land, water):
            item.refresh_from_db()
        assert (land.state, water.state) == ("informed", "informed")
        assert {(each.said, str(each.unit)) for each in board.exchanges(room.event.pk)} == {
            ("专家二十分钟到", "规自"),
            ("上游排洪渠已堵", "水务"),
        }
        news = [
            each for each in board.news(room.event.incidents_incident, at=NOON + HOUR) if each.kind == "unit"
        ]
        assert [each.text for each in news] == ["专家二十分钟到", "上游排洪渠已堵"]

    def test_that_are_silent_for_half_an_hour_come_back_to_the_watch(self, room: Room) -> None:
        (item,) = self.tell(room, room.land)
        assert item.due_at == NOON + 30 * MINUTE
        go(NOON + 30 * MINUTE)
        assert Message.objects.filter(person=room.officer, subject_id=str(item.pk)).exists()
        assert not Message.objects.filter(person=room.chief, subject_id=str(item.pk)).exists()
        go(NOON + 45 * MINUTE)
        assert Message.objects.filter(person=room.chief, subject_id=str(item.pk)).exists()

    def test_say_with_a_reason_that_they_are_not_concerned(self, room: Room) -> None:
        (item,) = self.tell(room, room.land)
        with pytest.raises(Refused):
            move(item=item, name="decline", by=room.officer.by, at=NOON)
        move(item=item, name="decline", reason="电话答复：不属本局管辖", by=room.officer.by, at=NOON)
        assert item.state == "not_concerned"

    def test_are_not_told_twice_while_they_owe_an_answer(self, room: Room) -> None:
        self.tell(room, room.land)
        with pytest.raises(Refused) as refused:
            self.tell(room, room.land, room.water)
        assert (refused.value.code, refused.value.facts["units"]) == (rules.TOLD_ALREADY, "规自")

    def test_are_asked_with_a_time_and_a_tap_that_it_arrived_is_no_answer(self, room: Room) -> None:
        given = {"incident": room.event, "unit": room.water, "by": room.officer.by, "at": NOON}
        with pytest.raises(Refused) as refused:
            judging.ask_unit(question="上游水位？", wanted_by=NOON, **given)
        assert refused.value.field == "wanted_by"
        item = judging.ask_unit(question="上游水位？", wanted_by=NOON + 20 * MINUTE, **given)
        message = Message.objects.get(person__name="顾联络", kind=judging.QUERY_KIND)
        answer(message_id=message.pk, kind="received", via="sms", at=NOON + MINUTE)
        item.refresh_from_db()
        assert (item.state, item.due_at) == ("asked", NOON + 20 * MINUTE)
        answer(message_id=message.pk, kind="need_help", via="page", note="3.2 米，回落", at=NOON + 5 * MINUTE)
        item.refresh_from_db()
        assert item.state == "answered"

    def test_owe_nothing_when_the_event_is_over(self, room: Room) -> None:
        (item,) = self.tell(room, room.land)
        events.assess_here(item=room.event, grade="none", by=room.officer.by, at=NOON)
        judging.end_event(item=room.event, done="已清理", by=room.officer.by, at=NOON)
        item.refresh_from_db()
        assert (item.state, Message.objects.get(person__name="白联络").state) == ("over", "closed")
