"""绩效: what a month says of a patroller, row by row. Every point of a score opens to the rows behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from anlan.domains.dangers import public as dangers
from anlan.domains.patrols import rules
from anlan.domains.patrols.models import Finding, Score, Visit
from anlan.domains.patrols.queries import training
from anlan.kernel.core import rulesets
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Person

LOOKS = ("accept", "send_back")


@dataclass(frozen=True, slots=True)
class Fact:
    """A row behind a line: the item it is about, when, and whether it was counted or only looked at."""

    item: UUID
    at: datetime
    counted: bool


def facts_of(person: Person, *, start: datetime, end: datetime, as_of: datetime) -> dict[str, list[Fact]]:
    """Line of the score → its rows of a span, as they were recorded by a time."""
    far = float(rulesets.value_of("patrols.far_metres", region=person.organisation.region_id, at=as_of))
    visits = [
        (row.pk, row.started_at, row.metres_off is not None and row.metres_off <= far)
        for row in Visit.objects.filter(
            patroller=person, item__state="finished", started_at__gte=start, started_at__lt=end,
            item__exercise=None, recorded_at__lte=as_of,
        ).exclude(kind="self_check").only("pk", "started_at", "metres_off")
    ]  # fmt: skip
    found = _found(person, start, end, as_of)
    return {
        "visits": [Fact(pk, at, True) for pk, at, _near in visits],
        "near": [Fact(pk, at, near) for pk, at, near in visits],
        "found": [Fact(pk, at, True) for pk, at in found],
        "rechecks": _rechecks(person, start, end, as_of),
        "on_time": [
            Fact(pk, due, passed is not None and passed <= due)
            for pk, due, passed in dangers.dated_by(person.by, start=start, end=end, as_of=as_of)
        ],
        "failed_looks": [
            Fact(pk, at, True)
            for pk, at in dangers.failed_looks_by(person.by, start=start, end=end, as_of=as_of)
        ],
        "false_reports": _withdrawn(person, start, end, as_of),
    }  # fmt: skip


def _found(person: Person, start: datetime, end: datetime, as_of: datetime) -> list[tuple[UUID, datetime]]:
    rows = Finding.objects.filter(
        visit__patroller=person, visit__item__exercise=None, found_at__gte=start, found_at__lt=end,
        danger__isnull=False, danger__item__opened_at__lte=as_of,
    ).exclude(visit__kind="self_check")  # fmt: skip
    return list(rows.order_by("found_at").values_list("danger_id", "found_at"))


def _rechecks(person: Person, start: datetime, end: datetime, as_of: datetime) -> list[Fact]:
    """Rechecks that the person made; counted are those made before their clock ran out."""
    rows = Step.objects.filter(
        by=person.by, item__loop="dangers.danger", move__in=LOOKS, exercise=None, at__lte=as_of,
        happened_at__gte=start, happened_at__lt=end,
    ).order_by("happened_at")  # fmt: skip
    return [
        Fact(item, at, due is None or at <= due)
        for item, at, due in rows.values_list("item_id", "happened_at", "due_at")
    ]


def _withdrawn(person: Person, start: datetime, end: datetime, as_of: datetime) -> list[Fact]:
    """False reports: dangers of theirs that were withdrawn in the span, whoever withdrew them."""
    own = Finding.objects.filter(visit__patroller=person, danger__isnull=False).values("danger_id")
    rows = Step.objects.filter(
        item__in=own, item__loop="dangers.danger", move="withdraw", exercise=None, at__lte=as_of,
        happened_at__gte=start, happened_at__lt=end,
    ).order_by("happened_at")  # fmt: skip
    return [Fact(item, at, True) for item, at in rows.values_list("item_id", "happened_at")]


def worked(person: Person, *, start: datetime, end: datetime, as_of: datetime) -> rules.Worked:
    """The counts of those rows, for the score."""
    facts = facts_of(person, start=start, end=end, as_of=as_of)
    n = {code: sum(1 for row in rows if row.counted) for code, rows in facts.items()}
    return rules.Worked(
        visits=n["visits"], near=n["near"], due=len(facts["on_time"]), on_time=n["on_time"],
        failed_looks=n["failed_looks"], found=n["found"], looks=len(facts["rechecks"]), rechecks=n["rechecks"],
        false_reports=n["false_reports"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """A row of a line for a page: its matter, when, whether it counted."""

    item: WorkItem
    at: datetime
    counted: bool


def rows_behind(score: Score) -> dict[str, list[Opened]]:
    """Line → the rows that a month's score was counted from, as they were known when it was proposed."""
    if score.span != "month":
        return {}
    start, end = month_of(score)
    facts = facts_of(score.person, start=start, end=end, as_of=score.item.opened_at)
    items = WorkItem.objects.in_bulk({row.item for rows in facts.values() for row in rows})
    return {
        code: [Opened(items[row.item], row.at, row.counted) for row in rows if row.item in items]
        for code, rows in facts.items()
    }


def month_of(score: Score) -> tuple[datetime, datetime]:
    """The span of a month's score by the wall clock."""
    start = localtime(score.item.opened_at).replace(
        year=score.month.year, month=score.month.month, day=1, hour=0, minute=0, second=0, microsecond=0
    )
    return start, (start + timedelta(days=32)).replace(day=1)


def year_worked(person: Person, year: int, *, at: datetime) -> rules.YearWorked | None:
    """What the signed months and the courses of a year say; None while a month of it is open, or none was scored."""
    months = Score.objects.filter(person=person, span="month", month__year=year).select_related("item")
    if not months or any(row.item.closed_at is None for row in months):
        return None
    stands = [row.signed if row.signed is not None else row.proposed for row in months]
    asked = rulesets.value_of("patrols.training_hours", region=person.organisation.region_id, at=at)
    hours = training.hours_of([person.pk], year).get(person.pk, 0)
    return rules.YearWorked(
        months=len(stands), mean=float(sum(stands) / len(stands)), hours=float(hours), asked=float(asked)
    )


def scores_of(person: Person) -> Sequence[Score]:
    """Every score of somebody, newest first; the year's before its months."""
    return list(
        Score.objects.filter(person=person)
        .select_related("item", "person__organisation")
        .order_by("-month", "-span")
    )
