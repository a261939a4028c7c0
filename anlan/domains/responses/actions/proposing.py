"""A level is proposed by triggers or by an officer, and approved by another person; one proposal an episode."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from anlan.domains.responses import queries
from anlan.domains.responses.actions import running, sheets
from anlan.domains.responses.actions.situation import situation_now
from anlan.domains.responses.models import Proposal, Response
from anlan.domains.responses.rules import levels, plan, triggers
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world
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


def consider(*, alarm_steps: Sequence[Any] = (), exercise_id: UUID | None, at: datetime) -> WorkItem | None:
    """Hold the situation against the plan; propose the highest level met that is higher than what is known already.

    Not every minute a new one: what is in force, open or already declined since the last start is not proposed again
    unless it is higher.
    """
    region = running.district()
    rows = rulesets.value_of("responses.flood_triggers", region=region, at=at)
    situation = situation_now(exercise_id=exercise_id, at=at)
    start_clocks(situation, exercise_id=exercise_id, at=at)
    found = triggers.met(rows, situation)
    if not found:
        return None
    top = found[0]
    if levels.rank(top.level) <= _already(exercise_id=exercise_id):
        return None
    hits = [hit for hit in found if hit.level == top.level]
    streets = sorted({street for hit in hits for street in hit.streets})
    return _offer(
        level=top.level, streets=streets or running.streets_of(region), hits=hits, because="",
        before_signal=not situation.signals, by=running.BY, at=at, exercise_id=exercise_id,
    )  # fmt: skip


def start_clocks(situation: triggers.Situation, *, exercise_id: UUID | None, at: datetime) -> list[WorkItem]:
    """Open the lines whose clock starts from a reading (close the road ten minutes after 27 cm), once a point."""
    response = queries.in_force(exercise_id=exercise_id)
    if response is None:
        return []
    rows = rulesets.value_of("responses.flood_tasks", region=running.district(), at=at)
    waiting = [
        line for line in plan.unit_lines(rows, level=response.level) if line.after_reading_min is not None
    ]
    held = {sheet.unit: sheet for sheet in response.sheets.select_related("item", "organisation")}
    made = [
        sheets.start_from_reading(held[line.unit], line, about=point.name, at=at)
        for line in waiting
        for point in situation.measured.get(line.metric, ())
        if point.trusted and point.value >= line.value and line.unit in held
    ]
    return [item for item in made if item is not None]


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
    return _offer(
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


def _offer(
    *, level: str, streets: list[str], hits: Sequence[triggers.Met], because: str, before_signal: bool, by: str,
    at: datetime, exercise_id: UUID | None, direction: str = "",
) -> WorkItem:  # fmt: skip
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


def _already(*, exercise_id: UUID | None) -> int:
    """The rank that need not be proposed again: in force, waiting, or declined since the last response ended."""
    current = queries.in_force(exercise_id=exercise_id)
    ranks = [levels.rank(current.level)] if current is not None else [0]
    last_end = (
        Response.objects.filter(in_world(exercise_id), ended_at__isnull=False).order_by("-ended_at").first()
    )
    asked = Proposal.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), item__state__in=("proposed", "declined")
    )
    if last_end is not None:
        asked = asked.filter(item__opened_at__gt=last_end.ended_at)
    ranks += [
        levels.rank(name)
        for name in asked.exclude(direction__in=("end", "step_down")).values_list("level", flat=True)
    ]
    return max(ranks)


def _kinds(by: str, at: datetime) -> set[str]:
    person = person_id(by)
    return set(Duty.objects.filter(duty_in_force(at), Q(person_id=person)).values_list("kind_id", flat=True))
