"""Writing entries. Called inside the transaction of the act itself: both stand, or neither does."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import connection, transaction

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.words import N_
from anlan.kernel.ledger import registry
from anlan.kernel.ledger.facts import HiddenFact, encode, plain
from anlan.kernel.ledger.hashing import content_hash
from anlan.kernel.ledger.models import Entry, Secret

BAD_AUTHOR = reason(
    "ledger.bad_author", N_("{by} is no author. Give person:<id> or service:<name>, so that somebody answers.")
)

Subject = tuple[str, UUID | str]
_AUTHOR = re.compile(r"(person|service):\S+")


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

    10,000 entries take under a second. The entries share one act id unless a row brings its own.
    """
    if not rows:
        return []
    hidden: list[tuple[Entry, list[HiddenFact]]] = []
    entries: list[tuple[Entry, str]] = []
    act = common.get("act") or new_id()
    for row in rows:
        secrets: list[HiddenFact] = []
        entry, spelled = _entry({**common, **row}, act, secrets)
        entries.append((entry, spelled))
        if secrets:
            hidden.append((entry, secrets))
    with transaction.atomic(savepoint=False):
        _insert(entries)
        if hidden:
            _insert_secrets(hidden)
    return [entry for entry, _ in entries]


def _entry(row: Row, act: UUID, hidden: list[HiddenFact]) -> tuple[Entry, str]:
    registry.check_code(row["code"])
    if not _AUTHOR.fullmatch(row["by"]):
        raise Refused(BAD_AUTHOR, by=row["by"])
    facts = plain(row["facts"], hidden)
    subject_type, subject_id = row["subject"]
    entry = Entry(
        id=new_id(),
        act=row.get("act") or act,
        code=row["code"],
        subject_type=subject_type,
        subject_id=str(subject_id),
        region=row.get("region") or "",
        facts=facts,
        by=row["by"],
        at=row["at"],
        happened_at=row.get("happened_at"),
        exercise_id=row.get("exercise_id"),
    )
    spelled = encode(facts)
    entry.hash = content_hash(entry, spelled)
    return entry, spelled


_COLUMNS = {
    "id": "uuid", "act": "uuid", "code": "text", "subject_type": "text", "subject_id": "text", "region": "text",
    "facts": "text", "by": "text", "at": "timestamptz", "happened_at": "timestamptz", "exercise_id": "uuid",
    "hash": "bytea",
}  # fmt: skip
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)
_VALUES = ", ".join('"facts"::jsonb' if name == "facts" else f'"{name}"' for name in _COLUMNS)
_INSERT = f"""
WITH written AS (
    INSERT INTO ledger_entry ({_NAMES})
    SELECT {_VALUES} FROM unnest({", ".join(f"%s::{kind}[]" for kind in _COLUMNS.values())}) AS given ({_NAMES})
    RETURNING recorded_at, xid, system_identifier)
SELECT recorded_at, xid, system_identifier FROM written LIMIT 1
"""  # noqa: S608 - made of the constants above


def _insert(entries: list[tuple[Entry, str]]) -> None:
    columns = [
        [spelled for _, spelled in entries] if name == "facts" else [getattr(entry, name) for entry, _ in entries]
        for name in _COLUMNS
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, columns)
        recorded_at, xid, system_identifier = cursor.fetchone()
    for entry, _ in entries:
        entry.recorded_at, entry.xid, entry.system_identifier = recorded_at, int(xid), system_identifier
        entry._state.adding = False
        entry._state.db = connection.alias


def _insert_secrets(hidden: list[tuple[Entry, list[HiddenFact]]]) -> None:
    Secret.objects.bulk_create(
        [
            Secret(id=fact.id, entry_id=entry.id, salt=fact.salt, ciphertext=fact.ciphertext)
            for entry, facts in hidden
            for fact in facts
        ],
        batch_size=1000,
    )
