"""What is asked of a unit by a sheet, a leader's words or a meeting; meetings, reminders, funds, groups sent."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.domains.workplan.models.standing import Committee
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Attachment, Exercise
from anlan.kernel.loop.models import LoopRecord
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.papers.models import Paper
from anlan.kernel.places.models import Region


class Meeting(models.Model):
    """会议: who met, when, under whom. Its decisions and its advice are `Asked` rows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)  # rules.asking.MEETINGS
    committee = models.ForeignKey(Committee, models.PROTECT, null=True, blank=True, related_name="meetings")
    region = models.ForeignKey(Region, models.PROTECT)
    chair = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    present = models.TextField(blank=True)
    conclusion = models.TextField(blank=True)
    minutes = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["region", "happened_at"], name="meeting_region_at")]

    def __str__(self) -> str:
        return self.title


class Asked(LoopRecord):
    """One thing asked of one unit: 督办, 批示, 指令, 交办, 议定事项. The kind is the loop it lives by."""

    kind = models.CharField(max_length=20)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="asked")
    supporters = models.ManyToManyField(Organisation, related_name="asked_to_help")
    text = models.TextField()
    wanted = models.CharField(max_length=300, blank=True)  # how one sees that it is done
    source = models.CharField(max_length=200, blank=True)  # the paper it came on, as printed
    leader = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="instructed")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="asked")
    advice = models.BooleanField(default=False)  # 工作建议 of a meeting, not a decision
    due_at = models.DateTimeField()
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    burden = models.PositiveSmallIntegerField(default=0)  # what the unit had that week when this went out
    why_more = models.CharField(max_length=300, blank=True)  # why it went out above the limit

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "due_at"], name="asked_kind_due")]


class Reminder(models.Model):
    """A weekly or monthly reminder that went to a unit: once a unit and day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)  # week | month
    day = models.DateField()
    open = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    behind = models.PositiveIntegerField(default=0)  # funds whose spending lags behind the year
    at = models.DateTimeField()
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "day", "exercise"], nulls_distinct=False, name="reminder_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"


class WorkGroup(LoopRecord):
    """派出工作组: who was sent where, for what, and what came of it."""

    leader = models.ForeignKey(Person, models.PROTECT, related_name="+")
    members = models.TextField(blank=True)
    cause = models.CharField(max_length=200)
    to = models.CharField(max_length=200)
    task = models.TextField()
    sent_at = models.DateTimeField()


class Fund(models.Model):
    """专项经费: what was arranged for a unit in a year, in yuan."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT)
    arranged_yuan = models.DecimalField(max_digits=16, decimal_places=2)
    source = models.CharField(max_length=200)
    by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(arranged_yuan__gt=0), name="fund_arranged"),
            models.UniqueConstraint(
                fields=["organisation", "year", "name", "exercise"], nulls_distinct=False, name="fund_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Payment(models.Model):
    """What was paid out of a fund. Append-only; a wrong one is taken back by a later row of the opposite sum."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="payments")
    paid_yuan = models.DecimalField(max_digits=16, decimal_places=2)
    note = models.CharField(max_length=200)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="taken_back_by"
    )
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["fund", "happened_at"], name="payment_fund_at")]

    def __str__(self) -> str:
        return f"{self.paid_yuan} {self.note}"
