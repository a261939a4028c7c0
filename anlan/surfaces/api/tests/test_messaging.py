"""The HTTP doors of messaging: answers under a token, signed call-backs, browsers that subscribe."""

import asyncio
import json
from datetime import timedelta

import pytest

from anlan.kernel.core import clock
from anlan.kernel.core.keys import hmac_index
from anlan.kernel.messaging.actions import send
from anlan.kernel.messaging.channels.base import Outcome
from anlan.kernel.messaging.channels.setup import Channels
from anlan.kernel.messaging.channels.signing import sign
from anlan.kernel.messaging.gateway import gateway
from anlan.kernel.messaging.models import IncomingText, Message, WebPushSubscription
from anlan.kernel.messaging.registry import registered
from anlan.kernel.messaging.spec import MessageKind
from anlan.kernel.messaging.tokens import token_for
from anlan.kernel.messaging.worker import run_once
from anlan.kernel.orgs.models import Account, Organisation, Person
from anlan.kernel.places.models import Region
from anlan.surfaces.api.messaging import answer_body

pytestmark = pytest.mark.django_db(transaction=True)


class Taking:
    batch = 100

    def address_of(self, person):
        return person.phone

    def send(self, parcels):
        return [Outcome("accepted", provider_ref=f"ref-{parcel.key}") for parcel in parcels]


@pytest.fixture
def person(transactional_db):
    region = Region.objects.create(code="440399001000", name="临港街道", level="street", prefix="440399001")
    unit = Organisation.objects.create(name="临港街道办", kind="street", region=region)
    account = Account.objects.create_user("lin")
    phone = "19900000001"
    return Person.objects.create(
        name="林组长", organisation=unit, phone=phone, phone_index=hmac_index(phone), account=account
    )


@pytest.fixture
def message(person):
    at = clock.now()
    with registered(MessageKind("test.callout", "Call-out")):
        yield send(
            kind="test.callout",
            to=person.pk,
            text="请立即到岗。",
            urgency=3,
            expires=at + timedelta(hours=1),
            subject=("loop.workitem", "7"),
            by="service:test",
            at=at,
        )
        gateway.stop()


@pytest.fixture
def sent(message):
    """The message has gone out as a text and as a call."""
    run_once(
        channels=Channels({"sms": Taking(), "voice": Taking()}),
        exercise_id=None,
        at=message.created_at + timedelta(minutes=2),
    )
    return message


@pytest.fixture(autouse=True)
def secrets(settings, tmp_path):
    folder = settings.ANLAN_VAR
    table = '[sms]\nkind = "sms_http"\nurl = "http://127.0.0.1:9"\nsecret = "sms-secret"\n'
    table += '[voice]\nkind = "voice_http"\nurl = "http://127.0.0.1:9"\nsecret = "voice-secret"\n'
    file = folder / "channels.toml"
    file.write_text(table, encoding="utf-8")
    yield
    file.unlink()


def post(client, where, body, secret=""):
    raw = json.dumps(body).encode()
    headers = sign(raw, secret=secret, at=clock.real_now()) if secret else {}
    return client.post(f"/api/messaging/{where}", raw, content_type="application/json", headers=headers)


class TestAnswers:
    def test_a_token_answers_its_message(self, client, message):
        told = post(client, "answers", {"token": token_for(message.pk), "lon": 114.3, "lat": 22.6})
        assert (told.status_code, told.json()["kind"]) == (200, "received")
        message.refresh_from_db()
        assert message.state == "received"

    def test_given_again_it_is_the_same_answer(self, client, message):
        first, again = (post(client, "answers", {"token": token_for(message.pk)}).json() for _ in range(2))
        assert first == again

    def test_a_token_that_was_changed_is_not_found(self, client, message):
        told = post(client, "answers", {"token": token_for(message.pk)[:-2] + "aa"})
        assert (told.status_code, told.json()["code"]) == (404, "messaging.bad_token")

    def test_a_message_that_has_ended_is_gone(self, client, message):
        Message.objects.filter(pk=message.pk).update(state="superseded")
        assert post(client, "answers", {"token": token_for(message.pk)}).status_code == 410

    def test_the_event_loop_answers_alike(self, client, message):
        for body in ({"token": token_for(message.pk)}, {"token": "x" * 20}, {"token": "x" * 99}, {}):
            status, told = asyncio.run(answer_body(json.dumps(body).encode()))
            by_page = post(client, "answers", body)
            assert status == by_page.status_code
            if status < 422:
                assert json.loads(told).get("id") == by_page.json().get("id")

    def test_it_cannot_be_answered_by_opening_a_link(self, client, message):
        assert client.get("/api/messaging/answers").status_code == 405


class TestVoice:
    def call_back(self, client, message, secret="voice-secret", **other):
        key = message.deliveries.get(channel="voice").pk.hex + "-1"
        return post(
            client, "voice/call-back", {"key": key, "outcome": "pressed", "pressed": "1", **other}, secret
        )

    def test_a_pressed_key_answers(self, client, sent):
        assert self.call_back(client, sent, recording="rec/1").json() == {"answer": "received"}

    def test_without_the_secret_nobody_may_call_back(self, client, sent):
        assert self.call_back(client, sent, secret="").status_code == 403
        assert self.call_back(client, sent, secret="guess").status_code == 403
        sent.refresh_from_db()
        assert sent.state == "open"

    def test_a_key_that_is_not_ours_is_not_found(self, client, sent):
        assert self.call_back(client, sent, key="x-1").status_code == 404


class TestSms:
    def test_a_receipt_marks_the_text_delivered(self, client, sent):
        delivery = sent.deliveries.get(channel="sms")
        body = {"key": f"{delivery.pk.hex}-1", "arrived": True}
        assert post(client, "sms/receipt", body, "sms-secret").json() == {"answer": ""}
        delivery.refresh_from_db()
        assert delivery.state == "delivered"

    def test_a_one_answers(self, client, sent):
        body = {"ref": "in-1", "phone": "+8619900000001", "text": "1"}
        assert post(client, "sms/reply", body, "sms-secret").json() == {"answer": "received"}

    def test_a_reply_without_the_secret_changes_nothing(self, client, sent):
        body = {"ref": "in-1", "phone": "19900000001", "text": "1"}
        assert post(client, "sms/reply", body, "voice-secret").status_code == 403
        assert not IncomingText.objects.exists()


class TestPush:
    body = {"endpoint": "https://push.example/1", "keys": {"p256dh": "p", "auth": "a"}}

    def test_a_browser_learns_the_key_of_this_installation(self, client, db):
        assert len(client.get("/api/messaging/push/key").json()) == 87

    def test_the_signed_in_persons_browser_is_kept(self, client, person):
        client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
        assert post(client, "push/subscriptions", self.body).status_code == 204
        assert WebPushSubscription.objects.get().person == person

    def test_and_taken_back_by_the_same_person_alone(self, client, person):
        client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
        post(client, "push/subscriptions", self.body)
        assert (
            post(client, "push/subscriptions/end", {"endpoint": "https://push.example/2"}).status_code == 204
        )
        assert WebPushSubscription.objects.get().gone_at is None
        assert post(client, "push/subscriptions/end", {"endpoint": self.body["endpoint"]}).status_code == 204
        assert WebPushSubscription.objects.get().gone_at is not None

    def test_nobody_subscribes_unknown(self, client, db):
        assert post(client, "push/subscriptions", self.body).status_code == 401
