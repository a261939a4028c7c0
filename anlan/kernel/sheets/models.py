"""Spreadsheets taken in and given out: what was sent, how far it got, and every row that could not be taken."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Attachment

# arrived → looked_at → waiting → running → checked (a dry run) | taken; refused: the file; broken: our own fault
IMPORT_STATES = (
    "arrived",
    "looked_at",
    "waiting",
    "running",
    "checked",
    "taken",
    "refused",
    "stopped",
    "broken",
)
EXPORT_STATES = ("waiting", "running", "ready", "broken", "gone")


class Import(models.Model):
    """One spreadsheet on its way in. The row is the job: its position is written in the transaction of the rows.

    `position` counts data rows gone through since `dry` was last set; `mapping` is head → column name, "" = left out.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sheet = models.CharField(max_length=60)
    file = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    office = models.CharField(max_length=64, blank=True)  # whose habits of naming columns are remembered
    state = models.CharField(max_length=10, default="arrived")
    dry = models.BooleanField(default=True)
    leaf = models.CharField(max_length=100, blank=True)  # which leaf of the workbook
    head_row = models.PositiveIntegerField(default=0)  # 1 = the first row of the leaf
    heads = models.JSONField(default=list)
    sample = models.JSONField(default=list)  # the first rows, as text
    mapping = models.JSONField(default=dict)
    act = models.UUIDField(default=new_id)
    rows = models.PositiveIntegerField(default=0)  # data rows in the file
    position = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=80, blank=True)  # why the file was refused, and the facts of it
    facts = models.JSONField(default=dict)
    by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"],
                name="import_to_do",
                condition=Q(state__in=["arrived", "waiting", "running"]),
            ),
            models.Index(fields=["by", "created_at"], name="import_by"),
            models.Index(fields=["act"], name="import_act"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=IMPORT_STATES), name="import_state")
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.file}"

    @property
    def busy(self) -> bool:
        """Whether the background has it, or will have it."""
        return self.state in ("arrived", "waiting", "running")


class Bad(models.Model):
    """A row that was not taken in: where, and why. `text` is an owner's own wording; else `code` and `facts` speak."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    of = models.ForeignKey(Import, models.PROTECT, related_name="bad_rows")
    row = models.PositiveIntegerField()  # as the spreadsheet counts, its first row is 1
    column = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=80, blank=True)
    facts = models.JSONField(default=dict)
    text = models.CharField(max_length=400, blank=True)
    cells = models.JSONField(default=list)  # the row as it stood in the file

    class Meta:
        indexes: ClassVar = [models.Index(fields=["of", "row"], name="bad_of_row")]

    def __str__(self) -> str:
        return f"{self.row} {self.column}"


class Habit(models.Model):
    """What an office means by a head: remembered from its last import, offered at the next."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sheet = models.CharField(max_length=60)
    office = models.CharField(max_length=64, blank=True)
    head = models.CharField(max_length=200)
    column = models.CharField(max_length=60, blank=True)  # "" = left out
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "office", "head"], name="habit_of_office"),
        ]

    def __str__(self) -> str:
        return f"{self.head} → {self.column}"


class Export(models.Model):
    """One list on its way out, for one person: only what that person may see."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sheet = models.CharField(max_length=60)
    form = models.CharField(max_length=4, default="xlsx")  # xlsx | csv
    filters = models.JSONField(default=dict)
    person = models.UUIDField(null=True, blank=True)  # for whose eyes; None: the terminal of the server
    language = models.CharField(max_length=10, default="zh-hans")
    state = models.CharField(max_length=10, default="waiting")
    rows = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)  # bytes
    sm3 = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"], name="export_to_do", condition=Q(state__in=["waiting", "running"])
            ),
            models.Index(fields=["by", "created_at"], name="export_by"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=EXPORT_STATES), name="export_state")
        ]

    def __str__(self) -> str:
        return f"{self.sheet}.{self.form}"
