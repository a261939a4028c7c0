"""Scores of patrollers: proposed from the rows of a month, shown to whom they are about, signed by a person."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate, localtime

from anlan.domains.patrols import rules
from anlan.domains.patrols.models import Score
from anlan.domains.patrols.queries.officers import officers_in
from anlan.domains.patrols.queries.performance import worked, year_worked
from anlan.kernel.core import rulesets
from anlan.kernel.loop.actions import Opening, move, open_items
from anlan.kernel.loop.models import Step, WorkItem

BY = "service:patrols"
TURN = 40


def last_month(at: datetime) -> tuple[datetime, datetime]:
    """The calendar month before the one that a time lies in, by the wall clock."""
    end = localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (end - timedelta(days=1)).replace(day=1), end


def propose_scores(*, region: str, at: datetime, by: str = BY, limit: int = TURN) -> int:
    """Propose the last month's scores of a region's patrollers; who has one gets no second."""
    start, end = last_month(at)
    month = localdate(start)
    there = set(Score.objects.filter(month=month, span="month").values_list("person_id", flat=True))
    openings: list[Opening] = []
    for officer in officers_in([region], at=end - timedelta(seconds=1)):
        if officer.person.pk in there or len(openings) >= limit:
            continue
        there.add(officer.person.pk)
        weights = rulesets.value_of("patrols.score", region=officer.region, at=at)
        lines, total = rules.score_of(worked(officer.person, start=start, end=end, as_of=at), weights)
        row = Score(
            person=officer.person,
            month=month,
            lines=[asdict(line) for line in lines],
            proposed=Decimal(str(total)),
        )
        openings.append(
            Opening(
                record=row,
                title=f"{officer.person.name} {month.year}年{month.month}月",
                region=officer.region,
                charge_person=officer.person,
            )
        )
    return len(open_items(loop="patrols.score", openings=openings, by=by, at=at)) if openings else 0


def propose_year_scores(*, region: str, at: datetime, by: str = BY, limit: int = TURN) -> int:
    """Propose the scores of the last year, of each patroller whose months of it are all signed."""
    year = localdate(at).year - 1
    there = set(Score.objects.filter(month=date(year, 1, 1), span="year").values_list("person_id", flat=True))
    openings: list[Opening] = []
    for officer in officers_in([region], at=at):
        person = officer.person
        said = None if person.pk in there or len(openings) >= limit else year_worked(person, year, at=at)
        if said is None:
            continue
        there.add(person.pk)
        weights = rulesets.value_of("patrols.year_score", region=officer.region, at=at)
        lines, total = rules.year_score_of(said, weights)
        row = Score(
            person=person, span="year", month=date(year, 1, 1), lines=[asdict(line) for line in lines],
            proposed=Decimal(str(total)),
        )  # fmt: skip
        openings.append(
            Opening(record=row, title=f"{person.name} {year}年", region=officer.region, charge_person=person)
        )
    return len(open_items(loop="patrols.score", openings=openings, by=by, at=at)) if openings else 0


def sign(*, item: WorkItem, points: Any, by: str, at: datetime, **rest: Any) -> Step:
    """Sign it with the points that stand from now on; the reason says what rows cannot know."""
    value = rules.points(points)
    with transaction.atomic():
        step = move(item=item, name="sign", by=by, at=at, points=str(value), **rest)
        Score.objects.filter(pk=item.pk).update(signed=value)
    return step
