"""Ladders, what follows a try, answers and replies: decided without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.core.errors import Refused
from anlan.kernel.messaging import rules
from anlan.kernel.messaging.ladders import ladders, parse
from anlan.kernel.messaging.spec import STAYS_INSIDE

NOON = datetime(2026, 9, 7, 4, 0, tzinfo=UTC)
NIGHT = datetime(2026, 9, 7, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def planned(urgency, at, *, ladder="callout", drill=False, length=HOUR):
    found = rules.plan(
        ladders=ladders(), ladder=ladder, urgency=urgency, at=at, expires=at + length, drill=drill
    )
    return {each.stands_for or each.channel: each for each in found}


def test_danger_to_life_uses_every_channel_at_any_hour():
    for at in (NOON, NIGHT):
        plan = planned(3, at)
        assert set(plan) == {"in_app", "web_push", "sms", "voice"}
        assert plan["sms"].next_at == at
        assert plan["voice"].next_at == at + timedelta(minutes=1)
        assert (plan["voice"].rounds, plan["voice"].every_s) == (3, 180)


def test_orange_is_spoken_by_day_only():
    assert "voice" in planned(2, NOON)
    assert "voice" not in planned(2, NIGHT)


def test_a_message_that_lasts_into_the_morning_waits_for_the_hours_to_open():
    voice = planned(2, NIGHT, length=timedelta(hours=9))["voice"]
    assert voice.next_at == datetime(2026, 9, 7, 23, 0, tzinfo=UTC)  # 07:00 in Shanghai


def test_yellow_is_never_a_voice():
    assert set(planned(1, NOON)) == {"in_app", "web_push", "sms"}


def test_white_and_blue_stay_in_the_app():
    assert set(planned(0, NOON)) == {"in_app"}


def test_no_machine_rings_a_leader_at_any_urgency():
    for urgency in range(4):
        for at in (NOON, NIGHT):
            assert "voice" not in planned(urgency, at, ladder="by_hand")
    assert "by_hand" in planned(3, NIGHT, ladder="by_hand")


@given(st.sampled_from(["callout", "by_hand", "office"]), st.integers(0, 3), st.integers(0, 1439))
def test_nothing_of_an_exercise_leaves_the_house(ladder, urgency, minute):
    plan = rules.plan(
        ladders=ladders(),
        ladder=ladder,
        urgency=urgency,
        at=NOON + timedelta(minutes=minute),
        expires=NOON + timedelta(days=2),
        drill=True,
    )
    assert plan
    assert {each.channel for each in plan} <= set(STAYS_INSIDE)


def test_a_message_that_ends_before_it_starts_is_refused():
    with pytest.raises(Refused) as refusal:
        planned(3, NOON, length=timedelta(0))
    assert refusal.value.code == rules.ENDS_BEFORE


def test_an_unknown_ladder_is_refused():
    with pytest.raises(Refused) as refusal:
        planned(3, NOON, ladder="rope")
    assert refusal.value.code == rules.NO_LADDER


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 10_000))
def test_hours_always_open_within_a_day(start, end, offset):
    at = NOON + timedelta(minutes=offset)
    opens = rules.next_open(at, hours=(start, end), zone="Asia/Shanghai")
    assert at <= opens <= at + timedelta(days=1)
    if start != end:
        assert rules.next_open(opens, hours=(start, end), zone="Asia/Shanghai") == opens


def test_pauses_double_and_end_at_310_seconds():
    assert [rules.pause_s(tries) for tries in range(1, 12)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 310, 310]


def tried(**other):
    return rules.Tried(**{"tries": 1, "round": 0, "rounds": 3, "every_s": 180, "hours": None, **other})


def after(verdict, **other):
    return rules.after_try(verdict, tried=tried(**other), at=NOON, zone="Asia/Shanghai")


def test_an_unanswered_call_is_repeated_after_its_interval_and_then_ends():
    assert after(rules.ACCEPTED) == rules.Next("queued", NOON + timedelta(minutes=3), 1)
    assert after(rules.ACCEPTED, round=2) == rules.Next("sent", None, 3)


def test_a_gateway_that_fails_costs_no_round():
    assert after(rules.TRY_AGAIN, tries=3, round=1) == rules.Next("queued", NOON + timedelta(seconds=4), 1)


def test_a_number_that_does_not_exist_is_not_tried_again():
    assert after(rules.NEVER).state == "unreachable"
    assert after(rules.ABSENT).state == "unreachable"


def check(**other):
    asked = {
        "state": "open",
        "expires_at": NOON + HOUR,
        "offered": ("received",),
        "kind": "received",
        "at": NOON,
    }
    rules.check_answer(**{**asked, **other})


def test_help_can_always_be_called_for():
    check(kind="need_help")


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"state": "superseded"}, rules.SUPERSEDED),
        ({"state": "expired"}, rules.EXPIRED),
        ({"at": NOON + HOUR}, rules.EXPIRED),
        ({"kind": "done"}, rules.NOT_OFFERED),
    ],
)
def test_an_answer_that_comes_too_late_or_unasked_is_refused(other, code):
    with pytest.raises(Refused) as refusal:
        check(**other)
    assert refusal.value.code == code


def test_the_furthest_answer_stays_the_furthest():
    assert rules.further("on_post", "received") == "on_post"
    assert rules.further("", "need_help") == "need_help"
    assert rules.further("need_help", "on_post") == "on_post"


def test_only_the_last_answer_asked_for_closes_a_message():
    asked = ("received", "on_post")
    assert rules.state_after("received", asked) == "received"
    assert rules.state_after("on_post", asked) == "closed"
    assert rules.state_after("need_help", ("received",)) == "received"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", "received"),
        ("１", "received"),
        (" 1。", "received"),
        ("收到！", "received"),
        ("OK", "received"),
        ("2", "on_post"),
        ("已到岗", "on_post"),
        ("3", "done"),
        ("9", "need_help"),
        ("求助", "need_help"),
        ("11", None),
        ("谁啊", None),
        ("", None),
    ],
)
def test_a_reply_is_read_as_a_person_would_write_it(text, kind):
    assert rules.read_reply(text, ladders=ladders()) == kind


def test_a_drill_says_so_once():
    assert rules.mark(rules.mark("请到岗", drill=True), drill=True) == "【演练】请到岗"
    assert rules.mark("请到岗", drill=False) == "请到岗"


@pytest.mark.parametrize(
    "rung",
    [{"channel": "pigeon"}, {"channel": "drill"}, {"channel": "voice", "rounds": 3}],
)
def test_a_ladder_file_with_a_mistake_is_refused(rung):
    with pytest.raises(ValueError, match="ladder"):
        parse({"zone": "Asia/Shanghai", "ladder": [{"name": "callout", "urgency": 0, "rungs": [rung]}]})


def test_a_ladder_without_every_urgency_is_refused():
    with pytest.raises(ValueError, match="lacks urgency"):
        parse(
            {"zone": "Asia/Shanghai", "ladder": [{"name": "x", "urgency": 3, "rungs": [{"channel": "sms"}]}]}
        )
