"""The day and the minute of a moment are the wall clock's: sixteen o'clock UTC is midnight in Shanghai."""

from datetime import UTC, date, datetime, timedelta

import pytest

from anlan.kernel.core import workdays

MIDNIGHT = datetime(2026, 12, 31, 16, tzinfo=UTC)  # the new year begins in Shanghai


@pytest.mark.parametrize(
    ("at", "day", "minute"),
    [
        (MIDNIGHT - timedelta(minutes=1), date(2026, 12, 31), "2026-12-31 23:59"),
        (MIDNIGHT, date(2027, 1, 1), "2027-01-01 00:00"),
        (MIDNIGHT + timedelta(hours=8), date(2027, 1, 1), "2027-01-01 08:00"),
    ],
)
@pytest.mark.parametrize("zone", [UTC, workdays.LOCAL])
def test_a_moment_is_told_by_the_wall_clock_wherever_it_comes_from(at, day, minute, zone) -> None:
    assert (workdays.local_day(at.astimezone(zone)), workdays.local_minute(at.astimezone(zone))) == (
        day,
        minute,
    )
