"""Rows that every floor stands on: exercise worlds, values of rules, attachments, heartbeats."""

from typing import ClassVar

from django.db import models

from anlan.kernel.core.ids import new_id

__all__ = ["Attachment", "Exercise", "Process", "RuleValue"]


class Exercise(models.Model):
    """A world that is not the real one: a drill, a replay or the demo, with a clock of its own.

    `sim_start` is what its clock showed at `real_start`; `speed` is simulated seconds per real second.
    `frozen_at` takes the clock out of the wall's hands: a replay at full speed sets it to its watermark.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    origin = models.CharField(max_length=400, blank=True)  # which data plays in it, said on every screen
    kind = models.CharField(max_length=20, default="drill")  # drill | replay | demo
    real_start = models.DateTimeField()
    sim_start = models.DateTimeField()
    speed = models.FloatField(default=1.0)
    frozen_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    series_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(speed__gt=0), name="exercise_speed_positive"),
            models.UniqueConstraint(
                fields=["series_digest"],
                condition=~models.Q(series_digest="") & models.Q(ended_at=None),
                name="exercise_one_open_per_series",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RuleValue(models.Model):
    """The value of a rule that varies by place and time, with its source; values are added, never overwritten."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.CharField(max_length=100)
    region = models.CharField(
        max_length=12, blank=True
    )  # significant digits of a region code; "" = everywhere
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    value = models.JSONField()
    unit = models.CharField(max_length=40, blank=True)
    law = models.CharField(max_length=300, blank=True)
    article = models.CharField(max_length=100, blank=True)
    tag = models.CharField(max_length=1)  # C confirmed, P secondary, M memory
    origin = models.CharField(max_length=200)  # the file that brought it, or "page"
    digest = models.CharField(max_length=64, unique=True)  # loading a file twice adds nothing
    reason = models.CharField(max_length=300, blank=True)  # why somebody set it anew
    by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["rule", "region"], name="rulevalue_rule_region")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(tag__in=["C", "P", "M"]), name="rulevalue_tag"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} [{self.region or '*'}] = {self.value}"


class Attachment(models.Model):
    """A file, kept under its own SM3; the row comes first as *pending*, the bytes make it *stored*."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sm3 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()  # bytes
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, default="pending")
    by = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sm3"], name="attachment_sm3")]

    def __str__(self) -> str:
        return self.name or self.sm3[:12]


class Process(models.Model):
    """The heartbeat of one running process; /health reads these."""

    name = models.CharField(max_length=60, primary_key=True)
    pid = models.IntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class RoundDone(models.Model):
    """A round of a subject (what is done once a day without anybody asking) was gone on a day, local."""

    name = models.CharField(max_length=60)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)  # of what it did
    done_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "day"], name="rounddone_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.day:%F}"
