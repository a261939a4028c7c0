"""Reads about rescue forces."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldError
from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone

from anlan.domains.resources import rules
from anlan.domains.resources.models import Force, Refresh, Strength
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.domain.registry import all_domains
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import visible_regions
from anlan.kernel.places.models import Place, PlaceKind
from anlan.kernel.places.queries import metres_between
from anlan.kernel.places.regions import prefix_of

ANSWERS = ("confirm", "ring", "change")  # moves in which a force, or somebody who rang it, said something


def skills(*, region: str = "", at: datetime) -> list[dict[str, str]]:
    """The skills of the list: code, label, label_en."""
    found: list[dict[str, str]] = rulesets.value_of("resources.skills", region=region, at=at)
    return found


def visible_forces(person: Person, *, at: datetime) -> QuerySet[Force]:
    """The forces of the regions one sees, of those above them (a city's or district's force serves its streets), and
    of one's own organisation."""
    scope = visible_regions(person, at=at)
    above = Q(region__level__in=("county", "city", "province")) if _has_duty(person, at) else Q(pk__in=[])
    rows = Force.objects.filter(scope | above | Q(organisation=person.organisation_id))
    return rows.select_related("region", "organisation", "place", "contact_a", "contact_b")


def _has_duty(person: Person, at: datetime) -> bool:
    return (
        person.organisation.kind != "enterprise"
        and Person.objects.filter(visible_duty(at), pk=person.pk).exists()
    )


def visible_duty(at: datetime) -> Q:
    """Somebody with a duty in force."""
    return Q(duties__valid_from__lte=at) & (Q(duties__valid_to=None) | Q(duties__valid_to__gt=at))


@dataclass(frozen=True, slots=True)
class Line:
    """A force as the register shows it."""

    force: Force
    standing: str  # fresh | stale | never
    agreement: str  # none | valid | ending | ended
    km: float | None = None


def line_of(force: Force, *, at: datetime, km: float | None = None) -> Line:
    """What a force's line says of its contact and its agreement at a time, by the rules of its region."""
    days = int(rulesets.value_of("resources.contact_days", region=force.region_id, at=at))
    ahead = int(rulesets.value_of("resources.agreement_days", region=force.region_id, at=at))
    today = timezone.localtime(at).date()
    return Line(
        force, rules.standing(force.answered_at, at=at, days=days), agreement_of(force, today, ahead), km
    )


def agreement_of(force: Force, today: date, ahead_days: int) -> str:
    """none | valid | ending | ended. An agreement without an end is valid until somebody ends it."""
    if not force.agreement:
        return "none"
    if force.agreement_to is None:
        return "valid"
    if force.agreement_to < today:
        return "ended"
    return "ending" if force.agreement_to - today <= timedelta(days=ahead_days) else "valid"


def register(person: Person, *, at: datetime, asked: Mapping[str, Any]) -> QuerySet[Force]:
    """The register with its filters: kind, scope, skill, region, stale, words. Longest unanswered first."""
    rows = visible_forces(person, at=at).filter(left_at=None)
    for name, table in (("kind", rules.KINDS), ("scope", rules.SCOPES)):
        if asked.get(name) in table:
            rows = rows.filter(**{name: asked[name]})
    if skill := str(asked.get("skill", "")):
        rows = rows.filter(skills__contains=[skill])
    if region := str(asked.get("region", "")):
        rows = rows.filter(region__code__startswith=prefix_of(region))
    if words := str(asked.get("q", "")).strip():
        rows = rows.filter(
            Q(name__icontains=words) | Q(contact_a__name__icontains=words) | Q(base__icontains=words)
        )
    if asked.get("stale") == "1":
        days = int(rulesets.value_of("resources.contact_days", at=at))
        rows = rows.filter(Q(answered_at=None) | Q(answered_at__lt=at - timedelta(days=days)))
    return rows.order_by(F("answered_at").asc(nulls_first=True), "name", "pk")


def in_reach(
    person: Person, *, lon: float, lat: float, at: datetime, km: float, skill: str = ""
) -> list[Line]:
    """Forces that stand within some kilometres, nearest first, with how their contact stands."""
    rows = visible_forces(person, at=at).filter(left_at=None, place__isnull=False)
    if skill:
        rows = rows.filter(skills__contains=[skill])
    found = []
    for force in rows:
        if force.place is None:
            continue
        away = metres_between(lon, lat, force.place.lon, force.place.lat) / 1000
        if away <= km:
            found.append((away, force))
    return [line_of(force, at=at, km=away) for away, force in sorted(found, key=lambda p: (p[0], p[1].name))]


# ---- what the numbers count ----------------
def forces_at(*, region: str, scope: str, end: datetime, as_of: datetime) -> list[UUID]:
    """Forces in the register at the end of a period, of one scope, as known at a time."""
    told = Strength.objects.filter(scope=scope, happened_at__lt=end, recorded_at__lte=as_of)
    rows = Force.objects.filter(
        Q(left_at=None) | Q(left_at__gte=end), region__code__startswith=prefix_of(region), pk__in=told.values("force"),
        joined_at__lt=end,
    )  # fmt: skip
    return list(rows.order_by("name", "pk").values_list("pk", flat=True))


def strengths_at(forces: Iterable[UUID], *, end: datetime, as_of: datetime) -> dict[UUID, int]:
    """Force → people, as told last before the end of a period and known at a time."""
    rows = Strength.objects.filter(force__in=list(forces), happened_at__lt=end, recorded_at__lte=as_of)
    last = rows.order_by("force", "-happened_at", "-recorded_at").distinct("force")
    return dict(last.values_list("force_id", "people"))


def answered_at(forces: Iterable[UUID], *, end: datetime, as_of: datetime, days: int) -> list[UUID]:
    """Those of some forces whose contact answered within the days before the end of a period."""
    steps = Step.objects.filter(
        item__loop="resources.contact_check", item__resources_contactcheck__force__in=list(forces), move__in=ANSWERS,
        happened_at__gte=end - timedelta(days=days), happened_at__lt=end, at__lte=as_of,
    )  # fmt: skip
    return list(steps.values_list("item__resources_contactcheck__force_id", flat=True).distinct())


# ---- the sets of data ----------------
@dataclass(frozen=True, slots=True)
class DataSet:
    """A set of data as data: whose rows they are, what tells that they changed, who keeps them, how old they may be.

    `kind`: model (a line of the rule), places (a kind of places), record (what a domain declares, its own life).
    """

    code: str
    kind: str
    label: str
    label_en: str
    rows: QuerySet[Any]
    region: str  # path to the region
    changed: str  # field of time
    keeper: str = ""
    days: int = 0  # 0: kept by its own work, no interval


@dataclass(frozen=True, slots=True)
class Standing:
    """How a set stands at a time: rows, the last change, when somebody looked it through, from when it is too old."""

    data: DataSet
    count: int
    changed_at: datetime | None
    looked_at: datetime | None
    due_at: datetime | None
    late: bool
    open_item: UUID | None = None

    @property
    def fresh_at(self) -> datetime | None:
        """The later of the two: a set looked through is as good as changed."""
        return max((each for each in (self.changed_at, self.looked_at) if each is not None), default=None)


def datasets(*, region: str = "", at: datetime) -> list[DataSet]:
    """Every set there is: lines of the rule, every kind of places, every record that a domain declares."""
    table = rulesets.value_of("resources.datasets", region=region, at=at)
    days = int(rulesets.value_of("resources.places_days", region=region, at=at))
    found = [_of_model(line) for line in table]
    found += [
        DataSet(
            f"places.{kind.code}", "places", kind.label, kind.label_en, Place.objects.filter(kind=kind, active=True),
            "region", "created_at", "resource_keeper", days,
        )
        for kind in PlaceKind.objects.order_by("code").exclude(code="rescue_force")
    ]  # fmt: skip
    for domain in all_domains():
        for record in domain.records:
            items = WorkItem.objects.filter(loop=record.loop.name, exercise=None)
            label = record.loop.label
            found.append(DataSet(record.loop.name, "record", label, label, items, "region", "state_since"))
    return found


WORDS = {"True": True, "False": False}  # of a condition in the rule


def _of_model(line: Mapping[str, Any]) -> DataSet:
    model = apps.get_model(line["model"])
    pairs = (pair.split("=") for pair in line["only"].split())
    rows = model._default_manager.filter(**{name: WORDS.get(word, word) for name, word in pairs})
    return DataSet(
        line["code"], "model", line["label"], line["label_en"], rows, line["region"], line["changed"], line["keeper"],
        int(line["days"]),
    )  # fmt: skip


def check_datasets_rule(value: Any) -> None:
    """What a row of the rule resources.datasets must be: each line names a model and fields that there are."""
    if not isinstance(value, list) or not value:
        raise Refused(rules.BAD_DATASETS, line="—")
    for line in value:
        try:
            data = _of_model(line)
            data.rows.values_list(f"{data.region}__code", data.changed)[:1].query.sql_with_params()
        except (LookupError, TypeError, ValueError, AttributeError, FieldError) as problem:
            named = str(line.get("code", line)) if isinstance(line, Mapping) else str(line)
            raise Refused(rules.BAD_DATASETS, line=named) from problem


def rows_of(data: DataSet, *, within: Q) -> QuerySet[Any]:
    """The rows of a set in some regions, newest first."""
    return data.rows.filter(within).order_by(F(data.changed).desc(nulls_last=True), "pk")


def standing_of(data: DataSet, *, within: Q, at: datetime) -> Standing:
    """How a set stands: one statement for its rows, one for who looked it through."""
    told = data.rows.filter(within).aggregate(n=Count("pk"), last=Max(data.changed))
    looked, running = None, None
    if data.days:
        mine = Refresh.objects.filter(code=data.code)
        looked = mine.filter(item__state="looked_through").aggregate(last=Max("item__closed_at"))["last"]
        running = mine.filter(item__closed_at=None).values_list("pk", flat=True).first()
    known = [each for each in (told["last"], looked) if each is not None]
    due = max(known) + timedelta(days=data.days) if known and data.days else None
    late = bool(data.days and told["n"]) and (due is None or due < at)
    return Standing(data, told["n"], told["last"], looked, due, late, running)


def region_filter(data: DataSet, prefixes: Iterable[str]) -> Q:
    """Rows of a set in the subtrees of some prefixes."""
    found = Q(pk__in=[])
    for prefix in prefixes:
        found |= Q(**{f"{data.region}__code__startswith": prefix})
    return found
