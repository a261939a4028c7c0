"""Reads about plans and tasks."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from anlan.domains.workplan.models import Plan, Progress, Question, Task
from anlan.domains.workplan.rules.tasks import Weighed
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.regions import prefix_of


def plans_for(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Plan]:
    """The plans of a person's regions, and of the regions above: a street carries the district's plan."""
    mine = Q(pk=None)
    for prefix in scope_of(person, at=at):
        above = [prefix[:length].ljust(12, "0") for length in (2, 4, 6, 9) if length <= len(prefix)]
        mine |= Q(region__code__startswith=prefix) | Q(region__in=above)
    return Plan.objects.filter(mine, in_world(exercise_id)).select_related("region").order_by("-year", "-at")


def last_progress(items: Iterable[UUID], *, as_of: datetime) -> dict[UUID, Decimal]:
    """Item → what was said last, as known at a time."""
    rows = Progress.objects.filter(item__in=list(items), recorded_at__lte=as_of)
    return dict(rows.order_by("recorded_at", "pk").values_list("item_id", "done"))


def done_by(items: Iterable[UUID], *, as_of: datetime) -> set[UUID]:
    """Those that were confirmed as done, as known at a time."""
    steps = Step.objects.filter(item__in=list(items), move="confirm", at__lte=as_of)
    return set(steps.values_list("item_id", flat=True))


def weighed(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> dict[UUID, Weighed]:
    """Tasks of a region that run in a span, with how far they are. A task dropped by then does not count."""
    rows = Task.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), start_at__lt=end, due_at__gte=start,
        item__opened_at__lte=as_of,
    )  # fmt: skip
    if region:
        rows = rows.filter(item__region__code__startswith=prefix_of(region))
    dropped = Step.objects.filter(item__loop="workplan.task", move="drop", at__lte=as_of).values("item_id")
    facts = {
        pk: (weight, due)
        for pk, weight, due in rows.exclude(pk__in=dropped).values_list("pk", "weight", "due_at")
    }
    said, done = last_progress(facts, as_of=as_of), done_by(facts, as_of=as_of)
    cut = min(end, as_of)
    return {
        pk: Weighed(
            weight,
            Decimal(100) if pk in done else said.get(pk, Decimal(0)),
            late=pk not in done and due < cut,
        )
        for pk, (weight, due) in facts.items()
    }


def running(*, region: str, exercise_id: UUID | None = None) -> QuerySet[Task]:
    """Open tasks that were signed for, with their units: those the month asks about."""
    rows = Task.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), item__state="signed_for",
        item__region__code__startswith=prefix_of(region),
    )  # fmt: skip
    return rows.select_related("item", "lead", "point").order_by("pk")


def forms_of_week(organisation: UUID, *, start: datetime, end: datetime) -> int:
    """How many matters were given to a unit in a span: the burden meter, over every loop."""
    found: int = WorkItem.objects.filter(
        charge_org=organisation, opened_at__gte=start, opened_at__lt=end
    ).aggregate(n=Count("pk"))["n"]
    return found


def asked_in(month: datetime) -> set[UUID]:
    """Tasks that were asked about in a month."""
    return set(Question.objects.filter(month=month).values_list("task_id", flat=True))
