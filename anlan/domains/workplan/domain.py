"""工作要点与任务分解 declared: what surfaces show of it."""

from anlan.domains.workplan import actions
from anlan.domains.workplan.indicators import INDICATORS
from anlan.domains.workplan.loop import QUESTION, TASK
from anlan.domains.workplan.models import Question, Task
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record, Round

DONE = Field("done", N_("How far, per cent"), "number")
SAID = Field("said", N_("In a sentence"), "long", required=False)

DOMAIN = Domain(
    name="workplan",
    label=N_("Work plan"),
    records=(
        Record(
            model=Task,
            loop=TASK,
            columns=(
                Column("item.title", N_("Task")),
                Column("lead", N_("Leading unit")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Clock")),
            ),
            filters=("item.state", "item.region"),
            facts={"tell": (DONE, SAID)},
            acts={"tell": actions.tell},
        ),
        Record(
            model=Question,
            loop=QUESTION,
            columns=(
                Column("item.title", N_("Task")),
                Column("month", N_("Month")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Clock")),
            ),
            facts={"answer": (DONE, SAID)},
            acts={"answer": actions.answer, "no_change": actions.no_change},
        ),
    ),
    indicators=INDICATORS,
    codes={
        "workplan.taken": N_("Work plan taken in"),
        "workplan.signed_off": N_("Work plan signed off"),
    },
    rounds=(Round("questions", actions.ask_month),),
)
