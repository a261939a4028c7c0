"""What neighbours may use of the dangers: report one, what is open at a site, its history, campaigns, papers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from anlan.domains.dangers import queries
from anlan.domains.dangers.actions import issue_paper, note_penalty, report_danger
from anlan.domains.dangers.models import Campaign, Danger
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.papers.models import Paper
from anlan.kernel.places.regions import prefix_of

__all__ = [
    "campaigns_at",
    "campaigns_running",
    "clauses",
    "count_visits_with",
    "dated_by",
    "dates_of",
    "failed_looks_by",
    "failed_looks_of",
    "history",
    "issue_notice",
    "listed_dangers",
    "note_penalty",
    "open_at",
    "open_check_items",
    "passed_at",
    "progress_of",
    "report",
]

listed_dangers = queries.listed_dangers
passed_at = queries.accepted_at
progress_of = queries.progress_of
dates_of = queries.dates_of
dated_by = queries.dated_by
failed_looks_of = queries.failed_looks_of
failed_looks_by = queries.failed_looks_by
open_check_items = queries.open_check_items


def report(*, description: str, category: str, by: str, at: datetime, **more: Any) -> WorkItem:
    """Report a danger; see `actions.report_danger` for what `more` takes (site, risk_point, campaign, key …).

    `key` is an id made on a phone: sent twice, it is one danger. Raises `Refused`.
    """
    return report_danger(description=description, category=category, by=by, at=at, **more)


def open_at(site_id: UUID, *, exercise_id: UUID | None = None) -> list[Danger]:
    """The open dangers of a site, by what runs out first."""
    return list(queries.history_of(site_id, exercise_id=exercise_id, open_only=True))


def history(site_id: UUID, *, exercise_id: UUID | None = None, limit: int = 20) -> list[Danger]:
    """The dangers of a site, newest first."""
    return list(queries.history_of(site_id, exercise_id=exercise_id)[:limit])


def clauses(
    *, category: str, organisation_id: UUID | None, region: str, at: datetime
) -> list[dict[str, Any]]:
    """The clauses of the 判定标准 that a danger may meet; the platform offers, people decide."""
    return queries.clauses_for(category=category, organisation_id=organisation_id, region=region, at=at)


def campaigns_at(region: str, *, at: datetime, exercise_id: UUID | None = None) -> list[Campaign]:
    """The campaigns that run over a region on a day."""
    rows = campaigns_running(at=at, exercise_id=exercise_id)
    return [row for row in rows if region.startswith(prefix_of(row.item.region_id))]


def campaigns_running(*, at: datetime, exercise_id: UUID | None = None) -> list[Campaign]:
    """The campaigns that run anywhere on a day, each over the region of its item."""
    day = localdate(at)
    rows = Campaign.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), item__closed_at=None, starts_on__lte=day, ends_on__gte=day
    )  # fmt: skip
    return list(rows.select_related("item__region"))


def issue_notice(
    *, items: Sequence[WorkItem], by: str, at: datetime, kind: str = "danger_notice", **more: Any
) -> Paper:
    """One numbered paper about the dangers of one visit; which kind is offered depends on who gives it."""
    return issue_paper(items=items, kind=kind, by=by, at=at, **more)


def count_visits_with(
    count: Callable[[UUID, datetime, datetime, UUID | None], Mapping[str, Mapping[str, int]]],
) -> None:
    """Bring what counts visits: (campaign, start, end, exercise) → street → visits, enforcement_visits."""
    queries.set_visit_counter(count)
