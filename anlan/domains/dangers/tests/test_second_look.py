"""A random second look: drawn so that anybody can repeat it, made by another person, reopening what fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.dangers import actions, rules
from anlan.domains.dangers.actions import looking
from anlan.domains.dangers.models import Draw, SecondLook
from anlan.domains.dangers.queries import repeat_offenders
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.models import WorkItem
from tests.people import DISTRICT, NOON, QUAY, District
from tests.workshop import DAY, photo, workshop


def closed(here: District, number: int) -> WorkItem:
    item = actions.report_danger(
        description=f"隐患{number}",
        category="exit",
        region=QUAY,
        organisation=here.firm,
        by=here.owner.by,
        at=NOON,
    )
    actions.rectify(item=item, by=here.manager.by, at=NOON + DAY, evidence=[photo(b"%d" % number)])
    actions.accept(item=item, how="photo", by=here.owner.by, at=NOON + DAY)
    return item


def draw(seed: str = "七月") -> Draw:
    return actions.draw_second_looks(
        region=DISTRICT, start=NOON, end=NOON + 30 * DAY, seed=seed, by="service:test", at=NOON + 31 * DAY
    )


@given(
    keys=st.lists(st.uuids().map(str), unique=True, max_size=60),
    seed=st.text(max_size=8),
    share=st.floats(0, 1),
)
def test_a_draw_is_the_same_whoever_repeats_it_in_whatever_order(
    keys: list[str], seed: str, share: float
) -> None:
    first = rules.drawn(keys, seed=seed, share=share)
    assert first == rules.drawn(list(reversed(keys)), seed=seed, share=share)
    assert set(first) <= set(keys)
    assert len(first) >= share * len(keys)


@pytest.mark.django_db
class TestASecondLook:
    def test_of_last_month_is_drawn_by_itself_once_from_the_fifth_day_on(self) -> None:
        shop = workshop()
        for number in range(3):
            closed(shop.here, number)
        august = NOON + 31 * DAY  # NOON is the third of July
        assert actions.draw_last_month(region=DISTRICT, at=august) == 0  # the third: too early
        assert actions.draw_last_month(region=DISTRICT, at=august + 2 * DAY) == 1
        assert actions.draw_last_month(region=DISTRICT, at=august + 3 * DAY) == 0
        assert Draw.objects.get().by == "service:dangers"

    def test_is_drawn_from_closures_by_a_seed_that_the_ledger_keeps(self) -> None:
        shop = workshop()
        items = [closed(shop.here, number) for number in range(5)]
        made = draw()
        looks = SecondLook.objects.select_related("item")
        assert len(looks) == 1  # 5 % of five, rounded up
        assert looks[0].danger_id in {item.pk for item in items}
        assert actions.drawn_by(made) == [str(looks[0].danger_id)]
        entry = Entry.objects.get(code="dangers.drawn")
        assert (entry.facts["seed"], entry.facts["candidates"]) == ("七月", 5)
        assert looks[0].look_from == NOON + 91 * DAY
        with pytest.raises(Refused) as refusal:
            draw("another")
        assert refusal.value.code == "dangers.drawn_already"

    def test_is_made_by_somebody_who_had_no_hand_in_it_and_not_before_its_day(self) -> None:
        shop = workshop()
        closed(shop.here, 1)
        draw()
        look = SecondLook.objects.get()
        seen = [photo(b"look")]
        with pytest.raises(Refused) as refusal:
            looking.look_passed(item=look.item, by=shop.here.owner.by, at=NOON + 92 * DAY, evidence=seen)
        assert refusal.value.code == "dangers.own_look"
        with pytest.raises(Refused) as refusal:
            looking.look_passed(item=look.item, by=shop.here.colleague.by, at=NOON + 60 * DAY, evidence=seen)
        assert refusal.value.code == "dangers.too_soon"
        looking.look_passed(item=look.item, by=shop.here.colleague.by, at=NOON + 92 * DAY, evidence=seen)
        assert look.item.state == "passed"

    @pytest.mark.feature("M213")
    def test_that_finds_it_again_reopens_the_danger_for_the_firm(self) -> None:
        shop = workshop()
        item = closed(shop.here, 1)
        draw()
        look = SecondLook.objects.get()
        looking.look_failed(
            item=look.item, rectify_by=NOON + 99 * DAY, reason="阀门又关上了", by=shop.here.colleague.by,
            at=NOON + 92 * DAY, evidence=[photo(b"shut")],
        )  # fmt: skip
        item.refresh_from_db()
        assert (look.item.state, item.state, item.charge_org) == ("failed", "rectifying", shop.here.firm)


@pytest.mark.django_db
@pytest.mark.feature("M269")
def test_the_same_item_again_within_the_span_is_listed_by_itself() -> None:
    shop = workshop()
    closed(shop.here, 1)
    assert repeat_offenders(region=DISTRICT, at=NOON + 2 * DAY) == []
    again = {
        "description": "又堵了",
        "region": QUAY,
        "organisation": shop.here.firm,
        "by": shop.here.owner.by,
    }
    actions.report_danger(category="exit", at=NOON + 100 * DAY, **again)
    found = repeat_offenders(region=DISTRICT, at=NOON + 100 * DAY)
    assert [(row["name"], row["matter"], row["times"]) for row in found] == [("海风家具厂", "exit", 2)]
    assert repeat_offenders(region=DISTRICT, at=NOON + 250 * DAY) == []
