"""What every write of this domain asks first: who keeps the plan, who takes a unit's matters, how much it had."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from anlan.domains.workplan.queries.units import burden_of, liaison_of
from anlan.domains.workplan.rules import asking as asked
from anlan.domains.workplan.rules import tasks as rules
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.handing import delegate
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.rights import in_charge, person_id
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import duty_names, has_duty

BY = "service:workplan"


def check_keeper(region: str, *, by: str, at: datetime) -> None:
    """The plan is kept by its office; a program (`service:…`) acts for whoever started it."""
    person = person_id(by)
    if person is not None and not has_duty(person_id=person, kinds=rules.KEEPERS, region=region, at=at):
        raise Refused(rules.NOT_KEEPER)


def check_issuer(kind: str, region: str, *, by: str, at: datetime) -> None:
    """Who may send out one of a kind, in a unit's region or above it."""
    person, kinds = person_id(by), asked.ISSUERS[kind]
    if person is not None and not has_duty(person_id=person, kinds=kinds, region=region, at=at):
        raise Refused(asked.NOT_ISSUER, who="、".join(duty_names(kinds)))


def check_burdens(
    units: Sequence[Organisation], *, why: str, by: str, at: datetime
) -> dict[Organisation, int]:
    """How much each unit had this week; above the limit a reason is needed, and the ledger keeps it."""
    found: dict[Organisation, int] = {}
    for unit in dict.fromkeys(units):
        burden = burden_of(unit, at=at)
        asked.check_burden(burden, unit=str(unit), why=why)
        found[unit] = burden.count
        if burden.over:
            record(
                code="workplan.over_limit", subject=("orgs.organisation", unit.pk),
                facts={"count": burden.count, "limit": burden.limit, "reason": why}, by=by, at=at,
                region=unit.region_id,
            )  # fmt: skip
    return found


def give_back(item: WorkItem, unit: Organisation, *, why: str, by: str, at: datetime) -> None:
    """Put an item that lies with the office into the hands of the unit's liaison again."""
    author = person_id(by)
    holder = liaison_of(unit, at=at)
    if holder is None or author is None or not in_charge(item, author, at=at):
        return
    delegate(item=item, to=Person.objects.get(pk=holder), why=why, by=by, at=at)


def local_day(at: datetime) -> str:
    """2026年7月3日, as papers write it."""
    day = timezone.localdate(at)
    return f"{day.year}年{day.month}月{day.day}日"
