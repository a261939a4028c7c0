"""Writes: readings taken in, stations declared, alarms judged."""

from anlan.domains.sensing.actions.stations import StationGiven, declare_feeder, declare_stations
from anlan.domains.sensing.actions.taking import Ahead, Arrived, forget_engine, look_ahead, take_in

__all__ = [
    "Ahead",
    "Arrived",
    "StationGiven",
    "declare_feeder",
    "declare_stations",
    "forget_engine",
    "look_ahead",
    "take_in",
]
