"""A closed case made one that others learn from, without anybody's name in it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.kernel.loop.models import LoopRecord, WorkItem


class Example(LoopRecord):
    """典型案例. `facts` are what the case's own rows say of it, taken when it was written: [[label, value], …]."""

    case = models.ForeignKey(WorkItem, models.PROTECT, related_name="+")
    headline = models.CharField(max_length=120)
    story = models.TextField()
    lesson = models.TextField()
    facts = models.JSONField(default=list)
    shared_at = models.DateTimeField(null=True, blank=True)
    ended = models.BooleanField(default=False)  # dropped or withdrawn: the case may be written up again

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended=False), name="example_one_of_a_case"),
        ]
