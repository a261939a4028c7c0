"""Reads about plans and tasks."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from anlan.domains.workplan.models import Plan, Progress, Question, Task
from anlan.domains.workplan.rules.tasks import Weighed, bound_share, gone_share
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spans import Span
from anlan.kernel.indicators.spec import Cut, Reading
from anlan.kernel.loop.models import Step
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.regions import prefix_of

_LOCAL = ZoneInfo("Asia/Shanghai")


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
    rows = rows.select_related("item")
    dropped = Step.objects.filter(item__loop="workplan.task", move="drop", at__lte=as_of).values("item_id")
    known = list(rows.exclude(pk__in=dropped))
    ids = [task.pk for task in known]
    said, done = last_progress(ids, as_of=as_of), done_by(ids, as_of=as_of)
    said |= {pk: share for pk, (_reading, share) in readings_of(known, as_of=as_of).items()}
    cut = min(end, as_of)
    return {
        task.pk: Weighed(
            task.weight,
            Decimal(100) if task.pk in done else said.get(task.pk, Decimal(0)),
            late=task.pk not in done and task.due_at < cut,
        )
        for task in known
    }


def readings_of(tasks: Iterable[Task], *, as_of: datetime) -> dict[UUID, tuple[Reading, Decimal]]:
    """Task → its number as known at a time, and how far that is: of the tasks that are bound to one."""
    found = {}
    for task in tasks:
        if not (task.indicator and task.target and task.first_on and task.last_on):
            continue
        read = _reading(task, as_of=as_of)
        gone = gone_share(task.first_on, task.last_on, day=as_of.astimezone(_LOCAL).date())
        share = bound_share(read.value, task.target, bound=task.bound, gone=gone)
        found[task.pk] = (read, share if share is not None else Decimal(0))
    return found


def _reading(task: Task, *, as_of: datetime) -> Reading:
    """Only whole days that have come are counted: what is due later was neither done nor missed."""
    assert task.first_on is not None
    assert task.last_on is not None
    period = Span("since", task.first_on, task.last_on).period(_LOCAL)
    end = min(period.end, max(as_of, period.start + timedelta(days=1)))
    cut = Cut(region=task.cut_region_id or task.item.region_id, exercise_id=task.item.exercise_id)
    return indicator(code=task.indicator, cut=cut, period=type(period)(period.start, end), as_of=as_of)


def running(*, region: str, exercise_id: UUID | None = None) -> QuerySet[Task]:
    """Open tasks that were signed for, with their units: those the month asks about. A number needs no asking."""
    rows = Task.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), item__state="signed_for", indicator="",
        item__region__code__startswith=prefix_of(region),
    )  # fmt: skip
    return rows.select_related("item", "lead", "point").order_by("lead_id", "pk")


def answered_questions(*, region: str, exercise_id: UUID | None = None) -> QuerySet[Question]:
    """Answers that wait for somebody to check them."""
    rows = Question.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), item__state="answered",
        item__region__code__startswith=prefix_of(region),
    )  # fmt: skip
    return rows.select_related("item", "task__item", "task__lead").order_by("task__lead_id", "pk")
