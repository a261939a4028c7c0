"""Rotation: proposed when the time on a ground is over, decided by another person, passed on in one act."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.patrols import rules
from anlan.domains.patrols.actions import rotation, scores
from anlan.domains.patrols.models import Rotation, Score
from anlan.domains.patrols.tests.ground import DAY, workshop
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Duty, Person
from tests.people import DISTRICT, HARBOUR, NOON, QUAY, District, add_duty, add_person, district


def old_hand(here: District) -> Person:
    """Ou has walked the quay for twenty-six months, Wen the whole harbour street for thirteen."""
    ou, wen = add_person("Ou", here.street), add_person("Wen", here.street)
    Duty.objects.create(person=ou, kind_id="patroller", region_id=QUAY, valid_from=NOON - 800 * DAY)
    add_duty(wen, "patroller", HARBOUR)
    return ou


def proposal(here: District) -> tuple[Person, WorkItem]:
    ou = old_hand(here)
    assert rotation.propose_rotations(region=DISTRICT, at=NOON) == 1
    return ou, Rotation.objects.select_related("item").get().item


@pytest.mark.django_db
@pytest.mark.feature("M026")
class TestARotation:
    def test_is_proposed_once_for_whoever_was_long_enough_on_a_ground(self) -> None:
        ou, item = proposal(district())
        row = Rotation.objects.get()
        assert (row.person, row.months, item.region_id, item.charge_duty) == (
            ou,
            26,
            QUAY,
            "street_safety_officer",
        )
        assert rotation.propose_rotations(region=DISTRICT, at=NOON + DAY) == 0

    def test_passes_the_ground_and_its_open_items_in_one_act_and_what_is_personal_stays(self) -> None:
        here = district()
        workshop(here)
        ou, item = proposal(here)
        scores.propose_scores(region=DISTRICT, at=NOON)
        left = WorkItem.objects.create(
            loop="dangers.danger", state="recheck", title="通道堆物", region_id=QUAY, charge_person=ou, opened_at=NOON,
            opened_by=ou.by, state_since=NOON,
        )  # fmt: skip
        with pytest.raises(Refused) as refused:
            rotation.rotate(item=item, to=here.outsider.by, reason="满两年", by=here.colleague.by, at=NOON)
        assert refused.value.field == "to"
        with pytest.raises(Refused):  # whoever is moved does not decide it
            add_duty(ou, "street_safety_officer", HARBOUR)
            rotation.rotate(item=item, to=here.owner.by, reason="满两年", by=ou.by, at=NOON)
        wen = Person.objects.get(name="Wen")
        rotation.rotate(
            item=item, to=wen.by, swap=True, overlap_days=3, reason="满两年", by=here.colleague.by, at=NOON
        )
        row = Rotation.objects.get()
        left.refresh_from_db()
        assert (row.to, row.items, left.charge_person, row.item.state) == (wen, 1, wen, "rotated")
        assert row.duty.valid_to == NOON + 3 * DAY
        held = {(d.person.name, d.region_id) for d in Duty.objects.filter(kind_id="patroller", valid_to=None)}
        assert held == {("Alma", QUAY), ("Wen", QUAY), ("Ou", HARBOUR)}
        assert Score.objects.get(person=ou).item.charge_person == ou

    def test_a_swap_needs_a_ground_in_return(self) -> None:
        here = district()
        _ou, item = proposal(here)
        with pytest.raises(Refused) as refused:
            rotation.rotate(item=item, to=here.owner.by, swap=True, reason="x", by=here.colleague.by, at=NOON)
        assert refused.value.field == "swap"
        assert Rotation.objects.get().item.state == "proposed"

    def test_is_proposed_again_when_the_time_for_which_somebody_was_kept_is_over(self) -> None:
        here = district()
        _ou, item = proposal(here)
        for months in (0, 13, "ein"):
            with pytest.raises(Refused) as refused:
                rotation.keep(item=item, months=months, reason="夜校项目", by=here.colleague.by, at=NOON)
            assert refused.value.field == "months"
        rotation.keep(item=item, months=6, reason="夜校项目", by=here.colleague.by, at=NOON)
        assert rotation.propose_rotations(region=DISTRICT, at=NOON + 100 * DAY) == 0
        assert rotation.propose_rotations(region=DISTRICT, at=NOON + 190 * DAY) == 1

    def test_ends_by_itself_when_the_post_was_passed_on_elsewhere(self) -> None:
        here = district()
        _ou, item = proposal(here)
        Duty.objects.filter(pk=Rotation.objects.get().duty_id).update(valid_to=NOON + DAY)
        assert rotation.propose_rotations(region=DISTRICT, at=NOON + 2 * DAY) == 1
        item.refresh_from_db()
        assert item.state == "overtaken"


@given(
    st.datetimes(NOON.replace(tzinfo=None) - timedelta(days=900), NOON.replace(tzinfo=None)),
    st.integers(1, 36),
)
def test_months_on_is_the_same_day_or_the_months_last(day: object, months: int) -> None:
    at = day.replace(tzinfo=NOON.tzinfo)  # type: ignore[attr-defined]
    then = rules.months_on(at, months)
    local = at.astimezone(then.tzinfo)
    assert (then.year * 12 + then.month) - (local.year * 12 + local.month) == months
    assert then.day == local.day or (then.day < local.day and (then + timedelta(days=1)).day == 1)
