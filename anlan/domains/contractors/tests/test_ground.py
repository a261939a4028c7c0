"""The eight ones told from rows, the guide by permit work, the board of the ground, terminals that fall silent."""

from datetime import timedelta

import pytest

from anlan.domains.contractors import actions, queries, rules
from anlan.domains.contractors.actions import FixtureGiven
from anlan.domains.contractors.models import Job, Pulse
from anlan.domains.contractors.tests.test_jobs import DAY, HOUR, Danger, at_work, noticed, photo, taught
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from tests.people import NOON, QUAY, District, district

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def fixtures(*, board: bool = True) -> None:
    connected = {"bought": NOON - 9 * DAY, "installed": NOON - 8 * DAY, "connected": NOON - 7 * DAY}
    rows = [FixtureGiven("terminal", "ZD-1", "码头工业园", QUAY, connected)]
    if board:
        rows.append(FixtureGiven("board", "JS-1", "码头工业园", QUAY, {"installed": NOON - DAY}))
    actions.add_fixtures(rows, by="service:test", at=NOON)


def there(item: object) -> set[str]:
    job = Job.objects.select_related("item").get(pk=item.pk)
    return {one.told for one in queries.eight_ones(job, at=NOON) if one.there}


@pytest.mark.feature("M496")
def test_the_eight_ones_of_a_job_are_told_from_its_rows() -> None:
    here = district()
    item = noticed(here, work_hot=True, leader_phone="15400000009")
    assert there(item) == {"notice", "leader"}
    taught(item, here.manager.by)
    fixtures()
    assert there(item) == {"notice", "leader", "lesson", "board", "terminal"}
    actions.show_permit(
        item=item, work="hot", number="动-1", holder="王一", valid_to=NOON + DAY, by=here.manager.by, at=NOON
    )
    assert "permit" in there(item)
    assert len(queries.eight_ones(Job.objects.select_related("item").get(), at=NOON)) == 8


def test_a_list_of_measures_is_told_from_something_or_refused() -> None:
    district()
    rules.check_ones(rulesets.value_of("contractors.eight_ones", region=QUAY, at=NOON))
    rules.check_guide(rulesets.value_of("contractors.patrol_guide", region=QUAY, at=NOON))
    for bad in ([], "x", [{"name": "一把锁", "from": "sky"}], [{"from": "notice"}]):
        with pytest.raises(Refused):
            rules.check_ones(bad)
    for bad in ([], [{"work": "flying", "text": "x"}], [{"work": "hot"}]):
        with pytest.raises(Refused):
            rules.check_guide(bad)


@pytest.mark.feature("M453")
def test_a_crew_is_looked_at_by_the_lines_of_the_guide_for_its_permit_works() -> None:
    here = district()
    item = at_work(here)
    job = Job.objects.select_related("item").get()
    job.works = ["height"]
    job.save()
    lines = queries.guide_of(job, at=NOON)
    assert {line["work"] for line in lines} == {"every", "height"}
    assert len([line for line in lines if line["work"] == "every"]) == 5
    line = next(line["text"] for line in lines if line["work"] == "height")
    actions.check(item=item, result="wrong", line=line, by=here.owner.by, at=NOON + 3 * HOUR)
    assert Danger.objects.get().description == f"外来作业：{line}"


class TestTheBoard:
    @pytest.mark.feature("M470")
    def test_shows_who_is_on_the_ground_and_what_is_missing(self) -> None:
        here = district()
        item = at_work(here)
        fixtures()
        actions.brief(item=item, present=2, by=here.manager.by, at=NOON + HOUR, evidence=[photo("brief")])
        actions.pulse(code="ZD-1", people=3, worry="no_helmet", at=NOON + 2 * HOUR)
        given = {"at": NOON + 2 * HOUR, "today": NOON - 12 * HOUR}
        (row,) = queries.on_ground(here.owner, **given)
        assert (row.job.pk, row.untaught, row.briefed_today, row.checks) == (item.pk, 0, True, 0)
        assert row.last_pulse is not None and (row.last_pulse.people, row.last_pulse.worry) == (
            3,
            "no_helmet",
        )
        assert queries.on_ground(here.outsider, **given) == []

    @pytest.mark.feature("M470")
    def test_says_which_terminal_fell_silent(self) -> None:
        here: District = district()
        fixtures()
        assert [each.silent for each in queries.terminals(here.owner, at=NOON)] == [True]
        actions.pulse(code="ZD-1", people=0, at=NOON)
        assert [each.silent for each in queries.terminals(here.owner, at=NOON + 30 * MINUTE)] == [False]
        assert [each.silent for each in queries.terminals(here.owner, at=NOON + 31 * MINUTE)] == [True]
        assert queries.terminals(here.outsider, at=NOON) == []

    def test_a_pulse_of_an_unknown_terminal_or_worry_is_refused(self) -> None:
        district()
        fixtures()
        with pytest.raises(Refused) as refused:
            actions.pulse(code="ZD-9", people=0, at=NOON)
        assert refused.value.field == "code"
        with pytest.raises(Refused) as refused:
            actions.pulse(code="ZD-1", people=0, worry="ghost", at=NOON)
        assert refused.value.field == "worry"
        assert not Pulse.objects.exists()
