"""述职述安 with its panel, and what inspections of duty (责任落实巡查) found."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.domains.assessments.models.inspections import Inspection
from anlan.kernel.core.ids import new_id
from anlan.kernel.loop.models import LoopRecord
from anlan.kernel.orgs.models import Organisation, Person


class SafetyAccount(LoopRecord):
    """述职述安: a leader accounts for the safety of a unit before a panel."""

    leader = models.ForeignKey(Person, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    mean = models.DecimalField(max_digits=5, decimal_places=2, null=True)  # of all, at the close

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2200), name="account_year"),
        ]


class PanelSeat(models.Model):
    """A member of the panel of one account."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(SafetyAccount, models.PROTECT, related_name="panel")
    member = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "member"], name="panelseat_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.member_id}"


class PanelScore(models.Model):
    """What a member gave: once, 0 to 100, for good."""

    seat = models.OneToOneField(PanelSeat, models.PROTECT, primary_key=True, related_name="score")
    score = models.DecimalField(max_digits=5, decimal_places=2)
    said = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100), name="panelscore_range"),
        ]

    def __str__(self) -> str:
        return str(self.score)


class Finding(LoopRecord):
    """What an inspection of duty found at a street or department, and how it was mended."""

    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)  # duty 责任落实巡查 | special 专项巡查
    words = models.CharField(max_length=500)
    measure = models.CharField(max_length=500, blank=True)
    inspected_on = models.DateField()
    inspection = models.ForeignKey(Inspection, models.PROTECT, null=True, blank=True, related_name="findings")
