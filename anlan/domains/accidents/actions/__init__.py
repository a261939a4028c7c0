"""The acts on accidents: filing.py, handling.py."""

from anlan.domains.accidents.actions.filing import (
    NO_INCIDENT,
    NOT_A_FILER,
    NOT_YOURS,
    TWICE,
    file_accident,
    name_victim,
    tell_toll,
)
from anlan.domains.accidents.actions.handling import (
    ALERT_KIND,
    alert,
    determine,
    evaluate,
    extend,
    look,
    regrade,
    reply,
    submit,
)

__all__ = [
    "ALERT_KIND",
    "NOT_A_FILER",
    "NOT_YOURS",
    "NO_INCIDENT",
    "TWICE",
    "alert",
    "determine",
    "evaluate",
    "extend",
    "file_accident",
    "look",
    "name_victim",
    "regrade",
    "reply",
    "submit",
    "tell_toll",
]
