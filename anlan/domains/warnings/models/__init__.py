"""Rows of warnings: signals as they came, what was proposed on which grounds, what was called and what came back."""

from anlan.domains.warnings.models.calls import (
    CallMade,
    CallOut,
    CallOutAnswer,
    CallOutDuty,
    CallOutItem,
    CallOutJoin,
    Passing,
)
from anlan.domains.warnings.models.proposals import (
    Advisory,
    AdvisoryMessage,
    Episode,
    EpisodeSource,
    Ground,
    OfficeRing,
    Proposal,
)
from anlan.domains.warnings.models.signals import Signal, SignalNotice, WeatherOffice

__all__ = [
    "Advisory",
    "AdvisoryMessage",
    "CallMade",
    "CallOut",
    "CallOutAnswer",
    "CallOutDuty",
    "CallOutItem",
    "CallOutJoin",
    "Episode",
    "EpisodeSource",
    "Ground",
    "OfficeRing",
    "Passing",
    "Proposal",
    "Signal",
    "SignalNotice",
    "WeatherOffice",
]
