"""Who answers for what, where: deputies and absences resolved, with the reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Absence, Duty, DutyKind, Organisation, Person
from anlan.kernel.places.models import Place
from anlan.kernel.places.regions import ancestors, prefix_of

NOT_YOUR_REGION = reason(
    "orgs.region_not_yours", N_("There is no region {region}, or none of your duties lies in it.")
)


class HasRegions(Protocol):
    """What an affected set is to this room: the communities it touches and the places inside it."""

    regions: Sequence[str]

    def place_ids(self) -> Iterable[UUID]: ...


Where = str | Place | Sequence[str] | HasRegions


@dataclass(frozen=True, slots=True)
class Answerer:
    """Somebody who answers now: for whom they stand in and why they were chosen."""

    person_id: UUID
    duty_ids: tuple[UUID, ...]
    rank: int
    stands_in_for: UUID | None
    why: str


def in_force(at: datetime) -> Q:
    """The condition that a duty row holds at a time."""
    return Q(valid_from__lte=at) & (Q(valid_to=None) | Q(valid_to__gt=at))


def who_answers(*, duty: str, where: Where, at: datetime) -> list[Answerer]:
    """Those who answer for a kind of duty somewhere, in the order to ring them.

    `where` is a region code (the nearest ancestor that has a holder answers), a place (its own keepers, else the
    region's), several region codes, or an affected set (everybody whose duty lies inside it).
    """
    rows = list(_duties(duty, where, at))
    return _resolve(rows, at)


def duties_inside(*, kinds: Iterable[str], regions: Sequence[str], at: datetime) -> QuerySet[Duty]:
    """Every duty row of some kinds whose region lies in any of the regions' subtrees; for releasing a call-out."""
    inside = Q()
    for code in regions:
        inside |= Q(region__code__startswith=prefix_of(code))
    return Duty.objects.filter(in_force(at), inside, kind_id__in=list(kinds), person__active=True)


def deputies_of(*, person_id: UUID, kinds: Iterable[str], where: Where, at: datetime) -> list[Answerer]:
    """Who stands in for somebody: the named deputy of an absence, else the next ranks of the same duties."""
    found: list[Answerer] = []
    for kind in kinds:
        found += [a for a in who_answers(duty=kind, where=where, at=at) if a.person_id != person_id]
    first: dict[UUID, Answerer] = {}
    for answerer in sorted(found, key=lambda a: a.rank):
        first.setdefault(answerer.person_id, answerer)
    return list(first.values())


def has_duty(*, person_id: UUID, kinds: Iterable[str], region: str, at: datetime) -> bool:
    """Whether a person holds (or stands in for) one of the duties over a region: at it or above it."""
    above = ancestors(region)
    kinds = list(kinds)
    own = Duty.objects.filter(in_force(at), person_id=person_id, kind_id__in=kinds, region_id__in=above)
    if own.exists():
        return True
    absent = Absence.objects.filter(deputy_id=person_id, start__lte=at, end__gt=at).values("person_id")
    return Duty.objects.filter(
        in_force(at), person_id__in=absent, kind_id__in=kinds, region_id__in=above
    ).exists()


def duty_names(codes: Iterable[str]) -> list[str]:
    """The names of duty kinds in the reader's language, in the order given; an unknown code stays itself."""
    column = "label" if (get_language() or "zh").startswith("zh") else "label_en"
    codes = list(codes)
    names = dict(DutyKind.objects.filter(code__in=codes).values_list("code", column))
    return [names.get(code) or code for code in codes]


def own_firm(person_id: UUID | None) -> Organisation | None:
    """The enterprise whose person somebody is; None for a bureau's people, and for a service, which is nobody."""
    if person_id is None:
        return None
    return Organisation.objects.filter(people=person_id, kind="enterprise").first()


def scope_of(person: Person, *, at: datetime) -> list[str]:
    """The region prefixes a person may see: those of the duties in force, without the ones inside another.

    An enterprise's people see nothing by region: their own organisation's rows only.
    """
    duties = Duty.objects.filter(in_force(at), person=person).values_list("region__prefix", "region__level")
    shortest: list[str] = []
    for prefix in sorted({p for p, _ in duties}, key=len):
        if not any(prefix.startswith(s) for s in shortest):
            shortest.append(prefix)
    return [] if person.organisation.kind == "enterprise" else shortest


def region_in_scope(person: Person, region: str, *, at: datetime) -> str:
    """The region whose subtree is counted for a person: the one asked for, or the widest of their own.

    Raises `Refused` orgs.region_not_yours: a sum over somebody else's region tells of their rows.
    """
    prefixes = scope_of(person, at=at)
    if not prefixes or (region and not any(region.startswith(prefix) for prefix in prefixes)):
        raise Refused(NOT_YOUR_REGION, field="region", region=region or "—")
    return region or prefixes[0].ljust(12, "0")


def visible_regions(person: Person, *, at: datetime, field: str = "region__code") -> Q:
    """A filter that keeps the rows of the regions a person may see; nothing where the person has no duty."""
    allowed = Q(pk__in=[])
    column = field.removesuffix("_id") + "__code" if field.endswith("_id") else field
    for prefix in scope_of(person, at=at):
        allowed |= Q(**{f"{column}__startswith": prefix})
    return allowed


def _duties(kind: str, where: Where, at: datetime) -> QuerySet[Duty]:
    rows = Duty.objects.filter(in_force(at), kind_id=kind, person__active=True).select_related("kind")
    if isinstance(where, Place):
        keepers = rows.filter(place=where)
        return keepers if keepers.exists() else _nearest(rows, where.region_id)
    if isinstance(where, str):
        return _nearest(rows, where)
    regions: Sequence[str] = where.regions if hasattr(where, "regions") else where
    inside = Q()
    for code in regions:
        inside |= Q(region__code__startswith=prefix_of(code))
    if hasattr(where, "place_ids"):
        inside &= Q(place=None) | Q(place_id__in=list(where.place_ids()))
    return rows.filter(inside)


def _nearest(rows: QuerySet[Duty], region: str) -> QuerySet[Duty]:
    """The holders at the region itself, else at its nearest ancestor that has any."""
    held = set(rows.filter(region_id__in=ancestors(region)).values_list("region_id", flat=True))
    nearest = next((code for code in ancestors(region) if code in held), None)
    return rows.filter(region_id=nearest) if nearest else rows.none()


def _resolve(rows: list[Duty], at: datetime) -> list[Answerer]:
    """One answerer a person; those away replaced by whom they named, else dropped in favour of the next rank."""
    people = {row.person_id for row in rows}
    away = {a.person_id: a for a in Absence.objects.filter(person_id__in=people, start__lte=at, end__gt=at)}
    chosen: dict[UUID, Answerer] = {}
    for row in sorted(rows, key=lambda r: (r.rank, r.kind.ring_order, str(r.pk))):
        absence = away.get(row.person_id)
        if absence is not None and absence.deputy_id is None:
            continue
        person = row.person_id if absence is None or absence.deputy_id is None else absence.deputy_id
        why = f"{row.kind_id} rank {row.rank}" + ("" if absence is None else ", stands in")
        known = chosen.get(person)
        duties = (*(known.duty_ids if known else ()), row.pk)
        chosen[person] = Answerer(
            person_id=person,
            duty_ids=duties,
            rank=min(row.rank, known.rank) if known else row.rank,
            stands_in_for=None if absence is None else row.person_id,
            why=known.why if known else why,
        )
    return sorted(chosen.values(), key=lambda a: a.rank)
