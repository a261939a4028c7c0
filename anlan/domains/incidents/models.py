"""An event, its figures, clocks, reports, sendings, receipts; shifts, hand-overs, duty checks. Rows are only added."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from anlan.domains.incidents.rules import words
from anlan.kernel.core.fields import EncryptedTextField
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Exercise
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.places.models import Region


def _said(table: dict[str, str]) -> list[tuple[str, str | Promise]]:
    """Codes with their words, in the reader's language wherever they are shown."""
    return [(code, gettext_lazy(label)) for code, label in table.items()]


class Incident(LoopRecord):
    """突发事件: what somebody told the watch. `received_at` starts the clocks; the figures stand in their own rows."""

    event_class = models.CharField(max_length=10, choices=_said(words.CLASSES))
    kind = models.CharField(max_length=20)  # code of incidents.kinds
    kind_label = models.CharField(max_length=60)
    grade = models.CharField(max_length=12, blank=True, choices=_said(words.GRADES))  # signed by a person
    sensitive = models.BooleanField(default=False)
    description = models.CharField(max_length=300)
    spot = models.CharField(max_length=200, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True, blank=True)
    via = models.CharField(max_length=10, choices=_said(words.WAYS_IN), default="phone")
    reporter = models.CharField(max_length=60, blank=True)
    reporter_phone = EncryptedTextField(blank=True, default="")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    # What the loop's clocks read; the indicators count Clock, Report and Sending instead.
    first_due = models.DateTimeField(null=True, blank=True)
    update_due = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(WorkItem, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["received_at"], name="incidents_incident_received")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(received_at__gte=F("occurred_at")), name="incidents_incident_received_after"
            )
        ]


class Figures(models.Model):
    """Cumulative figures of an event as somebody knew them at a time. Append-only; the latest in time holds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(WorkItem, models.PROTECT, related_name="incident_figures")
    dead = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    badly_hurt = models.PositiveIntegerField(default=0)
    hurt = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    loss_yuan = models.PositiveBigIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    late_entry = models.BooleanField(default=False)
    by = models.CharField(max_length=100)

    class Meta:
        verbose_name_plural = "figures"
        indexes: ClassVar = [
            models.Index(fields=["incident", "happened_at"], name="incidents_figures_incident")
        ]

    def __str__(self) -> str:
        return f"{self.happened_at:%F %R}"


class Clock(models.Model):
    """When a first report is due, by which channel and by which rule. Append-only: an upgrade adds a shorter one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(WorkItem, models.PROTECT, related_name="incident_clocks")
    channel = models.CharField(max_length=10, choices=_said(words.CHANNELS))
    due_at = models.DateTimeField()
    rule = models.CharField(max_length=60)
    source = models.CharField(max_length=340)  # law and tag as they stood
    tag = models.CharField(max_length=1)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_at"], name="incidents_clock_due")]

    def __str__(self) -> str:
        return f"{self.channel} {self.due_at:%F %R}"


class Report(models.Model):
    """A report as it went out: one text, whoever received it. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(WorkItem, models.PROTECT, related_name="incident_reports")
    kind = models.CharField(max_length=10, choices=_said(words.KINDS_OF_REPORT))
    number = models.PositiveSmallIntegerField()
    words = models.TextField()
    figures = models.ForeignKey(Figures, models.PROTECT, related_name="reports", null=True, blank=True)
    grade = models.CharField(max_length=12)
    signed_by = models.CharField(max_length=100)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["happened_at"], name="incidents_report_happened")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "number"], name="incidents_report_number")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Sending(models.Model):
    """A report reached a receiver: on the telephone, or in writing (then with the report it carried). Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(WorkItem, models.PROTECT, related_name="incident_sendings")
    report = models.ForeignKey(Report, models.PROTECT, related_name="sendings", null=True, blank=True)
    channel = models.CharField(max_length=10, choices=_said(words.CHANNELS))
    receiver = models.CharField(max_length=20)  # code of incidents.receivers
    receiver_label = models.CharField(max_length=60)
    answered_by = models.CharField(max_length=60, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.channel} {self.receiver}"


class Receipt(models.Model):
    """回执: the number or name with which a receiver answered. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sending = models.ForeignKey(Sending, models.PROTECT, related_name="receipts")
    words = models.CharField(max_length=120)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.words


# ---- the watch ----------------
class Shift(LoopRecord):
    """值班班次: from one hand-over to the next."""

    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    level = models.CharField(max_length=12, choices=_said(words.READINESS), default="normal")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["start_at"], name="incidents_shift_start")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(end_at__gt=F("start_at")), name="incidents_shift_span")
        ]


class Seat(models.Model):
    """Who stands where in a shift; somebody swapped out keeps the row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shift = models.ForeignKey(WorkItem, models.PROTECT, related_name="incident_seats")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    post = models.CharField(max_length=12, choices=_said(words.POSTS))
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.post} {self.person}"


class HandOver(models.Model):
    """交接班: the boxes, what was open, and two sentences. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shift = models.ForeignKey(WorkItem, models.PROTECT, related_name="incident_handovers")
    boxes = models.JSONField(default=dict)
    open_items = models.JSONField(default=list)  # ids of what was open in the region's registers of the watch
    words = models.TextField(blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.happened_at:%F %R}"


class Readiness(models.Model):
    """勤务等级 of a region from a time on. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    level = models.CharField(max_length=12, choices=_said(words.READINESS))
    reason = models.CharField(max_length=300)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)
    exercise = models.ForeignKey(Exercise, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name_plural = "readiness"

    def __str__(self) -> str:
        return self.level


class DutyCheck(LoopRecord):
    """值班抽查: one unit, called at a time that was drawn. What came of it stands in the step."""

    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    call_at = models.DateTimeField()
    seed = models.CharField(max_length=60)  # of the draw, so that it can be done again


class SheetNote(models.Model):
    """The two sentences that are added by hand to a day's sheet. Append-only; the last one holds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    day = models.DateField()
    words = models.CharField(max_length=600)
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)
    exercise = models.ForeignKey(Exercise, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["region", "day"], name="incidents_sheetnote_day")]

    def __str__(self) -> str:
        return f"{self.day:%F}"


# ---- what is judged, and what units are told and asked ----------------
class Judgement(LoopRecord):
    """研判意见: what is known, what is not, what a person judges of it, and when it is looked at again. Each version
    is an item of its own, signed; a new one replaces the last."""

    incident = models.ForeignKey(WorkItem, models.PROTECT, related_name="incident_judgements")
    version = models.PositiveSmallIntegerField()
    known = models.TextField()
    unknown = models.TextField()
    opinion = models.TextField()
    review_at = models.DateTimeField()
    signed_by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "version"], name="incidents_judgement_version")
        ]


class UnitNotice(LoopRecord):
    """通报: what a unit was told of an event; its answer stands in the steps."""

    incident = models.ForeignKey(WorkItem, models.PROTECT, related_name="incident_notices")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    words = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["incident"], name="incidents_notice_incident")]


class UnitQuery(LoopRecord):
    """征询: what a unit was asked about an event, and by when the answer is needed."""

    incident = models.ForeignKey(WorkItem, models.PROTECT, related_name="incident_queries")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    question = models.TextField()
    wanted_by = models.DateTimeField()

    class Meta:
        verbose_name_plural = "unit queries"
        indexes: ClassVar = [models.Index(fields=["incident"], name="incidents_query_incident")]
