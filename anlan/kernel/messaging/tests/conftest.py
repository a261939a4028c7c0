"""The standing people of messaging's tests, in a street of the demo district."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from anlan.kernel.core.keys import hmac_index
from anlan.kernel.core.models import Exercise
from anlan.kernel.messaging.actions import send
from anlan.kernel.messaging.models import Message
from anlan.kernel.messaging.registry import registered
from anlan.kernel.messaging.spec import MessageKind
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.places.models import Region

NOON = datetime(2026, 9, 7, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
NIGHT = datetime(2026, 9, 7, 18, 0, tzinfo=UTC)  # 02:00 in Shanghai
SUBJECT = ("loop.workitem", "7")
OFFICER = "person:019a0000-0000-7000-8000-000000000001"


@pytest.fixture
def street(db: None) -> Organisation:
    region = Region.objects.create(code="440399001000", name="临港街道", level="street", prefix="440399001")
    return Organisation.objects.create(name="临港街道办", kind="street", region=region)


def person_of(street: Organisation, name: str, phone: str = "", email: str = "") -> Person:
    index = hmac_index(phone) if phone else ""
    return Person.objects.create(name=name, organisation=street, phone=phone, phone_index=index, email=email)


@pytest.fixture
def lin(street: Organisation) -> Person:
    return person_of(street, "林组长", phone="19900000001", email="lin@street.example")


@pytest.fixture
def mute(street: Organisation) -> Person:
    """Somebody of whom the office has no number."""
    return person_of(street, "莫干事")


@pytest.fixture
def drill(db: None) -> Exercise:
    return Exercise.objects.create(name="夜间演练", real_start=NOON, sim_start=NOON, frozen_at=NOON)


class Heard:
    """What the handler of the kind under test was told."""

    def __init__(self) -> None:
        self.answers: list[tuple[UUID, str]] = []
        self.fails = False

    def __call__(self, message: Message, answer: Any) -> None:
        if self.fails:
            raise RuntimeError("the handler is broken")
        self.answers.append((message.pk, answer.kind))


@pytest.fixture
def heard() -> Iterator[Heard]:
    told = Heard()
    with registered(MessageKind("test.callout", "Call-out", handler=told)):
        yield told


@pytest.fixture
def call(heard: Heard) -> Callable[..., Message]:
    """Call somebody at the highest urgency, for an hour, at noon of the real world, unless told otherwise."""

    def one(to: Person, **other: Any) -> Message:
        at = other.pop("at", NOON)
        given: dict[str, Any] = {
            "kind": "test.callout",
            "to": to.pk,
            "text": "暴雨红色预警，请立即到岗。",
            "urgency": 3,
            "expires": at + timedelta(hours=1),
            "subject": SUBJECT,
            "by": OFFICER,
            "at": at,
        }
        return send(**{**given, **other})

    return one
