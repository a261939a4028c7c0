"""One table for everything that must be brought to an end, its steps and the evidence for them."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from anlan.kernel.core.fields import EncryptedTextField, mask_phone
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Attachment, Exercise
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.places.models import Place, Region


class WorkItem(models.Model):
    """事项: a state, somebody in charge, a clock and an escalation. What it is about stands in the domain's row.

    `next_at` is when the sweep must look at it again; `next_step` says which rung of the present deadline that is.
    Lateness is never stored: it is `due_at` against a given time.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    loop = models.CharField(max_length=60)
    state = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    severity = models.PositiveSmallIntegerField(default=0)  # 0–3, for sorting and ladders only
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    charge_person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="charges")
    charge_duty = models.CharField(max_length=40, blank=True)
    charge_org = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=100)
    state_since = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    next_step = models.PositiveSmallIntegerField(default=0)
    escalated_to = models.CharField(max_length=60, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    arises_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="gave_rise_to"
    )
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            # The sweep reads only what is open and has a clock; closed years of items must not slow it.
            models.Index(
                fields=["exercise", "next_at"],
                condition=Q(closed_at=None) & Q(next_at__isnull=False),
                name="workitem_sweep",
            ),
            models.Index(
                fields=["charge_person", "due_at"], condition=Q(closed_at=None), name="workitem_mine"
            ),
            models.Index(fields=["loop", "region", "opened_at"], name="workitem_loop_region"),
            models.Index(fields=["loop", "exercise", "state"], name="workitem_loop_state"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(severity__lte=3), name="workitem_severity"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(next_at=None), name="workitem_closed_has_no_clock"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Step(models.Model):
    """One move of one item, written once: who, when it was recorded, when it happened, and why.

    A leader's word on the telephone: `by` is the leader, `entered_by` the recorder, with number and words.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="steps")
    act = models.UUIDField()
    move = models.CharField(max_length=40)
    source = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40)
    by = models.CharField(max_length=100)
    entered_by = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    happened_at = models.DateTimeField()
    late_entry = models.BooleanField(default=False)  # 补录
    due_at = models.DateTimeField(null=True, blank=True)  # the deadline this move met or missed
    reason = models.TextField(blank=True)
    needs = models.JSONField(default=dict)
    telephone_from = EncryptedTextField(blank=True, default="")  # the number the word came from
    telephone_words = models.CharField(max_length=300, blank=True)
    single_handed = models.BooleanField(default=False)
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["item", "at"], name="step_item_at"),
            models.Index(fields=["move", "happened_at"], name="step_move_happened"),
            # What was recorded since a time: rows are written in its order, so that this costs next to nothing.
            BrinIndex(fields=["at"], name="step_at", pages_per_range=32, autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.move} → {self.target}"

    @property
    def telephone_masked(self) -> str:
        """The number a leader's word came from, as a page shows it."""
        return mask_phone(self.telephone_from) if self.telephone_from else ""


class Evidence(models.Model):
    """What a step rests on. Doubts are flagged, never refused: reused_photo, far_away, older_than_item."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    step = models.ForeignKey(Step, models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=10)  # photo | text | position | file | track
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True)
    text = models.TextField(blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    flags = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.kind


class LoopRecord(models.Model):
    """What a domain's row inherits to have a life: a real foreign key, pointing down."""

    item = models.OneToOneField(
        WorkItem, models.PROTECT, primary_key=True, related_name="%(app_label)s_%(class)s"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.item)


class Confirmation(LoopRecord):
    """A leader's word on the telephone that waits for the leader's own hand (先启动后补签)."""

    step = models.OneToOneField(Step, models.PROTECT, related_name="confirmation")
    leader = models.ForeignKey(Person, models.PROTECT, related_name="+")


class Extension(LoopRecord):
    """A request for a later due date of another item; granted by a person who did not ask."""

    of = models.ForeignKey(WorkItem, models.PROTECT, related_name="extensions")
    until = models.DateTimeField()
    why = models.TextField()
