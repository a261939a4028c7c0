"""The matrix, the joining of calls, the reading of a signal: decided without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.domains.warnings.rules import calls, cap, scales, signals
from anlan.domains.warnings.tests.samples import message
from anlan.kernel.core.errors import Refused
from tests.people import DISTRICT, HARBOUR, HILL, NOON, QUAY

MATRIX = {
    "yellow": {"leads": "sms", "leaders": "sms"},
    "orange": {
        "leads": "voice",
        "clerks": {"day": "sms", "night": "voice"},
        "leaders": "sms",
        "units": "none",
    },
    "red": {"leads": "voice", "leaders": "hand"},
}
GROUPS = {
    "leads": ["street_deputy"],
    "clerks": ["community_clerk"],
    "leaders": ["street_principal"],
    "units": ["unit_head"],
}
NIGHT = datetime(2026, 7, 3, 18, 0, tzinfo=UTC)  # two in the morning in Shanghai
HALF_HOUR = timedelta(minutes=30)
HAZARDS = {
    "rain": {
        "zh": "暴雨",
        "en": "Rainstorm",
        "colours": ["yellow", "orange", "red"],
        "event_codes": ["11B03"],
    },
    "gale": {"zh": "大风", "en": "Gale", "colours": ["blue"], "event_codes": []},
    "thunder_gale": {"zh": "雷雨大风", "en": "Thunderstorm gale", "colours": ["blue"], "event_codes": []},
}


def plan(colour: str, at: datetime = NOON) -> dict[str, calls.Means]:
    return calls.plan(colour=colour, at=at, matrix=MATRIX, groups=GROUPS, night=(22, 6))


def test_a_voice_by_day_is_urgency_two_and_by_night_three() -> None:
    assert plan("orange")["street_deputy"] == calls.Means(2)
    assert plan("orange", NIGHT)["street_deputy"] == calls.Means(3)


def test_yellow_rings_nobody_by_day_or_night() -> None:
    assert {means.urgency for at in (NOON, NIGHT) for means in plan("yellow", at).values()} == {1}


def test_some_kinds_are_rung_only_at_night() -> None:
    assert plan("orange")["community_clerk"].urgency == 1
    assert plan("orange", NIGHT)["community_clerk"].urgency == 3


def test_who_is_not_named_or_named_none_is_not_called() -> None:
    assert set(plan("red")) == {"street_deputy", "street_principal"}
    assert "unit_head" not in plan("orange")
    assert plan("white") == {}


def test_a_word_that_the_matrix_does_not_know_is_refused() -> None:
    with pytest.raises(Refused, match="pigeon"):
        calls.plan(colour="red", at=NOON, matrix={"red": {"leads": "pigeon"}}, groups=GROUPS, night=(22, 6))


def test_no_robot_rings_a_leader() -> None:
    assert calls.for_leader(calls.Means(3)) == calls.Means(1)
    assert calls.for_leader(plan("red")["street_principal"]).by_hand


def test_several_duties_make_one_call_with_the_strictest_closing() -> None:
    assert calls.Means(1) | calls.Means(3) == calls.Means(3)
    assert (calls.Means(2, by_hand=True) | calls.Means(3)).by_hand
    assert calls.strictest(["received", "done", "on_post"]) == "done"


def test_an_answer_closes_what_asks_for_no_more() -> None:
    assert calls.closes("on_post", "received")
    assert not calls.closes("received", "on_post")
    assert not calls.closes("need_help", "received")


def recent(
    colour: str = "orange", minutes: float = 10, regions: tuple[str, ...] = (HARBOUR,)
) -> calls.Recent:
    return calls.Recent(colour, NOON - timedelta(minutes=minutes), regions)


def joins(call: calls.Recent, region: str = QUAY, colour: str = "orange") -> bool:
    return calls.joins([call], region=region, colour=colour, at=NOON, within=HALF_HOUR) is not None


def test_a_call_about_the_same_area_within_half_an_hour_joins_unless_it_is_higher() -> None:
    assert joins(recent())
    assert joins(recent("red"))
    assert not joins(recent(), colour="red")
    assert not joins(recent(minutes=30))
    assert not joins(recent(regions=(HILL,)))
    assert joins(recent(regions=(DISTRICT,)))
    assert not joins(recent(regions=(QUAY,)), region=HARBOUR)


CODES = st.sampled_from([DISTRICT, HARBOUR, HILL, QUAY, "440399001002", "440300000000", "110000000000"])
RECENTS = st.lists(
    st.builds(
        calls.Recent,
        colour=st.sampled_from(scales.COLOURS),
        released_at=st.integers(-10, 60).map(lambda m: NOON - timedelta(minutes=m)),
        regions=st.lists(CODES, min_size=1, max_size=3).map(tuple),
    ),
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(known=RECENTS, region=CODES, colour=st.sampled_from(scales.COLOURS))
def test_joining_equals_its_plain_meaning(known: list[calls.Recent], region: str, colour: str) -> None:
    fitting = [
        call.released_at
        for call in known
        if NOON - HALF_HOUR < call.released_at <= NOON
        and scales.COLOURS.index(call.colour) >= scales.COLOURS.index(colour)
        and any(
            region.startswith(code.rstrip("0") if code != "110000000000" else "11") for code in call.regions
        )
    ]
    found = calls.joins(known, region=region, colour=colour, at=NOON, within=HALF_HOUR)
    assert (found.released_at if found else None) == max(fitting, default=None)


def test_the_common_region_is_the_smallest_above_all() -> None:
    assert calls.common_region([HARBOUR]) == HARBOUR
    assert calls.common_region([QUAY, "440399001002"]) == HARBOUR
    assert calls.common_region([HARBOUR, HILL]) == DISTRICT
    assert calls.common_region([DISTRICT, HILL]) == DISTRICT


def one(**said: str) -> signals.Heard:
    return signals.heard(cap.read(message(**said)), hazards=HAZARDS)[0]


def test_a_signal_is_read_by_its_title() -> None:
    heard = one()
    assert (heard.hazard, heard.colour, heard.regions) == ("rain", "orange", (HARBOUR,))


def test_the_longest_name_of_a_hazard_wins() -> None:
    assert one(event="雷雨大风", headline="雷雨大风蓝色预警信号").hazard == "thunder_gale"


def test_no_colour_is_guessed_from_the_severity() -> None:
    with pytest.raises(Refused) as caught:
        one(headline="暴雨预警信号")
    assert caught.value.code == "signal.no_colour"
    with pytest.raises(Refused):
        one(headline="全市暴雨红色、橙色降级")


def test_an_unknown_hazard_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        one(event="海啸", headline="海啸红色预警")
    assert caught.value.code == "signal.no_hazard"


def test_only_colours_that_exist_here_may_be_typed() -> None:
    signals.check_colour("rain", "red", hazards=HAZARDS)
    with pytest.raises(Refused, match="yellow, orange, red"):
        signals.check_colour("rain", "blue", hazards=HAZARDS)


def end_of(ends: datetime | None, *, at: datetime = NOON, issued: datetime = NOON) -> datetime:
    day = timedelta(hours=24)
    return signals.end_of(issued_at=issued, expires_at=ends, default=day, longest=3 * day, at=at)


def test_a_signal_always_has_an_end_and_a_stale_one_is_refused() -> None:
    assert end_of(None) == NOON + timedelta(hours=24)
    assert end_of(NOON + timedelta(days=30)) == NOON + timedelta(days=3)
    with pytest.raises(Refused) as caught:
        end_of(NOON, at=NOON)
    assert caught.value.code == "signal.stale"
    with pytest.raises(Refused):
        end_of(None, at=NOON + timedelta(hours=24))
    with pytest.raises(Refused):
        end_of(None, issued=NOON + timedelta(hours=1))


def test_an_exercise_takes_in_exercises_and_the_real_world_does_not() -> None:
    signals.check_status("Exercise", real_world=False)
    signals.check_status("Actual", real_world=False)
    for status, real_world in (("Exercise", True), ("Test", True), ("Draft", False)):
        with pytest.raises(Refused):
            signals.check_status(status, real_world=real_world)


def test_an_unknown_colour_is_refused_and_none_is_lowest() -> None:
    assert scales.is_higher("white", "")
    assert not scales.is_higher("orange", "red")
    with pytest.raises(Refused):
        scales.rank("purple")
