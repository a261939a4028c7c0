"""Firms by class: what each is owed in a year, what the plan holds of it, what was checked, who is past due."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from anlan.domains.enforcement.models import Check, CheckPlan, PlanLine
from anlan.domains.enforcement.queries import plans
from anlan.domains.enforcement.rules import classes, days
from anlan.domains.enforcement.rules.classes import Standing
from anlan.domains.enterprises.public import Classed, classed
from anlan.kernel.core import rulesets
from anlan.kernel.core.among import among


def standings(firms: Collection[UUID], *, region: str, at: datetime) -> dict[UUID, Standing]:
    """Firm → what its class and what it does ask for; firms without an archive are not in it."""
    return _standings(classed(organisations=firms), region, at)


def _standings(known: Iterable[Classed], region: str, at: datetime) -> dict[UUID, Standing]:
    by_class = rulesets.value_of("enforcement.classes", region=region, at=at)
    sectors = rulesets.value_of("enforcement.class_sectors", region=region, at=at)
    return {
        firm.organisation_id: classes.standing(
            firm.grade, tags=firm.tags, sector=firm.sector, classes=by_class, sectors=sectors
        )
        for firm in known
    }


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm in operation as a year's plan sees it. `planned`: key, general, or "" where no plan has it; `owed`: a
    check falls due before the year ends."""

    id: UUID
    name: str
    region: str
    grade: str
    standing: Standing
    last: datetime | None
    due_at: datetime
    planned: str
    checked: bool
    owed: bool


def year_of(at: datetime) -> tuple[datetime, datetime]:
    """The calendar year that a time lies in, by the wall clock."""
    start = datetime(at.astimezone(days.LOCAL).year, 1, 1, tzinfo=days.LOCAL)
    return start, start.replace(year=start.year + 1)


def year_of_plan(at: datetime, plan: CheckPlan | None) -> tuple[datetime, datetime]:
    """The year of a plan, or the one that a time lies in."""
    return year_of(at if plan is None else datetime(plan.year, 7, 1, tzinfo=days.LOCAL))


def firms(
    *,
    region: str,
    at: datetime,
    exercise_id: UUID | None = None,
    grades: Iterable[str] | None = None,
    organisations: Iterable[UUID] | None = None,
    plan: CheckPlan | None = None,
) -> list[Firm]:
    """The firms in operation of a region, or those named, beside a plan (that of the year where none is given)."""
    start, end = year_of_plan(at, plan)
    named = None if organisations is None else list(organisations)
    known = classed(region=region, grades=grades, organisations=named)
    asked = _standings(known, region, at)
    last = last_checks(end=at, exercise_id=exercise_id, firms=named)
    before = last_checks(end=min(start, at), exercise_id=exercise_id, firms=named)
    # A firm that the plans of a district and of its street both hold is key where either says so.
    lines = dict(_of(planned(region, start.year, exercise_id, plan), named).order_by("kind"))
    return [_firm(each, asked[each.organisation_id], last, before, lines, start, end) for each in known]


def _firm(
    known: Classed,
    asked: Standing,
    last: Mapping[UUID, datetime],
    before: Mapping[UUID, datetime],
    lines: Mapping[UUID, str],
    start: datetime,
    end: datetime,
) -> Firm:
    pk = known.organisation_id
    owed = classes.due_at(last=before.get(pk), since=known.since, every_days=asked.every_days)
    due = classes.due_at(last=last.get(pk), since=known.since, every_days=asked.every_days)
    seen = last.get(pk)
    return Firm(
        pk, known.name, known.region, known.grade, asked, seen, due, lines.get(pk, ""),
        seen is not None and start <= seen < end, owed < end,
    )  # fmt: skip


def last_checks(
    *, end: datetime, exercise_id: UUID | None, firms: Collection[UUID] | None = None
) -> dict[UUID, datetime]:
    """Firm → its last enforcement check before a time."""
    return dict(_of(checked_last(end=end, exercise_id=exercise_id), firms))


def checked_last(*, end: datetime, exercise_id: UUID | None) -> QuerySet[Check, Any]:
    """Firm and its last enforcement check before a time, a row each."""
    ever = datetime(2000, 1, 1, tzinfo=days.LOCAL)
    rows = plans.standing_checks(start=ever, end=end, as_of=end, exercise_id=exercise_id)
    found = rows.exclude(organisation=None).values("organisation").annotate(last=Max("checked_at"))
    return found.values_list("organisation", "last")


def planned(
    region: str, year: int, exercise_id: UUID | None, plan: CheckPlan | None
) -> QuerySet[PlanLine, Any]:
    """Firm and kind of each line of a plan, or of the plans of the year."""
    rows = plans.lines_in_force(year=year, region=region, exercise_id=exercise_id)
    if plan is not None:
        rows = plan.lines.filter(dropped_at=None)
    return rows.values_list("organisation_id", "kind")


def _of(rows: QuerySet[Any, Any], firms: Collection[UUID] | None) -> QuerySet[Any, Any]:
    return rows if firms is None else rows.filter(among("organisation", firms))
