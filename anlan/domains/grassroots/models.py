"""A standard on its way, its items; service stations and what they did."""

from typing import ClassVar

from django.db import models

from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Exercise
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.places.models import Region


class Attainment(LoopRecord):
    """达标创建: one community, street or station and one standard. `items` is the list as it was when it began."""

    standard = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    level = models.CharField(max_length=10)  # community | street
    items = models.JSONField()
    due_at = models.DateTimeField()


class Tick(models.Model):
    """An item came to be in place, or went. Append-only: the last one of a number counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="ticks")
    number = models.PositiveSmallIntegerField()
    there = models.BooleanField()
    note = models.CharField(max_length=300, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return str(self.number)


class Station(models.Model):
    """应急管理服务站: a service station in a park."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    park = models.CharField(max_length=160, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["region"], name="station_region")]

    def __str__(self) -> str:
        return self.name


class Activity(models.Model):
    """One line of a station's work book: what, how often, how many came. Append-only; a correction is a later line."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    station = models.ForeignKey(Station, models.PROTECT, related_name="activities")
    work = models.CharField(max_length=20)
    times = models.IntegerField()  # a correction may take away
    attendances = models.IntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["station", "happened_at"], name="activity_station")]

    def __str__(self) -> str:
        return self.work
