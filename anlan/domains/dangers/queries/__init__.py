"""Reads about dangers."""

from anlan.domains.dangers.queries.campaigns import (
    bulletin_of,
    progress_of,
    set_visit_counter,
    visible_campaigns,
)
from anlan.domains.dangers.queries.clauses import clauses_for
from anlan.domains.dangers.queries.closing import (
    accepted_at,
    closed_off_in,
    dated_by,
    dates_of,
    failed_looks_by,
    failed_looks_of,
    hands_in,
    open_check_items,
    terms_due,
)
from anlan.domains.dangers.queries.known import (
    history_of,
    late_days,
    listed_dangers,
    open_listing,
    papers_offered,
    repeat_offenders,
    visible_dangers,
)

__all__ = [
    "accepted_at",
    "bulletin_of",
    "clauses_for",
    "closed_off_in",
    "dated_by",
    "dates_of",
    "failed_looks_by",
    "failed_looks_of",
    "hands_in",
    "history_of",
    "late_days",
    "listed_dangers",
    "open_check_items",
    "open_listing",
    "papers_offered",
    "progress_of",
    "repeat_offenders",
    "set_visit_counter",
    "terms_due",
    "visible_campaigns",
    "visible_dangers",
]
