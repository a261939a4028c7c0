"""The firm itself: identity, sites with their plates, tags, leaseholders, and the history of what was signed."""

import secrets
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from anlan.kernel.core.ids import new_id
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.places.models import Region

STATUSES = ("operating", "suspended", "closed", "moved")
SCALES = ("", "micro", "small", "medium", "large")
GRADES = ("", "A", "B", "C", "D")
COLOURS = ("", "green", "yellow", "red")
FIELDS = (
    "",
    "transport",
    "construction",
    "industry",
    "fire",
    "hazchem",
    "special_equipment",
    "tourism",
)  # 七大重点领域


def new_plate() -> str:
    """The token of a door plate: 96 random bits, short enough for a small QR code."""
    return secrets.token_urlsafe(12)


class Enterprise(models.Model):
    """One firm, one archive. Name, USCC, region and position stand on the organisation.

    `grade` is the signed A–D class (low to high); `grade_proposed` is what the weights say and nobody has signed.
    `colour` is the signed three-colour tag. `profile` is the completeness of the archive in per cent, for lists
    only: numbers are counted from `History`.
    """

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, primary_key=True, related_name="enterprise"
    )
    status = models.CharField(max_length=12, default="operating")
    sector = models.CharField(max_length=6, blank=True)  # GB/T 4754-2017, e.g. C2110
    section = models.CharField(max_length=1, blank=True)  # its letter
    field = models.CharField(max_length=20, blank=True)  # one of the seven key fields
    scale = models.CharField(max_length=10, blank=True)
    staff = models.PositiveIntegerField(null=True, blank=True)  # persons
    established_on = models.DateField(null=True, blank=True)
    address = models.CharField(max_length=300, blank=True)  # registered address
    business = models.CharField(max_length=500, blank=True)  # what it does, in its own words
    regulator = models.CharField(max_length=60, blank=True)  # 监管归属
    policy = models.TextField(blank=True)  # 一企一策
    grade = models.CharField(max_length=1, blank=True)
    grade_proposed = models.CharField(max_length=1, blank=True)
    grade_reasons = models.JSONField(default=list, blank=True)
    colour = models.CharField(max_length=10, blank=True)
    profile = models.PositiveSmallIntegerField(default=0)
    entered_for = models.CharField(max_length=100, blank=True)  # 代录: for whom a patroller registered it
    origin = models.CharField(max_length=60, blank=True)  # page | import | comparison | demo
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    words = models.TextField(blank=True, default="")
    search = SearchVectorField(null=True)

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["search"], name="enterprise_search"),
            models.Index(fields=["section", "sector"], name="enterprise_sector"),
            models.Index(fields=["grade"], name="enterprise_grade"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="enterprise_status"),
            models.CheckConstraint(condition=Q(grade__in=GRADES), name="enterprise_grade_a_d"),
            models.CheckConstraint(condition=Q(colour__in=COLOURS), name="enterprise_colour"),
            models.CheckConstraint(condition=Q(profile__lte=100), name="enterprise_profile_percent"),
        ]

    def __str__(self) -> str:
        return self.organisation.name


class Site(models.Model):
    """Where a firm works. `plate` is what the QR code at its door says."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="sites")
    name = models.CharField(max_length=160)
    address = models.CharField(max_length=300, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    lon = models.FloatField(null=True, blank=True)  # WGS-84 degrees
    lat = models.FloatField(null=True, blank=True)
    plate = models.CharField(max_length=32, unique=True, default=new_plate)
    landlord = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="let_to"
    )  # the building of the landlord that this site lies in
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["region"], name="site_region")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(lon=None, lat=None) | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="site_lon_lat",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A firm is of a kind (dust, ammonia …) or on a list (key enterprise, a campaign …), since when and until when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="tags")
    kind = models.CharField(max_length=40)
    facts = models.JSONField(default=dict, blank=True)
    basis = models.CharField(max_length=300, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "enterprise"], name="tag_kind")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enterprise", "kind"], condition=Q(until=None), name="tag_one_open_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class History(models.Model):
    """What was said of a firm and when: status, class, colour, completeness, a unit's grade. Append-only.

    `value` is the value from then on; `facts` say why. Numbers are counted from these rows.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="history")
    kind = models.CharField(max_length=20)  # status | grade | colour | profile | hazard_grade
    subject = models.UUIDField(null=True, blank=True)  # the unit, where it is about one
    value = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    happened_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "enterprise", "at"], name="history_kind"),
            BrinIndex(fields=["at"], name="history_at", pages_per_range=32, autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Tenancy(models.Model):
    """A leaseholder in a landlord's building (分租式厂房, 园区)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    building = models.ForeignKey(Site, models.PROTECT, related_name="tenancies")
    tenant = models.ForeignKey(Enterprise, models.PROTECT, related_name="leases")
    rooms = models.CharField(max_length=120, blank=True)  # which floor, which rooms
    area_m2 = models.PositiveIntegerField(null=True, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    safety_agreement = models.BooleanField(default=False)  # 安全生产管理协议 signed
    fire_pledge_on = models.DateField(null=True, blank=True)  # 消防安全责任书

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["building", "tenant"], condition=Q(until=None), name="tenancy_one_open"
            ),
        ]

    def __str__(self) -> str:
        return self.rooms or str(self.tenant_id)


class ParkPoint(models.Model):
    """园区物业积分: points given or taken, with the reason; the sum is the score. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="points")
    item = models.CharField(max_length=40)  # a line of the ruleset enterprises.park_points
    points = models.SmallIntegerField()
    note = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["enterprise", "at"], name="parkpoint_at")]

    def __str__(self) -> str:
        return f"{self.item} {self.points:+d}"
