"""督查 of a street or department: who goes where, on which days, and who goes along."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anlan.kernel.loop.models import LoopRecord
from anlan.kernel.orgs.models import Organisation


class Inspection(LoopRecord):
    """A department goes to a street, or to another department, to look how a duty is done."""

    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")  # where
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+")  # who goes
    partners = models.ManyToManyField(Organisation, related_name="+")  # who goes along instead of going alone
    subject = models.CharField(max_length=200)
    first = models.DateField()
    last = models.DateField()  # both days counted
    others = models.PositiveSmallIntegerField(default=0)  # how many were due there when it was planned
    alone_why = models.CharField(max_length=300, blank=True)  # why it goes alone all the same
    said = models.TextField(blank=True)  # what was seen

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="inspection_span"),
            models.CheckConstraint(condition=~Q(unit=F("office")), name="inspection_of_another"),
        ]
