"""The lives of an alarm and of a repair. Plain data."""

from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, SYSTEM, At, Deadline, Loop, Move, Within, hours

WATCH = ("watch_officer", "watch_chief", "flood_office_head")
KEEPERS = ("instrument_keeper", "office_watch", *WATCH)

ALARM = Loop(
    name="sensing.alarm",
    label=N_("Alarm"),
    start="active",
    closed=frozenset({"ended"}),
    states={"active": N_("Active"), "ended": N_("Over")},
    moves=(
        Move("end", "active", "ended", label=N_("It is over"), by=(SYSTEM,)),
        # Judging an alarm is a word about it, not a step of its life: it may come while it lasts and afterwards.
        Move("judge_true", "active", "active", label=N_("It was true"), by=WATCH),
        Move("judge_false", "active", "active", label=N_("It was false"), by=WATCH, reason=True),
        Move("judge_true_after", "ended", "ended", label=N_("It was true"), by=WATCH),
        Move("judge_false_after", "ended", "ended", label=N_("It was false"), by=WATCH, reason=True),
    ),
)
TRUE_MOVES = ("judge_true", "judge_true_after")
FALSE_MOVES = ("judge_false", "judge_false_after")

REPAIR = Loop(
    name="sensing.repair",
    label=N_("Instrument repair"),
    start="found",
    closed=frozenset({"closed", "no_fault"}),
    states={
        "found": N_("Found faulty"),
        "assigned": N_("Given to a crew"),
        "repaired": N_("Reported as repaired"),
        "closed": N_("Repair closed"),
        "no_fault": N_("No fault of the instrument"),
    },
    moves=(
        Move("assign", "found", "assigned", label=N_("Give to a crew"), by=(CHARGED, *KEEPERS)),
        Move(
            "repair",
            ("found", "assigned"),
            "repaired",
            label=N_("Report as repaired"),
            by=(CHARGED, *KEEPERS),
        ),
        Move("close", "repaired", "closed", label=N_("Readings are right: close"), by=KEEPERS),
        Move("return", "repaired", "assigned", label=N_("Still wrong: send back"), by=KEEPERS, reason=True),
        Move(
            "acquit",
            ("found", "assigned"),
            "no_fault",
            label=N_("The instrument is right"),
            by=KEEPERS,
            reason=True,
        ),
    ),
    deadlines=(
        Deadline("found", Within("sensing.repair_assign_minutes"), escalate=(At(hours(0), "watch_chief"),)),
        Deadline(
            "assigned",
            Within("sensing.repair_minutes"),
            remind=(hours(4),),
            escalate=(At(hours(0), "instrument_keeper"), At(hours(24), "flood_office_head")),
        ),
        Deadline("repaired", Within("sensing.repair_close_minutes"), escalate=(At(hours(0), "watch_chief"),)),
    ),
)
