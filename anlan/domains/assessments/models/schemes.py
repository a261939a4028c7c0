"""A scheme as rows: what is assessed, with what weight, by what rule. A changed scheme is a new version."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.domains.assessments.rules.scoring import Rule, Terms
from anlan.kernel.core.ids import new_id
from anlan.kernel.places.models import Region


class Scheme(models.Model):
    """考核办法: one version of it, as it was handed in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    kinds = models.JSONField(default=list)  # of organisations that it assesses
    most_deducted = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    most_bonus = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    grades = models.JSONField(default=list)  # [[at least, name], …]
    veto_grade = models.CharField(max_length=20, blank=True)
    vetoes = models.JSONField(default=list)  # [[code, label], …]
    source = models.CharField(max_length=300, blank=True)
    tag = models.CharField(max_length=1, default="M")
    text = models.TextField()  # as it was handed in
    digest = models.CharField(max_length=64)
    region = models.ForeignKey(Region, models.PROTECT)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "code", "version"], name="scheme_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    @property
    def terms(self) -> Terms:
        grades = tuple((Decimal(least), str(name)) for least, name in self.grades)
        return Terms(self.most_deducted, self.most_bonus, grades, self.veto_grade)


class Item(models.Model):
    """An item of a scheme: a number of the platform or of a counted record, or a matter for judgement, × weight."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="items")
    place = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20)
    section = models.CharField(max_length=80, blank=True)
    label = models.CharField(max_length=200)
    weight = models.DecimalField(max_digits=8, decimal_places=2)
    kind = models.CharField(max_length=12)  # full | proportional | bands | judged
    indicator = models.CharField(max_length=80, blank=True)
    target = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    zero = models.DecimalField(max_digits=16, decimal_places=4, default=0)
    better = models.CharField(max_length=6, default="higher")
    bands = models.JSONField(default=list)
    missing = models.CharField(max_length=8, default="spread")
    evidence = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "code"], name="item_code_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="item_weight"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def rule(self) -> Rule:
        bands = tuple((Decimal(bound), Decimal(share)) for bound, share in self.bands)
        return Rule(self.kind, self.target, self.zero, self.better, bands)


class Clause(models.Model):
    """A clause of a scheme under which points are taken off or added, so many each time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="clauses")
    place = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)  # deduction | bonus
    label = models.CharField(max_length=200)
    points = models.DecimalField(max_digits=8, decimal_places=2)

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "code"], name="clause_code_once"),
            models.CheckConstraint(condition=Q(points__gt=0), name="clause_points"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
