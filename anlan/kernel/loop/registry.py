"""The loops of the platform, each with the model of its record; filled from the domains' declarations, then closed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.loop.spec import At, Loop

UNKNOWN = reason("loop.unknown", N_("There is no loop named {loop}."))


@dataclass(frozen=True, slots=True)
class Rung:
    """One thing that the sweep must do for one item at one time: remind, escalate or lapse."""

    item: WorkItem
    kind: str  # remind | escalate | lapse
    due_at: datetime
    at: datetime
    to: At | None = None


Escalate = Callable[[Sequence[Rung], datetime], None]


@dataclass(frozen=True, slots=True)
class Registered:
    """A loop with its record's model; `escalate` replaces the kernel's own messages where a domain has its own."""

    loop: Loop
    record: type[LoopRecord]
    escalate: Escalate | None = None
    announces: bool = True


_loops: dict[str, Registered] = {}


def register(
    loop: Loop, record: type[LoopRecord], *, escalate: Escalate | None = None, announces: bool = True
) -> None:
    """Take in a loop; a faulty declaration or a second one of the same name stops the start."""
    if problems := loop.problems():
        raise ValueError("; ".join(problems))
    if loop.name in _loops and _loops[loop.name].loop is not loop:
        raise ValueError(f"loop {loop.name} is declared twice")
    _loops[loop.name] = Registered(loop, record, escalate, announces)


def registered(name: str) -> Registered:
    """The registered loop of a name, or `Refused`."""
    try:
        return _loops[name]
    except KeyError:
        raise Refused(UNKNOWN, loop=name) from None


def loop_of(item: WorkItem) -> Loop:
    return registered(item.loop).loop


def record_of(item: WorkItem) -> Any:
    """The domain's row of an item."""
    return registered(item.loop).record._default_manager.get(pk=item.pk)


def spot_of(item: WorkItem) -> tuple[float, float] | None:
    """Where an item lies (lon, lat): its place, else what its record says of itself; None where neither knows."""
    if item.place is not None:
        return item.place.lon, item.place.lat
    record = registered(item.loop).record._default_manager.filter(pk=item.pk).first()
    lon, lat = getattr(record, "lon", None), getattr(record, "lat", None)
    return None if lon is None or lat is None else (lon, lat)


def names() -> list[str]:
    return sorted(_loops)
