"""Facts of an entry: plain JSON with one spelling only, so that a hash made today can be made again in ten years."""

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from anlan.kernel.core import keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.words import N_

ZERO = reason("ledger.zero_character", N_("{text} holds a zero character and can't be kept. Take it out."))
HALF = reason(
    "ledger.half_character", N_("{text} ends in half a character and can't be kept. Type it again.")
)
NO_NUMBER = reason("ledger.not_a_number", N_("{value} is not a finite number and can't be kept."))

SALT_BYTES = 16
# sort_keys and the separators leave one spelling; ensure_ascii=False keeps Chinese readable in a dump.
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


@dataclass(frozen=True, slots=True)
class Secret:
    """Personal data on its way into an entry: what the entry gets is its salted SM3."""

    text: str = field(repr=False)


def hide(text: str) -> Secret:
    """Mark a fact as personal: `facts={"phone": hide("139…")}`."""
    return Secret(text)


@dataclass(frozen=True, slots=True)
class HiddenFact:
    """The row that stands in `ledger_secret` for one Secret: salt and ciphertext (SM4-GCM)."""

    id: UUID
    salt: bytes
    ciphertext: bytes


def encode(value: Any) -> str:
    """The one spelling of a plain JSON value."""
    return _encode(value)


def plain(value: Any, hidden: list[HiddenFact]) -> Any:
    """Facts as JSON; secrets are replaced by `{"secret": id, "sm3": hex}` and appended to `hidden`.

    Ids become text, aware times ISO in UTC, decimals text. A whole float becomes an integer: `jsonb` gives
    1e22 back as one, and the hash must not depend on the way through the database.
    """
    match value:
        case None | bool() | int():
            return value
        case str():
            return _text(value)
        case float():
            return _number(value)
        case Mapping():
            return {_text(str(key)): plain(each, hidden) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            members = sorted(value, key=str) if isinstance(value, set | frozenset) else value
            return [plain(each, hidden) for each in members]
        case Secret():
            return _hidden(value, hidden)
        case _:
            return _spelled(value)


def secret_ids(facts: Any) -> list[UUID]:
    """The ids of the secrets that facts (as read from an entry) point to."""
    return [UUID(each["secret"]) for each in secret_references(facts)]


def secret_references(facts: Any) -> list[dict[str, str]]:
    """The `{"secret", "sm3"}` references in facts, wherever they stand."""
    match facts:
        case {"secret": _, "sm3": _, **others} if not others:
            return [facts]
        case dict():
            return [found for each in facts.values() for found in secret_references(each)]
        case list():
            return [found for each in facts for found in secret_references(each)]
    return []


def secret_digest(salt: bytes, text: str) -> str:
    """SM3(salt ‖ value) in hex: what the entry keeps of a secret."""
    return keys.sm3(salt + text.encode())


def _text(value: str) -> str:
    if "\x00" in value:
        raise Refused(ZERO, text=ascii(value)[:80])
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Refused(HALF, text=ascii(value)[:80])
    return str(value)


def _number(value: float) -> int | float:
    if not math.isfinite(value):
        raise Refused(NO_NUMBER, value=value)
    return int(value) if value.is_integer() else value


def _hidden(secret: Secret, hidden: list[HiddenFact]) -> dict[str, str]:
    salt = os.urandom(SALT_BYTES)
    row = HiddenFact(id=new_id(), salt=salt, ciphertext=keys.seal_text(secret.text))
    hidden.append(row)
    return {"secret": str(row.id), "sm3": secret_digest(salt, secret.text)}


def _spelled(value: Any) -> str:
    match value:
        case UUID() | Decimal():
            return str(value)
        case datetime():
            return spelled_time(value)
        case date():
            return value.isoformat()
    raise TypeError(
        f"a {type(value).__name__} cannot be a fact; give text, numbers, times, ids, lists or mappings"
    )


def spelled_time(moment: datetime) -> str:
    """An aware time as ISO text in UTC, always with microseconds."""
    if moment.tzinfo is None:
        raise ValueError("a time in the ledger must be aware")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
