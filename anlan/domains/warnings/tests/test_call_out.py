"""Releasing: who is called, how, once; what joins, what replaces; and handing over when somebody is silent."""

from datetime import UTC, datetime, timedelta

import pytest

from anlan.domains.warnings.actions import closing, deciding
from anlan.domains.warnings.models import CallOut, CallOutItem, CallOutJoin, Passing
from anlan.domains.warnings.tests.people import (
    DISTRICT,
    HARBOUR,
    HILL,
    NOON,
    QUAY,
    Watch,
    call,
    propose,
    waiting,
    watch,
)
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.messaging.actions import answer
from anlan.kernel.messaging.models import Delivery, Message
from anlan.kernel.orgs.models import Absence, Duty, Person
from tests import people

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
TWO_AT_NIGHT = datetime(2026, 7, 3, 18, 0, tzinfo=UTC)


@pytest.fixture
def w() -> Watch:
    return watch()


def called(call_out: CallOut) -> dict[str, CallOutItem]:
    rows = CallOutItem.objects.filter(call_out=call_out).select_related("item", "person")
    return {row.person.name: row for row in rows}


def channels(person: Person, call_out: CallOut) -> set[str]:
    rows = Delivery.objects.filter(message__person=person, message__subject_id=str(call_out.pk))
    return {row.shown_channel for row in rows}


@pytest.mark.feature("M037")
def test_everybody_whom_the_matrix_names_inside_the_area_is_called_once(w: Watch) -> None:
    items = called(call(w))
    assert set(items) == {"principal", "deputy_head", "clerk", "keeper", "keepers_deputy"}
    keeper = items["keeper"]
    assert set(keeper.duties.values_list("kind", flat=True)) == {"waterlogging_keeper", "slope_keeper"}
    assert keeper.closes_on == "done"
    assert items["clerk"].closes_on == "received"
    assert Message.objects.filter(kind="warnings.call_out", person=w.keeper).count() == 1


def test_the_colour_and_the_hour_say_by_which_channels(w: Watch) -> None:
    yellow = call(w, colour="yellow")
    assert channels(w.keeper, yellow) == {"in_app", "web_push", "sms"}
    orange = call(w, colour="orange")
    assert "voice" in channels(w.keeper, orange)
    assert channels(w.principal, orange) == {"in_app", "web_push", "sms"}
    white = call(w, colour="white", at=NOON + 60 * MINUTE)
    assert channels(w.keeper, white) == {"in_app"}


def test_no_voice_at_night_for_yellow_and_one_at_any_hour_for_orange(w: Watch) -> None:
    assert {i.urgency for i in called(call(w, colour="yellow", at=TWO_AT_NIGHT)).values()} == {1}
    assert called(call(w, colour="orange", at=TWO_AT_NIGHT))["keeper"].urgency == 3


def test_at_red_a_person_rings_the_principal_and_no_robot_does(w: Watch) -> None:
    red = call(w, colour="red")
    assert called(red)["principal"].by_hand
    assert channels(w.principal, red) == {"in_app", "by_hand"}
    assert not called(red)["deputy_head"].by_hand


def test_the_list_is_read_when_it_is_released(w: Watch) -> None:
    item = propose(w)
    Duty.objects.filter(person=w.clerk).update(valid_to=NOON)
    _, released = deciding.approve_and_release(item=item, by=w.chief.by, at=NOON + MINUTE)
    assert released.call_out is not None
    assert "clerk" not in called(released.call_out)


def test_whoever_is_away_is_called_through_their_deputy(w: Watch) -> None:
    Absence.objects.create(person=w.clerk, start=NOON, end=NOON + 60 * MINUTE, deputy=w.outsider)
    items = called(call(w))
    assert "clerk" not in items
    assert items[w.outsider.name].stands_in_for == w.clerk


@pytest.mark.feature("M223")
def test_a_drawn_area_calls_the_keepers_of_the_places_inside_it(w: Watch) -> None:
    inside, outside = (
        people.add_place("underpass", QUAY, lon=113.9),
        people.add_place("far", QUAY, lon=113.99),
    )
    for name, place in (("in", inside), ("out", outside)):
        people.add_duty(
            people.add_person(name, w.keeper.organisation), "waterlogging_keeper", QUAY, place=place
        )
    square = {
        "type": "Polygon",
        "coordinates": [[[113.89, 22.6], [113.95, 22.6], [113.95, 22.7], [113.89, 22.7], [113.89, 22.6]]],
    }
    item = deciding.propose_call_out(
        hazard="rain", colour="orange", regions=[HARBOUR], area=square, words="x", by=w.officer.by, at=NOON
    )
    _, released = deciding.approve_and_release(item=item, by=w.chief.by, at=NOON)
    assert released.call_out is not None
    names = set(called(released.call_out))
    assert "in" in names and "out" not in names and "keeper" in names


def test_a_call_about_the_same_area_within_half_an_hour_joins_the_last(w: Watch) -> None:
    first = call(w, regions=(HARBOUR,))
    item = propose(w, regions=(HARBOUR,))
    _, released = deciding.approve_and_release(item=item, by=w.chief.by, at=NOON + 29 * MINUTE)
    assert (released.call_out, released.called, released.joined) == (None, 0, 5)
    assert CallOutJoin.objects.filter(item__call_out=first).count() == 5
    assert Message.objects.filter(kind="warnings.call_out", person=w.keeper).count() == 1
    late = call(w, at=NOON + 31 * MINUTE)
    assert len(called(late)) == 5


def test_only_the_new_part_of_a_wider_area_is_called(w: Watch) -> None:
    call(w, regions=(HARBOUR,))
    item = propose(w, regions=(HARBOUR, HILL), at=NOON + MINUTE)
    _, released = deciding.approve_and_release(item=item, by=w.chief.by, at=NOON + MINUTE)
    assert released.call_out is not None
    assert set(called(released.call_out)) == {"hill_keeper"}
    assert released.joined == 5


def test_a_higher_call_replaces_the_open_one_and_its_message(w: Watch) -> None:
    orange = call(w)
    red = call(w, colour="red", at=NOON + 5 * MINUTE)
    assert {i.item.state for i in called(orange).values()} == {"superseded"}
    assert {i.item.state for i in called(red).values()} == {"calling"}
    old = Message.objects.get(person=w.keeper, subject_id=str(orange.pk))
    new = Message.objects.get(person=w.keeper, subject_id=str(red.pk))
    assert (old.state, new.supersedes_id) == ("superseded", old.pk)


def test_silence_is_handed_to_the_deputy_the_grid_worker_and_the_superior_by_name(w: Watch) -> None:
    call_out = call(w)
    for person in (w.clerk, w.deputy_head, w.principal, w.keepers_deputy):
        _answer(person, call_out, "done")
    sweep(exercise_id=None, at=NOON + 9 * MINUTE)
    assert not Passing.objects.exists()
    for minute in (10, 15, 20, 30):
        sweep(exercise_id=None, at=NOON + minute * MINUTE)
    passed = Passing.objects.filter(item__person=w.keeper).order_by("at")
    assert [(p.duty, p.name, p.at) for p in passed] == [
        ("deputy", "keepers_deputy", NOON + 10 * MINUTE),
        ("grid_worker", "grid_worker", NOON + 15 * MINUTE),
        ("superior", "deputy_head", NOON + 20 * MINUTE),
    ]
    told = passed[0].message
    assert told is not None and told.person == w.keepers_deputy and "keeper" in told.text
    assert called(call_out)["keeper"].item.state == "unreached"
    assert Entry.objects.filter(code="loop.escalated").count() == 3


def test_where_nobody_is_named_the_board_is_told_so(w: Watch) -> None:
    call_out = call(w)
    for person in (w.deputy_head, w.principal, w.keepers_deputy, w.keeper):
        _answer(person, call_out, "done")
    sweep(exercise_id=None, at=NOON + 10 * MINUTE)
    assert [(p.duty, p.name, p.person) for p in Passing.objects.filter(item__person=w.clerk)] == [
        ("deputy", "", None)
    ]


def test_white_and_blue_hand_over_to_nobody(w: Watch) -> None:
    items = called(call(w, colour="blue"))
    assert {i.item.due_at for i in items.values()} == {None}


def test_closing_ends_who_is_open_and_stops_their_messages(w: Watch) -> None:
    call_out = call(w)
    _answer(w.clerk, call_out, "received")
    sweep(exercise_id=None, at=NOON + 10 * MINUTE)
    with pytest.raises(Refused):
        closing.close_call_out(item=call_out.item, by=w.officer.by, at=NOON + 11 * MINUTE)
    closing.close_call_out(item=call_out.item, by=w.officer.by, at=NOON + 11 * MINUTE, reason="rain over")
    states = {name: item.item.state for name, item in called(call_out).items()}
    assert states["clerk"] == "answered" and states["keeper"] == "ended"
    assert not Message.objects.filter(kind__startswith="warnings.", state="open").exists()


def test_somebody_called_in_error_is_taken_out(w: Watch) -> None:
    call_out = call(w)
    item = called(call_out)["clerk"].item
    closing.cancel_item(item=item, by=w.officer.by, at=NOON, reason="moved away")
    assert item.state == "cancelled"
    assert Message.objects.get(person=w.clerk, subject_id=str(call_out.pk)).state == "closed"


def test_a_district_wide_call_reaches_the_district_level_too(w: Watch) -> None:
    assert "commander" in called(call(w, colour="red", regions=(DISTRICT,)))
    hill = call(w, colour="red", regions=(HILL,), at=NOON + 60 * MINUTE)
    assert set(called(hill)) == {"hill_keeper"}


def test_the_release_is_one_entry_with_its_counts(w: Watch) -> None:
    call_out = call(w, colour="red")
    entry = Entry.objects.get(code="warnings.call_out_released")
    assert entry.subject_id == str(call_out.pk)
    assert (entry.facts["called"], entry.facts["by_hand"], entry.facts["regions"]) == (5, 1, [HARBOUR])
    assert waiting() == []


def _answer(person: Person, call_out: CallOut, kind: str, at: datetime = NOON + MINUTE) -> None:
    message = Message.objects.get(person=person, subject_id=str(call_out.pk))
    answer(message_id=message.pk, kind=kind, via="sms", at=at)
