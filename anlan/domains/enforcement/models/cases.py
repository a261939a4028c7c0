"""Cases with the penalties decided in them, spot penalties, what was executed; measures, publications, referrals.

Decided and paid are two kinds of rows and never one number. Amounts are in yuan.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from anlan.domains.enforcement.models.checks import Check
from anlan.domains.enforcement.rules import words
from anlan.kernel.core.fields import EncryptedTextField
from anlan.kernel.core.ids import new_id
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.papers.models import Paper


class Case(LoopRecord):
    """立案: one matter against one firm, whoever is penalised in it (一案双罚 is one case).

    The days of its clocks stand here, set by actions from the rules that were in force.
    """

    number = models.CharField(max_length=60, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="enforcement_cases"
    )
    firm_name = models.CharField(max_length=160)
    cause = models.CharField(max_length=300)  # 案由
    check_row = models.ForeignKey(Check, models.PROTECT, null=True, blank=True, related_name="cases")
    dangers = models.ManyToManyField("dangers.Danger", blank=True, related_name="+")
    campaign = models.ForeignKey("dangers.Campaign", models.PROTECT, null=True, blank=True, related_name="+")
    first_officer = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    second_officer = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    tags = models.JSONField(default=list, blank=True)
    sector = models.CharField(max_length=6, blank=True)
    open_by = models.DateTimeField(null=True, blank=True)
    decide_by = models.DateTimeField(null=True, blank=True)
    serve_by = models.DateTimeField(null=True, blank=True)
    pay_by = models.DateTimeField(null=True, blank=True)
    conclude_by = models.DateTimeField(null=True, blank=True)
    power = models.CharField(max_length=40, blank=True)  # of the notice
    notified = models.JSONField(default=list, blank=True)  # what the notice said
    large = models.BooleanField(default=False)  # 较大数额
    hearing = models.CharField(max_length=10, blank=True)
    hearing_until = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=100, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=160, blank=True)
    papers = models.ManyToManyField(Paper, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(hearing__in=tuple(words.HEARINGS)), name="case_hearing"),
            models.UniqueConstraint(
                fields=["source", "number"], condition=~Q(source=""), name="case_source_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.firm_name}".strip()


class Spot(LoopRecord):
    """当场处罚 by the summary procedure; its penalty stands in `Penalty` like that of a case."""

    number = models.CharField(max_length=60, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    firm_name = models.CharField(max_length=160)
    cause = models.CharField(max_length=300)
    check_row = models.ForeignKey(Check, models.PROTECT, null=True, blank=True, related_name="spots")
    campaign = models.ForeignKey("dangers.Campaign", models.PROTECT, null=True, blank=True, related_name="+")
    first_officer = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    second_officer = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    tags = models.JSONField(default=list, blank=True)
    sector = models.CharField(max_length=6, blank=True)
    pay_by = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=160, blank=True)
    papers = models.ManyToManyField(Paper, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "number"], condition=~Q(source=""), name="spot_source_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.firm_name}".strip()


class Penalty(models.Model):
    """One penalty against one respondent, as it was decided. Append-only.

    `item` is the case or the spot penalty; `procedure` says which, so that the two are counted apart.
    `majors` says how many major dangers a row that was taken over penalised; a case of ours names its dangers.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="penalties")
    procedure = models.CharField(max_length=5)  # case | spot
    respondent = models.CharField(max_length=10)
    name = EncryptedTextField(blank=True, default="")  # of a person
    kind = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    power = models.CharField(max_length=40, blank=True)
    law = models.CharField(max_length=200, blank=True)
    article = models.CharField(max_length=100, blank=True)
    tier = models.CharField(max_length=10, blank=True)
    range_least = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    range_most = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    factors = models.JSONField(default=list, blank=True)
    reason = models.TextField(blank=True)
    majors = models.PositiveIntegerField(default=0)
    decided_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["decided_at"], name="penalty_decided_at"),
            models.Index(fields=["item"], name="penalty_item"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(procedure__in=("case", "spot")), name="penalty_procedure"),
            models.CheckConstraint(condition=Q(kind__in=tuple(words.PENALTY_KINDS)), name="penalty_kind"),
            models.CheckConstraint(
                condition=Q(respondent__in=tuple(words.RESPONDENTS)), name="penalty_respondent"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="penalty_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class Execution(models.Model):
    """What was paid or carried out of a penalty; `whole`: nothing of it is left. A surcharge is apart. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    penalty = models.ForeignKey(Penalty, models.PROTECT, related_name="executions")
    how = models.CharField(max_length=10, default="paid")
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    surcharge = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    whole = models.BooleanField(default=False)
    receipt = models.CharField(max_length=80, blank=True)
    done_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=0) & Q(surcharge__gte=0), name="execution_amount"),
            models.CheckConstraint(condition=Q(how__in=tuple(words.EXECUTIONS)), name="execution_how"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class Measure(LoopRecord):
    """现场处理措施、停产停业、查封、扣押: imposed in writing by two officers, prolonged once, lifted."""

    kind = models.CharField(max_length=12)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    check_row = models.ForeignKey(Check, models.PROTECT, null=True, blank=True, related_name="measures")
    what = models.CharField(max_length=300)  # which place, machine, material
    basis = models.CharField(max_length=200, blank=True)
    first_officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second_officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    imposed_at = models.DateTimeField()
    due_by = models.DateTimeField()
    prolonged = models.BooleanField(default=False)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=tuple(words.MEASURE_KINDS)), name="enforcement_measure_kind"
            ),
        ]

    def kind_name(self) -> str:
        """The kind in the reader's language."""
        return gettext(words.MEASURE_KINDS.get(self.kind, self.kind))


class Publication(LoopRecord):
    """A decision that is made public within the days of the law (行政执法公示)."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="publication")
    due_by = models.DateTimeField()
    published_where = models.CharField(max_length=200, blank=True)


class Referral(LoopRecord):
    """行刑衔接: a matter handed over to the police, with the receipt and what they answered. Names are encrypted."""

    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="referrals")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    to = models.CharField(max_length=120)
    offence = models.CharField(max_length=200)
    persons = models.PositiveSmallIntegerField(default=0)
    names = EncryptedTextField(blank=True, default="")
    documents = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField()
    receipt = models.CharField(max_length=80, blank=True)
    answer = models.CharField(max_length=200, blank=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.offence
