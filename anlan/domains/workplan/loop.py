"""The lives of tasks, of the monthly question, and of what is asked of a unit by sheet, word or meeting. Plain data."""

from anlan.domains.workplan.rules import asking
from anlan.domains.workplan.rules import tasks as rules
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import (
    CHARGED,
    OPENER,
    SUPERIOR,
    At,
    Deadline,
    File,
    Loop,
    Move,
    Position,
    Within,
    days,
    hours,
)

OFFICE = rules.KEEPERS  # who keeps the plan and checks what is said
KEEPER = ("work_plan_office",)
ABOVE = "district_leader"  # the last rung: a leader of the district

TASK = Loop(
    name="workplan.task",
    label=N_("Task of the work plan"),
    start="handed_out",
    closed=frozenset({"done", "dropped"}),
    states={
        "handed_out": N_("Handed out"),
        "objected": N_("Objected to"),
        "signed_for": N_("Signed for"),
        "claimed": N_("Said to be done"),
        "done": N_("Done"),
        "dropped": N_("Dropped"),
    },
    moves=(
        Move("sign_for", "handed_out", "signed_for", label=N_("Sign for it"), by=(CHARGED,)),
        Move("object", "handed_out", "objected", label=N_("Object"), by=(CHARGED,), charges="work_plan_office",
             reason=True),
        Move("uphold", "objected", "handed_out", label=N_("It stays with the unit"), by=KEEPER, reason=True),
        Move("pass_on", "objected", "handed_out", label=N_("Give it to another unit"), by=KEEPER, needs=("lead",)),
        Move("tell", "signed_for", "signed_for", label=N_("Say how far it is"), by=(CHARGED,), needs=("done",)),
        Move("follow_up", "signed_for", "signed_for", label=N_("Follow up"), by=OFFICE, reason=True),
        Move("claim", "signed_for", "claimed", label=N_("Report as done"), by=(CHARGED,),
             charges="work_plan_office", evidence=(File(),)),
        # The unit that did it does not say that it is done.
        Move("confirm", "claimed", "done", label=N_("Confirm"), by=OFFICE, unless=("claim",)),
        Move("send_back", "claimed", "signed_for", label=N_("Ask for more"), by=KEEPER, reason=True),
        Move("drop", ("handed_out", "objected", "signed_for"), "dropped", label=N_("Drop the task"), by=OFFICE,
             reason=True),
    ),
    deadlines=(
        Deadline("handed_out", Within("workplan.sign_minutes"), escalate=(At(hours(0), "work_plan_office"),)),
        Deadline("objected", Within("workplan.check_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
        Deadline("signed_for", rules.until_due, remind=(days(30), days(7)),
                 escalate=(At(hours(0), "work_plan_office"), At(days(7), "bureau_chief"), At(days(14), ABOVE))),
        Deadline("claimed", Within("workplan.check_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
    ),
    late_entry_after=days(5),
)  # fmt: skip

QUESTION = Loop(
    name="workplan.question",
    label=N_("Monthly question"),
    start="asked",
    closed=frozenset({"checked", "passed_over"}),
    states={
        "asked": N_("Asked"),
        "answered": N_("Replied"),
        "checked": N_("Looked over"),
        "passed_over": N_("Passed over"),
    },
    moves=(
        Move("no_change", "asked", "answered", label=N_("No change"), by=(CHARGED,), charges="work_plan_office"),
        Move("answer", "asked", "answered", label=N_("Say how far it is"), by=(CHARGED,),
             charges="work_plan_office", needs=("done",)),
        # Whoever said it does not check it.
        Move("check", "answered", "checked", label=N_("Looked over"), by=OFFICE, unless=("no_change", "answer")),
        Move("doubt", "answered", "asked", label=N_("Ask again"), by=KEEPER, reason=True),
        Move("pass_over", "asked", "passed_over", label=N_("Pass over"), by=OFFICE, reason=True),
    ),
    deadlines=(
        Deadline("asked", Within("workplan.answer_minutes"), remind=(days(1),),
                 escalate=(At(hours(0), SUPERIOR), At(days(1), "work_plan_office"))),
        Deadline("answered", Within("workplan.check_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
    ),
)  # fmt: skip


def _asked(kind: str, label: str, *, closing: str) -> Loop:
    """One thing asked of a unit: signed for, answered, closed off by another than whoever sent it or answered it."""
    return Loop(
        name=f"workplan.{kind}",
        label=label,
        start="issued",
        closed=frozenset({"closed_off", "withdrawn"}),
        states={
            "issued": N_("Sent out"),
            "signed_for": N_("Signed for"),
            "answered": N_("Replied"),
            "closed_off": N_("Closed off"),
            "withdrawn": N_("Withdrawn"),
        },
        moves=(
            Move("sign_for", "issued", "signed_for", label=N_("Sign for it"), by=(CHARGED,)),
            Move("answer", "signed_for", "answered", label=N_("Report what was done"), by=(CHARGED,),
                 charges="work_plan_office", needs=("said",)),
            Move("close_off", "answered", "closed_off", label=closing, by=OFFICE, unless=("open", "answer")),
            Move("send_back", "answered", "signed_for", label=N_("Ask for more"), by=KEEPER, reason=True),
            Move("chase", "signed_for", "signed_for", label=N_("Chase"), by=asking.ISSUERS[kind]),
            Move("chase_receipt", "issued", "issued", label=N_("Chase the receipt"), by=asking.ISSUERS[kind]),
            Move("withdraw", ("issued", "signed_for"), "withdrawn", label=N_("Withdraw"), by=OFFICE, reason=True),
        ),
        deadlines=(
            Deadline("issued", Within(f"workplan.{kind}_sign_minutes"),
                     escalate=(At(hours(0), SUPERIOR),
                               At(Within("workplan.overdue_office_minutes"), "work_plan_office"))),
            Deadline("signed_for", rules.until_due, remind=(days(3), days(1)),
                     escalate=(At(hours(0), SUPERIOR), At(hours(0), "work_plan_office"),
                               At(Within("workplan.overdue_chief_minutes"), "bureau_chief"),
                               At(Within("workplan.overdue_leader_minutes"), ABOVE))),
            Deadline("answered", Within("workplan.check_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
        ),
        late_entry_after=days(1),
    )  # fmt: skip


FOLLOW_UP = _asked("follow_up", N_("Follow-up order"), closing=N_("Close it off"))
COMMAND_ORDER = _asked("command_order", N_("Command order"), closing=N_("Close it off"))
ASSIGNMENT = _asked("assignment", N_("Assignment sheet"), closing=N_("Close it off"))
INSTRUCTION = _asked("instruction", N_("Leader’s instruction"), closing=N_("Reported back: close it off"))
DECISION = _asked("decision", N_("Decision of a meeting"), closing=N_("Close it off"))
ASKED = (FOLLOW_UP, COMMAND_ORDER, ASSIGNMENT, INSTRUCTION, DECISION)

WORK_GROUP = Loop(
    name="workplan.work_group",
    label=N_("Working group sent out"),
    start="sent",
    closed=frozenset({"back", "called_off"}),
    states={
        "sent": N_("On its way"),
        "there": N_("On the spot"),
        "back": N_("Back, report given"),
        "called_off": N_("Called off"),
    },
    moves=(
        Move("arrive", "sent", "there", label=N_("The group has arrived"),
             by=(CHARGED, OPENER), evidence=(Position(),)),
        Move("arrive_told", "sent", "there", label=N_("Arrived, told by telephone"), by=(OPENER,), needs=("said",)),
        Move("tell", "there", "there", label=N_("Report from there"), by=(CHARGED, OPENER), needs=("said",)),
        Move("come_back", "there", "back", label=N_("Back, with the report"), by=(CHARGED, OPENER), needs=("said",)),
        Move("call_off", ("sent", "there"), "called_off", label=N_("Call the group off"),
             by=(OPENER, "watch_chief", "bureau_chief"), reason=True),
    ),
    deadlines=(
        Deadline("sent", Within("workplan.group_arrive_minutes"), escalate=(At(hours(0), "watch_chief"),)),
        Deadline("there", Within("workplan.group_report_minutes"), escalate=(At(hours(0), "watch_chief"),)),
    ),
    late_entry_after=hours(2),
)  # fmt: skip
