"""What the platform proposes, once an episode, with its grounds; and the advisories that it publishes."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from anlan.domains.warnings.rules.scales import COLOURS
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Exercise
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import visible_regions
from anlan.kernel.places.models import Region

SOURCES = ("alarm", "signal", "forecast", "person")


class Episode(models.Model):
    """One hazard over one street, as long as any alarm or signal about it lives: the unit of *one proposal*.

    What was offered in it is the highest colour proposed so far; only a higher one is proposed again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")
    hazard = models.CharField(max_length=30)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    advisory_offered = models.CharField(max_length=10, blank=True)
    call_out_offered = models.CharField(max_length=10, blank=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["exercise", "hazard", "region"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="episode_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hazard} {self.region_id}"


class EpisodeSource(models.Model):
    """An alarm or a signal that keeps an episode alive; the episode ends with the last of them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    episode = models.ForeignKey(Episode, models.PROTECT, related_name="sources")
    source = models.CharField(max_length=10)
    source_id = models.CharField(max_length=60)
    colour = models.CharField(max_length=10)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["episode", "source", "source_id"], name="episodesource_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["source", "source_id"], condition=Q(ended_at=None), name="episodesource_alive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.colour}"


class Ground(models.Model):
    """依据: what a proposal or an advisory rests on, as it was known then. Written once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="warning_grounds")
    source = models.CharField(max_length=10)
    source_id = models.CharField(max_length=60, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    colour = models.CharField(max_length=10)
    facts = models.JSONField(
        default=dict
    )  # station, metric, window, value, threshold … as the source said them
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(source__in=SOURCES), name="ground_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.colour}"


class ByRegion(models.QuerySet[Any]):
    """Records whose item's region a person answers for."""

    def visible_to(self, person: Person, *, at: datetime) -> Self:
        return self.filter(visible_regions(person, at=at, field="item__region_id"))


class OfficeRing(LoopRecord):
    """An alarm reached a mark and there is no signal: the weather office is rung, and what it said is kept."""

    hazard = models.CharField(max_length=30)
    mark_colour = models.CharField(max_length=10)  # 达到某色标准(未发信号), never a signal's colour
    regions = models.ManyToManyField(Region, related_name="+")

    objects = ByRegion.as_manager()


class Proposal(LoopRecord):
    """A proposed call-out with its grounds. While it waits it takes in more streets; `version` counts each change."""

    hazard = models.CharField(max_length=30)
    colour = models.CharField(max_length=10)
    basis = models.CharField(max_length=10)  # the strongest source: signal before alarm before forecast
    regions = models.ManyToManyField(Region, related_name="+")
    area = models.JSONField(null=True, blank=True)  # GeoJSON where an officer drew it
    words = models.CharField(max_length=300, blank=True)  # why, where an officer proposes by hand
    version = models.PositiveIntegerField(default=1)

    objects = ByRegion.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(colour__in=COLOURS), name="proposal_colour"),
            models.CheckConstraint(condition=Q(basis__in=SOURCES), name="proposal_basis"),
        ]


class Advisory(LoopRecord):
    """风险提示: the platform's own word to the public. It names a mark that was reached, never a signal."""

    hazard = models.CharField(max_length=30)
    mark_colour = models.CharField(max_length=10)
    basis = models.CharField(max_length=10)
    regions = models.ManyToManyField(Region, related_name="+")
    area = models.JSONField(null=True, blank=True)
    headline = models.CharField(max_length=200)
    description = models.TextField()
    instruction = models.TextField(blank=True)
    headline_en = models.CharField(max_length=300)
    description_en = models.TextField()
    instruction_en = models.TextField(blank=True)
    onset = models.DateTimeField()
    expires_at = models.DateTimeField()
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(mark_colour__in=COLOURS), name="advisory_mark_colour"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("onset")), name="advisory_ends_after_onset"),
        ]

    def __str__(self) -> str:
        return self.headline


class AdvisoryMessage(models.Model):
    """One CAP message of an advisory as it was published: Alert, Update or Cancel. Never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    advisory = models.ForeignKey(Advisory, models.PROTECT, related_name="messages")
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")
    identifier = models.CharField(max_length=120, unique=True)
    msg_type = models.CharField(max_length=10)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    refers_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    document = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["exercise", "expires_at"], name="advisorymessage_feed")]

    def __str__(self) -> str:
        return self.identifier
