"""Risk points with their sources and measures, every level they ever had, and the demand to assess one anew."""

from functools import lru_cache
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from anlan.kernel.core.ids import new_id
from anlan.kernel.core.search import folded, vector_of
from anlan.kernel.loop.models import LoopRecord
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.papers.models import Paper
from anlan.kernel.places.models import Region

RESPONSIBLE = ("company", "workshop", "team", "post")
MEASURE_KINDS = ("engineering", "management", "training", "protective", "emergency")
PROVISION_STATES = ("planned", "issued", "dropped")
WHY_ANEW = ("process", "equipment", "material", "accident", "major_danger", "term")
LEVELS = Q(worst_case_level__range=(0, 4), assessed_level__range=(0, 4))


class RiskPoint(models.Model):
    """风险点: equipment, a spot, a place or an area, or an activity, where something can go wrong.

    Levels: 0 not yet assessed, 1 low (blue), 2 moderate (yellow), 3 considerable (orange), 4 major (red). The worst
    case and the assessed level are signed; the current level is computed and `weighed` says why.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=60)  # the enterprise's own, unique in it
    enterprise = models.ForeignKey("enterprises.Enterprise", models.PROTECT, related_name="risk_points")
    site = models.ForeignKey("enterprises.Site", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20)  # equipment | spot | place | area | activity
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", db_index=False)
    section = models.CharField(max_length=1, blank=True)  # letter of GB/T 4754, the enterprise's
    lon = models.FloatField(null=True, blank=True)  # WGS-84 degrees
    lat = models.FloatField(null=True, blank=True)
    responsible_level = models.CharField(max_length=10, default="post")
    responsible = models.CharField(
        max_length=80, blank=True
    )  # post or person of the enterprise, its own words
    method = models.CharField(max_length=10, blank=True)  # lec | ls | mes | direct
    worst_case_level = models.SmallIntegerField(default=0)
    assessed_level = models.SmallIntegerField(default=0)
    current_level = models.SmallIntegerField(default=0)
    weighed = models.JSONField(default=dict)  # {"dangers": all open there, "raised": what they raise it to}
    open_dangers = models.SmallIntegerField(default=0)
    signed_by = models.CharField(max_length=100, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    active = models.BooleanField(default=True)
    words = models.TextField(blank=True)
    search = SearchVectorField(null=True)
    act = models.UUIDField(null=True, blank=True)  # the import that wrote it last
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["search"], name="riskpoint_search"),
            models.Index(fields=["site"], name="riskpoint_site_live", condition=Q(active=True)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enterprise", "number"], name="riskpoint_number_of_enterprise"),
            models.CheckConstraint(
                condition=LEVELS & Q(current_level__range=(0, 4)), name="riskpoint_levels_0_to_4"
            ),
            models.CheckConstraint(
                condition=Q(responsible_level__in=RESPONSIBLE), name="riskpoint_responsible_level"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def index(self, firm: str) -> None:
        """Set the columns that searches read, after a change of name, place or level. `firm`: its name."""
        self.words = folded(self.name, self.number, firm)
        self.search = search_of(
            self,
            self.name,
            self.number,
            firm,
            region=self.region_id,
            section=self.section,
            colour=self.current_level,
        )


class RiskSource(models.Model):
    """危险源: what can do harm at a risk point, by how it may happen."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    point = models.ForeignKey(RiskPoint, models.PROTECT, related_name="sources", db_index=False)
    name = models.CharField(max_length=160)
    hazard_kind = models.CharField(
        max_length=20, blank=True
    )  # material | energy | behaviour | surroundings | rules
    accident_kinds = models.CharField(max_length=120, blank=True)  # codes of GB 6441, comma between
    method = models.CharField(max_length=10, blank=True)
    inputs = models.JSONField(default=dict)  # factors of the method: {"L": 3, "E": 6, "C": 15}
    score = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    worst_case_level = models.SmallIntegerField(default=0)
    assessed_level = models.SmallIntegerField(default=0)
    signed_by = models.CharField(max_length=100, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    active = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # numbers of spans before it still count it
    words = models.TextField(blank=True)
    search = SearchVectorField(null=True)
    act = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["search"], name="risksource_search")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["point", "name"], name="risksource_name_at_point"),
            models.CheckConstraint(condition=LEVELS, name="risksource_levels_0_to_4"),
        ]

    def __str__(self) -> str:
        return self.name

    def index(self, point: RiskPoint) -> None:
        """Set the columns that searches read; region and section are its point's."""
        self.words = folded(self.name, point.name)
        self.search = search_of(
            self,
            self.name,
            point.name,
            region=point.region_id,
            section=point.section,
            colour=self.assessed_level,
        )


class Measure(models.Model):
    """管控措施 against a source, or for a whole point."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    point = models.ForeignKey(RiskPoint, models.PROTECT, related_name="measures")
    source = models.ForeignKey(RiskSource, models.PROTECT, null=True, blank=True, related_name="measures")
    kind = models.CharField(max_length=12)
    text = models.CharField(max_length=400)
    active = models.BooleanField(default=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=MEASURE_KINDS), name="measure_kind"),
            models.UniqueConstraint(
                fields=["point", "source", "kind", "text"], nulls_distinct=False, name="measure_said_once"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Level(models.Model):
    """The levels of a point from a time on: append-only. Who set them, by which method, from what, and why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    point = models.ForeignKey(RiskPoint, models.PROTECT, related_name="levels", db_index=False)
    source = models.ForeignKey(RiskSource, models.PROTECT, null=True, blank=True, related_name="levels")
    worst_case_level = models.SmallIntegerField()
    assessed_level = models.SmallIntegerField()
    current_level = models.SmallIntegerField()
    cause = models.CharField(max_length=10)  # declared | assessed | dangers | imported | source_off | ended
    method = models.CharField(max_length=10, blank=True)
    inputs = models.JSONField(default=dict)
    score = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    raised = models.JSONField(default=list)  # what open dangers do to it, as on the point
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["point", "at"], name="level_point_at"),
        ]

    def __str__(self) -> str:
        return f"{self.worst_case_level}/{self.current_level}"


class Base(models.Model):
    """How many points a region (and section) declared it has: what the collection rate is counted against."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    section = models.CharField(max_length=1, blank=True)  # "" = all of them
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=200)  # the paper that declares it
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["region", "section", "at"], name="base_region_section_at")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.number}"


class Provision(models.Model):
    """制度措施, the second of the two lists: a rule, mechanism or standard made against a problem that was found."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=200)
    problem = models.CharField(max_length=400)  # what of the first list it answers
    kind = models.CharField(max_length=20, default="rule")  # rule | mechanism | standard | works | campaign
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    lead_unit = models.ForeignKey(Organisation, models.PROTECT, related_name="provisions")
    due_on = models.DateField()
    issued_on = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=80, blank=True)  # its number in the office system
    state = models.CharField(max_length=10, default="planned")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["title", "lead_unit"], name="provision_title_of_unit"),
            models.CheckConstraint(condition=Q(state__in=PROVISION_STATES), name="provision_state"),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(issued_on__isnull=False), name="provision_issued_has_day"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Reassessment(LoopRecord):
    """A risk point to be assessed anew, because something changed there or somebody was hurt."""

    point = models.ForeignKey(RiskPoint, models.PROTECT, related_name="reassessments")
    cause = models.CharField(max_length=20)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(cause__in=WHY_ANEW), name="reassessment_cause"),
        ]


def search_of(row: "RiskPoint | RiskSource", *texts: str, region: str, section: str, colour: int) -> str:
    """The `search` literal of a point or source: the pairs of its texts, and its filters as tokens beside them.

    Filters stand in the same index as the words, in capitals that no word has: a word, a street, a section and a
    colour are then met by one walk through the index, whatever is asked for.
    """
    filters = filter_tokens(region=region, section=section, worst=row.worst_case_level, colour=colour)
    return " ".join([*map(pairs_of, texts), *(f"'{token}'" for token in filters)])


def filter_tokens(*, region: str, section: str, worst: int, colour: int) -> tuple[str, ...]:
    """Street, community, section, worst-case level and colour of a row as tokens of the index."""
    return f"R:{region[:9]}", f"R:{region}", f"S:{section or '-'}", f"W:{worst}", f"C:{colour}"


@lru_cache(maxsize=200_000)
def pairs_of(text: str) -> str:
    """The part of a `tsvector` literal that one text gives; names repeat by the thousand, so they are kept."""
    return vector_of([text])


class Survey(LoopRecord):
    """安全生产风险普查: one region's survey against the base it declared; what was collected is counted from rows."""

    name = models.CharField(max_length=120)
    base = models.PositiveIntegerField()
    source = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    collected = models.PositiveIntegerField(null=True, blank=True)  # as it stood when it was handed in
    sampled = models.PositiveIntegerField(null=True, blank=True)
    wrong = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(base__gt=0), name="survey_base"),
            models.CheckConstraint(
                condition=Q(wrong=None) | Q(wrong__lte=models.F("sampled")), name="survey_sample"
            ),
        ]

    def share(self) -> str:
        """What was collected of the base when it was handed in, for lists."""
        return "" if self.collected is None else f"{100 * self.collected / self.base:.1f}%"


class Assessment(LoopRecord):
    """城市安全风险评估: a region and a year; figures kept from rows, the grade reviewed and signed by people."""

    year = models.PositiveSmallIntegerField()
    figures = models.JSONField(default=dict)  # streets and sections by level, total, open major dangers
    proposed = models.SmallIntegerField(default=0)
    level = models.SmallIntegerField(default=0)  # signed; 0 = not yet
    opinion = models.TextField(blank=True)
    experts = models.CharField(max_length=200, blank=True)
    measures = models.TextField(blank=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(level__range=(0, 4), proposed__range=(0, 4)), name="assessment_level"
            ),
        ]


class Letter(LoopRecord):
    """安全风险提示函: a numbered letter that names a risk to whoever must act, and what they answered."""

    to = models.ForeignKey(Organisation, models.PROTECT, related_name="risk_letters")
    topic = models.CharField(max_length=120)
    text = models.TextField()
    asks = models.TextField()
    answer_by = models.DateTimeField()
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.TextField(blank=True)
