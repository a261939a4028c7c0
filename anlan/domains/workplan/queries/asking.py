"""Reads about what is asked of units: registers, what each unit owes now, meetings with what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from anlan.domains.workplan.models import Asked, Meeting
from anlan.domains.workplan.queries.funds import arranged_in, spending
from anlan.kernel.core.workdays import local_day
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of, visible_regions
from anlan.kernel.places.regions import prefix_of

ASKED_LOOPS = (
    "workplan.follow_up", "workplan.instruction", "workplan.command_order", "workplan.assignment", "workplan.decision",
)  # fmt: skip
OWED = (*ASKED_LOOPS, "workplan.task", "workplan.question")
WITH_UNIT = ("issued", "handed_out", "signed_for", "asked")  # states in which the unit has it


@dataclass(slots=True)
class Standing:
    """What a unit owes at a time."""

    open: int = 0
    late: int = 0
    behind: int = 0  # funds


def asked_for(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Asked]:
    """What a person may see of what was asked, what runs out first on top."""
    items = visible_items(person, at=at).filter(in_world(exercise_id), loop__in=ASKED_LOOPS)
    rows = Asked.objects.filter(item__in=items)
    return rows.select_related("item", "organisation", "leader", "paper", "meeting").order_by(
        "item__closed_at", "item__due_at", "-item__opened_at"
    )


def standing_of_units(region: str, *, at: datetime, exercise_id: UUID | None = None) -> dict[UUID, Standing]:
    """Unit → how much it has open and late; funds that lag are counted beside."""
    items = WorkItem.objects.filter(
        in_world(exercise_id), loop__in=OWED, closed_at=None, state__in=WITH_UNIT, charge_org__isnull=False,
        region__code__startswith=prefix_of(region),
    )  # fmt: skip
    rows = items.values_list("charge_org").annotate(n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at)))
    found = {unit: Standing(open=n, late=late) for unit, n, late in rows}
    funds = arranged_in(region, years=(local_day(at).year,), as_of=at, exercise_id=exercise_id)
    for each in spending(funds, at=at):
        if each.lags:
            found.setdefault(each.fund.organisation_id, Standing()).behind += 1
    return found


def meetings_for(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Meeting]:
    """Meetings of a person's regions, and of the regions above, which decide for them; newest first."""
    mine = visible_regions(person, at=at)
    for prefix in scope_of(person, at=at):
        mine |= Q(region__in=[prefix[:n].ljust(12, "0") for n in (2, 4, 6, 9) if n <= len(prefix)])
    rows = Meeting.objects.filter(mine, in_world(exercise_id)).select_related("committee", "chair", "region")
    return rows.annotate(
        n=Count("asked"), closed=Count("asked", filter=Q(asked__item__closed_at__isnull=False))
    ).order_by("-happened_at", "-pk")


@dataclass(frozen=True, slots=True)
class Due:
    """Items of a loop that were due in a span, and those of them that were met by their time."""

    rows: Sequence[UUID]
    met: Sequence[UUID]


def due_in(
    loops: Sequence[str], moves: Sequence[str], *, region: str, start: datetime, end: datetime, as_of: datetime,
    exercise_id: UUID | None = None,
) -> Due:  # fmt: skip
    """What fell due in a span, as known at a time; met when one of the moves was made by then. Withdrawn: not due."""
    rows = Asked.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), item__loop__in=loops, due_at__gte=start, due_at__lt=end,
        item__opened_at__lte=as_of,
    )  # fmt: skip
    if region:
        rows = rows.filter(item__region__code__startswith=prefix_of(region))
    gone = Step.objects.filter(item__loop__in=loops, move="withdraw", at__lte=as_of).values("item_id")
    due = dict(rows.exclude(pk__in=gone).order_by("due_at", "pk").values_list("pk", "due_at"))
    made = Step.objects.filter(item__in=due, move__in=moves, at__lte=as_of).values_list(
        "item_id", "happened_at"
    )
    met = {item for item, happened in made if happened <= due[item]}
    return Due(list(due), [item for item in due if item in met])


def issued_in(
    loops: Sequence[str], *, region: str, start: datetime, end: datetime, as_of: datetime,
    exercise_id: UUID | None = None,
) -> list[UUID]:  # fmt: skip
    """What was sent out in a span."""
    steps = Step.objects.filter(
        in_world(exercise_id), item__loop__in=loops, move="open", happened_at__gte=start, happened_at__lt=end,
        at__lte=as_of,
    )  # fmt: skip
    if region:
        steps = steps.filter(item__region__code__startswith=prefix_of(region))
    return list(steps.order_by("happened_at", "pk").values_list("item_id", flat=True))
