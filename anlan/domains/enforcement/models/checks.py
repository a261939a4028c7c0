"""Who may check, the plan of a year, draws, firms to be checked, checks with what they found, monthly points."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from anlan.domains.enforcement.rules import words
from anlan.kernel.core.ids import new_id
from anlan.kernel.loop.models import LoopRecord
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.papers.models import Paper
from anlan.kernel.places.models import Region


class OfficerCertificate(models.Model):
    """执法证 of an officer; one that was taken back ends on its last day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="enforcement_certificates")
    number = models.CharField(max_length=40, unique=True)
    issued_by = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField()
    by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="officercertificate_span"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Recusal(models.Model):
    """回避: an officer keeps out of a firm's matters, why and until when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    why = models.CharField(max_length=200)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.why


class CheckPlan(LoopRecord):
    """年度监督检查计划 of a region: approved by its government, with the firms to be checked in the year."""

    year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=160)
    approval = models.CharField(max_length=160, blank=True)  # number of the approving paper
    due_by = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class PlanLine(models.Model):
    """A firm of a plan: key or general. Append-only; one that leaves the plan is dropped with a reason."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(CheckPlan, models.PROTECT, related_name="lines")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    month = models.PositiveSmallIntegerField(null=True, blank=True)
    tags = models.JSONField(default=list, blank=True)
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "organisation"], condition=Q(dropped_at=None), name="planline_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=tuple(words.LINE_KINDS)), name="planline_kind"),
            models.CheckConstraint(condition=Q(month=None) | Q(month__range=(1, 12)), name="planline_month"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class Draw(LoopRecord):
    """双随机: the lists, the seed and the limit that a draw was made with; the result follows and is never stored."""

    plan = models.ForeignKey(CheckPlan, models.PROTECT, null=True, blank=True, related_name="draws")
    seed = models.CharField(max_length=64)
    seed_said = models.BooleanField(default=False)  # given by somebody in public, not made here
    count = models.PositiveIntegerField()
    pair_limit = models.PositiveSmallIntegerField()
    firms = models.JSONField(default=list)  # ids
    officers = models.JSONField(default=list)  # ids
    recused = models.JSONField(default=list)  # [officer, firm]
    lists_sm3 = models.CharField(max_length=64)
    weights = models.JSONField(
        default=dict, blank=True
    )  # firm → tickets in the drum, where it has more than one
    partners = models.JSONField(default=list, blank=True)  # departments that come along (综合查一次)
    due_by = models.DateTimeField()  # to be published by
    published_where = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)


class Task(LoopRecord):
    """A firm that two officers go to: drawn, or out of the plan."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    draw = models.ForeignKey(Draw, models.PROTECT, null=True, blank=True, related_name="tasks")
    line = models.ForeignKey(PlanLine, models.PROTECT, null=True, blank=True, related_name="tasks")
    first_officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second_officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    partners = models.JSONField(default=list, blank=True)
    due_by = models.DateTimeField()

    def kind_name(self) -> str:
        return gettext(words.CHECK_KINDS.get(self.kind, self.kind))


class Check(LoopRecord):
    """执法检查: one visit of two officers to a firm (家次). Its facts are written once; numbers count these rows.

    `tags` and `sector` are what the firm was on that day. `found` and `found_major` are counts of a visit taken over
    from a sheet; a visit recorded here has `Finding` rows instead.
    """

    key = models.UUIDField(null=True, blank=True, unique=True)  # made on a phone: sent twice, it is one visit
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="enforcement_checks"
    )
    firm_name = models.CharField(max_length=160)
    site = models.ForeignKey("enterprises.Site", models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=12)
    task = models.OneToOneField(Task, models.PROTECT, null=True, blank=True, related_name="check_row")
    campaign = models.ForeignKey("dangers.Campaign", models.PROTECT, null=True, blank=True, related_name="+")
    first_officer = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    second_officer = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    certificates = models.JSONField(default=list, blank=True)  # numbers shown
    experts = models.JSONField(default=list, blank=True)  # names: 执法+专家
    partners = models.JSONField(default=list, blank=True)  # departments in the same visit: 综合查一次
    tags = models.JSONField(default=list, blank=True)
    sector = models.CharField(max_length=6, blank=True)
    prevention = models.CharField(max_length=6, blank=True)
    sign_how = models.CharField(max_length=10, blank=True)
    witness = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    found = models.PositiveIntegerField(default=0)
    found_major = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=160, blank=True)  # of a row taken over: system or file
    number = models.CharField(max_length=60, blank=True)  # its number there
    papers = models.ManyToManyField(Paper, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["checked_at"], name="check_checked_at"),
            models.Index(fields=["organisation", "checked_at"], name="check_firm"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=tuple(words.CHECK_KINDS)), name="check_kind"),
            models.CheckConstraint(condition=Q(sign_how__in=tuple(words.SIGNS)), name="check_sign"),
            models.CheckConstraint(
                condition=Q(second_officer=None) | ~Q(first_officer=F("second_officer")),
                name="check_two_officers",
            ),
            models.UniqueConstraint(
                fields=["source", "number"], condition=~Q(number=""), name="check_source_number"
            ),
        ]

    def __str__(self) -> str:
        return self.firm_name

    def kind_name(self) -> str:
        """The kind in the reader's language."""
        return gettext(words.CHECK_KINDS.get(self.kind, self.kind))

    def officers(self) -> str:
        return "、".join(each.name for each in (self.first_officer, self.second_officer) if each is not None)


class Finding(models.Model):
    """What a check found: always a danger with a firm, a date and a recheck of its own. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    check_row = models.ForeignKey(Check, models.PROTECT, related_name="findings")
    danger = models.OneToOneField("dangers.Danger", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.danger)


class PointTable(LoopRecord):
    """积分月表: what was counted for each street when the table was shown, kept until it is settled."""

    start = models.DateTimeField()
    end = models.DateTimeField()
    lines = models.JSONField(default=list)  # {"region", "counts": {…}, "points": [[count, points] …]}
    counted_at = models.DateTimeField()
    object_until = models.DateTimeField()
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.start:%F}"
