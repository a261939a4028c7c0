"""事故调查 declared: what surfaces show of it and which doors it uses."""

from anlan.domains.accidents import actions, queries
from anlan.domains.accidents.actions.sheets import SHEETS
from anlan.domains.accidents.indicators import INDICATORS
from anlan.domains.accidents.links import LINKS
from anlan.domains.accidents.loop import ACCIDENT, PREVENTION
from anlan.domains.accidents.models import Accident, Prevention
from anlan.domains.accidents.rules import preventing, words
from anlan.kernel.core.words import N_
from anlan.kernel.domain.looking_back import LookBack
from anlan.kernel.domain.spec import Column, Domain, Field, Record
from anlan.kernel.messaging.spec import MessageKind

GRADE = (Field("grade", N_("Grade"), "choice", choices=tuple(words.GRADES.items())[1:]),)
DONE = (Field("done", N_("What was done"), "long"),)
LESSON = (Field("lesson", N_("What all like firms must do now"), "long"),)
KIND = (
    Field("type_code", N_("Type of accident"), "choice", choices=tuple(words.TYPES.items())),
    Field("sector", N_("Sector"), "choice", choices=tuple(words.SECTORS.items())),
    Field("body", N_("Supervising body"), "choice"),
)
CONCLUSION = Field("conclusion", N_("Conclusion"), "long")

RECORD = Record(
    model=Accident,
    loop=ACCIDENT,
    columns=(
        Column("item.title", N_("Accident")),
        Column("type_code", N_("Type of accident")),
        Column("grade", N_("Grade reached")),
        Column("body_label", N_("Supervising body")),
        Column("item.state", N_("State")),
        Column("item.due_at", N_("Clock")),
    ),
    filters=("item.state", "item.region"),
    on_map=True,
    facts={
        "determine": GRADE,
        "regrade": GRADE,
        "recast_first": KIND,
        "recast": KIND,
        "handle": DONE,
        "handle_first": DONE,
        "alert": LESSON,
        "alert_first": LESSON,
        "extend": (Field("until", N_("New date"), "datetime"),),
        "review": (CONCLUSION,),
        "reply": (
            Field("number", N_("Number of the reply")),
            Field("measures", N_("Measures it asks for"), "long", help=N_("One a line")),
        ),
        "publish": (Field("where", N_("Where it was published")),),
        "look": (
            Field("measure", N_("Number of the measure"), "number"),
            Field("result", N_("How far it is carried out"), "choice", choices=tuple(words.RESULTS.items())),
            Field("note", N_("What was seen"), "long", required=False),
        ),
        "evaluate": (CONCLUSION,),
    },
    acts={
        "determine": actions.determine,
        "regrade": actions.regrade,
        "recast_first": actions.recast,
        "recast": actions.recast,
        "alert": actions.alert,
        "alert_first": actions.alert,
        "extend": actions.extend,
        "submit": actions.submit,
        "reply": actions.reply,
        "look": actions.look,
        "evaluate": actions.evaluate,
    },
    opens=actions.file_accident,
    opening=(
        Field("description", N_("What happened"), "long"),
        Field("type_code", N_("Type of accident"), "choice", choices=tuple(words.TYPES.items())),
        Field("sector", N_("Sector"), "choice", choices=tuple(words.SECTORS.items())),
        Field("body", N_("Supervising body"), help=N_("A code of the rule accidents.bodies")),
        Field("region", N_("Region"), "region"),
        Field("spot", N_("Where exactly"), required=False),
        Field("organisation", N_("Firm"), "organisation", required=False),
        Field("unit_name", N_("Name of a firm that is not in the register"), required=False),
        Field("occurred_at", N_("When it occurred"), "datetime", required=False),
        Field("incident", N_("Event it arose from"), required=False),
        Field("dead", N_("Dead"), "number", required=False),
        Field("missing", N_("Missing"), "number", required=False),
        Field("badly_hurt", N_("Badly hurt"), "number", required=False),
        Field("hurt", N_("Slightly hurt"), "number", required=False),
        Field("loss_yuan", N_("Direct loss in yuan"), "number", required=False),
    ),
)

PREVENTIONS = Record(
    model=Prevention,
    loop=PREVENTION,
    columns=(
        Column("item.title", N_("Campaign")),
        Column("most_accidents", N_("At most accidents"), numeric=True),
        Column("most_dead", N_("At most deaths"), numeric=True),
        Column("item.state", N_("State")),
        Column("item.due_at", N_("Clock")),
    ),
    filters=("item.state", "item.region"),
    facts={
        "warn": (
            Field("street", N_("Street"), "choice"),
            Field("how", N_("How"), "choice", choices=tuple(preventing.HOWS.items())),
        ),
        "set_anew": (
            Field("most_accidents", N_("At most accidents"), "number", required=False),
            Field("most_dead", N_("At most deaths"), "number", required=False),
        ),
        "end": (CONCLUSION,),
    },
    acts={"warn": actions.warn, "set_anew": actions.set_anew},
)

DOMAIN = Domain(
    name="accidents",
    label=N_("Accidents"),
    records=(RECORD, PREVENTIONS),
    indicators=INDICATORS,
    links=LINKS,
    codes={
        "accidents.toll": N_("Toll of an accident"),
        "accidents.victim": N_("Person of an accident entered"),
    },
    messages=(
        MessageKind(actions.ALERT_KIND, N_("Lesson of an accident"), answers=("received", "done")),
        MessageKind(actions.WARNING_KIND, N_("Warning to a street about accidents"), answers=("received",)),
    ),
    sheets=SHEETS,
    looks_back=(LookBack("accidents.determined", N_("Determined accidents"), queries.against_units),),
    edges={
        "incidents": "an accident arises from an event and follows its figures",
        "dangers": "what a campaign against accidents did stands beside what it is to prevent",
        "risks": "an accident demands that the firm's risk points are assessed anew",
    },
    keepers=("bureau_chief", "accident_office"),
)
