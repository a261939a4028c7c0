"""Reads of many firms: the list with its filters, and the lists that the bureau asks for by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Sum

from anlan.domains.enterprises.models import (
    Certificate,
    Commitment,
    Enterprise,
    Finding,
    KeyPerson,
    SelfReport,
    Site,
    Tag,
)
from anlan.domains.enterprises.queries.archive import visible_to
from anlan.kernel.core import rulesets, search
from anlan.kernel.core.workdays import local_day
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.regions import prefix_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is cut by; an empty text cuts nothing."""

    words: str = ""
    region: str = ""
    sector: str = ""  # a letter, a division or a class
    grade: str = ""  # A–D, or "none"
    tag: str = ""
    status: str = ""  # "" = in operation or suspended; "all" = every one
    colour: str = ""  # or "none"
    field: str = ""
    view: str = ""  # incomplete | long_zero | unsigned | no_commitment


def found(person: Person, asked: Asked, *, at: datetime, zero_days: int = 90) -> QuerySet[Enterprise]:
    """The firms a person may see under some filters."""
    rows = search.matching(visible_to(person, at=at), asked.words)
    if asked.region:
        rows = rows.filter(organisation__region__code__startswith=prefix_of(asked.region))
    if asked.sector:
        rows = (
            rows.filter(sector__startswith=asked.sector)
            if len(asked.sector) > 1
            else rows.filter(section=asked.sector)
        )
    if asked.grade:
        rows = rows.filter(grade="" if asked.grade == "none" else asked.grade)
    if asked.colour:
        rows = rows.filter(colour="" if asked.colour == "none" else asked.colour)
    if asked.field:
        rows = rows.filter(field=asked.field)
    if asked.tag:
        rows = rows.filter(Exists(Tag.objects.filter(enterprise=OuterRef("pk"), kind=asked.tag, until=None)))
    if asked.status != "all":
        rows = (
            rows.filter(status=asked.status)
            if asked.status
            else rows.filter(status__in=("operating", "suspended"))
        )
    return _view(rows, asked.view, at=at, zero_days=zero_days)


def _view(rows: QuerySet[Enterprise], view: str, *, at: datetime, zero_days: int) -> QuerySet[Enterprise]:
    if view == "incomplete":
        return rows.filter(profile__lt=100)
    if view == "long_zero":
        return long_zero(rows, at=at, days=zero_days)
    if view == "unsigned":
        return rows.filter(grade="")
    if view == "no_commitment":
        return no_commitment(rows, at=at)
    return rows


def no_commitment(rows: QuerySet[Enterprise], *, at: datetime) -> QuerySet[Enterprise]:
    """Firms in operation that are asked for a commitment every day (tags: a value of the rules) and posted none."""
    asked = rulesets.value_of("enterprises.commitment_asked", region=settings.ANLAN_REGION, at=at)["tags"]
    today = local_day(at)
    posted = Commitment.objects.filter(
        enterprise=OuterRef("pk"), start__lte=today, end__gte=today, exercise=None
    )
    tagged = Tag.objects.filter(enterprise=OuterRef("pk"), kind__in=asked, until=None)
    return rows.filter(Exists(tagged), ~Exists(posted), status="operating")


def long_zero(rows: QuerySet[Enterprise], *, at: datetime, days: int) -> QuerySet[Enterprise]:
    """Firms in operation that reported no danger of their own for so many days, and are known for as long."""
    since = at - timedelta(days=days)
    told = SelfReport.objects.filter(
        enterprise=OuterRef("pk"), happened_at__gte=since, happened_at__lte=at, found__gt=0, exercise=None
    )
    return rows.filter(~Exists(told), status="operating", created_at__lte=since)


def certificates(
    person: Person, *, at: datetime, warn_days: int, view: str, region: str = ""
) -> QuerySet[Certificate]:
    """overdue: past their day · soon: due within `warn_days` · all: in force. By what runs out first."""
    today = local_day(at)
    rows = Certificate.objects.filter(enterprise__in=visible_to(person, at=at).values("pk"), ended_on=None)
    if region:
        rows = rows.filter(enterprise__organisation__region__code__startswith=prefix_of(region))
    if view == "overdue":
        rows = rows.filter(due_on__lt=today)
    elif view == "soon":
        rows = rows.filter(due_on__gte=today, due_on__lte=today + timedelta(days=warn_days))
    return rows.select_related("enterprise__organisation__region", "person").order_by("due_on", "pk")


def principals(person: Person, *, at: datetime, region: str = "") -> QuerySet[KeyPerson]:
    """企业主要负责人、实际控制人名单."""
    seen = visible_to(person, at=at)
    if region:
        seen = seen.filter(organisation__region__code__startswith=prefix_of(region))
    rows = KeyPerson.objects.filter(
        enterprise__in=seen.values("pk"), until=None, role__in=("principal", "controller")
    )
    return rows.select_related("enterprise__organisation__region", "person").order_by(
        "enterprise__organisation__name", "role"
    )


def plates(person: Person, *, at: datetime, region: str = "", firm: UUID | None = None) -> QuerySet[Site]:
    """The sites whose plates a person may print."""
    seen = visible_to(person, at=at).filter(status__in=("operating", "suspended"))
    rows = Site.objects.filter(enterprise__in=seen.values("pk"), active=True)
    if region:
        rows = rows.filter(region__code__startswith=prefix_of(region))
    if firm is not None:
        rows = rows.filter(enterprise=firm)
    return rows.select_related("enterprise__organisation", "region").order_by("region", "name")


def counted_by_tag(rows: QuerySet[Enterprise]) -> Mapping[str, int]:
    """Tag → firms of a list that have it."""
    found: dict[str, int] = {}
    for kind in Tag.objects.filter(enterprise__in=rows.values("pk"), until=None).values_list(
        "kind", flat=True
    ):
        found[kind] = found.get(kind, 0) + 1
    return found


def settled(comparison: UUID, *, verdict: str = "") -> QuerySet[Finding]:
    """The findings of a comparison; doubtful and unsettled ones first."""
    rows = Finding.objects.filter(comparison=comparison).select_related("enterprise__organisation")
    if verdict:
        rows = rows.filter(verdict=verdict)
    return rows.order_by("settled_as", "-score", "name", "pk")


def points_of(firm: Enterprise, *, since: date | None = None) -> int:
    """The sum of a park's points."""
    rows = firm.points.all() if since is None else firm.points.filter(at__date__gte=since)
    return int(rows.aggregate(n=Sum("points"))["n"] or 0)
