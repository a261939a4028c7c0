"""What neighbours may use of sensing: alarm steps as facts, and what streets, points and stations measure now.

Nothing here is a signal: a colour is a mark of ours that was reached.
"""

from anlan.domains.sensing.queries.states import (
    AreaState,
    GaugeState,
    PointState,
    area_states,
    is_in_memory,
    open_alarms,
    point_states,
    station_summaries,
)
from anlan.domains.sensing.rules.facts import AlarmStep, FaultFact, Taken

__all__ = [
    "AlarmStep",
    "AreaState",
    "FaultFact",
    "GaugeState",
    "PointState",
    "Taken",
    "area_states",
    "is_in_memory",
    "open_alarms",
    "point_states",
    "station_summaries",
]
