"""A return, what was entered on the upper system, its exports as they were read back, and their differences."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anlan.domains.returns.rules import comparing
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Attachment
from anlan.kernel.loop.models import LoopRecord, WorkItem


class Return(LoopRecord):
    """上级报表 of some days, or about one matter. `key` says which, so that there is one of it."""

    form = models.CharField(max_length=40)
    first = models.DateField()
    last = models.DateField()
    subject = models.ForeignKey(WorkItem, models.PROTECT, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField()
    key = models.CharField(max_length=200, unique=True)

    class Meta:
        verbose_name = "return"
        indexes: ClassVar = [models.Index(fields=["form", "last"], name="returns_form_last")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="returns_span")
        ]


class Entered(models.Model):
    """What stood on our page when somebody typed it into the upper system. Append-only; the last one holds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="returns_entered")
    as_of = models.DateTimeField()  # what was known when the page was opened
    cells = models.JSONField()  # row → column → text
    number = models.CharField(max_length=80, blank=True)  # what the upper system answered
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    late_entry = models.BooleanField(default=False)
    by = models.CharField(max_length=100)

    class Meta:
        verbose_name_plural = "entered"
        indexes: ClassVar = [models.Index(fields=["item", "-recorded_at"], name="entered_latest")]

    def __str__(self) -> str:
        return f"{self.happened_at:%F %R}"


class ReadBack(models.Model):
    """An export of the upper system as it was read: which rows were held beside ours and which could not be."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="returns_read")
    file = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    leaf = models.CharField(max_length=100, blank=True)
    as_of = models.DateTimeField()
    fields = models.PositiveIntegerField()  # held side by side
    rows = models.PositiveIntegerField()
    bad = models.JSONField(default=list)  # [row in the file, what stands there, reason]
    missing = models.JSONField(default=list)  # rows of ours that are not there: [key, label]
    lacking = models.JSONField(default=list)  # columns that are not there, by code
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["item", "-recorded_at"], name="readback_latest")]

    def __str__(self) -> str:
        return self.name


class Difference(models.Model):
    """One field in which the export and ours do not say the same. `copied` is what it was when it was entered."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    read = models.ForeignKey(ReadBack, models.PROTECT, related_name="differences")
    place = models.PositiveIntegerField()
    row = models.CharField(max_length=60)
    label = models.CharField(max_length=200)
    column = models.CharField(max_length=40)
    head = models.CharField(max_length=200)
    ours = models.CharField(max_length=2000, blank=True)
    theirs = models.CharField(max_length=2000, blank=True)
    copied = models.CharField(max_length=2000, null=True, blank=True)
    cause = models.CharField(max_length=10, choices=[*comparing.CAUSES.items()])
    since = models.DateTimeField(null=True, blank=True)  # by when ours had changed

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["read", "row", "column"], name="difference_once")
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.head}"


class Settlement(models.Model):
    """What became of a difference: accepted with a reason, or corrected on the upper system. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    difference = models.OneToOneField(Difference, models.PROTECT, related_name="settlement")
    how = models.CharField(max_length=10, choices=[*comparing.SETTLED.items()])
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(how="corrected") | ~Q(reason=""), name="settlement_accepted_has_reason"
            )
        ]

    def __str__(self) -> str:
        return self.how
