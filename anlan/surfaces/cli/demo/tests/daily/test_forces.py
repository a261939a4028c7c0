"""The rescue forces of the demo: heard, silent and lost ones, two scopes, and an open event that is judged."""

import pytest

from anlan.domains.incidents.models import Judgement, UnitNotice
from anlan.domains.resources import queries
from anlan.domains.resources.loop import CONTACT_CHECK
from anlan.domains.resources.models import ContactCheck, Force
from anlan.kernel.core import clock
from anlan.surfaces.cli.demo import forces

pytestmark = pytest.mark.django_db


def test_forces_stand_on_the_map_in_two_scopes_and_their_contacts_in_every_state(
    written: dict[str, int],
) -> None:
    forces.write()
    forces.write()
    at = clock.real_now()
    assert Force.objects.filter(place__isnull=False).count() == len(forces.LINES)
    assert set(Force.objects.values_list("scope", flat=True)) == {"teams", "flood_departments"}
    there = set(ContactCheck.objects.values_list("item__state", flat=True))
    assert there == set(CONTACT_CHECK.states) - {"settled", "withdrawn"}
    lines = [queries.line_of(force, at=at) for force in Force.objects.select_related("region")]
    assert {line.standing for line in lines} == {"fresh", "never"}
    assert {line.agreement for line in lines} == {"none", "valid", "ending", "ended"}
    assert Judgement.objects.filter(item__closed_at=None).count() == 1
    assert set(UnitNotice.objects.values_list("item__state", flat=True)) >= {"informed", "received"}
