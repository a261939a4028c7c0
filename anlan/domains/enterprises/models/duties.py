"""全员安全生产责任制台账: posts with what they answer for, who holds them, their signature and yearly assessment."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from anlan.domains.enterprises.models.firms import Enterprise
from anlan.domains.enterprises.rules import duties
from anlan.domains.enterprises.rules.words import label
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Attachment
from anlan.kernel.orgs.models import Person


class DutyPost(models.Model):
    """A post of a firm. `code` is the post of the region's list, empty for one that the firm added of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="duty_posts")
    code = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=80)
    place = models.PositiveSmallIntegerField(default=100)
    duties = models.JSONField(default=list)  # 责任范围, one sentence each
    criteria = models.TextField(blank=True)  # 考核标准
    law = models.CharField(max_length=200, blank=True)  # with article and tag, where the list names one
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enterprise", "name"], condition=Q(ended_on=None), name="dutypost_name"
            ),
            models.UniqueConstraint(
                fields=["enterprise", "code"], condition=Q(ended_on=None) & ~Q(code=""), name="dutypost_code"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DutyHolder(models.Model):
    """Somebody on a post, since when, and the day on which they signed what it answers for."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey(DutyPost, models.PROTECT, related_name="holders")
    person = models.ForeignKey(Person, models.PROTECT, related_name="duty_posts")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    signed_by = models.CharField(max_length=100, blank=True)  # the person themself, or who entered the paper
    paper = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["post", "person"], condition=Q(until=None), name="dutyholder_one_open"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="dutyholder_term"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person_id)


class DutyReview(models.Model):
    """The assessment of a holder for a year, with the hours of training of that year. A later one takes its place."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    holder = models.ForeignKey(DutyHolder, models.PROTECT, related_name="reviews")
    year = models.PositiveSmallIntegerField()
    result = models.CharField(max_length=10)
    held_on = models.DateField()
    hours = models.DecimalField(max_digits=4, decimal_places=1, default=0)
    note = models.CharField(max_length=300, blank=True)
    current = models.BooleanField(default=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["holder", "year"], condition=Q(current=True), name="dutyreview_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.result}"

    def result_name(self) -> str:
        return gettext(label(duties.RESULTS, self.result))


class DutyLedger(models.Model):
    """A firm's ledger in one look, kept fresh by the acts and, when a year begins, by the daily round."""

    enterprise = models.OneToOneField(
        Enterprise, models.PROTECT, primary_key=True, related_name="duty_ledger"
    )
    rate = models.PositiveSmallIntegerField(default=0)
    posts = models.PositiveSmallIntegerField(default=0)
    gaps = models.JSONField(default=list)  # kind, post, person, code
    year = models.PositiveSmallIntegerField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["rate"], name="dutyledger_rate")]

    def __str__(self) -> str:
        return f"{self.rate} %"
