"""What steers visits: a decision to go together or alone, a firm past its frequency; measures of 四个一律、五个一批."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.domains.enforcement.models.checks import Task
from anlan.kernel.core.ids import new_id
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.orgs.models import Organisation


class Together(models.Model):
    """督查检查合并: what a person decided about a visit while others to the same firm were due. Append-only.

    `others` keeps those others as they stood then: what, whose, until when. `merged` says how many go along.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="decisions")
    joint = models.BooleanField()
    merged = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    others = models.JSONField(default=list)
    decided_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["decided_at"], name="together_decided_at")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(joint=True) | ~Q(reason=""), name="together_alone_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.joint}"


class Unvisited(LoopRecord):
    """A firm of a grave class that was not checked within its frequency: somebody answers for it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    grade = models.CharField(max_length=1)
    every_days = models.PositiveIntegerField()
    last_at = models.DateTimeField(null=True, blank=True)  # its last check, where there was one
    due_by = models.DateTimeField()  # when the frequency ran out

    def __str__(self) -> str:
        return f"{self.organisation} {self.grade}"


class StrictMark(models.Model):
    """四个一律、五个一批: a matter that falls under one of these measures. Append-only; taken back with a reason."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="strict_marks")
    kind = models.CharField(max_length=4)  # four | five
    measure = models.CharField(max_length=20)
    name = models.CharField(max_length=60)  # as the rule named it then
    why = models.CharField(max_length=300, blank=True)
    marked_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_why = models.CharField(max_length=300, blank=True)
    taken_back_by = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["marked_at"], name="strictmark_marked_at")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item", "measure"], condition=Q(taken_back_at=None), name="strictmark_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=("four", "five")), name="strictmark_kind"),
        ]

    def __str__(self) -> str:
        return self.name
