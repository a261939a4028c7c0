"""The lives of plan, draw, task, check, measure, case, publication, spot penalty, referral, points. Plain data."""

from anlan.domains.enforcement.rules import cases
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, OPENER, SYSTEM, At, Deadline, Loop, Move, Within, days, hours

OFFICERS = ("enforcement_officer",)
DISTRICT = ("safety_section", "bureau_chief")
CHIEF = ("bureau_chief",)
OPENERS = (*OFFICERS, *DISTRICT)  # who proposes a plan, a case, a referral
LATE = (At(hours(0), "safety_section"), At(days(3), "bureau_chief"))

PLAN = Loop(
    name="enforcement.plan",
    label=N_("Annual check plan"),
    start="drafted",
    closed=frozenset({"ended"}),
    states={"drafted": N_("Drafted"), "in_force": N_("In force"), "ended": N_("Year ended")},
    moves=(
        Move("approve", "drafted", "in_force", label=N_("Approved by the government"), by=DISTRICT,
             unless=("open",), needs=("approval",)),
        Move("end", "in_force", "ended", label=N_("End and sum up"), by=DISTRICT, reason=True),
    ),
    deadlines=(Deadline("in_force", cases.time_until_due, remind=(days(60), days(30)), escalate=LATE),),
)  # fmt: skip

DRAW = Loop(
    name="enforcement.draw",
    label=N_("Random draw"),
    start="drawn",
    closed=frozenset({"published"}),
    states={"drawn": N_("Drawn, result to be published"), "published": N_("Result published")},
    moves=(Move("publish", "drawn", "published", label=N_("Publish the result"),
                by=(OPENER, *OFFICERS, *DISTRICT), needs=("published_where",)),),
    deadlines=(Deadline("drawn", cases.time_until_due, remind=(days(3),), escalate=LATE),),
)  # fmt: skip

TASK = Loop(
    name="enforcement.task",
    label=N_("Firm to be checked"),
    start="assigned",
    closed=frozenset({"checked", "called_off", "merged"}),
    states={
        "assigned": N_("To be checked"),
        "checked": N_("Firm checked"),
        "called_off": N_("Called off"),
        "merged": N_("Goes with another visit"),
    },
    moves=(
        Move("check", "assigned", "checked", label=N_("Firm checked"), by=(CHARGED, *OFFICERS), needs=("check",)),
        # 能合并的不单独开展: decided while other visits to the firm are due.
        Move("together", "assigned", "assigned", label=N_("Go together: one joint visit"),
             by=(CHARGED, *OFFICERS, *DISTRICT)),
        Move("alone", "assigned", "assigned", label=N_("Go alone"), by=(CHARGED, *OFFICERS, *DISTRICT), reason=True),
        Move("merge", "assigned", "merged", label=N_("Goes with another visit"), by=(SYSTEM,), needs=("into",)),
        Move("call_off", "assigned", "called_off", label=N_("Call the check off"), by=DISTRICT, reason=True),
    ),
    deadlines=(Deadline("assigned", cases.time_until_due, remind=(days(7), days(1)), escalate=LATE),),
)  # fmt: skip

UNVISITED = Loop(
    name="enforcement.unvisited",
    label=N_("Firm past its frequency"),
    start="due",
    closed=frozenset({"visited", "excused"}),
    states={"due": N_("To be visited"), "visited": N_("Visited since"), "excused": N_("Excused from a visit")},
    moves=(
        Move("visit", "due", "visited", label=N_("Visited since"), by=(SYSTEM,), needs=("check",)),
        Move("excuse", "due", "excused", label=N_("Excuse: not to be visited now"), by=DISTRICT, reason=True),
    ),
    deadlines=(Deadline("due", Within("enforcement.unvisited_minutes"), remind=(days(5), days(1)), escalate=LATE),),
)  # fmt: skip

CHECK = Loop(
    name="enforcement.check",
    label=N_("Enforcement check"),
    start="recorded",
    closed=frozenset({"concluded", "withdrawn"}),
    states={
        "recorded": N_("Findings open"),
        "concluded": N_("Check concluded"),
        "withdrawn": N_("Withdrawn"),
    },
    moves=(
        Move("conclude", "recorded", "concluded", label=N_("Conclude the check"),
             by=(OPENER, CHARGED, *OFFICERS, SYSTEM)),
        Move("withdraw", ("recorded", "concluded"), "withdrawn", label=N_("Withdraw: entered by mistake"), by=DISTRICT,
             reason=True),
    ),
    deadlines=(Deadline("recorded", Within("enforcement.conclude_minutes"), remind=(days(7),), escalate=LATE),),
)  # fmt: skip

MEASURE = Loop(
    name="enforcement.measure",
    label=N_("Compulsory measure"),
    start="imposed",
    closed=frozenset({"lifted"}),
    states={"imposed": N_("Imposed"), "lifted": N_("Lifted")},
    moves=(
        Move("prolong", "imposed", "imposed", label=N_("Prolong the measure"), by=DISTRICT, needs=("until",),
            reason=True),
        Move("lift", "imposed", "lifted", label=N_("Lift"), by=OFFICERS, needs=("second_officer",), reason=True),
    ),
    deadlines=(Deadline("imposed", cases.time_until_due, remind=(days(3), days(1)), escalate=LATE),),
)  # fmt: skip

CASE = Loop(
    name="enforcement.case",
    label=N_("Case"),
    start="proposed",
    closed=frozenset({"concluded", "declined", "dropped"}),
    states={
        "proposed": N_("Opening proposed"),
        "investigating": N_("Under investigation"),
        "noticed": N_("Notice given"),
        "decided": N_("Decided, to be served"),
        "served": N_("Served, to be executed"),
        "executed": N_("Executed"),
        "concluded": N_("Case concluded"),
        "declined": N_("Not opened"),
        "dropped": N_("Case dropped"),
    },
    moves=(
        Move("approve", "proposed", "investigating", label=N_("Open the case"), by=DISTRICT, unless=("open",)),
        Move("decline", "proposed", "declined", label=N_("Do not open"), by=DISTRICT, unless=("open",), reason=True),
        Move("notify", "investigating", "noticed", label=N_("Give notice of the penalty"), by=OFFICERS,
             needs=("amount", "power")),
        Move("hear", "noticed", "noticed", label=N_("Note defence and hearing"), by=OFFICERS, needs=("hearing",),
             reason=True),
        Move("review", "noticed", "noticed", label=N_("Legal review and discussion"), by=DISTRICT,
             unless=("open", "notify"), reason=True),
        Move("extend", "investigating", "investigating", label=N_("Give the decision more time"), by=CHIEF,
             needs=("until",), reason=True),
        Move("extend_noticed", "noticed", "noticed", label=N_("Give the decision more time"), by=CHIEF,
             needs=("until",), reason=True),
        Move("decide", "noticed", "decided", label=N_("Decide"), by=DISTRICT, unless=("open", "notify"),
             needs=("amount", "power")),
        Move("drop", ("investigating", "noticed"), "dropped", label=N_("Drop the case"), by=DISTRICT, reason=True),
        Move("serve", "decided", "served", label=N_("Serve the decision"), by=OFFICERS, needs=("receipt",)),
        Move("pay", "served", "served", label=N_("Record a payment"), by=(*OFFICERS, *DISTRICT),
             needs=("amount",)),
        Move("defer", "served", "served", label=N_("Pay later or in parts"), by=CHIEF, needs=("until",), reason=True),
        Move("demand", "served", "served", label=N_("Demand the payment"), by=OFFICERS, reason=True),
        Move("execute", "served", "executed", label=N_("Executed"), by=(*OFFICERS, *DISTRICT, SYSTEM)),
        Move("conclude", "executed", "concluded", label=N_("Conclude and file"), by=DISTRICT, unless=("open",)),
        # Cases of former years and other systems come in by a sheet: opened, decided, executed with their own days.
        Move("enter_opened", "proposed", "investigating", label=N_("Taken over: opened"), by=(SYSTEM,)),
        Move("enter_decided", "investigating", "served", label=N_("Taken over: decided"), by=(SYSTEM,)),
        Move("enter_executed", "served", "concluded", label=N_("Taken over: executed"), by=(SYSTEM,)),
    ),
    deadlines=(
        Deadline("proposed", cases.time_to_open, remind=(days(1),), escalate=LATE),
        Deadline("investigating", cases.time_to_decide, remind=(days(30), days(10), days(3)), escalate=LATE),
        Deadline("noticed", cases.time_to_decide, remind=(days(30), days(10), days(3)), escalate=LATE),
        Deadline("decided", cases.time_to_serve, remind=(days(2),), escalate=LATE),
        Deadline("served", cases.time_to_pay, remind=(days(3),), escalate=LATE),
        Deadline("executed", cases.time_to_conclude, remind=(days(7),), escalate=LATE),
    ),
)  # fmt: skip

PUBLICATION = Loop(
    name="enforcement.publication",
    label=N_("Decision to be published"),
    start="waiting",
    closed=frozenset({"published", "kept_back"}),
    states={
        "waiting": N_("To be published"),
        "published": N_("Made public"),
        "kept_back": N_("Not for publication"),
    },
    moves=(
        Move("publish", "waiting", "published", label=N_("Made public"), by=(*OFFICERS, *DISTRICT),
             needs=("published_where",)),
        Move("keep_back", "waiting", "kept_back", label=N_("Not for publication"), by=DISTRICT, reason=True),
    ),
    deadlines=(Deadline("waiting", cases.time_until_due, remind=(days(2),), escalate=LATE),),
)  # fmt: skip

SPOT = Loop(
    name="enforcement.spot",
    label=N_("Spot penalty"),
    start="decided",
    closed=frozenset({"executed", "revoked"}),
    states={"decided": N_("Decided on the spot"), "executed": N_("Executed"), "revoked": N_("Penalty revoked")},
    moves=(
        Move("pay", "decided", "executed", label=N_("Record the payment"), by=(*OFFICERS, *DISTRICT),
             needs=("amount",)),
        Move("execute", "decided", "executed", label=N_("Executed"), by=(SYSTEM,)),
        Move("revoke", ("decided", "executed"), "revoked", label=N_("Revoke the penalty"), by=DISTRICT,
            unless=("open",),
             reason=True),
    ),
    deadlines=(Deadline("decided", cases.time_to_pay, remind=(days(3),), escalate=LATE),),
)  # fmt: skip

REFERRAL = Loop(
    name="enforcement.referral",
    label=N_("Handed over to the police"),
    start="sent",
    closed=frozenset({"taken", "returned"}),
    states={
        "sent": N_("Sent to the police"),
        "receipted": N_("Receipt there"),
        "taken": N_("Taken as a criminal case"),
        "returned": N_("Not taken up"),
    },
    moves=(
        Move("receipt", "sent", "receipted", label=N_("Record the receipt"), by=(OPENER, *OFFICERS, *DISTRICT),
             needs=("receipt",)),
        Move("take", "receipted", "taken", label=N_("Taken as a criminal case"), by=(OPENER, *OFFICERS, *DISTRICT),
             needs=("answer",)),
        Move("return", "receipted", "returned", label=N_("Not taken up"), by=(OPENER, *OFFICERS, *DISTRICT),
             needs=("answer",), reason=True),
    ),
    deadlines=(
        Deadline("sent", Within("enforcement.receipt_minutes"), remind=(days(1),), escalate=LATE),
        Deadline("receipted", Within("enforcement.answer_minutes"), remind=(days(3),), escalate=LATE),
    ),
)  # fmt: skip

POINTS = Loop(
    name="enforcement.points",
    label=N_("Points of the streets"),
    start="shown",
    closed=frozenset({"settled"}),
    states={"shown": N_("Shown to the streets"), "settled": N_("Table settled")},
    moves=(
        Move("object", "shown", "shown", label=N_("Object"), by=(*OFFICERS, "street_safety_officer"), reason=True),
        Move("count_again", "shown", "shown", label=N_("Count again"), by=DISTRICT, reason=True),
        Move("settle", "shown", "settled", label=N_("Settle the table"), by=DISTRICT),
    ),
    deadlines=(Deadline("shown", Within("enforcement.settle_minutes"), remind=(days(1),), escalate=LATE),),
)  # fmt: skip
