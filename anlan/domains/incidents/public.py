"""What neighbours and reports may use: an event and its figures, the day's sheet, the next report, the half-year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anlan.domains.incidents.actions.events import FIGURE_KEEPERS, add_figures, when_figures_change
from anlan.domains.incidents.models import Figures, Incident, Report
from anlan.domains.incidents.queries import events
from anlan.domains.incidents.queries.events import Span, draft, figures_at, figures_of, received, reports
from anlan.domains.incidents.queries.watch import Day, checks, daily
from anlan.domains.incidents.rules.reporting import figures_told

__all__ = [
    "FIGURE_KEEPERS",
    "Counts",
    "Day",
    "Figures",
    "Incident",
    "Report",
    "Span",
    "add_figures",
    "checks",
    "counts",
    "daily",
    "disaster_figures",
    "draft",
    "figures_at",
    "figures_of",
    "figures_told",
    "incident",
    "received",
    "reports",
    "when_figures_change",
]


def incident(pk: UUID) -> Incident | None:
    """An event by the id of its item, with region and firm."""
    return Incident.objects.select_related("item__region", "organisation").filter(pk=pk).first()


@dataclass(frozen=True, slots=True)
class Counts:
    """What a half-year text says of the watch: numbers with the ids of the events behind them."""

    received: list[UUID]
    by_class: Mapping[str, list[UUID]]
    reports: list[UUID]  # of Report; one text to two receivers is one
    late: list[UUID]
    missed: list[UUID]


def counts(span: Span) -> Counts:
    """The figures of a span, from the same rows as the day's sheet."""
    found = list(received(span))
    by_class: dict[str, list[UUID]] = {}
    for row in found:
        by_class.setdefault(row.event_class, []).append(row.pk)
    due = events.due_in(span)
    return Counts(
        received=[row.pk for row in found],
        by_class=by_class,
        reports=list(reports(span).values_list("pk", flat=True)),
        late=[each.incident for each in due if each.state == "late"],
        missed=[each.incident for each in due if each.state == "missed"],
    )


def disaster_figures(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> dict[UUID, dict[str, int]]:
    """Natural disasters of a span → cumulative dead, missing, badly_hurt, hurt, moved, loss_yuan: what a disaster form
    needs and nobody types again."""
    rows = received(Span(region, start, end, as_of, exercise_id)).filter(event_class="natural")
    return figures_at(rows.values_list("pk", flat=True), as_of=as_of)
