"""Sending writes rows and nothing else; superseding, closing and expiring end them."""

import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.models import Entry
from anlan.kernel.messaging import queries, rules
from anlan.kernel.messaging.actions import Row, announce, close, expire, send_all
from anlan.kernel.messaging.models import Delivery, Message
from anlan.kernel.messaging.tests.conftest import NOON, OFFICER, SUBJECT
from anlan.kernel.orgs.models import Person


def channels_of(message):
    return {each.shown_channel: each for each in message.deliveries.all()}


class TestSend:
    @pytest.mark.feature("M409")
    def test_it_queues_a_delivery_for_each_channel_of_the_ladder(self, call, lin):
        deliveries = channels_of(call(lin))
        assert set(deliveries) == {"in_app", "web_push", "sms", "voice"}
        assert {each.state for each in deliveries.values()} == {"queued"}
        assert deliveries["voice"].next_at == NOON + timedelta(minutes=1)

    def test_it_asks_for_the_answers_of_its_kind_unless_told(self, call, lin):
        assert call(lin).answers == ["received", "on_post", "done"]
        assert call(lin, answers=("received",)).answers == ["received"]

    def test_a_leader_is_put_on_the_officers_list_and_no_machine_rings(self, call, lin):
        message = call(lin, ladder="by_hand")
        assert set(channels_of(message)) == {"in_app", "by_hand"}
        (to_ring,) = queries.to_ring(exercise_id=None, at=NOON)
        assert to_ring.message.person == lin

    def test_an_undeclared_kind_is_refused(self, call, lin):
        with pytest.raises(Refused):
            call(lin, kind="nobody.declared")

    def test_it_is_one_entry_in_the_ledger(self, call, lin):
        message = call(lin)
        entry = Entry.objects.get(code="messaging.sent")
        assert (entry.subject_type, entry.subject_id) == SUBJECT
        assert entry.act == message.act
        assert entry.facts["messages"] == 1

    def test_the_time_of_the_entry_is_the_worlds(self, call, lin, drill):
        call(lin, exercise_id=drill.pk)
        entry = Entry.objects.get(code="messaging.sent")
        assert (entry.at, entry.exercise_id) == (NOON, drill.pk)


class TestExercises:
    def test_a_drill_says_so_and_stays_inside(self, call, lin, drill):
        message = call(lin, exercise_id=drill.pk, title="叫应")
        assert message.text.startswith("【演练】")
        assert message.title == "【演练】叫应"
        assert {each.channel for each in message.deliveries.all()} == {"in_app", "drill"}
        assert set(channels_of(message)) == {"in_app", "web_push", "sms", "voice"}

    def test_the_database_refuses_a_drill_on_a_live_channel(self, call, lin, drill):
        delivery = call(lin, exercise_id=drill.pk).deliveries.get(stands_for="sms")
        with pytest.raises(IntegrityError, match="delivery_exercise_stays_inside"), transaction.atomic():
            Delivery.objects.filter(pk=delivery.pk).update(channel="sms")

    def test_the_database_refuses_to_pass_a_drills_delivery_off_as_live(self, call, lin, drill):
        delivery = call(lin, exercise_id=drill.pk).deliveries.get(stands_for="sms")
        with pytest.raises(IntegrityError, match="delivery_in_its_messages_world"), transaction.atomic():
            Delivery.objects.filter(pk=delivery.pk).update(channel="sms", live=True, exercise=None)
            connection.check_constraints()

    def test_an_announcement_of_a_drill_stays_inside(self, heard, drill):
        row = announce(
            target="flood",
            text="请注意",
            expires=NOON + timedelta(hours=1),
            subject=SUBJECT,
            by=OFFICER,
            at=NOON,
            exercise_id=drill.pk,
        )
        assert (row.channel, row.text) == ("drill", "【演练】请注意")


class TestEnds:
    def test_a_newer_message_takes_the_place_of_the_old_one_and_stops_it(self, call, lin):
        old = call(lin)
        new = call(lin, supersedes=old.pk)
        old.refresh_from_db()
        assert old.state == rules.REPLACED
        assert {each.state for each in old.deliveries.all()} == {"cancelled"}
        assert {each.state for each in new.deliveries.all()} == {"queued"}

    def test_closing_stops_what_still_waits_and_is_counted_once(self, call, lin):
        message = call(lin)
        assert close([message.pk], by=OFFICER, at=NOON, why="deputy answered") == 1
        assert close([message.pk], by=OFFICER, at=NOON, why="deputy answered") == 0
        assert {each.state for each in message.deliveries.all()} == {"cancelled"}
        assert Entry.objects.get(code="messaging.closed").facts["why"] == "deputy answered"

    def test_it_ends_when_its_time_is_over_and_not_before(self, call, lin):
        message = call(lin)
        assert expire(exercise_id=None, at=message.expires_at - timedelta(seconds=1)) == 0
        assert expire(exercise_id=None, at=message.expires_at) == 1
        message.refresh_from_db()
        assert message.state == rules.OVER
        assert Entry.objects.filter(code="messaging.expired").count() == 1

    def test_the_clock_of_an_exercise_ends_nothing_in_the_real_world(self, call, lin, drill):
        call(lin)
        assert expire(exercise_id=drill.pk, at=NOON + timedelta(days=1)) == 0


class TestManyAtOnce:
    def test_a_whole_district_is_queued_in_under_a_second(self, heard, street):
        people = Person.objects.bulk_create(
            Person(name=f"责任人{number}", organisation=street, phone=f"199{number:08}")
            for number in range(3183)
        )
        rows = [
            Row(
                kind="test.callout",
                to=person.pk,
                text="暴雨红色预警，请立即到岗。",
                urgency=3,
                expires=NOON + timedelta(hours=1),
                subject=("loop.workitem", str(number)),
                by=OFFICER,
                at=NOON,
            )
            for number, person in enumerate(people)
        ]
        started = time.perf_counter()
        messages = send_all(rows)
        taken = time.perf_counter() - started
        assert [message.person_id for message in messages] == [person.pk for person in people]
        assert Message.objects.count() == 3183
        assert Delivery.objects.count() == 4 * 3183
        assert Entry.objects.get(code="messaging.sent").facts["messages"] == 3183
        # A second is the promise on a quiet machine; three say that nobody turned it into single inserts.
        assert taken < 3, f"{taken:.2f} s"

    def test_one_bad_row_sends_nothing(self, heard, lin):
        good = Row(
            kind="test.callout",
            to=lin.pk,
            text="请到岗",
            urgency=3,
            expires=NOON + timedelta(hours=1),
            subject=SUBJECT,
            by=OFFICER,
            at=NOON,
        )
        bad = Row(
            kind="nobody.declared",
            to=lin.pk,
            text="请到岗",
            urgency=3,
            expires=NOON + timedelta(hours=1),
            subject=SUBJECT,
            by=OFFICER,
            at=NOON,
        )
        with pytest.raises(Refused):
            send_all([good, bad])
        assert not Message.objects.exists()
