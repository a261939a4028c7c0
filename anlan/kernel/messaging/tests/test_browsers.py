"""A browser's permission: given on a device, moved with it, taken back by its owner alone."""

from datetime import timedelta

import pytest

from anlan.kernel.messaging.actions import end_push, subscribe_push
from anlan.kernel.messaging.browsers import browsers_of
from anlan.kernel.messaging.models import WebPushSubscription
from anlan.kernel.messaging.tests.conftest import NOON

ENDPOINT = "https://push.example:8443/send/1"


@pytest.fixture
def allow():
    def one(person, endpoint=ENDPOINT, at=NOON):
        return subscribe_push(person_id=person.pk, endpoint=endpoint, p256dh="p", auth="a", at=at)

    return one


def test_a_person_sees_each_device_by_its_push_service_the_newest_first(lin, allow):
    allow(lin)
    allow(lin, "https://other.example/2", NOON + timedelta(days=1))
    seen = browsers_of(lin.pk)
    assert [(each.service, each.since) for each in seen] == [
        ("other.example", NOON + timedelta(days=1)),
        ("push.example:8443", NOON),
    ]


def test_taken_back_on_the_device_it_holds_no_longer_and_can_be_allowed_again(lin, allow):
    allow(lin)
    assert end_push(person_id=lin.pk, endpoint=ENDPOINT, at=NOON)
    assert not end_push(person_id=lin.pk, endpoint=ENDPOINT, at=NOON)
    assert browsers_of(lin.pk) == []
    allow(lin)
    assert len(browsers_of(lin.pk)) == 1


def test_nobody_takes_back_what_another_person_allowed(lin, mute, allow):
    row = allow(lin)
    assert not end_push(person_id=mute.pk, pk=row.pk, at=NOON)
    assert not end_push(person_id=mute.pk, endpoint=ENDPOINT, at=NOON)
    assert len(browsers_of(lin.pk)) == 1


def test_a_telephone_that_changes_hands_shows_only_the_new_owners_messages(lin, mute, allow):
    allow(lin)
    allow(mute)
    assert browsers_of(lin.pk) == []
    assert WebPushSubscription.objects.get().person == mute
