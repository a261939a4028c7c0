"""Lines of the registers (台账): one fact of a firm with number, days and who gave it. A change is a new line."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from anlan.domains.enterprises.models.firms import Enterprise
from anlan.domains.enterprises.models.hazards import HazardUnit
from anlan.domains.enterprises.rules.words import STANDARD_GRADES, label
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Attachment
from anlan.kernel.loop.models import LoopRecord
from anlan.kernel.orgs.models import Organisation


class Line(models.Model):
    """One line of a register. `current` is the one that holds now; those before it stay as they were."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="lines")
    register = models.CharField(max_length=20)
    number = models.CharField(max_length=80)
    unit = models.ForeignKey(HazardUnit, models.PROTECT, null=True, blank=True, related_name="lines")
    facts = models.JSONField(default=dict)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    office = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )  # who gave it
    current = models.BooleanField(default=True)
    follows = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="followed_by")
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["register", "enterprise"], name="line_register", condition=Q(current=True)),
            models.Index(fields=["register", "until"], name="line_until", condition=Q(current=True)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enterprise", "register", "number", "unit"], condition=Q(current=True), name="line_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="line_term"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number


class Creation(LoopRecord):
    """标准化达标创建: a firm on its way to a grade of standardisation, from its own score to the certificate."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="creations")
    grade = models.CharField(max_length=10)  # 1 | 2 | 3 | small
    due_at = models.DateTimeField()
    own_score = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    review_score = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    reviewer = models.CharField(max_length=120, blank=True)
    certificate = models.CharField(max_length=60, blank=True)

    def get_grade(self) -> str:
        """The grade in the reader's language."""
        return gettext(label(STANDARD_GRADES, self.grade))
