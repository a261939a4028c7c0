"""The life of a contractor's job in a factory or park: noticed, taught, let in, watched, gone. Plain data."""

from anlan.domains.contractors import rules
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, OPENER, At, Deadline, Loop, Move, Photo, Within, hours

GATE = ("station_keeper", "patroller", "street_safety_officer")  # who lets a crew in
CHECKERS = ("patroller", "street_safety_officer", "enforcement_officer")

JOB = Loop(
    name="contractors.job",
    label=N_("Contractor work"),
    start="noticed",
    closed=frozenset({"finished", "turned_away", "called_off"}),
    states={
        "noticed": N_("Noticed"),
        "working": N_("At work"),
        "stopped": N_("Stopped"),
        "finished": N_("Finished and left"),
        "turned_away": N_("Turned away"),
        "called_off": N_("Called off"),
    },
    moves=(
        Move("educate", "noticed", "noticed", label=N_("Record the lesson before work"),
             by=(OPENER, CHARGED, *GATE), needs=("video", "names"), evidence=(Photo(),)),
        Move("show_permit", "noticed", "noticed", label=N_("Record a work permit"),
             by=(OPENER, CHARGED, *GATE), needs=("work", "number", "holder", "valid_to")),
        Move("renew_permit", "working", "working", label=N_("Record a work permit"),
             by=(OPENER, CHARGED, *GATE), needs=("work", "number", "holder", "valid_to")),
        Move("renew_stopped", "stopped", "stopped", label=N_("Record a work permit"),
             by=(OPENER, CHARGED, *GATE), needs=("work", "number", "holder", "valid_to")),
        # Whoever gave the notice does not let the crew in: a second pair of eyes at the gate.
        Move("admit", "noticed", "working", label=N_("Let the crew in"), by=GATE, unless=("open",)),
        Move("turn_away", "noticed", "turned_away", label=N_("Turn away"), by=GATE, reason=True),
        Move("call_off", "noticed", "called_off", label=N_("Call off"), by=(OPENER, CHARGED), reason=True),
        Move("brief", "working", "working", label=N_("Record the briefing before the shift"),
             by=(OPENER, CHARGED, *GATE), needs=("present",), evidence=(Photo(),)),
        Move("check", "working", "working", label=N_("Check on the spot"), by=CHECKERS, needs=("result",)),
        Move("stop", "working", "stopped", label=N_("Stop the work"), by=CHECKERS, reason=True),
        Move("resume", "stopped", "working", label=N_("Let the work go on"), by=CHECKERS, reason=True),
        Move("prolong", "working", "working", label=N_("Prolong"), by=GATE, needs=("until",), reason=True),
        Move("finish", ("working", "stopped"), "finished", label=N_("Finished and left"),
             by=(OPENER, CHARGED, *GATE)),
    ),
    deadlines=(
        # A crew that stands at the gate unanswered begins without anybody: the patroller hears of it at the start.
        Deadline("noticed", rules.until_start, remind=(hours(2),),
                 escalate=(At(hours(0), "patroller"), At(hours(4), "street_safety_officer"))),
        Deadline("working", rules.until_end, remind=(hours(2),),
                 escalate=(At(hours(0), "patroller"), At(hours(24), "street_safety_officer"))),
        Deadline("stopped", Within("contractors.stopped_minutes"),
                 escalate=(At(hours(0), "street_safety_officer"),)),
    ),
)  # fmt: skip
