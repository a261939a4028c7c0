from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps

from anlan.domains.contractors import actions, rules
from anlan.domains.contractors.actions import FixtureGiven
from anlan.domains.contractors.models import Check, FixtureStep, Job, Lesson
from anlan.kernel.core import attachments
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.messaging.models import Message
from tests.people import DISTRICT, NOON, QUAY, District, add_duty, add_person, district

Danger = apps.get_model("dangers", "Danger")  # a neighbour's rows by name: only its public.py is imported
pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def photo(text: str) -> Given:
    return Given(
        "photo", file=attachments.keep(data=text.encode(), media_type="image/jpeg", by="service:test")
    )


def keeper(here: District):
    person = add_person("Stan", here.street)
    add_duty(person, "station_keeper", QUAY)
    return person


def noticed(here: District, **more: object) -> WorkItem:
    given = {
        "host": here.firm, "contractor": "顺达安装队", "description": "屋面彩钢瓦更换", "leader": "刘队长", "workers": 2,
        "start_at": NOON + 2 * HOUR, "end_at": NOON + DAY, "by": here.manager.by, "at": NOON,
    }  # fmt: skip
    return actions.notice(**(given | more))


def taught(item: WorkItem, by: str, names: str = "王一\n李二") -> None:
    actions.educate(item=item, video="高处作业安全", names=names, by=by, at=NOON, evidence=[photo(names)])


@pytest.mark.feature("M449")
class TestAJob:
    def test_goes_in_only_when_everybody_saw_the_lesson(self) -> None:
        here = district()
        gate = keeper(here).by
        item = noticed(here)
        taught(item, here.manager.by, "王一")
        with pytest.raises(Refused) as refused:
            actions.admit(item=item, by=gate, at=NOON)
        assert (refused.value.code, refused.value.facts["missing"]) == (rules.UNTAUGHT, 1)
        taught(item, here.manager.by, "李二")
        actions.admit(item=item, by=gate, at=NOON)
        item.refresh_from_db()
        assert (item.state, item.due_at) == ("working", NOON + DAY)

    def test_counts_somebody_taught_twice_once(self) -> None:
        here = district()
        item = noticed(here)
        taught(item, here.manager.by)
        taught(item, here.manager.by, "李二，张三")
        assert [lesson.count for lesson in Lesson.objects.order_by("recorded_at", "pk")] == [2, 1]

    def test_needs_a_valid_permit_for_every_permit_work(self) -> None:
        here = district()
        gate = keeper(here).by
        item = noticed(here, work_hot=True, work_height=True)
        taught(item, here.manager.by)
        permit = {"number": "动-001", "holder": "王一", "valid_to": NOON + 8 * HOUR}
        actions.show_permit(item=item, work="hot", by=here.manager.by, at=NOON, **permit)
        with pytest.raises(Refused) as refused:
            actions.admit(item=item, by=gate, at=NOON)
        assert refused.value.code == rules.NO_PERMIT
        assert "Hot" not in refused.value.facts["works"]
        actions.show_permit(
            item=item, work="height", by=here.manager.by, at=NOON, **(permit | {"number": "高-001"})
        )
        with pytest.raises(Refused):  # by tomorrow both have run out
            actions.admit(item=item, by=gate, at=NOON + DAY)
        actions.admit(item=item, by=gate, at=NOON)
        assert Job.objects.get(pk=item.pk).works == ["hot", "height"]

    def test_is_not_let_in_by_whoever_gave_the_notice(self) -> None:
        here = district()
        gate = keeper(here).by
        item = noticed(here, by=gate)
        taught(item, gate)
        with pytest.raises(Refused):
            actions.admit(item=item, by=gate, at=NOON)

    def test_unanswered_at_its_start_reaches_the_patroller(self) -> None:
        here = district()
        noticed(here)
        while sweep(exercise_id=None, at=NOON + 2 * HOUR, limit=100):
            pass
        assert Message.objects.filter(person=here.owner).exists()

    def test_prolonged_runs_to_its_new_end_and_no_longer(self) -> None:
        here = district()
        gate = keeper(here).by
        item = noticed(here)
        taught(item, here.manager.by)
        actions.admit(item=item, by=gate, at=NOON)
        actions.prolong(item=item, until=NOON + 3 * DAY, reason="下雨停工一天", by=gate, at=NOON + HOUR)
        item.refresh_from_db()
        assert item.due_at == NOON + 3 * DAY
        with pytest.raises(Refused) as refused:
            actions.prolong(item=item, until=NOON + 2 * DAY, reason="x", by=gate, at=NOON + HOUR)
        assert refused.value.code == rules.NOT_PROLONGED
        assert refused.value.facts["end"] == "2026-07-06 12:00", (
            "the hour on the wall, not that of the database"
        )

    def test_on_a_site_of_another_firm_is_refused(self) -> None:
        here = district()
        with pytest.raises(Refused) as refused:
            noticed(here, site=new_id())
        assert refused.value.code == rules.OTHER_SITE

    def test_of_more_than_a_month_is_asked_for_in_parts(self) -> None:
        here = district()
        with pytest.raises(Refused) as refused:
            noticed(here, end_at=NOON + 40 * DAY)
        assert refused.value.code == rules.TOO_LONG


def at_work(here: District) -> WorkItem:
    item = noticed(here)
    taught(item, here.manager.by)
    actions.admit(item=item, by=keeper(here).by, at=NOON)
    return item


def read(code: str) -> tuple[Decimal | None, int]:
    reading = indicator(
        code=code, cut=Cut(region=DISTRICT), period=Period(NOON - DAY, NOON + 10 * DAY), as_of=NOON + 20 * DAY
    )
    return reading.value, reading.base


@pytest.mark.feature("M452")
class TestACheck:
    def test_that_finds_something_opens_a_danger_of_the_host(self) -> None:
        here = district()
        item = at_work(here)
        actions.check(item=item, result="wrong", note="未系安全带", by=here.owner.by, at=NOON + 3 * HOUR)
        danger = Danger.objects.get()
        assert (danger.organisation, danger.source) == (here.firm, "patrol")
        assert Check.objects.get().danger_id == danger.pk

    def test_that_says_wrong_says_what(self) -> None:
        here = district()
        item = at_work(here)
        with pytest.raises(Refused) as refused:
            actions.check(item=item, result="wrong", by=here.owner.by, at=NOON + 3 * HOUR)
        assert refused.value.code == rules.NO_FINDING
        assert not Check.objects.exists()

    def test_counts_in_the_numbers_and_so_does_what_was_rectified(self) -> None:
        here = district()
        item = at_work(here)
        actions.check(item=item, result="fine", by=here.owner.by, at=NOON + 3 * HOUR)
        actions.check(
            item=item,
            result="wrong",
            note="配电箱未上锁",
            category="electrical",
            by=here.owner.by,
            at=NOON + 4 * HOUR,
        )
        assert read("contractors.checked") == (2, 2)
        assert read("contractors.danger_rate") == (0, 1)
        danger = Danger.objects.get().item
        move(item=danger, name="rectify", by=here.manager.by, at=NOON + DAY, evidence=[photo("after")])
        move(item=danger, name="accept", how="photo", by=here.owner.by, at=NOON + DAY)
        assert read("contractors.danger_rate") == (100, 1)
        assert (read("contractors.jobs")[0], read("contractors.educated")[0]) == (1, 2)

    def test_stopped_work_is_looked_at_again(self) -> None:
        here = district()
        item = at_work(here)
        move(item=item, name="stop", by=here.owner.by, reason="无人监护", at=NOON + 3 * HOUR)
        item.refresh_from_db()
        assert item.due_at == NOON + 3 * HOUR + 2 * DAY


@pytest.mark.feature("M033")
def test_a_briefing_before_the_shift_has_a_photo_and_a_number() -> None:
    here = district()
    item = at_work(here)
    with pytest.raises(Refused):
        actions.brief(item=item, present=2, by=here.manager.by, at=NOON + 3 * HOUR)
    actions.brief(item=item, present=2, by=here.manager.by, at=NOON + 3 * HOUR, evidence=[photo("briefing")])
    assert item.contractor_briefings.get().present == 2


@pytest.mark.feature("M451")
class TestTerminals:
    def given(self, code: str, **steps: int) -> FixtureGiven:
        return FixtureGiven("terminal", code, "码头园区", QUAY, {w: NOON + d * DAY for w, d in steps.items()})

    @pytest.mark.feature("M471")
    def test_are_counted_as_they_stood_at_the_end_of_the_period(self) -> None:
        district()
        rows = [
            self.given("T1", bought=-5, installed=-3, connected=-1),
            self.given("T2", bought=-5, installed=-3, connected=15),
            self.given("T3", bought=-5, installed=-3, connected=-2, removed=1),
        ]
        actions.add_fixtures(rows, by="service:test", at=NOON)
        assert read("contractors.terminals_connected") == (50, 2)

    def test_handed_in_twice_gain_only_what_they_lacked(self) -> None:
        district()
        actions.add_fixtures([self.given("T1", bought=-5)], by="service:test", at=NOON)
        again = [self.given("T1", bought=-4, installed=-1)]
        assert actions.add_fixtures(again, by="service:test", at=NOON) == 1
        assert FixtureStep.objects.count() == 2
