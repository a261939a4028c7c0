"""Courses of patrollers: entered by their office, struck out with a reason; a year's hours are a clocked matter."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from anlan.domains.patrols import rules
from anlan.domains.patrols.models import Training, TrainingDue
from anlan.domains.patrols.queries import training as known
from anlan.domains.patrols.queries.officers import officers_in
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import Attachment
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import Opening, move, open_items
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty

BY = "service:patrols"
TURN = 100
KEEPERS = ("street_safety_officer", "safety_section", "bureau_chief")
OWN = reason("patrols.training_own", N_("Nobody enters their own course: the office does."))
NOT_YOURS = reason(
    "patrols.training_not_yours",
    N_("Courses of {name} are entered by the safety office of their street or district."),
)
STRUCK = reason("patrols.training_struck", N_("This course was struck out already."))
NO_WHY = reason("patrols.training_no_why", N_("Say why the course is struck out."))


@dataclass(frozen=True, slots=True)
class Course:
    """A course as it is entered; hours are class hours of 45 minutes (学时)."""

    name: str
    kind: str
    held_on: date
    hours: Any
    result: str
    organiser: str = ""
    certificate: str = ""
    valid_until: date | None = None
    file: Attachment | None = None


def enter(course: Course, *, person: Person, by: str, at: datetime) -> Training:
    """Enter a course; where it makes the year's hours full, or renews a certificate, the clock of that ends."""
    _check_author(person, by=by, at=at)
    hours = rules.check_course(
        name=course.name, kind=course.kind, result=course.result, hours=course.hours, held_on=course.held_on,
        valid_until=course.valid_until, today=local_day(at),
    )  # fmt: skip
    with transaction.atomic():
        row = Training.objects.create(
            person=person, course=course.name.strip()[:120], kind=course.kind, held_on=course.held_on, hours=hours,
            result=course.result, organiser=course.organiser.strip()[:120], valid_until=course.valid_until,
            certificate=course.certificate.strip()[:60], file=course.file, by=by, at=at,
        )  # fmt: skip
        _note(
            "training_entered",
            row,
            {"course": row.course, "hours": str(hours), "result": row.result},
            by=by,
            at=at,
        )
        _settle(person, at=at)
    return row


def strike_out(*, row: Training, why: str, by: str, at: datetime) -> Training:
    """A course that was entered wrongly counts no more; the row stays, with the reason."""
    _check_author(row.person, by=by, at=at)
    if not why.strip():
        raise Refused(NO_WHY, field="why")
    with transaction.atomic():
        kept = (
            Training.objects.select_for_update(of=("self",))
            .select_related("person__organisation")
            .get(pk=row.pk)
        )
        if kept.struck_at is not None:
            raise Refused(STRUCK)
        kept.struck_at, kept.struck_why = at, why.strip()[:300]
        kept.save(update_fields=["struck_at", "struck_why"])
        _note("training_struck", kept, {"course": kept.course, "why": kept.struck_why}, by=by, at=at)
    return kept


def _check_author(person: Person, *, by: str, at: datetime) -> None:
    key = person_id(by)
    if key is None:
        return
    if key == person.pk:
        raise Refused(OWN)
    regions = known.regions_of(person)
    if not any(has_duty(person_id=key, kinds=KEEPERS, region=region, at=at) for region in regions):
        raise Refused(NOT_YOURS, name=person.name)


def _note(code: str, row: Training, facts: dict[str, Any], *, by: str, at: datetime) -> None:
    record(
        code=f"patrols.{code}", subject=("orgs.person", row.person_id), facts={**facts, "training": str(row.pk)},
        by=by, at=at, region=row.person.organisation.region_id,
    )  # fmt: skip


def _settle(person: Person, *, at: datetime) -> None:
    """End the clocks of what is fulfilled by now."""
    for due in TrainingDue.objects.filter(person=person, item__closed_at=None).select_related("item"):
        if known.fulfilled(due):
            move(item=due.item, name="meet", by=BY, at=at)


def open_training(*, region: str, at: datetime, by: str = BY, limit: int = TURN) -> int:
    """Open what is due of a region's patrollers: the hours of this year, and certificates that run out soon."""
    officers = {each.person.pk: each for each in officers_in([region], at=at)}
    people = {pk: each.person for pk, each in officers.items()}
    year, warn = local_day(at).year, _value("patrols.certificate_warn_days", region, at)
    rows = [*_hours_due(people, year, at), *_certificates_due(people, at, days=int(warn))][:limit]
    openings = [
        Opening(
            record=row, title=f"{people[row.person_id].name} · {row.course or row.year}",
            region=officers[row.person_id].region, charge_person=people[row.person_id],
        )
        for row in rows
    ]  # fmt: skip
    return len(open_items(loop="patrols.training", openings=openings, by=by, at=at)) if openings else 0


def _hours_due(people: dict[Any, Person], year: int, at: datetime) -> list[TrainingDue]:
    there = set(
        TrainingDue.objects.filter(person__in=people, kind="hours", year=year).values_list(
            "person_id", flat=True
        )
    )
    had = known.hours_of(people, year)
    found = []
    for pk, person in people.items():
        asked = Decimal(str(_value("patrols.training_hours", person.organisation.region_id, at)))
        if pk not in there and had.get(pk, Decimal(0)) < asked:
            found.append(
                TrainingDue(
                    person=person, kind="hours", year=year, asked=asked, due_at=rules.end_of_year(year)
                )
            )
    return found


def _certificates_due(people: dict[Any, Person], at: datetime, *, days: int) -> list[TrainingDue]:
    until = local_day(at) + timedelta(days=days)
    there = set(
        TrainingDue.objects.filter(person__in=people, kind="certificate").values_list(
            "training_id", flat=True
        )
    )
    return [
        TrainingDue(
            person=people[row.person_id], kind="certificate", year=row.valid_until.year, course=row.course,
            training=row, due_at=rules.end_of_day(row.valid_until),
        )
        for row in known.certificates(people)
        if row.valid_until is not None and row.valid_until <= until and row.pk not in there
    ]  # fmt: skip


def _value(rule: str, region: str, at: datetime) -> Any:
    return rulesets.value_of(rule, region=region, at=at)
