"""The acts on accidents: filing.py, handling.py, preventing.py."""

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
    recast,
    regrade,
    reply,
    submit,
)
from anlan.domains.accidents.actions.preventing import KIND as WARNING_KIND
from anlan.domains.accidents.actions.preventing import prevent, set_anew, warn

__all__ = [
    "ALERT_KIND",
    "NOT_A_FILER",
    "NOT_YOURS",
    "NO_INCIDENT",
    "TWICE",
    "WARNING_KIND",
    "alert",
    "determine",
    "evaluate",
    "extend",
    "file_accident",
    "look",
    "name_victim",
    "prevent",
    "recast",
    "regrade",
    "reply",
    "set_anew",
    "submit",
    "tell_toll",
    "warn",
]
