"""Reads about who may take a ground over, and which grounds somebody has."""

from anlan.domains.patrols.models import Rotation
from anlan.kernel.orgs.models import Duty, Person


def grounds_of(person: Person) -> list[Duty]:
    """The grounds that a patroller holds until further notice, longest held first."""
    rows = Duty.objects.filter(person=person, kind_id="patroller", valid_to=None).exclude(region=None)
    return list(rows.select_related("region").order_by("valid_from"))


def successors(row: Rotation) -> list[Person]:
    """Who may take a ground over: active people of the same office, patrollers who are there longest first."""
    people = Person.objects.filter(organisation=row.person.organisation_id, active=True).exclude(
        pk=row.person_id
    )
    held = Duty.objects.filter(person__in=people, kind_id="patroller", valid_to=None)
    since = dict(held.order_by("-valid_from").values_list("person_id", "valid_from"))
    return sorted(people, key=lambda p: (p.pk not in since, since.get(p.pk, row.since), p.name))
