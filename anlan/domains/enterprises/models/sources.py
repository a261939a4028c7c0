"""Comparing the archive with other lists: what came in, and what was found about each row."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.domains.enterprises.models.firms import Enterprise
from anlan.kernel.core.ids import new_id
from anlan.kernel.places.models import Region

SOURCES = ("business_register", "power", "patrol", "other")
VERDICTS = ("matched", "doubtful", "missing", "unlisted")


class Comparison(models.Model):
    """One run over one region: its lists and its findings."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=160)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    counts = models.JSONField(default=dict, blank=True)  # verdict → firms, as found by the run

    def __str__(self) -> str:
        return self.name


class SourceFile(models.Model):
    """A list from another office; the same file twice in a comparison is one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    comparison = models.ForeignKey(Comparison, models.PROTECT, related_name="files")
    source = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    sm3 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list, blank=True)  # [row, column, reason]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(source__in=SOURCES), name="sourcefile_source"),
            models.UniqueConstraint(fields=["comparison", "source", "sm3"], name="sourcefile_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SourceRow(models.Model):
    """A row of such a list as it stood there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.ForeignKey(SourceFile, models.PROTECT, related_name="source_rows")
    number = models.PositiveIntegerField()  # row of the sheet, 1 is the head
    digest = models.CharField(max_length=64)  # of the row's content: a doubled row is one
    name = models.CharField(max_length=200, blank=True)
    uscc = models.CharField(max_length=18, blank=True)
    address = models.CharField(max_length=300, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    status = models.CharField(max_length=40, blank=True)  # as the other office says it
    finding = models.ForeignKey("Finding", models.PROTECT, null=True, blank=True, related_name="source_rows")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["file", "digest"], name="sourcerow_digest")]

    def __str__(self) -> str:
        return self.name


class Finding(models.Model):
    """One firm as the lists show it, and what it is in the archive: matched, doubtful or missing; or a firm of the
    archive that none of the lists shows (unlisted).

    `reasons`: [{"by": uscc|name|address|position, "score": 0–100, "said": …}]. `settled_as` is a person's word:
    matched, registered, scattered (散乱差), unregistered, gone, not_a_firm; of an unlisted one there, closed, moved.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    comparison = models.ForeignKey(Comparison, models.PROTECT, related_name="findings")
    verdict = models.CharField(max_length=10)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, related_name="findings")
    candidates = models.JSONField(default=list, blank=True)  # [{"enterprise", "name", "score", "reasons"}]
    score = models.PositiveSmallIntegerField(default=0)
    reasons = models.JSONField(default=list, blank=True)
    sources = models.JSONField(default=list, blank=True)  # which lists know it
    name = models.CharField(max_length=200, blank=True)
    uscc = models.CharField(max_length=18, blank=True)
    address = models.CharField(max_length=300, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    settled_as = models.CharField(max_length=20, blank=True)
    settled_by = models.CharField(max_length=100, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["comparison", "verdict"], name="finding_verdict")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="finding_verdict_known"),
        ]

    def __str__(self) -> str:
        return self.name
