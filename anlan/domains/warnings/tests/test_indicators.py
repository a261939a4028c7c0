"""The three numbers count answers that were written once, cut by period, region and date of knowledge."""

from datetime import timedelta
from decimal import Decimal

import pytest

from anlan.domains.warnings.actions import answering, closing
from anlan.domains.warnings.models import CallOutItem
from anlan.domains.warnings.tests.people import HARBOUR, HILL, NOON, Watch, call, watch
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period, Reading
from anlan.kernel.messaging.actions import answer
from anlan.kernel.messaging.models import Message

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
DAY = Period(NOON - timedelta(hours=1), NOON + timedelta(hours=23))


@pytest.fixture
def w() -> Watch:
    made = watch()
    call_out = call(made)
    for person, minute, kind in (
        (made.clerk, 1, "received"),
        (made.deputy_head, 3, "on_post"),
        (made.keeper, 40, "done"),
    ):
        message = Message.objects.get(person=person, subject_id=str(call_out.pk))
        answer(message_id=message.pk, kind=kind, via="sms", at=NOON + minute * MINUTE)
    return made


def read(code: str, *, region: str = HARBOUR, as_of: timedelta = timedelta(hours=2)) -> Reading:
    return indicator(code=f"warnings.{code}", cut=Cut(region), period=DAY, as_of=NOON + as_of)


def test_in_time_counts_persons_within_the_limit_of_the_colour(w: Watch) -> None:
    reading = read("answered_in_time")
    assert (reading.value, reading.base, len(reading.rows)) == (Decimal("40.0"), 5, 5)


def test_on_post_asks_only_those_whose_duty_asks_for_it(w: Watch) -> None:
    reading = read("on_post")
    assert (reading.value, reading.base) == (Decimal("66.7"), 3)


def test_the_median_is_over_those_who_answered(w: Watch) -> None:
    assert (read("median_answer_time").value, read("median_answer_time").base) == (Decimal(180), 3)


def test_what_was_not_yet_recorded_is_not_counted(w: Watch) -> None:
    assert read("answered_in_time", as_of=2 * MINUTE).value == Decimal("20.0")
    assert read("median_answer_time", as_of=2 * MINUTE).value == Decimal(60)


def test_another_region_and_an_empty_base_have_no_value(w: Watch) -> None:
    assert (read("answered_in_time", region=HILL).value, read("answered_in_time", region=HILL).base) == (
        None,
        0,
    )
    assert read("median_answer_time", region=HILL).value is None


def test_called_in_error_is_not_called_and_a_late_entry_counts_by_when_it_happened(w: Watch) -> None:
    item = CallOutItem.objects.get(person=w.principal).item
    closing.cancel_item(item=item, by=w.officer.by, at=NOON + 5 * MINUTE, reason="transferred")
    assert read("answered_in_time").base == 4
    late = CallOutItem.objects.get(person=w.keepers_deputy).item
    answering.record_answer(
        item=late, kind="received", through="loudspeaker", name="Old Li", by=w.officer.by, at=NOON + 60 * MINUTE,
        happened_at=NOON + 20 * MINUTE,
    )  # fmt: skip
    assert read("answered_in_time").value == Decimal("75.0")
    assert read("answered_in_time", as_of=30 * MINUTE).value == Decimal("50.0")
