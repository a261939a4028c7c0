"""What `anlan up --demo` writes: once, whole, and answering to the doors of the kernel."""

import pytest

from anlan.domains.sensing.models import Sensor
from anlan.kernel.core import clock, rulesets
from anlan.kernel.domain.registry import ruleset_files
from anlan.kernel.loop import registry
from anlan.kernel.loop.spec import CHARGED, DEPUTY, OPENER, SUPERIOR, SYSTEM
from anlan.kernel.orgs.models import Duty, DutyKind, Organisation, Person
from anlan.kernel.orgs.queries import who_answers
from anlan.kernel.places.models import Place, Region
from anlan.surfaces.cli.demo import district
from anlan.surfaces.cli.demo.prepare import PEOPLE, sign_ins

pytestmark = pytest.mark.django_db
OWN = {CHARGED, DEPUTY, OPENER, SUPERIOR, SYSTEM}


@pytest.fixture
def made():
    rulesets.load_files(ruleset_files())
    district.write()
    return sign_ins()


def test_twice_is_once(made):
    before = [model.objects.count() for model in (Region, Place, Organisation, Person, Duty, Sensor)]
    district.write()
    again = sign_ins()
    assert [model.objects.count() for model in (Region, Place, Organisation, Person, Duty, Sensor)] == before
    assert len(made) == len(again) == len(PEOPLE)
    assert not {link.url for link in made} & {link.url for link in again}


def test_ten_streets_and_140_communities_have_outlines_of_ours(made):
    streets = Region.objects.filter(parent_id=district.DISTRICT)
    assert streets.count() == 10
    assert Region.objects.filter(level="community", code__startswith="440399").count() == 140
    assert not Region.objects.filter(code__startswith="440399", outline=None).exists()
    assert "虚构" in streets.first().outline_origin


def test_a_reservoir_names_its_three_keepers_and_whom_to_ring_first(made):
    reservoir = Place.objects.filter(kind="reservoir").first()
    kinds = ("reservoir_patrol", "reservoir_technical", "reservoir_administrative")
    assert all(len(who_answers(duty=kind, where=reservoir, at=clock.real_now())) == 1 for kind in kinds)
    assert [k.pk for k in DutyKind.objects.filter(pk__in=kinds).order_by("ring_order")] == list(kinds)


def test_a_waterlogging_point_has_a_keeper_and_a_deputy(made):
    point = Place.objects.filter(kind="waterlogging_point").first()
    found = who_answers(duty="waterlogging_keeper", where=point, at=clock.real_now())
    assert [one.rank for one in found] == [0, 1]


def test_every_duty_that_a_loop_names_has_a_kind(made):
    known = set(DutyKind.objects.values_list("pk", flat=True))
    domains = ("sensing.", "warnings.", "responses.", "dangers.", "loop.")
    for name in (name for name in registry.names() if name.startswith(domains)):
        loop = registry.registered(name).loop
        named = {word for move in loop.moves for word in move.by}
        named |= {rung.duty for deadline in loop.deadlines for rung in deadline.escalate}
        assert named - OWN <= known, name


def test_a_link_signs_its_person_in_once(made, client):
    token = made[0].url.rstrip("/").rsplit("/", 1)[1]
    assert client.get(f"/in/{token}/").status_code in (200, 302)


def test_no_two_units_of_the_plan_are_without_a_liaison(made):
    for unit in Organisation.objects.filter(code__startswith="flood_", kind="member_unit"):
        kinds = set(Duty.objects.filter(person__organisation=unit).values_list("kind_id", flat=True))
        assert {"unit_head", "liaison_a", "liaison_b"} <= kinds
