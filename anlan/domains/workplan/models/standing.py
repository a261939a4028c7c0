"""责任体系: committees and member units, who is responsible for what, duty lists of leaders and what they did."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Attachment
from anlan.kernel.orgs.models import Duty, Organisation, Person
from anlan.kernel.places.models import Region


class Committee(models.Model):
    """安委会, 专业委员会, 应急委, 减灾委, 森防指, 三防指挥部 …: same units, other liaisons."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    region = models.ForeignKey(Region, models.PROTECT)
    office = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    chair = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    meets_days = models.PositiveSmallIntegerField(
        null=True, blank=True
    )  # 定期会商: at most so many days apart
    at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "code"], name="committee_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """成员单位 of a committee, from a day to a day, with its two liaisons. A change ends one row and begins another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    committee = models.ForeignKey(Committee, models.PROTECT, related_name="members")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, default="member")  # lead | vice | member
    liaison_a = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    liaison_b = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=100)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["committee", "organisation"], condition=Q(until=None), name="member_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation_id)


class Checked(models.Model):
    """核对: somebody looked whether a holder of a duty or a unit's liaisons are still right. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    duty = models.ForeignKey(Duty, models.PROTECT, null=True, blank=True, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="checks")
    at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["duty", "at"], name="checked_duty"),
            models.Index(fields=["member", "at"], name="checked_member"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(duty__isnull=False, member=None) | Q(duty=None, member__isnull=False),
                name="checked_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F}"


class Matter(models.Model):
    """责任事项: a sector, a new trade, a key node: something for which somebody must be responsible."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    group = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, default="sector")  # sector | field | node
    measure = models.TextField(blank=True)  # of a key node: how it is held
    place = models.PositiveSmallIntegerField(default=0)
    region = models.ForeignKey(Region, models.PROTECT)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "code"], name="matter_once")]

    def __str__(self) -> str:
        return self.name


class Share(models.Model):
    """职责: what a unit has to do with a matter, by which paper, from a day to a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="shares")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="shares")
    role = models.CharField(max_length=12)  # rules.standing.ROLES
    source = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["matter", "organisation", "role"], condition=Q(until=None), name="share_once"
            ),
        ]

    def __str__(self) -> str:
        return self.role


class DutyLine(models.Model):
    """A line of a leader's 职责清单 (standing) or 年度工作清单 (of a year, so many times)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="duty_lines")
    year = models.PositiveSmallIntegerField(null=True, blank=True)  # null: 职责清单
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    times = models.PositiveSmallIntegerField(default=1)  # in the year
    counts = models.CharField(max_length=20, blank=True)  # rules.standing.COUNTED: what counts by itself
    source = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "year", "number"], condition=Q(until=None), nulls_distinct=False,
                name="dutyline_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text


class Done(models.Model):
    """履职记录: what a leader did, with its proof; for a line of the list or beside it. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="done_rows")
    line = models.ForeignKey(DutyLine, models.PROTECT, null=True, blank=True, related_name="done_rows")
    text = models.CharField(max_length=500)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "happened_at"], name="done_person_at")]

    def __str__(self) -> str:
        return self.text
