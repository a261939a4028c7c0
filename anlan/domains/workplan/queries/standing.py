"""Reads of the responsibility system: holders verified, posts vacant, the matrix, leaders' lists and what was done."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, QuerySet

from anlan.domains.workplan.models import (
    Asked,
    Checked,
    Committee,
    Done,
    DutyLine,
    Matter,
    Meeting,
    Member,
    Share,
)
from anlan.domains.workplan.rules.standing import Finding, LineState, findings
from anlan.kernel.loop.models import Step
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.orgs.queries import in_force, scope_of
from anlan.kernel.places.models import Place
from anlan.kernel.places.regions import prefix_of

_LOCAL = ZoneInfo("Asia/Shanghai")
# Kinds of place that must have a keeper, and the duty of whoever keeps them; what is not there is a vacant post.
KEPT = {
    "waterlogging_point": "waterlogging_keeper",
    "underground_space": "underground_keeper",
    "reservoir": "reservoir_administrative",
    "river_reach": "river_keeper",
    "slope": "slope_keeper",
    "shelter": "shelter_keeper",
    "pump_gate": "pump_keeper",
    "weak_house": "weak_house_keeper",
    "hill": "hill_keeper",
}
LEADERS = ("district_leader", "commander", "executive_deputy_commander", "deputy_commander", "bureau_chief",
           "street_principal", "street_deputy")  # fmt: skip


# ---- committees ----------------
def committees_of(person: Person, *, at: datetime) -> QuerySet[Committee]:
    """The committees of a person's regions and of the regions above."""
    mine = Q(pk=None)
    for prefix in scope_of(person, at=at):
        above = [prefix[:length].ljust(12, "0") for length in (2, 4, 6, 9) if length <= len(prefix)]
        mine |= Q(region__code__startswith=prefix) | Q(region__in=above)
    return (
        Committee.objects.filter(mine).select_related("region", "office", "chair", "parent").order_by("code")
    )


@dataclass(frozen=True, slots=True)
class MemberState:
    """A member unit with the day its liaisons were last looked at."""

    member: Member
    checked_at: datetime | None
    fresh: bool

    @property
    def vacant(self) -> int:
        return (self.member.liaison_a_id is None) + (self.member.liaison_b_id is None)


def members_of(committees: Iterable[Committee], *, at: datetime, days: int) -> dict[UUID, list[MemberState]]:
    """Committee → its members now."""
    rows = (
        Member.objects.filter(committee__in=list(committees), since__lte=at)
        .filter(Q(until=None) | Q(until__gt=at))
        .annotate(seen=Max("checks__at", filter=Q(checks__at__lte=at)))
        .select_related("organisation", "liaison_a", "liaison_b", "committee")
    )
    found: dict[UUID, list[MemberState]] = defaultdict(list)
    for row in rows.order_by("role", "since", "pk"):
        seen = row.seen
        found[row.committee_id].append(
            MemberState(row, seen, seen is not None and at - seen <= timedelta(days=days))
        )
    return found


def last_meetings(committees: Iterable[Committee], *, at: datetime) -> dict[UUID, datetime]:
    """Committee → when it last met."""
    rows = Meeting.objects.filter(committee__in=list(committees), happened_at__lte=at)
    return dict(rows.values_list("committee").annotate(last=Max("happened_at")))


# ---- holders of duties ----------------
@dataclass(frozen=True, slots=True)
class Verified:
    """Duties in force at a time, and those of them that were looked at in the days before."""

    all: Sequence[UUID]
    fresh: Sequence[UUID]


def verified(*, region: str, at: datetime, as_of: datetime, days: int) -> Verified:
    """Holders of duties in force at a time and those verified within the days before it, as known at another."""
    duties = Duty.objects.filter(in_force(at), person__active=True)
    if region:
        duties = duties.filter(region__code__startswith=prefix_of(region))
    known = list(duties.order_by("pk").values_list("pk", "verified_at"))
    since = at - timedelta(days=days)
    looked = set(
        Checked.objects.filter(duty__in=duties, at__gt=since, at__lte=min(at, as_of)).values_list(
            "duty", flat=True
        )
    )
    fresh = [
        pk for pk, first in known if pk in looked or (first is not None and since < first <= min(at, as_of))
    ]
    return Verified([pk for pk, _first in known], fresh)


def vacant_places(*, region: str, at: datetime) -> list[Place]:
    """Places that must have a keeper and have none."""
    rows = Place.objects.filter(kind__in=KEPT, active=True)
    if region:
        rows = rows.filter(region__code__startswith=prefix_of(region))
    held = Duty.objects.filter(
        in_force(at), person__active=True, kind_id__in=KEPT.values(), place__isnull=False
    )
    return list(
        rows.exclude(pk__in=held.values("place")).select_related("kind", "region").order_by("kind", "name")
    )


def holders(*, region: str, at: datetime) -> QuerySet[Duty]:
    """Duties in force in a region with the day they were last looked at, those longest ago first."""
    rows = Duty.objects.filter(in_force(at), person__active=True, region__code__startswith=prefix_of(region))
    return rows.select_related("person__organisation", "kind", "region", "place")


def checked_of(duties: Iterable[Duty]) -> dict[UUID, datetime]:
    """Duty → when its holder was last looked at; the day it was granted counts."""
    rows = list(duties)
    found = {duty.pk: duty.verified_at for duty in rows if duty.verified_at is not None}
    last = Checked.objects.filter(duty__in=[d.pk for d in rows]).values_list("duty").annotate(last=Max("at"))
    for pk, at in last:
        found[pk] = max(at, found.get(pk, at))
    return found


# ---- the matrix ----------------
@dataclass(slots=True)
class MatterState:
    """A matter with its units by role, and what is wrong with it."""

    matter: Matter
    shares: dict[str, list[Share]] = field(default_factory=lambda: defaultdict(list))
    findings: list[Finding] = field(default_factory=list)


def matrix(region: str, *, at: datetime, kind: str = "") -> list[MatterState]:
    """Every matter of a region and of those above it; what is wrong first asked of rules."""
    codes = [region[:length].ljust(12, "0") for length in (2, 4, 6, 9, 12)]
    rows = Matter.objects.filter(Q(region__in=codes)).filter(Q(until=None) | Q(until__gt=at))
    if kind:
        rows = rows.filter(kind=kind)
    found = {row.pk: MatterState(row) for row in rows.order_by("group", "place", "code")}
    shares = Share.objects.filter(matter__in=found, since__lte=at).filter(Q(until=None) | Q(until__gt=at))
    for share in shares.select_related("organisation").order_by("since", "pk"):
        found[share.matter_id].shares[share.role].append(share)
    for state in found.values():
        state.findings = findings(
            {role: [str(s.organisation) for s in own] for role, own in state.shares.items()}
        )
    return list(found.values())


# ---- leaders ----------------
def leaders_of(region: str, *, at: datetime) -> list[Person]:
    """The leaders of a region and its streets: holders of a leading duty, and whoever has a list."""
    inside = prefix_of(region)
    held = Duty.objects.filter(in_force(at), kind_id__in=LEADERS, region__code__startswith=inside)
    rows = Person.objects.filter(active=True, organisation__region__code__startswith=inside)
    listed = DutyLine.objects.filter(until=None).values("person")
    wanted = rows.filter(Q(pk__in=held.values("person")) | Q(pk__in=listed))
    return list(
        wanted.select_related("organisation").order_by("organisation__region", "organisation", "name")
    )


def lines_of(people: Iterable[Person], *, year: int) -> dict[UUID, list[DutyLine]]:
    """Leader → the standing list and the year's list."""
    found: dict[UUID, list[DutyLine]] = defaultdict(list)
    rows = DutyLine.objects.filter(person__in=[p.pk for p in people], until=None)
    for row in rows.filter(Q(year=None) | Q(year=year)).order_by("year", "number"):
        found[row.person_id].append(row)
    return found


@dataclass(frozen=True, slots=True)
class Record:
    """One thing a leader did: written down, or read from what an act wrote."""

    at: datetime
    kind: str  # done | meeting | instruction | step
    text: str
    row: Done | Meeting | Asked | Step
    line: UUID | None = None


def records_of(person: Person, *, start: datetime, end: datetime) -> list[Record]:
    """履职档案: what a leader did in a span, newest first; meetings, instructions and steps come from their rows."""
    written = Done.objects.filter(person=person, happened_at__gte=start, happened_at__lt=end).select_related(
        "file"
    )
    met = Meeting.objects.filter(chair=person, happened_at__gte=start, happened_at__lt=end)
    said = Asked.objects.filter(
        leader=person, item__opened_at__gte=start, item__opened_at__lt=end
    ).select_related("item")
    steps = Step.objects.filter(by=person.by, happened_at__gte=start, happened_at__lt=end).exclude(
        move="open"
    )
    found = [Record(row.happened_at, "done", row.text, row, row.line_id) for row in written]
    found += [Record(row.happened_at, "meeting", row.title, row) for row in met]
    found += [Record(row.item.opened_at, "instruction", row.text, row) for row in said]
    found += [
        Record(row.happened_at, "step", row.item.title, row)
        for row in steps.select_related("item").order_by("-happened_at")[:200]
    ]
    return sorted(found, key=lambda record: record.at, reverse=True)


@dataclass(slots=True)
class Tally:
    """How much stands on a leader's record in a span: by kind, and for each line."""

    kinds: Counter[str] = field(default_factory=Counter)
    lines: Counter[UUID] = field(default_factory=Counter)

    @property
    def records(self) -> int:
        return self.kinds.total()

    def state_of(self, line: DutyLine) -> LineState:
        """How far a line is: entries that name it, and what it counts by itself."""
        return LineState(line.times, self.lines[line.pk] + (self.kinds[line.counts] if line.counts else 0))


def tallies(people: Iterable[Person], *, start: datetime, end: datetime) -> dict[UUID, Tally]:
    """Leader → the record of a span in numbers: five statements for any number of leaders."""
    known = {person.pk: Tally() for person in people}
    span = {"happened_at__gte": start, "happened_at__lt": end}
    for person, line in Done.objects.filter(person__in=known, **span).values_list("person_id", "line_id"):
        known[person].kinds["done"] += 1
        known[person].lines[line] += line is not None
    met = Meeting.objects.filter(chair__in=known, **span)
    said = Asked.objects.filter(leader__in=known, item__opened_at__gte=start, item__opened_at__lt=end)
    for kind, rows, whose in (("meeting", met, "chair_id"), ("instruction", said, "leader_id")):
        for person, n in rows.values_list(whose).annotate(n=Count("pk")).order_by():
            known[person].kinds[kind] += n
    authors = {f"person:{pk}": pk for pk in known}
    steps = Step.objects.filter(by__in=authors, **span).exclude(move="open")
    for author, n in steps.values_list("by").annotate(n=Count("pk")).order_by():
        known[authors[author]].kinds["step"] += n
    return known
