"""A response: proposed, in force, its notices, the sheets and lines of the units, the streets' returns."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Exercise
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.places.models import Region

LEVELS = ("Ⅳ", "Ⅲ", "Ⅱ", "Ⅰ")
DIRECTIONS = ("start", "step_up", "step_down", "end")


class Response(LoopRecord):
    """应急响应. `level` is a response level; signal colour, event grade and risk level are other scales."""

    kind = models.CharField(max_length=20, default="flood")  # flood | typhoon
    level = models.CharField(max_length=2)
    streets = models.JSONField(default=list)  # codes of the streets named
    started_at = models.DateTimeField()
    level_since = models.DateTimeField()
    before_signal = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="response_level"),
            models.UniqueConstraint(
                fields=["kind", "exercise"], condition=Q(ended_at=None), nulls_distinct=False,
                name="response_one_in_force_per_kind",
            ),
        ]  # fmt: skip


class Proposal(LoopRecord):
    """A level that triggers of the plan (or an officer) propose, with what shows it."""

    kind = models.CharField(max_length=20, default="flood")
    direction = models.CharField(max_length=10)
    level = models.CharField(max_length=2)
    streets = models.JSONField(default=list)
    triggers = models.JSONField(default=list)  # [{trigger, text, text_en, evidence}]
    because = models.TextField(blank=True)
    response = models.ForeignKey(Response, models.PROTECT, null=True, blank=True, related_name="proposals")
    before_signal = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(direction__in=DIRECTIONS), name="proposal_direction"),
        ]


class Standing(models.Model):
    """The episode of a trigger: from when it was first found met to when it no longer was; what was proposed for it
    is not proposed again while it lasts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")
    trigger = models.CharField(max_length=8)
    level = models.CharField(max_length=2)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()  # when it was last found met
    missed_at = models.DateTimeField(null=True, blank=True)  # since when it was found unmet
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["exercise", "trigger"], condition=Q(ended_at=None), nulls_distinct=False,
                name="standing_once_a_trigger",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.trigger} {self.began_at:%F %H:%M}"


class Notice(models.Model):
    """The numbered notice of a start, a step or the end; the red-head number (`oa_number`) is the government OA's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    response = models.ForeignKey(Response, models.PROTECT, related_name="notices")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    oa_number = models.CharField(max_length=60, blank=True)
    direction = models.CharField(max_length=10)
    level_before = models.CharField(max_length=2, blank=True)
    level = models.CharField(max_length=2, blank=True)
    streets = models.JSONField(default=list)
    text = models.TextField()
    approved_by = models.CharField(max_length=100)
    at = models.DateTimeField()
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["year", "number", "exercise"], nulls_distinct=False, name="notice_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"


class Sheet(LoopRecord):
    """One task sheet a unit or street: its liaison signs for it before working it."""

    response = models.ForeignKey(Response, models.PROTECT, related_name="sheets")
    unit = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    street = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "unit"], name="sheet_one_per_unit"),
        ]


class Task(LoopRecord):
    """One line of a sheet, or the next round of a repeated one."""

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="tasks")
    code = models.CharField(max_length=8)
    round = models.PositiveSmallIntegerField(default=1)
    from_level = models.CharField(max_length=2)
    action = models.CharField(max_length=300)
    action_en = models.CharField(max_length=300)
    proof = models.CharField(max_length=120, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    repeat_min = models.FloatField(null=True, blank=True)
    counts = models.JSONField(default=list)  # [{label, label_en, base}]
    done = models.JSONField(default=list)  # as many numbers as counts
    about = models.CharField(max_length=120, blank=True)  # the point whose reading started it

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "code", "round", "about"], name="task_once"),
        ]


class Return(models.Model):
    """滚动快报: one street's figures at one time, written once; a correction is a further row with its reason."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    response = models.ForeignKey(Response, models.PROTECT, related_name="returns")
    street = models.ForeignKey(Region, models.PROTECT, related_name="+")
    figures = models.JSONField()
    nil = models.BooleanField(default=False)
    correction = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    happened_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["response", "street", "-at"], name="return_latest")]

    def __str__(self) -> str:
        return f"{self.street_id} {self.at:%H:%M}"


class Consultation(models.Model):
    """会商 or 点调: what each said, the conclusion, the decisions (which become tasks), the next time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    response = models.ForeignKey(
        Response, models.PROTECT, null=True, blank=True, related_name="consultations"
    )
    kind = models.CharField(max_length=12)  # consultation | roll_call
    said = models.JSONField(
        default=list
    )  # [{who, said}] or, in a roll call, [{street, on_post, guarded, moved, boats}]
    conclusion = models.TextField(blank=True)
    decisions = models.JSONField(default=list)  # [{unit, action, due_at, item}]
    next_at = models.DateTimeField(null=True, blank=True)
    chaired_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%F %H:%M}"


class Progress(models.Model):
    """A count reported on a line, written once: the line shows the last, the timeline all of them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="response_progress")
    done = models.JSONField()
    at = models.DateTimeField()
    happened_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return str(self.done)
