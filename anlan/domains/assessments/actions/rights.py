"""Who stands before a door; a service (`service:…`) acts for whoever started it."""

from datetime import datetime
from uuid import UUID

from anlan.domains.assessments.models import Mark, Sheet
from anlan.domains.assessments.rules import duties
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import has_duty


def check_office(region: str, *, by: str, at: datetime, kinds: tuple[str, ...] = duties.OFFICE) -> None:
    """The office of assessments over a region, or `Refused`."""
    person = person_id(by)
    if person is not None and not has_duty(person_id=person, kinds=kinds, region=region, at=at):
        raise Refused(duties.NOT_OFFICE)


def check_member(unit: Organisation, *, by: str) -> None:
    """One of the unit's own people, or `Refused`."""
    person = person_id(by)
    if person is not None and not _works_in(person, unit):
        raise Refused(duties.NOT_UNIT, unit=str(unit))


def check_not_scorer(sheet: Sheet, *, by: str) -> None:
    """Somebody who neither scored the unit nor works in it, or `Refused`."""
    person = person_id(by)
    if person is None:
        return
    authors = set(Mark.objects.filter(sheet=sheet, role="self").values_list("by", flat=True))
    scorers = {found for each in authors if (found := person_id(each)) is not None}
    duties.check_other_person(person, scorers=scorers, colleagues=_works_in(person, sheet.unit))


def _works_in(person: UUID, unit: Organisation) -> bool:
    return Person.objects.filter(pk=person, organisation=unit, active=True).exists()
