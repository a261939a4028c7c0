"""Writes about dangers. Each takes `by` and `at`; what may be done is decided in rules.py and in the loop."""

from anlan.domains.dangers.actions.campaigns import plan_measure, start_campaign
from anlan.domains.dangers.actions.crackdown import find_unlawful
from anlan.domains.dangers.actions.grading import STOP_KIND, decide_major, decide_ordinary, mark_candidate
from anlan.domains.dangers.actions.issuing import issue_bulletin, issue_paper
from anlan.domains.dangers.actions.listing import list_danger
from anlan.domains.dangers.actions.looking import draw_last_month, draw_second_looks, drawn_by
from anlan.domains.dangers.actions.mending import (
    accept,
    ask_more_time,
    grant_more_time,
    rectify,
    reopen,
    send_back,
)
from anlan.domains.dangers.actions.months import (
    add_task,
    enter_figure,
    months_round,
    note_penalty,
    open_month,
)
from anlan.domains.dangers.actions.placing import place_at, places
from anlan.domains.dangers.actions.reporting import (
    assign,
    fix_on_spot,
    fix_own,
    rank,
    report_danger,
    take_on,
    withdraw,
)
from anlan.domains.dangers.actions.schemes import draft_scheme

__all__ = [
    "STOP_KIND",
    "accept",
    "add_task",
    "ask_more_time",
    "assign",
    "decide_major",
    "decide_ordinary",
    "draft_scheme",
    "draw_last_month",
    "draw_second_looks",
    "drawn_by",
    "enter_figure",
    "find_unlawful",
    "fix_on_spot",
    "fix_own",
    "grant_more_time",
    "issue_bulletin",
    "issue_paper",
    "list_danger",
    "mark_candidate",
    "months_round",
    "note_penalty",
    "open_month",
    "place_at",
    "places",
    "plan_measure",
    "rank",
    "rectify",
    "reopen",
    "report_danger",
    "send_back",
    "start_campaign",
    "take_on",
    "withdraw",
]
