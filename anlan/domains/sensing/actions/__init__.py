"""Writes: readings taken in, stations declared, alarms judged."""

from anlan.domains.sensing.actions.stations import StationGiven, declare_feeder, declare_stations
from anlan.domains.sensing.actions.taking import Arrived, Intake, Seen, forget_engine, take_in

__all__ = [
    "Arrived",
    "Intake",
    "Seen",
    "StationGiven",
    "declare_feeder",
    "declare_stations",
    "forget_engine",
    "take_in",
]
