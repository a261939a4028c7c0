"""Reads of the registers: their lines, what runs out, the chain of hazardous chemicals, files, ponds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from anlan.domains.enterprises.models import Enterprise, Facility, HazardUnit, Line
from anlan.domains.enterprises.queries.archive import visible_to
from anlan.domains.enterprises.rules import registers
from anlan.domains.enterprises.rules.registers import Register
from anlan.kernel.core import clock, rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.workdays import local_day
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.regions import prefix_of

PAGE = 2_000
HAZARD_GRADES = ("1", "2", "3", "4")


def lines_for(
    person: Person, register: Register, *, at: datetime, region: str = "", words: str = "", view: str = "",
    warn_days: int = 60,
) -> QuerySet[Line]:  # fmt: skip
    """The lines that hold of the firms one may see. view: bad | late (run out) | soon | ended."""
    rows = Line.objects.filter(register=register.code, enterprise__in=visible_to(person, at=at).values("pk"))
    rows = rows.filter(ended_on__isnull=False) if view == "ended" else rows.filter(current=True)
    if region:
        rows = rows.filter(enterprise__organisation__region__code__startswith=prefix_of(region))
    if words:
        rows = rows.filter(Q(enterprise__organisation__name__icontains=words) | Q(number__icontains=words))
    rows = _viewed(rows, register, view, local_day(at), warn_days)
    return rows.select_related("enterprise__organisation__region", "unit", "office", "file").order_by(
        "enterprise__organisation__region", "enterprise__organisation__name", "number"
    )


def _viewed(rows: QuerySet[Line], register: Register, view: str, today: date, warn: int) -> QuerySet[Line]:
    if view == "bad":
        wrong = Q(pk__in=[])
        for name, values in register.bad:
            wrong |= Q(**{f"facts__{name}__in": list(values)})
        return rows.filter(wrong)
    if view == "late":
        return rows.filter(until__lt=today)
    if view == "soon":
        return rows.filter(until__gte=today, until__lte=today + timedelta(days=warn))
    return rows


def counts_for(person: Person, *, at: datetime, warn_days: int = 60) -> dict[str, dict[str, int]]:
    """Register → lines, run out, running out: one statement for the overview."""
    today = local_day(at)
    rows = Line.objects.filter(current=True, enterprise__in=visible_to(person, at=at).values("pk"))
    counted = rows.values("register").annotate(
        n=Count("pk"),
        late=Count("pk", filter=Q(until__lt=today)),
        soon=Count("pk", filter=Q(until__gte=today, until__lte=today + timedelta(days=warn_days))),
    )
    return {row["register"]: {name: row[name] for name in ("n", "late", "soon")} for row in counted}


def history_of(line: Line) -> list[Line]:
    """All lines of one number, the newest first."""
    rows = Line.objects.filter(
        enterprise=line.enterprise_id, register=line.register, number=line.number, unit=line.unit_id
    )
    return list(rows.order_by("-at", "-pk"))


# ---- the chain of hazardous chemicals ----------------
@dataclass(slots=True)
class Chained:
    """A firm in the chain: which links it holds by whom, its vehicles, its installations."""

    firm: Enterprise
    links: dict[str, list[Line]]
    vehicles: int
    grades: list[str]


def chain_of(person: Person, *, at: datetime, region: str = "", link: str = "") -> list[Chained]:
    """The firms along the chain with the licences of every department: what one office enters the others read."""
    rows = lines_for(person, registers.register_of("licence"), at=at, region=region)
    firms: dict[UUID, Chained] = {}
    for row in rows:
        each = firms.setdefault(row.enterprise_id, Chained(row.enterprise, {}, 0, []))
        each.links.setdefault(row.facts["link"], []).append(row)
    vehicles = Line.objects.filter(register="vehicle", current=True, enterprise__in=firms)
    for firm, n in vehicles.values_list("enterprise").annotate(n=Count("pk")):
        firms[firm].vehicles = n
    units = HazardUnit.objects.filter(enterprise__in=firms, active=True, grade__in=HAZARD_GRADES)
    for firm, grade in units.order_by("grade").values_list("enterprise_id", "grade"):
        firms[firm].grades.append(grade)
    return [each for each in firms.values() if not link or link in each.links]


# ---- files of major hazard installations ----------------
def installations_for(person: Person, *, at: datetime) -> QuerySet[HazardUnit]:
    """The units of levels one to four that one may see, the gravest first."""
    rows = HazardUnit.objects.filter(
        enterprise__in=visible_to(person, at=at).values("pk"), active=True, grade__in=HAZARD_GRADES
    )
    return rows.select_related("enterprise__organisation__region", "site").order_by(
        "grade", "enterprise__organisation__name", "name"
    )


def papers_of(units: Sequence[UUID]) -> dict[UUID, dict[str, list[Line]]]:
    """Unit → paper → lines that hold."""
    found: dict[UUID, dict[str, list[Line]]] = {}
    rows = Line.objects.filter(register="installation_paper", unit__in=units, current=True)
    for row in rows.select_related("file").order_by("number"):
        found.setdefault(row.unit_id, {}).setdefault(row.facts["paper"], []).append(row)  # type: ignore[arg-type]
    return found


def safeguards_of(unit: UUID) -> list[Line]:
    return list(Line.objects.filter(register="safeguard", unit=unit, current=True).order_by("number"))


# ---- tailings ponds ----------------
@dataclass(frozen=True, slots=True)
class Ponds:
    """How many tailings ponds stand, how many may, and since when the number only falls; None: no cap declared."""

    now: int
    most: int | None
    declared: int | None
    since: date | None


def ponds(*, region: str, at: datetime) -> Ponds:
    """The ponds under the region of the declaration. Each one that ended since lowers what may stand: 只减不增."""
    try:
        rule = rulesets.row_of("enterprises.tailings_cap", region=region, at=at)
    except Refused:
        rows = Facility.objects.filter(kind="tailings", active=True, **_under(region))
        return Ponds(rows.count(), None, None, None)
    rows = Facility.objects.filter(kind="tailings", **_under(rule.region))
    ended = rows.filter(ended_at__date__gte=rule.valid_from).count()
    declared = int(rule.value)
    return Ponds(rows.filter(active=True).count(), declared - ended, declared, rule.valid_from)


def _under(region: str) -> dict[str, str]:
    prefix = prefix_of(region.ljust(12, "0")) if region else ""
    return {"enterprise__organisation__region__code__startswith": prefix}


# ---- spreadsheets ----------------
def giver(code: str) -> Callable[..., Iterator[tuple[Any, ...]]]:
    """The `give` of a register's sheet."""

    def give(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        return _give(registers.register_of(code), person, filters)

    return give


def _give(known: Register, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    if person is None:
        rows = Line.objects.filter(register=known.code, current=True).select_related(
            "enterprise__organisation__region", "unit", "office"
        )
    else:
        reader = Person.objects.select_related("organisation").get(pk=person)
        region, view, words = (str(filters.get(name, "")) for name in ("region", "view", "q"))
        rows = lines_for(reader, known, at=clock.real_now(), region=region, view=view, words=words)
    after: UUID | None = None
    ordered = rows.order_by("pk")
    while page := list((ordered if after is None else ordered.filter(pk__gt=after))[:PAGE]):
        for row in page:
            yield _values(known, row)
        after = page[-1].pk


def _values(known: Register, row: Line) -> tuple[Any, ...]:
    organisation = row.enterprise.organisation
    unit = (row.unit.name if row.unit else "",) if known.by_unit else ()
    return (
        organisation.uscc, organisation.name, organisation.region.name, *unit, row.number,
        *(said(fact, row.facts.get(fact.name, "")) for fact in known.facts), row.since, row.until,
        row.office.name if row.office else "",
    )  # fmt: skip


def said(fact: registers.Fact, value: str) -> str:
    """A fact in words."""
    if fact.kind == "flag":
        return _("yes") if value else _("no")
    return _(dict(fact.choices).get(value, value)) if fact.choices and value else value
