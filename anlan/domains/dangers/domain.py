"""隐患 declared: what surfaces show of it and which doors it uses."""

from anlan.domains.dangers import actions
from anlan.domains.dangers.indicators import INDICATORS
from anlan.domains.dangers.loop import CANDIDATE, DANGER
from anlan.domains.dangers.models import Candidate, Danger
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record
from anlan.kernel.messaging.spec import MessageKind

CATEGORIES = (
    ("exit", N_("Blocked exit or passage")),
    ("fire_equipment", N_("Fire equipment")),
    ("electrical", N_("Electrical")),
    ("dust", N_("Explosive dust")),
    ("chemicals", N_("Hazardous chemicals")),
    ("confined_space", N_("Confined space")),
    ("machinery", N_("Machinery")),
    ("building", N_("Building")),
    ("management", N_("Management and papers")),
    ("other", N_("Other")),
)
TERM = Field("rectify_by", N_("To be put right by"), "datetime")
OFFICER = Field("second_officer", N_("Second officer"), "person")
FIVE_LABELS = (
    ("measures", N_("Measures")),
    ("responsible", N_("Person responsible")),
    ("funds", N_("Funds")),
    ("time_limit", N_("Time limit")),
    ("plan", N_("Emergency plan meanwhile")),
)

DOMAIN = Domain(
    name="dangers",
    label=N_("Hidden dangers"),
    records=(
        Record(
            model=Danger,
            loop=DANGER,
            columns=(
                Column("item.title", N_("Danger")),
                Column("organisation", N_("Firm")),
                Column("grade", N_("Grade")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
            ),
            filters=("grade", "category", "item.state", "item.region"),
            facts={
                "assign": (Field("organisation", N_("Firm"), "organisation"), TERM),
                "rectify": tuple(Field(f"five_{name}", label, required=False) for name, label in FIVE_LABELS),
                "accept": (
                    Field("how", N_("How it was rechecked"), "choice",
                          choices=(("visit", N_("On the spot")), ("photo", N_("By photo")))),
                ),
                "send_back": (TERM,),
                "reopen": (TERM,),
            },
            acts={
                "assign": actions.assign,
                "fix_on_spot": actions.fix_on_spot,
                "rectify": actions.rectify,
                "accept": actions.accept,
                "send_back": actions.send_back,
                "reopen": actions.reopen,
            },
            opens=actions.report_danger,
            opening=(
                Field("description", N_("What is wrong"), "long"),
                Field("category", N_("Kind"), "choice", choices=CATEGORIES),
                Field("organisation", N_("Firm"), "organisation", required=False),
                Field("spot", N_("Where exactly"), required=False),
                Field("candidate_major", N_("May be major: ask the firm to stop now"), "flag", required=False),
                Field("fixed", N_("Already put right (two photos)"), "flag", required=False),
            ),
            on_map=True,
        ),
        Record(
            model=Candidate,
            loop=CANDIDATE,
            columns=(
                Column("item.title", N_("Danger")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
            ),
            facts={
                "decide_major": (OFFICER, Field("clause", N_("Clause that it meets"))),
                "decide_ordinary": (OFFICER,),
            },
            acts={"decide_major": actions.decide_major, "decide_ordinary": actions.decide_ordinary},
        ),
    ),
    indicators=INDICATORS,
    messages=(MessageKind(actions.STOP_KIND, N_("Stop work and leave"), answers=("received", "done")),),
)  # fmt: skip
