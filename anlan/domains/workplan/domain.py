"""工作要点与督办 declared: what surfaces show of it."""

from pathlib import Path

from anlan.domains.workplan import actions
from anlan.domains.workplan.actions import tasks as task_acts
from anlan.domains.workplan.actions.sheets import SHEETS
from anlan.domains.workplan.indicators import INDICATORS
from anlan.domains.workplan.links import LINKS
from anlan.domains.workplan.loop import (
    ASSIGNMENT,
    COMMAND_ORDER,
    DECISION,
    FOLLOW_UP,
    INSTRUCTION,
    QUESTION,
    TASK,
    WORK_GROUP,
)
from anlan.domains.workplan.models import Asked, Question, Task, WorkGroup
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record, Round
from anlan.kernel.loop.spec import Loop
from anlan.kernel.messaging.spec import MessageKind
from anlan.kernel.papers.spec import PaperKind

PAPERS = Path(__file__).parent / "papers"
DONE = Field("done", N_("How far, per cent"), "number")
SAID = Field("said", N_("In a sentence"), "long", required=False)
REPORT = Field("said", N_("Report of what was done"), "long")
CLOCK, STATE = Column("item.due_at", N_("Clock")), Column("item.state", N_("State"))
TITLE = Column("item.title", N_("What"))
UNIT = Column("organisation", N_("Unit"))


def _asked(loop: Loop, *columns: Column) -> Record:
    """The register of one kind of asking. It is sent out from its own page, which shows the unit's burden first."""
    return Record(
        model=Asked,
        loop=loop,
        columns=(TITLE, UNIT, *columns, STATE, CLOCK),
        filters=("item.state", "item.region"),
        facts={"answer": (REPORT,)},
        acts={"send_back": actions.send_back, "chase": actions.chase, "chase_receipt": actions.chase},
    )


NUMBER = Column("paper.number", N_("Number of the sheet"))

DOMAIN = Domain(
    name="workplan",
    label=N_("Work plan and follow-up"),
    records=(
        Record(
            model=Task,
            loop=TASK,
            columns=(
                Column("item.title", N_("Task")),
                Column("lead", N_("Leading unit")),
                STATE,
                CLOCK,
            ),
            filters=("item.state", "item.region"),
            facts={"tell": (DONE, SAID), "pass_on": (Field("lead", N_("Leading unit"), "organisation"),)},
            acts={
                "tell": actions.tell,
                "uphold": actions.uphold,
                "pass_on": actions.pass_on,
                "send_back": task_acts.send_back,
            },
            announces=False,  # a unit is told once of all its tasks, not once a line
        ),
        Record(
            model=Question,
            loop=QUESTION,
            columns=(
                Column("item.title", N_("Task")),
                Column("month", N_("Month")),
                STATE,
                CLOCK,
            ),
            facts={"answer": (DONE, SAID)},
            acts={"answer": actions.answer, "no_change": actions.no_change, "doubt": task_acts.doubt},
            announces=False,
        ),
        _asked(FOLLOW_UP, NUMBER),
        _asked(INSTRUCTION, Column("leader", N_("By which leader"))),
        _asked(COMMAND_ORDER, NUMBER),
        _asked(ASSIGNMENT, NUMBER),
        _asked(DECISION, Column("meeting", N_("Of which meeting"))),
        Record(
            model=WorkGroup,
            loop=WORK_GROUP,
            columns=(
                Column("to", N_("Where to")),
                Column("cause", N_("Cause")),
                Column("leader", N_("By which leader")),
                STATE,
                CLOCK,
            ),
            facts={"arrive_told": (REPORT,), "tell": (REPORT,), "come_back": (REPORT,)},
            opens=actions.send_group,
            opening=(
                Field("leader", N_("Leader of the group"), "person"),
                Field("members", N_("Who goes along"), "long", required=False),
                Field("to", N_("Where to")),
                Field("cause", N_("Cause")),
                Field("task", N_("What the group does there"), "long"),
                Field("region", N_("Region"), "region"),
            ),
        ),
    ),
    indicators=INDICATORS,
    links=LINKS,
    codes={
        "workplan.taken": N_("Work plan taken in"),
        "workplan.signed_off": N_("Work plan signed off"),
        "workplan.over_limit": N_("Asked above the limit ({count} of {limit}): {reason}"),
        "workplan.meeting_held": N_("Meeting held: {title}"),
        "workplan.fund_arranged": N_("Fund arranged: {name}, {yuan} yuan"),
        "workplan.fund_paid": N_("Paid {yuan} yuan: {note}"),
        "workplan.fund_corrected": N_("Payment taken back, {yuan} yuan: {note}"),
        "workplan.committee_opened": N_("Committee: {name}"),
        "workplan.member_added": N_("{unit} became a member of {committee}"),
        "workplan.member_ended": N_("{unit} left {committee}: {why}"),
        "workplan.liaisons_named": N_("Liaisons of {unit} named"),
        "workplan.verified": N_("{rows} holders of duties looked at"),
        "workplan.matter_opened": N_("Matter of the matrix: {name}"),
        "workplan.share_given": N_("{unit} is responsible: {role}, {source}"),
        "workplan.share_ended": N_("{unit} is responsible no more: {why}"),
        "workplan.line_added": N_("Line of a duty list: {line}"),
        "workplan.line_ended": N_("Line taken off a duty list: {line}, {why}"),
        "workplan.done_written": N_("Done: {text}"),
    },
    messages=(
        MessageKind(task_acts.HANDED_KIND, N_("Task of the work plan"), answers=(), ladder="office"),
        MessageKind(task_acts.MONTH_KIND, N_("Monthly question"), answers=(), ladder="office"),
        MessageKind("workplan.reminder", N_("Reminder of the week"), answers=(), ladder="office"),
        MessageKind("workplan.circular", N_("Circular of the month"), answers=(), ladder="office"),
        MessageKind(
            "workplan.leader_reminder", N_("Reminder of a leader’s list"), answers=(), ladder="office"
        ),
        MessageKind("workplan.chase", N_("Chased"), answers=(), ladder="office"),
    ),
    sheets=SHEETS,
    papers=(
        PaperKind("workplan.follow_up_order", N_("Follow-up order"), PAPERS / "follow_up_order.toml"),
        PaperKind("workplan.command_order", N_("Command order"), PAPERS / "command_order.toml"),
        PaperKind("workplan.assignment_sheet", N_("Assignment sheet"), PAPERS / "assignment_sheet.toml"),
    ),
    rounds=(
        Round("questions", actions.ask_month),
        Round("reminders", actions.remind_units),
        Round("leaders", actions.remind_leaders),
    ),
    keepers=("work_plan_office", "bureau_chief"),
)
