"""Who may open a record by hand, and where: one answer for every surface."""

from datetime import datetime

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Record
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.orgs.queries import NOT_YOUR_REGION, duty_names, has_duty, in_force, scope_of

NOT_YOURS = reason(
    "domain.not_yours_to_open",
    N_("In this region this is opened by: {who}. Choose a region of yours, or ask one of them."),
)
NOT_A_FIRMS = reason(
    "domain.not_a_firms_to_open",
    N_("This is opened by the authorities, not by a firm. Tell the street what you know."),
)


def may_open(record: Record, person: Person, *, at: datetime) -> bool:
    """Whether the form is for a person at all: they hold one of its duties somewhere."""
    if record.opens is None or (_of_a_firm(person) and not record.by_firms):
        return False
    if not record.opened_by:
        return True
    return Duty.objects.filter(in_force(at), person=person, kind__in=record.opened_by).exists()


def check_opening(record: Record, person: Person, *, region: str, at: datetime) -> None:
    """Raise `Refused` where a person may not open one there: a duty that is lacking, or a region that is not theirs.

    A firm's people see nothing by region; what is their own firm's the action says.
    """
    if _of_a_firm(person) and not record.by_firms:
        raise Refused(NOT_A_FIRMS)
    if record.opened_by and not has_duty(person_id=person.pk, kinds=record.opened_by, region=region, at=at):
        raise Refused(NOT_YOURS, field="region", who="、".join(duty_names(record.opened_by)))
    scope = scope_of(person, at=at)
    if region and scope and not any(region.startswith(prefix) for prefix in scope):
        raise Refused(NOT_YOUR_REGION, field="region", region=region)


def _of_a_firm(person: Person) -> bool:
    return person.organisation.kind == "enterprise"
