"""What all writes of enforcement share: days from the rules, officers as the rules see them, a firm as it is today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from anlan.domains.enforcement.models import OfficerCertificate, Recusal
from anlan.domains.enforcement.rules import days, officers
from anlan.domains.enforcement.rules.officers import Officer
from anlan.domains.enterprises.public import enterprise, tags_of
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.papers.spec import Office

R = TypeVar("R", bound=LoopRecord)
SERVICE = "service:enforcement"
NO_OFFICER = reason(
    "enforcement.no_officer", N_("Choose an officer from the list that appears while you type.")
)
NO_AUTHOR = reason("enforcement.no_author", N_("A person issues a paper. Sign in as one."))
NO_FIRM = reason("enforcement.no_firm", N_("Choose the firm, or write its name."))


def due(rule: str, start: datetime, *, region: str) -> datetime:
    """When the limit of a rule that starts at `start` ends, by the row that was in force then."""
    row = rulesets.row_of(rule, region=region, at=start)
    return days.due(start, float(row.value), unit=row.unit)


def day_of(at: datetime) -> date:
    return at.astimezone(days.LOCAL).date()


def lock(model: type[R], item: WorkItem) -> R:
    """The row of an item, locked until the act ends."""
    return (
        model._default_manager.select_for_update(of=("self",)).select_related("item__region").get(pk=item.pk)
    )


def officer(given: Person | UUID | str, *, field: str) -> Person:
    """A person as a form or a caller names one: the row, its id, or `person:<id>`."""
    if isinstance(given, Person):
        return given
    try:
        said = str(given)
        key = person_id(said) if said.startswith("person:") else UUID(said)
    except ValueError:
        key = None
    found = Person.objects.select_related("organisation").filter(pk=key).first() if key else None
    if found is None:
        raise Refused(NO_OFFICER, field=field)
    return found


def pair(
    first: Person | UUID | str, second: Person | UUID | str, *, firm: Organisation | None, on: datetime
) -> tuple[Person, Person, list[str]]:
    """Two officers who may act against a firm on a day, and the numbers of their certificates; raises `Refused`."""
    people = (officer(first, field="first_officer"), officer(second, field="second_officer"))
    known = [as_officer(person, on=day_of(on)) for person in people]
    officers.check_pair(known, firm=firm.pk if firm else None, firm_name=str(firm or ""), day=day_of(on))
    return people[0], people[1], [each.certificate for each in known]


def as_officer(person: Person, *, on: date) -> Officer:
    return as_officers([person], on=on)[0]


def as_officers(people: Sequence[Person], *, on: date) -> list[Officer]:
    """People as the rules see them on a day: two statements for any number of them."""
    ids = [person.pk for person in people]
    valid = OfficerCertificate.objects.filter(person__in=ids, valid_from__lte=on, valid_to__gte=on)
    numbers = dict(valid.order_by("-valid_to").values_list("person_id", "number"))
    out: dict[UUID, list[tuple[UUID, str]]] = {}
    rows = Recusal.objects.filter(person__in=ids, since__lte=on).exclude(until__lt=on)
    for key, firm, why in rows.values_list("person_id", "organisation_id", "why"):
        out.setdefault(key, []).append((firm, why))
    return [
        Officer(person.pk, person.name, numbers.get(person.pk, ""), _recused(person, out.get(person.pk, [])))
        for person in people
    ]


def _recused(person: Person, rows: Sequence[tuple[UUID, str]]) -> tuple[tuple[UUID, str], ...]:
    """Declared recusals, and the firm whose person somebody is."""
    return (*rows, (person.organisation_id, str(person.organisation)))


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm on the day it was visited."""

    organisation: Organisation | None
    name: str
    region: str
    tags: list[str]
    sector: str


def firm_of(organisation: Organisation | None, *, name: str, region: str, on: date) -> Firm:
    """What a row keeps of a firm: name, region, tags of the day, sector; without an archive the name alone."""
    if organisation is None:
        if not name.strip() or not region:
            raise Refused(NO_FIRM, field="organisation")
        return Firm(None, name.strip()[:160], region, [], "")
    archive = enterprise(organisation.pk)
    tags = tags_of([organisation.pk], on=on).get(organisation.pk, []) if archive else []
    sector = archive.sector if archive else ""
    return Firm(organisation, organisation.name[:160], region or organisation.region_id, sorted(tags), sector)


def words_of(given: Any) -> list[str]:
    """A list, or one typed with commas or lines."""
    if not isinstance(given, str):
        return [str(each).strip() for each in given or () if str(each).strip()]
    text = given.replace("，", "\n").replace("、", "\n").replace(",", "\n")
    return [part.strip() for part in text.splitlines() if part.strip()]


def author(by: str) -> Person:
    key = person_id(by)
    found = Person.objects.select_related("organisation").filter(pk=key).first() if key else None
    if found is None:
        raise Refused(NO_AUTHOR)
    return found


def office_of(organisation: Organisation) -> Office:
    """The office of an organisation: its code keeps the numbers of its papers apart."""
    code = organisation.code or str(organisation.pk)
    return Office(code=code[:60], name=organisation.name, short=organisation.short_name or organisation.name)


def says(when: datetime | None) -> str:
    """A day as papers write it."""
    if when is None:
        return "—"
    day = when.astimezone(days.LOCAL)
    return f"{day.year}年{day.month}月{day.day}日"
