"""What the tests of the ledger share: codes, a moment, writing, tampering as the owner would."""

import re
from datetime import UTC, datetime
from typing import Any

from django.db import connections

from anlan.kernel.ledger import registry
from anlan.kernel.ledger.actions import Row, record, record_all
from anlan.kernel.ledger.models import Entry

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
OFFICER = "person:0197a000-0000-7000-8000-000000000001"
SUBJECT = ("snow.stretch", "17")
BOTH = ["default", "owner"]
KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}")  # of a row, or a digest

# No app registers snow: these tests are the app, and they come after start-up.
_was_closed, registry._closed = registry._closed, False
registry.register_codes({"snow.seen": "Snow of {depth_cm} cm seen on {road}", "snow.cleared": "Cleared"})
registry._closed = _was_closed


def write(**changes: Any) -> Entry:
    """One entry; what the test does not name is ordinary."""
    ordinary: dict[str, Any] = {
        "code": "snow.seen", "subject": SUBJECT, "facts": {"depth_cm": 12}, "by": OFFICER, "at": NOON,
    }  # fmt: skip
    return record(**{**ordinary, **changes})


def write_many(count: int, **changes: Any) -> list[Entry]:
    rows = [Row(subject=("snow.stretch", str(number)), facts={"depth_cm": number}) for number in range(count)]
    return record_all(rows, **{"code": "snow.seen", "by": OFFICER, "at": NOON, **changes})


def without_keys(text: str) -> str:
    """A text without keys and digests: four digits that are looked for stand in one of these now and then by chance."""
    return KEY.sub("", text)


def as_owner(statement: str, parameters: list[Any] | None = None) -> int:
    """What somebody with the owner's password could do; returns the rows touched."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount
