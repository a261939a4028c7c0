"""The worker: leases, tries, writes down; recovers from gateways and workers that die."""

import threading
from datetime import timedelta

import pytest

from anlan.kernel.messaging import rules, worker
from anlan.kernel.messaging.actions import announce, answer
from anlan.kernel.messaging.channels.base import Outcome
from anlan.kernel.messaging.channels.in_app.client import InAppChannel
from anlan.kernel.messaging.channels.setup import Channels, open_channels
from anlan.kernel.messaging.channels.sms_http.client import SmsChannel
from anlan.kernel.messaging.channels.webhook.client import WebhookChannel
from anlan.kernel.messaging.models import Attempt, Delivery
from anlan.kernel.messaging.tests.conftest import NIGHT, NOON, OFFICER, SUBJECT
from anlan.kernel.messaging.tests.doubles import Double, SmsGateway

MINUTE = timedelta(minutes=1)


class Recorder:
    """A channel that keeps what it was given and says what it is told to say."""

    batch = 10

    def __init__(self, *verdicts):
        self.parcels = []
        self.verdicts = list(verdicts)

    def address_of(self, person):
        return person.phone

    def send(self, parcels):
        self.parcels += parcels
        return [Outcome(self.verdicts.pop(0) if self.verdicts else rules.ACCEPTED) for _ in parcels]


def run(at, exercise_id=None, **channels):
    return worker.run_once(channels=Channels(channels), exercise_id=exercise_id, at=at)


def delivery(message, shown):
    return next(each for each in message.deliveries.all() if each.shown_channel == shown)


class TestPass:
    def test_it_tries_what_is_due_and_nothing_before(self, call, lin):
        call(lin)
        voice = Recorder()
        run(NOON, voice=voice)
        assert voice.parcels == []
        run(NOON + MINUTE, voice=voice)
        (parcel,) = voice.parcels
        assert (parcel.to, parcel.text) == ("19900000001", "暴雨红色预警，请立即到岗。")
        assert "/a/" in parcel.link

    def test_each_round_has_a_key_of_its_own(self, call, lin):
        call(lin)
        voice = Recorder()
        for minutes in range(12):
            run(NOON + minutes * MINUTE, voice=voice)
        assert len({parcel.key for parcel in voice.parcels}) == len(voice.parcels) == 3

    def test_a_try_that_failed_is_repeated_under_the_same_key_later_and_later(self, call, lin):
        message = call(lin)
        sms = Recorder(*[rules.TRY_AGAIN] * 3)
        at, pauses = NOON, []
        for _ in range(4):
            run(at, sms=sms)
            row = delivery(message, "sms")
            if row.next_at is not None:
                pauses.append((row.next_at - at).total_seconds())
                at = row.next_at
        assert pauses == [1, 2, 4]
        assert len({parcel.key for parcel in sms.parcels}) == 1
        assert row.state == "sent"

    def test_every_try_is_a_row_with_the_number_it_went_to(self, call, lin):
        call(lin)
        run(NOON, sms=Recorder(rules.TRY_AGAIN))
        run(NOON + MINUTE, sms=Recorder())
        tries = Attempt.objects.filter(delivery__channel="sms").order_by("at")
        assert [(each.outcome, each.address) for each in tries] == [
            ("failed", "19900000001"),
            ("accepted", "19900000001"),
        ]

    def test_an_answer_ends_all_further_tries(self, call, lin):
        message = call(lin)
        voice = Recorder()
        run(NOON + MINUTE, voice=voice)
        answer(message_id=message.pk, kind="received", via="page", at=NOON + 2 * MINUTE)
        run(NOON + 10 * MINUTE, voice=voice)
        assert len(voice.parcels) == 1

    def test_an_answer_that_arrives_during_a_call_ends_the_ringing_too(self, call, lin):
        message = call(lin)

        class Answering(Recorder):
            def send(self, parcels):
                answer(message_id=message.pk, kind="received", via="page", at=NOON + MINUTE)
                return super().send(parcels)

        run(NOON + MINUTE, voice=Answering())
        assert delivery(message, "voice").state == "cancelled"

    def test_nothing_goes_out_after_the_message_ended(self, call, lin):
        call(lin)
        sms = Recorder()
        run(NOON + timedelta(hours=1), sms=sms)
        assert sms.parcels == []

    def test_a_queue_that_ran_late_into_the_night_does_not_ring_orange(self, call, lin):
        evening = NIGHT - timedelta(hours=4, minutes=3)  # 21:57 in Shanghai
        message = call(lin, urgency=2, at=evening, expires=evening + timedelta(hours=12))
        voice = Recorder()
        run(evening + 5 * MINUTE, voice=voice)
        assert voice.parcels == []
        assert delivery(message, "voice").next_at == NIGHT + timedelta(hours=5)  # 07:00

    def test_somebody_without_a_number_is_unreachable_and_named_so(self, call, mute):
        message = call(mute)
        run(NOON, sms=Recorder())
        assert (delivery(message, "sms").state, delivery(message, "sms").reason) == (
            "unreachable",
            "no_address",
        )

    def test_a_channel_that_nobody_set_up_leaves_its_reason(self, call, lin):
        message = call(lin)
        run(NOON)
        assert delivery(message, "sms").reason == "absent"
        assert "channels.toml" in Attempt.objects.filter(delivery__channel="sms").get().detail

    def test_a_number_corrected_in_the_night_is_the_one_that_is_rung_next(self, call, lin):
        call(lin)
        voice = Recorder()
        run(NOON + MINUTE, voice=voice)
        lin.phone = "19900000077"
        lin.save()
        run(NOON + 5 * MINUTE, voice=voice)
        assert [parcel.to for parcel in voice.parcels] == ["19900000001", "19900000077"]

    def test_the_most_urgent_go_first(self, call, lin):
        for urgency in (1, 3, 2):
            call(lin, urgency=urgency, text=f"urgency {urgency}")
        sms = Recorder()
        run(NOON, sms=sms)
        assert [parcel.text for parcel in sms.parcels] == ["urgency 3", "urgency 2", "urgency 1"]


class TestWorlds:
    def test_an_exercise_reaches_the_simulator_and_no_gateway(self, call, lin, drill):
        call(lin, exercise_id=drill.pk)
        sms, voice, simulator = Recorder(), Recorder(), Recorder()
        for minutes in range(12):
            at = NOON + minutes * MINUTE
            run(at, exercise_id=drill.pk, sms=sms, voice=voice, drill=simulator, in_app=InAppChannel({}))
        assert sms.parcels == voice.parcels == []
        assert len(simulator.parcels) == 5  # push, text, three rings
        assert all(parcel.text.startswith("【演练】") for parcel in simulator.parcels)

    def test_the_clock_of_an_exercise_sends_nothing_of_the_real_world(self, call, lin, drill):
        call(lin)
        sms = Recorder()
        run(NOON + timedelta(hours=1), exercise_id=drill.pk, sms=sms)
        assert sms.parcels == []

    def test_every_running_exercise_has_its_own_time(self, drill):
        assert dict(worker.worlds())[drill.pk] == NOON
        drill.ended_at = NOON
        drill.save()
        assert drill.pk not in dict(worker.worlds())


class TestLease:
    def test_two_workers_never_hold_the_same_delivery(self, call, lin):
        for _ in range(4):
            call(lin)
        first, _ = worker.lease("sms", exercise_id=None, at=NOON, limit=3)
        second, _ = worker.lease("sms", exercise_id=None, at=NOON, limit=3)
        assert (len(first), len(second)) == (3, 1)
        assert not {each.pk for each in first} & {each.pk for each in second}

    def test_the_lease_of_a_dead_worker_runs_out(self, call, lin):
        call(lin)
        dead, _ = worker.lease("sms", exercise_id=None, at=NOON, limit=9, lease_s=-1)
        heir, _ = worker.lease("sms", exercise_id=None, at=NOON, limit=9)
        assert [each.key for each in heir] == [each.key for each in dead]

    def test_who_lost_the_lease_changes_nothing_and_hides_nothing(self, call, lin):
        message = call(lin)
        late, old = worker.lease("sms", exercise_id=None, at=NOON, limit=9, lease_s=-1)
        worker.lease("sms", exercise_id=None, at=NOON, limit=9)
        worker.finish(worker.try_all(late, Recorder(), at=NOON), token=old, at=NOON)
        assert delivery(message, "sms").state == "leased"
        assert Attempt.objects.count() == 1


class TestAnnouncements:
    def announce(self, **other):
        given = {
            "target": "flood",
            "text": "今晚有暴雨",
            "expires": NOON + timedelta(hours=1),
            "subject": SUBJECT,
            "by": OFFICER,
            "at": NOON,
        }
        return announce(**{**given, **other})

    def test_it_is_posted_to_the_group(self, db):
        with Double(lambda path, headers, body: (200, {"errcode": 0})).running() as robot:
            channels = Channels({}, {"flood": WebhookChannel({"dialect": "wecom", "url": robot.url})})
            row = self.announce()
            assert worker.announce_once(channels=channels, exercise_id=None, at=NOON) == 1
            assert worker.announce_once(channels=channels, exercise_id=None, at=NOON) == 0
        row.refresh_from_db()
        assert row.state == "sent"
        assert len(robot.requests) == 1

    def test_in_an_exercise_no_group_hears_of_it(self, drill):
        robot = Recorder()
        row = self.announce(exercise_id=drill.pk)
        worker.announce_once(
            channels=Channels({"drill": Recorder()}, {"flood": robot}), exercise_id=drill.pk, at=NOON
        )
        row.refresh_from_db()
        assert row.state == "sent"
        assert robot.parcels == []

    def test_a_robot_that_nobody_set_up_is_named(self, db):
        self.announce()
        worker.announce_once(channels=Channels({}), exercise_id=None, at=NOON)
        assert "flood" in Attempt.objects.get().detail


@pytest.mark.feature("M409")
@pytest.mark.django_db(transaction=True)
def test_the_service_sends_on_every_channel_until_it_is_stopped(call, lin):
    now = next(worker.worlds())[1]
    call(lin, at=now, expires=now + timedelta(minutes=5))
    stop = threading.Event()
    with SmsGateway().running() as gateway:
        channels = Channels({"sms": SmsChannel({"url": gateway.url}), "in_app": InAppChannel({})})
        thread = threading.Thread(
            target=worker.serve, args=(stop,), kwargs={"channels": channels, "poll_s": 0.02}
        )
        thread.start()
        for _ in range(200):
            if Delivery.objects.filter(channel="sms", state="sent").exists():
                break
            stop.wait(0.05)
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
    assert Delivery.objects.get(channel="sms").state == "sent"
    assert len(gateway.delivered) == 1


def test_our_own_channels_need_no_setting_up():
    assert isinstance(open_channels({}).channel("in_app"), InAppChannel)
