"""The six lives of this subject. Plain data: states, moves, who, clocks."""

from datetime import datetime, timedelta
from typing import Any

from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import (
    CHARGED,
    DEPUTY,
    SUPERIOR,
    SYSTEM,
    At,
    Deadline,
    Loop,
    Move,
    Within,
    minutes,
)

OFFICERS = ("watch_officer", "watch_chief", "flood_office_head")
CHIEFS = ("watch_chief", "flood_office_head", "deputy_commander", "executive_deputy_commander", "commander")
STREET = ("street_principal", "street_deputy", "flood_clerk", "office_watch")


def until_end(record: Any, at: datetime) -> timedelta | None:
    """What has an end lives until then."""
    left: timedelta = record.expires_at - at
    return left


def time_to_answer(record: Any, at: datetime) -> timedelta | None:
    """How long a person may be silent before somebody else is told; white and blue hand over to nobody."""
    del at
    return minutes(record.escalate_minutes) if record.escalate_minutes else None


SIGNAL = Loop(
    name="warnings.signal",
    label=N_("Signal"),
    start="in_force",
    closed=frozenset({"lifted", "superseded", "expired"}),
    states={
        "in_force": N_("In force"),
        "lifted": N_("Lifted"),
        "superseded": N_("Superseded by a newer signal"),
        "expired": N_("Expired"),
    },
    moves=(
        Move(
            "lift",
            "in_force",
            "lifted",
            label=N_("Lift, on the weather office's word"),
            by=(*OFFICERS, SYSTEM),
            reason=True,
        ),
        Move("supersede", "in_force", "superseded", label=N_("Supersede"), by=(*OFFICERS, SYSTEM)),
        Move("expire", "in_force", "expired", label=N_("Expire"), by=(SYSTEM,)),
    ),
    deadlines=(Deadline("in_force", until_end, lapse="expire"),),
)

OFFICE_RING = Loop(
    name="warnings.office_ring",
    label=N_("Weather office to be rung"),
    start="to_ring",
    closed=frozenset({"rung", "signal_came", "let_be"}),
    states={
        "to_ring": N_("To be rung"),
        "rung": N_("Rung"),
        "signal_came": N_("The signal came first"),
        "let_be": N_("Not rung"),
    },
    moves=(
        Move(
            "ring", "to_ring", "rung", label=N_("Weather office rung"), by=OFFICERS, needs=("spoke", "words")
        ),
        Move("signal", "to_ring", "signal_came", label=N_("Signal came"), by=(*OFFICERS, SYSTEM)),
        Move("leave", "to_ring", "let_be", label=N_("Not necessary"), by=OFFICERS, reason=True),
    ),
    deadlines=(
        Deadline(
            "to_ring", Within("warnings.office_ring_minutes"), escalate=(At(minutes(0), "watch_chief"),)
        ),
    ),
)

CALLOUT_PROPOSAL = Loop(
    name="warnings.callout_proposal",
    label=N_("Proposed call-out"),
    start="proposed",
    closed=frozenset({"approved", "declined", "superseded", "lapsed"}),
    states={
        "proposed": N_("Proposed"),
        "approved": N_("Approved and released"),
        "declined": N_("Declined"),
        "superseded": N_("Superseded by a higher proposal"),
        "lapsed": N_("Lapsed: nobody decided"),
    },
    moves=(
        Move("approve", "proposed", "approved", label=N_("Approve and call"), by=CHIEFS, unless=("open",)),
        Move("decline", "proposed", "declined", label=N_("Decline"), by=CHIEFS, reason=True),
        Move("supersede", "proposed", "superseded", label=N_("Supersede"), by=(*OFFICERS, SYSTEM)),
        Move("lapse", "proposed", "lapsed", label=N_("Lapse"), by=(SYSTEM,)),
    ),
    deadlines=(Deadline("proposed", Within("warnings.proposal_minutes"), lapse="lapse"),),
)

ADVISORY = Loop(
    name="warnings.advisory",
    label=N_("Risk advisory"),
    start="proposed",
    closed=frozenset({"declined", "lapsed", "cancelled", "superseded", "expired"}),
    states={
        "proposed": N_("Proposed"),
        "in_force": N_("Published"),
        "declined": N_("Declined"),
        "lapsed": N_("Lapsed: nobody decided"),
        "cancelled": N_("Cancelled"),
        "superseded": N_("Superseded by an update"),
        "expired": N_("Expired"),
    },
    moves=(
        Move("publish", "proposed", "in_force", label=N_("Approve and publish"), by=CHIEFS, unless=("open",)),
        Move("decline", "proposed", "declined", label=N_("Decline"), by=CHIEFS, reason=True),
        Move("cancel", "in_force", "cancelled", label=N_("Cancel"), by=OFFICERS, reason=True),
        Move(
            "supersede",
            ("proposed", "in_force"),
            "superseded",
            label=N_("Supersede"),
            by=(*CHIEFS, *OFFICERS, SYSTEM),
        ),
        Move("expire", "in_force", "expired", label=N_("Expire"), by=(SYSTEM,)),
        Move("lapse", "proposed", "lapsed", label=N_("Lapse"), by=(SYSTEM,)),
    ),
    deadlines=(
        Deadline("proposed", Within("warnings.proposal_minutes"), lapse="lapse"),
        Deadline("in_force", until_end, lapse="expire"),
    ),
)

CALL_OUT = Loop(
    name="warnings.call_out",
    label=N_("Call-out"),
    start="released",
    closed=frozenset({"closed"}),
    states={"released": N_("Being called"), "closed": N_("Closed")},
    moves=(
        Move(
            "close",
            "released",
            "closed",
            label=N_("Close the call-out"),
            by=(*OFFICERS, *CHIEFS),
            reason=True,
        ),
    ),
    deadlines=(
        Deadline("released", Within("warnings.call_out_minutes"), escalate=(At(minutes(0), "watch_chief"),)),
    ),
)

_OPEN = ("calling", "unreached", "received", "on_post")
_ANSWERING = (CHARGED, SYSTEM, *OFFICERS, *STREET)

CALL_OUT_ITEM = Loop(
    name="warnings.call_out_item",
    label=N_("Person called"),
    start="calling",
    closed=frozenset({"answered", "done", "superseded", "ended", "cancelled"}),
    states={
        "calling": N_("Being called"),
        "unreached": N_("Unreached"),
        "received": N_("Received"),
        "on_post": N_("On post"),
        "answered": N_("Answered as the duty asks"),
        "done": N_("Measure taken"),
        "superseded": N_("Called again at a higher colour"),
        "ended": N_("The call-out was closed"),
        "cancelled": N_("Cancelled"),
    },
    moves=(
        Move("receive", ("calling", "unreached"), "received", label=N_("Received"), by=_ANSWERING),
        Move("post", ("calling", "unreached", "received"), "on_post", label=N_("On post"), by=_ANSWERING),
        Move("finish", _OPEN, "done", label=N_("Measure taken"), by=_ANSWERING),
        Move("answer", _OPEN, "answered", label=N_("Answered as the duty asks"), by=_ANSWERING),
        Move("give_up", "calling", "unreached", label=N_("Unreached"), by=(SYSTEM,)),
        Move("supersede", _OPEN, "superseded", label=N_("Called again"), by=(SYSTEM,)),
        Move("end", _OPEN, "ended", label=N_("End"), by=(*OFFICERS, *CHIEFS, SYSTEM)),
        Move("cancel", _OPEN, "cancelled", label=N_("Called in error"), by=OFFICERS, reason=True),
    ),
    deadlines=(
        # One person's ladder (app, SMS, voice) is messaging's. Here it is handed on: deputy, grid worker, superior.
        Deadline(
            "calling",
            time_to_answer,
            escalate=(
                At(minutes(0), DEPUTY),
                At(Within("warnings.grid_worker_after"), "grid_worker"),
                At(Within("warnings.superior_after"), SUPERIOR),
            ),
            lapse="give_up",
            lapse_after=minutes(20),
        ),
        Deadline("received", Within("warnings.on_post_minutes"), escalate=(At(minutes(0), SUPERIOR),)),
        Deadline("on_post", Within("warnings.done_minutes"), escalate=(At(minutes(0), SUPERIOR),)),
    ),
)
