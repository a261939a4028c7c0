"""核查意见: closed rows. Names, posts and words are encrypted; no row is a work item, so no list, map or feed has it.

Only holders of the duty `vetting_keeper` reach them, by `queries/vetting.py`, and each reading is a row and an entry.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anlan.kernel.core.fields import EncryptedTextField
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Exercise
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.places.models import Region


class VettingBatch(models.Model):
    """A request: so many persons or units, for a promotion or an award, looked back upon from one day to another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = EncryptedTextField()
    purpose = models.CharField(max_length=10)  # promotion | award
    asked_by = EncryptedTextField()  # the office that asks
    first = models.DateField()
    last = models.DateField()
    due_on = models.DateField()
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="vettingbatch_span"),
            models.CheckConstraint(
                condition=Q(purpose__in=["promotion", "award"]), name="vettingbatch_purpose"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)  # never its title: this text lands in logs


class VettingSubject(models.Model):
    """A person or a unit on the list."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(VettingBatch, models.PROTECT, related_name="subjects")
    place = models.PositiveIntegerField()
    name = EncryptedTextField()
    unit_name = EncryptedTextField(blank=True, default="")
    post = EncryptedTextField(blank=True, default="")
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "place"], name="vettingsubject_place"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class VettingTrace(models.Model):
    """What the look-back found about a subject's unit, or what a keeper wrote down by hand."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.ForeignKey(VettingSubject, models.PROTECT, related_name="traces")
    source = models.CharField(max_length=60)  # the look-back's code, or "hand"
    item = models.UUIDField(null=True)  # the work item behind it
    happened_at = models.DateTimeField()
    words = EncryptedTextField()
    bars = models.BooleanField(default=False)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "source", "item"],
                condition=Q(item__isnull=False),
                name="vettingtrace_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class VettingOpinion(models.Model):
    """An opinion, signed; another one after it takes its place and says so."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.ForeignKey(VettingSubject, models.PROTECT, related_name="opinions")
    objection = models.BooleanField()
    words = EncryptedTextField(blank=True, default="")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject", "at"], name="vettingopinion_subject")]

    def __str__(self) -> str:
        return str(self.pk)


class VettingReading(models.Model):
    """Somebody read a batch: who, when, how many names stood before them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(VettingBatch, models.PROTECT, related_name="readings")
    names = models.PositiveIntegerField()
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["batch", "at"], name="vettingreading_batch")]

    def __str__(self) -> str:
        return str(self.pk)
