"""Reads of courses: the hours of a year, certificates in validity, who is short and by when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from anlan.domains.patrols import rules
from anlan.domains.patrols.models import Training, TrainingDue
from anlan.kernel.core import rulesets
from anlan.kernel.core.workdays import local_day
from anlan.kernel.orgs.models import Duty, Person

COUNTS = ("passed", "attended")  # a course that was failed gives no hours


def regions_of(person: Person) -> list[str]:
    """The regions in which somebody patrols, and the one of their office."""
    rows = Duty.objects.filter(person=person, kind_id="patroller", valid_to=None).exclude(region=None)
    return [*rows.values_list("region_id", flat=True), person.organisation.region_id]


def hours_of(people: Iterable[UUID], year: int) -> dict[UUID, Decimal]:
    """Person → class hours of the year that count."""
    rows = Training.objects.filter(
        person__in=list(people), held_on__year=year, struck_at=None, result__in=COUNTS
    )
    return dict(rows.values_list("person_id").annotate(n=Sum("hours")))


def certificates(people: Iterable[UUID]) -> list[Training]:
    """The newest passed course of each person and name that gave a certificate with an end."""
    rows = Training.objects.filter(
        person__in=list(people), struck_at=None, result="passed", valid_until__isnull=False
    )
    return list(rows.order_by("person_id", "course", "-valid_until", "-pk").distinct("person_id", "course"))


def fulfilled(due: TrainingDue) -> bool:
    """Whether what was due is there: the hours of its year, or a later certificate of the same course."""
    if due.kind == "hours":
        return hours_of([due.person_id], due.year).get(due.person_id, Decimal(0)) >= (due.asked or 0)
    newest = next((row for row in certificates([due.person_id]) if row.course == due.course), None)
    return newest is not None and newest.pk != due.training_id


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands with their courses: hours of this year against what is asked, and what runs out."""

    person: Person
    hours: Decimal
    asked: Decimal
    due_on: date
    running_out: tuple[Training, ...]
    overdue: tuple[Training, ...]

    @property
    def short(self) -> Decimal:
        return max(self.asked - self.hours, Decimal(0))

    @property
    def lacks(self) -> bool:
        return bool(self.short or self.overdue or self.running_out)


def standings(people: Sequence[Person], *, at: datetime) -> dict[UUID, Standing]:
    """Person → standing, in two statements for all of them."""
    today = local_day(at)
    had = hours_of([each.pk for each in people], today.year)
    held: dict[UUID, list[Training]] = {}
    for row in certificates([each.pk for each in people]):
        held.setdefault(row.person_id, []).append(row)
    return {each.pk: _standing(each, had, held.get(each.pk, []), today, at) for each in people}


def _standing(
    person: Person, had: dict[UUID, Decimal], held: Sequence[Training], today: date, at: datetime
) -> Standing:
    region = person.organisation.region_id
    asked = Decimal(str(rulesets.value_of("patrols.training_hours", region=region, at=at)))
    warn = int(rulesets.value_of("patrols.certificate_warn_days", region=region, at=at))
    over = tuple(row for row in held if row.valid_until is not None and row.valid_until < today)
    soon = tuple(
        row for row in held
        if row.valid_until is not None and 0 <= (row.valid_until - today).days <= warn
    )  # fmt: skip
    return Standing(person, had.get(person.pk, Decimal(0)), asked, rules.last_day(today.year), soon, over)


def courses_of(person: Person) -> list[Training]:
    """Every course of somebody, the newest first; struck ones too, marked."""
    return list(Training.objects.filter(person=person).select_related("file").order_by("-held_on", "-at"))
