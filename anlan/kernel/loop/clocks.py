"""When an item is due and when the sweep must look at it next."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from anlan.kernel.core import rulesets
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.registry import Rung
from anlan.kernel.loop.spec import At, Deadline, Loop, Within


def span(within: Any, *, item: WorkItem, record: Any, at: datetime) -> timedelta | None:
    """A declared span as a length of time: itself, a rule's minutes, or what a function of the record says."""
    if isinstance(within, Within):
        return timedelta(minutes=float(rulesets.value_of(within.rule, region=item.region_id, at=at)))
    if isinstance(within, timedelta):
        return within
    answer: timedelta | None = within(record, at)
    return answer


def start_clock(item: WorkItem, loop: Loop, record: Callable[[], Any], *, at: datetime) -> None:
    """Set the item's `due_at`, `next_at` and `next_step` for its present state, whose clock starts at `at`."""
    deadline = loop.deadline_of(item.state)
    item.due_at = item.next_at = None
    item.next_step = 0
    if item.state in loop.closed or deadline is None:
        return
    needs_record = not isinstance(deadline.within, Within | timedelta)
    length = span(deadline.within, item=item, record=record() if needs_record else None, at=at)
    if length is not None:
        item.due_at = at + length
        point_to_next(item, deadline)


def point_to_next(item: WorkItem, deadline: Deadline) -> None:
    """Put `next_at` on the rung `next_step`, or clear it where the ladder has ended."""
    rungs = ladder(item, deadline)
    item.next_at = rungs[item.next_step].at if item.next_step < len(rungs) else None


def ladder(item: WorkItem, deadline: Deadline) -> list[Rung]:
    """Every rung of a deadline in the order of time: reminders, escalations, and the lapse last of all."""
    due = item.due_at
    if due is None:
        return []
    rungs = [Rung(item, "remind", due, due - before) for before in sorted(deadline.remind, reverse=True)]
    rungs += [Rung(item, "escalate", due, due + _after(to, item), to) for to in deadline.escalate]
    if deadline.lapse:
        rungs.append(Rung(item, "lapse", due, due + deadline.lapse_after))
    return sorted(rungs, key=lambda rung: rung.at)


def _after(to: At, item: WorkItem) -> timedelta:
    after = span(to.after, item=item, record=None, at=item.state_since)
    return after or timedelta(0)


def lateness(item: WorkItem, *, at: datetime) -> timedelta | None:
    """How late an open item is at a time, or None: derived, never stored."""
    if item.closed_at is not None or item.due_at is None or item.due_at >= at:
        return None
    return at - item.due_at
