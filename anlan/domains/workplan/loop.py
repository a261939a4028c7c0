"""The life of a task of the work plan, and of the monthly question how far it is. Plain data."""

from anlan.domains.workplan.rules import tasks as rules
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, At, Deadline, File, Loop, Move, Within, days, hours

OFFICE = rules.KEEPERS  # who keeps the plan and checks what is said

TASK = Loop(
    name="workplan.task",
    label=N_("Task of the work plan"),
    start="handed_out",
    closed=frozenset({"done", "dropped"}),
    states={
        "handed_out": N_("Handed out"),
        "signed_for": N_("Signed for"),
        "claimed": N_("Said to be done"),
        "done": N_("Done"),
        "dropped": N_("Dropped"),
    },
    moves=(
        Move("sign_for", "handed_out", "signed_for", label=N_("Sign for it"), by=(CHARGED, "unit_head", "liaison_a")),
        Move("tell", "signed_for", "signed_for", label=N_("Say how far it is"),
             by=(CHARGED, "unit_head", "liaison_a"), needs=("done",)),
        Move("follow_up", "signed_for", "signed_for", label=N_("Follow up"), by=OFFICE, reason=True),
        Move("claim", "signed_for", "claimed", label=N_("Report as done"),
             by=(CHARGED, "unit_head", "liaison_a"), charges="work_plan_office", evidence=(File(),)),
        # The unit that did it does not say that it is done.
        Move("confirm", "claimed", "done", label=N_("Confirm"), by=OFFICE, unless=("claim",)),
        Move("send_back", "claimed", "signed_for", label=N_("Ask for more"), by=OFFICE, reason=True),
        Move("drop", ("handed_out", "signed_for"), "dropped", label=N_("Drop the task"), by=OFFICE, reason=True),
    ),
    deadlines=(
        Deadline("handed_out", Within("workplan.sign_minutes"), escalate=(At(hours(0), "work_plan_office"),)),
        Deadline("signed_for", rules.until_due, remind=(days(30), days(7)),
                 escalate=(At(hours(0), "work_plan_office"), At(days(7), "bureau_chief"))),
        Deadline("claimed", Within("workplan.check_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
    ),
    late_entry_after=days(5),
)  # fmt: skip

QUESTION = Loop(
    name="workplan.question",
    label=N_("Monthly question"),
    start="asked",
    closed=frozenset({"answered", "passed_over"}),
    states={"asked": N_("Asked"), "answered": N_("Replied"), "passed_over": N_("Passed over")},
    moves=(
        Move("no_change", "asked", "answered", label=N_("No change"), by=(CHARGED, "unit_head", "liaison_a")),
        Move("answer", "asked", "answered", label=N_("Say how far it is"),
             by=(CHARGED, "unit_head", "liaison_a"), needs=("done",)),
        Move("pass_over", "asked", "passed_over", label=N_("Pass over"), by=OFFICE, reason=True),
    ),
    deadlines=(
        Deadline("asked", Within("workplan.answer_minutes"), remind=(days(1),),
                 escalate=(At(hours(0), "work_plan_office"),)),
    ),
)  # fmt: skip
