"""What an approved level sets in motion: the response, its notice, the sheets and their lines."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Max

from anlan.domains.responses import queries
from anlan.domains.responses.loop import PROPOSERS
from anlan.domains.responses.models import Notice, Proposal, Response, Sheet, Task
from anlan.domains.responses.rules import plan
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.workdays import local_day
from anlan.kernel.core.worlds import in_world
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import Making, Opening, move, move_all, open_item, open_items
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.rights import NOT_YOURS, person_id
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import duty_names, has_duty, who_answers
from anlan.kernel.places.models import Region

BY = "service:responses"


def run(proposal: Proposal, *, by: str, at: datetime, start_at: datetime) -> Response:
    """Carry out an approved proposal; `start_at` is when the word was given."""
    response = proposal.response
    if proposal.direction == "start" or response is None:
        return _start(proposal, by=by, at=at, start_at=start_at)
    if proposal.direction == "end":
        return _end(response, proposal, by=by, at=at)
    return _step(response, proposal, by=by, at=at, start_at=start_at)


def _start(proposal: Proposal, *, by: str, at: datetime, start_at: datetime) -> Response:
    asked = proposal.item
    response = Response(
        kind=proposal.kind, level=proposal.level, streets=proposal.streets, started_at=start_at, level_since=start_at,
        before_signal=proposal.before_signal, exercise_id=asked.exercise_id,
    )  # fmt: skip
    open_item(
        loop="responses.response", record=response, title=asked.title, region=asked.region_id, severity=asked.severity,
        charge_duty="watch_chief", arises_from=asked, by=by, at=at, happened_at=start_at, exercise_id=asked.exercise_id,
    )  # fmt: skip
    _notice(response, proposal, before="", by=by, at=at)
    issue_sheets(response, above="", at=at, start_at=start_at)
    return response


def _step(response: Response, proposal: Proposal, *, by: str, at: datetime, start_at: datetime) -> Response:
    before = response.level
    move(
        item=response.item, name=proposal.direction, by=by, at=at, happened_at=start_at, level=proposal.level
    )
    response.level, response.level_since = proposal.level, start_at
    new = [street for street in proposal.streets if street not in response.streets]
    response.streets = [*response.streets, *new]
    response.save(update_fields=["level", "level_since", "streets"])
    _notice(response, proposal, before=before, by=by, at=at)
    if proposal.direction == "step_up":
        issue_sheets(response, above=before, at=at, start_at=start_at)
    return response


def _end(response: Response, proposal: Proposal, *, by: str, at: datetime) -> Response:
    before = response.level
    move(item=response.item, name="end", by=by, at=at)
    response.ended_at = at
    response.save(update_fields=["ended_at"])
    _notice(response, proposal, before=before, by=by, at=at)
    tasks = WorkItem.objects.filter(responses_task__sheet__response=response, closed_at=None)
    move_all([Making(item, "withdraw", BY, at) for item in tasks])
    sheets = WorkItem.objects.filter(responses_sheet__response=response, closed_at=None)
    move_all([Making(item, "finish", BY, at) for item in sheets])
    return response


def _notice(response: Response, proposal: Proposal, *, before: str, by: str, at: datetime) -> Notice:
    year = local_day(at).year
    with connection.cursor() as cursor:
        # One number a year and world: two starts at the same moment must not take the same one.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"responses.notice.{year}.{response.exercise_id}"]
        )
    last = (
        Notice.objects.filter(in_world(response.exercise_id), year=year).aggregate(top=Max("number"))["top"]
        or 0
    )
    ending = proposal.direction == "end"
    notice = Notice.objects.create(
        response=response, year=year, number=last + 1, direction=proposal.direction, level_before=before,
        level="" if ending else proposal.level, streets=response.streets, text=proposal.item.title, approved_by=by,
        at=at, exercise_id=response.exercise_id,
    )  # fmt: skip
    record(
        code="responses.notice_issued", subject=("responses.notice", notice.pk),
        facts={
            "number": str(notice), "direction": notice.direction, "level": notice.level, "response": str(response.pk),
        },
        by=by, at=at, region=response.item.region_id, exercise_id=response.exercise_id,
    )  # fmt: skip
    return notice


def issue_sheets(response: Response, *, above: str, at: datetime, start_at: datetime) -> None:
    """One sheet a unit with the lines that this level brings; a unit that has a sheet gets the lines on it."""
    region = response.item.region_id
    lines = plan.unit_lines(
        rulesets.value_of("responses.flood_tasks", region=region, at=at), above=above, level=response.level
    )
    level = queries.levels(region=region, at=at)[response.level]
    sheets: list[tuple[str, Region | None, list[plan.Line]]] = [
        (unit, None, its) for unit, its in plan.lowest_by_unit(lines).items()
    ]
    street_rows = rulesets.value_of("responses.flood_street_sheet", region=region, at=at)
    named = {row.pk: row for row in Region.objects.filter(pk__in=response.streets)}
    for code in response.streets:
        its = plan.street_lines(street_rows, level=response.level, rhythm=level.rhythm(timedelta(0)))
        sheets.append((named[code].name, named[code], its))
    _write_sheets(response, sheets, at=at, start_at=start_at)


def _write_sheets(
    response: Response,
    sheets: Sequence[tuple[str, Region | None, list[plan.Line]]],
    *,
    at: datetime,
    start_at: datetime,
) -> None:
    known = {sheet.unit: sheet for sheet in response.sheets.select_related("item")}
    units = _organisations(response.item.region_id, at=at)
    fresh = [(unit, street) for unit, street, _ in sheets if unit not in known]
    openings = [_sheet_opening(response, unit, street, units.get(unit), at=at) for unit, street in fresh]
    open_items(loop="responses.sheet", openings=openings, by=BY, at=at, exercise_id=response.exercise_id)
    known |= {sheet.unit: sheet for opening in openings if isinstance(sheet := opening.record, Sheet)}
    seen = _take_back_street_lines(response, sheets, at=at)
    tasks = [
        task_opening(
            known[unit],
            line,
            due_at=plan.due(line, start=start_at),
            number=seen.get((unit, line.code), 0) + 1,
        )
        for unit, _, lines in sheets
        for line in lines
        if line.after_reading_min is None and seen.get((unit, line.code), 0) >= 0
    ]
    open_items(
        loop="responses.task",
        openings=tasks,
        by=BY,
        at=at,
        happened_at=start_at,
        exercise_id=response.exercise_id,
    )


def _take_back_street_lines(
    response: Response, sheets: Sequence[tuple[str, Region | None, list[plan.Line]]], *, at: datetime
) -> dict[tuple[str, str], int]:
    """(unit, code) → the last round of a line that the new level's clock begins anew, -1 where the line stays.

    A street's open lines are withdrawn: the level asks for the same by shorter clocks and at a shorter rhythm.
    What a street has done stays done; units' lines keep the clock of the level that brought them.
    """
    streets = {unit for unit, street, _ in sheets if street is not None}
    last: dict[tuple[str, str], int] = {}
    back: list[WorkItem] = []
    rows = Task.objects.filter(sheet__response=response, about="").select_related("sheet", "item")
    for task in rows.order_by("round"):
        is_open = task.sheet.unit in streets and task.item.closed_at is None
        last[task.sheet.unit, task.code] = task.round if is_open else -1
        if is_open:
            back.append(task.item)
    move_all([Making(item, "withdraw", BY, at) for item in back])
    return last


def _sheet_opening(
    response: Response, unit: str, street: Region | None, organisation: Organisation | None, *, at: datetime
) -> Opening:
    sheet = Sheet(response=response, unit=unit, street=street, organisation=organisation)
    region = street.pk if street is not None else response.item.region_id
    return Opening(
        record=sheet, title=f"{unit} · {response.item.title}", region=region, severity=response.item.severity,
        charge_org=organisation if street is None else None,
        charge_person=_liaison(organisation, at=at) if street is None else None,
        charge_duty="flood_clerk" if street is not None else ("" if organisation else "flood_office_head"),
        arises_from=response.item,
    )  # fmt: skip


def _liaison(organisation: Organisation | None, *, at: datetime) -> Person | None:
    """The unit's own liaison, A before B, passing over who is away."""
    if organisation is None:
        return None
    members = {p.pk: p for p in Person.objects.filter(organisation=organisation, active=True)}
    for duty in ("liaison_a", "liaison_b"):
        for answerer in who_answers(duty=duty, where=organisation.region_id, at=at):
            if answerer.person_id in members:
                return members[answerer.person_id]
    return None


def task_opening(
    sheet: Sheet, line: plan.Line, *, due_at: datetime | None, about: str = "", number: int = 1
) -> Opening:
    """The opening of one line, in the hands of whoever has the sheet."""
    counts = list(line.counts)
    task = Task(
        sheet=sheet, code=line.code, round=number, from_level=line.from_level, action=line.action,
        action_en=line.action_en, proof=line.proof, due_at=due_at, repeat_min=line.repeat_min, counts=counts,
        done=[0] * len(counts), about=about,
    )  # fmt: skip
    holder = sheet.item
    return Opening(
        record=task, title=f"{line.code} {line.action}", region=holder.region_id, severity=holder.severity,
        charge_person=holder.charge_person_id, charge_duty=holder.charge_duty, charge_org=sheet.organisation,
        arises_from=holder,
    )  # fmt: skip


def _organisations(region: str, *, at: datetime) -> dict[str, Organisation]:
    """The plan's word for a unit → the organisation that carries it (Organisation.code = flood_<code>)."""
    rows = rulesets.value_of("responses.flood_units", region=region, at=at)
    by_code = {org.code: org for org in Organisation.objects.filter(code__startswith="flood_", active=True)}
    return {row["unit"]: by_code[f"flood_{row['code']}"] for row in rows if f"flood_{row['code']}" in by_code}


def check_watch(what: str, *, by: str, at: datetime) -> None:
    """Raise `Refused` unless the author is on watch for the district or one of its commanders; services may."""
    person = person_id(by)
    if person is not None and not has_duty(person_id=person, kinds=PROPOSERS, region=district(), at=at):
        raise Refused(NOT_YOURS, move=what, who="、".join(duty_names(PROPOSERS)))


def district() -> str:
    """The region a response of this installation belongs to."""
    return str(settings.ANLAN_REGION)


def streets_of(region: str) -> list[str]:
    return list(
        Region.objects.filter(parent_id=region, level="street")
        .order_by("code")
        .values_list("code", flat=True)
    )
