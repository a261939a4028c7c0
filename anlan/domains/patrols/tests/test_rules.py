import tomllib
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.domains.patrols import rules
from anlan.domains.patrols.actions.checklists import FOLDER
from anlan.domains.patrols.loop import VISIT
from anlan.kernel.core.errors import Refused
from tests.people import NOON

DAY = timedelta(days=1)
EVERY = {"A": 180, "B": 120, "C": 90, "D": 30, "unclassed": 90}


def test_the_loop_is_sound() -> None:
    assert VISIT.problems() == []


@pytest.mark.parametrize(("grade", "days"), [("A", 180), ("D", 30), ("", 90), ("?", 90)])
def test_a_firm_is_due_by_its_class_and_at_once_if_never_visited(grade: str, days: int) -> None:
    assert rules.due_at(grade=grade, last=NOON, since=NOON, every_days=EVERY) == NOON + days * DAY
    assert rules.due_at(grade=grade, last=None, since=NOON - DAY, every_days=EVERY) == NOON - DAY


def stop(
    number: int, lon: float | None = None, lat: float | None = 22.6, *, urgent: bool = False
) -> rules.Stop:
    return rules.Stop(UUID(int=number), NOON + number * DAY, lon, lat if lon is not None else None, urgent)


def order(*stops: rules.Stop, start: tuple[float, float] | None = None) -> list[int]:
    return [each.site.int for each in rules.in_order(stops, start=start)]


def test_what_runs_out_comes_first_then_the_nearest_next_and_the_placeless_last() -> None:
    far, near, lost, late = stop(1, 114.0), stop(2, 113.91), stop(3), stop(4, 113.9, urgent=True)
    assert order(far, near, lost, late) == [4, 2, 1, 3]


def test_a_day_without_urgent_stops_begins_where_the_patroller_stands() -> None:
    assert order(stop(1, 113.9), stop(2, 114.0), start=(114.01, 22.6)) == [2, 1]


@given(st.lists(st.tuples(st.integers(1, 99), st.floats(113, 114) | st.none(), st.booleans()), max_size=12))
@settings(max_examples=60, deadline=None)
def test_no_stop_is_lost_or_doubled_by_the_route(rows: list[tuple[int, float | None, bool]]) -> None:
    stops = [stop(number, lon, urgent=urgent) for number, lon, urgent in rows]
    assert sorted(order(*stops)) == sorted(each.site.int for each in stops)


def test_the_lists_of_a_firms_trades_come_before_those_for_everybody() -> None:
    lists = ["dust", "ammonia", "general"]
    fits = {"dust": ["dust"], "ammonia": ["ammonia"], "general": []}
    assert rules.fitting(lists, ["dust", "key"], fits=fits, code=str) == ["dust", "general"]
    assert rules.fitting(lists, [], fits=fits, code=str) == ["general"]


@pytest.mark.parametrize("tag", ["C", "P"])
def test_an_item_that_claims_a_law_names_it(tag: str) -> None:
    with pytest.raises(Refused):
        rules.check_source(item="x", tag=tag, law=" ")
    rules.check_source(item="x", tag="M", law="")


@pytest.mark.feature("M029", "M118")
def test_every_shipped_list_has_items_with_a_source_or_is_marked_as_practice() -> None:
    lists = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.toml")}
    assert lists.keys() >= {"general", "dust", "confined_space", "ammonia", "hazchem", "multi_tenant"}
    for table in lists.values():
        assert len(table["item"]) >= 8
        for item in table["item"]:
            rules.check_source(item=item["code"], tag=item["tag"], law=item.get("law", ""))
            assert item["text_en"]
            assert bool(item.get("law")) == bool(item.get("article"))
            assert not item.get("major") or item["law"], "only a clause makes a candidate"


def test_answers_are_three_and_belong_to_the_list() -> None:
    said = rules.check_answers({"a": "fine", "b": {"answer": "not_fine", "note": "堵"}}, ["a", "b"])
    assert said == {"a": {"answer": "fine", "note": ""}, "b": {"answer": "not_fine", "note": "堵"}}
    for wrong in ({"a": "ok"}, {"z": "fine"}):
        with pytest.raises(Refused):
            rules.check_answers(wrong, ["a", "b"])


def test_a_refusal_to_sign_has_a_witness_and_a_signature_a_picture() -> None:
    rules.check_sign(how="", witness="", picture=False)
    rules.check_sign(how="signed", witness="", picture=True)
    rules.check_sign(how="refused", witness="王社区", picture=False)
    for how in ("signed", "refused"):
        with pytest.raises(Refused):
            rules.check_sign(how=how, witness=" ", picture=False)


def test_a_wrong_clock_of_the_phone_is_measured_and_a_slow_line_is_not() -> None:
    assert rules.clock_off(sent_at=NOON + timedelta(minutes=40), received_at=NOON) == timedelta(minutes=40)
    assert rules.clock_off(sent_at=NOON - timedelta(seconds=90), received_at=NOON) == timedelta(0)


def test_two_hands_differ_only_where_both_wrote() -> None:
    mine = {
        "answers": {"a": {"answer": "fine", "note": ""}, "b": {"answer": "fine", "note": ""}},
        "note": "x",
    }
    theirs = {"answers": {"a": {"answer": "not_fine", "note": "漏"}}, "note": ""}
    assert rules.differences(mine, theirs) == [rules.Difference("a", "fine", "not_fine：漏")]


def test_a_visit_of_another_kind_is_no_patrol() -> None:
    with pytest.raises(Refused):
        rules.check_kind("duty_inspection")
