"""Personal data of entries: read with a reason, shredded for good. Both are entries themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from anlan.kernel.core import keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import Subject, record
from anlan.kernel.ledger.facts import secret_ids
from anlan.kernel.ledger.models import Entry, Secret

SHREDDED = reason("ledger.shredded", N_("This personal data was shredded; nobody can read it any more."))
NO_REASON = reason("ledger.no_reason", N_("Say why: the reason is kept in the ledger."))
NOTHING = reason("ledger.nothing_to_shred", N_("There is no personal data to shred here."))


@dataclass(frozen=True, slots=True)
class Shredding:
    """The entry that tells of it, and how many secrets are gone."""

    entry: Entry
    gone: int


def secrets_of(subject: Subject) -> list[UUID]:
    """The ids of the secrets that the entries of a subject hold and that are not shredded yet."""
    of_subject = Secret.objects.filter(entry__subject_type=subject[0], entry__subject_id=str(subject[1]))
    return list(of_subject.order_by("id").values_list("id", flat=True))


def shred(*, secrets: Sequence[UUID], reason: str, by: str, at: datetime) -> Shredding:
    """Delete salts and ciphertexts for good; the hashes in the entries stay, so that the chain still holds.

    Raises `Refused`: ledger.no_reason, ledger.nothing_to_shred.
    """
    _demand(reason)
    with transaction.atomic():
        there = list(Secret.objects.filter(id__in=secrets).order_by("id").values_list("id", "entry_id"))
        if not there:
            raise Refused(NOTHING)
        entry = record(
            code="ledger.shredded",
            subject=("ledger.entry", there[0][1]),
            facts={"secrets": [secret for secret, _ in there], "reason": reason},
            by=by,
            at=at,
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger_shred(%s)", [entry.id])
            return Shredding(entry, cursor.fetchone()[0])


def reveal(*, secret: UUID, reason: str, by: str, at: datetime) -> str:
    """The text of a secret. Raises `Refused`: ledger.no_reason, ledger.shredded."""
    _demand(reason)
    with transaction.atomic():
        row = Secret.objects.filter(id=secret).first()
        if row is None:
            raise Refused(SHREDDED)
        facts = {"secret_id": secret, "reason": reason}
        record(code="ledger.revealed", subject=("ledger.entry", row.entry_id), facts=facts, by=by, at=at)
        return keys.open_text(bytes(row.ciphertext))


def still_there(facts: Mapping[str, Any]) -> set[UUID]:
    """Which of the secrets that some facts point to can still be revealed."""
    return set(Secret.objects.filter(id__in=secret_ids(facts)).values_list("id", flat=True))


def _demand(why: str) -> None:
    if not why.strip():
        raise Refused(NO_REASON, field="reason")
