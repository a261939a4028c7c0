"""Writes of responses: proposed, approved, run, reported on, ended."""

from anlan.domains.responses.actions.asking import consider
from anlan.domains.responses.actions.meetings import hold_consultation, hold_roll_call
from anlan.domains.responses.actions.proposing import approve, decline, propose
from anlan.domains.responses.actions.reporting import give_return, nil_return
from anlan.domains.responses.actions.sheets import finish, report, sign, skip

__all__ = [
    "approve",
    "consider",
    "decline",
    "finish",
    "give_return",
    "hold_consultation",
    "hold_roll_call",
    "nil_return",
    "propose",
    "report",
    "sign",
    "skip",
]
