"""The plan of a year: the firms to be checked, key or general; approved by somebody else than who drafted it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enforcement.actions import common
from anlan.domains.enforcement.actions.together import send
from anlan.domains.enforcement.models import CheckPlan, PlanLine
from anlan.domains.enforcement.queries import classes, plans
from anlan.domains.enforcement.rules import days, words
from anlan.domains.enterprises.public import tags_of
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Organisation, Person

BAD_YEAR = reason("enforcement.bad_year", N_("Write the year in four digits, 2000 to 2100."))
PLANNED_ALREADY = reason(
    "enforcement.planned_already", N_("{region} has a plan of {year} already. Add firms to that one.")
)
NO_LINES = reason("enforcement.no_lines", N_("The plan has no firm yet. Take in the list of firms first."))
BAD_KIND = reason("enforcement.bad_line_kind", N_("{kind} is neither a key nor a general check."))
NO_REASON = reason("enforcement.no_drop_reason", N_("Say why the firm leaves the plan."))
NOTHING_OWED = reason(
    "enforcement.nothing_owed", N_("Every firm that is owed a check this year stands in the plan already.")
)
GONE = reason("enforcement.line_gone", N_("This firm left the plan already."))
ENDED = reason("enforcement.plan_ended", N_("The plan of {year} has ended. It is changed no more."))


@dataclass(frozen=True, slots=True)
class LineGiven:
    """A firm for the plan: key or general, the month where one was set."""

    organisation: Organisation
    kind: str = "general"
    month: int | None = None


def draft_plan(
    *,
    year: int,
    region: str,
    by: str,
    at: datetime,
    name: str = "",
    exercise_id: UUID | None = None,
    **_more: Any,
) -> WorkItem:
    """Begin the plan of a year; one for each region and year."""
    year = int(year)
    if not 2000 <= year <= 2100:
        raise Refused(BAD_YEAR, field="year")
    there = CheckPlan.objects.filter(year=year, item__region_id=region, item__exercise_id=exercise_id)
    if known := there.select_related("item__region").first():
        raise Refused(PLANNED_ALREADY, field="year", region=known.item.region.name, year=year)
    title = name or f"{year}年度安全生产监督检查计划"
    due_by = datetime.combine(date(year, 12, 31), days.DAY_ENDS, days.LOCAL)
    return open_item(
        loop="enforcement.plan", record=CheckPlan(year=year, name=title[:160], due_by=due_by), title=title,
        region=region,
        charge_duty="safety_section", by=by, at=at, exercise_id=exercise_id,
    )  # fmt: skip


def add_lines(*, item: WorkItem, given: Sequence[LineGiven], by: str, at: datetime) -> int:
    """Put firms into a plan; one that is in it stays as it is. Returns how many are new."""
    with transaction.atomic():
        plan = _open_plan(item)
        wrong = next((line.kind for line in given if line.kind not in words.LINE_KINDS), None)
        if wrong is not None:
            raise Refused(BAD_KIND, field="kind", kind=wrong)
        there = set(plan.lines.filter(dropped_at=None).values_list("organisation_id", flat=True))
        fresh = {line.organisation.pk: line for line in given if line.organisation.pk not in there}
        tags = tags_of(fresh)
        PlanLine.objects.bulk_create(
            [
                PlanLine(
                    plan=plan, organisation=line.organisation, region_id=line.organisation.region_id, kind=line.kind,
                    month=line.month, tags=sorted(tags.get(pk, [])), recorded_at=at, by=by,
                )
                for pk, line in fresh.items()
            ],
            batch_size=2000,
        )  # fmt: skip
        if fresh:
            _note(item, {"added": len(fresh)}, by, at)
    return len(fresh)


def add_owed(*, item: WorkItem, by: str, at: datetime) -> int:
    """Put every firm into a plan that is owed a check in its year by class and by what it does; how many are new."""
    with transaction.atomic():
        plan = _open_plan(item)
        rows = classes.firms(region=item.region_id, at=at, exercise_id=item.exercise_id, plan=plan)
        lacking = {each.id: each.standing.kind for each in rows if each.owed and not each.planned}
        if not lacking:
            raise Refused(NOTHING_OWED)
        firms = Organisation.objects.in_bulk(list(lacking))
        return add_lines(
            item=item, given=[LineGiven(firms[pk], kind) for pk, kind in lacking.items()], by=by, at=at
        )


def drop_line(*, line: PlanLine, why: str, by: str, at: datetime) -> PlanLine:
    """A firm leaves the plan: closed, moved away. The row stays with the reason."""
    if not why.strip():
        raise Refused(NO_REASON, field="why")
    with transaction.atomic():
        _open_plan(line.plan.item)
        if line.dropped_at is not None:
            raise Refused(GONE)
        line.dropped_at, line.dropped_why = at, why[:200]
        line.save(update_fields=["dropped_at", "dropped_why"])
        _note(line.plan.item, {"dropped": str(line.organisation_id), "reason": why}, by, at)
    return line


def approve(*, item: WorkItem, approval: str, by: str, at: datetime, **rest: Any) -> Step:
    """In force from here on; a plan without firms is none."""
    with transaction.atomic():
        plan = _open_plan(item)
        if not plan.lines.filter(dropped_at=None).exists():
            raise Refused(NO_LINES)
        plan.approval = approval[:160]
        plan.save(update_fields=["approval"])
        return move(item=item, name="approve", by=by, at=at, approval=approval, **rest)


def assign(
    *, line: PlanLine, first_officer: Person | str, second_officer: Person | str, due_by: datetime, by: str,
    at: datetime,
    partners: Any = (), decision: str = "", reason: str = "",
) -> WorkItem:  # fmt: skip
    """Give a firm of the plan to two officers; see `together.send` for what is decided where others are due there."""
    return send(
        organisation=line.organisation, kind=line.kind, first_officer=first_officer, second_officer=second_officer,
        due_by=due_by, line=line, partners=partners, decision=decision, reason=reason, by=by, at=at,
        exercise_id=line.plan.item.exercise_id,
    )  # fmt: skip


def open_line(organisation: UUID, *, at: datetime, exercise_id: UUID | None) -> PlanLine | None:
    """The line of this year's plan that a visit to a firm fulfils."""
    lines = plans.lines_in_force(year=common.day_of(at).year, exercise_id=exercise_id)
    return lines.filter(organisation=organisation).first()


def _open_plan(item: WorkItem) -> CheckPlan:
    plan = common.lock(CheckPlan, item)
    if plan.item.closed_at is not None:
        raise Refused(ENDED, year=plan.year)
    return plan


def _note(item: WorkItem, facts: dict[str, Any], by: str, at: datetime) -> None:
    record(code="enforcement.plan_changed", subject=("loop.item", item.pk), facts=facts, by=by, at=at,
           region=item.region_id, exercise_id=item.exercise_id)  # fmt: skip
