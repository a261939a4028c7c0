"""The lives of an event, its judgement and its units, of a shift and a duty check. Plain data."""

from anlan.domains.incidents.rules import judging, reporting, watching
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, SYSTEM, At, Deadline, Loop, Move, Within, hours, minutes

WATCH = ("watch_officer", "watch_chief")
LEADERS = ("watch_leader", "bureau_chief")
SENDERS = (*LEADERS, "watch_chief")

INCIDENT = Loop(
    name="incidents.incident",
    label=N_("Incident"),
    start="received",
    closed=frozenset({"ended", "merged", "dismissed"}),
    states={
        "received": N_("Told to the watch"),
        "handling": N_("Handled here"),
        "to_report": N_("First report due"),
        "reported": N_("Reported up, goes on"),
        "ended": N_("Brought to its end"),
        "merged": N_("Part of another event"),
        "dismissed": N_("No event"),
    },
    moves=(
        Move("assess_up", "received", "to_report", label=N_("Goes upward"), by=WATCH, needs=("grade",)),
        Move("assess_here", "received", "handling", label=N_("Handle it here"), by=WATCH, needs=("grade",)),
        Move("raise_up", "handling", "to_report", label=N_("Goes upward after all"), by=WATCH, needs=("grade",)),
        Move("phone_up", "to_report", "to_report", label=N_("Report by telephone"), by=WATCH,
             needs=("receiver", "answered_by")),
        # The leader on duty signs, in the night by word of mouth; whoever took the call does not write that word down.
        Move("first", "to_report", "reported", label=N_("Send the first report"), by=LEADERS, unless=("open",)),
        Move("update", "reported", "reported", label=N_("Send a follow-up report"), by=SENDERS),
        Move("final", "reported", "ended", label=N_("Send the final report"), by=SENDERS),
        Move("supplement", "ended", "ended", label=N_("Send a supplement"), by=SENDERS, reason=True),
        Move("receipt", "reported", "reported", label=N_("Enter a receipt"), by=WATCH, needs=("receiver", "receipt")),
        Move("regrade_first", "to_report", "to_report", label=N_("Grade anew"), by=WATCH, needs=("grade",),
             reason=True),
        Move("regrade", "reported", "reported", label=N_("Grade anew"), by=WATCH, needs=("grade",), reason=True),
        Move("note_here", "handling", "handling", label=N_("Note what was done"), by=WATCH, needs=("done",)),
        Move("note_first", "to_report", "to_report", label=N_("Note what was done"), by=WATCH, needs=("done",)),
        Move("note", "reported", "reported", label=N_("Note what was done"), by=WATCH, needs=("done",)),
        Move("end", "handling", "ended", label=N_("Bring to an end"), by=WATCH, needs=("done",)),
        Move("merge", ("received", "handling"), "merged", label=N_("Part of another event"), by=WATCH, needs=("into",)),
        Move("dismiss", ("received", "handling"), "dismissed", label=N_("No event"), by=WATCH, reason=True),
    ),
    deadlines=(
        Deadline("received", Within("incidents.assess_minutes"),
                 escalate=(At(minutes(0), "watch_chief"), At(minutes(10), "watch_leader"))),
        Deadline("to_report", reporting.until_first, remind=(minutes(10),),
                 escalate=(At(minutes(0), "watch_chief"), At(minutes(15), "watch_leader"),
                           At(hours(1), "bureau_chief"))),
        Deadline("reported", reporting.until_update, remind=(minutes(15),), escalate=(At(minutes(0), "watch_chief"),)),
        Deadline("handling", Within("incidents.handling_minutes"), escalate=(At(minutes(0), "watch_chief"),)),
    ),
)  # fmt: skip

SHIFT = Loop(
    name="incidents.shift",
    label=N_("Watch shift"),
    start="planned",
    closed=frozenset({"closed", "cancelled"}),
    states={
        "planned": N_("On the roster"),
        "on": N_("On watch"),
        "handed_over": N_("Handed over, not yet taken"),
        "closed": N_("Taken over"),
        "cancelled": N_("Called off"),
    },
    moves=(
        Move("begin", "planned", "on", label=N_("Begin the shift"), by=(*WATCH, *LEADERS)),
        Move("swap", "planned", "planned", label=N_("Swap a person"), by=("watch_chief", *LEADERS),
             needs=("leaves", "comes"), reason=True),
        Move("swap_on", "on", "on", label=N_("Swap a person"), by=("watch_chief", *LEADERS),
             needs=("leaves", "comes"), reason=True),
        Move("hand_over", "on", "handed_over", label=N_("Hand over"), by=WATCH),
        # Both sign: whoever hands over does not take over.
        Move("take_over", "handed_over", "closed", label=N_("Take over"), by=WATCH, unless=("hand_over",)),
        Move("cancel", "planned", "cancelled", label=N_("Take off the roster"), by=("watch_chief", *LEADERS),
             reason=True),
    ),
    deadlines=(
        Deadline("planned", watching.until_start,
                 escalate=(At(minutes(15), "watch_chief"), At(minutes(30), "watch_leader"))),
        Deadline("on", watching.until_end, escalate=(At(minutes(15), "watch_chief"), At(minutes(30), "watch_leader"))),
        Deadline("handed_over", Within("incidents.take_over_minutes"), escalate=(At(minutes(0), "watch_chief"),)),
    ),
    late_entry_after=hours(1),
)  # fmt: skip

CHECK = Loop(
    name="incidents.check",
    label=N_("Duty check"),
    start="to_call",
    closed=frozenset({"passed", "explained"}),
    states={
        "to_call": N_("To be called"),
        "passed": N_("Answered and informed"),
        "failed": N_("Not passed"),
        "explained": N_("Explained"),
    },
    moves=(
        Move("pass", "to_call", "passed", label=N_("Answered and informed"), by=(*WATCH, "watch_leader"),
             needs=("rings", "answered_by")),
        Move("fail", "to_call", "failed", label=N_("Not passed"), by=(*WATCH, "watch_leader"),
             needs=("rings", "failure")),
        Move("explain", "failed", "explained", label=N_("Enter the explanation"),
             by=("unit_head", "liaison_a", "street_principal", *WATCH), needs=("explanation",)),
    ),
    deadlines=(
        Deadline("to_call", watching.until_called, escalate=(At(minutes(0), "watch_chief"),)),
        Deadline("failed", Within("incidents.explain_minutes"), escalate=(At(minutes(0), "watch_chief"),)),
    ),
)  # fmt: skip

JUDGEMENT = Loop(
    name="incidents.judgement",
    label=N_("Judgement of an event"),
    start="standing",
    closed=frozenset({"replaced", "over"}),
    states={
        "standing": N_("Stands, to be looked at again"),
        "replaced": N_("Replaced by a newer one"),
        "over": N_("The event is over"),
    },
    moves=(
        Move("renew", "standing", "replaced", label=N_("Replaced by a newer one"), by=(*WATCH, *LEADERS)),
        Move("lapse", "standing", "over", label=N_("The event is over"), by=(SYSTEM,)),
    ),
    deadlines=(
        Deadline("standing", judging.until_review, remind=(minutes(10),),
                 escalate=(At(minutes(0), "watch_chief"), At(minutes(30), "watch_leader"))),
    ),
)  # fmt: skip

NOTICE = Loop(
    name="incidents.notice",
    label=N_("Notice to a unit"),
    start="told",
    closed=frozenset({"received", "informed", "not_concerned", "over"}),
    states={
        "told": N_("Told, not answered"),
        "received": N_("Received"),
        "informed": N_("Sent information"),
        "not_concerned": N_("Not concerned"),
        "over": N_("The event is over"),
    },
    moves=(
        Move("receive", "told", "received", label=N_("Received"), by=(CHARGED, *WATCH)),
        # A unit that only received it, or had said it was not concerned, may still learn something.
        Move("inform", ("told", "received", "informed", "not_concerned"), "informed", label=N_("Send information"),
             by=(CHARGED, *WATCH), needs=("information",)),
        Move("decline", "told", "not_concerned", label=N_("Not concerned"), by=(CHARGED, *WATCH), reason=True),
        Move("lapse", "told", "over", label=N_("The event is over"), by=(SYSTEM,)),
    ),
    deadlines=(
        Deadline("told", Within("incidents.notice_minutes"),
                 escalate=(At(minutes(0), CHARGED), At(minutes(0), "watch_officer"), At(minutes(15), "watch_chief"))),
    ),
)  # fmt: skip

QUERY = Loop(
    name="incidents.query",
    label=N_("Question to a unit"),
    start="asked",
    closed=frozenset({"answered", "declined", "over"}),
    states={
        "asked": N_("Asked, not answered"),
        "answered": N_("The unit answered"),
        "declined": N_("Cannot answer"),
        "over": N_("The event is over"),
    },
    moves=(
        Move("answer", "asked", "answered", label=N_("Give the answer"), by=(CHARGED, *WATCH), needs=("information",)),
        Move("decline", "asked", "declined", label=N_("Cannot answer"), by=(CHARGED, *WATCH), reason=True),
        Move("lapse", "asked", "over", label=N_("The event is over"), by=(SYSTEM,)),
    ),
    deadlines=(
        Deadline("asked", judging.until_answer, remind=(minutes(10),),
                 escalate=(At(minutes(0), CHARGED), At(minutes(0), "watch_officer"), At(minutes(15), "watch_chief"))),
    ),
)  # fmt: skip
