"""Answers: taken once, stop the calling, run their handler in the same transaction."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.models import Entry
from anlan.kernel.messaging import rules
from anlan.kernel.messaging.actions import Given, answer, answer_all, close, seen
from anlan.kernel.messaging.models import Answer, Attempt
from anlan.kernel.messaging.registry import registered
from anlan.kernel.messaging.spec import MessageKind
from anlan.kernel.messaging.tests.conftest import NOON, OFFICER, SUBJECT
from anlan.kernel.messaging.tokens import token_for

SOON = NOON + timedelta(minutes=2)


def give(message, kind="received", at=SOON, **other):
    return answer(message_id=message.pk, kind=kind, via="page", at=at, **other)


class TestAnswer:
    def test_received_stops_every_channel_that_still_waits(self, call, lin):
        message = call(lin)
        give(message)
        message.refresh_from_db()
        assert (message.state, message.answer_kind, message.answered_at) == ("received", "received", SOON)
        assert {each.state for each in message.deliveries.all()} == {"cancelled"}

    def test_the_handler_is_told_once_however_often_it_is_given(self, call, lin, heard):
        message = call(lin)
        first, again = give(message), give(message, at=SOON + timedelta(minutes=1))
        assert first.pk == again.pk
        assert again.at == SOON
        assert heard.answers == [(message.pk, "received")]

    def test_the_same_answer_twice_in_one_batch_is_one(self, call, lin, heard):
        message = call(lin)
        given = Given(message_id=message.pk, kind="received", via="api")
        first, second = answer_all([given, given], clock=lambda world: SOON)
        assert first.pk == second.pk
        assert len(heard.answers) == 1

    def test_it_is_by_the_person_and_stands_in_the_ledger(self, call, lin):
        given = give(call(lin), position=(114.31, 22.59), note="在泵站")
        assert given.by == f"person:{lin.pk}"
        assert (given.lon, given.lat) == (114.31, 22.59)
        entry = Entry.objects.get(code="messaging.answered")
        assert (entry.subject_type, entry.subject_id) == SUBJECT
        assert entry.facts["answer"] == "received"

    def test_work_done_before_anybody_said_received_is_taken_as_it_is(self, call, lin):
        message = call(lin)
        give(message, "done")
        message.refresh_from_db()
        assert message.state == rules.CLOSED

    def test_on_post_may_follow_received_and_not_take_it_back(self, call, lin):
        message = call(lin)
        give(message, "on_post")
        give(message, "received")
        message.refresh_from_db()
        assert (message.answer_kind, message.given.count()) == ("on_post", 2)

    def test_two_calls_for_help_with_other_words_are_two(self, call, lin, heard):
        message = call(lin)
        for note in ("水到膝盖", "水到膝盖", "车被困"):
            give(message, "need_help", note=note)
        assert len(heard.answers) == 2

    def test_help_can_be_called_for_after_the_message_was_closed(self, call, lin):
        message = call(lin)
        close([message.pk], by=OFFICER, at=SOON, why="deputy answered")
        assert give(message, "need_help").kind == "need_help"

    def test_too_late_is_refused(self, call, lin):
        with pytest.raises(Refused) as refusal:
            give(call(lin), at=NOON + timedelta(hours=2))
        assert refusal.value.code == rules.EXPIRED

    def test_the_old_one_of_two_messages_is_refused(self, call, lin):
        old = call(lin)
        call(lin, supersedes=old.pk)
        with pytest.raises(Refused) as refusal:
            give(old)
        assert refusal.value.code == rules.SUPERSEDED

    def test_a_message_that_is_not_there_is_refused(self, heard, db):
        with pytest.raises(Refused) as refusal:
            answer(message_id=uuid4(), kind="received", via="page", at=SOON)
        assert refusal.value.code == rules.NO_MESSAGE

    def test_one_refusal_in_a_batch_does_not_touch_the_others(self, call, lin):
        message = call(lin)
        rows = [
            Given(message_id=uuid4(), kind="received", via="api"),
            Given(message_id=message.pk, kind="received", via="api"),
        ]
        refused, taken = answer_all(rows, clock=lambda world: SOON)
        assert isinstance(refused, Refused)
        assert taken.message_id == message.pk

    def test_a_handler_that_fails_leaves_no_half_an_answer(self, call, lin, heard):
        message = call(lin)
        heard.fails = True
        with pytest.raises(RuntimeError):
            give(message)
        message.refresh_from_db()
        assert message.state == "open"
        assert not Answer.objects.exists()

    def test_a_kind_may_take_its_answers_in_bulk(self, call, lin):
        told = []
        kind = MessageKind(
            "test.bulk", "Bulk", handler_many=lambda pairs: told.append([a.kind for _, a in pairs])
        )
        with registered(kind):
            rows = [
                Given(message_id=call(lin, kind="test.bulk").pk, kind="received", via="api") for _ in range(3)
            ]
            answer_all(rows, clock=lambda world: SOON)
        assert told == [["received"] * 3]

    def test_the_time_is_that_of_the_messages_world(self, call, lin, drill):
        real, played = call(lin), call(lin, exercise_id=drill.pk)
        rows = [Given(message_id=each.pk, kind="received", via="api") for each in (real, played)]
        times = {None: SOON, drill.pk: NOON + timedelta(minutes=30)}
        assert [each.at for each in answer_all(rows, clock=times.__getitem__)] == list(times.values())


class TestLink:
    def test_opening_it_says_seen_and_nothing_more(self, call, lin, heard):
        message = call(lin)
        for at in (SOON, SOON + timedelta(minutes=1)):
            seen(token=token_for(message.pk), clock=lambda world, at=at: at)
        message.refresh_from_db()
        assert (message.state, message.seen_at) == ("open", SOON)
        assert {each.state for each in message.deliveries.all()} == {"queued"}
        assert heard.answers == []
        assert Entry.objects.filter(code="messaging.seen").count() == 1

    def test_its_button_answers(self, call, lin):
        message = call(lin)
        assert (
            answer(token=token_for(message.pk), kind="received", via="page", at=SOON).message_id == message.pk
        )

    @pytest.mark.parametrize(
        "spoil", [lambda t: t[:-2] + "xx", lambda t: t[:10], lambda t: "", lambda t: "汉" + t]
    )
    def test_a_token_that_was_changed_opens_nothing(self, call, lin, spoil):
        token = spoil(token_for(call(lin).pk))
        with pytest.raises(Refused):
            seen(token=token, clock=lambda world: SOON)

    def test_the_token_of_one_message_is_not_the_token_of_another(self, call, lin):
        assert token_for(call(lin).pk) != token_for(call(lin).pk)


class TestWrittenOnce:
    def test_an_answer_cannot_be_changed(self, call, lin):
        given = give(call(lin))
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            Answer.objects.filter(pk=given.pk).update(kind="done")

    def test_a_try_cannot_be_deleted(self, call, lin):
        delivery = call(lin).deliveries.first()
        Attempt.objects.create(delivery=delivery, at=NOON, outcome="accepted", by="service:worker")
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            Attempt.objects.all().delete()
