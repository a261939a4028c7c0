"""Signals (预警信号) and the weather offices that alone may issue them."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from anlan.domains.warnings.rules.scales import COLOURS
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Exercise
from anlan.kernel.loop.models import LoopRecord
from anlan.kernel.places.models import Region


class WeatherOffice(models.Model):
    """A registered issuer: the `sender` its CAP messages carry. Whoever is not here issues nothing (条例 art. 30)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sender = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=80)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)
    registered_by = models.CharField(max_length=100)
    registered_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class SignalNotice(models.Model):
    """One message of a weather office, kept as it came; also a cancel of something that has not arrived yet."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")
    office = models.ForeignKey(WeatherOffice, models.PROTECT, related_name="notices")
    identifier = models.CharField(max_length=200)
    msg_type = models.CharField(max_length=10)  # Alert | Update | Cancel
    sent_at = models.DateTimeField()
    references = models.JSONField(default=list)  # identifiers of earlier messages of the same office
    document = models.TextField(blank=True)  # the CAP text; empty where an officer typed it
    converted_11 = models.BooleanField(default=False)
    heard_by = models.CharField(max_length=20, default="cap")  # cap | telephone | fax | screen
    taken_in_by = models.CharField(max_length=100)
    taken_in_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            # The same message twice is one message: a feed may be read again at any time.
            models.UniqueConstraint(
                fields=["exercise", "office", "identifier"], nulls_distinct=False, name="signalnotice_once"
            ),
            models.CheckConstraint(
                condition=Q(msg_type__in=("Alert", "Update", "Cancel")), name="signalnotice_type"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.msg_type} {self.identifier}"


class SignalQuerySet(models.QuerySet["Signal"]):
    """Reads that every user of signals needs."""

    def in_force(self) -> Self:
        """Those that nothing has ended yet; the sweep ends each at its `expires_at`."""
        return self.filter(item__closed_at=None)


class Signal(LoopRecord):
    """A signal for some regions: hazard and colour, until lifted, superseded or expired. It always has an end."""

    notice = models.ForeignKey(SignalNotice, models.PROTECT, related_name="signals")
    hazard = models.CharField(max_length=30)
    colour = models.CharField(max_length=10)
    headline = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    instruction = models.TextField(blank=True)
    regions = models.ManyToManyField(Region, related_name="+")
    area = models.JSONField(null=True, blank=True)  # GeoJSON as the office drew it
    issued_at = models.DateTimeField()
    onset = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    end_was_given = models.BooleanField(default=True)  # False: the office named no end, ours was taken
    lifted_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(SignalNotice, models.PROTECT, null=True, blank=True, related_name="ended")

    objects = SignalQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(colour__in=COLOURS), name="signal_colour"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")), name="signal_ends_after_issue"
            ),
        ]

    def __str__(self) -> str:
        return self.headline
