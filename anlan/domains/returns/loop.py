"""The life of one return: due, entered on the upper system, differing or confirmed by its export. Plain data."""

from anlan.domains.returns.rules.periods import until_due
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import SYSTEM, At, Deadline, Loop, Move, Within, hours

# Whoever may fill one form or another; which one whom stands in the form.
FILLERS = (
    "watch_officer", "watch_chief", "flood_office_head", "office_watch", "safety_section", "accident_office",
    "enforcement_officer", "work_plan_office", "bureau_chief",
)  # fmt: skip

RETURN = Loop(
    name="returns.return",
    label=N_("Return to an upper level"),
    start="due",
    closed=frozenset({"confirmed", "skipped"}),
    states={
        "due": N_("To be entered there"),
        "entered": N_("Entered, waits for the export"),
        "differs": N_("The export differs"),
        "confirmed": N_("Confirmed by the export"),
        "skipped": N_("Not required this time"),
    },
    moves=(
        Move("enter", "due", "entered", label=N_("Entered on the upper system"), by=FILLERS),
        Move("again", ("entered", "differs", "confirmed"), "entered", label=N_("Entered anew"), by=FILLERS),
        Move("agree", ("due", "entered"), "confirmed", label=N_("The export says the same"), by=(SYSTEM,)),
        Move("find", ("due", "entered", "confirmed"), "differs", label=N_("The export differs from ours"),
             by=(SYSTEM,)),
        Move("look", "differs", "differs", label=N_("Another export was read"), by=(SYSTEM,)),
        Move("settle", "differs", "confirmed", label=N_("Every difference is settled"), by=(SYSTEM,)),
        Move("skip", "due", "skipped", label=N_("It is not asked for"), by=FILLERS, reason=True),
    ),
    deadlines=(
        Deadline("due", until_due, remind=(hours(1),),
                 escalate=(At(hours(0), "watch_chief"), At(hours(24), "bureau_chief"))),
        Deadline("entered", Within("returns.confirm_minutes"), escalate=(At(hours(0), "watch_chief"),)),
        Deadline("differs", Within("returns.settle_minutes"), escalate=(At(hours(0), "watch_chief"),)),
    ),
)  # fmt: skip
