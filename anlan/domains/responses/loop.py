"""The lives of a proposal, a response, a unit's sheet, one line of it. Plain data."""

from anlan.domains.responses.rules import clocks
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, OPENER, SYSTEM, At, Deadline, Loop, Move, Within, hours, minutes

APPROVERS = ("flood_office_head", "deputy_commander", "executive_deputy_commander", "commander")
PROPOSERS = ("watch_officer", "watch_chief", *APPROVERS)

PROPOSAL = Loop(
    name="responses.proposal",
    label=N_("Proposed response"),
    start="proposed",
    closed=frozenset({"approved", "declined", "superseded"}),
    states={
        "proposed": N_("Waiting for approval"),
        "approved": N_("Approved"),
        "declined": N_("Declined"),
        "superseded": N_("Overtaken by a higher one"),
    },
    moves=(
        Move("approve", "proposed", "approved", label=N_("Approve"), by=APPROVERS, unless=("open",)),
        Move("decline", "proposed", "declined", label=N_("Decline"), by=(*APPROVERS, "watch_chief"), reason=True),
        Move("supersede", "proposed", "superseded", label=N_("Overtaken"), by=(SYSTEM,)),
    ),
    deadlines=(
        Deadline("proposed", Within("responses.decide_minutes"), remind=(minutes(5),),
                 escalate=(At(minutes(0), "watch_chief"), At(minutes(15), "executive_deputy_commander"))),
    ),
)  # fmt: skip

RESPONSE = Loop(
    name="responses.response",
    label=N_("Response"),
    start="active",
    closed=frozenset({"ended"}),
    states={"active": N_("In force"), "ended": N_("Ended")},
    moves=(
        Move("step_up", "active", "active", label=N_("Step up"), by=(*APPROVERS, SYSTEM)),
        Move("step_down", "active", "active", label=N_("Step down"), by=(*APPROVERS, SYSTEM)),
        Move("end", "active", "ended", label=N_("End"), by=(*APPROVERS, SYSTEM)),
    ),
)

SHEET = Loop(
    name="responses.sheet",
    label=N_("Task sheet"),
    start="issued",
    closed=frozenset({"finished", "withdrawn"}),
    states={
        "issued": N_("Waiting for signature"),
        "signed": N_("Signed for"),
        "finished": N_("Finished"),
        "withdrawn": N_("Withdrawn"),
    },
    moves=(
        Move("sign", "issued", "signed", label=N_("Sign for it"), by=(CHARGED,),
             answers="received"),
        Move("finish", ("issued", "signed"), "finished", label=N_("Finished"), by=(SYSTEM, *APPROVERS)),
        Move("withdraw", ("issued", "signed"), "withdrawn", label=N_("Withdraw"), by=(SYSTEM, *APPROVERS)),
    ),
    deadlines=(
        Deadline("issued", Within("responses.sign_minutes"),
                 escalate=(At(minutes(0), "deputy"), At(minutes(10), "watch_officer"))),
    ),
)  # fmt: skip

TASK = Loop(
    name="responses.task",
    label=N_("Task of a response"),
    start="open",
    closed=frozenset({"done", "not_applicable", "withdrawn"}),
    states={
        "open": N_("Open"),
        "done": N_("Done"),
        "not_applicable": N_("Not applicable"),
        "withdrawn": N_("Withdrawn"),
    },
    moves=(
        # No order of states that reality can break: progress may come before the sheet was signed for.
        Move("report", "open", "open", label=N_("Report progress"), by=(CHARGED, OPENER, "watch_officer")),
        Move("finish", "open", "done", label=N_("Done"), by=(CHARGED, OPENER, "watch_officer", SYSTEM)),
        Move("skip", "open", "not_applicable", label=N_("Not applicable, because"), by=(CHARGED, "watch_officer"),
             reason=True),
        Move("withdraw", "open", "withdrawn", label=N_("Withdraw"), by=(SYSTEM, *APPROVERS)),
        Move("reopen", ("done", "not_applicable"), "open", label=N_("Reopen"), by=(CHARGED, "watch_officer"),
             reason=True),
    ),
    deadlines=(
        Deadline("open", clocks.time_for_task,
                 escalate=(At(minutes(0), "charged"), At(minutes(15), "watch_officer"), At(hours(1), "watch_chief"))),
    ),
)  # fmt: skip
