"""Between firm and bureau: plan filings, commitments, self-checks and self-reports."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.domains.enterprises.models.firms import Enterprise, Site
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Attachment, Exercise
from anlan.kernel.loop.models import LoopRecord
from anlan.kernel.orgs.models import Person

RHYTHMS = ("day", "week", "month")


class PlanFiling(LoopRecord):
    """备案零跑腿: a firm's emergency plan, from its issue to the receipt."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="filings")
    plan_name = models.CharField(max_length=160)
    plan_kind = models.CharField(max_length=20, default="comprehensive")  # comprehensive | special | site
    issued_on = models.DateField()  # the firm's clock runs from here
    file_by = models.DateTimeField()  # to be submitted by
    check_by = models.DateTimeField(
        null=True, blank=True
    )  # to be checked by; silence after it counts as filed
    papers = models.JSONField(default=dict, blank=True)  # which papers were handed in → attachment id
    lacks = models.JSONField(default=list, blank=True)  # what the one notice named
    notices = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            # One-time notice: the law lets the bureau name what lacks once.
            models.CheckConstraint(condition=Q(notices__lte=1), name="planfiling_one_notice"),
        ]

    @property
    def receipt(self) -> str:
        """The number of the receipt: street, year and the end of the id; silence gives the same as a signature."""
        closed = self.item.closed_at
        if closed is None or self.item.state != "filed":
            return ""
        return f"YABA-{self.item.region_id[:9]}-{closed.year}-{str(self.pk)[-6:].upper()}"


class Commitment(models.Model):
    """安全生产承诺公告, posted by the firm for a day or a period. Append-only; a correction is a later row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="commitments")
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="commitments")
    start = models.DateField()
    end = models.DateField()
    facts = models.JSONField(default=dict)  # units running and stopped, permit work by kind
    text = models.TextField(blank=True)
    level = models.CharField(max_length=12, blank=True)  # risk level that the firm itself names
    by = models.CharField(max_length=100)
    entered_for = models.CharField(max_length=100, blank=True)  # 代录
    posted_at = models.DateTimeField()
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["enterprise", "start"], name="commitment_start")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(end__gte=models.F("start")), name="commitment_span"),
        ]

    def __str__(self) -> str:
        return f"{self.start:%F}"


class SelfCheckPost(models.Model):
    """Whose self-check is due how often: the principal monthly, a workshop weekly, a key post daily (as data)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="check_posts")
    level = models.CharField(max_length=20)  # principal | workshop | key_post
    name = models.CharField(max_length=80)
    rhythm = models.CharField(max_length=6)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(rhythm__in=RHYTHMS), name="checkpost_rhythm"),
            models.UniqueConstraint(
                fields=["enterprise", "level", "name"], condition=Q(active=True), name="checkpost_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SelfCheck(LoopRecord):
    """One self-check that is due in one period of one post."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="self_checks")
    post = models.ForeignKey(SelfCheckPost, models.PROTECT, related_name="checks")
    start = models.DateField()
    end = models.DateField()  # last day of the period
    due_by = models.DateTimeField()
    world = models.UUIDField(null=True, blank=True)  # the item's exercise, so that a period is opened once
    found = models.PositiveIntegerField(null=True, blank=True)  # dangers found; 0 is a nil return
    led_by = models.CharField(max_length=60, blank=True)  # 主要负责人带队: who of the firm's heads led it
    entered_for = models.CharField(max_length=100, blank=True)  # 代录

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["post", "start", "world"], nulls_distinct=False, name="selfcheck_once_a_period"
            ),
        ]


class SelfReport(models.Model):
    """A firm reported a danger of its own, or none. Append-only: who reports nothing for 90 days is read from here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="self_reports")
    found = models.PositiveIntegerField(default=0)
    danger = models.UUIDField(null=True, blank=True)  # the item of the danger, where there is one
    check_item = models.UUIDField(null=True, blank=True)  # the self-check that found it
    by = models.CharField(max_length=100)
    entered_for = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    happened_at = models.DateTimeField()
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["enterprise", "happened_at"], name="selfreport_when")]

    def __str__(self) -> str:
        return f"{self.found}"
