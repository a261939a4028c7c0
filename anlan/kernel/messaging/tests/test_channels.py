"""Each channel against a local double of what it talks to."""

import base64
import hashlib
import hmac
import json
import socket
from email import message_from_bytes
from email.policy import default as mail_policy
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import http_ece
import pytest
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.messaging import rules
from anlan.kernel.messaging.channels import signing
from anlan.kernel.messaging.channels.base import Parcel
from anlan.kernel.messaging.channels.setup import open_channels
from anlan.kernel.messaging.channels.sms_http.client import SmsChannel
from anlan.kernel.messaging.channels.smtp.client import MailChannel
from anlan.kernel.messaging.channels.voice_http.client import VoiceChannel
from anlan.kernel.messaging.channels.web_push.client import WebPushChannel, public_key, vapid_key
from anlan.kernel.messaging.channels.webhook.client import WebhookChannel
from anlan.kernel.messaging.models import WebPushSubscription
from anlan.kernel.messaging.tests.doubles import Double, SmsGateway, VoiceGateway


def parcel(key="a-1", to="19900000001", **other):
    return Parcel(key=key, to=to, text="请立即到岗。", answers=("received", "on_post"), **other)


def verdicts(channel, *parcels):
    return [outcome.verdict for outcome in channel.send(parcels)]


class TestSms:
    def test_it_sends_a_batch_in_one_signed_request(self):
        with SmsGateway().running() as gateway:
            channel = SmsChannel({"url": gateway.url, "secret": "s3"})
            assert verdicts(channel, parcel("a-1"), parcel("b-1", to="19900000002")) == [
                "accepted",
                "accepted",
            ]
        ((_, headers, body),) = gateway.requests
        signing.check(
            body,
            stamp=headers[signing.STAMP.title()],
            signature=headers[signing.SIGNATURE.title()],
            secret="s3",
            now=clock.real_now(),
        )

    def test_it_says_how_to_reply_and_holds_no_link(self):
        with SmsGateway().running() as gateway:
            SmsChannel({"url": gateway.url}).send([parcel(link="https://anlan.example/a/x")])
        text = gateway.bodies[0]["messages"][0]["text"]
        assert "1" in text
        assert "2" in text
        assert "3" not in text
        assert "http" not in text

    def test_a_number_that_does_not_exist_is_never_tried_again(self):
        with SmsGateway(refuse="19900000009").running() as gateway:
            channel = SmsChannel({"url": gateway.url})
            (outcome,) = channel.send([parcel(to="19900000009")])
        assert (outcome.verdict, outcome.detail) == (rules.NEVER, "空号")

    def test_a_gateway_out_of_order_is_tried_again(self):
        with SmsGateway().running() as gateway:
            gateway.broken = 1
            channel = SmsChannel({"url": gateway.url})
            assert verdicts(channel, parcel(), parcel("b-1")) == ["failed", "failed"]

    def test_a_gateway_that_is_not_there_is_tried_again(self):
        assert verdicts(SmsChannel({"url": "http://127.0.0.1:9/"}), parcel()) == ["failed"]


class TestVoice:
    def test_it_rings_and_offers_keys_for_what_is_asked(self):
        with VoiceGateway().running() as gateway:
            assert verdicts(VoiceChannel({"url": gateway.url}), parcel()) == ["accepted"]
        assert gateway.bodies[0]["keys"] == {"1": "received", "2": "on_post", "9": "need_help"}
        assert gateway.bodies[0]["call_back"].endswith("/api/messaging/voice/call-back")

    def test_a_call_that_the_gateway_has_already_is_as_good_as_accepted(self):
        with VoiceGateway().running() as gateway:
            channel = VoiceChannel({"url": gateway.url})
            assert verdicts(channel, parcel()) == ["accepted"]
            assert verdicts(channel, parcel()) == ["accepted"]
        assert gateway.rung == ["a-1"]

    @pytest.mark.parametrize(
        ("status", "verdict"), [(422, rules.NEVER), (503, rules.TRY_AGAIN), (429, rules.TRY_AGAIN)]
    )
    def test_it_tells_a_wrong_number_from_a_busy_gateway(self, status, verdict):
        with VoiceGateway(status=status).running() as gateway:
            assert verdicts(VoiceChannel({"url": gateway.url}), parcel()) == [verdict]


class Sink:
    def __init__(self, refuse=""):
        self.mails = []
        self.refuse = refuse

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address == self.refuse:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, policy=mail_policy))
        return "250 OK"


class TestMail:
    @pytest.fixture
    def sink(self):
        sink = Sink(refuse="nobody@street.example")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            sink.port = free.getsockname()[1]
        controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
        controller.start()
        yield sink
        controller.stop()

    def test_it_sends_the_text_with_the_link_under_the_delivery_key(self, sink):
        channel = MailChannel({"host": "127.0.0.1", "port": sink.port, "sender": "duty@anlan.example"})
        sent = parcel(to="lin@street.example", title="红色预警\n叫应", link="https://anlan.example/a/x")
        assert verdicts(channel, sent) == ["accepted"]
        (mail,) = sink.mails
        assert mail["Message-ID"] == "<a-1@anlan.example>"
        assert mail["Subject"] == "红色预警 叫应"
        assert "https://anlan.example/a/x" in mail.get_content()

    def test_one_address_refused_does_not_stop_the_rest(self, sink):
        channel = MailChannel({"host": "127.0.0.1", "port": sink.port, "sender": "duty@anlan.example"})
        sent = [parcel("a-1", to="nobody@street.example"), parcel("b-1", to="lin@street.example")]
        assert verdicts(channel, *sent) == [rules.NEVER, rules.ACCEPTED]

    def test_a_server_that_is_not_there_is_tried_again(self):
        channel = MailChannel({"host": "127.0.0.1", "port": 9, "sender": "duty@anlan.example"})
        assert verdicts(channel, parcel(), parcel("b-1")) == ["failed", "failed"]


def robot_told(answer):
    return Double(lambda path, headers, body: (200, answer))


class TestGroupRobots:
    def test_wecom_gets_the_text_under_the_key_in_its_address(self):
        with robot_told({"errcode": 0}).running() as robot:
            channel = WebhookChannel({"dialect": "wecom", "url": f"{robot.url}/send?key=k"})
            assert verdicts(channel, parcel(title="叫应")) == ["accepted"]
        assert robot.bodies == [{"msgtype": "text", "text": {"content": "叫应\n请立即到岗。"}}]

    def test_dingtalk_checks_its_signature(self):
        with robot_told({"errcode": 0}).running() as robot:
            channel = WebhookChannel(
                {"dialect": "dingtalk", "url": f"{robot.url}/send?access_token=t", "secret": "SEC"}
            )
            assert verdicts(channel, parcel()) == ["accepted"]
        asked = parse_qs(urlsplit(robot.requests[0][0]).query)
        stamp = asked["timestamp"][0]
        expected = hmac.new(b"SEC", f"{stamp}\nSEC".encode(), hashlib.sha256).digest()
        assert asked["sign"][0] == base64.b64encode(expected).decode()
        assert asked["access_token"] == ["t"]

    def test_feishu_checks_its_signature(self):
        with robot_told({"code": 0}).running() as robot:
            channel = WebhookChannel({"dialect": "feishu", "url": robot.url, "secret": "SEC"})
            assert verdicts(channel, parcel()) == ["accepted"]
        (body,) = robot.bodies
        expected = hmac.new(f"{body['timestamp']}\nSEC".encode(), b"", hashlib.sha256).digest()
        assert body["sign"] == base64.b64encode(expected).decode()
        assert body["content"] == {"text": "请立即到岗。"}

    @pytest.mark.parametrize(
        ("dialect", "answer", "verdict"),
        [
            ("wecom", {"errcode": 45009, "errmsg": "too many"}, rules.TRY_AGAIN),
            ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, rules.NEVER),
            ("feishu", {"code": 19021, "msg": "sign match fail"}, rules.NEVER),
            ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, rules.NEVER),
        ],
    )
    def test_a_robot_that_says_no_with_http_200_is_not_believed(self, dialect, answer, verdict):
        with robot_told(answer).running() as robot:
            assert verdicts(WebhookChannel({"dialect": dialect, "url": robot.url}), parcel()) == [verdict]

    def test_no_person_has_an_address_in_a_group(self, lin):
        assert WebhookChannel({"dialect": "wecom", "url": "http://x.example"}).address_of(lin) == ""


class PushService(Double):
    def __init__(self, status=201):
        self.status = status
        super().__init__(lambda path, headers, body: (self.status, {}))


class Browser:
    """A browser's side of Web Push: it can read what was encrypted for it."""

    def __init__(self, person, url):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"0123456789abcdef"
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.row = WebPushSubscription.objects.create(
            person=person,
            endpoint=f"{url}/push/{uuid4()}",
            p256dh=base64.urlsafe_b64encode(point).decode().rstrip("="),
            auth=base64.urlsafe_b64encode(self.auth).decode().rstrip("="),
            created_at=clock.real_now(),
        )

    def read(self, body):
        return json.loads(
            http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        )


def _holds(browser):
    browser.row.refresh_from_db()
    return browser.row.gone_at is None


class TestWebPush:
    def test_the_browser_can_read_it_and_the_service_knows_who_sent_it(self, lin):
        with PushService().running() as service:
            browser = Browser(lin, service.url)
            assert verdicts(WebPushChannel({}), parcel(title="叫应", person_id=lin.pk)) == ["accepted"]
        ((_, headers, body),) = service.requests
        assert browser.read(body)["text"] == "请立即到岗。"
        assert Vapid02.verify(headers["Authorization"])
        assert public_key() in headers["Authorization"]

    def test_who_never_allowed_a_browser_is_not_asked(self, lin):
        assert verdicts(WebPushChannel({}), parcel(person_id=lin.pk)) == [rules.ABSENT]

    @pytest.mark.parametrize("status", [404, 410])
    def test_a_browser_that_is_gone_is_not_tried_again(self, lin, status):
        with PushService(status=status).running() as service:
            browser = Browser(lin, service.url)
            assert verdicts(WebPushChannel({}), parcel(person_id=lin.pk)) == [rules.NEVER]
            assert verdicts(WebPushChannel({}), parcel(person_id=lin.pk)) == [rules.ABSENT]
        browser.row.refresh_from_db()
        assert browser.row.gone_at is not None
        assert len(service.requests) == 1

    def test_of_two_browsers_the_one_that_is_left_is_enough(self, lin):
        with PushService(status=410).running() as dead, PushService().running() as alive:
            gone, left = Browser(lin, dead.url), Browser(lin, alive.url)
            assert verdicts(WebPushChannel({}), parcel(person_id=lin.pk)) == [rules.ACCEPTED]
        assert [each.row.pk for each in (gone, left) if _holds(each)] == [left.row.pk]

    def test_a_push_service_that_is_out_of_order_is_tried_again(self, lin):
        with PushService(status=503).running() as service:
            browser = Browser(lin, service.url)
            assert verdicts(WebPushChannel({}), parcel(person_id=lin.pk)) == [rules.TRY_AGAIN]
        assert _holds(browser)

    def test_the_key_of_this_installation_stays_the_same(self, settings, tmp_path):
        settings.ANLAN_VAR = tmp_path
        vapid_key.cache_clear()
        first = public_key()
        vapid_key.cache_clear()
        assert public_key() == first
        assert (tmp_path / "keys" / "vapid.pem").stat().st_mode & 0o777 == 0o600
        vapid_key.cache_clear()


class TestSetUp:
    def test_a_channel_that_nobody_set_up_says_so(self):
        (outcome,) = open_channels({}).channel("sms").send([parcel()])
        assert outcome.verdict == rules.ABSENT
        assert "channels.toml" in outcome.detail

    def test_a_channel_is_read_from_the_file_with_its_secret_from_the_keys(self, settings, tmp_path):
        settings.ANLAN_VAR = tmp_path
        (tmp_path / "keys").mkdir()
        (tmp_path / "keys" / "sms.secret").write_text("s3\n", encoding="utf-8")
        with SmsGateway().running() as gateway:
            table = f'[sms]\nkind = "sms_http"\nurl = "{gateway.url}"\nsecret_file = "sms.secret"\n'
            table += '[robots.flood]\ndialect = "wecom"\nurl = "http://x.example"\n'
            (tmp_path / "channels.toml").write_text(table, encoding="utf-8")
            channels = open_channels()
            assert verdicts(channels.channel("sms"), parcel()) == ["accepted"]
            assert channels.robots == ["flood"]

    @pytest.mark.parametrize(
        "table", [{"kind": "pigeon"}, {"kind": "sms_http"}, {"kind": "smtp", "host": "x"}]
    )
    def test_a_setting_that_is_wrong_stops_the_start_and_is_named(self, table):
        with pytest.raises(ValueError, match=r"pigeon|url|sender"):
            open_channels({"sms": table})


class TestSignatures:
    def test_a_body_that_was_changed_is_refused(self):
        now = clock.real_now()
        made = SimpleNamespace(
            **{k.replace("-", "_"): v for k, v in signing.sign(b"{}", secret="s", at=now).items()}
        )
        given = {"stamp": made.X_Anlan_Timestamp, "signature": made.X_Anlan_Signature, "now": now}
        signing.check(b"{}", secret="s", **given)
        with pytest.raises(Refused):
            signing.check(b"{ }", secret="s", **given)
        with pytest.raises(Refused):
            signing.check(b"{}", secret="other", **given)

    def test_an_old_call_back_is_refused(self):
        now = clock.real_now()
        headers = signing.sign(b"{}", secret="s", at=now.replace(year=now.year - 1))
        with pytest.raises(Refused) as refusal:
            signing.check(
                b"{}", stamp=headers[signing.STAMP], signature=headers[signing.SIGNATURE], secret="s", now=now
            )
        assert refusal.value.code == signing.STALE

    def test_without_a_secret_nobody_may_call_back(self):
        now = clock.real_now()
        headers = signing.sign(b"{}", secret="", at=now)
        with pytest.raises(Refused):
            signing.check(
                b"{}", stamp=headers[signing.STAMP], signature=headers[signing.SIGNATURE], secret="", now=now
            )
