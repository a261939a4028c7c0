"""Writes about rescue forces: taken into the register, changed, gone. Each takes `by` and `at`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from anlan.domains.resources import queries, rules
from anlan.domains.resources.models import Force, Strength
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.workdays import local_day
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.actions import add_organisation, phone_fields
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import has_duty
from anlan.kernel.places.actions import add_places, new_place
from anlan.kernel.places.models import Place, PlaceKind

PLACE_KIND = "rescue_force"
OWN_KIND = "rescue_force"  # kind of the organisation of a force that no unit of ours stands behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A force as an office writes it down. Contacts are a name and a telephone; a number with stars stays as it is."""

    name: str
    kind: str
    region: str
    people: int
    contact_a: str
    phone_a: str
    scope: str = "teams"
    unit: str = ""  # whose force it is; empty: its own
    contact_b: str = ""
    phone_b: str = ""
    skills: str = ""
    equipment: str = ""
    base: str = ""
    lon: float | None = None
    lat: float | None = None
    agreement: str = ""
    agreement_from: date | None = None
    agreement_to: date | None = None


def add_force(*, given: Given, by: str, at: datetime) -> Force:
    """Take a force into the register. Its contact is asked on the next morning's round. Raises `Refused`."""
    check_keeper(given.region, by=by, at=at)
    values = _checked(given, at=at)
    if Force.objects.filter(name=values["name"], region=given.region, left_at=None).exists():
        raise Refused(rules.KNOWN, field="name", name=values["name"])
    with transaction.atomic():
        unit = _unit(given, by=by, at=at)
        force = Force(organisation=unit, region_id=given.region, joined_at=at, **values)
        force.contact_a = _contact(given.contact_a, given.phone_a, unit, "a")
        force.contact_b = _second(given, unit, force.contact_a)
        force.place = _place(force, given, by=by, at=at)
        force.save()
        _tell(force, by=by, at=at)
        write("resources.force_added", force, {"people": force.people, "scope": force.scope}, by=by, at=at)
    return force


def change_force(*, force: Force, given: Given, by: str, at: datetime) -> list[str]:
    """Change a force's line; returns the names of what changed. A new contact has not answered yet."""
    check_keeper(force.region_id, by=by, at=at)
    check_keeper(given.region, by=by, at=at)
    values = _checked(given, at=at)
    with transaction.atomic():
        row = (
            Force.objects.select_for_update(of=("self",))
            .select_related("organisation", "place")
            .get(pk=force.pk)
        )
        if row.left_at is not None:
            raise Refused(rules.GONE, name=row.name, day=f"{local_day(row.left_at):%F}")
        before = _facts(row)
        for name, value in values.items():
            setattr(row, name, value)
        row.region_id = given.region
        row.contact_a = _contact(given.contact_a, given.phone_a, row.organisation, "a", before=row.contact_a)
        row.contact_b = _second(given, row.organisation, row.contact_a, before=row.contact_b)
        row.place = _place(row, given, by=by, at=at)
        changed = [name for name, value in _facts(row).items() if before[name] != value]
        if not changed:
            return []
        if "contact_a" in changed:
            row.answered_at = None  # nobody has heard of this one yet
        row.save()
        if {"people", "scope"} & set(changed):
            _tell(row, by=by, at=at)
        write("resources.force_changed", row, {"changed": changed}, by=by, at=at)
    force.refresh_from_db()
    return changed


def check_keeper(region: str, *, by: str, at: datetime) -> None:
    """Raise `Refused` unless the author keeps the register of a region."""
    person = person_id(by)
    if person is not None and not has_duty(person_id=person, kinds=rules.KEEPERS, region=region, at=at):
        raise Refused(rules.NOT_KEEPER)


def _checked(given: Given, *, at: datetime) -> dict[str, Any]:
    """The columns of a force's own row, each checked."""
    if not given.name.strip():
        raise Refused(rules.NO_NAME, field="name")
    rules.check_agreement(given.agreement_from, given.agreement_to)
    rules.check_position(given.lon, given.lat)
    known = {each["code"]: each["label"] for each in queries.skills(region=given.region, at=at)}
    return {
        "name": given.name.strip()[:120],
        "kind": rules.check_word(given.kind, rules.KINDS, rules.BAD_KIND, "kind"),
        "scope": rules.check_word(given.scope, rules.SCOPES, rules.BAD_SCOPE, "scope"),
        "people": rules.check_people(given.people),
        "skills": rules.skills_of(given.skills, known),
        "equipment": rules.equipment_of(given.equipment),
        "base": given.base.strip()[:200],
        "agreement": given.agreement.strip()[:160],
        "agreement_from": given.agreement_from,
        "agreement_to": given.agreement_to,
    }


def _facts(row: Force) -> dict[str, Any]:
    """What a change is told by; people by their id and the index of their number, never by the number."""
    names = ("name", "kind", "scope", "people", "skills", "equipment", "base", "agreement", "agreement_from",
             "agreement_to", "region_id", "place_id")  # fmt: skip
    facts = {name: getattr(row, name) for name in names}
    for name in ("contact_a", "contact_b"):
        person = getattr(row, name)
        facts[name] = (person.pk, person.phone_index) if person is not None else None
    return facts


def _unit(given: Given, *, by: str, at: datetime) -> Organisation:
    """The organisation behind a force: one of the register of units by its name, else an own one of the force."""
    name = given.unit.strip() or given.name.strip()
    known = Organisation.objects.filter(name=name, active=True).order_by("pk").first()
    known = known or Organisation.objects.filter(short_name=name, active=True).order_by("pk").first()
    return known or add_organisation(name=name[:160], kind=OWN_KIND, region=given.region, by=by, at=at)


def _contact(
    name: str, phone: str, unit: Organisation, letter: str, *, before: Person | None = None
) -> Person:
    """The person of a contact: one of the unit's by name, else a new one; a starred number leaves theirs alone."""
    name = name.strip()[:60]
    if not name or not (phone.strip() or (before is not None and before.name == name)):
        raise Refused(rules.NO_CONTACT, field=f"contact_{letter}")
    same = before if before is not None and before.name == name else None
    person = same or Person.objects.filter(organisation=unit, name=name, active=True).order_by("pk").first()
    if person is not None and (not phone.strip() or "*" in phone):
        return person
    fields = phone_fields(rules.check_phone(phone, f"phone_{letter}"))
    if person is None:
        return Person.objects.create(organisation=unit, name=name, **fields)
    if person.phone_index != fields["phone_index"]:
        person.phone, person.phone_index = fields["phone"], fields["phone_index"]
        person.save(update_fields=["phone", "phone_index"])
    return person


def _second(
    given: Given, unit: Organisation, first: Person, *, before: Person | None = None
) -> Person | None:
    if not given.contact_b.strip():
        return None
    person = _contact(given.contact_b, given.phone_b, unit, "b", before=before)
    if person.pk == first.pk:
        raise Refused(rules.SAME_PERSON, field="contact_b")
    return person


def _place(force: Force, given: Given, *, by: str, at: datetime) -> Place | None:
    """Where the force stands by, as a place of its kind: the map counts and finds it like any other place."""
    known = force.place
    if given.lon is None or given.lat is None:
        return known
    if known is not None and (known.lon, known.lat, known.name) == (given.lon, given.lat, force.name):
        return known
    kind = PlaceKind.objects.get_or_create(
        code=PLACE_KIND, defaults={"label": "救援队伍", "label_en": "Rescue force"}
    )[0]
    if known is not None:
        Place.objects.filter(pk=known.pk).update(active=False)
    fresh = new_place(kind=kind, name=force.name, region=given.region, lon=given.lon, lat=given.lat, at=at)
    return add_places([fresh], by=by, at=at)[0]


def _tell(force: Force, *, by: str, at: datetime) -> None:
    Strength.objects.create(
        force=force, people=force.people, scope=force.scope, happened_at=at, recorded_at=at, by=by
    )


def write(code: str, force: Force, facts: Mapping[str, Any], *, by: str, at: datetime) -> None:
    record(
        code=code, subject=("resources.force", force.pk), facts={"name": force.name, **facts}, by=by, at=at,
        region=force.region_id,
    )  # fmt: skip
