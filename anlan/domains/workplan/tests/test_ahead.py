"""What of the plan lies ahead: due tasks as a number, and what each of them is to reach."""

from datetime import datetime
from decimal import Decimal

import pytest

from anlan.domains.workplan.public import ahead_of
from anlan.domains.workplan.tests.test_plan import DAY, _keeper, handed
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period, Reading
from anlan.kernel.loop.actions import move
from tests.people import DISTRICT, NOON, district

pytestmark = pytest.mark.django_db


def due(start: datetime, end: datetime, as_of: datetime) -> Reading:
    return indicator(code="workplan.due", cut=Cut(DISTRICT), period=Period(start, end), as_of=as_of)


def test_what_is_due_in_a_span_to_come_is_counted_with_who_leads_it_and_its_target() -> None:
    here = district()
    task = handed(here, target=1680, unit="家", due_at=NOON + 40 * DAY)
    dropped = handed(here, measure="另一项", due_at=NOON + 41 * DAY)
    move(item=dropped, name="drop", by=_keeper().by, at=NOON + DAY, reason="并入前项")
    coming = due(NOON + 30 * DAY, NOON + 60 * DAY, NOON + 2 * DAY)
    assert (coming.value, list(coming.rows)) == (1, [task.pk])
    assert due(NOON + 30 * DAY, NOON + 60 * DAY, NOON).value == 2  # as it was known before one was dropped
    assert due(NOON + 60 * DAY, NOON + 90 * DAY, NOON + 2 * DAY).base == 0
    (one,) = ahead_of(map(str, coming.rows))
    assert (one.unit, one.target, one.measure) == (here.street.pk, Decimal(1680), "家")
    assert one.due_on == (NOON + 40 * DAY).date()
