"""重大事故隐患: seed 004 found 69 and mended 61; what is past its date is no longer cleared as it comes up."""

from decimal import Decimal

import pytest

from anlan.domains.dangers.models import Candidate, Danger, Term
from anlan.kernel.core.ids import new_id
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period, Reading
from anlan.kernel.loop.actions import Opening, open_items
from anlan.kernel.loop.models import Step, WorkItem
from tests.people import DISTRICT, HILL, NOON, QUAY, district
from tests.workshop import DAY

pytestmark = pytest.mark.django_db


def majors(many: int) -> list[WorkItem]:
    """So many dangers decided to be major, each with a day to be put right by: NOON + 10 days, the rows in bulk."""
    by = "service:test"
    rows = [
        Danger(source="enforcement", description="除尘未控爆", category="dust", grade="major", found_by=by)
        for _n in range(many)
    ]
    items = open_items(
        loop="dangers.danger", openings=[Opening(row, "除尘", QUAY) for row in rows], by=by, at=NOON
    )
    asked = open_items(
        loop="dangers.candidate",
        openings=[Opening(Candidate(danger=row), "除尘", QUAY) for row in rows],
        by=by,
        at=NOON,
    )
    Term.objects.filter(item__in=items).delete()
    Term.objects.bulk_create(Term(item=item, due_at=NOON + 10 * DAY, set_at=NOON, by=by) for item in items)
    steps("decide_major", asked, NOON)
    return items


def steps(move: str, items: list[WorkItem], at) -> None:
    Step.objects.bulk_create(
        Step(item=item, act=new_id(), move=move, target="x", by="service:test", at=at, happened_at=at)
        for item in items
    )


def read(code: str, *, days: int = 20, region: str = DISTRICT) -> Reading:
    period = Period(NOON, NOON + days * DAY)
    return indicator(code=f"dangers.{code}", cut=Cut(region), period=period, as_of=NOON + 400 * DAY)


@pytest.mark.feature("M348", "M492")
def test_of_69_found_61_were_mended_and_eight_are_past_their_date() -> None:
    district()
    items = majors(69)
    steps("accept", items[:61], NOON + 5 * DAY)
    rate = read("major_closed")
    assert (read("major_found").value, rate.value, rate.base) == (69, Decimal("88.4"), 69)
    assert set(rate.rows) == {item.pk for item in items}
    late = read("major_late")
    assert (late.value, set(late.rows)) == (8, {item.pk for item in items[61:]})
    assert (read("major_late", days=9).value, read("major_open", days=9).value) == (
        0,
        8,
    )  # open and within their date
    assert read("major_late", region=HILL).value == 0
    steps("accept", items[61:], NOON + 15 * DAY)
    assert [read("major_late", days=days).value for days in (12, 20)] == [8, 0]
    assert read("major_open").value == 0
