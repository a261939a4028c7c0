"""Looking back upon units: what stands against them in some days. Each domain declares what it knows of that, so that
whoever asks (an assessment, a vetting opinion) imports none of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that stands against a unit. `item` is the work item behind it; `bars`: grave enough for a veto."""

    organisation: UUID
    item: UUID
    happened_at: datetime
    words: str
    bars: bool = False


@dataclass(frozen=True, slots=True)
class LookBack:
    """What a domain knows against units.

    find(*, organisations, start, end, as_of, exercise_id) -> traces that happened in [start, end) and were recorded by
    `as_of`, of those organisations only
    """

    code: str
    label: str
    find: Callable[..., Iterable[Trace]]


def look_back(
    looks: Iterable[LookBack],
    *,
    organisations: Sequence[UUID],
    start: datetime,
    end: datetime,
    as_of: datetime,
    exercise_id: UUID | None = None,
) -> list[tuple[LookBack, Trace]]:
    """Everything that is known against some units, by time; each trace with the look-back that found it."""
    asked = set(organisations)
    found = [
        (look, trace)
        for look in looks
        for trace in look.find(
            organisations=list(organisations), start=start, end=end, as_of=as_of, exercise_id=exercise_id
        )
        if trace.organisation in asked and start <= trace.happened_at < end
    ]
    return sorted(found, key=lambda pair: (pair[1].happened_at, str(pair[1].item)))
