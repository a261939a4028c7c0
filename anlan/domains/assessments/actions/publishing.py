"""Results: published to the units, objected to, corrected by a further step, final."""

from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.domains.assessments.actions.rights import check_member, check_not_scorer, check_office
from anlan.domains.assessments.actions.sheets import give_back, sheet_of
from anlan.domains.assessments.models import Result, ResultLine, Round, Sheet
from anlan.domains.assessments.queries.sheets import Shown, is_vetoed, standing
from anlan.domains.assessments.rules import duties
from anlan.kernel.core import rulesets, workdays
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.actions import freeze
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import Making, move, move_all
from anlan.kernel.loop.models import Step, WorkItem

BY = "service:assessments"
BEHIND = ("self_scoring", "checking")


def publish(*, of: Round, by: str, at: datetime) -> list[Result]:
    """Publish a round to its units: all sheets at once, every number frozen, the clock of objection starts."""
    check_office(of.region_id, by=by, at=at, kinds=duties.DECIDERS)
    with transaction.atomic():
        sheets = list(
            Sheet.objects.filter(round=of).select_related("item", "unit", "round__scheme").order_by("pk")
        )
        waiting = [str(sheet.unit) for sheet in sheets if sheet.item.state in BEHIND]
        duties.check_all(waiting, duties.NOT_CHECKED, "units")
        ready = [sheet for sheet in sheets if sheet.item.state == "checked"]
        results = [write_result(sheet, why="", by=by, at=at) for sheet in ready]
        of.object_until = _object_until(of, at=at)
        of.save(update_fields=["object_until"])
        done = move_all([Making(sheet.item, "publish", by, at) for sheet in ready])
        for refused in done:
            if isinstance(refused, Refused):
                raise refused
        give_back(*(sheet.item for sheet in ready))  # a result is the unit's to accept or object to
        if of.published_at is None:
            of.published_at, of.published_by = at, by
            of.save(update_fields=["published_at", "published_by"])
        facts = {"units": len(ready)}
        record(code="assessments.published", subject=("assessments.round", of.pk), facts=facts, by=by, at=at,
               region=of.region_id, exercise_id=of.exercise_id)  # fmt: skip
    return results


def _object_until(of: Round, *, at: datetime) -> datetime:
    """The close of offices on the last working day on which a unit may object; the day of publishing is not counted."""
    days = int(rulesets.value_of("assessments.objection_days", region=of.region_id, at=at))
    return workdays.end_of(workdays.after(workdays.local_day(at), days))


def write_result(sheet: Sheet, *, why: str, by: str, at: datetime) -> Result:
    """Compute a sheet as known now and keep it with every number frozen; an earlier result stays as it was."""
    found = standing(sheet, as_of=at)
    with transaction.atomic():
        result = Result.objects.create(
            sheet=sheet, number=Result.objects.filter(sheet=sheet).count() + 1, weighted=found.total.weighted,
            deducted=found.total.deducted, bonus=found.total.bonus, total=found.total.total, grade=found.total.grade,
            vetoed=is_vetoed(sheet, as_of=at), why=why[:500], by=by, at=at,
        )  # fmt: skip
        ResultLine.objects.bulk_create(_line(result, line, at=at) for line in found.lines)
        facts = {"number": result.number, "total": result.total, "grade": result.grade, "why": result.why}
        record(code="assessments.result", subject=("loop.item", sheet.pk), facts=facts, by=by, at=at,
               region=sheet.item.region_id, exercise_id=sheet.round.exercise_id)  # fmt: skip
    return result


def _line(result: Result, line: Shown, *, at: datetime) -> ResultLine:
    reading = line.valued.reading
    return ResultLine(
        result=result, item=line.item, value=line.valued.value, base=line.valued.base, share=line.share,
        points=line.points, freeze=freeze(reading=reading, by=BY, at=at) if reading is not None else None,
        count=line.valued.count, mark=line.mark,
    )  # fmt: skip


def object_to(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """A unit objects to its own result, with the reason, while the clock of objection runs."""
    check_member(sheet_of(item).unit, by=by)
    return move(item=item, name="object", by=by, at=at, **rest)


def accept(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """A unit accepts its result before the clock has run out."""
    check_member(sheet_of(item).unit, by=by)
    return move(item=item, name="accept", by=by, at=at, **rest)


def uphold(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """The result stands, with the reason; whoever checked it does not say so."""
    check_not_scorer(sheet_of(item), by=by)
    return move(item=item, name="uphold", by=by, at=at, **rest)


def correct(*, item: WorkItem, by: str, at: datetime, reason: str = "", **rest: Any) -> Step:
    """Write the corrected result as a further one: points given anew, entries taken back, numbers read again."""
    check_not_scorer(sheet_of(item), by=by)
    with transaction.atomic():
        step = move(item=item, name="correct", by=by, at=at, reason=reason, **rest)
        write_result(sheet_of(item), why=reason, by=by, at=at)
    return step
