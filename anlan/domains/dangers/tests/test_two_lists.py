"""两个清单: problems are the dangers; measures made so that they do not come back are a register of their own."""

import pytest

from anlan.domains.dangers import actions
from anlan.domains.dangers.models import LastingMeasure
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop import sweep
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from tests.people import DISTRICT, NOON
from tests.workshop import DAY, workshop

pytestmark = [pytest.mark.django_db, pytest.mark.feature("M210", "M262")]


def planned(shop, **more: object):
    given = {
        "text": "粉尘清扫制度",
        "kind": "rule",
        "region": DISTRICT,
        "due_by": NOON + 30 * DAY,
        "by": shop.section.by,
    }
    return actions.plan_measure(**(given | more), at=NOON)


def test_a_measure_has_a_lead_unit_a_date_and_words_of_what_was_made() -> None:
    shop = workshop()
    item = planned(shop, lead=shop.here.street, answers="粉尘积尘反复出现")
    assert (item.charge_org, item.due_at) == (shop.here.street, NOON + 30 * DAY)
    with pytest.raises(Refused):
        move(item=item, name="make", by=shop.here.owner.by, at=NOON + DAY)
    move(
        item=item,
        name="make",
        by=shop.here.owner.by,
        at=NOON + DAY,
        evidence=[Given("text", text="安应急〔2026〕3号")],
    )
    assert item.state == "made"


def test_a_measure_that_is_late_climbs_to_the_section() -> None:
    shop = workshop()
    item = planned(shop)
    while sweep.sweep(exercise_id=None, at=NOON + 31 * DAY):
        pass
    item.refresh_from_db()
    assert item.escalated_to == "safety_section"
    assert LastingMeasure.objects.get().due_by == NOON + 30 * DAY
