"""The answer link works on the oldest telephone: no script, under 20 kB, and only the button answers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from anlan.kernel.core import clock
from anlan.kernel.messaging.actions import MessageKind, register_kind, send
from anlan.kernel.messaging.gateway import gateway
from anlan.kernel.messaging.models import Answer
from anlan.kernel.messaging.tokens import token_for
from anlan.surfaces.web import vite
from tests import people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def message():
    district = people.district()
    register_kind(MessageKind("test.web_call", "Call", answers=("received", "on_post", "done")))
    now = clock.real_now()
    yield send(
        kind="test.web_call", to=district.owner.pk, title="暴雨橙色预警叫应", text="请立即到岗", urgency=2,
        expires=now + timedelta(hours=2), answers=("received", "on_post", "done"), subject=("test.thing", "1"),
        by="service:test", at=now,
    )  # fmt: skip
    gateway.stop()


def address(message):
    return reverse("web:answer", args=[token_for(message.pk)])


def test_the_page_needs_no_script_and_little_data(message):
    page = Client().get(address(message))
    style = (vite.BUILD / vite.chunk("answer")["file"]).read_bytes()
    assert page.status_code == 200
    assert b"<script" not in page.content
    assert len(page.content) + len(style) < 20_000


def test_opening_says_seen_and_answers_nothing(message):
    Client().get(address(message))
    message.refresh_from_db()
    assert message.seen_at is not None
    assert not Answer.objects.exists()


def test_the_button_answers_and_the_next_one_grows(message):
    client = Client()
    page = client.post(address(message), {"kind": "received"}, follow=True).content.decode()
    assert Answer.objects.get().kind == "received"
    assert "收到" in page
    assert page.index('value="on_post"') < page.index('value="done"')
    assert 'value="received"' not in page


def test_help_can_be_asked_for_with_words(message):
    Client().post(address(message), {"kind": "need_help", "note": "水已进屋"})
    assert Answer.objects.get().note == "水已进屋"


def test_a_wrong_link_says_whom_to_ring(db):
    page = Client().get(reverse("web:answer", args=["not-a-token"]))
    assert page.status_code == 410
    assert "值班室" in page.content.decode()
