"""A major danger is listed, published, extended, pre-checked, accepted with an expert, taken off and closed off."""

from datetime import timedelta

import pytest

from anlan.domains.dangers import actions, public
from anlan.domains.dangers.actions import listing as acts
from anlan.domains.dangers.models import Listing
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop import sweep
from anlan.kernel.loop.models import Evidence, WorkItem
from tests.people import NOON
from tests.workshop import DAY, FIVE, Workshop, collector, decided, photo, workshop

pytestmark = pytest.mark.django_db


def listed(shop: Workshop, item: WorkItem, level: str = "district", **more: object) -> WorkItem:
    by = shop.section.by if level == "district" else shop.here.colleague.by
    return actions.list_danger(
        item=item, level=level, by=by, at=NOON + DAY, rectify_by=NOON + 30 * DAY, **more
    )


def made(name: str, item: WorkItem, by: str, at: object, **more: object) -> WorkItem:
    acts.ACTS[name](item=item, by=by, at=at, **more)
    item.refresh_from_db()
    return item


def test_only_a_major_danger_is_listed_and_once() -> None:
    shop = workshop()
    item = collector(shop)
    with pytest.raises(Refused) as refusal:
        listed(shop, item)
    assert refusal.value.code == "dangers.not_major"
    decided(shop, item)
    listed(shop, item)
    with pytest.raises(Refused) as refusal:
        listed(shop, item)
    assert refusal.value.code == "dangers.listed_already"


def test_a_street_does_not_list_for_the_district() -> None:
    shop = workshop()
    item = collector(shop)
    decided(shop, item)
    with pytest.raises(Refused) as refusal:
        actions.list_danger(item=item, level="district", by=shop.here.colleague.by, at=NOON + DAY)
    assert refusal.value.code == "dangers.not_yours_to_list"


@pytest.mark.feature("M077")
def test_the_whole_way_of_a_district_listing() -> None:
    shop = workshop()
    item = collector(shop)
    decided(shop, item)
    entry = listed(shop, item)
    assert (entry.charge_org, entry.due_at) == (shop.here.firm, NOON + 30 * DAY)

    request = actions.ask_more_time(
        item=item, until=NOON + 60 * DAY, why="设备到货延迟", by=shop.here.manager.by, at=NOON + 20 * DAY
    )
    assert request.charge_duty == "safety_section"
    actions.grant_more_time(item=request, by=shop.section.by, at=NOON + 21 * DAY)
    entry.refresh_from_db()
    item.refresh_from_db()
    assert entry.due_at == item.due_at == NOON + 60 * DAY

    with pytest.raises(Refused) as refusal:  # the five in place, for a major one
        acts.apply(
            item=entry, by=shop.here.manager.by, at=NOON + 40 * DAY, evidence=[photo(b"new collector")]
        )
    assert refusal.value.code == "dangers.five_missing"
    made("apply", entry, shop.here.manager.by, NOON + 40 * DAY, evidence=[photo(b"new collector")], **FIVE)
    item.refresh_from_db()
    assert (entry.state, item.state) == ("applied", "recheck")
    assert set(map(tuple, Evidence.objects.filter(kind="photo").values_list("flags", flat=True))) == {()}
    with pytest.raises(Refused):  # not yet pre-checked
        made("accept", entry, shop.section.by, NOON + 41 * DAY, expert="周工", reason="合格")
    with pytest.raises(Refused) as refusal:
        made("accept_street", entry, shop.here.colleague.by, NOON + 41 * DAY, reason="合格")
    assert refusal.value.code == "dangers.other_level"
    made("precheck", entry, shop.here.colleague.by, NOON + 41 * DAY, reason="隔爆阀已装")
    with pytest.raises(Refused) as refusal:  # an expert is named
        made("accept", entry, shop.section.by, NOON + 43 * DAY, reason="合格")
    assert refusal.value.field == "expert"
    made("accept", entry, shop.section.by, NOON + 43 * DAY, expert="周工", reason="控爆措施符合要求")
    with pytest.raises(Refused) as refusal:
        actions.accept(item=item, how="visit", by=shop.here.colleague.by, at=NOON + 43 * DAY)
    assert refusal.value.code == "dangers.listed"
    with pytest.raises(Refused):
        made("delist_street", entry, shop.here.colleague.by, NOON + 43 * DAY)
    made("delist", entry, shop.section.by, NOON + 44 * DAY)
    assert (entry.state, Listing.objects.get().expert) == ("delisted", "周工")
    actions.accept(item=item, how="visit", by=shop.here.colleague.by, at=NOON + 44 * DAY)
    assert item.state == "closed_off"


def test_what_is_not_accepted_goes_back_to_the_firm_on_both() -> None:
    shop = workshop()
    item = collector(shop)
    decided(shop, item)
    entry = listed(shop, item)
    made("apply", entry, shop.here.manager.by, NOON + 2 * DAY, evidence=[photo(b"a")], **FIVE)
    made("turn_down", entry, shop.here.colleague.by, NOON + 3 * DAY, reason="隔爆阀未接线")
    item.refresh_from_db()
    assert (entry.state, entry.charge_org, entry.charge_duty) == ("listed", shop.here.firm, "")
    assert (item.state, item.charge_org) == ("rectifying", shop.here.firm)


def test_a_street_takes_its_own_listing_off_itself() -> None:
    shop = workshop()
    item = collector(shop)
    decided(shop, item)
    entry = listed(shop, item, "street")
    made("apply", entry, shop.here.manager.by, NOON + 2 * DAY, evidence=[photo(b"a")], **FIVE)
    made("accept_street", entry, shop.here.colleague.by, NOON + 3 * DAY, reason="合格")
    assert made("delist_street", entry, shop.here.colleague.by, NOON + 3 * DAY).state == "delisted"


@pytest.mark.feature("M071")
def test_the_public_sees_approved_words_of_listed_ones_until_they_are_taken_off() -> None:
    shop = workshop()
    item = collector(shop)
    decided(shop, item)
    entry = listed(shop, item)
    assert public.listed_dangers(shop.site.pk) == []
    with pytest.raises(Refused):  # who listed it does not approve its notice
        acts.publish(item=entry, public_text="除尘系统未采取控爆措施", by=shop.section.by, at=NOON + DAY)
    acts.publish(item=entry, public_text="除尘系统未采取控爆措施", by=shop.chief.by, at=NOON + DAY)
    assert [row["text"] for row in public.listed_dangers(shop.site.pk)] == ["除尘系统未采取控爆措施"]
    made("apply", entry, shop.here.manager.by, NOON + 2 * DAY, evidence=[photo(b"a")], **FIVE)
    made("precheck", entry, shop.here.colleague.by, NOON + 3 * DAY, reason="好")
    made("accept", entry, shop.section.by, NOON + 4 * DAY, expert="周工", reason="好")
    made("delist", entry, shop.section.by, NOON + 5 * DAY)
    assert public.listed_dangers(shop.site.pk) == []


def test_a_precheck_that_waits_goes_to_the_section() -> None:
    shop = workshop()
    item = collector(shop)
    decided(shop, item)
    entry = listed(shop, item)
    made("apply", entry, shop.here.manager.by, NOON + 2 * DAY, evidence=[photo(b"a")], **FIVE)
    assert entry.due_at == NOON + 7 * DAY
    while sweep.sweep(exercise_id=None, at=NOON + 7 * DAY + timedelta(minutes=1)):
        pass
    entry.refresh_from_db()
    assert entry.escalated_to == "safety_section"


def test_the_risk_point_goes_up_with_the_mark_and_down_with_the_closing_and_says_why() -> None:
    shop = workshop()
    assert shop.point.current_level == 2  # yellow
    item = collector(shop)
    decided(shop, item)
    shop.point.refresh_from_db()
    assert shop.point.current_level == 4  # red
    entry = listed(shop, item)
    made("apply", entry, shop.here.manager.by, NOON + 2 * DAY, evidence=[photo(b"a")], **FIVE)
    made("precheck", entry, shop.here.colleague.by, NOON + 3 * DAY, reason="好")
    made("accept", entry, shop.section.by, NOON + 4 * DAY, expert="周工", reason="好")
    made("delist", entry, shop.section.by, NOON + 5 * DAY)
    actions.accept(item=item, how="visit", by=shop.here.colleague.by, at=NOON + 5 * DAY)
    shop.point.refresh_from_db()
    assert (shop.point.current_level, shop.point.open_dangers) == (2, 0)
    history = list(shop.point.levels.filter(cause="dangers").order_by("at", "pk"))
    assert [row.current_level for row in history][-1] == 2
    assert any(str(item.pk) in str(row.raised) for row in history)
