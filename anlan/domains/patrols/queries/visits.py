"""Visits that a person may see, the last ones of a site, and what is due today."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from anlan.domains.patrols import rules
from anlan.domains.patrols.models import Act, Finding, Visit
from anlan.kernel.core import rulesets
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.regions import prefix_of


def visible_visits(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Visit]:
    """The visits of one's regions, of one's own firm, and one's own; newest first."""
    own = Q(organisation=person.organisation_id) | Q(item__in=visible_items(person, at=at))
    rows = Visit.objects.filter(own, in_world(exercise_id, path="item__exercise_id"))
    return rows.select_related("item__region", "organisation", "site", "patroller").order_by("-started_at")


def last_visits(sites: Iterable[UUID], *, exercise_id: UUID | None = None) -> dict[UUID, datetime]:
    """Site → beginning of its last finished visit by the bureau's people."""
    rows = Visit.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), site__in=list(sites), item__state="finished"
    )
    found = rows.exclude(kind="self_check").values("site").annotate(last=Max("started_at"))
    return {row["site"]: row["last"] for row in found}


def recent(sites: Iterable[UUID], *, each: int, exercise_id: UUID | None = None) -> dict[UUID, list[Visit]]:
    """Site → its last few visits, newest first, in one statement for all sites."""
    rows = (
        Visit.objects.filter(in_world(exercise_id, path="item__exercise_id"), site__in=list(sites))
        .annotate(
            nth=Window(
                RowNumber(), partition_by=[F("site")], order_by=[F("started_at").desc(), F("pk").desc()]
            )
        )
        .filter(nth__lte=each)
        .select_related("item", "patroller")
        .prefetch_related("findings")
        .order_by("-started_at")
    )
    found: dict[UUID, list[Visit]] = {}
    for row in rows:
        if row.site_id is not None:
            found.setdefault(row.site_id, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What the day's list must know of a site."""

    id: UUID
    region: str
    grade: str
    since: datetime
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class Due:
    """A site on today's list: why, and until when."""

    site: UUID
    due_at: datetime
    last: datetime | None
    urgent: bool = False


def todays(
    sites: Sequence[SiteFacts],
    *,
    urgent: Mapping[UUID, datetime],
    at: datetime,
    exercise_id: UUID | None = None,
) -> list[Due]:
    """Today's stops in the order to go: what runs out at a site (`urgent`: site → until), then the visits due by
    class within the look-ahead, no more than a day holds."""
    if not sites:
        return []
    region = sites[0].region
    every = rulesets.value_of("patrols.visit_every_days", region=region, at=at)
    ahead = timedelta(days=rulesets.value_of("patrols.look_ahead_days", region=region, at=at))
    most = int(rulesets.value_of("patrols.stops_a_day", region=region, at=at))
    last = last_visits([site.id for site in sites], exercise_id=exercise_id)
    due = {
        site.id: rules.due_at(grade=site.grade, last=last.get(site.id), since=site.since, every_days=every)
        for site in sites
    }
    pressing = [site for site in sites if site.id in urgent]
    by_class = sorted(
        (site for site in sites if site.id not in urgent and due[site.id] <= at + ahead),
        key=lambda site: (due[site.id], str(site.id)),
    )
    chosen = [*pressing, *by_class][: max(most, len(pressing))]
    stops = [
        rules.Stop(site.id, urgent.get(site.id, due[site.id]), site.lon, site.lat, site.id in urgent)
        for site in chosen
    ]
    return [Due(stop.site, stop.due_at, last.get(stop.site), stop.urgent) for stop in rules.in_order(stops)]


def finished(
    *,
    region: str,
    start: datetime,
    end: datetime,
    as_of: datetime,
    exercise_id: UUID | None = None,
    tag: str = "",
) -> QuerySet[Visit]:
    """Visits of the bureau's people that were finished in a span, as recorded up to a time; by the firm's tag then."""
    steps = Step.objects.filter(
        in_world(exercise_id), move="finish", item__loop="patrols.visit", happened_at__gte=start,
        happened_at__lt=end, at__lte=as_of,
    )  # fmt: skip
    rows = Visit.objects.filter(item__in=steps.values("item")).exclude(kind="self_check")
    if region:
        rows = rows.filter(item__region__code__startswith=prefix_of(region))
    return rows.filter(tags__contains=[tag]) if tag else rows


def by_street(
    campaign: UUID, start: datetime, end: datetime, exercise_id: UUID | None
) -> dict[str, dict[str, int]]:
    """Street → finished visits for a campaign in a span, and how many of them by enforcement officers (none here)."""
    rows = finished(region="", start=start, end=end, as_of=end, exercise_id=exercise_id).filter(
        campaign=campaign
    )
    found: dict[str, dict[str, int]] = {}
    for region in rows.values_list("item__region_id", flat=True):
        street = found.setdefault(region[:9].ljust(12, "0"), {"visits": 0, "enforcement_visits": 0})
        street["visits"] += 1
    return found


def found_on(visits: QuerySet[Visit]) -> list[UUID]:
    """The dangers found on these visits."""
    rows = Finding.objects.filter(visit__in=visits).exclude(danger=None)
    return list(rows.values_list("danger_id", flat=True))


def open_conflicts(person: Person | None = None) -> QuerySet[Act]:
    """Conflicts that nobody has settled yet."""
    rows = Act.objects.filter(state="conflict", settled_by=None).select_related("person")
    return (rows.filter(person=person) if person else rows).order_by("-received_at")
