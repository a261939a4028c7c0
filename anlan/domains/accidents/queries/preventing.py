"""How far a campaign keeps accidents down: its goals, its streets, against the same days of last year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anlan.domains.accidents import queries
from anlan.domains.accidents.models import Prevention
from anlan.domains.accidents.queries import Counted, Span
from anlan.domains.accidents.rules import preventing
from anlan.domains.accidents.rules.preventing import Goal, StreetLine
from anlan.domains.dangers.public import progress_of
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step


@dataclass(frozen=True, slots=True)
class Progress:
    """What the rows say of a campaign up to a time: goals, streets, the accidents now and of a year before."""

    goals: list[Goal]
    streets: list[StreetLine]
    now: Sequence[Counted]
    then: Sequence[Counted]


def progress(row: Prevention, *, end: datetime, as_of: datetime) -> Progress:
    """From the first day of the campaign to its last, or to `end` where that is sooner."""
    start, last = row.campaign.starts_at, min(row.ends_at, end)
    span = Span(row.item.region_id, start, last, as_of, row.item.exercise_id)
    now = [each for each in queries.counted(span) if fits(row, each)]
    then = [each for each in queries.counted(span.year_before()) if fits(row, each)]
    done = progress_of(row.campaign, start=start, end=last)
    codes = sorted({each.street for each in (*now, *then)} | set(done))
    return Progress(
        preventing.goals(most_accidents=row.most_accidents, most_dead=row.most_dead, now=now, then=then),
        [_line(code, now, then, done.get(code, {})) for code in codes], now, then,
    )  # fmt: skip


def fits(row: Prevention, each: Counted) -> bool:
    """Whether an accident is of the types and sectors that the campaign is about."""
    of_type = not row.types or each.type_code in row.types
    return of_type and (not row.sectors or each.sector in row.sectors)


def _line(code: str, now: Sequence[Counted], then: Sequence[Counted], done: dict[str, int]) -> StreetLine:
    mine, before = [a for a in now if a.street == code], [a for a in then if a.street == code]
    return StreetLine(
        code, len(mine), len(before), sum(a.dead for a in mine), sum(a.dead for a in before), done.get("visits", 0),
        done.get("found", 0), done.get("rectified", 0), done.get("enforcement_visits", 0),
    )  # fmt: skip


def running(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None
) -> list[Prevention]:
    """Those whose days touch a span, known by a time and not ended before the span."""
    gone = Step.objects.filter(
        item__loop="accidents.prevention", move="end", happened_at__lt=start, at__lte=as_of
    )
    rows = Prevention.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), queries.under(region, "item__region"),
        campaign__starts_on__lte=end, ends_at__gt=start, item__opened_at__lte=as_of,
    ).exclude(pk__in=gone.values("item"))  # fmt: skip
    return list(rows.select_related("item", "campaign__item").order_by("ends_at", "pk"))
