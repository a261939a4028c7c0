"""What stands against units is asked of every domain that declared it, and of no other."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from anlan.kernel.domain.looking_back import LookBack, Trace, look_back

ONE, OTHER, ITEM = UUID(int=1), UUID(int=2), UUID(int=9)
START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=10)


def _asked(*traces: Trace) -> list[tuple[str, Trace]]:
    look = LookBack("lamps.fallen", "Fallen lamps", lambda **asked: traces)
    found = look_back([look], organisations=[ONE], start=START, end=END, as_of=END)
    return [(by.code, trace) for by, trace in found]


def test_traces_come_by_time_with_the_look_back_that_found_them() -> None:
    late, early = Trace(ONE, ITEM, START + timedelta(days=3), "b"), Trace(ONE, ITEM, START, "a", bars=True)
    assert _asked(late, early) == [("lamps.fallen", early), ("lamps.fallen", late)]


def test_a_trace_of_another_unit_or_another_time_is_left_out() -> None:
    assert _asked(Trace(OTHER, ITEM, START, "x"), Trace(ONE, ITEM, END, "x")) == []
