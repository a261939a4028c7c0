"""Numbered papers that the bureau keeps itself, and the series their numbers come from."""

from typing import ClassVar

from django.db import models

from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Attachment, Exercise


class Series(models.Model):
    """The last number given out: by office, kind and year; an exercise counts for itself."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    office = models.CharField(max_length=60)
    kind = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["office", "kind", "year", "exercise"], name="series_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.kind} {self.year}: {self.last}"


class Paper(models.Model):
    """One issued paper: its number, what it is about, the values that stand in it, and the document by its SM3."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=60)
    office = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    region = models.CharField(max_length=12, blank=True)
    values = models.JSONField(default=dict)
    file = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id"], name="paper_subject"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["office", "kind", "year", "serial", "exercise"],
                name="paper_number_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"
