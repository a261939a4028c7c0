"""Whose hand may do what: a firm's own findings, who enters for a firm, the second officer, clocks from the mark."""

from datetime import timedelta

import pytest

from anlan.domains.dangers import actions
from anlan.domains.dangers.models import Candidate, Danger
from anlan.domains.dangers.rules import OWN_RECHECK
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move as from_loop
from anlan.kernel.loop.models import Step, WorkItem
from tests.people import DISTRICT, NOON, QUAY, add_duty, add_person
from tests.workshop import DAY, FIVE, Workshop, collector, decided, photo, workshop

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def own(shop: Workshop, **more: object) -> WorkItem:
    given = {
        "description": "消火栓被挡",
        "category": "fire_equipment",
        "by": shop.here.manager.by,
        "at": NOON,
    }
    return actions.report_danger(**(given | more))


@pytest.mark.feature("M077")
class TestWhatAFirmFindsItself:
    def test_lies_with_it_from_the_start_and_is_its_self_check(self) -> None:
        shop = workshop()
        item = own(shop, source="enforcement")
        danger = Danger.objects.get(pk=item.pk)
        assert (danger.source, danger.organisation, danger.entered_for) == ("self_check", shop.here.firm, "")
        assert (item.state, item.charge_org, item.due_at) == ("rectifying", shop.here.firm, NOON + 7 * DAY)
        actions.rectify(item=item, by=shop.here.manager.by, at=NOON + DAY, evidence=[photo(b"clear")])
        with pytest.raises(Refused):
            actions.accept(item=item, how="photo", by=shop.here.manager.by, at=NOON + DAY)
        actions.accept(item=item, how="photo", by=shop.here.owner.by, at=NOON + DAY)
        assert item.state == "closed_off"

    def test_and_puts_right_at_once_waits_for_the_patroller_and_is_not_closed_off_by_itself(self) -> None:
        shop = workshop()
        item = own(shop, fixed=True, evidence=[photo(b"before"), photo(b"after")])
        assert (item.state, item.charge_duty) == ("recheck", "patroller")
        with pytest.raises(Refused):
            actions.accept(item=item, how="photo", by=shop.here.manager.by, at=NOON + HOUR)
        actions.accept(item=item, how="photo", by=shop.here.owner.by, at=NOON + HOUR)
        assert WorkItem.objects.get(pk=item.pk).state == "closed_off"

    def test_is_not_closed_off_by_the_act_of_those_who_check(self) -> None:
        shop = workshop()
        item = actions.report_danger(
            description="堵", category="exit", region=QUAY, by=shop.here.colleague.by, at=NOON
        )
        for act, by in ((actions.fix_on_spot, shop.here.manager), (actions.fix_own, shop.here.colleague)):
            with pytest.raises(Refused):
                act(item=item, by=by.by, at=NOON, evidence=[photo(b"1"), photo(b"2")])
        with pytest.raises(Refused) as refused:
            actions.take_on(item=item, rectify_by=NOON + DAY, by=shop.here.colleague.by, at=NOON)
        assert refused.value.code == "dangers.not_the_firms"

    def test_is_reported_for_itself_alone(self) -> None:
        shop = workshop()
        other = add_person("Gao", shop.here.bureau.__class__.objects.create(
            name="邻厂", kind="enterprise", region_id=QUAY))  # fmt: skip
        for given, field in (
            ({"organisation": shop.here.firm}, "organisation"),
            ({"site": shop.site.pk}, "site"),
        ):
            with pytest.raises(Refused) as refused:
                own(shop, by=other.by, **given)
            assert (refused.value.code, refused.value.field) == ("dangers.other_firm", field)
        assert not Danger.objects.exists()


def test_a_kind_that_no_list_knows_is_refused_by_name() -> None:
    shop = workshop()
    with pytest.raises(Refused) as refused:
        own(shop, category="ghosts")
    assert (refused.value.field, refused.value.facts["given"]) == ("category", "ghosts")
    with pytest.raises(Refused) as refused:
        actions.start_campaign(
            name="x", region=DISTRICT, starts_on=NOON.date(), ends_on=NOON.date(), categories="dust，dusty",
            by=shop.section.by, at=NOON,
        )  # fmt: skip
    assert (refused.value.field, refused.value.facts["given"]) == ("categories", "dusty")


def test_goods_and_acts_that_no_list_knows_are_refused_and_not_taken_for_others() -> None:
    shop = workshop()
    given = {"place": "后街", "quantity": 3, "region": QUAY, "by": shop.here.owner.by, "at": NOON}
    for wrong in ({"goods": "ghosts", "what": "store"}, {"goods": "fuel", "what": "fly"}):
        with pytest.raises(Refused) as refused:
            actions.find_unlawful(**given, **wrong)
        assert refused.value.facts["given"] in ("ghosts", "fly")


def test_a_patroller_of_another_street_hands_on_what_they_see_and_sets_no_date() -> None:
    shop = workshop()
    add_duty(shop.here.outsider, "patroller", "440399004001")
    item = actions.report_danger(
        description="堵",
        category="exit",
        region=QUAY,
        organisation=shop.here.firm,
        by=shop.here.outsider.by,
        at=NOON,
    )
    assert (item.state, item.charge_duty, item.due_at) == ("found", "street_safety_officer", NOON + DAY)


class TestEnteredForTheFirm:
    def test_is_marked_on_what_a_patroller_reports_or_rectifies_in_its_name(self) -> None:
        shop = workshop()
        item = own(shop, by=shop.here.owner.by, organisation=shop.here.firm, source="self_check")
        told = f"enterprise:{shop.here.firm.pk}"
        assert Danger.objects.get(pk=item.pk).entered_for == told
        actions.rectify(item=item, by=shop.here.owner.by, at=NOON + DAY, evidence=[photo(b"a")])
        assert Step.objects.get(item=item, move="rectify").needs["entered_for"] == told

    def test_is_no_mark_on_the_firms_own_hand_or_a_patrol(self) -> None:
        shop = workshop()
        item = own(shop, by=shop.here.owner.by, organisation=shop.here.firm)
        actions.rectify(item=item, by=shop.here.manager.by, at=NOON + DAY, evidence=[photo(b"a")])
        assert Danger.objects.get(pk=item.pk).entered_for == ""
        assert "entered_for" not in Step.objects.get(item=item, move="rectify").needs

    def test_of_a_major_one_is_rechecked_by_a_third(self) -> None:
        shop = workshop()
        item = collector(shop)
        decided(shop, item)
        mender = add_person("Mao", shop.here.street)
        add_duty(mender, "patroller", QUAY)
        actions.rectify(item=item, by=mender.by, at=NOON + DAY, evidence=[photo(b"a")], **FIVE)
        with pytest.raises(Refused) as refused:
            actions.accept(item=item, how="visit", by=mender.by, at=NOON + DAY)
        assert refused.value.code == OWN_RECHECK
        actions.accept(item=item, how="visit", by=shop.here.colleague.by, at=NOON + DAY)


class TestTwoOfficers:
    @pytest.mark.parametrize("who", ["outsider", "manager", "owner"])
    def test_are_two_certified_ones_of_the_place(self, who: str) -> None:
        shop = workshop()
        question = Candidate.objects.get(danger_id=collector(shop).pk).item
        given = {"item": question, "by": shop.here.colleague.by, "at": NOON, "reason": "x"}
        second = getattr(shop.here, who)
        for name in (str(second.pk), second.by, "somebody", ""):
            with pytest.raises(Refused) as refused:
                actions.decide_ordinary(second_officer=name, **given)
            assert refused.value.field == "second_officer"
        actions.decide_major(second_officer=shop.second.by, clause="gm-12-3", **given)
        assert Candidate.objects.get().second_officer == shop.second.by

    def test_decide_within_a_day_of_the_mark_however_late_the_answer_came(self) -> None:
        shop = workshop()
        question = Candidate.objects.get(danger_id=collector(shop).pk).item
        assert question.due_at == NOON + 2 * HOUR
        from_loop(item=question, name="answer", by=shop.here.colleague.by, at=NOON + 5 * HOUR)
        question.refresh_from_db()
        assert question.due_at == NOON + 24 * HOUR


def test_more_time_for_what_the_city_listed_is_asked_of_the_district() -> None:
    shop = workshop()
    item = collector(shop)
    decided(shop, item)
    actions.list_danger(item=item, level="city", by=shop.section.by, at=NOON + DAY, document="市〔2026〕1号")
    asked = actions.ask_more_time(
        item=item, until=NOON + 60 * DAY, why="到货", by=shop.here.manager.by, at=NOON + 2 * DAY
    )
    assert asked.charge_duty == "safety_section"
