"""Rows of the ledger. They are only ever added: the database refuses anything else to all but its owner."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from anlan.kernel.core.ids import new_id

__all__ = ["Entry", "Horizon", "Position", "Secret"]


class TransactionIdField(models.Field[int, int]):
    """PostgreSQL's 64-bit transaction id (`xid8`), an int in Python. Written by the database, never by us."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: object, connection: object) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else str(value)


class CurrentTransaction(models.Func):
    function = "pg_current_xact_id"
    arity = 0


class SystemIdentifier(models.Func):
    function = "ledger_system_identifier"
    arity = 0


class Entry(models.Model):
    """One thing that happened. `at` is the world's time of recording, `happened_at` an earlier time if it was
    another one, `recorded_at` the database's own clock. `xid` and `system_identifier` say which transaction of
    which cluster wrote the row: without them a reader could miss what committed late.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    act = models.UUIDField()
    code = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=64)
    region = models.CharField(max_length=12, blank=True)
    facts = models.JSONField()
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True, blank=True)
    # No constraint in the database: it would lock the one row of a running exercise in every writing transaction.
    exercise = models.ForeignKey(
        "core.Exercise",
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    hash = models.BinaryField()
    recorded_at = models.DateTimeField(db_default=Now())
    xid = TransactionIdField(db_default=CurrentTransaction())
    system_identifier = models.BigIntegerField(db_default=SystemIdentifier())

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["system_identifier", "xid"], name="entry_xid"),  # the sequencer's way in
            models.Index(fields=["subject_type", "subject_id", "id"], name="entry_subject"),
            models.Index(fields=["by", "recorded_at"], name="entry_by"),
            models.Index(fields=["code", "recorded_at"], name="entry_code"),
            models.Index(fields=["recorded_at"], name="entry_recorded_at"),
            models.Index(fields=["act"], name="entry_act"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject_type}/{self.subject_id}"

    @property
    def seq(self) -> int | None:
        """Its place in the ledger; None until the sequencer has been there (at most about a second)."""
        position: Position | None = getattr(self, "position", None)
        return position.seq if position else None

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("entries are written by anlan.kernel.ledger.actions.record")

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("entries are never deleted; personal data is shredded")


class Position(models.Model):
    """The place of an entry in the sequence, with its seal. It must outlive a removed entry to bear witness:
    so there is no foreign key in the database.
    """

    seq = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, models.DO_NOTHING, db_constraint=False, related_name="position")
    entry_hash = models.BinaryField()
    seal = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.seq} {self.entry_id}"


class Horizon(models.Model):
    """Up to which transaction the entries of a cluster have positions. It spares the sequencer a search through
    ten million rows, and travels with a dump; a wrong one is found by `verify`.
    """

    system_identifier = models.BigIntegerField(primary_key=True)
    xid = TransactionIdField()

    def __str__(self) -> str:
        return f"{self.system_identifier} {self.xid}"


class Secret(models.Model):
    """Personal data that an entry speaks of: salt and SM4-GCM ciphertext. Deleted only by `ledger_shred`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="secrets")
    salt = models.BinaryField()
    ciphertext = models.BinaryField()

    def __str__(self) -> str:
        return str(self.id)
