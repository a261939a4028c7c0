"""An accident, its toll, victims, due dates, and the measures of its reply with what became of them."""

from typing import ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from anlan.domains.accidents.rules import preventing, words
from anlan.kernel.core.fields import EncryptedTextField
from anlan.kernel.core.ids import new_id
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.orgs.models import Organisation


def _said(table: dict[str, str]) -> list[tuple[str, str | Promise]]:
    """Codes with their words, in the reader's language wherever they are shown."""
    return [(code, gettext_lazy(label)) for code, label in table.items()]


class Accident(LoopRecord):
    """生产安全事故: sector, place and supervising body are three fields, never one.

    `grade` is what the toll reaches and `signed_grade` what a person signed; both and the dates are what pages and
    clocks read. The statistics count Toll, Due and steps instead.
    """

    type_code = models.CharField(max_length=20, choices=_said(words.TYPES))
    sector = models.CharField(max_length=1, choices=_said(words.SECTORS))
    body = models.CharField(max_length=20)  # code of accidents.bodies
    body_label = models.CharField(max_length=60)
    description = models.CharField(max_length=300)
    spot = models.CharField(max_length=200, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True, blank=True)
    unit_name = models.CharField(max_length=160, blank=True)  # of a firm that no register of ours knows
    source = models.CharField(max_length=160, blank=True)  # the register it comes from; empty: filed here
    number = models.CharField(max_length=60, blank=True)  # its number there
    occurred_at = models.DateTimeField()
    counts_until = models.DateTimeField()  # a death after it no longer counts
    grade = models.CharField(max_length=12, choices=_said(words.GRADES), default="none")
    signed_grade = models.CharField(max_length=12, blank=True, choices=_said(words.GRADES))
    investigate_due = models.DateTimeField(null=True, blank=True)
    reply_due = models.DateTimeField(null=True, blank=True)
    evaluate_due = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["occurred_at"], name="accidents_accident_occurred")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "number"], condition=~models.Q(source=""), name="accidents_accident_source"
            )
        ]

    @property
    def unit(self) -> str:
        return str(self.organisation) if self.organisation is not None else self.unit_name

    @property
    def must_sign_anew(self) -> bool:
        """The toll has outgrown the signed grade."""
        ranks = words.RANK.index
        return bool(self.signed_grade) and ranks(self.grade) > ranks(self.signed_grade)


class Toll(models.Model):
    """Cumulative figures of an accident as somebody knew them at a time, with the grade they reach. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    accident = models.ForeignKey(WorkItem, models.PROTECT, related_name="accident_tolls")
    figures = models.ForeignKey(
        "incidents.Figures", models.PROTECT, related_name="+", null=True, blank=True
    )  # of the event it follows
    dead = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    badly_hurt = models.PositiveIntegerField(default=0)
    hurt = models.PositiveIntegerField(default=0)
    loss_yuan = models.PositiveBigIntegerField(default=0)
    grade = models.CharField(max_length=12, choices=_said(words.GRADES))
    counted = models.BooleanField(default=True)  # happened within the clock of 30 (7) days
    reason = models.CharField(max_length=300, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    late_entry = models.BooleanField(default=False)
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["accident", "happened_at"], name="accidents_toll_accident")]

    def __str__(self) -> str:
        return f"{self.happened_at:%F %R}"


class Victim(models.Model):
    """Somebody who died or was hurt. The name is encrypted. A later row takes this one's place."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    accident = models.ForeignKey(WorkItem, models.PROTECT, related_name="accident_victims")
    before = models.OneToOneField("self", models.PROTECT, related_name="after", null=True, blank=True)
    name = EncryptedTextField()
    outcome = models.CharField(max_length=12, choices=_said(words.OUTCOMES))
    age = models.PositiveSmallIntegerField(null=True, blank=True)
    trade = models.CharField(max_length=60, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.outcome


class Due(models.Model):
    """When report, reply or evaluation is due. Append-only: an extension adds a row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    accident = models.ForeignKey(WorkItem, models.PROTECT, related_name="accident_dues")
    what = models.CharField(max_length=12, choices=_said(words.DUES))
    due_at = models.DateTimeField()
    source = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["what", "due_at"], name="accidents_due_what_at")]

    def __str__(self) -> str:
        return f"{self.what} {self.due_at:%F}"


class Measure(models.Model):
    """整改措施 of a reply."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    accident = models.ForeignKey(WorkItem, models.PROTECT, related_name="accident_measures")
    number = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["accident", "number"], name="accidents_measure_number")
        ]

    def __str__(self) -> str:
        return self.words


class Prevention(LoopRecord):
    """事故预防控制专项行动: which accidents a campaign is to keep down, and to what number. Its checks and dangers are
    the campaign's own; accidents are counted from the register. Empty lists: every type, every sector."""

    campaign = models.OneToOneField("dangers.Campaign", models.PROTECT, related_name="prevention")
    types = models.JSONField(default=list, blank=True)
    sectors = models.JSONField(default=list, blank=True)  # letters of GB/T 4754
    most_accidents = models.PositiveIntegerField(null=True, blank=True)
    most_dead = models.PositiveIntegerField(null=True, blank=True)
    ends_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(most_accidents=None, most_dead=None), name="accidents_prevention_goal"
            ),
        ]

    def __str__(self) -> str:
        return str(self.campaign)


class Warned(models.Model):
    """约谈、通报、警示 of a street that did too little against accidents. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    prevention = models.ForeignKey(Prevention, models.PROTECT, related_name="warnings")
    street = models.ForeignKey("places.Region", models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=_said(preventing.HOWS))
    why = models.CharField(max_length=300)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.street_id} {self.how}"


class Finding(models.Model):
    """What somebody found when they looked at a measure. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="findings")
    result = models.CharField(max_length=6, choices=_said(words.RESULTS))
    note = models.CharField(max_length=300, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.result
