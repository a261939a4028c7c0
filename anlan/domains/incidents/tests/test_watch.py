"""The watch: who stands in it, how it is handed over, its gaps, units that are called, and the day's sheet."""

from datetime import date, timedelta

import pytest

from anlan.domains.incidents import public
from anlan.domains.incidents.actions import events, reporting, watch
from anlan.domains.incidents.models import DutyCheck, HandOver, SheetNote, Shift
from anlan.domains.incidents.queries import watch as queries
from anlan.domains.incidents.rules import watching as rules
from anlan.domains.incidents.tests.test_events import HOUR, MINUTE, Room, read
from anlan.kernel.core.errors import Refused
from anlan.kernel.domain.registry import domain_of
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import WorkItem
from tests.people import DISTRICT, NOON, QUAY, add_person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MORNING = NOON.replace(hour=0, minute=30)  # 08:30 in Shanghai


@pytest.fixture
def room() -> Room:
    return Room()


def shift(room: Room, start=MORNING, **more: object) -> WorkItem:
    given = {
        "start_at": start, "end_at": start + DAY, "region": DISTRICT, "leader": room.leader, "chief": room.chief,
        "officer": room.officer, "officer_2": room.second, "by": room.chief.by, "at": MORNING - DAY,
    }  # fmt: skip
    return watch.plan_shift(**(given | more))


ALL_BOXES = {
    f"box_{name}": True
    for name in ("phone", "fax", "satellite", "video", "leaders", "keys", "cars", "orders")
}


@pytest.mark.feature("M036", "M089", "M293", "M294")
class TestShifts:
    def test_lacks_what_its_readiness_level_asks_for(self, room: Room) -> None:
        item = shift(room, technician=add_person("周技术员", room.here.bureau).by)
        found = dict(queries.lacking(Shift.objects.select_related("item").get(pk=item.pk)))
        assert found == {"standby": 2}

    def test_a_higher_level_asks_for_flood_seats_and_other_units(self, room: Room) -> None:
        item = shift(room)
        watch.set_readiness(region=DISTRICT, level="war", why="Ⅱ级响应", by=room.leader.by, at=MORNING)
        found = dict(queries.lacking(Shift.objects.select_related("item").get(pk=item.pk)))
        assert (found["flood"], found["joint"], found["officer"]) == (2, 2, 1)
        assert queries.readiness(region=DISTRICT, at=MORNING).reason == "Ⅱ级响应"
        assert queries.readiness(region=DISTRICT, at=MORNING - HOUR) is None

    def test_two_shifts_of_one_region_do_not_overlap(self, room: Room) -> None:
        shift(room)
        with pytest.raises(Refused) as refused:
            shift(room, start=MORNING + HOUR)
        assert refused.value.code == rules.OVERLAPS
        shift(room, start=MORNING + DAY)

    def test_somebody_swapped_out_keeps_the_hours_served(self, room: Room) -> None:
        item = shift(room)
        move(item=item, name="begin", by=room.officer.by, at=MORNING)
        new = add_person("孙值班员", room.here.bureau)
        watch.swap(
            item=item, leaves=room.second, comes=new, reason="发热", by=room.chief.by, at=MORNING + HOUR
        )
        now = {seat.person.name for seat in queries.seats_of(item.pk)}
        assert "孙值班员" in now
        assert "李值班员" not in now
        assert item.incident_seats.get(person=room.second).until == MORNING + HOUR

    def test_a_street_person_plans_no_shift_of_the_district(self, room: Room) -> None:
        with pytest.raises(Refused) as refused:
            shift(room, by=room.here.owner.by)
        assert refused.value.code == watch.NOT_YOURS


@pytest.mark.feature("M089")
class TestHandOver:
    def test_both_sign_and_the_next_shift_begins_with_it(self, room: Room) -> None:
        first, second = shift(room), shift(room, start=MORNING + DAY)
        move(item=first, name="begin", by=room.officer.by, at=MORNING)
        told = room.told(at=MORNING + HOUR)
        watch.hand_over(item=first, by=room.officer.by, at=MORNING + DAY, **ALL_BOXES)
        assert HandOver.objects.get().open_items == [str(told.pk)]
        with pytest.raises(Refused):
            watch.take_over(item=first, by=room.officer.by, at=MORNING + DAY)
        watch.take_over(item=first, by=room.second.by, at=MORNING + DAY + 5 * MINUTE)
        second.refresh_from_db()
        assert (first.state, second.state) == ("closed", "on")

    def test_a_box_left_empty_is_explained(self, room: Room) -> None:
        item = shift(room)
        move(item=item, name="begin", by=room.officer.by, at=MORNING)
        boxes = ALL_BOXES | {"box_fax": False}
        with pytest.raises(Refused) as refused:
            watch.hand_over(item=item, by=room.officer.by, at=MORNING + DAY, **boxes)
        assert refused.value.facts["boxes"] == "fax"
        watch.hand_over(item=item, words="传真机送修", by=room.officer.by, at=MORNING + DAY, **boxes)

    def test_a_gap_between_two_shifts_is_seen(self, room: Room) -> None:
        item = shift(room)
        move(item=item, name="begin", by=room.officer.by, at=MORNING)
        watch.hand_over(item=item, by=room.officer.by, at=MORNING + 11 * HOUR, **ALL_BOXES)
        watch.take_over(item=item, by=room.second.by, at=MORNING + 12 * HOUR)
        later = shift(room, start=MORNING + 15 * HOUR, end_at=MORNING + 24 * HOUR, at=MORNING + 13 * HOUR)
        move(item=later, name="begin", by=room.officer.by, at=MORNING + 15 * HOUR)
        found = read("incidents.watch_covered", start=MORNING, end=MORNING + DAY, as_of=MORNING + DAY)
        assert str(found.value) == "87.5"  # 21 of 24 hours
        assert set(found.rows) == {item.pk, later.pk}


@pytest.mark.feature("M444")
class TestChecks:
    def test_a_draw_can_be_done_again_and_gives_the_same_units(self, room: Room) -> None:
        given = {
            "region": DISTRICT,
            "count": 1,
            "call_at": NOON,
            "seed": "七",
            "by": room.officer.by,
            "at": NOON,
        }
        one, two = watch.draw_checks(**given), watch.draw_checks(**given)
        units = DutyCheck.objects.filter(pk__in=[one[0].pk, two[0].pk]).values_list("unit", flat=True)
        assert len(set(units)) == 1
        with pytest.raises(Refused) as refused:
            watch.draw_checks(**(given | {"count": 9}))
        assert refused.value.code == rules.FEW_UNITS

    def test_of_the_coming_night_are_drawn_by_themselves_once_and_not_where_somebody_drew(
        self, room: Room
    ) -> None:
        (night,) = domain_of("incidents").rounds
        morning = NOON - 6 * HOUR  # six o'clock in Shanghai; the rule says 22 and 3
        late, early = NOON + 10 * HOUR, NOON + 15 * HOUR
        watch.draw_checks(region=DISTRICT, count=1, call_at=late, by=room.officer.by, at=morning)
        assert [night.run(region=DISTRICT, at=morning) for _turn in range(2)] == [2, 0]
        rows = DutyCheck.objects.filter(call_at=early)
        assert (rows.count(), DutyCheck.objects.filter(call_at=late).count()) == (2, 1)
        assert len(rows[0].seed) == 16
        assert rows[0].item.charge_duty == "watch_officer"
        assert night.run(region=DISTRICT, at=morning + 24 * HOUR) == 4

    def test_passed_is_answered_and_informed(self, room: Room) -> None:
        one, two = watch.draw_checks(region=DISTRICT, count=2, call_at=NOON, by=room.officer.by, at=NOON)
        watch.pass_check(item=one, rings="2", answered_by="钱值班员", by=room.officer.by, at=NOON)
        watch.fail(item=two, rings="8", failure="no_answer", by=room.officer.by, at=NOON)
        assert read("incidents.checks_passed").value == 50
        move(item=two, name="explain", explanation="线路故障", by=room.officer.by, at=NOON + HOUR)
        assert read("incidents.checks_passed").value == 50  # an explanation is no pass


@pytest.mark.feature("M443")
class TestTheDay:
    def test_runs_from_hand_over_to_hand_over_and_every_figure_is_its_rows(self, room: Room) -> None:
        before, inside = room.told(at=MORNING - MINUTE), room.told(at=MORNING, hurt=1)
        events.assess_up(item=inside, grade="ordinary", by=room.officer.by, at=MORNING)
        reporting.send_first(item=inside, by=room.leader.by, at=MORNING + 3 * HOUR)
        day = public.daily(region=DISTRICT, day=date(2026, 7, 3), as_of=NOON)
        assert [row.pk for row in day.incidents] == [inside.pk]
        assert [row.incident_id for row in day.reports] == [inside.pk]
        assert [each.state for each in day.late] == ["late"]
        assert {item.pk for item in day.open_items} == {before.pk, inside.pk}
        assert day.number == 184
        assert public.daily(region=DISTRICT, day=date(2026, 7, 3), as_of=MORNING).reports == []

    def test_two_sentences_are_added_by_hand_and_the_last_ones_hold(self, room: Room) -> None:
        for words in ("平稳。", "总体平稳。"):
            watch.write_note(
                region=DISTRICT,
                day=date(2026, 7, 3),
                words=words,
                by=room.officer.by,
                at=NOON + len(words) * MINUTE,
            )
        day = public.daily(region=DISTRICT, day=date(2026, 7, 3), as_of=NOON + HOUR)
        assert day.note.words == "总体平稳。"
        assert SheetNote.objects.count() == 2

    def test_one_fact_entered_once_stands_in_the_sheet_the_report_the_form_and_the_half_year(
        self, room: Room
    ) -> None:
        item = room.told(event_class="natural", kind="geology", description="边坡滑塌", moved=12)
        events.assess_up(item=item, grade="none", by=room.officer.by, at=NOON)
        reporting.send_first(item=item, by=room.leader.by, at=NOON + HOUR)
        events.add_figures(
            item=item, dead=1, by=room.officer.by, at=NOON + 2 * HOUR
        )  # entered here, and nowhere else
        as_of = NOON + 3 * HOUR
        span = {"region": DISTRICT, "start": NOON - DAY, "end": NOON + DAY, "as_of": as_of}
        day = public.daily(region=DISTRICT, day=date(2026, 7, 3), as_of=as_of)
        shown = public.figures_at([row.pk for row in day.incidents], as_of=as_of)
        assert shown[item.pk]["dead"] == 1
        assert "死亡1人，转移12人" in public.draft(public.incident(item.pk), at=as_of)
        assert public.disaster_figures(**span)[item.pk] == {
            "dead": 1, "missing": 0, "badly_hurt": 0, "hurt": 0, "moved": 12, "loss_yuan": 0,
        }  # fmt: skip
        counts = public.counts(public.Span(**span))
        assert (counts.received, counts.by_class["natural"], len(counts.reports)) == ([item.pk], [item.pk], 1)
        # As of an hour earlier nobody had died yet, in any of them.
        assert public.disaster_figures(**{**span, "as_of": NOON + HOUR})[item.pk]["dead"] == 0

    def test_the_street_sees_its_own_day(self, room: Room) -> None:
        room.told(region=QUAY)
        day = public.daily(region="440399004000", day=date(2026, 7, 3), as_of=NOON)
        assert day.incidents == []
