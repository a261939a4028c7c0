"""The engines that this process holds, by world. A cache: the truth is the row in `Position`."""

from dataclasses import dataclass, field
from uuid import UUID

from anlan.domains.sensing.models import Alarm
from anlan.domains.sensing.queries.setup import Network
from anlan.domains.sensing.rules.engine import Engine
from anlan.kernel.places.models import Region


@dataclass
class Running:
    """The engine of a world in this process, and the step it has reached."""

    engine: Engine
    network: Network
    step: int
    alarms: dict[tuple[str, int | str], Alarm] | None = field(
        default=None
    )  # the open ones; None: not read yet
    streets: dict[str, Region] = field(default_factory=dict)  # of the areas that have stepped so far


_running: dict[str, Running] = {}


def world_of(exercise_id: UUID | None) -> str:
    """The key of a world's position."""
    return "live" if exercise_id is None else str(exercise_id)


def running(exercise_id: UUID | None) -> Running | None:
    """The engine of a world, if this process has it."""
    return _running.get(world_of(exercise_id))


def remember(exercise_id: UUID | None, engine: Running) -> Running:
    """Keep an engine for the next step of its world."""
    _running[world_of(exercise_id)] = engine
    return engine


def forget(exercise_id: UUID | None) -> None:
    """Let it go; the next step builds it anew."""
    _running.pop(world_of(exercise_id), None)
