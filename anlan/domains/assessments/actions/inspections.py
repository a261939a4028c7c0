"""督查: planned where the others are seen first; whoever would go alone goes along, or says why not."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.assessments.models import Inspection
from anlan.domains.assessments.queries import inspections as queries
from anlan.domains.assessments.rules import inspections as rules
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.workdays import local_day
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import has_duty


def plan_inspection(
    *, unit: Organisation | None, subject: str, first: date, last: date, by: str, at: datetime,
    office: Organisation | None = None, join: UUID | None = None, alone_why: str = "", exercise_id: UUID | None = None,
) -> WorkItem:  # fmt: skip
    """Plan to go to a unit. Where others are due there, `join` names the one to go along with, `alone_why` says why it
    cannot be one visit; going along opens nothing new. Raises `Refused`."""
    goes = _office(office, by)
    _check(unit, goes, subject, first, last, by=by, at=at)
    assert unit is not None
    others = queries.others(unit, first=first, last=last, at=at, exercise_id=exercise_id)
    if join is not None:
        item = _chosen(others, join)
        go_along(item=item, office=goes, subject=subject, by=by, at=at)
        return item
    if others and not alone_why.strip():
        raise Refused(rules.UNDECIDED, field="alone_why", unit=str(unit), words=_words(others))
    row = Inspection(
        unit=unit, office=goes, subject=subject.strip()[:200], first=first, last=last, others=len(others),
        alone_why=alone_why.strip()[:300] if others else "",
    )  # fmt: skip
    return open_item(
        loop="assessments.inspection", record=row, title=f"{unit} · {row.subject}"[:300], region=unit.region_id,
        charge_org=goes, by=by, at=at, exercise_id=exercise_id,
    )  # fmt: skip


def _office(given: Organisation | None, by: str) -> Organisation:
    """Who goes: the unit of whoever plans it, unless the assessment office plans it for another."""
    if given is not None:
        return given
    key = person_id(by)
    person = Person.objects.select_related("organisation").filter(pk=key).first() if key else None
    if person is None:
        raise Refused(rules.NOT_PLANNER)
    return person.organisation


def _check(
    unit: Organisation | None,
    office: Organisation,
    subject: str,
    first: date,
    last: date,
    *,
    by: str,
    at: datetime,
) -> None:
    if unit is None:
        raise Refused(rules.NO_UNIT, field="unit")
    person = person_id(by)
    if person is not None and not has_duty(
        person_id=person, kinds=rules.PLANNERS, region=unit.region_id, at=at
    ):
        raise Refused(rules.NOT_PLANNER, field="unit")
    if unit.pk == office.pk:
        raise Refused(rules.OWN_UNIT, field="unit")
    if not subject.strip():
        raise Refused(rules.NO_SUBJECT, field="subject")
    rules.check_days(first, last, today=local_day(at))


def _chosen(others: Sequence[Inspection], join: UUID) -> WorkItem:
    found = next((row for row in others if row.pk == join), None)
    if found is None:
        raise Refused(rules.NOT_THERE, field="join")
    return found.item


def _words(others: Sequence[Inspection]) -> str:
    return "、".join(f"{row.office} {row.first:%m-%d}" for row in others[:3])


def go_along(
    *, item: WorkItem, subject: str, by: str, at: datetime, office: Organisation | None = None, **rest: Any
) -> Step:
    """Go along with an inspection that is planned: its people look at this too, and the unit has one visit."""
    with transaction.atomic():
        row = Inspection.objects.select_for_update(of=("self",)).select_related("office").get(pk=item.pk)
        goes = _office(office, by)
        if not subject.strip():
            raise Refused(rules.NO_SUBJECT, field="subject")
        if goes.pk in (row.unit_id, row.office_id) or row.partners.filter(pk=goes.pk).exists():
            raise Refused(rules.THERE_ALREADY, unit=str(goes))
        step = move(
            item=item, name="join", by=by, at=at, subject=subject.strip()[:200], office=str(goes), **rest
        )
        row.partners.add(goes)
    return step


def hold(*, item: WorkItem, said: str, by: str, at: datetime, **rest: Any) -> Step:
    """It was held: what was seen. What is to be mended is given to the unit as a finding of its own."""
    with transaction.atomic():
        step = move(item=item, name="hold", by=by, at=at, said=said, **rest)
        Inspection.objects.filter(pk=item.pk).update(said=said.strip())
    return step
