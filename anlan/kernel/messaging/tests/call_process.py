"""In a house of its own: `call N` calls N people and prints their tokens, `kept` what stands in the database."""

import json
import sys
from datetime import timedelta

import django

django.setup()

from anlan.kernel.core import clock  # noqa: E402
from anlan.kernel.ledger.models import Entry  # noqa: E402
from anlan.kernel.messaging.actions import Row, register_kind, send_all  # noqa: E402
from anlan.kernel.messaging.models import Answer  # noqa: E402
from anlan.kernel.messaging.spec import MessageKind  # noqa: E402
from anlan.kernel.messaging.tokens import token_for  # noqa: E402
from anlan.kernel.orgs.models import Organisation, Person  # noqa: E402
from anlan.kernel.places.models import Region  # noqa: E402


def call(number: int) -> list[str]:
    """Tokens of so many people's messages."""
    register_kind(MessageKind("test.callout", "Call-out"))
    region = Region.objects.create(code="440399001000", name="临港街道", level="street", prefix="440399001")
    office = Organisation.objects.create(name="临港街道办", kind="street", region=region)
    at = clock.real_now()
    people = Person.objects.bulk_create(
        Person(name=f"责任人{each}", organisation=office) for each in range(number)
    )
    sent = send_all(
        [
            Row(
                kind="test.callout", to=person.pk, text="请立即到岗。", urgency=0, expires=at + timedelta(hours=2),
                subject=("test.callout", person.pk), by="service:test", at=at,
            )
            for person in people
        ]
    )  # fmt: skip
    return [token_for(message.pk) for message in sent]


def kept() -> dict[str, object]:
    """Ids of the answers, and how many the ledger tells of."""
    ids = [str(pk) for pk in Answer.objects.values_list("pk", flat=True)]
    return {"ids": ids, "entries": Entry.objects.filter(code="messaging.answered").count()}


if __name__ == "__main__":
    print(json.dumps(call(int(sys.argv[2])) if sys.argv[1] == "call" else kept()))  # noqa: T201
