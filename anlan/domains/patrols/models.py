"""Checklists with their items and sources; visits, what was found there, and the acts that phones sent."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from anlan.domains.patrols import rules
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Attachment
from anlan.kernel.loop.models import LoopRecord
from anlan.kernel.orgs.models import Organisation, Person


class Checklist(models.Model):
    """巡查事项清单: what is looked at where firms have one of `tags` (empty: everywhere). A change is a new version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    tags = models.JSONField(default=list, blank=True)  # kinds of enterprises.Tag
    place = models.PositiveSmallIntegerField(default=100)  # in the order of lists, lowest first
    digest = models.CharField(max_length=64)  # SM3 of its content: loading it twice adds nothing
    origin = models.CharField(max_length=120, blank=True)  # the file that brought it
    by = models.CharField(max_length=100)
    published_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)  # a newer version took its place

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="checklist_version"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(retired_at=None), name="checklist_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ChecklistItem(models.Model):
    """One thing to look at. `law` and `article` are its source, `tag` how sure it is; practice has no clause."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="items")
    code = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300, blank=True)
    law = models.CharField(max_length=200, blank=True)
    article = models.CharField(max_length=100, blank=True)
    tag = models.CharField(max_length=1, default="M")  # C confirmed, P secondary, M practice or memory
    category = models.CharField(max_length=40, default="other")  # of the danger it becomes
    major = models.BooleanField(default=False)  # not fine: may be a major danger, a person decides

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["checklist", "code"], name="checklistitem_code"),
            models.CheckConstraint(condition=Q(tag__in=["C", "P", "M"]), name="checklistitem_tag"),
            models.CheckConstraint(condition=Q(tag="M") | ~Q(law=""), name="checklistitem_source"),
        ]

    def __str__(self) -> str:
        return self.text


class Visit(LoopRecord):
    """A visit to a firm. `key` was made on the phone, so that a visit sent twice is one visit.

    `tags` and `grade` are what the firm was at the time: numbers by trade count these. `version` goes up with each
    change; a change that was made upon an older version is shown to a person.
    """

    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=20)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="visits")
    site = models.ForeignKey("enterprises.Site", models.PROTECT, null=True, blank=True, related_name="visits")
    campaign = models.UUIDField(null=True, blank=True)  # of dangers.Campaign
    tags = models.JSONField(default=list, blank=True)
    grade = models.CharField(max_length=1, blank=True)
    lists = models.ManyToManyField(Checklist, related_name="visits")
    patroller = models.ForeignKey(Person, models.PROTECT, related_name="visits")
    companions = models.JSONField(default=list, blank=True)  # names of those who came along
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)
    metres_off = models.FloatField(null=True, blank=True)  # from the site; flagged, never refused
    answers = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)
    sign_how = models.CharField(max_length=10, blank=True)
    signer = models.CharField(max_length=60, blank=True)
    witness = models.CharField(max_length=60, blank=True)
    sign = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "started_at"], name="visit_firm"),
            models.Index(fields=["site", "started_at"], name="visit_site"),
            models.Index(fields=["patroller", "started_at"], name="visit_patroller"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at")), name="visit_span"
            ),
            models.CheckConstraint(condition=Q(sign_how__in=["", "signed", "refused"]), name="visit_sign"),
        ]

    def kind_name(self) -> str:
        """The kind in the reader's language."""
        return gettext(rules.KINDS.get(self.kind, self.kind))


class Finding(models.Model):
    """Something found wrong on a visit, and the danger that it became. The id was made on the phone."""

    id = models.UUIDField(primary_key=True, editable=False)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="findings")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, null=True, blank=True, related_name="findings")
    danger = models.ForeignKey(
        "dangers.Danger", models.PROTECT, null=True, blank=True, related_name="findings"
    )
    photos = models.ManyToManyField(Attachment, related_name="+")
    found_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Act(models.Model):
    """One act that a phone sent, kept with its answer: sent again, it gets the same answer and does nothing more.

    A conflict keeps both hands (`body` and `answer`) until a later act of the person settles it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)  # SM3 of kind and body
    body = models.JSONField()
    state = models.CharField(
        max_length=10
    )  # taken | conflict; what was refused is not kept: it can be mended
    answer = models.JSONField(default=dict)
    settles = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="settled_by")
    happened_at = models.DateTimeField()
    clock_off_s = models.IntegerField(default=0)
    received_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "received_at"], name="act_person")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=["taken", "conflict"]), name="act_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class JointCheck(LoopRecord):
    """消地联合监管: fire service and bureau look at a major hazard installation together, once every half-year."""

    unit = models.ForeignKey("enterprises.HazardUnit", models.PROTECT, related_name="joint_checks")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="joint_checks")
    half = models.CharField(max_length=6)  # 2026H1
    due_at = models.DateTimeField()
    fire_team = models.CharField(max_length=80, blank=True)
    fire_officer = models.CharField(max_length=60, blank=True)
    found = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "half"], name="jointcheck_once")]


class Score(LoopRecord):
    """积分: what the rows of a month say of a patroller's work; shown first, then signed with what rows cannot know.

    A year's score is made of its signed months and the courses of the year.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="scores")
    span = models.CharField(max_length=5, default="month")  # month | year
    month = models.DateField()  # its first day; of a year's score the first of January
    lines = models.JSONField(default=list)  # code, what it counts, of what, points
    proposed = models.DecimalField(max_digits=5, decimal_places=1)
    signed = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "month", "span"], name="score_once"),
            models.CheckConstraint(condition=Q(span__in=["month", "year"]), name="score_span"),
        ]

    def month_name(self) -> str:
        """Year and month, or the year, for lists."""
        return f"{self.month:%Y-%m}" if self.span == "month" else f"{self.month:%Y}"


class Rotation(LoopRecord):
    """轮岗: somebody's time on a ground is over; who takes it over, or until when they are kept, a person decides."""

    duty = models.ForeignKey("orgs.Duty", models.PROTECT, related_name="rotations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="rotations")
    since = models.DateTimeField()
    months = models.PositiveSmallIntegerField()  # on the ground when it was proposed
    to = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    swapped = models.ForeignKey(
        "orgs.Duty", models.PROTECT, null=True, blank=True, related_name="+"
    )  # the other's ground that came back in the same act
    items = models.PositiveIntegerField(null=True, blank=True)  # open items that changed hands
    until = models.DateTimeField(null=True, blank=True)  # kept: not proposed again before

    class Meta:
        indexes: ClassVar = [models.Index(fields=["duty"], name="rotation_duty")]


class Training(models.Model):
    """A course that somebody took: hours (学时, 45 minutes), result, and until when its certificate is valid.

    Append-only: what was entered wrongly is struck out with a reason and stays.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="patrol_courses")
    course = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    held_on = models.DateField()
    hours = models.DecimalField(max_digits=5, decimal_places=1)
    result = models.CharField(max_length=10)
    organiser = models.CharField(max_length=120, blank=True)
    certificate = models.CharField(max_length=60, blank=True)  # its number
    valid_until = models.DateField(null=True, blank=True)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_why = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "held_on"], name="training_person")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("held_on")), name="training_term"
            ),
            models.CheckConstraint(condition=Q(hours__gt=0), name="training_hours"),
        ]

    def __str__(self) -> str:
        return self.course

    def kind_name(self) -> str:
        return gettext(rules.COURSE_KINDS.get(self.kind, self.kind))

    def result_name(self) -> str:
        return gettext(rules.RESULTS.get(self.result, self.result))


class TrainingDue(LoopRecord):
    """What somebody still owes: the hours of a year, or a certificate that runs out. Its clock ends by itself."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)  # hours | certificate
    year = models.PositiveSmallIntegerField()
    course = models.CharField(max_length=120, blank=True)
    training = models.ForeignKey(Training, models.PROTECT, null=True, blank=True, related_name="+")
    asked = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)  # hours of the year
    due_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "year"], condition=Q(kind="hours"), name="trainingdue_year"
            ),
            models.UniqueConstraint(
                fields=["training"], condition=Q(kind="certificate"), name="trainingdue_certificate"
            ),
            models.CheckConstraint(condition=Q(kind__in=["hours", "certificate"]), name="trainingdue_kind"),
        ]

    def what(self) -> str:
        """What is owed, in the reader's language."""
        if self.kind == "hours":
            return gettext("{n} class hours of {year}").format(
                n=f"{float(self.asked or 0):g}", year=self.year
            )
        return gettext("New certificate: {course}").format(course=self.course)
