"""A number as it was known on a date; facts that were counted elsewhere and entered with their source."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Exercise
from anlan.kernel.ledger.models import CurrentTransaction, TransactionIdField
from anlan.kernel.places.models import Region


class Freeze(models.Model):
    """A reading kept for good: value, base, and the ids of the rows it was made from."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=80)
    definition = models.CharField(max_length=400)
    cut = models.JSONField(default=dict)
    scope = models.CharField(max_length=400, blank=True)  # 口径, in words
    start = models.DateTimeField()
    end = models.DateTimeField()
    as_of = models.DateTimeField()
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    base = models.BigIntegerField()
    rows = models.JSONField(default=list)
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.code} {self.end:%F}"


class Count(models.Model):
    """计数记录: a fact that no row of ours holds, entered with what it counts and where it came from.

    Append-only. A correction is a later row that names the one it takes the place of, and why.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=80)
    value = models.DecimalField(max_digits=20, decimal_places=4)
    unit = models.CharField(max_length=20)
    scope = models.CharField(max_length=200)  # 口径, in words
    region = models.ForeignKey(Region, models.PROTECT)
    first = models.DateField()
    last = models.DateField()  # both days counted
    source = models.CharField(max_length=300)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["region", "first", "last"], name="count_region_span"),
            models.Index(fields=["code", "region"], name="count_code_region"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="count_span"),
            models.CheckConstraint(
                condition=Q(supersedes=None) | ~Q(reason=""), name="count_correction_has_reason"
            ),
            # One first entry of a fact for a place and a span: the second one is a correction of it.
            models.UniqueConstraint(
                fields=["code", "region", "first", "last", "exercise"],
                condition=Q(supersedes=None),
                nulls_distinct=False,
                name="count_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.value} {self.unit}"


class ScopeNote(models.Model):
    """口径说明: why two numbers may stand side by side. It speaks of the values it was written for, of no others."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=500)
    note = models.CharField(max_length=500)
    region = models.ForeignKey(Region, models.PROTECT)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "region"], name="scopenote_once")]

    def __str__(self) -> str:
        return self.note


class Kept(models.Model):
    """The sheet of a span that is over, as known at `known_at` (结转). It can be thrown away and counted anew any time.

    `digest` is of the statement and its values, `snapshot` of the transactions that the count saw, `cluster` of the
    database whose transactions they are: a dump that is played in elsewhere brings sheets that nobody believes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rows = models.CharField(max_length=160)  # the name of the rowset
    digest = models.CharField(max_length=64)
    region = models.CharField(max_length=12, blank=True)
    start = models.DateTimeField()
    end = models.DateTimeField()
    known_at = models.DateTimeField()
    sheet = models.JSONField()
    counted_at = models.DateTimeField()  # anew, the last time
    checked_at = models.DateTimeField(null=True, blank=True)  # counted anew and compared
    drifted_at = models.DateTimeField(null=True, blank=True)  # … and found different, and put right
    snapshot = models.TextField()
    cluster = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rows", "region", "start", "end"], name="kept_once"),
            models.CheckConstraint(condition=Q(known_at__gte=F("end")), name="kept_after_its_end"),
        ]

    def __str__(self) -> str:
        return f"{self.rows} {self.start:%F}"


class Change(models.Model):
    """In one transaction something was changed in place that a kept sheet stands on. Written by triggers alone."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)  # of the table
    xid = TransactionIdField(db_default=CurrentTransaction())
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "xid"], name="change_once")]

    def __str__(self) -> str:
        return self.name


class Moving(models.Model):
    """A loop whose matters may change their place while they live, because no number counts them by it.

    Such a move makes nothing void that is kept. The migration of the domain whose loop it is puts the row here.
    """

    loop = models.CharField(max_length=60, primary_key=True)

    def __str__(self) -> str:
        return self.loop
