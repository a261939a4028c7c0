"""What one step of the engine led to, in the words that neighbours and surfaces use."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AlarmStep:
    """An alarm began, stepped up or down, or ended. `value` in `unit`; `after` is the mark now reached, "" for none,
    and never a signal.

    `alarm_id` is the work item's id and stays the same through the episode. `scope`: sensor | area. `metric`: rain,
    level or depth. `region` is the station's own, or the street of an area.
    """

    alarm_id: UUID
    exercise_id: UUID | None
    scope: str
    region: str
    name: str
    station_id: UUID | None
    sensor_id: int | None
    metric: str
    before: str
    after: str
    peak: str
    measure: str  # sum | value | rise | shared | mean
    window_minutes: int
    value: float
    unit: str
    at: datetime
    by_fault: bool = False

    @property
    def episode_id(self) -> UUID:
        """One id from the first step to the last."""
        return self.alarm_id

    @property
    def colour(self) -> str:
        """The mark it stands at now; "" when it is over."""
        return self.after

    def facts(self) -> dict[str, Any]:
        """The step as plain data, for grounds and ledger."""
        return {
            "name": self.name,
            "scope": self.scope,
            "metric": self.metric,
            "before": self.before,
            "after": self.after,
            "measure": self.measure,
            "window_minutes": self.window_minutes,
            "value": f"{self.value:g}",
            "unit": self.unit,
            "by_fault": self.by_fault,
            "at": self.at.isoformat(),
        }

    @property
    def began(self) -> bool:
        """The first step of its episode."""
        return not self.before

    @property
    def ended(self) -> bool:
        """The last one."""
        return not self.after

    @property
    def up(self) -> bool:
        """Whether it is worse than before."""
        order = ("", "blue", "yellow", "orange", "red")
        return order.index(self.after) > order.index(self.before)


@dataclass(frozen=True, slots=True)
class FaultFact:
    """A sensor is no longer believed (`on`), or believed again."""

    sensor_id: int
    station_id: UUID
    name: str
    region: str
    kind: str
    on: bool
    at: datetime
    seen: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a batch, or several written together, led to. `watermark` is the end of the last evaluated slot."""

    watermark: datetime
    stored: int
    doubles: int
    stale: int
    flagged: int
    steps: tuple[AlarmStep, ...] = ()
    faults: tuple[FaultFact, ...] = ()
    hot: bool = False  # some sensor or street stands at a mark now
    batches: int = 1
