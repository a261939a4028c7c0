"""能合并的督查检查决不再单独开展: before officers go out, a person sees who else is due there and decides."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enforcement.actions import common
from anlan.domains.enforcement.models import PlanLine, Task, Together
from anlan.domains.enforcement.queries import together as reads
from anlan.domains.enforcement.rules import words
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.domain.visiting import Expected, Visits
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Organisation, Person

UNDECIDED = reason(
    "enforcement.undecided",
    N_("{n} other visits to {firm} are due: {words}. Go together, or say why this one goes alone."),
)
NOBODY = reason(
    "enforcement.nobody_else",
    N_("No other visit is due there. Name the departments that come along, or go as it is."),
)
NO_REASON = reason("enforcement.alone_no_reason", N_("Say why this visit cannot wait for the others."))
BAD_KIND = reason("enforcement.send_kind", N_("There is no kind of check {kind}."))
OWN = "enforcement.visits"
Others = Sequence[tuple[Visits, Expected]]


def others_before(
    organisation: Organisation, *, at: datetime, exercise_id: UUID | None = None
) -> list[tuple[Visits, Expected]]:
    """Who else is due at a firm that somebody is to be sent to; its own line of the plan is what one is sent for."""
    found = reads.others_of([organisation.pk], region=organisation.region_id, at=at, exercise_id=exercise_id)
    rows = found.get(organisation.pk, [])
    return [(each, visit) for each, visit in rows if each.code != OWN or visit.item is not None]


def send(
    *, organisation: Organisation, kind: str, first_officer: Person | str, second_officer: Person | str,
    due_by: datetime, by: str, at: datetime, line: PlanLine | None = None, partners: Any = (), decision: str = "",
    reason: str = "", exercise_id: UUID | None = None,
) -> WorkItem:  # fmt: skip
    """Give a firm to two officers; the first of them has it in the worklist. Where other visits are due there,
    `decision` says joint or alone (departments named mean joint; alone needs its reason). Raises `Refused`."""
    if kind not in words.CHECK_KINDS:
        raise Refused(BAD_KIND, field="kind", kind=kind)
    first, second, _numbers = common.pair(first_officer, second_officer, firm=organisation, on=at)
    names = [] if decision == "alone" else common.words_of(partners)
    others = others_before(organisation, at=at, exercise_id=exercise_id)
    joint = _decided(others, organisation.name, names, decision, reason)
    task = Task(
        organisation=organisation, kind=kind, line=line, first_officer=first, second_officer=second, partners=names,
        due_by=due_by,
    )  # fmt: skip
    with transaction.atomic():
        item = open_item(
            loop="enforcement.task", record=task, title=organisation.name, charge_person=first, by=by, at=at,
            region=line.region_id if line else organisation.region_id, exercise_id=exercise_id,
        )  # fmt: skip
        if joint is not None:
            _keep(task, others, joint=joint, why=reason, by=by, at=at)
    return item


def _decided(others: Others, firm: str, names: list[str], decision: str, why: str) -> bool | None:
    """True: together; False: alone; None: nobody else is due and nothing was to be decided."""
    if names or decision == "joint":
        return True if others else None
    if not others:
        return None
    if decision == "alone":
        if not why.strip():
            raise Refused(NO_REASON, field="reason")
        return False
    raise Refused(UNDECIDED, field="decision", n=len(others), firm=firm, words=_in_words(others))


def _in_words(others: Others) -> str:
    return "、".join(visit.words for _each, visit in others[:3])


def go_together(*, item: WorkItem, by: str, at: datetime, partners: Any = (), **rest: Any) -> Step:
    """One joint visit: the departments of the others come along, own visits to the firm go with this one."""
    with transaction.atomic():
        task = common.lock(Task, item)
        others = reads.others_of_task(task, at=at)
        own = task.first_officer.organisation.name
        named = common.words_of(partners) or [v.who for _each, v in others if v.who and v.who != own]
        if not others and not named:
            raise Refused(NOBODY, field="partners")
        task.partners = list(dict.fromkeys([*task.partners, *named]))
        task.save(update_fields=["partners"])
        step = move(item=item, name="together", by=by, at=at, partners=task.partners, **rest)
        _keep(task, others, joint=True, why=str(rest.get("reason", "")), by=by, at=at)
    return step


def go_alone(*, item: WorkItem, by: str, at: datetime, reason: str = "", **rest: Any) -> Step:
    """This visit cannot wait for the others; the reason stays with what was due then."""
    with transaction.atomic():
        task = common.lock(Task, item)
        step = move(item=item, name="alone", by=by, at=at, reason=reason, **rest)
        _keep(task, reads.others_of_task(task, at=at), joint=False, why=reason, by=by, at=at)
    return step


def check_decided(task: Task, *, partners: Any, why: str, by: str, at: datetime) -> None:
    """Before a visit of a task is recorded: somebody decided, or says it now. Raises `Refused`."""
    others = reads.undecided(task, at=at)
    if not others:
        return
    if common.words_of(partners):
        _keep(task, others, joint=True, why=why, by=by, at=at)
    elif why.strip():
        _keep(task, others, joint=False, why=why, by=by, at=at)
    else:
        raise Refused(
            UNDECIDED, field="alone_why", n=len(others), firm=task.organisation.name, words=_in_words(others)
        )


def _keep(task: Task, others: Others, *, joint: bool, why: str, by: str, at: datetime) -> None:
    told = [
        {
            "code": each.code, "words": visit.words, "who": visit.who, "due_at": visit.due_at.isoformat(),
            "item": str(visit.item or ""),
        }
        for each, visit in others
    ]  # fmt: skip
    Together.objects.create(
        task=task, joint=joint, merged=len(others) if joint else 0, reason=why.strip()[:300], others=told,
        decided_at=at, by=by,
    )  # fmt: skip
    facts = {"joint": joint, "others": len(others), "reason": why.strip()[:300]}
    record(
        code="enforcement.together", subject=("loop.item", task.pk), facts=facts, by=by, at=at,
        region=task.item.region_id, exercise_id=task.item.exercise_id,
    )  # fmt: skip
    if joint:
        _merge(task, [visit.item for _each, visit in others if visit.item], at=at)


def _merge(task: Task, items: Sequence[UUID], *, at: datetime) -> None:
    """Own visits to the same firm end here: they go with this one."""
    for other in (
        Task.objects.select_related("item").filter(pk__in=items, item__closed_at=None).exclude(pk=task.pk)
    ):
        move(item=other.item, name="merge", by=common.SERVICE, at=at, into=str(task.pk))
