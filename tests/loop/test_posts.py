from datetime import timedelta

import pytest

from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop import posts
from anlan.kernel.loop.actions import open_item
from anlan.kernel.loop.handing import delegate
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.orgs.queries import has_duty
from tests.lamps.models import Lamp
from tests.people import HARBOUR, HILL, NOON, QUAY, District, district

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def charged_to(person: Person, region: str) -> WorkItem:
    return open_item(
        loop="lamps.lamp", record=Lamp(pole="7"), title="Lamp 7", region=region, charge_person=person,
        by=person.by, at=NOON,
    )  # fmt: skip


def handed(here: District, *, overlap: timedelta = DAY, to: Person | None = None) -> posts.Passed:
    duty = Duty.objects.get(person=here.owner, kind="street_safety_officer")
    return posts.hand_over_post(
        duty=duty, to=to or here.colleague, overlap=overlap, why="轮岗", by="service:test", at=NOON
    )


def test_a_post_passes_with_its_open_items_in_one_act() -> None:
    here = district()
    mine, elsewhere = charged_to(here.owner, QUAY), charged_to(here.owner, HILL)
    passed = handed(here)
    mine.refresh_from_db()
    elsewhere.refresh_from_db()
    assert passed.items == (mine.pk,)
    assert (mine.charge_person, elsewhere.charge_person) == (here.colleague, here.owner)
    assert Message.objects.filter(person=here.colleague).exists()
    assert Entry.objects.filter(code="loop.delegated").count() == 1


def test_both_hold_it_for_the_overlap_and_the_old_name_stays_on_what_was_done() -> None:
    here = district()
    item = charged_to(here.owner, QUAY)
    handed(here)
    kinds = ["street_safety_officer"]
    assert has_duty(person_id=here.owner.pk, kinds=kinds, region=HARBOUR, at=NOON + DAY / 2)
    assert not has_duty(person_id=here.owner.pk, kinds=kinds, region=HARBOUR, at=NOON + DAY)
    assert has_duty(person_id=here.colleague.pk, kinds=kinds, region=HARBOUR, at=NOON + DAY)
    assert Step.objects.get(item=item, move="open").by == here.owner.by


def test_whoever_held_it_as_deputy_keeps_that_duty_and_takes_the_items() -> None:
    here = district()
    passed = handed(here)
    assert passed.duty.rank == 1
    assert Duty.objects.filter(person=here.colleague, kind="street_safety_officer").count() == 1


def test_a_post_is_not_handed_to_its_holder_nor_twice_nor_for_a_year() -> None:
    here = district()
    with pytest.raises(Refused) as refused:
        handed(here, to=here.owner)
    assert refused.value.code == posts.SAME
    with pytest.raises(Refused) as refused:
        handed(here, overlap=365 * DAY)
    assert refused.value.code == posts.TOO_LONG
    handed(here)
    with pytest.raises(Refused) as refused:
        posts.hand_over_post(
            duty=Duty.objects.get(person=here.owner, kind="street_safety_officer"), to=here.outsider, overlap=DAY,
            why="", by="service:test", at=NOON,
        )  # fmt: skip
    assert refused.value.code == posts.NOT_HELD


def test_what_was_passed_can_be_passed_on_again() -> None:
    here = district()
    item = charged_to(here.owner, QUAY)
    handed(here)
    delegate(item=item, to=here.owner, why="还你", by=here.colleague.by, at=NOON)
    item.refresh_from_db()
    assert item.charge_person == here.owner
