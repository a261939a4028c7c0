"""Terminals and boards in and out as a spreadsheet, the register of jobs, and what a stopped crew needs to go on."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from anlan.domains.contractors import actions, queries, rules
from anlan.domains.contractors.actions.sheets import give_fixtures, give_jobs, take_fixtures
from anlan.domains.contractors.models import Fixture, FixtureStep, Job, Pulse
from anlan.domains.contractors.tests.test_ground import fixtures, there
from anlan.domains.contractors.tests.test_jobs import DAY, HOUR, at_work, keeper, noticed, photo, taught
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move
from anlan.kernel.sheets.spec import Taken
from tests.people import HILL, NOON, QUAY, District, district

pytestmark = pytest.mark.django_db
ROW = {
    "kind": "terminal",
    "code": "ZD-9",
    "park": "码头工业园",
    "region": "码头社区",
    "installed": date(2026, 6, 1),
}


def take(here: District, *rows: dict[str, Any], dry: bool = False) -> Taken:
    return take_fixtures([ROW | row for row in rows], by=here.owner.by, at=NOON, act=uuid4(), dry=dry)


@pytest.mark.feature("M450", "M451")
class TestASpreadsheetOfTerminalsAndBoards:
    def test_is_taken_in_once_and_later_ones_only_add_what_became_of_them(self) -> None:
        here = district()
        board = {"kind": "board", "code": "JS-1", "region": QUAY}
        assert take(here, {}, dry=True).refused == {}
        assert not Fixture.objects.exists()
        assert len(take(here, {}, board).ids) == 2
        assert take(here, {}).same == 1
        assert len(take(here, {"connected": date(2026, 6, 9)}).ids) == 1
        assert list(FixtureStep.objects.filter(fixture__code="ZD-9").values_list("what", flat=True).order_by("what")) == [
            "connected", "installed",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"region": "无此社区"}, "region"), ({"region": HILL}, "region"), ({"installed": None}, "installed"),
            ({"removed": date(2026, 7, 4)}, "removed"),
        ],
    )  # fmt: skip
    def test_gives_back_a_row_with_its_column_and_keeps_the_others(
        self, wrong: dict[str, Any], field: str
    ) -> None:
        here = district()
        done = take(here, {}, {"code": "ZD-10"} | wrong)
        assert (len(done.ids), done.refused[1][0]) == (1, field)
        assert done.refused[1][1]

    def test_goes_out_with_the_days_to_those_of_the_region(self) -> None:
        here = district()
        take(here, {"connected": date(2026, 6, 9)})
        (row,) = give_fixtures(person=here.owner.pk, filters={})
        assert row[:8] == (
            "terminal",
            "ZD-9",
            "码头工业园",
            QUAY,
            None,
            date(2026, 6, 1),
            date(2026, 6, 9),
            None,
        )
        assert list(give_fixtures(person=here.outsider.pk, filters={})) == []
        assert list(give_fixtures(person=here.owner.pk, filters={"kind": "board"})) == []
        assert list(give_fixtures(person=None, filters={})) == []


@pytest.mark.feature("M496")
def test_a_terminal_that_was_taken_down_counts_for_no_job() -> None:
    here = district()
    item = noticed(here)
    fixtures()
    assert "terminal" in there(item)
    gone = actions.FixtureGiven("terminal", "ZD-1", "码头工业园", QUAY, {"removed": NOON - DAY})
    actions.add_fixtures([gone], by="service:test", at=NOON)
    assert "terminal" not in there(item)


@pytest.mark.feature("M470")
def test_a_pulse_sent_twice_is_told_once() -> None:
    district()
    fixtures()
    for _again in range(2):
        actions.pulse(code="ZD-1", people=3, at=NOON, happened_at=NOON - timedelta(minutes=1))
    assert Pulse.objects.count() == 1


@pytest.mark.feature("M449")
class TestAStoppedCrew:
    def stopped(self, here: District) -> Any:
        gate = keeper(here).by
        item = noticed(here, work_hot=True, end_at=NOON + 3 * DAY)
        taught(item, here.manager.by)
        self.permit(here, item, NOON)
        actions.admit(item=item, by=gate, at=NOON)
        move(item=item, name="stop", by=here.owner.by, reason="无人监护", at=NOON + 3 * HOUR)
        return item

    def permit(self, here: District, item: Any, at: Any) -> None:
        given = {
            "number": f"动-{at:%d}",
            "holder": "王一",
            "valid_to": at + 8 * HOUR,
            "by": here.manager.by,
            "at": at,
        }
        actions.show_permit(item=item, work="hot", **given)

    def test_goes_on_only_with_a_permit_that_is_valid_then(self) -> None:
        here = district()
        item = self.stopped(here)
        with pytest.raises(Refused) as refused:
            actions.resume(item=item, by=here.owner.by, at=NOON + DAY, reason="已整改")
        assert refused.value.code == rules.NO_PERMIT
        item.refresh_from_db()
        self.permit(here, item, NOON + DAY)
        assert item.state == "stopped"
        actions.resume(item=item, by=here.owner.by, at=NOON + DAY, reason="已整改")
        assert item.state == "working"


def test_the_register_of_jobs_has_what_was_done_before_and_while_the_crew_was_there() -> None:
    here = district()
    item = at_work(here)
    actions.brief(item=item, present=2, by=here.manager.by, at=NOON + HOUR, evidence=[photo("b")])
    actions.check(item=item, result="fine", by=here.owner.by, at=NOON + HOUR)
    actions.check(item=item, result="wrong", note="未系安全带", by=here.owner.by, at=NOON + 2 * HOUR)
    Job.objects.filter(pk=item.pk).update(works=["height"])
    (row,) = give_jobs(person=here.owner.pk, filters={})
    assert (row[0], row[5], row[7]) == (str(here.firm), "高处", 2)
    assert row[10:] == (2, 0, 1, 2, 1, "working")
    assert list(give_jobs(person=here.outsider.pk, filters={})) == []
    assert queries.fixtures_of(here.outsider, at=NOON) == []


def test_a_notice_in_the_name_of_another_firm_is_refused() -> None:
    here = district()
    with pytest.raises(Refused) as refused:
        noticed(here, by=here.outsider.by)
    assert (refused.value.code, refused.value.field) == (rules.NOT_THE_HOST, "host")
    noticed(here, by=here.owner.by)
    assert Job.objects.get().entered_for == f"enterprise:{here.firm.pk}"
