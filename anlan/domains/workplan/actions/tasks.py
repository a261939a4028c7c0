"""Tasks of the plan: handed out, objected to, told about, asked about once a month, checked by another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from anlan.domains.workplan import queries
from anlan.domains.workplan.actions.common import BY, check_burdens, check_keeper, give_back
from anlan.domains.workplan.models import Point, Progress, Question, Task
from anlan.domains.workplan.rules import tasks as rules
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.registry import of_code
from anlan.kernel.loop.actions import Making, Opening, move, move_all, open_items
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.messaging.actions import Row, send_all
from anlan.kernel.orgs.models import Organisation

TURN = 200
MONTH_KIND, HANDED_KIND = "workplan.month", "workplan.handed"
EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TaskGiven:
    """One task as it is handed out. With an `indicator` its progress is computed from that number over its days."""

    point: Point
    lead: Organisation | None
    measure: str
    due_at: datetime
    supporters: Sequence[Organisation] = field(default=())
    target: Decimal | None = None
    unit: str = ""
    indicator: str = ""
    bound: str = "least"
    cut_region: str = ""
    first_on: date | None = None
    last_on: date | None = None
    weight: Decimal = Decimal(1)
    evidence: str = ""


def hand_out(*, point: Point, lead: Organisation | None, measure: str, due_at: datetime, by: str, at: datetime,
             why_more: str = "", **more: Any) -> WorkItem:  # fmt: skip
    """Give a task of a point to a unit, which signs for it. `more`: the other fields of `TaskGiven`."""
    given = TaskGiven(point=point, lead=lead, measure=measure, due_at=due_at, **more)
    return hand_out_many([given], by=by, at=at, why_more=why_more)[0]


def hand_out_many(tasks: Sequence[TaskGiven], *, by: str, at: datetime, why_more: str = "") -> list[WorkItem]:
    """Give several tasks out in one act: each unit is asked once, with all of its lines."""
    if not tasks:
        return []
    for given in tasks:
        _check_given(given, by=by, at=at)
    units = [given.lead for given in tasks if given.lead is not None]
    with transaction.atomic():
        check_burdens(units, why=why_more, by=by, at=at)
        rows = [_row(given, at=at, why_more=why_more) for given in tasks]
        items = open_items(
            loop="workplan.task", openings=[_opening(row, at) for row in rows], by=by, at=at,
            exercise_id=tasks[0].point.plan.exercise_id,
        )  # fmt: skip
        for row, given in zip(rows, tasks, strict=True):
            if given.supporters:
                row.supporters.set(given.supporters)
        send_all(_told(items, by=by, at=at))
    return items


def _told(items: Sequence[WorkItem], *, by: str, at: datetime) -> list[Row]:
    """One message a unit, however many lines it was given."""
    found: dict[UUID, list[WorkItem]] = {}
    for item in items:
        if item.charge_person_id is not None:
            found.setdefault(item.charge_person_id, []).append(item)
    words = {1: gettext("Your unit leads a task of the work plan: {title}. Sign for it within three days.")}
    more = gettext(
        "Your unit leads {n} tasks of the work plan, the first: {title}. Sign for them within three days."
    )
    return [
        Row(
            kind=HANDED_KIND, to=person, title=gettext("Task of the work plan"),
            text=words.get(len(own), more).format(n=len(own), title=own[0].title), urgency=0,
            expires=at + timedelta(days=10), subject=("loop.item", own[0].pk), by=by, at=at,
            exercise_id=own[0].exercise_id,
        )
        for person, own in found.items()
    ]  # fmt: skip


def _check_given(given: TaskGiven, *, by: str, at: datetime) -> None:
    plan = given.point.plan
    if plan.signed_at is None:
        raise Refused(rules.NOT_SIGNED)
    check_keeper(plan.region_id, by=by, at=at)
    if given.lead is None:
        raise Refused(rules.NO_UNIT, field="lead")
    rules.check_due(given.due_at, at=at)
    if given.indicator:
        of_code(given.indicator)
    first, last = _span(given)
    rules.check_binding(given.indicator, given.target, first=first, last=last)


def _span(given: TaskGiven) -> tuple[date, date]:
    """The days that a number counts: those said, else from New Year's Day to the day the task is due."""
    year = given.point.plan.year
    return given.first_on or date(year, 1, 1), given.last_on or timezone.localdate(given.due_at)


def _row(given: TaskGiven, *, at: datetime, why_more: str) -> Task:
    first, last = _span(given)
    return Task(
        point=given.point, lead=given.lead, measure=given.measure, target=given.target, unit=given.unit,
        indicator=given.indicator, bound=given.bound, cut_region_id=given.cut_region or None,
        first_on=first if given.indicator else None, last_on=last if given.indicator else None,
        weight=given.weight, evidence=given.evidence, start_at=at, due_at=given.due_at, why_more=why_more[:300],
    )  # fmt: skip


def _opening(task: Task, at: datetime) -> Opening:
    return Opening(
        record=task, title=f"{task.point.mark}{task.measure[:80]}", region=task.lead.region_id, charge_org=task.lead,
        charge_person=queries.liaison_of(task.lead, at=at),
    )  # fmt: skip


def uphold(*, item: WorkItem, by: str, at: datetime, reason: str = "", **rest: Any) -> Step:
    """The objection is not followed: the task stays with the unit, whose liaison has it again."""
    with transaction.atomic():
        give_back(item, _task(item).lead, why=reason or gettext("It stays with the unit"), by=by, at=at)
        return move(item=item, name="uphold", by=by, at=at, reason=reason, **rest)


def pass_on(*, item: WorkItem, lead: Organisation, by: str, at: datetime, **rest: Any) -> Step:
    """The objection is followed: another unit leads. The old one stays on the steps it made."""
    with transaction.atomic():
        task = _task(item)
        task.lead = lead
        task.save(update_fields=["lead"])
        give_back(item, lead, why=gettext("Give it to another unit"), by=by, at=at)
        step = move(item=item, name="pass_on", by=by, at=at, lead=str(lead.pk), **rest)
        WorkItem.objects.filter(pk=item.pk).update(charge_org=lead)
    return step


def _task(item: WorkItem) -> Task:
    return Task.objects.select_related("lead", "item").get(pk=item.pk)


def tell(
    *, item: WorkItem, done: float | str | Decimal, by: str, at: datetime, said: str = "", reason: str = "",
    happened_at: datetime | None = None, **rest: Any,
) -> Step:  # fmt: skip
    """Say how far a task is. Less than was said before needs a reason; what a number computes nobody types."""
    with transaction.atomic():
        _check_typed(_task(item))
        share = _check(item, done, reason)
        step = move(
            item=item,
            name="tell",
            by=by,
            at=at,
            happened_at=happened_at,
            reason=reason,
            done=str(share),
            **rest,
        )
        _write(item, share, said or reason, by=by, at=at, happened_at=happened_at)
    return step


def _check_typed(task: Task) -> None:
    if task.indicator:
        raise Refused(rules.COMPUTED, field="done", number=gettext(of_code(task.indicator).label))


def _check(item: WorkItem, done: float | str | Decimal, why: str) -> Decimal:
    try:
        share = Decimal(str(done))
    except ArithmeticError:
        raise Refused(rules.BAD_SHARE, field="done") from None
    rules.check_progress(share, queries.last_progress([item.pk], as_of=EVER).get(item.pk), why=why)
    return share


def _write(
    item: WorkItem, share: Decimal, said: str, *, by: str, at: datetime, happened_at: datetime | None = None,
    no_change: bool = False,
) -> None:  # fmt: skip
    Progress.objects.create(
        item=item, done=share, said=said[:500], no_change=no_change, happened_at=happened_at or at, recorded_at=at,
        by=by,
    )  # fmt: skip


# ---- once a month ----------------
def ask_month(*, region: str, at: datetime, exercise_id: UUID | None = None) -> int:
    """Ask the leading units about the tasks that nobody was asked about this month; a part at a time.

    A unit is told once of all its questions: they are one list to it, not one message a line.
    """
    month = timezone.localdate(at).replace(day=1)
    asked = Question.objects.filter(month=month).values("task")
    rows = list(queries.running(region=region, exercise_id=exercise_id).exclude(pk__in=asked)[:TURN])
    total = 0
    for _lead, tasks in groupby(rows, key=lambda task: task.lead_id):
        total += _ask_unit(list(tasks), month, at=at, exercise_id=exercise_id)
    return total


def _ask_unit(tasks: Sequence[Task], month: date, *, at: datetime, exercise_id: UUID | None) -> int:
    unit = tasks[0].lead
    holder = queries.liaison_of(unit, at=at)
    openings = [
        Opening(
            record=Question(task=task, month=month), title=task.item.title, region=task.item.region_id,
            charge_org=unit, charge_person=holder, arises_from=task.item,
        )
        for task in tasks
    ]  # fmt: skip
    with transaction.atomic():
        items = open_items(loop="workplan.question", openings=openings, by=BY, at=at, exercise_id=exercise_id)
        if holder is not None:
            send_all([_month_message(holder, items, month, at=at)])
    return len(items)


def _month_message(holder: UUID, items: Sequence[WorkItem], month: date, *, at: datetime) -> Row:
    words = ngettext(
        "Work plan, {month}: {n} task of your unit asks how far it is. No change is one tap.",
        "Work plan, {month}: {n} tasks of your unit ask how far they are. No change is one tap.",
        len(items),
    )
    return Row(
        kind=MONTH_KIND, to=holder, title=gettext("Monthly question"),
        text=words.format(n=len(items), month=f"{month:%Y-%m}"), urgency=0, expires=at + timedelta(days=10),
        subject=("loop.item", items[0].pk), by=BY, at=at, exercise_id=items[0].exercise_id,
    )  # fmt: skip


def answer(
    *, item: WorkItem, done: float | str | Decimal, by: str, at: datetime, said: str = "", reason: str = "",
    **rest: Any,
) -> Step:  # fmt: skip
    """Answer the month's question with a figure; the task has it too."""
    with transaction.atomic():
        task = Task.objects.select_related("item").get(questions__pk=item.pk)
        share = _check(task.item, done, reason)
        step = move(item=item, name="answer", by=by, at=at, reason=reason, done=str(share), **rest)
        _write(task.item, share, said or reason, by=by, at=at)
    return step


def no_change(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """无变化: one tap; the last figure stands, and that it was looked at is a row of its own."""
    with transaction.atomic():
        task = Task.objects.select_related("item").get(questions__pk=item.pk)
        step = move(item=item, name="no_change", by=by, at=at, **rest)
        last = queries.last_progress([task.pk], as_of=at).get(task.pk, Decimal(0))
        _write(task.item, last, "", by=by, at=at, no_change=True)
    return step


def doubt(*, item: WorkItem, by: str, at: datetime, reason: str = "", **rest: Any) -> Step:
    """The answer is not believed: the unit's liaison has the question again, with the reason."""
    with transaction.atomic():
        give_back(item, Question.objects.get(pk=item.pk).task.lead, why=reason, by=by, at=at)
        return move(item=item, name="doubt", by=by, at=at, reason=reason, **rest)


def check_all(items: Iterable[WorkItem], *, by: str, at: datetime) -> list[Step | Refused]:
    """Check many answers at once; whoever answered one is refused for that one and no other."""
    return move_all([Making(item, "check", by, at) for item in items])


def send_back(*, item: WorkItem, by: str, at: datetime, reason: str = "", **rest: Any) -> Step:
    """What was said to be done is not: the unit's liaison has the task again."""
    with transaction.atomic():
        give_back(item, _task(item).lead, why=reason, by=by, at=at)
        return move(item=item, name="send_back", by=by, at=at, reason=reason, **rest)
