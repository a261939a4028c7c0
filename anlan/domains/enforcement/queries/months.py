"""The month of the streets: what points count, street by street."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from anlan.domains.enforcement.models import Execution, Penalty, Task
from anlan.domains.enforcement.queries import counting, plans
from anlan.domains.enforcement.queries.counting import Asked
from anlan.domains.enforcement.rules import days, points, words
from anlan.domains.enforcement.rules.points import Line
from anlan.kernel.core import rulesets
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.spec import percent
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of


def month_of(when: datetime) -> tuple[datetime, datetime]:
    """The calendar month that a time lies in, by the wall clock."""
    start = when.astimezone(days.LOCAL).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return start, start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)


def streets(region: str) -> list[Region]:
    return list(Region.objects.filter(level="street", code__startswith=prefix_of(region)).order_by("code"))


def lines(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None
) -> list[Line]:
    """The points of every street of a region in a span; a street with nothing stands there with nothing."""
    rows = rulesets.value_of("enforcement.points", region=region, at=start)
    asked = Asked(start, end, as_of, region, exercise_id=exercise_id)
    return [
        points.line_of(each.code, counts(replace(asked, region=each.code)), rows) for each in streets(region)
    ]


def counts(asked: Asked) -> dict[str, Decimal | None]:
    """Everything that points may count, for one region."""
    visits = counting.visits(asked)
    case_rows = counting.matters(counting.penalties(asked, procedure="case"))
    spot_rows = counting.matters(counting.penalties(asked, procedure="spot"))
    many = visits.count()
    found = visits.exclude(findings=None).values("findings").count() + sum(
        visits.values_list("found", flat=True)
    )
    majors, taken_over = counting.majors_found(asked)
    numbers: dict[str, Any] = {
        "visits": many, "dangers": found, "majors": len(majors) + taken_over, "case_penalties": len(case_rows),
        "spot_penalties": len(spot_rows), "dual": len(counting.dual(asked)[0]), "joint": len(counting.joint(visits)[0]),
        "overdue": len(counting.overdue(asked)), "unpaid": unpaid(asked),
    }  # fmt: skip
    told: dict[str, Decimal | None] = {name: Decimal(number) for name, number in numbers.items()}
    told["penalty_rate"] = percent(len(case_rows) + len(spot_rows), many)
    told["plan_rate"] = plan_share(asked)
    return told


def plan_share(asked: Asked) -> Decimal | None:
    """Planned firms checked ÷ planned firms since the first of January, per cent; None without a plan."""
    done, planned = plan_done(asked)
    return percent(len(done), len(planned))


def plan_done(asked: Asked) -> tuple[list[UUID], list[UUID]]:
    """Firms of the plan that were visited in the year so far, and all its firms."""
    last = min(asked.end, asked.as_of) - timedelta(microseconds=1)
    year = last.astimezone(days.LOCAL).year
    start = datetime(year, 1, 1, tzinfo=days.LOCAL)
    rows = plans.lines_in_force(year=year, region=asked.region, exercise_id=asked.exercise_id)
    if asked.sector:
        rows = rows.filter(tags__contains=[asked.sector])
    planned = list(rows.filter(recorded_at__lte=asked.as_of).values_list("organisation_id", flat=True))
    checks = plans.standing_checks(
        start=start, end=asked.end, as_of=asked.as_of, exercise_id=asked.exercise_id
    )
    seen = set(checks.filter(organisation__in=planned).values_list("organisation_id", flat=True))
    return [firm for firm in planned if firm in seen], planned


def unpaid(asked: Asked) -> int:
    """Fines whose last day to pay had passed at the end of the span and that were not paid in full."""
    end = min(asked.end, asked.as_of)
    rows = Penalty.objects.filter(
        in_world(asked.exercise_id, path="item__exercise_id"), kind__in=words.MONEY, decided_at__lt=end,
        recorded_at__lte=asked.as_of, item__region__code__startswith=prefix_of(asked.region),
    ).exclude(item__state="revoked")  # fmt: skip
    done = Execution.objects.filter(whole=True, done_at__lt=end, recorded_at__lte=asked.as_of).values(
        "penalty"
    )
    late = rows.exclude(pk__in=done).filter(
        item__enforcement_case__pay_by__lt=end
    ) | rows.exclude(pk__in=done).filter(item__enforcement_spot__pay_by__lt=end)  # fmt: skip
    return late.count()


def tasks_drawn(asked: Asked) -> set[UUID]:
    """Firms that a draw sent officers to: the tasks of draws whose visit lies in the span."""
    checks = counting.visits(asked).filter(task__draw__isnull=False)
    return set(checks.values_list("pk", flat=True))


def waiting(*, region: str, exercise_id: UUID | None) -> Sequence[Task]:
    """Firms that wait for their officers, by what runs out first."""
    rows = Task.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), item__closed_at=None,
        item__region__code__startswith=prefix_of(region),
    )  # fmt: skip
    return list(rows.select_related("item__region", "organisation", "draw").order_by("due_by")[:200])
