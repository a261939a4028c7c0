"""A hidden danger, the dates set for it, and the question whether it is major."""

from typing import ClassVar

from django.db import models

from anlan.kernel.core.ids import new_id
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.orgs.models import Organisation

GRADES = ("ordinary", "candidate_major", "major")


class Danger(LoopRecord):
    """隐患. `grade` is the danger's own scale; it is neither a signal colour nor a risk level."""

    number = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=20)  # patrol | self_check | enforcement | public | video | alarm
    description = models.TextField()
    category = models.CharField(max_length=40)
    spot = models.CharField(max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="dangers"
    )
    grade = models.CharField(max_length=20, default="ordinary")
    clause = models.CharField(max_length=200, blank=True)
    document = models.CharField(max_length=30, blank=True)
    found_by = models.CharField(max_length=100)
    entered_for = models.CharField(max_length=100, blank=True)  # 代录
    rectify_by = models.DateTimeField(null=True, blank=True)
    five_in_place = models.JSONField(default=dict)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(grade__in=GRADES), name="danger_grade"),
        ]


class Term(models.Model):
    """A date set for putting a danger right: append-only, so that *due in the period* can be counted later."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="danger_terms")
    due_at = models.DateTimeField()
    set_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_at"], name="term_due_at")]

    def __str__(self) -> str:
        return f"{self.due_at:%F}"


class Candidate(LoopRecord):
    """A danger marked *candidate major*: it waits for two officers, the firm was asked to stop at once."""

    danger = models.ForeignKey(Danger, models.PROTECT, related_name="candidates")
    second_officer = models.CharField(max_length=100, blank=True)
    clause = models.CharField(max_length=200, blank=True)
