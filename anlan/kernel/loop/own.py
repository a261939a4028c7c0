"""The kernel's own two loops: a telephone approval awaiting the leader's hand, and a request for more time."""

from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, SUPERIOR, SYSTEM, At, Deadline, Loop, Move, Within, hours

CONFIRMATION = Loop(
    name="loop.confirmation",
    label=N_("Telephone approval to confirm"),
    start="waiting",
    closed=frozenset({"confirmed", "disputed"}),
    states={
        "waiting": N_("Waiting for confirmation"),
        "confirmed": N_("Confirmed"),
        "disputed": N_("Disputed"),
    },
    moves=(
        Move("confirm", "waiting", "confirmed", label=N_("Confirm"), by=(CHARGED,)),
        Move(
            "photograph",
            "waiting",
            "confirmed",
            label=N_("Attach the signed paper"),
            by=("opener",),
            needs=("file",),
        ),
        Move("dispute", "waiting", "disputed", label=N_("I did not say this"), by=(CHARGED,), reason=True),
    ),
    deadlines=(
        Deadline(
            "waiting",
            Within("loop.confirm_minutes"),
            remind=(hours(4),),
            escalate=(At(hours(0), SUPERIOR), At(hours(24), SUPERIOR)),
        ),
    ),
)

EXTENSION = Loop(
    name="loop.extension",
    label=N_("Request for more time"),
    start="asked",
    closed=frozenset({"granted", "refused", "void"}),
    states={
        "asked": N_("Asked for"),
        "granted": N_("Granted"),
        "refused": N_("Refused"),
        "void": N_("Void: the matter was settled"),
    },
    moves=(
        Move("grant", "asked", "granted", label=N_("Grant"), by=(CHARGED,), unless=("open",)),
        Move("refuse", "asked", "refused", label=N_("Refuse"), by=(CHARGED,), unless=("open",), reason=True),
        Move("lapse", "asked", "void", label=N_("Void"), by=(SYSTEM,)),
    ),
    deadlines=(
        Deadline("asked", Within("loop.extension_answer_minutes"), escalate=(At(hours(0), SUPERIOR),)),
    ),
)

CODES = {
    "loop.opened": N_("Opened"),
    "loop.moved": N_("Moved on"),
    "loop.reminded": N_("Reminded"),
    "loop.escalated": N_("Passed on, because the clock ran out"),
    "loop.delegated": N_("Handed over"),
    "loop.extended": N_("Given more time"),
}
