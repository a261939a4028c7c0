"""Writes about contractor work. Each takes `by` and `at`; what may be done is decided in rules.py and in the loop."""

from anlan.domains.contractors.actions.fixtures import FixtureGiven, add_fixtures, pulse
from anlan.domains.contractors.actions.jobs import (
    admit,
    brief,
    check,
    educate,
    notice,
    prolong,
    resume,
    show_permit,
)
from anlan.domains.contractors.actions.sheets import SHEETS

__all__ = [
    "SHEETS",
    "FixtureGiven",
    "add_fixtures",
    "admit",
    "brief",
    "check",
    "educate",
    "notice",
    "prolong",
    "pulse",
    "resume",
    "show_permit",
]
