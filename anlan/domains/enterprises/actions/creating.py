"""标准化达标创建: a firm sets out for a grade, scores itself, is reviewed, and gets the certificate, or does not."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils import timezone

from anlan.domains.enterprises.actions.common import check_keeper
from anlan.domains.enterprises.actions.hazards import standardise
from anlan.domains.enterprises.models import Creation, Enterprise
from anlan.domains.enterprises.rules.words import STANDARD_GRADES
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Organisation

NO_ARCHIVE = reason("enterprises.creation_no_archive", N_("{firm} has no archive yet. Take it in first."))
NO_GRADE = reason("enterprises.creation_grade", N_("{given} is no grade of standardisation."))
GOING = reason("enterprises.creation_going", N_("{firm} is on its way to a grade already."))
BAD_SCORE = reason("enterprises.creation_score", N_("A score lies between 0 and 100."))
TOO_LOW = reason(
    "enterprises.creation_too_low",
    N_("{score} is below the {least} that this grade asks. Rectify and score again."),
)
PAST = reason("enterprises.creation_past", N_("The day to reach it by lies in the past. Give a later one."))


def begin(
    *, firm: Organisation | Enterprise, grade: str, due_at: datetime, by: str, at: datetime,
    happened_at: datetime | None = None, exercise_id: Any = None, **_: Any,
) -> WorkItem:  # fmt: skip
    """A firm sets out for a grade. The clock is the day it promised."""
    archive = _archive(firm)
    check_keeper(archive, by=by, at=at)
    if grade not in dict(STANDARD_GRADES):
        raise Refused(NO_GRADE, field="grade", given=grade)
    if due_at <= at:
        raise Refused(PAST, field="due_at")
    if Creation.objects.filter(enterprise=archive, item__closed_at=None).exists():
        raise Refused(GOING, field="firm", firm=archive.organisation.name)
    return open_item(
        loop="enterprises.creation", record=Creation(enterprise=archive, grade=grade, due_at=due_at),
        title=archive.organisation.name, region=archive.organisation.region_id, charge_org=archive.organisation,
        by=by, at=at, happened_at=happened_at, exercise_id=exercise_id,
    )  # fmt: skip


def _archive(firm: Organisation | Enterprise) -> Enterprise:
    if isinstance(firm, Enterprise):
        return firm
    found = Enterprise.objects.select_related("organisation").filter(pk=firm.pk).first()
    if found is None:
        raise Refused(NO_ARCHIVE, field="firm", firm=firm.name)
    return found


def self_assess(*, item: WorkItem, score: Any, by: str, at: datetime, **rest: Any) -> Step:
    """The firm's own score; below what the grade asks it is sent back to work, not on to a review."""
    return _score(item, "self_assess", "own_score", score, by=by, at=at, **rest)


def review(*, item: WorkItem, score: Any, reviewer: str, by: str, at: datetime, **rest: Any) -> Step:
    """The review by a unit from outside: its score must reach the grade."""
    return _score(item, "review", "review_score", score, by=by, at=at, reviewer=reviewer, **rest)


def _score(item: WorkItem, name: str, column: str, given: Any, *, by: str, at: datetime, **rest: Any) -> Step:
    value = _number(given)
    with transaction.atomic():
        row = _lock(item)
        least = rulesets.value_of("enterprises.standard_scores", region=item.region_id, at=at)[row.grade]
        if value < Decimal(str(least)):
            raise Refused(TOO_LOW, field="score", score=value, least=least)
        step = move(item=item, name=name, by=by, at=at, score=str(value), **rest)
        setattr(row, column, value)
        row.reviewer = str(rest.get("reviewer", row.reviewer))[:120]
        row.save(update_fields=[column, "reviewer"])
    return step


def attain(*, item: WorkItem, certificate: str, valid_from: Any, by: str, at: datetime, **rest: Any) -> Step:
    """The certificate: it is entered in the archive with its validity by the same act."""
    with transaction.atomic():
        row = _lock(item)
        step = move(item=item, name="attain", by=by, at=at, certificate=certificate, valid_from=str(valid_from),
                    **rest)  # fmt: skip
        first = timezone.localdate(valid_from) if isinstance(valid_from, datetime) else valid_from
        years = int(rulesets.value_of("enterprises.standard_years", region=item.region_id, at=at))
        standardise(
            firm=row.enterprise, grade=row.grade, valid_from=first, valid_to=_after(first, years), by=by, at=at,
            number=certificate,
        )  # fmt: skip
        row.certificate = certificate[:60]
        row.save(update_fields=["certificate"])
    return step


def _after(day: date, years: int) -> date:
    """The same day some years on; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _number(given: Any) -> Decimal:
    try:
        value = Decimal(str(given).strip())
    except InvalidOperation:
        raise Refused(BAD_SCORE, field="score") from None
    if not 0 <= value <= 100:
        raise Refused(BAD_SCORE, field="score")
    return value.quantize(Decimal("0.1"))


def _lock(item: WorkItem) -> Creation:
    rows = Creation.objects.select_for_update(of=("self",)).select_related("enterprise__organisation")
    return rows.get(pk=item.pk)
