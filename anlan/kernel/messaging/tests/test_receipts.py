"""What comes back: pressed keys, receipts, replies by SMS, and what the officer did by telephone."""

from datetime import timedelta

import pytest

from anlan.kernel.core.errors import Refused
from anlan.kernel.messaging import queries
from anlan.kernel.messaging.actions import rung_by_hand, sms_receipt, sms_reply, voice_called_back
from anlan.kernel.messaging.channels.setup import Channels
from anlan.kernel.messaging.channels.sms_http.client import SmsChannel
from anlan.kernel.messaging.channels.voice_http.client import VoiceChannel
from anlan.kernel.messaging.models import Attempt, IncomingText
from anlan.kernel.messaging.receipts import bare_number
from anlan.kernel.messaging.tests.conftest import NOON, OFFICER, SUBJECT, person_of
from anlan.kernel.messaging.tests.doubles import SmsGateway, VoiceGateway
from anlan.kernel.messaging.worker import run_once

LATER = NOON + timedelta(minutes=2)


@pytest.fixture
def sent():
    """Run the worker against both gateways at a time of the real world; gives the doubles."""
    with SmsGateway().running() as sms, VoiceGateway().running() as voice:
        channels = Channels({"sms": SmsChannel({"url": sms.url}), "voice": VoiceChannel({"url": voice.url})})

        def at(time):
            run_once(channels=channels, exercise_id=None, at=time)

        at.sms, at.voice = sms, voice
        yield at


def delivery_of(message, channel):
    return message.deliveries.get(channel=channel)


class TestVoiceCallBack:
    def test_a_pressed_key_is_the_answer_and_ends_the_ringing(self, call, lin, sent):
        message = call(lin)
        sent(LATER)
        (key,) = sent.voice.rung
        given = voice_called_back(
            key=key, outcome="pressed", pressed="1", ref="c1", recording="r/1", at=LATER
        )
        assert given.kind == "received"
        assert Attempt.objects.get(outcome="pressed").recording == "r/1"
        sent(LATER + timedelta(minutes=10))
        assert len(sent.voice.rung) == 1
        message.refresh_from_db()
        assert message.state == "received"

    def test_told_twice_it_counts_once(self, call, lin, sent, heard):
        call(lin)
        sent(LATER)
        for _ in range(2):
            voice_called_back(key=sent.voice.rung[0], outcome="pressed", pressed="1", ref="c1", at=LATER)
        assert Attempt.objects.filter(outcome="pressed").count() == 1
        assert len(heard.answers) == 1

    def test_a_key_without_a_meaning_is_no_answer(self, call, lin, sent):
        call(lin)
        sent(LATER)
        assert voice_called_back(key=sent.voice.rung[0], outcome="pressed", pressed="7", at=LATER) is None

    def test_unanswered_it_rings_three_times_and_then_says_so(self, call, lin, sent):
        call(lin)
        for minutes in (1, 4, 7, 10, 13):
            at = NOON + timedelta(minutes=minutes)
            rung = len(sent.voice.rung)
            sent(at)
            for key in sent.voice.rung[rung:]:
                voice_called_back(key=key, outcome="no_answer", at=at + timedelta(seconds=40))
        assert len(sent.voice.rung) == 3
        assert len(set(sent.voice.rung)) == 3
        delivery = delivery_of(queries.about(SUBJECT)[0], "voice")
        assert (delivery.state, delivery.reason) == ("failed", "no_answer")

    def test_a_number_that_does_not_exist_is_not_rung_again(self, call, lin, sent):
        call(lin)
        sent(LATER)
        voice_called_back(key=sent.voice.rung[0], outcome="invalid", at=LATER)
        sent(LATER + timedelta(minutes=10))
        assert len(sent.voice.rung) == 1

    def test_an_answer_after_the_end_is_noted_and_not_asked_for_again(self, call, lin, sent):
        call(lin)
        sent(LATER)
        late = NOON + timedelta(hours=3)
        assert voice_called_back(key=sent.voice.rung[0], outcome="pressed", pressed="1", at=late) is None
        assert Attempt.objects.filter(outcome="pressed").exists()

    @pytest.mark.parametrize("key", ["", "x-1", "019a00000000700080000000000000ff-1", "019a"])
    def test_a_key_that_is_not_ours_is_refused(self, db, key):
        with pytest.raises(Refused):
            voice_called_back(key=key, outcome="pressed", pressed="1", at=LATER)


class TestSmsReceipt:
    def test_it_says_delivered_and_is_no_answer(self, call, lin, sent):
        message = call(lin)
        sent(NOON)
        (key,) = sent.sms.delivered
        sms_receipt(key=key, arrived=True, at=LATER)
        message.refresh_from_db()
        assert (delivery_of(message, "sms").state, message.state) == ("delivered", "open")

    def test_a_lost_text_is_named(self, call, lin, sent):
        message = call(lin)
        sent(NOON)
        sms_receipt(key=next(iter(sent.sms.delivered)), arrived=False, at=LATER, why="关机")
        assert delivery_of(message, "sms").reason == "lost"
        assert Attempt.objects.get(outcome="lost").detail == "关机"


class TestSmsReply:
    def reply(self, text="1", ref="in-1", phone="19900000001"):
        return sms_reply(ref=ref, phone=phone, text=text, at=LATER)

    def test_a_one_answers_the_newest_open_message(self, call, lin, sent):
        call(lin)
        newest = call(lin, at=NOON + timedelta(seconds=30))
        sent(LATER)
        assert self.reply().answer.message_id == newest.pk

    def test_a_second_one_answers_the_message_before(self, call, lin, sent):
        first = call(lin)
        call(lin, at=NOON + timedelta(seconds=30))
        sent(LATER)
        self.reply()
        assert self.reply(ref="in-2").answer.message_id == first.pk

    def test_the_same_text_told_twice_is_one(self, call, lin, sent):
        call(lin)
        call(lin)
        sent(NOON)
        assert self.reply().pk == self.reply().pk
        assert IncomingText.objects.count() == 1

    def test_the_country_code_does_not_hide_the_person(self, call, lin, sent):
        call(lin)
        sent(NOON)
        assert self.reply(phone="+86 199 0000 0001").answer is not None

    def test_words_nobody_can_read_are_kept_for_the_officer(self, call, lin, sent):
        call(lin)
        sent(NOON)
        row = self.reply(text="路断了，怎么走？")
        assert (row.answer, row.person, row.text) == (None, lin, "路断了，怎么走？")

    def test_a_stranger_answers_nothing(self, call, lin, sent):
        call(lin)
        sent(NOON)
        row = self.reply(phone="19900000099")
        assert (row.answer, row.person) == (None, None)

    def test_what_never_went_out_as_a_text_is_not_answered_by_one(self, call, lin):
        call(lin)
        assert self.reply().answer is None

    def test_numbers_are_stripped_of_all_but_themselves(self):
        assert bare_number("+86 199-0000-0001") == "19900000001"
        assert bare_number("0755 1234567") == "07551234567"


class TestRungByHand:
    def test_what_a_leader_said_on_the_telephone_is_the_leaders_answer(self, call, lin):
        message = call(lin, ladder="by_hand")
        given = rung_by_hand(
            message_id=message.pk, outcome="heard", by=OFFICER, at=LATER, number="19900000001", said="马上到"
        )
        assert (given.by, given.via, given.note) == (f"person:{lin.pk}", "telephone", "马上到")
        attempt = Attempt.objects.get()
        assert (attempt.by, attempt.address) == (OFFICER, "19900000001")
        assert not queries.to_ring(exercise_id=None, at=LATER).exists()

    def test_nobody_picked_up_stays_on_the_list(self, call, lin):
        message = call(lin, ladder="by_hand")
        again = LATER + timedelta(minutes=3)
        rung_by_hand(message_id=message.pk, outcome="no_answer", by=OFFICER, at=LATER, again=again)
        assert not queries.to_ring(exercise_id=None, at=LATER).exists()
        assert queries.to_ring(exercise_id=None, at=again).count() == 1

    def test_who_is_not_on_the_list_is_refused(self, call, lin):
        with pytest.raises(Refused):
            rung_by_hand(message_id=call(lin).pk, outcome="heard", by=OFFICER, at=LATER)


class TestUnreached:
    def why(self):
        return {each.name: each.why for each in queries.unreached(SUBJECT)}

    def test_it_names_everybody_who_has_not_answered_and_why(self, call, lin, mute, street, sent):
        leader = person_of(street, "区领导", phone="19900000003")
        quick = person_of(street, "快干事", phone="19900000004")
        call(lin)
        call(mute)
        call(leader, ladder="by_hand")
        answered = call(quick)
        assert self.why() == {
            "林组长": "waiting",
            "莫干事": "waiting",
            "区领导": "to_ring",
            "快干事": "waiting",
        }
        sent(NOON)
        sms_reply(ref="in-1", phone="19900000004", text="1", at=LATER)
        assert answered.pk not in {each.message_id for each in queries.unreached(SUBJECT)}
        sms_receipt(
            key=queries.about(SUBJECT)[0].deliveries.get(channel="sms").pk.hex + "-1", arrived=True, at=LATER
        )
        assert self.why()["林组长"] == "no_reply"
        sent(LATER)
        assert self.why()["莫干事"] == "no_address"
