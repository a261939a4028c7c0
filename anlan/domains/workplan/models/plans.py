"""A plan with its outline, tasks with lead and supporting units, and what was said of their progress."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Exercise
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.places.models import Region


class Draft(models.Model):
    """A document on its way to a plan: read, corrected by hand, its doubts settled one by one, then landed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField()
    region = models.ForeignKey(Region, models.PROTECT)
    name = models.CharField(max_length=200, blank=True)  # of the file
    text = models.TextField()
    fixes = models.JSONField(
        default=dict
    )  # line → {"as": "text" | "point" | "leave_out", "mark": …, "depth": …}
    settled = models.JSONField(default=list)  # lines whose numbering is right as printed
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.title


class Plan(models.Model):
    """工作要点: a year's plan as it was handed in, signed off by another than whoever wrote it down."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField()
    region = models.ForeignKey(Region, models.PROTECT)
    preface = models.TextField(blank=True)
    digest = models.CharField(max_length=64)  # SM3 of the text: the same document twice is one plan
    doubts = models.JSONField(default=list)  # what was ambiguous in its numbering
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    signed_by = models.CharField(max_length=100, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "digest", "exercise"], nulls_distinct=False, name="plan_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Point(models.Model):
    """A numbered place of a plan, in the order of the document."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="points")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    place = models.PositiveIntegerField()
    depth = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    mark = models.CharField(max_length=20)  # as printed
    title = models.CharField(max_length=120)
    text = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "place"], name="point_place"),
        ]

    def __str__(self) -> str:
        return f"{self.mark}{self.title}"


class Task(LoopRecord):
    """任务: what one unit does for a point, with others' help, by when, and how one sees that it is done."""

    point = models.ForeignKey(Point, models.PROTECT, related_name="tasks")
    lead = models.ForeignKey(Organisation, models.PROTECT, related_name="led_tasks")
    supporters = models.ManyToManyField(Organisation, related_name="supported_tasks")
    measure = models.TextField()
    target = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    indicator = models.CharField(max_length=80, blank=True)  # progress computes itself from this number …
    bound = models.CharField(
        max_length=5, default="least"
    )  # … which must reach the target, or stay at most at it
    cut_region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    first_on = models.DateField(null=True, blank=True)  # the days that the number counts, both included
    last_on = models.DateField(null=True, blank=True)
    why_more = models.CharField(max_length=300, blank=True)  # why it went out above the unit's limit
    weight = models.DecimalField(max_digits=6, decimal_places=2, default=1)
    evidence = models.CharField(max_length=200, blank=True)
    start_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(weight__gt=0), name="task_weight"),
            models.CheckConstraint(condition=Q(target=None) | Q(target__gt=0), name="task_target"),
            models.CheckConstraint(condition=Q(indicator="") | Q(target__isnull=False), name="task_bound"),
            models.CheckConstraint(condition=Q(bound__in=["least", "most"]), name="task_direction"),
        ]


class Progress(models.Model):
    """How far a task was said to be. Append-only; *no change* is a row of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="progress")
    done = models.DecimalField(max_digits=5, decimal_places=2)  # per cent
    said = models.CharField(max_length=500, blank=True)
    no_change = models.BooleanField(default=False)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["item", "recorded_at"], name="progress_item")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(done__gte=0, done__lte=100), name="progress_share"),
        ]

    def __str__(self) -> str:
        return f"{self.done} %"


class Question(LoopRecord):
    """The monthly question how far a task is: asked of the leading unit, once a month."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="questions")
    month = models.DateField()  # its first day

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "month"], name="question_once")]
