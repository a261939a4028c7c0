"""Writes about plans and tasks. Each takes `by` and `at`."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from django.db import transaction
from django.utils import timezone

from anlan.domains.workplan import queries
from anlan.domains.workplan.models import Plan, Point, Progress, Question, Task
from anlan.domains.workplan.rules import outline as outlines
from anlan.domains.workplan.rules import tasks as rules
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import Opening, move, open_item, open_items
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.queries import has_duty

BY = "service:workplan"
TURN = 200


def take_plan(
    *, text: str, title: str, year: int, region: str, by: str, at: datetime, exercise_id: UUID | None = None
) -> Plan:
    """Read a document into a plan with its numbering kept. The same text twice is the same plan."""
    _check_keeper(region, by=by, at=at)
    read = outlines.read(text)
    if not read.roots:
        raise Refused(rules.EMPTY, field="text")
    digest = _sm3(text)
    known = Plan.objects.filter(region_id=region, digest=digest, exercise_id=exercise_id).first()
    if known is not None:
        return known
    with transaction.atomic():
        plan = Plan.objects.create(
            title=title[:200], year=year, region_id=region, preface=read.preface, digest=digest,
            doubts=[{"line": d.line, "mark": d.mark, "what": d.what} for d in read.doubts], by=by, at=at,
            exercise_id=exercise_id,
        )  # fmt: skip
        Point.objects.bulk_create(_points(plan, read))
        record(
            code="workplan.taken", subject=("workplan.plan", plan.pk),
            facts={"digest": digest, "points": plan.points.count(), "doubts": len(read.doubts)}, by=by, at=at,
            region=region, exercise_id=exercise_id,
        )  # fmt: skip
    return plan


def _check_keeper(region: str, *, by: str, at: datetime) -> None:
    """The plan is kept by its office; a program (`service:…`) acts for whoever started it."""
    person = person_id(by)
    if person is not None and not has_duty(person_id=person, kinds=rules.KEEPERS, region=region, at=at):
        raise Refused(rules.NOT_KEEPER)


def _sm3(text: str) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(text.encode())
    return digest.finalize().hex()


def _points(plan: Plan, read: outlines.Outline) -> list[Point]:
    """Parents stand before their children, as in the document."""
    found: list[Point] = []

    def add(node: outlines.Node, parent: UUID | None) -> None:
        point = Point(
            id=new_id(), plan=plan, parent_id=parent, place=len(found) + 1, depth=node.depth, kind=node.kind,
            mark=node.mark[:20], title=node.title[:120], text=node.text,
        )  # fmt: skip
        found.append(point)
        for child in node.children:
            add(child, point.pk)

    for root in read.roots:
        add(root, None)
    return found


def sign_off(*, plan: Plan, by: str, at: datetime) -> Plan:
    """Another person signs the plan off; from then on its text stays and tasks are handed out."""
    with transaction.atomic():
        row = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
        if row.signed_at is not None:
            raise Refused(rules.SIGNED)
        _check_keeper(row.region_id, by=by, at=at)
        if row.by == by:
            raise Refused(rules.OWN_WORK)
        row.signed_by, row.signed_at = by, at
        row.save(update_fields=["signed_by", "signed_at"])
        record(
            code="workplan.signed_off", subject=("workplan.plan", row.pk), facts={"digest": row.digest}, by=by, at=at,
            region=row.region_id, exercise_id=row.exercise_id,
        )  # fmt: skip
    return row


def hand_out(
    *, point: Point, lead: Organisation | None, measure: str, due_at: datetime, by: str, at: datetime,
    supporters: Sequence[Organisation] = (), target: Decimal | None = None, unit: str = "", indicator: str = "",
    weight: Decimal = Decimal(1), evidence: str = "",
) -> WorkItem:  # fmt: skip
    """Give a task of a point to a unit, which signs for it."""
    plan = point.plan
    if plan.signed_at is None:
        raise Refused(rules.NOT_SIGNED)
    _check_keeper(plan.region_id, by=by, at=at)
    if lead is None:
        raise Refused(rules.NO_UNIT, field="lead")
    rules.check_due(due_at, at=at)
    task = Task(
        point=point, lead=lead, measure=measure, target=target, unit=unit, indicator=indicator, weight=weight,
        evidence=evidence, start_at=at, due_at=due_at,
    )  # fmt: skip
    with transaction.atomic():
        item = open_item(
            loop="workplan.task", record=task, title=f"{point.mark}{measure[:80]}", region=lead.region_id,
            charge_org=lead, by=by, at=at, exercise_id=plan.exercise_id,
        )  # fmt: skip
        task.supporters.set(supporters)
    return item


def tell(
    *, item: WorkItem, done: float | str | Decimal, by: str, at: datetime, said: str = "", reason: str = "",
    happened_at: datetime | None = None, **rest: Any,
) -> Step:  # fmt: skip
    """Say how far a task is. Less than was said before needs a reason."""
    with transaction.atomic():
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


def _check(item: WorkItem, done: float | str | Decimal, why: str) -> Decimal:
    try:
        share = Decimal(str(done))
    except ArithmeticError:
        raise Refused(rules.BAD_SHARE, field="done") from None
    before = queries.last_progress(
        [item.pk], as_of=datetime.max.replace(tzinfo=timezone.get_current_timezone())
    )
    rules.check_progress(share, before.get(item.pk), why=why)
    return share


def _write(
    item: WorkItem, share: Decimal, said: str, *, by: str, at: datetime, happened_at: datetime | None = None,
    no_change: bool = False,
) -> None:  # fmt: skip
    Progress.objects.create(
        item=item,
        done=share,
        said=said[:500],
        no_change=no_change,
        happened_at=happened_at or at,
        recorded_at=at,
        by=by,
    )


def ask_month(*, region: str, at: datetime, exercise_id: UUID | None = None) -> int:
    """Ask the leading units about the tasks that nobody was asked about this month; a part at a time."""
    month = timezone.localdate(at).replace(day=1)
    asked = Question.objects.filter(month=month).values("task")
    rows = list(queries.running(region=region, exercise_id=exercise_id).exclude(pk__in=asked)[:TURN])
    openings = [
        Opening(
            record=Question(task=task, month=month), title=task.item.title, region=task.item.region_id,
            charge_org=task.lead, arises_from=task.item,
        )
        for task in rows
    ]  # fmt: skip
    return len(open_items(loop="workplan.question", openings=openings, by=BY, at=at, exercise_id=exercise_id))


def answer(
    *,
    item: WorkItem,
    done: float | str | Decimal,
    by: str,
    at: datetime,
    said: str = "",
    reason: str = "",
    **rest: Any,
) -> Step:
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
