from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from anlan.domains.responses import actions, queries
from anlan.domains.responses.models import Notice, Response, Sheet, Task
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.actions import Telephone
from anlan.kernel.loop.models import Confirmation, WorkItem
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Organisation, Person
from tests.people import DISTRICT, HARBOUR, HILL, NOON, add_duty, add_kind, add_person, district

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@dataclass
class Night:
    officer: Person
    deputy: Person
    commander: Person
    clerk: Person
    liaison: Person


def night() -> Night:
    here = district()
    for code in (
        "flood_office_head",
        "deputy_commander",
        "executive_deputy_commander",
        "commander",
        "flood_clerk",
        "liaison_a",
    ):
        add_kind(code)
    made = Night(
        *[add_person(name, here.bureau) for name in ("Officer", "Deputy", "Commander", "Clerk", "Liaison")]
    )
    add_duty(made.officer, "watch_officer", DISTRICT)
    add_duty(made.deputy, "deputy_commander", DISTRICT)
    add_duty(made.commander, "commander", DISTRICT)
    add_duty(made.clerk, "flood_clerk", HARBOUR)
    for row in rulesets.value_of("responses.flood_units", region=DISTRICT, at=NOON):
        Organisation.objects.create(
            name=row["organisation"], code=f"flood_{row['code']}", kind="member_unit", region_id=DISTRICT
        )
    made.liaison.organisation = Organisation.objects.get(code="flood_water")
    made.liaison.save()
    add_duty(made.liaison, "liaison_a", DISTRICT)
    return made


def start(people: Night, level: str = "Ⅲ", at=NOON, **more: object) -> Response:
    item = actions.propose(level=level, streets=[HARBOUR, HILL], because="会商", by=people.officer.by, at=at)
    actions.approve(
        item=item, by=people.deputy.by, at=at, entered_by=people.officer.by,
        telephone=Telephone("199-0000-0002", "同意启动"), **more,
    )  # fmt: skip
    return queries.in_force(exercise_id=None)


def task(response: Response, code: str) -> WorkItem:
    return Task.objects.get(sheet__response=response, code=code, round=1, item__closed_at=None).item


@pytest.mark.feature("M144")
class TestAStart:
    def test_by_telephone_takes_effect_at_once_with_a_numbered_notice(self) -> None:
        response = start(night())
        assert (response.level, response.item.state) == ("Ⅲ", "active")
        notice = Notice.objects.get()
        assert (notice.number, notice.level, notice.streets) == (1, "Ⅲ", [HARBOUR, HILL])
        assert Confirmation.objects.count() == 1

    def test_after_the_midnight_that_begins_a_year_is_number_one_of_the_new_one(self) -> None:
        start(night(), at=datetime(2026, 12, 31, 16, 30, tzinfo=UTC))
        assert list(Notice.objects.values_list("year", "number")) == [(2027, 1)]

    def test_gives_each_unit_one_sheet_and_one_message(self) -> None:
        response = start(night())
        assert Sheet.objects.filter(response=response, street=None).count() == 16
        assert Sheet.objects.filter(response=response).exclude(street=None).count() == 2
        assert (
            Task.objects.filter(sheet__response=response, sheet__street=None).count() == 31 - 1
        )  # F27 waits for a reading
        water = Sheet.objects.get(response=response, unit="水务")
        assert Message.objects.filter(subject_id=str(water.pk)).count() == 1
        assert (
            Message.objects.filter(
                subject_type="loop.item", subject_id__in=[str(t.pk) for t in water.tasks.all()]
            ).count()
            == 0
        )

    def test_is_not_approved_by_who_proposed_it_nor_by_a_lesser_leader(self) -> None:
        people = night()
        head = add_person("Head", people.officer.organisation)
        add_duty(head, "flood_office_head", DISTRICT)
        item = actions.propose(level="Ⅲ", streets=[HARBOUR], because="x", by=people.deputy.by, at=NOON)
        for leader, code in ((people.deputy, "loop.second_person"), (head, "responses.not_approver")):
            with pytest.raises(Refused) as refusal:
                actions.approve(item=item, by=leader.by, at=NOON)
            assert refusal.value.code == code
        assert Response.objects.count() == 0
        actions.approve(item=item, by=people.commander.by, at=NOON)
        assert Response.objects.count() == 1

    def test_waits_while_another_proposal_is_open(self) -> None:
        people = night()
        actions.propose(level="Ⅳ", streets=[HARBOUR], because="x", by=people.officer.by, at=NOON)
        with pytest.raises(Refused) as refusal:
            actions.propose(level="Ⅲ", streets=[HARBOUR], because="x", by=people.officer.by, at=NOON)
        assert refusal.value.code == "responses.one_open"

    def test_counts_from_the_leaders_word_and_not_from_its_recording(self) -> None:
        response = start(night(), at=NOON + 10 * MINUTE, happened_at=NOON)
        assert response.started_at == NOON
        assert Task.objects.get(sheet__response=response, code="F01").due_at == NOON + 15 * MINUTE


def test_a_response_is_seen_by_the_streets_it_names_and_the_units_that_work_in_it() -> None:
    people = night()
    response = start(people)
    elsewhere = add_person("Elsewhere", people.officer.organisation)
    add_duty(elsewhere, "flood_clerk", "440399004000")
    response.streets = [HARBOUR]
    response.save()
    seen = {
        p.name: queries.visible_responses(p, at=NOON).exists()
        for p in (people.clerk, people.liaison, people.officer)
    }
    assert seen == {"Clerk": True, "Liaison": True, "Officer": True}
    Sheet.objects.filter(response=response, street_id=HILL).update(street=None)
    WorkItem.objects.filter(responses_sheet__response=response, region_id=HILL).update(region_id=HARBOUR)
    assert not queries.visible_responses(elsewhere, at=NOON).exists()


class TestAStep:
    def test_up_adds_only_the_new_lines_and_keeps_the_sheets(self) -> None:
        people = night()
        response = start(people, level="Ⅳ")
        before = Task.objects.filter(sheet__response=response, sheet__street=None).count()
        start(people, level="Ⅲ", at=NOON + 60 * MINUTE)
        response.refresh_from_db()
        after = Task.objects.filter(sheet__response=response, sheet__street=None).count()
        assert (response.level, before, after) == ("Ⅲ", 15, 30)
        assert [n.number for n in Notice.objects.order_by("number")] == [1, 2]
        assert (
            Sheet.objects.filter(response=response).values("unit").distinct().count()
            == response.sheets.count()
        )

    def test_up_gives_the_streets_the_shorter_clocks_of_the_new_level(self) -> None:
        people = night()
        response = start(people, level="Ⅳ")
        leader = Task.objects.get(sheet__street_id=HARBOUR, code="S1")
        actions.finish(item=leader.item, by=people.clerk.by, at=NOON + 10 * MINUTE)
        start(people, level="Ⅲ", at=NOON + 20 * MINUTE)
        response.refresh_from_db()
        rounds = (
            Task.objects.filter(sheet__street_id=HARBOUR, code="S7").select_related("item").order_by("round")
        )
        assert [(t.item.state, t.repeat_min, t.due_at) for t in rounds] == [
            ("withdrawn", 240, NOON + 240 * MINUTE),
            ("open", 120, NOON + 140 * MINUTE),
        ]
        assert [t.item.state for t in Task.objects.filter(sheet__street_id=HARBOUR, code="S1")] == ["done"]
        guarded = Task.objects.get(sheet__street_id=HARBOUR, code="S3", item__closed_at=None)
        assert guarded.due_at == NOON + 50 * MINUTE

    def test_to_the_end_closes_what_is_open_and_says_so(self) -> None:
        people = night()
        response = start(people)
        item = actions.propose(
            level="Ⅲ",
            direction="end",
            streets=[],
            because="雨停",
            by=people.officer.by,
            at=NOON + 300 * MINUTE,
        )
        actions.approve(item=item, by=people.deputy.by, at=NOON + 300 * MINUTE)
        response.refresh_from_db()
        assert (response.ended_at, response.item.state) == (NOON + 300 * MINUTE, "ended")
        assert not WorkItem.objects.filter(
            loop__in=("responses.task", "responses.sheet"), closed_at=None
        ).exists()
        assert {lane.open for lane in queries.lanes(response, at=NOON)} == {0}


@pytest.mark.feature("M144")
def test_a_street_neither_proposes_a_level_nor_writes_down_a_consultation() -> None:
    people = night()
    response = start(people)
    clerk = people.clerk.by
    for act in (
        lambda: actions.propose(level="Ⅱ", streets=[HARBOUR], because="x", by=clerk, at=NOON),
        lambda: actions.hold_consultation(response=response, said=[], conclusion="x", by=clerk, at=NOON),
        lambda: actions.hold_roll_call(response=response, rows=[], by=clerk, at=NOON),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "loop.not_yours"


class TestASheet:
    def test_is_signed_by_its_liaison_and_rung_on_when_not(self) -> None:
        people = night()
        response = start(people)
        sheet = Sheet.objects.get(response=response, unit="水务").item
        assert (sheet.charge_person, sheet.due_at) == (people.liaison, NOON + 15 * MINUTE)
        while sweep(exercise_id=None, at=NOON + 26 * MINUTE):
            pass
        sheet.refresh_from_db()
        assert sheet.escalated_to == "watch_officer"
        actions.sign(item=sheet, by=people.liaison.by, at=NOON + 27 * MINUTE)
        assert sheet.state == "signed"

    def test_is_not_anothers_to_sign(self) -> None:
        people = night()
        response = start(people)
        add_duty(people.clerk, "liaison_a", DISTRICT)  # a liaison, but of another unit
        with pytest.raises(Refused) as refusal:
            actions.sign(
                item=Sheet.objects.get(response=response, unit="水务").item, by=people.clerk.by, at=NOON
            )
        assert refusal.value.code == "loop.not_yours"

    def test_has_lines_that_carry_counts(self) -> None:
        people = night()
        response = start(people)
        item = task(response, "F06")
        actions.report(item=item, done=[9], by=people.liaison.by, at=NOON + 20 * MINUTE)
        assert Task.objects.get(pk=item.pk).done == [9]
        for wrong in ([16], [-1], [1, 2]):
            with pytest.raises(Refused) as refusal:
                actions.report(item=item, done=wrong, by=people.liaison.by, at=NOON + 20 * MINUTE)
            assert refusal.value.field == "done"

    def test_repeats_a_line_after_its_span(self) -> None:
        people = night()
        response = start(people)
        actions.finish(item=task(response, "F05"), by=people.liaison.by, at=NOON + 50 * MINUTE, done=[12])
        rounds = Task.objects.filter(sheet__response=response, code="F05").order_by("round")
        assert [row.due_at for row in rounds] == [NOON + 60 * MINUTE, NOON + 300 * MINUTE]

    def test_takes_work_done_before_the_order_with_its_real_time(self) -> None:
        people = night()
        response = start(people)
        early = NOON - 30 * MINUTE
        actions.finish(
            item=task(response, "F04"), by=people.liaison.by, at=NOON + 90 * MINUTE, happened_at=early
        )
        row = next(
            row for row in queries.plan_against_fact(response, at=NOON + 90 * MINUTE) if row.code == "F04"
        )
        assert (row.done_at, row.late, row.state) == (early, None, "done")

    def test_says_why_a_line_does_not_apply(self) -> None:
        people = night()
        response = start(people)
        with pytest.raises(Refused) as refusal:
            actions.skip(item=task(response, "F06"), by=people.liaison.by, at=NOON)
        assert refusal.value.field == "reason"
        actions.skip(item=task(response, "F06"), by=people.liaison.by, at=NOON, reason="已由排水承担")
        assert (
            next(r for r in queries.plan_against_fact(response, at=NOON) if r.code == "F06").why
            == "已由排水承担"
        )

    def test_that_is_late_stands_first_on_the_board(self) -> None:
        response = start(night())
        lanes = queries.lanes(response, at=NOON + 16 * MINUTE)
        assert lanes[0].sheet.unit == "三防办"
        assert lanes[0].late == 1


class TestAReturn:
    def test_is_summed_at_once_and_names_the_silent(self) -> None:
        people = night()
        response = start(people)
        actions.give_return(
            response=response,
            street=HARBOUR,
            figures={"points_flooded": {"now": 3}},
            by=people.clerk.by,
            at=NOON + 60 * MINUTE,
        )
        table = queries.returns_of(response, at=NOON + 130 * MINUTE)
        assert table.total["points_flooded"] == {"now": 3, "cum": 3}
        assert [row.street.pk for row in table.silent] == [HILL]

    def test_finishes_the_streets_line_and_opens_the_next(self) -> None:
        people = night()
        response = start(people)
        actions.nil_return(response=response, street=HARBOUR, by=people.clerk.by, at=NOON + 60 * MINUTE)
        lines = Task.objects.filter(sheet__street_id=HARBOUR, code="S7").order_by("round")
        assert [line.item.state for line in lines] == ["done", "open"]

    def test_of_another_street_is_refused(self) -> None:
        people = night()
        response = start(people)
        with pytest.raises(Refused) as refusal:
            actions.nil_return(response=response, street=HILL, by=people.clerk.by, at=NOON)
        assert refusal.value.code == "loop.not_yours"

    def test_nil_keeps_the_total(self) -> None:
        people = night()
        response = start(people)
        actions.give_return(
            response=response,
            street=HARBOUR,
            figures={"moved_sites": {"now": 7}},
            by=people.clerk.by,
            at=NOON,
        )
        actions.nil_return(response=response, street=HARBOUR, by=people.clerk.by, at=NOON + 60 * MINUTE)
        assert queries.returns_of(response, at=NOON + 60 * MINUTE).total["moved_sites"] == {
            "now": 0,
            "cum": 7,
        }


@pytest.mark.feature("M407", "M137")
def test_the_decisions_of_a_consultation_become_tasks() -> None:
    people = night()
    response = start(people)
    due = NOON + 40 * MINUTE
    actions.hold_consultation(
        response=response, said=[{"who": "气象", "said": "21 时前再下 80 毫米"}], conclusion="维持Ⅲ级",
        decisions=[{"unit": "水务", "action": "沙河水闸全开", "due_at": due}], by=people.officer.by, at=NOON,
    )  # fmt: skip
    made = Task.objects.get(sheet__unit="水务", code="D01")
    assert (made.action, made.due_at, made.item.charge_person) == ("沙河水闸全开", due, people.liaison)
    with pytest.raises(Refused) as refusal:
        actions.hold_consultation(
            response=response, said=[], conclusion="x", decisions=[{"unit": "无此单位", "action": "y", "due_at": due}],
            by=people.officer.by, at=NOON,
        )  # fmt: skip
    assert refusal.value.field == "decisions"


@pytest.mark.feature("M339")
def test_the_numbers_count_starts_and_tasks_in_time() -> None:
    people = night()
    response = start(people)
    actions.finish(item=task(response, "F01"), by="service:responses", at=NOON + 14 * MINUTE, done=[52])
    actions.skip(item=task(response, "F02"), by=people.officer.by, at=NOON, reason="x")
    period = Period(NOON, NOON + 31 * MINUTE)
    read = {
        code: indicator(code=f"responses.{code}", cut=Cut(DISTRICT), period=period, as_of=NOON + 60 * MINUTE)
        for code in ("started", "before_signal", "tasks_on_time")
    }
    assert (read["started"].value, read["before_signal"].value) == (Decimal(1), Decimal(0))
    due = Task.objects.filter(due_at__lt=period.end, due_at__gte=period.start).exclude(code="F02").count()
    assert read["tasks_on_time"].base == due
    assert read["tasks_on_time"].value == (Decimal(100) / due).quantize(Decimal("0.1"))
