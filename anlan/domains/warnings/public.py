"""What neighbours and surfaces may use of warnings."""

from anlan.domains.warnings.actions.considering import Considering, consider
from anlan.domains.warnings.actions.proposing import from_forecast
from anlan.domains.warnings.queries.board import Board, board
from anlan.domains.warnings.queries.inforce import (
    CallOutNow,
    SignalNow,
    advisories_in_force,
    cap_feed,
    cap_message,
    highest_colours,
    open_call_outs,
    signals_at,
)
from anlan.domains.warnings.rules.scales import COLOURS, is_higher

__all__ = [
    "COLOURS",
    "Board",
    "CallOutNow",
    "Considering",
    "SignalNow",
    "advisories_in_force",
    "board",
    "cap_feed",
    "cap_message",
    "consider",
    "from_forecast",
    "highest_colours",
    "is_higher",
    "open_call_outs",
    "signals_at",
]
