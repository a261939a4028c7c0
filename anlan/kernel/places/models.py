"""Regions, kinds of places and the places themselves. This room knows nobody."""

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GistIndex
from django.db import models

from anlan.kernel.core.ids import new_id

LEVELS = ("nation", "province", "city", "county", "street", "community")


class Region(models.Model):
    """A node of the administrative tree: 12-digit code (GB/T 2260 with the statistical extension)."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    level = models.CharField(max_length=10)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    prefix = models.CharField(max_length=12)  # the significant digits: a subtree is `code__startswith=prefix`
    outline = models.JSONField(null=True, blank=True)  # GeoJSON geometry, WGS-84
    outline_origin = models.CharField(max_length=200, blank=True)  # whose line it is, said on the map
    outline_digest = models.CharField(max_length=64, blank=True)  # SM3, so that caches see a new line
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["level", "code"], name="region_level_code")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(code__regex=r"^\d{12}$"), name="region_code_12_digits"),
            models.CheckConstraint(condition=models.Q(level__in=LEVELS), name="region_level"),
        ]

    def __str__(self) -> str:
        return self.name


class PlaceKind(models.Model):
    """A kind of place declared as data, with the attributes its places carry.

    `attributes`: {name: {"type": "number"|"text"|"flag", "unit": "", "label": "", "required": false}}.
    """

    code = models.CharField(max_length=40, primary_key=True)
    label = models.CharField(max_length=80)
    label_en = models.CharField(max_length=80)
    attributes = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.label


class PointField(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's core `point` in metres of the district's local projection: GiST gives nearest by `<->`."""

    def db_type(self, connection: object) -> str:
        return "point"

    def from_db_value(
        self, value: str | None, expression: object, connection: object
    ) -> tuple[float, float] | None:
        if value is None:
            return None
        x, y = value.strip("()").split(",")
        return float(x), float(y)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else f"({value[0]},{value[1]})"


class Place(models.Model):
    """Something that lies somewhere: a waterlogging point, a reservoir, a shelter, a gauge's pole, a site."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=60, blank=True)
    kind = models.ForeignKey(PlaceKind, models.PROTECT)
    name = models.CharField(max_length=120)
    region = models.ForeignKey(Region, models.PROTECT)
    lon = models.FloatField()  # WGS-84 degrees
    lat = models.FloatField()
    point = PointField()  # metres, see crs.to_local
    area = models.JSONField(null=True, blank=True)  # GeoJSON geometry where it is more than a point
    attributes = models.JSONField(default=dict)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "region"], name="place_kind_region"),
            # Metres, not degrees: at 22.6° N degrees ordered 161 of 200 nearest neighbours wrongly.
            GistIndex(fields=["point"], name="place_point"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "code"], condition=~models.Q(code=""), name="place_code_unique_in_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(lon__range=(-180, 180)) & models.Q(lat__range=(-90, 90)),
                name="place_lon_lat",
            ),
        ]

    def __str__(self) -> str:
        return self.name
