"""Clocks and figures against naive references, whatever order they are entered in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.incidents.rules import reporting, watching
from anlan.domains.incidents.rules.reporting import Clock, Facts, Sent
from anlan.kernel.core.errors import Refused
from tests.people import NOON

MINUTE = timedelta(minutes=1)
minutes = st.integers(min_value=0, max_value=600).map(lambda n: NOON + n * MINUTE)


@dataclass(frozen=True)
class Row:
    happened_at: datetime
    recorded_at: datetime
    dead: int


rows = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 9)), max_size=12,
    unique_by=lambda three: three[:2],
).map(lambda made: [Row(NOON + h * MINUTE, NOON + (h + wait) * MINUTE, dead) for h, wait, dead in made])  # fmt: skip


@given(rows, st.randoms(use_true_random=False), minutes)
def test_what_holds_does_not_depend_on_the_order_of_entry(made: list[Row], dice, as_of: datetime) -> None:
    """Naive: walk in the order of happening, keep the last that was known."""
    expected = None
    for row in sorted(made, key=lambda each: (each.happened_at, each.recorded_at)):
        if row.recorded_at <= as_of:
            expected = row
    shuffled = list(made)
    dice.shuffle(shuffled)
    assert reporting.latest(shuffled, as_of=as_of) == expected


@given(st.lists(st.tuples(st.sampled_from(["phone", "written"]), minutes), max_size=8))
def test_an_effective_clock_is_the_earliest_of_its_channel(made) -> None:
    found = reporting.effective(Clock(channel, due) for channel, due in made)
    for channel in ("phone", "written"):
        dues = [due for each, due in made if each == channel]
        assert (found[channel].due_at if dues else None) == min(dues, default=None)
        assert (channel in found) == bool(dues)


sendings = st.lists(
    st.tuples(st.sampled_from(["phone", "written"]), st.sampled_from(["a", "b"]), minutes), max_size=8
).map(lambda made: [Sent(*each) for each in made])


@given(sendings)
def test_a_clock_is_met_when_the_last_receiver_has_it(sent: list[Sent]) -> None:
    for channel in ("phone", "written"):
        fitting = [s for s in sent if channel == "phone" or s.channel == "written"]
        expected = None
        for at in sorted({s.happened_at for s in fitting}):  # naive: the first moment at which both had it
            if {s.receiver for s in fitting if s.happened_at <= at} == {"a", "b"}:
                expected = at
                break
        assert reporting.met_at(channel, sent, ["a", "b"]) == expected


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=8))
def test_gaps_are_the_minutes_that_no_shift_covers(made: list[tuple[int, int]]) -> None:
    spans = [(NOON + a * MINUTE, NOON + (a + length) * MINUTE) for a, length in made]
    gaps = watching.uncovered(spans, NOON, NOON + 60 * MINUTE)
    for minute in range(60):
        at = NOON + minute * MINUTE
        covered = any(first <= at < last for first, last in spans)
        assert covered != any(first <= at < last for first, last in gaps)


@pytest.mark.parametrize(
    ("due", "met", "at", "state"),
    [(60, 50, 100, "on_time"), (60, 60, 100, "on_time"), (60, 61, 100, "late"), (60, None, 60, "open"),
     (60, None, 61, "missed"), (60, 70, 65, "missed")],
)  # fmt: skip
def test_how_a_clock_stands(due: int, met: int | None, at: int, state: str) -> None:
    clock = Clock("written", NOON + due * MINUTE)
    when = None if met is None else NOON + met * MINUTE
    assert reporting.standing(clock, when, at=NOON + at * MINUTE) == state


def test_nothing_known_is_said_and_never_guessed() -> None:
    facts = Facts("7月3日12时0分", "码头路", "货车相撞", dict.fromkeys(reporting.FIGURES, 0), None, [])
    assert reporting.compose("first", 1, facts) == "7月3日12时0分，码头路发生货车相撞。目前暂无人员伤亡报告。"


def test_a_box_that_is_not_ticked_is_explained() -> None:
    with pytest.raises(Refused):
        watching.check_boxes(["phone"], " ")
    assert watching.check_boxes(["phone"], "传真机送修")["fax"] is False


def test_a_shift_has_a_leader_and_an_officer_and_nobody_twice() -> None:
    for seats in ([("officer", 1, "陈")], [("leader", 1, "赵"), ("officer", 1, "赵")]):
        with pytest.raises(Refused):
            watching.check_seats(seats)
    watching.check_seats([("leader", 1, "陈值班员"), ("officer", 2, "陈值班员")])  # two of one name are two
