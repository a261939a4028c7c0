"""双随机: the lists are written down, a seed draws, two officers have each firm on their list; publishing ends it."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enforcement.actions import common
from anlan.domains.enforcement.models import CheckPlan, Draw, PlanLine, Task
from anlan.domains.enforcement.queries import classes, plans
from anlan.domains.enforcement.rules import days, drawing, officers
from anlan.domains.enforcement.rules.drawing import Drawn, Lists
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import Opening, move, open_item, open_items
from anlan.kernel.loop.models import Step, WorkItem

TOO_LONG_SEED = reason("enforcement.long_seed", N_("A seed has at most 64 characters."))
NO_COUNT = reason("enforcement.no_count", N_("“{given}” is not a whole number of firms."))


def draw_checks(
    *, region: str, count: int | str, by: str, at: datetime, seed: str = "", partners: Any = (),
    due_by: datetime | None = None, exercise_id: UUID | None = None, **_more: Any,
) -> WorkItem:  # fmt: skip
    """Draw firms of this year's plan and two officers for each. Without a seed one is made here; a seed given in
    public (a drawn ball, the day's lottery) proves more. Raises `Refused`."""
    if len(seed) > 64:
        raise Refused(TOO_LONG_SEED, field="seed")
    lines = candidates(region, at=at, exercise_id=exercise_id)
    lists = _lists(lines, region, at)
    wanted = _whole(count)
    names = {str(pk): line.organisation.name for pk, line in lines.items()}
    made = Draw(
        plan=_plan(lines), seed=seed.strip() or secrets.token_hex(16), seed_said=bool(seed.strip()), count=wanted,
        pair_limit=lists.pair_limit, firms=list(lists.firms), officers=list(lists.officers),
        recused=sorted(map(list, lists.recused)), weights=dict(lists.weights),
        lists_sm3=lists.digest(), partners=common.words_of(partners),
        due_by=common.due("enforcement.draw_publish_days", at, region=region),
    )  # fmt: skip
    drawn = drawing.draw(lists, seed=made.seed, count=wanted, names=names)
    until = due_by or common.due("enforcement.draw_check_days", at, region=region)
    with transaction.atomic():
        item = open_item(
            loop="enforcement.draw", record=made, title=f"双随机抽查 {common.says(at)} {wanted}家", region=region,
            charge_duty="safety_section", by=by, at=at, exercise_id=exercise_id,
        )  # fmt: skip
        _tasks(made, drawn, lines, until, by=by, at=at)
        facts = {"seed": made.seed, "lists_sm3": made.lists_sm3, "firms": len(lists.firms), "count": wanted,
                 "drawn": [[each.firm, each.first, each.second] for each in drawn]}  # fmt: skip
        record(code="enforcement.drawn", subject=("loop.item", item.pk), facts=facts, by=by, at=at, region=region,
               exercise_id=exercise_id)  # fmt: skip
    return item


def candidates(region: str, *, at: datetime, exercise_id: UUID | None = None) -> dict[UUID, PlanLine]:
    """Firm → its line of the plan, of those that a draw may draw from now."""
    year = common.day_of(at).year
    start = datetime(year, 1, 1, tzinfo=days.LOCAL)
    rows = plans.drawable(region=region, year=year, start=start, end=at, as_of=at, exercise_id=exercise_id)
    return {line.organisation_id: line for line in rows}


def _plan(lines: dict[UUID, PlanLine]) -> CheckPlan | None:
    return next((line.plan for line in lines.values()), None)


def _lists(lines: dict[UUID, PlanLine], region: str, at: datetime) -> Lists:
    """The firms of the plan, the officers with a certificate, and who keeps out of what."""
    people = officers.certified(common.as_officers(plans.officers_in(region, at=at), on=common.day_of(at)))
    recused = frozenset(
        (str(officer.id), str(firm)) for officer in people for firm, _why in officer.recused if firm in lines
    )
    return Lists(
        tuple(sorted(str(pk) for pk in lines)), tuple(sorted(str(officer.id) for officer in people)), recused,
        int(rulesets.value_of("enforcement.pair_limit", region=region, at=at)), _weights(list(lines), region, at),
    )  # fmt: skip


def _weights(firms: list[UUID], region: str, at: datetime) -> tuple[tuple[str, int], ...]:
    """Tickets of the firms by class and by what they do; one ticket needs no line."""
    known = classes.standings(firms, region=region, at=at)
    return tuple(sorted((str(pk), each.weight) for pk, each in known.items() if each.weight != 1))


def _whole(count: Any) -> int:
    try:
        return int(count)
    except (TypeError, ValueError):
        raise Refused(NO_COUNT, field="count", given=str(count)[:20]) from None


def _tasks(
    made: Draw, drawn: Sequence[Drawn], lines: dict[UUID, PlanLine], until: datetime, *, by: str, at: datetime
) -> None:
    openings = []
    for each in drawn:
        line, first = lines[UUID(each.firm)], UUID(each.first)
        task = Task(
            organisation=line.organisation, kind="random", draw=made, line=line, first_officer_id=first,
            second_officer_id=UUID(each.second), partners=made.partners, due_by=until,
        )  # fmt: skip
        openings.append(
            Opening(
                record=task,
                title=line.organisation.name,
                region=line.region_id,
                charge_person=first,
                arises_from=made.item,
            )
        )
    open_items(loop="enforcement.task", openings=openings, by=by, at=at, exercise_id=made.item.exercise_id)


def publish(*, item: WorkItem, published_where: str, by: str, at: datetime, **rest: Any) -> Step:
    """一公开: where the result stands for everybody to read; a draw without it is half a draw."""
    with transaction.atomic():
        row = common.lock(Draw, item)
        row.published_where, row.published_at = published_where[:200], rest.get("happened_at") or at
        row.save(update_fields=["published_where", "published_at"])
        return move(item=item, name="publish", by=by, at=at, published_where=published_where, **rest)
