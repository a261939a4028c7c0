"""Courses and the hours of a year as a clocked matter; performance with the rows behind each point."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from anlan.domains.patrols import actions, rules
from anlan.domains.patrols.actions import scores, training
from anlan.domains.patrols.actions.findings import FindingGiven, add_finding
from anlan.domains.patrols.models import Score, Training, TrainingDue
from anlan.domains.patrols.queries import training as known
from anlan.domains.patrols.queries.performance import facts_of, rows_behind, worked
from anlan.domains.patrols.tests.ground import DAY, HOUR, begun, photo, workshop
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.sweep import sweep
from tests.people import DISTRICT, NOON, District, district

pytestmark = [pytest.mark.django_db, pytest.mark.feature("M026")]
COURSE = training.Course(
    "安全员继续教育",
    "yearly",
    date(2026, 3, 2),
    24,
    "passed",
    certificate="LG-07",
    valid_until=date(2026, 9, 1),
)


def enter(here: District, **more: object) -> Training:
    return training.enter(replace(COURSE, **more), person=here.owner, by=here.colleague.by, at=NOON)


class TestTraining:
    def test_hours_of_the_year_are_owed_until_they_are_full(self) -> None:
        here = district()
        assert training.open_training(region=DISTRICT, at=NOON) == 1
        assert training.open_training(region=DISTRICT, at=NOON + DAY) == 0
        due = TrainingDue.objects.select_related("item").get()
        assert (due.person, due.item.charge_person) == (here.owner, here.owner)
        assert due.item.due_at == NOON.replace(month=12, day=31, hour=16)  # midnight in Shanghai
        enter(here, result="failed")
        enter(here, valid_until=None)
        due.item.refresh_from_db()
        assert (due.item.state, known.standings([here.owner], at=NOON)[here.owner.pk].short) == ("due", 16)
        enter(here, hours="16.0", result="attended", valid_until=None)
        due.item.refresh_from_db()
        assert due.item.state == "met"
        assert not known.standings([here.owner], at=NOON)[here.owner.pk].lacks

    def test_a_certificate_that_runs_out_is_owed_until_a_later_one_is_there(self) -> None:
        here = district()
        enter(here, hours=40)
        assert training.open_training(region=DISTRICT, at=NOON) == 1
        due = TrainingDue.objects.select_related("item").get()
        assert (due.kind, due.course) == ("certificate", "安全员继续教育")
        assert [row.course for row in known.standings([here.owner], at=NOON)[here.owner.pk].running_out] == [
            due.course
        ]
        enter(here, held_on=date(2026, 7, 1), valid_until=date(2027, 9, 1))
        due.item.refresh_from_db()
        assert due.item.state == "met"

    @pytest.mark.parametrize(
        ("more", "field"),
        [({"name": " "}, "name"), ({"kind": "party"}, "kind"), ({"hours": "viel"}, "hours"), ({"hours": 0}, "hours"),
         ({"result": "?"}, "result"), ({"held_on": date(2027, 1, 1)}, "held_on"),
         ({"valid_until": date(2026, 1, 1)}, "valid_until")],
    )  # fmt: skip
    def test_a_course_that_cannot_be_is_refused_at_its_field(
        self, more: dict[str, object], field: str
    ) -> None:
        with pytest.raises(Refused) as refused:
            enter(district(), **more)
        assert refused.value.field == field

    def test_is_entered_by_the_office_and_struck_out_with_a_reason(self) -> None:
        here = district()
        for by in (here.owner.by, here.outsider.by, here.manager.by):
            with pytest.raises(Refused):
                training.enter(COURSE, person=here.owner, by=by, at=NOON)
        row = enter(here)
        with pytest.raises(Refused) as refused:
            training.strike_out(row=row, why=" ", by=here.colleague.by, at=NOON)
        assert refused.value.field == "why"
        training.strike_out(row=row, why="重复录入", by=here.colleague.by, at=NOON)
        assert known.hours_of([here.owner.pk], 2026) == {}
        with pytest.raises(Refused):
            training.strike_out(row=row, why="重复录入", by=here.colleague.by, at=NOON)


class TestPerformance:
    def test_every_point_of_a_score_opens_to_the_rows_it_was_counted_from(self) -> None:
        here = district()
        actions.load_checklists(by="service:test", at=NOON - 9 * DAY)
        visit = actions.begin(begun(workshop(here)), person=here.owner, at=NOON)
        told = {"by": here.owner.by, "at": NOON}
        rows = [
            add_finding(
                FindingGiven(id=new_id(), description=words, category="dust"), visit=visit, photos=[photo(here)],
                happened_at=NOON, **told,
            )
            for words in ("除尘风管积尘", "通道堆物")
        ]  # fmt: skip
        actions.finish(
            visit=visit, written=actions.Written(sign_how="refused", witness="Bo"), ended_at=NOON + HOUR, base=1,
            by=here.owner.by, at=NOON + HOUR,
        )  # fmt: skip
        span = {"start": NOON - 2 * DAY, "end": NOON + 20 * DAY, "as_of": NOON + 40 * DAY}
        facts = facts_of(here.owner, **span)
        assert [row.item for row in facts["found"]] == [row.danger_id for row in rows]
        counted = worked(here.owner, **span)
        assert (counted.visits, counted.near, counted.found, counted.false_reports) == (1, 1, 2, 0)
        scores.propose_scores(region=DISTRICT, at=NOON + 40 * DAY)
        score = Score.objects.select_related("item", "person__organisation").get()
        behind = rows_behind(score)
        for line in score.lines:
            assert line["n"] == sum(1 for row in behind[line["code"]] if row.counted), line
        assert {row.item.pk for row in behind["visits"]} == {visit.pk}
        assert score.proposed == Decimal(str(round(sum(line["points"] for line in score.lines), 1)))

    def test_a_year_is_scored_when_its_months_are_signed_and_may_be_objected_to(self) -> None:
        here = district()
        enter(here, hours=40)
        scores.propose_scores(region=DISTRICT, at=NOON)  # June
        spring = NOON + 220 * DAY
        assert scores.propose_year_scores(region=DISTRICT, at=spring) == 0  # June is open still
        while sweep(exercise_id=None, at=NOON + 4 * DAY, limit=100):
            pass
        assert scores.propose_year_scores(region=DISTRICT, at=spring) == 1
        assert scores.propose_year_scores(region=DISTRICT, at=spring + DAY) == 0
        year = Score.objects.select_related("item").get(span="year")
        june = Score.objects.get(span="month")
        assert [line["code"] for line in year.lines] == ["months", "training"]
        assert year.proposed == Decimal(str(round(float(june.proposed) * 0.8, 1))) + 20
        move(item=year.item, name="object", reason="八月起借调", by=here.owner.by, at=spring)
        year.item.refresh_from_db()
        scores.sign(item=year.item, points=90, reason="借调不计", by=here.colleague.by, at=spring + HOUR)
        assert Score.objects.get(pk=year.pk).signed == 90

    def test_a_line_without_a_weight_is_left_out_so_that_an_older_rule_still_scores(self) -> None:
        older = {"visits": 40, "visits_a_month": 20, "near": 20, "on_time": 40, "failed_look": 5}
        lines, total = rules.score_of(rules.Worked(20, 20, 0, 0, 1, found=3, false_reports=2), older)
        assert ([line.code for line in lines], total) == (["visits", "near", "on_time", "failed_looks"], 95.0)
        wanted = timedelta(0)
        assert rules.time_to_train(type("Due", (), {"due_at": NOON})(), NOON + DAY) == wanted
