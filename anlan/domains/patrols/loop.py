"""The life of a visit: begun on the spot, finished, corrected where a person finds a mistake. Plain data."""

from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, OPENER, SYSTEM, Deadline, Loop, Move, Within, hours

VISITORS = ("patroller", "street_safety_officer", "enforcement_officer", "safety_section", "bureau_chief")

VISIT = Loop(
    name="patrols.visit",
    label=N_("Visit"),
    start="begun",
    closed=frozenset({"finished", "broken_off"}),
    states={
        "begun": N_("Begun"),
        "finished": N_("Finished"),
        "broken_off": N_("Broken off"),
    },
    moves=(
        # A visit that was given up for lost is finished after all when the phone comes back into the signal.
        Move("finish", ("begun", "broken_off"), "finished", label=N_("Finish the visit"),
             by=(OPENER, CHARGED, "patroller")),
        # The record stays; a correction is a step beside it, with its reason.
        Move("correct", "finished", "finished", label=N_("Correct the record"),
             by=(OPENER, *VISITORS), reason=True),
        Move("amend", "begun", "begun", label=N_("Add to the visit"), by=(OPENER, *VISITORS)),
        Move("break_off", "begun", "broken_off", label=N_("Break off"), by=(OPENER, *VISITORS, SYSTEM)),
    ),
    deadlines=(
        Deadline("begun", Within("patrols.finish_minutes"), remind=(hours(2),), lapse="break_off",
                 lapse_after=hours(48)),
    ),
    # A day without signal is an ordinary day: only what comes after it is a late entry (补录).
    late_entry_after=hours(24),
)  # fmt: skip
