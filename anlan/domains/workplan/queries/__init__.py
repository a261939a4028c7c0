"""Reads of this domain."""

from anlan.domains.workplan.queries.plans import (
    answered_questions,
    done_by,
    last_progress,
    plans_for,
    readings_of,
    running,
    weighed,
)
from anlan.domains.workplan.queries.units import burden_of, count_askings_with, liaison_of, units_of

__all__ = [
    "answered_questions",
    "burden_of",
    "count_askings_with",
    "done_by",
    "last_progress",
    "liaison_of",
    "plans_for",
    "readings_of",
    "running",
    "units_of",
    "weighed",
]
