"""An event from the call to the last report: clocks by grade, one text to all, figures entered once."""

from datetime import timedelta

import pytest

from anlan.domains.incidents.actions import events, reporting
from anlan.domains.incidents.models import Clock, Figures, Incident, Report, Sending
from anlan.domains.incidents.queries import events as queries
from anlan.domains.incidents.rules import reporting as rules
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.actions import Telephone, move
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.messaging.models import Message
from tests.people import DISTRICT, HARBOUR, NOON, QUAY, District, add_duty, add_kind, add_person, district

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Room:
    """The duty room: two officers, a chief and a leader of the district."""

    def __init__(self) -> None:
        self.here: District = district()
        add_kind("watch_leader", rung_by_hand=True)
        self.officer, self.second = (self._person(name, "watch_officer") for name in ("陈值班员", "李值班员"))
        self.chief = self._person("林值班长", "watch_chief")
        self.leader = self._person("赵带班领导", "watch_leader")

    def _person(self, name: str, kind: str):
        person = add_person(name, self.here.bureau)
        add_duty(person, kind, DISTRICT)
        return person

    def told(self, **more: object) -> WorkItem:
        given = {
            "description": "货车与小车相撞", "event_class": "accident", "kind": "traffic", "region": QUAY,
            "spot": "码头路", "by": self.officer.by, "at": NOON,
        }  # fmt: skip
        return events.receive(**(given | more))


@pytest.fixture
def room() -> Room:
    return Room()


def read(code: str, *, start=NOON - DAY, end=NOON + DAY, as_of=NOON + DAY, region: str = DISTRICT):
    return indicator(code=code, cut=Cut(region), period=Period(start, end), as_of=as_of)


def row(item: WorkItem) -> Incident:
    return Incident.objects.get(pk=item.pk)


@pytest.mark.feature("M440", "M287")
class TestReceiving:
    def test_an_event_is_judged_within_ten_minutes_or_the_chief_hears_of_it(self, room: Room) -> None:
        item = room.told()
        assert item.due_at == NOON + 10 * MINUTE
        while sweep(exercise_id=None, at=NOON + 10 * MINUTE, limit=100):
            pass
        assert Message.objects.filter(person=room.chief).exists()
        assert not Message.objects.filter(person=room.leader, subject_id=str(item.pk)).exists()

    def test_told_earlier_than_it_was_entered_is_marked_and_the_clocks_run_from_the_call(
        self, room: Room
    ) -> None:
        item = room.told(at=NOON + HOUR, happened_at=NOON)
        assert (row(item).received_at, item.due_at) == (NOON, NOON + 10 * MINUTE)
        assert Step.objects.get(item=item, move="open").late_entry
        events.assess_up(item=item, grade="ordinary", by=room.officer.by, at=NOON + HOUR)
        assert row(item).first_due == NOON + 2 * HOUR

    def test_a_kind_of_another_class_is_refused_with_the_kinds_there_are(self, room: Room) -> None:
        with pytest.raises(Refused) as refused:
            room.told(event_class="natural", kind="traffic")
        assert refused.value.code == rules.UNKNOWN_KIND
        assert "forest_fire" in refused.value.facts["known"]

    def test_it_is_not_received_before_it_occurred(self, room: Room) -> None:
        with pytest.raises(Refused) as refused:
            room.told(occurred_at=NOON + HOUR)
        assert refused.value.code == rules.BEFORE_IT

    def test_three_callers_about_one_underpass_are_one_event(self, room: Room) -> None:
        first, second = room.told(), room.told(at=NOON + 5 * MINUTE)
        assert read("incidents.received").value == 2
        events.merge(item=second, into=first.pk, by=room.second.by, at=NOON + 6 * MINUTE)
        assert read("incidents.received").value == 1
        assert read("incidents.received", as_of=NOON + 5 * MINUTE).value == 2  # as it was known then
        assert row(second).merged_into_id == first.pk
        with pytest.raises(Refused):
            events.merge(item=first, into=second.pk, by=room.second.by, at=NOON + 7 * MINUTE)

    def test_what_is_handled_here_ends_here(self, room: Room) -> None:
        item = room.told()
        events.assess_here(item=item, grade="none", by=room.officer.by, at=NOON)
        move(item=item, name="end", done="树枝已清理", by=room.officer.by, at=NOON + HOUR)
        assert item.closed_at == NOON + HOUR
        assert read("incidents.reported_share").value == 0

    def test_somebody_of_another_street_does_not_judge_it(self, room: Room) -> None:
        item = room.told()
        with pytest.raises(Refused):
            events.assess_up(item=item, grade="ordinary", by=room.here.outsider.by, at=NOON)


@pytest.mark.feature("M176", "M296")
class TestClocks:
    def test_an_ordinary_accident_is_written_within_two_hours_as_the_law_says(self, room: Room) -> None:
        item = room.told()
        events.assess_up(item=item, grade="ordinary", by=room.officer.by, at=NOON)
        clock = Clock.objects.get()
        assert (clock.channel, clock.due_at, clock.tag) == ("written", NOON + 2 * HOUR, "C")
        assert "493" in clock.source

    def test_a_major_or_sensitive_one_is_rung_in_thirty_minutes_and_written_in_sixty(
        self, room: Room
    ) -> None:
        for given, grade in (({}, "major"), ({"sensitive": True}, "ordinary")):
            item = room.told(**given)
            events.assess_up(item=item, grade=grade, by=room.officer.by, at=NOON)
            found = dict(Clock.objects.filter(incident=item).values_list("channel", "due_at"))
            assert found == {"phone": NOON + 30 * MINUTE, "written": NOON + 60 * MINUTE}
            assert item.due_at == NOON + 30 * MINUTE

    def test_rung_to_both_the_next_clock_is_the_written_one(self, room: Room) -> None:
        item = room.told(sensitive=True)
        events.assess_up(item=item, grade="ordinary", by=room.officer.by, at=NOON)
        for receiver in ("district_duty", "city_bureau"):
            assert item.due_at == NOON + 30 * MINUTE
            reporting.phone_up(
                item=item,
                receiver=receiver,
                answered_by="周值班员",
                by=room.officer.by,
                at=NOON + 10 * MINUTE,
            )
        item.refresh_from_db()
        assert item.due_at == NOON + 60 * MINUTE

    def test_a_heavier_grade_shortens_a_clock_and_a_lighter_one_gives_no_time_back(self, room: Room) -> None:
        item = room.told()
        events.assess_up(item=item, grade="ordinary", by=room.officer.by, at=NOON)
        events.regrade(
            item=item, grade="major", reason="又有两人死亡", by=room.officer.by, at=NOON + 20 * MINUTE
        )
        item.refresh_from_db()
        assert item.due_at == NOON + 50 * MINUTE
        events.regrade(item=item, grade="ordinary", reason="核实", by=room.officer.by, at=NOON + 30 * MINUTE)
        item.refresh_from_db()
        assert item.due_at == NOON + 50 * MINUTE

    def test_late_and_missed_reports_are_named(self, room: Room) -> None:
        for wait in (1, 3, 0):
            item = room.told()
            events.assess_up(item=item, grade="ordinary", by=room.officer.by, at=NOON)
            if wait:
                reporting.send_first(item=item, by=room.leader.by, at=NOON + wait * HOUR)
        found = sorted(each.state for mine in queries.standings(
            WorkItem.objects.values_list("pk", flat=True), as_of=NOON + DAY).values() for each in mine)  # fmt: skip
        assert found == ["late", "missed", "on_time"]
        assert str(read("incidents.first_in_time").value) == "33.3"
        assert read("incidents.first_late").value == read("incidents.first_missed").value == 1
        assert len(read("incidents.first_in_time").rows) == 3
        # At one o'clock none of the three clocks had ended unmet: what is open is neither.
        assert read("incidents.first_missed", as_of=NOON + HOUR).value == 0

    def test_the_sweep_walks_up_to_the_leader(self, room: Room) -> None:
        item = room.told()
        events.assess_up(item=item, grade="ordinary", by=room.officer.by, at=NOON)
        for at in (NOON + 2 * HOUR, NOON + 2 * HOUR + 15 * MINUTE):
            while sweep(exercise_id=None, at=at, limit=100):
                pass
        assert Message.objects.filter(person=room.leader, subject_id=str(item.pk)).exists()


@pytest.mark.feature("M440", "M441")
class TestReports:
    def up(self, room: Room, **more: object) -> WorkItem:
        item = room.told(**more)
        events.assess_up(item=item, grade="ordinary", by=room.officer.by, at=NOON)
        return item

    def test_one_text_goes_to_every_receiver_and_waits_for_receipts(self, room: Room) -> None:
        item = self.up(room, hurt=2)
        reporting.send_first(item=item, by=room.leader.by, at=NOON + HOUR)
        report = Report.objects.get()
        assert "货车与小车相撞" in report.words
        assert "轻伤2人" in report.words
        assert {s.receiver for s in Sending.objects.filter(report=report)} == {"district_duty", "city_bureau"}
        reporting.enter_receipt(
            item=item, receiver="city_bureau", receipt="收文 0712", by=room.officer.by, at=NOON + 2 * HOUR
        )
        assert Sending.objects.get(receiver="city_bureau").receipts.get().words == "收文 0712"

    def test_the_leader_signs_by_telephone_and_the_officer_who_took_the_call_does_not_write_it_down(
        self, room: Room
    ) -> None:
        item = self.up(room)
        said = Telephone(number="15400000009", words="同意报送")
        with pytest.raises(Refused):
            reporting.send_first(
                item=item, by=room.leader.by, entered_by=room.officer.by, telephone=said, at=NOON + MINUTE
            )
        reporting.send_first(
            item=item, by=room.leader.by, entered_by=room.second.by, telephone=said, at=NOON + MINUTE
        )
        report = Report.objects.get()
        assert (report.signed_by, report.by) == (room.leader.by, room.second.by)

    def test_an_officer_does_not_sign(self, room: Room) -> None:
        with pytest.raises(Refused):
            reporting.send_first(item=self.up(room), by=room.officer.by, at=NOON)

    def test_a_follow_up_says_what_changed_and_what_was_done_and_starts_the_next_clock(
        self, room: Room
    ) -> None:
        item = self.up(room, hurt=2)
        reporting.send_first(item=item, by=room.leader.by, at=NOON + HOUR)
        events.add_figures(
            item=item, dead=1, hurt=1, why="一名伤者抢救无效", by=room.officer.by, at=NOON + 2 * HOUR
        )
        move(item=item, name="note", done="伤者已送区人民医院", by=room.officer.by, at=NOON + 2 * HOUR)
        reporting.send_update(item=item, by=room.chief.by, at=NOON + 3 * HOUR)
        words = Report.objects.get(number=2).words
        for part in ("续报1", "死亡1人，轻伤1人", "上一报为：轻伤2人", "伤者已送区人民医院"):
            assert part in words
        item.refresh_from_db()
        assert item.due_at == NOON + 3 * HOUR + DAY
        reporting.send_final(item=item, by=room.chief.by, at=NOON + 4 * HOUR)
        assert "与上一报一致" in Report.objects.get(number=3).words
        assert read("incidents.reported_up").value == 3
        reporting.send_supplement(item=item, reason="一人死亡", by=room.chief.by, at=NOON + 5 * DAY)
        assert item.state == "ended"

    def test_a_reported_figure_falls_only_with_a_reason(self, room: Room) -> None:
        item = self.up(room, hurt=2)
        with pytest.raises(Refused) as refused:
            events.add_figures(item=item, hurt=1, by=room.officer.by, at=NOON)
        assert (refused.value.code, refused.value.facts["field"]) == (rules.FELL, "reason")

    def test_an_earlier_figure_entered_late_is_marked_and_does_not_overwrite_a_later_one(
        self, room: Room
    ) -> None:
        item = self.up(room)
        events.add_figures(item=item, dead=2, by=room.officer.by, at=NOON + 3 * HOUR)
        late = events.add_figures(
            item=item, hurt=5, by=room.officer.by, at=NOON + 4 * HOUR, happened_at=NOON + HOUR
        )
        assert late.late_entry
        held = queries.figures_of(item.pk)
        assert (held.dead, held.hurt) == (2, 0)
        assert Figures.objects.count() == 2

    def test_somebody_outside_the_watch_enters_no_figures(self, room: Room) -> None:
        with pytest.raises(Refused) as refused:
            events.add_figures(item=self.up(room), dead=1, by=room.here.owner.by, at=NOON)
        assert refused.value.code == events.NOT_A_KEEPER

    @pytest.mark.parametrize("wrong", ["-1", "1.5", "两", "9" * 13])
    def test_a_count_that_is_none_is_refused(self, room: Room, wrong: str) -> None:
        with pytest.raises(Refused) as refused:
            events.add_figures(item=self.up(room), dead=wrong, by=room.officer.by, at=NOON)
        assert refused.value.code == rules.NOT_A_COUNT

    def test_a_receiver_that_is_none_is_refused(self, room: Room) -> None:
        item = self.up(room)
        with pytest.raises(Refused) as refused:
            reporting.phone_up(
                item=item, receiver=str(new_id()), answered_by="x", by=room.officer.by, at=NOON
            )
        assert refused.value.code == rules.NO_RECEIVER

    def test_the_grade_is_proposed_from_the_figures_and_a_person_decides(self, room: Room) -> None:
        item = room.told(dead=3)
        assert events.proposed(row(item), at=NOON) == "serious"
        events.assess_up(item=item, grade="ordinary", by=room.officer.by, at=NOON)
        assert row(item).grade == "ordinary"

    def test_numbers_are_cut_by_street(self, room: Room) -> None:
        room.told()
        assert read("incidents.received", region=HARBOUR).value == 1
        assert read("incidents.received", region="440399004000").value == 0
