"""A scheme opened for some days: a sheet a unit, what was said of each item, points off and on, results, vetoes."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anlan.domains.assessments.models.schemes import Clause, Item, Scheme
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Attachment, Exercise
from anlan.kernel.indicators.models import Count, Freeze
from anlan.kernel.loop.models import LoopRecord
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.places.models import Region


class Round(models.Model):
    """一次考核: a scheme opened for a region and some days."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="rounds")
    title = models.CharField(max_length=160)
    region = models.ForeignKey(Region, models.PROTECT)
    first = models.DateField()
    last = models.DateField()  # both days counted
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=100, blank=True)
    object_until = models.DateTimeField(null=True, blank=True)  # three working days after it was published
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="round_span"),
            models.UniqueConstraint(
                fields=["scheme", "region", "first", "last", "exercise"],
                nulls_distinct=False,
                name="round_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Sheet(LoopRecord):
    """考核表: one unit in one round."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="sheets")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "unit"], name="sheet_once"),
        ]


class Mark(models.Model):
    """What was said of an item: by the unit itself, by whoever checked, or by a correction. Append-only.

    Of an item over a number nobody writes points: `points` stays empty and `apart` says that it does not apply.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="marks")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)  # self | check | correct
    points = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    apart = models.BooleanField(default=False)
    said = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sheet", "item", "at"], name="mark_sheet_item")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=["self", "check", "correct"]), name="mark_role"),
            models.CheckConstraint(condition=Q(points=None) | Q(points__gte=0), name="mark_points"),
            models.CheckConstraint(condition=Q(apart=False) | ~Q(said=""), name="mark_apart_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.role} {self.points}"


class Proof(models.Model):
    """佐证: a file for an item of a sheet; when the thing happened, and when it was recorded."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="proofs")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    file = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    late = models.BooleanField(default=False)  # 补录: recorded long after it happened
    why_late = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sheet", "item"], name="proof_sheet_item")]

    def __str__(self) -> str:
        return self.title


class Entry(models.Model):
    """Points taken off or added under a clause, so many times; taken back by a later row, never removed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="entries")
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="+")
    times = models.PositiveSmallIntegerField(default=1)
    points = models.DecimalField(max_digits=8, decimal_places=2)  # of all times together
    said = models.CharField(max_length=500)
    takes_back = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="taken_back_by"
    )
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sheet", "happened_at"], name="entry_sheet")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(times__gte=1, times__lte=100), name="entry_times"),
            models.CheckConstraint(condition=~Q(said=""), name="entry_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.clause_id} {self.points}"


class Result(models.Model):
    """What came out for a sheet, with what each point rests on; a corrected result is a later row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="results")
    number = models.PositiveSmallIntegerField()
    weighted = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    deducted = models.DecimalField(max_digits=8, decimal_places=2)
    bonus = models.DecimalField(max_digits=8, decimal_places=2)
    total = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    grade = models.CharField(max_length=20, blank=True)
    vetoed = models.BooleanField(default=False)
    why = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "number"], name="result_number"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.number}: {self.total}"


class ResultLine(models.Model):
    """One item of a result: the value as it was frozen, its share, its points, and the row that they rest on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    result = models.ForeignKey(Result, models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    base = models.BigIntegerField(default=0)
    share = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    points = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    freeze = models.ForeignKey(Freeze, models.PROTECT, null=True, related_name="+")
    count = models.ForeignKey(Count, models.PROTECT, null=True, related_name="+")
    mark = models.ForeignKey(Mark, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["result", "item"], name="resultline_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.points}"


class Veto(LoopRecord):
    """一票否决: proposed with what it rests on, signed or rejected by a person."""

    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="vetoes")
    clause = models.CharField(max_length=20)
    words = models.CharField(max_length=500)
    traces = models.JSONField(default=list)  # [{"item": id, "happened_at": …, "words": …, "source": …}]
    first = models.DateField()
    last = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "round", "clause"], nulls_distinct=False, name="veto_once"
            ),
        ]
