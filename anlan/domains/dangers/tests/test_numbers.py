"""The numbers of group 07, each from rows that can be opened."""

from decimal import Decimal

import pytest

from anlan.domains.dangers import actions
from anlan.domains.dangers.actions import looking
from anlan.domains.dangers.models import SecondLook
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period, Reading
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import WorkItem
from tests.people import DISTRICT, HILL, NOON, QUAY
from tests.workshop import DAY, FIVE, Workshop, collector, decided, photo, workshop

pytestmark = pytest.mark.django_db


def read(code: str, *, region: str = DISTRICT, start=NOON, days: int = 20) -> Reading:
    return indicator(
        code=code, cut=Cut(region), period=Period(start, start + days * DAY), as_of=NOON + 400 * DAY
    )


def found(shop: Workshop, category: str = "exit") -> WorkItem:
    return actions.report_danger(
        description="堵塞",
        category=category,
        region=QUAY,
        organisation=shop.here.firm,
        by=shop.here.owner.by,
        at=NOON,
    )


def mended(shop: Workshop, item: WorkItem, day: int, **more: object) -> None:
    at = NOON + day * DAY
    actions.rectify(item=item, by=shop.here.manager.by, at=at, evidence=[photo(item.pk.bytes)], **more)
    actions.accept(item=item, how="visit", by=shop.here.colleague.by, at=at)


@pytest.mark.feature("M448")
def test_rectification_rate_is_of_the_same_dangers() -> None:
    shop = workshop()
    one, _open, no = found(shop), found(shop), found(shop)
    mended(shop, one, 3)
    street = actions.report_danger(
        description="路边", category="other", region=QUAY, by=shop.here.owner.by, at=NOON
    )
    move(item=street, name="withdraw", by=shop.here.owner.by, at=NOON, reason="不属实")
    mended(shop, no, 30, **FIVE)  # after the cut-off
    assert read("dangers.found").value == 3
    rate = read("dangers.rectification_rate")
    assert (rate.value, rate.base) == (Decimal("33.3"), 3)
    assert read("dangers.found", region=HILL).value == 0


def test_major_dangers_found_open_closed_off_and_the_days_they_took() -> None:
    shop = workshop()
    first, second = collector(shop), collector(shop)
    for item in (first, second):
        decided(shop, item)
    mended(shop, first, 10, **FIVE)
    assert [read(f"dangers.{code}").value for code in ("major_found", "major_closed", "major_open", "major_clearing")] == [
        2, Decimal("50.0"), 1, Decimal("10.0"),
    ]  # fmt: skip
    assert list(read("dangers.major_open").rows) == [second.pk]


def test_second_looks_and_repeats() -> None:
    shop = workshop()
    item = found(shop)
    mended(shop, item, 1)
    actions.draw_second_looks(
        region=DISTRICT, start=NOON, end=NOON + 20 * DAY, by="service:test", at=NOON + 21 * DAY
    )
    look = SecondLook.objects.get().item
    looking.look_failed(
        item=look, rectify_by=NOON + 99 * DAY, reason="又堵", by=shop.second.by, at=NOON + 92 * DAY,
        evidence=[photo(b"z")],
    )  # fmt: skip
    assert read("dangers.second_look_failed", start=NOON + 90 * DAY).value == 100
    assert read("dangers.repeated").value == 0
    found(shop)
    assert read("dangers.repeated").value == 1
