"""A contractor's job, the lessons and permits before it, briefings and checks in it; terminals and boards of parks."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anlan.kernel.core.fields import EncryptedTextField
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Exercise
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.places.models import Region


class Job(LoopRecord):
    """外来作业: work of an outside crew on a firm's or a park's ground, noticed before it begins."""

    host = models.ForeignKey(Organisation, models.PROTECT, related_name="contractor_jobs")
    site = models.ForeignKey("enterprises.Site", models.PROTECT, null=True, blank=True, related_name="+")
    contractor = models.CharField(max_length=160)
    leader = models.CharField(max_length=60)
    leader_phone = EncryptedTextField(blank=True, default="")
    works = models.JSONField(default=list, blank=True)  # permit works, codes of rules.PERMIT_WORKS
    description = models.CharField(max_length=300)
    spot = models.CharField(max_length=200, blank=True)
    workers = models.PositiveIntegerField()
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    entered_for = models.CharField(max_length=100, blank=True)  # 代录

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(end_at__gt=F("start_at")), name="job_span"),
            models.CheckConstraint(condition=Q(workers__gte=1), name="job_workers"),
        ]


class Lesson(models.Model):
    """施工前教育: who saw which film before the work. Append-only; names are encrypted, their number is counted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(WorkItem, models.PROTECT, related_name="contractor_lessons")
    video = models.CharField(max_length=120)
    names = EncryptedTextField()
    count = models.PositiveIntegerField()  # of people who had not been taught for this job before
    held_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.video


class Permit(models.Model):
    """作业票: one permit for one kind of work. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(WorkItem, models.PROTECT, related_name="contractor_permits")
    work = models.CharField(max_length=20)
    number = models.CharField(max_length=60)
    holder = models.CharField(max_length=60)
    valid_to = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "work", "number"], name="permit_once"),
        ]

    def __str__(self) -> str:
        return self.number


class Check(models.Model):
    """A look at a crew at work; what was wrong became a danger. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(WorkItem, models.PROTECT, related_name="contractor_checks")
    result = models.CharField(max_length=10)  # fine | wrong
    note = models.CharField(max_length=300, blank=True)
    danger = models.ForeignKey(WorkItem, models.PROTECT, null=True, blank=True, related_name="+")
    held_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.result


class Briefing(models.Model):
    """班前警示会: a crew's briefing before the shift. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(WorkItem, models.PROTECT, related_name="contractor_briefings")
    present = models.PositiveIntegerField()
    topic = models.CharField(max_length=200, blank=True)
    held_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.held_at:%F}"


class Fixture(models.Model):
    """What a park was given to watch and to warn crews: terminal, warning board, show-case board."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10)
    code = models.CharField(max_length=60)
    park = models.CharField(max_length=160)
    host = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "region"], name="fixture_kind_region")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "code"], name="fixture_code"),
            models.CheckConstraint(
                condition=Q(kind__in=["terminal", "board", "showcase"]), name="fixture_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Pulse(models.Model):
    """What a terminal told: that it is alive, how many people it sees on the ground, what worries it. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    fixture = models.ForeignKey(Fixture, models.PROTECT, related_name="pulses")
    people = models.PositiveIntegerField(default=0)
    worry = models.CharField(max_length=20, blank=True)  # a code of rules.WORRIES
    job = models.ForeignKey(WorkItem, models.PROTECT, null=True, blank=True, related_name="contractor_pulses")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["fixture", "-happened_at"], name="pulse_fixture")]

    def __str__(self) -> str:
        return f"{self.happened_at:%F %R}"


class FixtureStep(models.Model):
    """What became of a fixture and when: bought, installed, connected, removed. Append-only: numbers count these."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    fixture = models.ForeignKey(Fixture, models.PROTECT, related_name="steps")
    what = models.CharField(max_length=10)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(what__in=["bought", "installed", "connected", "removed"]), name="fixturestep_what"
            ),
        ]

    def __str__(self) -> str:
        return self.what
