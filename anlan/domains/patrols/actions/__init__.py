"""Writes of this domain. Each takes `by` and `at`."""

from anlan.domains.patrols.actions.acts import Conflict, Sent, once
from anlan.domains.patrols.actions.checklists import ListGiven, give_rows, load_checklists, publish, take_rows
from anlan.domains.patrols.actions.findings import FindingGiven, add_finding, add_photos
from anlan.domains.patrols.actions.photos import Progress, own_photos, progress_of, receive
from anlan.domains.patrols.actions.visits import Begun, Written, begin, break_off, change, finish, write_down

__all__ = [
    "Begun",
    "Conflict",
    "FindingGiven",
    "ListGiven",
    "Progress",
    "Sent",
    "Written",
    "add_finding",
    "add_photos",
    "begin",
    "break_off",
    "change",
    "finish",
    "give_rows",
    "load_checklists",
    "once",
    "own_photos",
    "progress_of",
    "publish",
    "receive",
    "take_rows",
    "write_down",
]
