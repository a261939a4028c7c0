"""Reads about events: figures, clocks, reports, what goes into the next report."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from anlan.domains.incidents.models import Clock, Figures, Incident, Report, Sending
from anlan.domains.incidents.rules import reporting as rules
from anlan.kernel.core import rulesets
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step
from anlan.kernel.places.regions import prefix_of

NOTES = ("note", "note_here", "note_first", "end")
NO_EVENT = ("dismiss", "merge")


@dataclass(frozen=True, slots=True)
class Span:
    """Whose events, of when, as known when."""

    region: str
    start: datetime
    end: datetime
    as_of: datetime
    exercise_id: UUID | None = None


def kinds(*, region: str, at: datetime) -> list[dict[str, str]]:
    """The kinds of events: class, code, label, label_en, national."""
    found: list[dict[str, str]] = rulesets.value_of("incidents.kinds", region=region, at=at)
    return found


def receiver_rows(*, region: str, at: datetime) -> list[dict[str, str]]:
    """Those who get every report: code, label, label_en."""
    found: list[dict[str, str]] = rulesets.value_of("incidents.receivers", region=region, at=at)
    return found


def receivers(*, region: str, at: datetime) -> dict[str, str]:
    """Code → label of those who get every report."""
    return {row["code"]: row["label"] for row in receiver_rows(region=region, at=at)}


def first_reported(incidents: Iterable[UUID], *, as_of: datetime) -> list[UUID]:
    """Those of some events that had gone upward by a time."""
    rows = Report.objects.filter(incident__in=list(incidents), kind="first", recorded_at__lte=as_of)
    return list(rows.values_list("incident_id", flat=True))


def bands(*, kind: str, cls: str, region: str, at: datetime) -> list[dict[str, Any]]:
    """The grade criteria of a kind; where it has none of its own, those of accidents."""
    name = kind if kind in ("geology", "forest_fire") else "accident"
    found: list[dict[str, Any]] = rulesets.value_of(f"incidents.grades_{name}", region=region, at=at)
    return found if cls in ("natural", "accident") else []


def figures_of(incident: UUID, *, as_of: datetime | None = None) -> Figures | None:
    """The figures of an event that hold, as known at a time."""
    return rules.latest(Figures.objects.filter(incident_id=incident), as_of=as_of)


def as_counts(row: Any) -> dict[str, int]:
    """Figures by name; nothing known is nothing."""
    return {name: getattr(row, name) if row else 0 for name in rules.FIGURES}


def figures_at(incidents: Iterable[UUID], *, as_of: datetime) -> dict[UUID, dict[str, int]]:
    """Event → its figures as known at a time, for many events in one statement."""
    rows: dict[UUID, list[Figures]] = defaultdict(list)
    for row in Figures.objects.filter(incident__in=list(incidents), recorded_at__lte=as_of):
        rows[row.incident_id].append(row)
    return {pk: as_counts(rules.latest(mine)) for pk, mine in rows.items()}


def received(span: Span) -> QuerySet[Incident]:
    """Events received in a span and known by then, less those that were none or part of another one."""
    gone = Step.objects.filter(item__loop="incidents.incident", move__in=NO_EVENT, at__lte=span.as_of)
    return (
        Incident.objects.filter(
            in_world(span.exercise_id, path="item__exercise_id"), under(span.region, "item__region"),
            received_at__gte=span.start, received_at__lt=span.end, item__opened_at__lte=span.as_of,
        )
        .exclude(pk__in=gone.values("item_id"))
        .select_related("item__region", "organisation")
        .order_by("received_at", "pk")
    )  # fmt: skip


def reports(span: Span) -> QuerySet[Report]:
    """Reports that went out in a span."""
    rows = Report.objects.filter(
        in_world(span.exercise_id, path="incident__exercise_id"), under(span.region, "incident__region"),
        happened_at__gte=span.start, happened_at__lt=span.end, recorded_at__lte=span.as_of,
    )  # fmt: skip
    return rows.select_related("incident__region").order_by("happened_at", "pk")


@dataclass(frozen=True, slots=True)
class Standing:
    """A clock of an event at a time: on_time | late | missed | open."""

    incident: UUID
    channel: str
    due_at: datetime
    met_at: datetime | None
    state: str
    rule: str
    source: str


def standings(incidents: Iterable[UUID], *, as_of: datetime) -> dict[UUID, list[Standing]]:
    """Event → how each of its report clocks stood at a time."""
    ids = list(incidents)
    clocks: dict[UUID, list[rules.Clock]] = defaultdict(list)
    regions: dict[UUID, str] = {}
    rows = Clock.objects.filter(incident__in=ids, recorded_at__lte=as_of).select_related("incident")
    for row in rows.order_by("recorded_at", "pk"):
        clocks[row.incident_id].append(rules.Clock(row.channel, row.due_at, row.rule, row.source))
        regions[row.incident_id] = row.incident.region_id
    sent: dict[UUID, list[rules.Sent]] = defaultdict(list)
    for each in Sending.objects.filter(incident__in=ids, recorded_at__lte=as_of):
        sent[each.incident_id].append(rules.Sent(each.channel, each.receiver, each.happened_at))
    return {
        pk: _standing(pk, mine, sent[pk], list(receivers(region=regions[pk], at=as_of)), as_of)
        for pk, mine in clocks.items()
    }


def _standing(
    pk: UUID, clocks: Iterable[rules.Clock], sent: Sequence[rules.Sent], to: Sequence[str], at: datetime
) -> list[Standing]:
    found = []
    for clock in rules.effective(clocks).values():
        met = rules.met_at(clock.channel, sent, to)
        state = rules.standing(clock, met, at=at)
        found.append(Standing(pk, clock.channel, clock.due_at, met, state, clock.rule, clock.source))
    return sorted(found, key=lambda each: each.due_at)


def due_in(span: Span) -> list[Standing]:
    """The first reports that were due in a span, with how they stood at its `as_of`. An event that turned out to be
    none owes nothing."""
    gone = Step.objects.filter(item__loop="incidents.incident", move__in=NO_EVENT, at__lte=span.as_of)
    rows = Clock.objects.filter(
        in_world(span.exercise_id, path="incident__exercise_id"), under(span.region, "incident__region"),
        due_at__gte=span.start, recorded_at__lte=span.as_of,
    ).exclude(incident__in=gone.values("item_id"))  # fmt: skip
    ids = set(rows.values_list("incident_id", flat=True))
    found = [each for mine in standings(ids, as_of=span.as_of).values() for each in mine]
    return [each for each in found if span.start <= each.due_at < span.end]


# ---- what goes into the next report ----------------
def facts_of(incident: Incident, *, at: datetime) -> rules.Facts:
    """What a report is written from: the facts as they were entered, and what was done since the last report."""
    last = (
        Report.objects.filter(incident_id=incident.pk).order_by("-number").select_related("figures").first()
    )
    since = last.recorded_at if last else incident.item.opened_at
    steps = Step.objects.filter(item_id=incident.pk, move__in=NOTES, at__gt=since, at__lte=at).order_by(
        "happened_at"
    )
    where = f"{incident.item.region.name}{incident.spot}"
    if incident.organisation is not None:
        where += f"{incident.organisation}"
    return rules.Facts(
        when=f"{localtime(incident.occurred_at):%-m月%-d日%-H时%-M分}",
        where=where,
        what=incident.description.rstrip("。"),
        figures=as_counts(figures_of(incident.pk)),
        before=None if last is None else as_counts(last.figures),
        done=[str(step.needs.get("done", "")) for step in steps],
    )


def draft(incident: Incident, *, at: datetime, kind: str = "") -> str:
    """The next report in words: nothing of it is typed twice."""
    sent = Report.objects.filter(incident_id=incident.pk).count()
    return rules.compose(kind or ("update" if sent else "first"), sent + 1, facts_of(incident, at=at))


def under(region: str, path: str) -> Q:
    """Rows of a region's subtree; everything where no region is named."""
    return Q(**{f"{path}__code__startswith": prefix_of(region)}) if region else Q()
