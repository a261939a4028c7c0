"""每周提醒、每月通报、履职提醒: who was reminded of what, what fell due and was met, which leaders' lists lag."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.workplan import actions
from anlan.domains.workplan.actions.reminding import lagging
from anlan.domains.workplan.models import Reminder
from anlan.domains.workplan.queries import standing
from anlan.domains.workplan.queries.circular import circular, owed_by
from anlan.domains.workplan.rules.standing import LineState, lags_behind
from anlan.domains.workplan.tests.ground import Ground, ask, ground
from anlan.kernel.core.workdays import LOCAL
from anlan.kernel.loop.actions import move
from anlan.kernel.messaging.models import Message
from tests.people import DISTRICT, HARBOUR, NOON

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AUGUST = datetime(2026, 8, 1, 9, tzinfo=LOCAL)
JULY = {"start": datetime(2026, 7, 1, tzinfo=LOCAL), "end": datetime(2026, 8, 1, tzinfo=LOCAL)}


@pytest.fixture
def g(db) -> Ground:
    return ground()


@pytest.mark.feature("M247")
def test_the_months_circular_goes_out_on_the_first_and_says_what_was_owed(g: Ground) -> None:
    ask(g, due=NOON + 60 * DAY)
    assert (
        actions.remind_units(region=DISTRICT, at=AUGUST) == 1
    )  # a Saturday: the circular, no weekly reminder
    assert actions.remind_units(region=DISTRICT, at=AUGUST + HOUR) == 0
    assert [(row.kind, row.open, row.late) for row in Reminder.objects.all()] == [
        ("month", 1, 1)
    ]  # its receipt is late
    told = Message.objects.get(person=g.liaison, kind="workplan.circular")
    assert "1" in told.text


@pytest.mark.feature("M247")
def test_a_month_tells_unit_by_unit_what_fell_due_what_was_met_and_when_it_was_reminded(g: Ground) -> None:
    met, missed = (ask(g, due=NOON + 10 * DAY) for _ in range(2))
    withdrawn, later = ask(g, due=NOON + 11 * DAY), ask(g, due=NOON + 60 * DAY)
    for item, day in ((met, 3), (missed, 12)):
        move(item=item, name="sign_for", by=g.liaison.by, at=NOON + DAY)
        move(item=item, name="answer", by=g.liaison.by, at=NOON + day * DAY, said="已办")
    move(item=withdrawn, name="withdraw", by=g.pia.by, at=NOON + DAY, reason="合并")
    actions.remind_units(region=DISTRICT, at=NOON + 3 * DAY)  # Monday 6 July
    (line,) = circular(DISTRICT, **JULY, at=AUGUST)
    assert line.unit == g.here.street
    assert (set(line.due), line.met) == ({met.pk, missed.pk}, {met.pk})
    assert (line.now.open, line.now.late) == (1, 1)  # never signed for
    assert [(row.kind, row.day.day) for row in line.reminders] == [("week", 6)]
    assert [item.pk for item in owed_by(g.here.street.pk)] == [later.pk]
    june = {"start": JULY["start"] - 30 * DAY, "end": JULY["start"]}
    assert circular(DISTRICT, **june, at=NOON - 3 * DAY)[0].due == []


@pytest.mark.feature("M247")
def test_a_leader_whose_list_of_the_year_lags_is_reminded_once_a_month(g: Ground) -> None:
    add = {"person": g.leader, "by": g.olga.by, "at": NOON}
    actions.add_line(text="带队检查", number=1, year=2026, times=12, **add)
    kept = actions.add_line(text="主持安委会", number=2, year=2026, times=2, counts="meeting", **add)
    actions.add_line(text="统筹全局", number=1, **add)  # of the standing list: no times to be behind of
    actions.hold_meeting(
        title="会", kind="committee", region=DISTRICT, held_at=NOON, by=g.olga.by, at=NOON, chair=g.leader
    )
    for n in range(3):
        actions.write_done(
            person=g.leader, text=f"检查{n}", line=g.leader.duty_lines.get(times=12), by=g.leader.by, at=NOON
        )
    (row,) = lagging([g.leader, g.olga], at=AUGUST)
    assert (row.person, row.lines, row.behind) == (g.leader, 2, 1)  # 3 of 6 checks, 1 of 1 meeting by August
    assert actions.remind_leaders(region=DISTRICT, at=AUGUST + DAY) == 0
    assert actions.remind_leaders(region=DISTRICT, at=AUGUST) == 1
    assert actions.remind_leaders(region=DISTRICT, at=AUGUST + HOUR) == 0
    told = Message.objects.get(kind="workplan.leader_reminder")
    assert told.person == g.leader
    assert ("1" in told.text, "2" in told.text) == (True, True)
    state = standing.tallies([g.leader], start=NOON - DAY, end=AUGUST)[g.leader.pk].state_of(kept)
    assert (state.done, state.left) == (1, 1)


def test_the_record_of_any_number_of_leaders_takes_the_same_statements(
    g: Ground, django_assert_num_queries
) -> None:
    leaders = [*standing.leaders_of(HARBOUR, at=NOON), g.leader, g.olga, g.pia]
    with django_assert_num_queries(4):
        standing.tallies(leaders, start=NOON - DAY, end=NOON)


@given(
    st.integers(1, 366),
    st.integers(0, 400),
    st.dates(datetime(2026, 1, 1).date(), datetime(2026, 12, 31).date()),
)
def test_a_line_lags_by_whole_times_and_never_once_it_is_done(wanted: int, done: int, day) -> None:
    if done >= wanted:
        assert not lags_behind(LineState(wanted, done), day=day)
    assert lags_behind(LineState(wanted, 0), day=day.replace(month=12, day=31))
    assert not lags_behind(LineState(1, 0), day=day.replace(month=12, day=30))
