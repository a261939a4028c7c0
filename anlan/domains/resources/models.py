"""A rescue force with its contacts and agreement, its strength as it was told, and the checks of its contacts."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from anlan.domains.resources import rules
from anlan.kernel.core.ids import new_id
from anlan.kernel.loop.models import LoopRecord
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.places.models import Place, Region


class Force(models.Model):
    """救援力量: whom one can ask for people and equipment. `scope` is the count it stands in, one and no other.

    `asked_at` and `answered_at` serve the list; numbers are counted from `Strength` and from the steps of the checks.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="rescue_forces")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    place = models.ForeignKey(
        Place, models.PROTECT, related_name="+", null=True, blank=True
    )  # where it stands by
    kind = models.CharField(
        max_length=14, choices=[(code, gettext_lazy(label)) for code, label in rules.KINDS.items()]
    )
    scope = models.CharField(
        max_length=20, choices=[(code, gettext_lazy(label)) for code, label in rules.SCOPES.items()]
    )
    skills = models.JSONField(default=list, blank=True)  # codes of the rule resources.skills
    people = models.PositiveIntegerField()  # as told last
    equipment = models.JSONField(default=list, blank=True)  # [{name, count, unit}]
    base = models.CharField(max_length=200, blank=True)
    contact_a = models.ForeignKey(Person, models.PROTECT, related_name="+")
    contact_b = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    agreement = models.CharField(max_length=160, blank=True)  # 联动协议
    agreement_from = models.DateField(null=True, blank=True)
    agreement_to = models.DateField(null=True, blank=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "region"], name="force_kind_region")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(rules.KINDS)), name="force_kind"),
            models.CheckConstraint(condition=Q(scope__in=list(rules.SCOPES)), name="force_scope"),
            models.CheckConstraint(condition=~Q(contact_a=F("contact_b")), name="force_two_contacts"),
            models.UniqueConstraint(
                fields=["name", "region"], condition=Q(left_at=None), name="force_name_in_region"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Strength(models.Model):
    """How many people a force can send, as somebody told it. Append-only: the last one known at a time holds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    force = models.ForeignKey(Force, models.PROTECT, related_name="strengths")
    people = models.PositiveIntegerField()
    scope = models.CharField(max_length=20)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["force", "-happened_at"], name="strength_force")]

    def __str__(self) -> str:
        return f"{self.people}"


class ContactCheck(LoopRecord):
    """核实联系人: one question to a force. What was answered stands in the steps."""

    force = models.ForeignKey(Force, models.PROTECT, related_name="checks")
    asked = models.ForeignKey(Person, models.PROTECT, related_name="+")  # contact A on that day

    class Meta:
        indexes: ClassVar = [models.Index(fields=["force"], name="contactcheck_force")]


class Refresh(LoopRecord):
    """数据更新: one set of base data found older than it may be. `code` names the set as `queries.datasets` does."""

    code = models.CharField(max_length=80)
    changed_at = models.DateTimeField(null=True, blank=True)  # the last change when it was found

    class Meta:
        verbose_name_plural = "refreshes"
        indexes: ClassVar = [models.Index(fields=["code"], name="refresh_code")]
