"""The life of an accident: filed first, determined later, investigated, replied to, evaluated. Plain data."""

from anlan.domains.accidents.rules import clocks, preventing
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import SYSTEM, At, Deadline, File, Loop, Move, Within, days, hours

OFFICE = ("accident_office",)
HEADS = ("accident_office", "bureau_chief")

ACCIDENT = Loop(
    name="accidents.accident",
    label=N_("Accident"),
    start="filed",
    closed=frozenset({"evaluated", "written_off", "on_record"}),
    states={
        "filed": N_("Filed, preliminary"),
        "investigating": N_("Determined, being investigated"),
        "submitted": N_("Report handed in"),
        "replied": N_("Replied, being rectified"),
        "evaluated": N_("Rectification evaluated"),
        "written_off": N_("Written off"),
        "on_record": N_("On record: determined elsewhere"),
    },
    moves=(
        # 先行填报→调查认定→统计核销: whoever filed it does not determine it, nor write it off.
        Move("determine", "filed", "investigating", label=N_("Determine"), by=HEADS, needs=("grade",),
             unless=("open",)),
        Move("write_off", ("filed", "investigating"), "written_off", label=N_("Write off"), by=HEADS, reason=True,
             unless=("open",)),
        # Rows of former years and of other registers come in with what was decided there.
        Move("enter_determined", "filed", "on_record", label=N_("Determined elsewhere"), by=(SYSTEM,)),
        Move("enter_written_off", "filed", "written_off", label=N_("Written off elsewhere"), by=(SYSTEM,)),
        Move("handle_first", "filed", "filed", label=N_("Record the handling on the spot"), by=OFFICE, needs=("done",)),
        Move("handle", "investigating", "investigating", label=N_("Record the handling on the spot"), by=OFFICE,
             needs=("done",)),
        Move("alert_first", "filed", "filed", label=N_("Warn all like firms"), by=HEADS, needs=("lesson",)),
        Move("alert", "investigating", "investigating", label=N_("Warn all like firms"), by=HEADS, needs=("lesson",)),
        Move("extend", "investigating", "investigating", label=N_("Extend the investigation"), by=HEADS,
             needs=("until",), reason=True),
        Move("regrade", "investigating", "investigating", label=N_("Sign the grade anew"), by=HEADS, needs=("grade",),
             reason=True),
        # What was filed in the first minutes is put right with a reason, and the former words stay on the way.
        Move("recast_first", "filed", "filed", label=N_("Correct type, sector or body"), by=OFFICE,
             needs=("type_code", "sector", "body"), reason=True),
        Move("recast", "investigating", "investigating", label=N_("Correct type, sector or body"), by=OFFICE,
             needs=("type_code", "sector", "body"), reason=True),
        Move("submit", "investigating", "submitted", label=N_("Hand in the investigation report"), by=OFFICE,
             evidence=(File(),)),
        Move("review", "submitted", "submitted", label=N_("Record the review meeting"), by=OFFICE,
             needs=("conclusion",)),
        Move("send_back", "submitted", "investigating", label=N_("Back to the team"), by=HEADS, reason=True),
        Move("reply", "submitted", "replied", label=N_("Enter the reply"), by=OFFICE, needs=("number", "measures"),
             evidence=(File(),)),
        Move("publish", "replied", "replied", label=N_("Record the publication"), by=OFFICE, needs=("where",)),
        Move("look", "replied", "replied", label=N_("Look at a measure"), by=OFFICE, needs=("measure", "result")),
        # Whoever wrote the reply down does not evaluate what became of it.
        Move("evaluate", "replied", "evaluated", label=N_("Evaluate"), by=HEADS, needs=("conclusion",),
             unless=("reply",)),
    ),
    deadlines=(
        Deadline("filed", Within("accidents.determine_minutes"), remind=(days(1),),
                 escalate=(At(hours(0), "bureau_chief"),)),
        Deadline("investigating", clocks.until_investigated, remind=(days(15), days(5)),
                 escalate=(At(hours(0), "accident_office"), At(days(3), "bureau_chief"))),
        Deadline("submitted", clocks.until_replied, remind=(days(5), days(2)),
                 escalate=(At(hours(0), "accident_office"), At(days(1), "bureau_chief"))),
        Deadline("replied", clocks.until_evaluated, remind=(days(60), days(14)),
                 escalate=(At(hours(0), "accident_office"), At(days(7), "bureau_chief"))),
    ),
    late_entry_after=hours(24),
)  # fmt: skip

PREVENTION = Loop(
    name="accidents.prevention",
    label=N_("Campaign to prevent accidents"),
    start="running",
    closed=frozenset({"ended"}),
    states={"running": N_("Running (prevention)"), "ended": N_("Ended and summed up")},
    moves=(
        Move("warn", "running", "running", label=N_("Warn, name or summon a street"), by=HEADS,
             needs=("street", "how"), reason=True),
        Move("set_anew", "running", "running", label=N_("Set the goals anew"), by=HEADS, reason=True),
        Move("end", "running", "ended", label=N_("End and sum up (prevention)"), by=HEADS, needs=("conclusion",)),
    ),
    deadlines=(Deadline("running", preventing.time_to_end, remind=(days(30), days(7)),
                        escalate=(At(hours(0), "accident_office"), At(days(3), "bureau_chief"))),),
)  # fmt: skip
