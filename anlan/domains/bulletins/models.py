"""A report with its paragraphs, their wordings, the numbers in them, and what was found when they were compared."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Attachment, Exercise
from anlan.kernel.loop.models import LoopRecord
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.papers.models import Paper
from anlan.kernel.places.models import Region


class Report(LoopRecord):
    """报告: one text about one span, written from numbers as they were known at `as_of`."""

    template = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    to = models.CharField(max_length=200, blank=True)
    span = models.CharField(max_length=10)
    first = models.DateField()
    last = models.DateField()  # both days counted
    as_of = models.DateTimeField()
    given = models.JSONField(default=dict)  # what only a person could say: to whom, on what occasion
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="reports")
    due_at = models.DateTimeField()
    previous = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="later")
    campaign = models.UUIDField(
        null=True, blank=True
    )  # its rows alone were counted; the name stands in `given`
    number = models.CharField(max_length=100, blank=True)  # ours, or as the office system gave it
    issued_on = models.DateField(null=True, blank=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    scan = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["template", "first", "last"], name="bulletin_report_span")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="bulletin_span")
        ]

    def __str__(self) -> str:
        return self.title


class Drafting(models.Model):
    """起草单: a report asked for whose numbers take long, or a draft to be read again; the background writes it.

    It is its own job: what was asked, as known at `at`, how far it has come, and what became of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    template = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    region = models.ForeignKey(Region, models.PROTECT)
    day = models.DateField()
    first = models.DateField(null=True, blank=True)  # of a span that begins on a day that was said
    given = models.JSONField(default=dict)
    campaign = models.UUIDField(null=True, blank=True)
    campaign_name = models.CharField(max_length=200, blank=True)
    again = models.ForeignKey(Report, models.PROTECT, null=True, blank=True, related_name="+")  # read anew
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")  # waiting | done | refused | broken
    tries = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=0)  # slots read and paragraphs written, so far
    of = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=80, blank=True)  # why it was not written
    facts = models.JSONField(default=dict)
    report = models.ForeignKey(Report, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["at"], name="bulletin_drafting_todo", condition=Q(state="waiting"))
        ]

    def __str__(self) -> str:
        return self.title


class Paragraph(models.Model):
    """A part of a report: text, heading, table, chart or list. `key` is what the next issue finds it by."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Report, models.PROTECT, related_name="paragraphs")
    place = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)  # heading | say | table | chart | list
    rank = models.PositiveSmallIntegerField(default=1)
    owner = models.CharField(max_length=40, blank=True)  # kind of duty whose holders sign it
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)  # of a table, chart or list, as it was counted

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "place"], name="bulletin_paragraph_place")
        ]

    def __str__(self) -> str:
        return self.text[:40]


class Wording(models.Model):
    """How a paragraph read before it was changed, and by whom. `again`: its numbers were read again. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    paragraph = models.ForeignKey(Paragraph, models.PROTECT, related_name="wordings")
    text = models.TextField()
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    again = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.text[:40]


class Number(models.Model):
    """A number in a text, with everything needed to open it: what it is, of where and when, as known when, which rows.

    A number typed by hand (`kind` typed) says why, and in the place of which one it stands; that one is `gone_at`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    paragraph = models.ForeignKey(Paragraph, models.PROTECT, related_name="numbers")
    slot = models.CharField(max_length=80)
    start = models.PositiveIntegerField(null=True, blank=True)  # in the paragraph's text; none in a table
    end = models.PositiveIntegerField(null=True, blank=True)
    printed = models.CharField(max_length=60)
    kind = models.CharField(
        max_length=10
    )  # indicator | count | items | change | share | sum | excess | mean | typed
    label = models.CharField(max_length=200)
    unit = models.CharField(max_length=40, blank=True)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    base = models.BigIntegerField(null=True, blank=True)
    code = models.CharField(max_length=80, blank=True)
    version = models.PositiveSmallIntegerField(default=0)
    definition = models.CharField(max_length=500, blank=True)
    region = models.CharField(max_length=12, blank=True)
    first = models.DateField(null=True, blank=True)
    last = models.DateField(null=True, blank=True)
    as_of = models.DateTimeField(null=True, blank=True)
    campaign = models.UUIDField(null=True, blank=True)
    rows = models.JSONField(
        default=list
    )  # where they are few; else they are read again when somebody opens it
    many = models.PositiveIntegerField(null=True, blank=True)  # how many there are, where that was known
    opens = models.CharField(max_length=60, blank=True)  # the model of the rows; work items where it is empty
    of = models.JSONField(default=list)  # the slots it was made of
    instead_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    reason = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)
    gone_by = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["paragraph", "start"], name="bulletin_number_place")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind="typed") | ~Q(reason=""), name="bulletin_typed_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.printed


class Opening(models.Model):
    """Somebody opened a number of a report, to look at the rows behind it. Once a person, number and day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.ForeignKey(Number, models.PROTECT, related_name="openings")
    by = models.CharField(max_length=100)
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "by", "day"], name="bulletin_opening_once")
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.day:%F}"


class Contradiction(models.Model):
    """A finding that stood in a report: written down once, with its verdict, whether it was mended later or not."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Report, models.PROTECT, related_name="contradictions")
    key = models.CharField(max_length=500)
    verdict = models.CharField(max_length=10)  # wrong | scope | note
    words = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "key"], name="bulletin_contradiction_once")
        ]

    def __str__(self) -> str:
        return self.words


class Explanation(models.Model):
    """口径说明 of a report: why two numbers of it may stand side by side. It speaks of those values, of no others."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Report, models.PROTECT, related_name="explanations")
    key = models.CharField(max_length=500)
    note = models.CharField(max_length=500)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "key"], name="bulletin_explanation_once")
        ]

    def __str__(self) -> str:
        return self.note


class Share(LoopRecord):
    """核签: the paragraphs of a report that one office owns and signs."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="shares")
    owner = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "owner"], name="bulletin_share_once")
        ]


class EarlierText(models.Model):
    """往年文稿: a report from before this platform, kept by its kind, region and days so that it stands beside."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    template = models.CharField(max_length=60)
    region = models.ForeignKey(Region, models.PROTECT)
    title = models.CharField(max_length=200)
    first = models.DateField()
    last = models.DateField()  # both days counted
    name = models.CharField(max_length=200, blank=True)  # of the file
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["template", "region", "last"], name="bulletin_earlier_span")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="bulletin_earlier_days")
        ]

    def __str__(self) -> str:
        return self.title


class EarlierPart(models.Model):
    """A paragraph of an older text, and the key of the paragraph it stands beside; empty where it is beside nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    text = models.ForeignKey(EarlierText, models.PROTECT, related_name="parts")
    place = models.PositiveSmallIntegerField()
    words = models.TextField()
    heading = models.BooleanField(default=False)
    key = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["text", "place"], name="bulletin_earlier_place")
        ]

    def __str__(self) -> str:
        return self.words[:40]
