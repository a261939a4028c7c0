"""A level is proposed, by the plan's triggers or by an officer, and approved by another person."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from anlan.domains.responses import queries
from anlan.domains.responses.actions import running
from anlan.domains.responses.models import Proposal, Response
from anlan.domains.responses.rules import levels, triggers
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Duty
from anlan.kernel.orgs.queries import duty_names
from anlan.kernel.orgs.queries import in_force as duty_in_force

ONE_OPEN = reason("responses.one_open", N_("A proposal is open already: {title}. Decide on it first."))
NO_RESPONSE = reason(
    "responses.no_response", N_("No response is in force that could be stepped down or ended.")
)
NOT_UP = reason("responses.not_up", N_("Level {level} is in force already."))
NO_STREETS = reason("responses.no_streets", N_("Name the streets that the response covers."))

PROPOSED = N_("Proposed response")
_WORDS = {"start": "启动", "step_up": "升级为", "step_down": "降级为", "end": "终止"}
_KINDS = {"flood": "防汛", "typhoon": "防台风"}


def propose(
    *,
    level: str,
    streets: Sequence[str],
    because: str,
    by: str,
    at: datetime,
    direction: str = "",
    exercise_id: UUID | None = None,
) -> WorkItem:
    """An officer proposes, after a consultation or by own judgement; `direction` "end" ends it."""
    running.check_watch(PROPOSED, by=by, at=at)
    current = queries.in_force(exercise_id=exercise_id)
    levels.rank(level)
    direction = direction or _direction(current, level)
    if direction in ("step_down", "end") and current is None:
        raise Refused(NO_RESPONSE, field="level")
    if direction == "start" and not streets:
        raise Refused(NO_STREETS, field="streets")
    if (waiting := queries.open_proposal(exercise_id=exercise_id)) is not None:
        raise Refused(ONE_OPEN, title=waiting.item.title)
    return offer(
        level=level, streets=list(streets) or (current.streets if current else []), hits=[], because=because,
        before_signal=False, by=by, at=at, exercise_id=exercise_id, direction=direction,
    )  # fmt: skip


def approve(
    *, item: WorkItem, by: str, at: datetime, happened_at: datetime | None = None, **rest: Any
) -> Step:
    """Approve, and carry it out in the same transaction; by telephone as every approval."""
    with transaction.atomic():
        proposal = Proposal.objects.select_related("item", "response__item").get(pk=item.pk)
        approvers = {name: row.approver for name, row in queries.levels(region=item.region_id, at=at).items()}
        who = "、".join(duty_names(approvers[proposal.level]))
        levels.check_approver(level=proposal.level, kinds=_kinds(by, at), approvers=approvers, who=who)
        step = move(item=item, name="approve", by=by, at=at, happened_at=happened_at, **rest)
        proposal.item = item
        running.run(proposal, by=by, at=at, start_at=step.happened_at)
    return step


def decline(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Not now, and why; the same level is not proposed again until something higher comes."""
    return move(item=item, name="decline", by=by, at=at, **rest)


def offer(
    *, level: str, streets: list[str], hits: Sequence[triggers.Met], because: str, before_signal: bool, by: str,
    at: datetime, exercise_id: UUID | None, direction: str = "",
) -> WorkItem:  # fmt: skip
    """Put a proposal on the table; one that waits is overtaken by it."""
    current = queries.in_force(exercise_id=exercise_id)
    direction = direction or _direction(current, level)
    approver = queries.levels(region=running.district(), at=at)[level].approver[0]
    title = f"{_KINDS['flood']}{'' if direction == 'end' else level + '级'}应急响应{_WORDS[direction]}"
    if direction != "end":
        title = f"{_WORDS[direction]}{_KINDS['flood']}{level}级应急响应"
    with transaction.atomic():
        waiting = queries.open_proposal(exercise_id=exercise_id)
        if waiting is not None:
            move(item=waiting.item, name="supersede", by=running.BY, at=at)
        return open_item(
            loop="responses.proposal",
            record=Proposal(
                direction=direction, level=level, streets=streets, triggers=[asdict(hit) for hit in hits],
                because=because, response=current, before_signal=before_signal,
            ),
            title=title, region=running.district(), severity=min(levels.rank(level), 3), charge_duty=approver,
            by=by, at=at, exercise_id=exercise_id,
        )  # fmt: skip


def _direction(current: Response | None, level: str) -> str:
    if current is None:
        return "start"
    if current.level == level:
        raise Refused(NOT_UP, field="level", level=level)
    return "step_up" if levels.higher(level, current.level) else "step_down"


def _kinds(by: str, at: datetime) -> set[str]:
    person = person_id(by)
    return set(Duty.objects.filter(duty_in_force(at), Q(person_id=person)).values_list("kind_id", flat=True))
