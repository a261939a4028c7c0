"""An accident from filing to evaluation, and its statistics."""

from datetime import datetime

import pytest

from anlan.domains.accidents import actions, public, queries
from anlan.domains.accidents.models import Due, Victim
from anlan.domains.accidents.rules import clocks, grading
from anlan.domains.accidents.tests.ground import DAY, HOUR, Office, paper, read, row
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators import counting, spans
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import Step
from anlan.kernel.messaging.models import Message
from tests.people import (
    DISTRICT,
    HARBOUR,
    NOON,
    TERRACE,
)

pytestmark = pytest.mark.django_db


@pytest.mark.feature("M333")
class TestTheLoop:
    def test_filed_first_and_determined_later_by_somebody_else(self, office: Office) -> None:
        item = office.filed()
        assert read("accidents.count").value == read("accidents.preliminary").value == 1
        with pytest.raises(Refused):
            actions.determine(item=item, grade="ordinary", by=office.clerk.by, at=NOON + DAY)
        actions.determine(item=item, grade="ordinary", by=office.head.by, at=NOON + DAY)
        assert (item.state, item.due_at) == ("investigating", NOON + 60 * DAY)
        assert read("accidents.preliminary").value == 0
        assert read("accidents.preliminary", as_of=NOON + HOUR).value == 1  # as it was known then

    def test_written_off_it_counts_no_more_and_did_count_before(self, office: Office) -> None:
        item = office.filed()
        move(
            item=item,
            name="write_off",
            reason="因病死亡，非生产安全事故",
            by=office.head.by,
            at=NOON + 5 * DAY,
        )
        assert read("accidents.count").value == read("accidents.dead").value == 0
        assert read("accidents.count", as_of=NOON + 4 * DAY).value == 1

    def test_grade_proposed_by_the_figures_may_be_signed_heavier_and_not_lighter(
        self, office: Office
    ) -> None:
        item = office.filed(dead=3)
        with pytest.raises(Refused) as refused:
            actions.determine(item=item, grade="ordinary", by=office.head.by, at=NOON + DAY)
        assert refused.value.code == grading.TOO_LIGHT
        actions.determine(item=item, grade="serious", by=office.head.by, at=NOON + DAY)
        assert row(item).signed_grade == "serious"

    def test_words_that_no_list_knows_are_refused_with_the_list(self, office: Office) -> None:
        for field, value in (("type_code", "x"), ("sector", "Z"), ("body", "moon")):
            with pytest.raises(Refused) as refused:
                office.filed(**{field: value})
            assert (refused.value.facts["field"], refused.value.code) == (field, grading.UNKNOWN_WORD)

    def test_the_investigation_is_extended_by_sixty_days_and_no_more(self, office: Office) -> None:
        item = office.determined()
        until = NOON + 100 * DAY
        actions.extend(item=item, until=until, reason="区政府批准", by=office.head.by, at=NOON + 50 * DAY)
        item.refresh_from_db()
        assert item.due_at == until
        assert list(Due.objects.order_by("recorded_at").values_list("due_at", flat=True)) == [
            NOON + 60 * DAY,
            until,
        ]
        with pytest.raises(Refused) as refused:
            actions.extend(
                item=item, until=NOON + 121 * DAY, reason="x", by=office.head.by, at=NOON + 50 * DAY
            )
        assert refused.value.code == clocks.TOO_LONG

    def test_a_street_officer_files_one_of_the_own_street_and_the_figures_are_for_the_office(
        self, office: Office
    ) -> None:
        item = office.filed(by=office.here.owner.by)
        for somebody in (office.here.outsider, office.here.manager):
            with pytest.raises(Refused) as refused:
                office.filed(by=somebody.by)
            assert refused.value.code == actions.NOT_A_FILER
        with pytest.raises(Refused) as refused:
            actions.tell_toll(item=item, dead=2, by=office.here.owner.by, at=NOON)
        assert refused.value.code == actions.NOT_YOURS


class TestTheToll:
    def test_a_death_within_thirty_days_upgrades_and_must_be_signed_anew(self, office: Office) -> None:
        item = office.determined(dead=2, badly_hurt=3)
        actions.tell_toll(
            item=item, dead=3, badly_hurt=2, why="抢救无效", by=office.clerk.by, at=NOON + 30 * DAY
        )
        assert row(item).grade == "serious"
        assert row(item).must_sign_anew
        actions.regrade(item=item, grade="serious", reason="死亡三人", by=office.head.by, at=NOON + 31 * DAY)
        assert not row(item).must_sign_anew

    def test_a_death_after_the_clock_is_kept_and_counts_no_more(self, office: Office) -> None:
        item = office.determined(dead=2, badly_hurt=3)
        late = actions.tell_toll(item=item, dead=3, by=office.clerk.by, at=NOON + 31 * DAY)
        assert (late.counted, row(item).grade) == (False, "ordinary")
        assert read("accidents.dead").value == 2

    def test_on_the_road_and_in_a_fire_the_clock_is_seven_days(self, office: Office) -> None:
        for kind in ("road_vehicle", "fire"):
            item = office.filed(type_code=kind)
            assert row(item).counts_until == NOON + 7 * DAY

    def test_what_is_entered_late_is_marked_and_takes_no_later_place(self, office: Office) -> None:
        item = office.filed(badly_hurt=1)
        actions.tell_toll(item=item, dead=2, by=office.clerk.by, at=NOON + 3 * DAY)
        late = actions.tell_toll(
            item=item, hurt=4, by=office.clerk.by, at=NOON + 5 * DAY, happened_at=NOON + DAY
        )
        assert late.late_entry
        assert queries.toll_of(item.pk).dead == 2
        assert read("accidents.dead").value == 2

    def test_a_figure_falls_only_with_a_reason(self, office: Office) -> None:
        item = office.filed(dead=2)
        with pytest.raises(Refused) as refused:
            actions.tell_toll(item=item, dead=1, by=office.clerk.by, at=NOON + HOUR)
        assert refused.value.code == grading.FELL
        actions.tell_toll(item=item, dead=1, why="重复统计", by=office.clerk.by, at=NOON + HOUR)
        assert read("accidents.dead").value == 1

    def test_names_are_in_no_ledger_entry_and_a_later_row_takes_the_place(self, office: Office) -> None:
        item = office.filed()
        first = actions.name_victim(
            item=item,
            name="欧阳某",
            outcome="badly_hurt",
            age=41,
            trade="架子工",
            by=office.clerk.by,
            at=NOON,
        )
        actions.name_victim(
            item=item, name="欧阳某", outcome="dead", before=first, by=office.clerk.by, at=NOON + DAY
        )
        assert [each.outcome for each in queries.victims(item.pk)] == ["dead"]
        assert Victim.objects.count() == 2
        assert not any("欧阳" in str(entry.facts) for entry in Entry.objects.all())


@pytest.mark.feature("M372", "M371", "M278", "M370")
class TestReplyAndEvaluation:
    def test_the_reply_is_due_fifteen_days_after_the_report_and_the_evaluation_a_year_later(
        self, office: Office
    ) -> None:
        item = office.determined()
        actions.submit(item=item, by=office.clerk.by, at=NOON + 40 * DAY, evidence=[paper("报告")])
        assert item.due_at == NOON + 55 * DAY
        move(item=item, name="review", conclusion="责任认定清楚", by=office.clerk.by, at=NOON + 45 * DAY)
        actions.reply(
            item=item, number="8号", measures="停用升降机", by=office.clerk.by, at=NOON + 50 * DAY,
            evidence=[paper("批复")],
        )  # fmt: skip
        assert item.due_at == (NOON + 50 * DAY).replace(year=2027)
        assert read("accidents.replies_on_time").value == 100
        assert read("accidents.reviews").value == read("accidents.replies").value == 1

    def test_a_reply_that_did_not_come_is_missed(self, office: Office) -> None:
        item = office.determined()
        actions.submit(item=item, by=office.clerk.by, at=NOON + 40 * DAY, evidence=[paper("报告")])
        assert read("accidents.replies_on_time").value == 0
        assert read("accidents.overdue").rows == [item.pk]
        assert read("accidents.overdue", as_of=NOON + 54 * DAY).value == 0

    def test_an_exceptional_accident_has_thirty_days(self, office: Office) -> None:
        item = office.determined(dead=30)
        actions.submit(item=item, by=office.clerk.by, at=NOON + 40 * DAY, evidence=[paper("报告")])
        assert item.due_at == NOON + 70 * DAY

    def test_it_is_evaluated_when_every_measure_was_carried_out_and_by_somebody_else(
        self, office: Office
    ) -> None:
        item = office.replied()
        at = NOON + 200 * DAY
        for measure, result in ((1, "done"), (2, "part")):
            actions.look(item=item, measure=measure, result=result, by=office.clerk.by, at=at)
        with pytest.raises(Refused) as refused:
            actions.evaluate(item=item, conclusion="已落实", by=office.head.by, at=at)
        assert (refused.value.code, refused.value.facts["open"]) == (clocks.NOT_ALL, 1)
        actions.look(item=item, measure=2, result="done", by=office.clerk.by, at=at + DAY)
        with pytest.raises(Refused):
            actions.evaluate(item=item, conclusion="已落实", by=office.clerk.by, at=at + DAY)
        actions.evaluate(item=item, conclusion="已落实", by=office.head.by, at=at + DAY)
        assert item.state == "evaluated"
        later = NOON + 800 * DAY
        assert read("accidents.evaluations_done", end=later, as_of=later).value == 100

    def test_a_measure_that_is_not_there_is_refused(self, office: Office) -> None:
        with pytest.raises(Refused) as refused:
            actions.look(
                item=office.replied(), measure=9, result="done", by=office.clerk.by, at=NOON + 60 * DAY
            )
        assert refused.value.code == clocks.NO_MEASURE

    def test_what_was_done_on_the_spot_is_counted(self, office: Office) -> None:
        item = office.filed()
        move(item=item, name="handle_first", done="封控现场，固定证据", by=office.clerk.by, at=NOON + HOUR)
        assert read("accidents.handled").rows == [item.pk]


@pytest.mark.feature("M333", "M335", "M032")
class TestTheStatistics:
    def test_count_from_one_death_or_one_badly_hurt(self, office: Office) -> None:
        office.filed()
        office.filed(dead=0, badly_hurt=1)
        office.filed(dead=0, hurt=3)
        assert [read(f"accidents.{code}").value for code in ("count", "dead", "badly_hurt", "fatal")] == [
            2,
            1,
            1,
            1,
        ]

    def test_fell_against_last_year_as_the_half_year_report_prints_it(self, office: Office) -> None:
        """Seed 004: 12 accidents after 18, 10 dead after 14, 2 badly hurt after 4."""
        year_ago = NOON.replace(year=2025)
        for at, fatal, injured in ((NOON, 10, 2), (year_ago, 14, 4)):
            for number in range(fatal + injured):
                office.filed(at=at, dead=int(number < fatal), badly_hurt=int(number >= fatal))
        assert str(read("accidents.count_change").value) == "-33.3"
        assert str(read("accidents.dead_change").value) == "-28.6"
        assert read("accidents.declines").value == 2
        text = public.sentence(region=DISTRICT, start=NOON - DAY, end=NOON + DAY, as_of=NOON + DAY)
        assert text == "初步判定为生产安全事故12起，死亡10人，重伤2人；上年同期18起，死亡14人，重伤4人。"

    def test_no_rate_is_printed_where_last_year_had_none(self, office: Office) -> None:
        office.filed()
        assert read("accidents.count_change").value is None

    def test_sector_body_and_street_are_three_cuts(self, office: Office) -> None:
        office.filed()
        office.filed(region=TERRACE, body="small_works", organisation=None, unit_name="无名工地")
        span = queries.Span(DISTRICT, NOON - DAY, NOON + DAY, NOON + DAY)
        assert [(group.code, group.fatal) for group in public.breakdown(span, by="sector")] == [("E", 2)]
        assert {g.label for g in public.breakdown(span, by="body")} == {"住房建设", "小散工程"}
        assert {g.code for g in public.breakdown(span, by="street")} == {HARBOUR, "440399004000"}
        assert read("accidents.fatal", region=HARBOUR).value == 1
        for sector, expected in (("E", 2), ("E47", 2), ("C", 0)):
            cut = Cut(DISTRICT, sector=sector)
            reading = indicator(
                code="accidents.fatal", cut=cut, period=Period(NOON - DAY, NOON + DAY), as_of=NOON + DAY
            )
            assert reading.value == expected

    def test_rates_need_a_counted_base_of_the_same_days(self, office: Office) -> None:
        office.filed(dead=2)
        start, end = (
            datetime(2026, 7, 1, tzinfo=NOON.tzinfo) - 8 * HOUR,
            datetime(2026, 8, 1, tzinfo=NOON.tzinfo) - 8 * HOUR,
        )
        span = {"start": start, "end": end}
        assert read("accidents.deaths_per_gdp", **span).value is None
        for code, value in ((queries.GDP, "400"), (queries.WORKERS, "250000")):
            counting.count(
                code=code, value=value, unit="x", scope="全区", region=DISTRICT, span=spans.month(2026, 7),
                source="统计局快报", by="service:test", at=NOON,
            )  # fmt: skip
        assert str(read("accidents.deaths_per_gdp", **span).value) == "0.0050"
        assert str(read("accidents.deaths_per_workers", **span).value) == "0.80"


@pytest.mark.feature("M501")
def test_the_lesson_goes_to_whoever_answers_for_safety_in_every_street(office: Office) -> None:
    item = office.filed()
    actions.alert(item=item, lesson="高处作业必须系挂安全带", by=office.head.by, at=NOON + HOUR)
    told = set(Message.objects.filter(kind=actions.ALERT_KIND).values_list("person__name", flat=True))
    assert told >= {"Alma", "Carl"}  # the harbour's and the hill's officers
    assert item.state == "filed"


def test_every_step_of_the_loop_is_kept(office: Office) -> None:
    item = office.replied()
    assert list(Step.objects.filter(item=item).order_by("at", "pk").values_list("move", flat=True)) == [
        "open", "determine", "submit", "reply",
    ]  # fmt: skip


def test_another_type_counts_the_deaths_of_another_clock_and_keeps_the_former_words(office: Office) -> None:
    item = office.filed(dead=0, badly_hurt=1, sector="G", body="transport", type_code="fall_height")
    actions.tell_toll(item=item, by=office.clerk.by, at=NOON + 20 * DAY, dead=1, badly_hurt=0, why="不治")
    assert row(item).grade == "ordinary"
    given = {
        "item": item,
        "sector": "G",
        "body": "traffic_police",
        "by": office.clerk.by,
        "at": NOON + 21 * DAY,
    }
    with pytest.raises(Refused):
        actions.recast(type_code="road_vehicle", **given)  # without a reason
    step = actions.recast(type_code="road_vehicle", reason="交警认定为道路交通", **given)
    assert step.needs["before"] == "fall_height G transport"
    kept = row(item)
    assert (kept.type_code, kept.body_label) == ("road_vehicle", "交警")
    assert queries.toll_of(item.pk).dead == 0  # a death on the road counts for seven days
    with pytest.raises(Refused) as same:
        actions.recast(type_code="road_vehicle", reason="x", **given)
    assert same.value.code == grading.NO_CHANGE
