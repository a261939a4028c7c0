"""Writing entries. Called inside the transaction of the act itself: both stand, or neither does."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, NamedTuple, TypedDict, Unpack
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.words import N_
from anlan.kernel.ledger import registry
from anlan.kernel.ledger.facts import HiddenFact, encode, plain
from anlan.kernel.ledger.hashing import STATED, content, content_hash
from anlan.kernel.ledger.models import Entry, Secret

BAD_AUTHOR = reason(
    "ledger.bad_author",
    N_("{by} is no author. Give person:<id>, account:<id> or service:<name>, so that somebody answers."),
)

Subject = tuple[str, UUID | str]
_AUTHOR = re.compile(
    r"(person|account|service):\S+"
)  # account: an administrator, who is no person of the bureau


class Row(TypedDict, total=False):
    """What `record` takes, for one of many entries."""

    code: str
    subject: Subject
    facts: Mapping[str, Any]
    by: str
    at: datetime
    happened_at: datetime | None
    region: str
    exercise_id: UUID | None
    act: UUID | None


def record(
    *,
    code: str,
    subject: Subject,
    facts: Mapping[str, Any],
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
    region: str = "",
    exercise_id: UUID | None = None,
    act: UUID | None = None,
) -> Entry:
    """Write one entry. `at` is the time in its world, aware; `subject` is ("dangers.danger", id); `region` a code.

    Raises `Refused`: ledger.unknown_code, ledger.bad_author, ledger.bad_fact.
    """
    row = Row(
        code=code, subject=subject, facts=facts, by=by, at=at,
        happened_at=happened_at, region=region, exercise_id=exercise_id, act=act,
    )  # fmt: skip
    return record_all([row])[0]


def record_all(rows: Sequence[Row], **common: Unpack[Row]) -> list[Entry]:
    """Write many entries as one act, by one INSERT; `common` holds what all rows share (by, at, act …).

    10,000 entries take under a second. The entries share one act id unless a row brings its own. In an `in_order`
    block they are written at its end and none is returned.
    """
    if not rows:
        return []
    act = common.get("act") or new_id()
    whole = [Row({**common, **row, "act": row.get("act") or act}) for row in rows]
    kept_back = _kept_back.get()
    if kept_back is not None:
        kept_back += whole
        return []
    return _write(whole)


@contextmanager
def in_order() -> Iterator[None]:
    """For acts that came one after another and are written together: their entries are kept back within the block and
    written at its end in the order of their times, as if each act had been written by itself."""
    rows: list[Row] = []
    token = _kept_back.set(rows)
    try:
        yield
    finally:
        _kept_back.reset(token)
    if rows:
        _write(sorted(rows, key=lambda row: row["at"]))


_kept_back: ContextVar[list[Row] | None] = ContextVar("ledger_kept_back", default=None)


def _write(rows: Sequence[Row]) -> list[Entry]:
    drafts = [_draft(row) for row in rows]
    hidden = [(draft.entry, fact) for draft in drafts for fact in draft.hidden]
    with transaction.atomic(savepoint=False):
        _insert(drafts)
        if hidden:
            _insert_secrets(hidden)
    return [draft.entry for draft in drafts]


class _Draft(NamedTuple):
    """An entry on its way, with the two texts that were hashed and are now sent."""

    entry: Entry
    stated: str
    facts: str
    hidden: list[HiddenFact]


_FIELDS = [field.attname for field in Entry._meta.concrete_fields]


def _draft(row: Row) -> _Draft:
    registry.check_code(row["code"])
    if not _AUTHOR.fullmatch(row["by"]):
        raise Refused(BAD_AUTHOR, by=row["by"])
    hidden: list[HiddenFact] = []
    facts = plain(row["facts"], hidden)
    subject_type, subject_id = row["subject"]
    values: dict[str, Any] = {
        "id": new_id(),
        "act": row["act"],
        "code": row["code"],
        "subject_type": subject_type,
        "subject_id": str(subject_id),
        "region": row.get("region") or "",
        "facts": facts,
        "by": row["by"],
        "at": row["at"],
        "happened_at": row.get("happened_at"),
        "exercise_id": row.get("exercise_id"),
    }
    # from_db, because __init__ would make three expressions for what only the database can fill in.
    entry = Entry.from_db(DEFAULT_DB_ALIAS, _FIELDS, [values.get(name) for name in _FIELDS])
    stated, spelled = content(entry), encode(facts)
    entry.hash = content_hash(stated, spelled)
    return _Draft(entry, stated, spelled, hidden)


# What is sent is what was hashed: [[version, id, act, …], facts, hash in hex] for each entry.
_TYPES = ("uuid", "uuid", "text", "text", "text", "text", "text", "timestamptz", "timestamptz", "uuid")
_NAMES = ", ".join(f'"{name}"' for name in STATED)
_VALUES = ", ".join(f"(sent->0->>{number})::{kind}" for number, kind in enumerate(_TYPES, 1))
_INSERT = f"""
WITH written AS (
    INSERT INTO ledger_entry ({_NAMES}, facts, hash)
    SELECT {_VALUES}, sent->1, decode(sent->>2, 'hex') FROM jsonb_array_elements(%s::jsonb) AS sent
    RETURNING recorded_at, xid, system_identifier)
SELECT recorded_at, xid, system_identifier FROM written LIMIT 1
"""  # noqa: S608 - made of the constants above


def _insert(drafts: list[_Draft]) -> None:
    sent = ",".join(f'[{draft.stated},{draft.facts},"{draft.entry.hash.hex()}"]' for draft in drafts)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [f"[{sent}]"])
        recorded_at, xid, system_identifier = cursor.fetchone()
    for draft in drafts:
        entry = draft.entry
        entry.recorded_at, entry.xid, entry.system_identifier = recorded_at, int(xid), system_identifier


def _insert_secrets(hidden: list[tuple[Entry, HiddenFact]]) -> None:
    rows = [
        Secret(id=fact.id, entry_id=entry.id, salt=fact.salt, ciphertext=fact.ciphertext)
        for entry, fact in hidden
    ]
    Secret.objects.bulk_create(rows, batch_size=1000)
