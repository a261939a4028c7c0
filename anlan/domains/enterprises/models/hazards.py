"""What can go wrong in a firm: units with substances (GB 18218), facilities, and its standardisation."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.domains.enterprises.models.firms import Enterprise, Site
from anlan.kernel.core.ids import new_id


class HazardUnit(models.Model):
    """A production or storage unit of GB 18218: split at cut-off valves, by dike, by independent building."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="units")
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="units")
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=12)  # production | storage
    people_500m = models.PositiveIntegerField(
        null=True, blank=True
    )  # persons within 500 m of the plant's boundary
    grade = models.CharField(max_length=10, blank=True)  # "" not computed, none, 1–4, unknown
    filed_number = models.CharField(max_length=60, blank=True)
    filed_on = models.DateField(null=True, blank=True)
    assessed_on = models.DateField(null=True, blank=True)  # 安全评价, every three years
    safeguards = models.JSONField(default=dict, blank=True)  # automatic control, SIS, emergency cut-off
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=("production", "storage")), name="unit_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class Substance(models.Model):
    """A hazardous substance in a unit, with the largest quantity by design, in tonnes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(HazardUnit, models.PROTECT, related_name="substances")
    name = models.CharField(max_length=120)
    cas = models.CharField(max_length=20, blank=True)
    hazard_class = models.CharField(
        max_length=10, blank=True
    )  # class of table 2 (W5.1, J3 …), where not by name
    quantity_t = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["cas"], name="substance_cas")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quantity_t=None) | Q(quantity_t__gte=0), name="substance_quantity"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Facility(models.Model):
    """A process, confined space, dust area, ammonia system, furnace, plating line, lithium store … with its facts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="facilities")
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="facilities")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    facts = models.JSONField(default=dict, blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "enterprise"], name="facility_kind")]

    def __str__(self) -> str:
        return self.name


class Standardisation(models.Model):
    """安全生产标准化: grade with validity. A new certificate is a new row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="standardisations")
    grade = models.CharField(max_length=10)  # 1 | 2 | 3 | small
    number = models.CharField(max_length=60, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField()
    revoked_on = models.DateField(null=True, blank=True)
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["valid_to"], name="standardisation_valid")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__gt=models.F("valid_from")), name="standardisation_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.grade
