"""Evidence packs: what was asked for, and the files that the background made of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.domains.assessments.models.rounds import Round
from anlan.kernel.core.ids import new_id
from anlan.kernel.orgs.models import Organisation


class Pack(models.Model):
    """佐证材料: chosen items of a round and a period, as a numbered folder and one PDF."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="packs")
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    items = models.JSONField(default=list)  # codes
    first = models.DateField()
    last = models.DateField()
    state = models.CharField(max_length=10, default="waiting")  # waiting | ready | refused | broken
    tries = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=80, blank=True)  # why it was refused
    facts = models.JSONField(default=dict)
    pages = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)
    pdf_sm3 = models.CharField(max_length=64, blank=True)
    zip_sm3 = models.CharField(max_length=64, blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["at"], condition=Q(state="waiting"), name="pack_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.at:%F}"
