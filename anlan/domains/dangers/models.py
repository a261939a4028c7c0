"""A hidden danger and what belongs to it: dates, the question whether it is major, listing, second look, campaign."""

from datetime import datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext

from anlan.domains.dangers import rules
from anlan.kernel.core.ids import new_id
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.papers.models import Paper

_LOCAL = ZoneInfo("Asia/Shanghai")
GRADES = ("ordinary", "candidate_major", "major")
SOURCES = ("patrol", "self_check", "enforcement", "public", "video", "alarm")
LEVELS = ("street", "district", "city")


class Campaign(LoopRecord):
    """专项行动: a period, the sectors and tags it is about, and what it is to reach. Progress is counted from rows."""

    code = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=160)
    aim = models.TextField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()  # the last day
    sectors = models.JSONField(default=list)  # beginnings of codes of GB/T 4754
    tags = models.JSONField(default=list)  # kinds of tags of enterprises
    categories = models.JSONField(default=list)  # kinds of dangers that count for it by themselves
    targets = models.JSONField(default=dict)  # visits | found | rectified | enforcement_visits → number
    parts = models.JSONField(default=list)  # 1+2+10: the topics and sectors it consists of, in words
    monthly = models.BooleanField(default=False)  # 每月一通报、一例会、一督查

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="campaign_span"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ends_at(self) -> datetime:
        """The end of its last day, wall clock."""
        return datetime.combine(self.ends_on + timedelta(days=1), time(), _LOCAL)

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.starts_on, time(), _LOCAL)


class Danger(LoopRecord):
    """隐患. `grade` is the danger's own scale; it is neither a signal colour nor a risk level."""

    number = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=20)  # patrol | self_check | enforcement | public | video | alarm
    description = models.TextField()
    category = models.CharField(max_length=40)
    spot = models.CharField(max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="dangers"
    )
    grade = models.CharField(max_length=20, default="ordinary")
    clause = models.CharField(max_length=200, blank=True)
    document = models.CharField(max_length=30, blank=True)
    found_by = models.CharField(max_length=100)
    entered_for = models.CharField(max_length=100, blank=True)  # 代录
    rectify_by = models.DateTimeField(null=True, blank=True)
    five_in_place = models.JSONField(default=dict)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    risk_point = models.ForeignKey(
        "risks.RiskPoint", models.PROTECT, null=True, blank=True, related_name="dangers"
    )
    site = models.ForeignKey(
        "enterprises.Site", models.PROTECT, null=True, blank=True, related_name="dangers"
    )
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="dangers")
    clauses = models.JSONField(
        default=list
    )  # codes of the clauses that it may meet, as the finder ticked them
    check_item = models.CharField(
        max_length=80, blank=True
    )  # of a checklist: the same item again is a repeat
    # 一线三排: three looks of 1 to 3 and the order that follows from them and the grade (rules.order_of)
    harm = models.SmallIntegerField(default=0)
    difficulty = models.SmallIntegerField(default=0)
    spread = models.SmallIntegerField(default=0)
    order = models.IntegerField(default=0)
    key = models.UUIDField(
        null=True, blank=True, unique=True
    )  # made on a phone: a doubled send is one danger
    papers = models.ManyToManyField(Paper, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "category"], name="danger_firm_category"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(grade__in=GRADES), name="danger_grade"),
            models.CheckConstraint(condition=models.Q(source__in=SOURCES), name="danger_source"),
        ]


class Term(models.Model):
    """A date set for putting a danger right: append-only, so that *due in the period* can be counted later."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="danger_terms")
    due_at = models.DateTimeField()
    set_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="term_due_at"),
            BrinIndex(fields=["set_at"], name="term_set_at", pages_per_range=32, autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.due_at:%F}"


class Candidate(LoopRecord):
    """A danger marked *candidate major*: it waits for two officers, the firm was asked to stop at once."""

    danger = models.ForeignKey(Danger, models.PROTECT, related_name="candidates")
    second_officer = models.CharField(max_length=100, blank=True)
    clause = models.CharField(max_length=200, blank=True)
    decide_by = models.DateTimeField(
        null=True, blank=True
    )  # so long after the mark, whenever it was answered


class Listing(LoopRecord):
    """挂牌督办 of a major danger: the level that listed it accepts it and takes it off, no other."""

    danger = models.ForeignKey(Danger, models.PROTECT, related_name="listings")
    level = models.CharField(max_length=10)
    decision = models.CharField(max_length=300, blank=True)  # what is demanded
    public_text = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=100, blank=True)
    expert = models.CharField(max_length=100, blank=True)
    document = models.CharField(max_length=100, blank=True)  # of the city's notice, where the city listed it
    reply = models.CharField(
        max_length=100, blank=True
    )  # of the city's reply by which it is accepted, then taken off

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(level__in=LEVELS), name="listing_level"),
        ]


class LastingMeasure(LoopRecord):
    """制度措施: the second of the two lists (两个清单): a rule or fix made so that a problem does not come back."""

    kind = models.CharField(max_length=20)  # rule | standard | mechanism | engineering
    text = models.TextField()
    lead = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="measures")
    answers = models.CharField(max_length=300, blank=True)  # the problem that it answers, in words
    due_by = models.DateTimeField()


class Draw(models.Model):
    """A random draw for second looks: whoever has the seed and the list draws the same. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.CharField(max_length=12)
    start = models.DateTimeField()  # closures from here
    end = models.DateTimeField()  # … before here
    seed = models.CharField(max_length=64)
    share = models.FloatField()
    share_major = models.FloatField()
    candidates = models.JSONField(default=list)  # ids in order, each with its grade
    candidates_sm3 = models.CharField(max_length=64)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    exercise = models.ForeignKey("core.Exercise", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "start", "end", "exercise"], name="draw_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start:%F}"


class SecondLook(LoopRecord):
    """抽查复核 (回头看): a closed-off danger is looked at again by somebody who had no hand in it."""

    danger = models.ForeignKey(Danger, models.PROTECT, related_name="second_looks")
    draw = models.ForeignKey(Draw, models.PROTECT, related_name="looks")
    look_from = models.DateTimeField()
    look_by = models.DateTimeField()


class Scheme(LoopRecord):
    """整改方案, 一事一策: why one danger is there, what is done about it, by whom, in which stages until which days."""

    danger = models.ForeignKey(Danger, models.PROTECT, related_name="schemes")
    cause = models.TextField()
    policy = models.TextField()
    responsible = models.CharField(max_length=80)
    funds_yuan = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    next_due = models.DateTimeField()  # of the first stage that is not reached

    def reached(self) -> str:
        """Stages reached of all, for lists."""
        done = [stage.reached_at is not None for stage in self.stages.all()]
        return f"{sum(done)}/{len(done)}"


class Stage(models.Model):
    """One stage of a scheme: 时间表 is its day, 路线图 its place in the order."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="stages")
    place = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    responsible = models.CharField(max_length=80, blank=True)
    due_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True, blank=True)
    reached_by = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["scheme", "place"], name="stage_place")]

    def __str__(self) -> str:
        return self.text


class CampaignTask(LoopRecord):
    """A task of a campaign for one of its years: who leads, until when."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="tasks")
    year = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    lead = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    due_by = models.DateTimeField()


class CampaignMonth(LoopRecord):
    """每月一通报、一例会、一督查: the three things of one month of a campaign."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="months")
    month = models.DateField()  # its first day
    due_by = models.DateTimeField()
    bulletin = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    met_at = models.DateTimeField(null=True, blank=True)
    concluded = models.TextField(blank=True)
    inspected_at = models.DateTimeField(null=True, blank=True)
    inspected = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "month"], name="campaignmonth_once"),
        ]

    def lacks(self) -> list[str]:
        """Which of the three are not there yet: bulletin, meet, inspect."""
        there = {"bulletin": self.bulletin_id, "meet": self.met_at, "inspect": self.inspected_at}
        return [name for name, value in there.items() if value is None]


class CampaignFigure(models.Model):
    """A figure of a street in a campaign that no row of ours holds: enforcement visits, cases, fines. Append-only.

    Entered with its days and its source; a wrong one is taken away by a later row that names it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="figures")
    region = models.ForeignKey("places.Region", models.PROTECT, related_name="+")  # the street
    name = models.CharField(max_length=24)  # rules.ENTERED
    value = models.DecimalField(max_digits=16, decimal_places=2)
    first = models.DateField()
    last = models.DateField()
    source = models.CharField(max_length=200)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    reason = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["campaign", "last"], name="campaignfigure_last")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="campaignfigure_span"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class Penalised(models.Model):
    """A penalty was decided for a danger: its number and day, so that a share of penalties counts rows. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    danger = models.ForeignKey(Danger, models.PROTECT, related_name="penalties")
    number = models.CharField(max_length=80)
    decided_on = models.DateField()
    amount_yuan = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["danger", "number"], name="penalised_once"),
        ]

    def __str__(self) -> str:
        return self.number


class Unlawful(LoopRecord):
    """打非治违: something made, stored, carried or sold without leave: fireworks, fuel, chemicals."""

    goods = models.CharField(max_length=20)  # rules.GOODS
    what = models.CharField(max_length=10)  # rules.UNLAWFUL
    place = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    unit = models.CharField(max_length=10, default="箱")
    persons = models.PositiveIntegerField(default=0)
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="unlawful")
    handed_to = models.CharField(max_length=20, blank=True)
    document = models.CharField(max_length=100, blank=True)
    result = models.CharField(max_length=300, blank=True)

    def goods_name(self) -> str:
        """The goods in the reader's language."""
        return gettext(rules.GOODS.get(self.goods, self.goods))

    def what_name(self) -> str:
        return gettext(rules.UNLAWFUL.get(self.what, self.what))

    def amount(self) -> str:
        return f"{self.quantity.normalize():f}{self.unit}"
