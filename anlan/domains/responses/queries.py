"""Reads about responses: what is in force, the board of sheets, the returns and their sum, plan against fact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from anlan.domains.responses.models import Proposal, Response, Return, Sheet, Task
from anlan.domains.responses.rules import plan, returns
from anlan.domains.responses.rules.returns import FieldOf, Figures
from anlan.kernel.core import rulesets
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of, street_of

STREET_DIGITS = 9


def levels(*, region: str, at: datetime) -> dict[str, plan.Level]:
    return plan.read_levels(rulesets.value_of("responses.flood_levels", region=region, at=at))


def return_fields(*, region: str, at: datetime) -> list[FieldOf]:
    return returns.read_fields(rulesets.value_of("responses.flood_return_fields", region=region, at=at))


def in_force(*, exercise_id: UUID | None) -> Response | None:
    """The response in force in a world, or None."""
    rows = Response.objects.filter(in_world(exercise_id), ended_at=None).select_related("item__region")
    return rows.order_by("started_at").first()


def open_proposal(*, exercise_id: UUID | None) -> Proposal | None:
    rows = Proposal.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), item__closed_at=None
    ).select_related("item")
    return rows.order_by("-item__opened_at").first()


def visible_responses(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Response]:
    """Responses of a person's regions, those that name the person's street, and those whose sheet is the person's."""
    items = visible_items(person, at=at)
    mine = Q(item__in=items) | Q(pk__in=Sheet.objects.filter(item__in=items).values("response_id"))
    for prefix in scope_of(person, at=at):
        # A response belongs to the district, yet a street that it names must see what it is in.
        if len(prefix) >= STREET_DIGITS:
            mine |= Q(streets__contains=[prefix[:STREET_DIGITS].ljust(12, "0")])
    rows = Response.objects.filter(mine, in_world(exercise_id, path="item__exercise_id"))
    return rows.select_related("item__region").order_by("-started_at")


@dataclass(frozen=True, slots=True)
class Lane:
    """One unit's sheet with its lines, and how many are done, late and open."""

    sheet: Sheet
    tasks: Sequence[Task]
    done: int
    late: int
    open: int


def lanes(response: Response, *, at: datetime) -> list[Lane]:
    """The board: a lane a unit, the plan's lines in order; units with something late come first."""
    sheets = list(response.sheets.select_related("item", "organisation", "street"))
    by_sheet: dict[UUID, list[Task]] = {sheet.pk: [] for sheet in sheets}
    tasks = (
        Task.objects.filter(sheet__response=response)
        .select_related("item")
        .order_by("code", "round", "about")
    )
    for task in tasks:
        by_sheet[task.sheet_id].append(task)
    made = [_lane(sheet, by_sheet[sheet.pk], at=at) for sheet in sheets]
    return sorted(made, key=lambda lane: (-lane.late, lane.sheet.street_id or "", lane.sheet.unit))


def _lane(sheet: Sheet, tasks: Sequence[Task], *, at: datetime) -> Lane:
    still = [task for task in tasks if task.item.closed_at is None]
    late = [task for task in still if task.due_at is not None and task.due_at < at]
    return Lane(sheet, tasks, sum(1 for t in tasks if t.item.state == "done"), len(late), len(still))


@dataclass(frozen=True, slots=True)
class StreetReturn:
    """A street's last return and when its next one is due; `silent` where that time has passed."""

    street: Region
    last: Return | None
    next_due: datetime
    silent: bool


@dataclass(frozen=True, slots=True)
class Returns:
    """The table of a flood night: each street, the sum, and who is silent."""

    streets: Sequence[StreetReturn]
    total: Figures
    fields: Sequence[FieldOf]

    @property
    def silent(self) -> list[StreetReturn]:
        return [row for row in self.streets if row.silent]


def returns_of(response: Response, *, at: datetime) -> Returns:
    """Every street's last return, summed; a street past the level's rhythm is named silent."""
    region = response.item.region_id
    fields = return_fields(region=region, at=at)
    level = levels(region=region, at=at)[response.level]
    last = latest_returns(response)
    names = {row.pk: row for row in Region.objects.filter(pk__in=response.streets)}
    rows = []
    for code in response.streets:
        back = last.get(code)
        since = back.at if back is not None else response.level_since
        due = since + level.rhythm(since - response.level_since)
        rows.append(StreetReturn(names[code], back, due, due < at))
    return Returns(rows, returns.total([r.figures for r in last.values()], fields), fields)


def latest_returns(response: Response) -> dict[str, Return]:
    """Street → its last return."""
    rows = Return.objects.filter(response=response).order_by("street_id", "-at", "-pk").distinct("street_id")
    return {row.street_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class PlanFact:
    """One line against the clock: when the plan wanted it, when it happened, and why not."""

    unit: str
    code: str
    action: str
    action_en: str
    due_at: datetime | None
    done_at: datetime | None
    state: str
    late: timedelta | None
    why: str
    item_id: UUID


def plan_against_fact(response: Response, *, at: datetime) -> list[PlanFact]:
    """Each task with its due time, the real time of its end (which may lie before the order) and its reason."""
    tasks = Task.objects.filter(sheet__response=response).select_related("item", "sheet")
    ends: dict[UUID, Step] = {}
    closing = Step.objects.filter(item__in=[t.pk for t in tasks], move__in=("finish", "skip", "withdraw"))
    for step in closing.order_by("at"):
        ends[step.item_id] = step
    return [_plan_fact(task, ends.get(task.pk), at=at) for task in tasks.order_by("due_at", "code")]


def _plan_fact(task: Task, end: Step | None, *, at: datetime) -> PlanFact:
    closed = end is not None and task.item.closed_at is not None
    done = end.happened_at if end is not None and closed else None
    late = None
    if task.due_at is not None and (done or at) > task.due_at and task.item.state in ("open", "done"):
        late = (done or at) - task.due_at
    why = end.reason if end is not None and closed else ""
    return PlanFact(
        task.sheet.unit,
        task.code,
        task.action,
        task.action_en,
        task.due_at,
        done,
        task.item.state,
        late,
        why,
        task.pk,
    )


def started_count(
    *, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None, region: str = ""
) -> list[tuple[UUID, bool]]:
    """Responses started in a span, as known on a date: (item id, whether before any signal)."""
    rows = Step.objects.filter(
        in_world(exercise_id), item__loop="responses.response", move="open", happened_at__gte=start,
        happened_at__lt=end, at__lte=as_of,
    )  # fmt: skip
    items = list(rows.values_list("item_id", flat=True))
    named = Q(**under(region)) | Q(streets__contains=[street_of(region)]) if region else Q()
    return list(Response.objects.filter(named, pk__in=items).values_list("pk", "before_signal"))


def under(region: str, path: str = "item__region__code") -> dict[str, str]:
    """A filter for a region's subtree; none for everywhere."""
    return {f"{path}__startswith": prefix_of(region)} if region else {}


def last_returns(
    *, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None, region: str = ""
) -> list[Return]:
    """The last return of each street for each response that was in force in a span, as recorded by a time."""
    over = Step.objects.filter(item=OuterRef("response_id"), move="end", happened_at__lt=start, at__lte=as_of)
    rows = Return.objects.filter(
        in_world(exercise_id, path="response__exercise_id"), ~Exists(over), response__started_at__lt=end,
        happened_at__lt=end, at__lte=as_of, **under(region, "street__code"),
    )  # fmt: skip
    return list(rows.order_by("response_id", "street_id", "-at", "-pk").distinct("response_id", "street_id"))


def tasks_due(
    *,
    start: datetime,
    end: datetime,
    as_of: datetime,
    exercise_id: UUID | None,
    region: str = "",
    unit: UUID | None = None,
) -> list[dict[str, Any]]:
    """Tasks due in a span with the time of their end as recorded by `as_of`."""
    tasks = Task.objects.filter(
        in_world(exercise_id, path="item__exercise_id"),
        due_at__gte=start,
        due_at__lt=end,
        item__opened_at__lte=as_of,
        **under(region),
        **({"sheet__organisation": unit} if unit else {}),
    )
    ids = list(tasks.values_list("pk", "due_at"))
    ends = {
        item: (move, happened)
        for item, move, happened in Step.objects.filter(
            item__in=[pk for pk, _ in ids], move__in=("finish", "skip", "withdraw"), at__lte=as_of
        ).order_by("at").values_list("item_id", "move", "happened_at")
    }  # fmt: skip
    return [{"item": pk, "due": due, "end": ends.get(pk)} for pk, due in ids]
