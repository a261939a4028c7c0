from datetime import timedelta

import pytest

from anlan.kernel.orgs.actions import end_duty, leave
from anlan.kernel.orgs.models import Duty
from anlan.kernel.orgs.queries import deputies_of, duties_inside, has_duty, own_firm, scope_of, who_answers
from anlan.kernel.places.queries import affected
from tests.people import DISTRICT, HARBOUR, HILL, NOON, QUAY, add_duty, add_place, district

pytestmark = pytest.mark.django_db


def people(answerers: list) -> list:
    return [answerer.person_id for answerer in answerers]


def test_the_holder_comes_before_the_deputy() -> None:
    here = district()
    answerers = who_answers(duty="street_safety_officer", where=HARBOUR, at=NOON)
    assert people(answerers) == [here.owner.pk, here.colleague.pk]


@pytest.mark.feature("M048")
def test_a_community_without_a_holder_is_answered_for_by_its_street() -> None:
    here = district()
    assert people(who_answers(duty="enforcement_officer", where=QUAY, at=NOON)) == [here.colleague.pk]


@pytest.mark.feature("M048")
def test_a_place_is_answered_for_by_its_own_keepers() -> None:
    here = district()
    point = add_place("underpass", QUAY)
    add_duty(here.outsider, "waterlogging_keeper", QUAY, place=point)
    assert people(who_answers(duty="waterlogging_keeper", where=point, at=NOON)) == [here.outsider.pk]


def test_who_is_away_is_replaced_by_the_named_deputy_with_the_reason() -> None:
    here = district()
    leave(
        person=here.owner,
        start=NOON,
        end=NOON + timedelta(days=2),
        deputy=here.outsider,
        by="service:test",
        at=NOON,
    )
    first = who_answers(duty="street_safety_officer", where=HARBOUR, at=NOON)[0]
    assert (first.person_id, first.stands_in_for) == (here.outsider.pk, here.owner.pk)
    assert "stands in" in first.why


def test_who_is_away_without_a_name_leaves_it_to_the_next_rank() -> None:
    here = district()
    leave(
        person=here.owner, start=NOON, end=NOON + timedelta(days=2), deputy=None, by="service:test", at=NOON
    )
    assert people(who_answers(duty="street_safety_officer", where=HARBOUR, at=NOON)) == [here.colleague.pk]


def test_an_ended_duty_no_longer_answers_but_its_row_stays() -> None:
    here = district()
    duty = Duty.objects.get(person=here.owner, kind_id="street_safety_officer")
    end_duty(duty=duty, by="service:test", at=NOON)
    assert people(who_answers(duty="street_safety_officer", where=HARBOUR, at=NOON)) == [here.colleague.pk]
    assert Duty.objects.filter(pk=duty.pk).exists()


def test_an_affected_set_gives_everybody_whose_duty_lies_inside_once() -> None:
    here = district()
    point = add_place("underpass", QUAY, lon=113.91, lat=22.61)
    add_duty(here.owner, "waterlogging_keeper", QUAY, place=point)
    found = affected(area=[HARBOUR], kinds=["waterlogging_point"], at=NOON)
    assert people(who_answers(duty="waterlogging_keeper", where=found, at=NOON)) == [here.owner.pk]
    assert duties_inside(kinds=["street_safety_officer"], regions=[HARBOUR], at=NOON).count() == 2


def test_a_duty_counts_at_its_region_and_below_and_for_who_stands_in() -> None:
    here = district()
    assert has_duty(person_id=here.owner.pk, kinds=["street_safety_officer"], region=QUAY, at=NOON)
    assert not has_duty(person_id=here.owner.pk, kinds=["street_safety_officer"], region=DISTRICT, at=NOON)
    leave(
        person=here.owner,
        start=NOON,
        end=NOON + timedelta(days=1),
        deputy=here.outsider,
        by="service:test",
        at=NOON,
    )
    assert has_duty(person_id=here.outsider.pk, kinds=["street_safety_officer"], region=QUAY, at=NOON)


def test_the_scope_of_a_person_is_the_regions_of_the_duties_without_doubles() -> None:
    here = district()
    assert scope_of(here.owner, at=NOON) == ["440399001"]
    assert scope_of(here.outsider, at=NOON) == ["440399004"]
    assert scope_of(here.manager, at=NOON) == []


def test_the_deputies_of_a_person_are_the_other_holders_by_rank() -> None:
    here = district()
    found = deputies_of(
        person_id=here.owner.pk, kinds=["street_safety_officer", "patroller"], where=QUAY, at=NOON
    )
    assert people(found) == [here.colleague.pk]
    assert HILL not in {a.why for a in found}


def test_the_own_firm_is_that_of_an_enterprises_people_and_nobody_elses() -> None:
    here = district()
    assert own_firm(here.manager.pk) == here.firm
    assert own_firm(here.owner.pk) is None, "an office is no firm"
    assert own_firm(None) is None, "a service is nobody"
