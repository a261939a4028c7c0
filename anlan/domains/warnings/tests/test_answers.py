"""应: answers move items as far as they go; what others say has their names on it; nothing is asked twice."""

from datetime import timedelta
from uuid import UUID

import pytest

from anlan.domains.warnings.actions import answering, deciding
from anlan.domains.warnings.models import CallMade, CallOut, CallOutAnswer, CallOutItem
from anlan.domains.warnings.queries.board import board, call_out_for, to_ring
from anlan.domains.warnings.tests.people import NOON, Watch, call, propose, watch
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.models import Step
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.messaging.actions import Given, answer, answer_all
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Person

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def w() -> Watch:
    return watch()


@pytest.fixture
def orange(w: Watch) -> CallOut:
    return call(w)


def message_of(person: Person, call_out: CallOut) -> UUID:
    return Message.objects.get(person=person, subject_id=str(call_out.pk)).pk


def item_of(person: Person, call_out: CallOut) -> CallOutItem:
    return CallOutItem.objects.select_related("item").get(person=person, call_out=call_out)


def say(
    person: Person, call_out: CallOut, kind: str, *, minute: float = 1, via: str = "sms", note: str = ""
) -> CallOutItem:
    answer(message_id=message_of(person, call_out), kind=kind, via=via, at=NOON + minute * MINUTE, note=note)
    return item_of(person, call_out)


def test_the_strictest_duty_says_which_answer_closes(w: Watch, orange: CallOut) -> None:
    assert say(w.clerk, orange, "received").item.state == "answered"
    assert say(w.deputy_head, orange, "received").item.state == "received"
    assert say(w.deputy_head, orange, "on_post", minute=2).item.state == "answered"
    for minute, (kind, state) in enumerate(
        (("received", "received"), ("on_post", "on_post"), ("done", "done")), 1
    ):
        assert say(w.keeper, orange, kind, minute=minute).item.state == state
    assert item_of(w.keeper, orange).item.closed_at == NOON + 3 * MINUTE


def test_the_person_is_the_author_of_the_step(w: Watch, orange: CallOut) -> None:
    say(w.keeper, orange, "received", via="voice")
    made = Step.objects.get(item=item_of(w.keeper, orange).item, move="receive")
    assert (made.by, made.needs["answer"]) == (w.keeper.by, "received")


def test_answers_may_come_in_any_order_and_after_the_end(w: Watch, orange: CallOut) -> None:
    assert say(w.keeper, orange, "done", minute=3).item.state == "done"
    assert item_of(w.keeper, orange).received_at == NOON + 3 * MINUTE
    say(w.clerk, orange, "received")
    late = say(w.clerk, orange, "on_post", minute=5)
    assert (late.item.state, late.answer, late.on_post_at) == ("answered", "on_post", NOON + 5 * MINUTE)
    assert CallOutAnswer.objects.filter(item=late).count() == 2


def test_a_call_for_help_is_seen_and_counts_as_received(w: Watch, orange: CallOut) -> None:
    row = say(w.keeper, orange, "need_help", note="water in the pump room")
    assert (row.item.state, row.help_words) == ("received", "water in the pump room")


def test_the_same_answer_twice_is_one(w: Watch, orange: CallOut) -> None:
    say(w.clerk, orange, "received")
    say(w.clerk, orange, "received", minute=2)
    assert CallOutAnswer.objects.count() == 1


def test_many_answers_take_a_constant_number_of_statements(
    w: Watch, orange: CallOut, django_assert_max_num_queries
) -> None:
    people = (w.clerk, w.deputy_head, w.keeper, w.keepers_deputy, w.principal)
    given = [Given(message_id=message_of(p, orange), kind="received", via="sms") for p in people]
    with django_assert_max_num_queries(30):
        results = answer_all(given, clock=lambda _world: NOON + MINUTE)
    assert not any(isinstance(result, Refused) for result in results)
    assert {item_of(p, orange).answer for p in people} == {"received"}


def test_a_deputys_answer_answers_for_the_silent_one_by_name(w: Watch, orange: CallOut) -> None:
    say(w.keepers_deputy, orange, "on_post")
    sweep(exercise_id=None, at=NOON + 10 * MINUTE)
    told = Message.objects.get(person=w.keepers_deputy, kind="warnings.call_out_passed")
    answer(message_id=told.pk, kind="on_post", via="page", at=NOON + 12 * MINUTE)
    row = item_of(w.keeper, orange)
    assert (row.item.state, row.through, row.answered_by) == ("on_post", "deputy", "keepers_deputy")
    written = CallOutAnswer.objects.get(item=row)
    assert (written.by, written.name) == (w.keepers_deputy.by, "keepers_deputy")
    made = Step.objects.get(item=row.item, move="post")
    assert made.needs["answered_by"] == w.keepers_deputy.by


def test_a_neighbour_is_written_down_with_name_and_time(w: Watch, orange: CallOut) -> None:
    row = item_of(w.keeper, orange)
    said = {"item": row.item, "kind": "received", "through": "neighbour", "at": NOON + 20 * MINUTE}
    with pytest.raises(Refused) as caught:
        answering.record_answer(**said, name=" ", by=w.officer.by)
    assert caught.value.code == "callout.name_needed"
    with pytest.raises(Refused) as caught:
        answering.record_answer(**said, name="Aunt Zhou", by=w.outsider.by)
    assert caught.value.code == "callout.not_yours"
    answering.record_answer(**said, name="Aunt Zhou", by=w.deputy_head.by, happened_at=NOON + 15 * MINUTE)
    row = item_of(w.keeper, orange)
    assert (row.through, row.answered_by, row.received_at) == ("neighbour", "Aunt Zhou", NOON + 15 * MINUTE)
    assert (
        Message.objects.get(pk=message_of(w.keeper, orange)).state == "closed"
    )  # nobody rings them any more


def test_a_leader_is_rung_by_a_person_and_the_call_is_kept(w: Watch) -> None:
    red = call(w, colour="red")
    assert [row.person for row in to_ring(w.officer, at=NOON)] == [w.principal]
    item = item_of(w.principal, red).item
    answering.record_call(item=item, outcome="busy", by=w.officer.by, at=NOON + MINUTE)
    assert item_of(w.principal, red).answer == ""
    answering.record_call(
        item=item,
        outcome="answered",
        spoke="principal",
        words="on my way",
        by=w.second.by,
        at=NOON + 2 * MINUTE,
    )
    assert item_of(w.principal, red).item.state == "answered"
    assert [c.outcome for c in CallMade.objects.order_by("recorded_at")] == ["busy", "answered"]
    assert to_ring(w.officer, at=NOON) == []


def test_a_button_on_the_page_answers_and_stops_the_ringing(w: Watch, orange: CallOut) -> None:
    row = item_of(w.keeper, orange)
    step = answering.by_move(item=row.item, name="post", by=w.keeper.by, at=NOON + MINUTE)
    assert (step.move, item_of(w.keeper, orange).item.state) == ("post", "on_post")
    assert Message.objects.get(pk=message_of(w.keeper, orange)).state == "closed"


def test_the_board_counts_persons_by_street_and_duty(w: Watch, orange: CallOut) -> None:
    say(w.clerk, orange, "received", minute=1)
    say(w.deputy_head, orange, "on_post", minute=3)
    sweep(exercise_id=None, at=NOON + 10 * MINUTE)
    seen = board(call_out=orange, at=NOON + 10 * MINUTE)
    assert (seen.total.called, seen.total.received, seen.total.on_post, seen.total.complete) == (5, 2, 1, 2)
    assert (seen.total.received_percent, seen.total.silent) == (40.0, 3)
    assert [(s.label, s.called) for s in seen.streets] == [("临港街道", 5)]
    kinds = {s.code: s.called for s in seen.kinds}
    assert kinds == {
        "street_principal": 1, "street_deputy": 1, "flood_clerk": 1, "slope_keeper": 1, "waterlogging_keeper": 2,
    }  # fmt: skip
    assert (seen.median_answer_seconds, seen.in_time) == (120.0, 2)
    keeper = next(c for c in seen.cells if c.person_id == w.keeper.pk)
    assert (keeper.shown, keeper.delivery, keeper.kinds[0]) == (
        "calling",
        "queued",
        "slope_keeper",
    ) or keeper.kinds
    sweep(exercise_id=None, at=NOON + 15 * MINUTE)
    keeper = next(c for c in board(call_out=orange, at=NOON).cells if c.person_id == w.keeper.pk)
    assert keeper.shown == "passed_on"
    assert [(p.duty, p.name) for p in keeper.passed_to][-1] == ("grid_worker", "grid_worker")


def test_the_board_takes_the_same_statements_for_any_number(
    w: Watch, orange: CallOut, django_assert_num_queries
) -> None:
    with django_assert_num_queries(8):
        board(call_out=orange, at=NOON)


def test_an_outsider_does_not_see_it(w: Watch, orange: CallOut) -> None:
    assert call_out_for(w.deputy_head, orange.pk, at=NOON).pk == orange.pk
    with pytest.raises(Refused) as caught:
        call_out_for(w.outsider, orange.pk, at=NOON)
    assert caught.value.code == "callout.not_found"
    assert board(call_out=orange, at=NOON, person=w.outsider).cells == []


def test_joined_people_are_counted_on_the_first_board(w: Watch, orange: CallOut) -> None:
    item = propose(w)
    deciding.approve_and_release(item=item, by=w.chief.by, at=NOON + MINUTE)
    assert board(call_out=orange, at=NOON).joined == 0
    assert item.warnings_proposal.joins.count() == 5
