"""应急响应 declared: what surfaces show of it and which doors it uses."""

from anlan.domains.responses import actions
from anlan.domains.responses.indicators import INDICATORS
from anlan.domains.responses.links import LINKS
from anlan.domains.responses.loop import PROPOSAL, RESPONSE, SHEET, TASK
from anlan.domains.responses.models import Proposal, Response, Sheet, Task
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record

WHAT = Column("item.title", N_("What"))
STATE = Column("item.state", N_("State"))
DUE = Column("item.due_at", N_("Due"))
LEVEL = Column("level", N_("Level"))

DOMAIN = Domain(
    name="responses",
    label=N_("Emergency responses"),
    keepers=("flood_office_head",),
    records=(
        Record(
            model=Response, loop=RESPONSE, columns=(WHAT, LEVEL, STATE, Column("started_at", N_("Since")))
        ),
        Record(
            model=Proposal,
            loop=PROPOSAL,
            columns=(WHAT, LEVEL, STATE, DUE),
            acts={"approve": actions.approve, "decline": actions.decline},
        ),
        Record(
            model=Sheet,
            loop=SHEET,
            columns=(Column("unit", N_("Unit")), WHAT, STATE, DUE),
            acts={"sign": actions.sign},
        ),
        Record(
            model=Task,
            loop=TASK,
            columns=(Column("sheet.unit", N_("Unit")), WHAT, STATE, DUE),
            facts={
                "report": (Field("done", N_("How many so far"), "counts"),),
                "finish": (
                    Field("done", N_("How many"), "counts", required=False),
                    Field("happened_at", N_("Really done at"), "datetime", required=False),
                ),
            },
            acts={"report": actions.report, "finish": actions.finish, "skip": actions.skip},
            announces=False,  # a unit gets one sheet, not one message a line
        ),
    ),
    indicators=INDICATORS,
    links=LINKS,
    codes={
        "responses.notice_issued": N_("Notice issued"),
        "responses.return_given": N_("Situation return given"),
        "responses.consulted": N_("Consultation or roll call held"),
    },
    edges={
        "warnings": N_("signals in force are triggers of the plan"),
        "sensing": N_("readings are triggers, and start the clocks of some tasks"),
    },
)
