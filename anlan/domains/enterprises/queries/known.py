"""What is known of firms, in bulk: for completeness, for the words that lists search, for the A–D class."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum

from anlan.domains.enterprises.models import (
    Certificate,
    Enterprise,
    Facility,
    HazardUnit,
    History,
    KeyPerson,
    SelfCheck,
    SelfCheckPost,
    SelfReport,
    Site,
    Standardisation,
    Tag,
    Tenancy,
)
from anlan.domains.enterprises.rules import sectors
from anlan.domains.enterprises.rules.profile import Known


@dataclass(slots=True)
class Shown:
    """A firm with what its list row is made of."""

    firm: Enterprise
    known: Known
    texts: list[str]
    said_before: bool  # whether its completeness stands in the history


def shown_of(firms: Iterable[UUID]) -> list[Shown]:
    """The same for many firms, in a constant number of statements."""
    ids = list(firms)
    rows = list(Enterprise.objects.select_related("organisation").filter(pk__in=ids))
    sites, people, tags = _by_firm(Site, ids, active=True), _people(ids), _kinds(Tag, ids, until=None)
    facilities = _kinds(Facility, ids, active=True)
    posts = _having(SelfCheckPost, ids, active=True)
    leases = set(Tenancy.objects.filter(building__enterprise__in=ids, until=None).values_list(
        "building__enterprise", flat=True))  # fmt: skip
    units, counted = _units(ids)
    said = set(
        History.objects.filter(enterprise__in=ids, kind="profile").values_list("enterprise", flat=True)
    )
    found = []
    for firm in rows:
        pk, roles = firm.pk, people.get(firm.pk, [])
        held = {role for role, _ in roles}
        known = Known(
            uscc=bool(firm.organisation.uscc),
            sector=bool(firm.sector),
            scale=bool(firm.scale) and firm.staff is not None,
            site=any(site.lon is not None for site in sites.get(pk, [])),
            principal="principal" in held,
            controller="controller" in held,
            safety_manager="safety_manager" in held,
            posts=pk in posts,
            units=pk in units,
            people_500m=pk in counted,
            facilities=frozenset(facilities.get(pk, ())),
            leases=pk in leases,
            tags=frozenset(tags.get(pk, ())),
        )
        found.append(Shown(firm, known, _texts(firm, sites.get(pk, []), roles), pk in said))
    return found


def _texts(firm: Enterprise, sites: Sequence[Any], roles: Sequence[tuple[str, str]]) -> list[str]:
    named = [name for role, name in roles if role in ("principal", "controller")]
    places = [text for site in sites for text in (site.name, site.address)]
    organisation = firm.organisation
    return list(dict.fromkeys([
        organisation.name, organisation.short_name, organisation.uscc, firm.address, firm.business,
        sectors.name_of(firm.sector), *places, *named,
    ]))  # fmt: skip


def _by_firm(model: Any, ids: Sequence[UUID], **which: Any) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in model.objects.filter(enterprise__in=ids, **which).order_by("pk"):
        found[row.enterprise_id].append(row)
    return found


def _kinds(model: Any, ids: Sequence[UUID], **which: Any) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = model.objects.filter(enterprise__in=ids, **which).values_list("enterprise_id", "kind").distinct()
    for pk, kind in rows.order_by("kind"):
        found[pk].append(kind)
    return found


def _having(model: Any, ids: Sequence[UUID], **which: Any) -> set[UUID]:
    return set(model.objects.filter(enterprise__in=ids, **which).values_list("enterprise_id", flat=True))


def _people(ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    rows = KeyPerson.objects.filter(enterprise__in=ids, until=None)
    for pk, role, name in rows.order_by("pk").values_list("enterprise_id", "role", "person__name"):
        found[pk].append((role, name))
    return found


def _units(ids: Sequence[UUID]) -> tuple[set[UUID], set[UUID]]:
    """Firms all of whose units hold a substance with its quantity; firms where the neighbours were counted."""
    rows = HazardUnit.objects.filter(enterprise__in=ids, active=True).annotate(
        held=Count("substances", filter=Q(substances__active=True, substances__quantity_t__isnull=False)),
        open=Count("substances", filter=Q(substances__active=True, substances__quantity_t=None)),
    )
    whole: dict[UUID, bool] = {}
    counted: dict[UUID, bool] = {}
    for pk, held, unknown, people in rows.values_list("enterprise_id", "held", "open", "people_500m"):
        whole[pk] = whole.get(pk, True) and held > 0 and unknown == 0
        counted[pk] = counted.get(pk, True) and people is not None
    return {pk for pk, done in whole.items() if done}, {pk for pk, done in counted.items() if done}


def class_facts(firm: Enterprise, *, at: datetime, today: date, zero_days: int) -> dict[str, int]:
    """The counted facts that the weights of the A–D class speak of; what other subjects know is given by them."""
    kinds = Tag.objects.filter(enterprise=firm, until=None).values_list("kind", flat=True)
    facts = dict.fromkeys(kinds, 1)
    levels = HazardUnit.objects.filter(enterprise=firm, active=True, grade__in="1234").values_list(
        "grade", flat=True
    )
    if worst := min(levels, default=""):
        facts[f"hazard_{worst}"] = 1
    dusty = Facility.objects.filter(enterprise=firm, kind="dust", active=True).values_list("facts", flat=True)
    facts["dust_30_workers"] = int(sum(_number(each) for each in dusty) >= 30)
    facts["staff_300"] = int((firm.staff or 0) >= 300)
    facts["certificates_overdue"] = Certificate.objects.filter(
        enterprise=firm, ended_on=None, due_on__lt=today
    ).count()
    facts["profile_lacks"] = len(last_lacks(firm))
    facts["self_checks_missed"] = SelfCheck.objects.filter(
        enterprise=firm, item__state="missed", item__closed_at__gte=at - timedelta(days=90)
    ).count()
    facts["long_zero"] = int(is_long_zero(firm, at=at, days=zero_days))
    if grade := standard_grade(firm.pk, today):
        facts[f"standard_{grade}"] = 1
    return facts


def _number(facts: Any) -> int:
    try:
        return int(facts.get("workers", 0))
    except (TypeError, ValueError):
        return 0


def last_lacks(firm: Enterprise) -> list[str]:
    """What the archive lacked when its completeness was last said."""
    row = History.objects.filter(enterprise=firm, kind="profile").order_by("-at", "-pk").first()
    lacks: list[str] = row.facts.get("lacks", []) if row else []
    return lacks


def standard_grade(firm: UUID, today: date) -> str:
    """The best standardisation grade in validity on a day, or an empty string."""
    rows = Standardisation.objects.filter(
        enterprise=firm, valid_from__lte=today, valid_to__gte=today, revoked_on=None
    )
    return min(rows.values_list("grade", flat=True), default="")


def is_long_zero(firm: Enterprise, *, at: datetime, days: int) -> bool:
    """No danger of its own reported for so long, and known for at least as long."""
    since = at - timedelta(days=days)
    if firm.created_at > since or firm.status != "operating":
        return False
    told = SelfReport.objects.filter(
        enterprise=firm, happened_at__gte=since, happened_at__lte=at, exercise=None
    )
    return not (told.aggregate(n=Sum("found"))["n"] or 0)
