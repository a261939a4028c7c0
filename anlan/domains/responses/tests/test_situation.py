"""Triggers held against real rows of the neighbours: a signal taken in, gauges that were read."""

import pytest

from anlan.domains.responses import actions, queries
from anlan.domains.responses.actions import asking
from anlan.domains.responses.models import Standing, Task
from anlan.domains.responses.rules.triggers import Measured, Signal, Situation
from anlan.kernel.loop.models import WorkItem
from tests.people import DISTRICT, HARBOUR, HILL, NOON

from .test_actions import MINUTE, Night, night

pytestmark = pytest.mark.django_db


@pytest.fixture
def sky(monkeypatch):
    """Set what is known; the adapter that reads the neighbours' rows is tested with the storm itself."""

    def be(**known: object) -> None:
        monkeypatch.setattr(asking, "situation_now", lambda **_: Situation(**known))

    return be


def consider(minute: int = 0) -> WorkItem | None:
    return actions.consider(exercise_id=None, at=NOON + minute * MINUTE)


def orange(*streets: str) -> tuple[Signal, ...]:
    return (Signal("rain", "orange", streets or (HARBOUR,), ref="暴雨橙色"),)


def test_a_calm_sky_proposes_nothing(sky) -> None:
    night()
    sky()
    assert consider() is None


def test_one_episode_is_proposed_once(sky) -> None:
    night()
    sky(signals=orange())
    first = consider()
    assert first.title == "启动防汛Ⅲ级应急响应"
    assert not queries.open_proposal(exercise_id=None).before_signal
    assert [consider(minute) for minute in range(1, 30)] == [None] * 29
    assert WorkItem.objects.filter(loop="responses.proposal").count() == 1


def test_something_higher_overtakes_what_is_waiting(sky) -> None:
    night()
    sky(signals=orange())
    first = consider()
    sky(signals=orange(), measured={"rain_1h_mm": [Measured(n, HILL, 101) for n in "ab"]})
    second = consider(5)
    first.refresh_from_db()
    assert (first.state, queries.open_proposal(exercise_id=None).level) == ("superseded", "Ⅱ")
    assert second.charge_duty == "executive_deputy_commander"


def test_what_was_declined_is_not_offered_again_but_more_is(sky) -> None:
    people = night()
    sky(signals=orange())
    actions.decline(item=consider(), by=people.deputy.by, at=NOON, reason="范围小")
    assert consider(10) is None
    sky(signals=(Signal("rain", "red", (HARBOUR,)),))
    assert consider(20) is not None


def wet(count: int = 3, mm: float = 85) -> dict[str, list[Measured]]:
    return {"rain_3h_mm": [Measured(str(n), HARBOUR, mm) for n in range(count)]}


def end(people: Night, minute: int) -> None:
    said = {"because": "雨停", "by": people.officer.by, "at": NOON + minute * MINUTE}
    item = actions.propose(level="Ⅲ", direction="end", streets=[], **said)
    actions.approve(item=item, by=people.deputy.by, at=NOON + minute * MINUTE)


def test_what_stands_high_when_a_response_ends_is_not_proposed_again(sky) -> None:
    people = night()
    sky(measured=wet())
    actions.approve(item=consider(), by=people.deputy.by, at=NOON)
    end(people, 60)
    assert [consider(minute) for minute in (60, 75, 90, 105)] == [None] * 4
    sky(measured=wet() | {"rain_1h_mm": [Measured(n, HILL, 101) for n in "ab"]})
    assert consider(120).title == "启动防汛Ⅱ级应急响应"


def test_what_fell_and_rose_again_is_a_new_episode_and_proposed_anew(sky) -> None:
    people = night()
    sky(measured=wet())
    actions.approve(item=consider(), by=people.deputy.by, at=NOON)
    end(people, 60)
    sky(measured=wet(mm=40))
    assert [consider(minute) for minute in (75, 90, 105)] == [None] * 3
    sky(measured=wet())
    assert consider(120).title == "启动防汛Ⅲ级应急响应"
    spans = Standing.objects.filter(trigger="T08").order_by("began_at").values_list("began_at", "ended_at")
    assert list(spans) == [(NOON, NOON + 75 * MINUTE), (NOON + 120 * MINUTE, None)]


def test_a_pause_that_nobody_asked_through_ends_an_episode_too(sky) -> None:
    people = night()
    sky(measured=wet())
    actions.decline(item=consider(), by=people.deputy.by, at=NOON, reason="范围小")
    sky(measured=wet(mm=40))
    assert consider(15) is None  # the last mark was let go: nobody asks any more
    sky(measured=wet())
    assert consider(16 * 60) is not None


def test_a_sum_that_wavers_about_its_mark_is_one_episode(sky) -> None:
    people = night()
    sky(measured=wet())
    actions.decline(item=consider(), by=people.deputy.by, at=NOON, reason="范围小")
    for minute in range(15, 300, 15):
        sky(measured=wet(mm=79 if minute % 2 else 81))
        assert consider(minute) is None
    assert Standing.objects.filter(trigger="T08").count() == 1


def test_another_trigger_of_a_level_that_stands_says_nothing_new(sky) -> None:
    people = night()
    sky(measured=wet())
    actions.decline(item=consider(), by=people.deputy.by, at=NOON, reason="范围小")
    sky(measured=wet() | {"river_over_warning_m": [Measured("潮涌", HARBOUR, 0.1)]})
    assert consider(15) is None


def test_an_officer_may_ask_for_what_the_plan_does_not_propose_again(sky) -> None:
    people = night()
    sky(measured=wet())
    actions.approve(item=consider(), by=people.deputy.by, at=NOON)
    end(people, 60)
    item = actions.propose(
        level="Ⅲ", streets=[HARBOUR], because="上游来水", by=people.officer.by, at=NOON + 61 * MINUTE
    )
    assert (item.state, consider(75)) == ("proposed", None)


def test_a_storm_days_after_the_last_asking_is_a_new_episode(sky) -> None:
    people = night()
    sky(measured=wet())
    actions.approve(item=consider(), by=people.deputy.by, at=NOON)
    end(people, 60)
    assert consider(3 * 24 * 60).title == "启动防汛Ⅲ级应急响应"
    assert Standing.objects.get(trigger="T08", ended_at__isnull=False).ended_at == NOON


def test_a_signal_that_goes_on_unasked_for_hours_is_the_same_episode(sky) -> None:
    people = night()
    sky(signals=orange())
    actions.decline(item=consider(), by=people.deputy.by, at=NOON, reason="范围小")
    assert consider(5 * 60) is None


@pytest.mark.feature("M408")
def test_a_response_may_start_before_any_signal_and_says_so(sky) -> None:
    people = night()
    sky(measured={"rain_3h_mm": [Measured(n, HARBOUR, 85) for n in "abc"]})
    item = consider()
    actions.approve(item=item, by=people.deputy.by, at=NOON)
    response = queries.in_force(exercise_id=None)
    assert (response.level, response.streets, response.before_signal) == ("Ⅲ", [HARBOUR], True)


def test_a_step_up_is_proposed_over_what_is_in_force(sky) -> None:
    people = night()
    sky(signals=orange())
    actions.approve(item=consider(), by=people.deputy.by, at=NOON)
    assert consider(1) is None
    sky(signals=(Signal("rain", "red", (HARBOUR, HILL)),))
    item = consider(2)
    assert item.title == "升级为防汛Ⅱ级应急响应"
    actions.approve(item=item, by=people.commander.by, at=NOON + 3 * MINUTE)
    assert queries.in_force(exercise_id=None).streets == [HARBOUR, HILL]


@pytest.mark.feature("M299")
def test_a_reading_starts_the_clock_of_its_line_once_a_point(sky) -> None:
    people = night()
    sky(signals=orange())
    actions.approve(item=consider(), by=people.deputy.by, at=NOON)
    sky(
        signals=orange(),
        measured={"depth_cm": [Measured("洲石路", HARBOUR, 31), Measured("浅", HARBOUR, 20)]},
    )
    for minute in (30, 31, 45):
        consider(minute)
    made = Task.objects.get(code="F27")
    assert (made.sheet.unit, made.about, made.due_at) == ("交警", "洲石路", NOON + 40 * MINUTE)


def test_the_whole_situation_can_be_read_where_nothing_is_measured() -> None:
    night()
    found = asking.situation_now(exercise_id=None, at=NOON)
    assert (found.signals, found.measured["depth_cm"], found.neighbours) == ((), [], {})
    assert DISTRICT
