"""值班与信息报送 declared: what surfaces show of it."""

from anlan.domains.incidents.actions import events, judging, nightly, reporting, watch
from anlan.domains.incidents.indicators import INDICATORS
from anlan.domains.incidents.links import LINKS
from anlan.domains.incidents.loop import CHECK, INCIDENT, JUDGEMENT, NOTICE, QUERY, SHIFT
from anlan.domains.incidents.models import DutyCheck, Incident, Judgement, Shift, UnitNotice, UnitQuery
from anlan.domains.incidents.rules import judging as judging_rules
from anlan.domains.incidents.rules import words
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record, Round
from anlan.kernel.messaging.spec import MessageKind

GRADE = (Field("grade", N_("Grade"), "choice", choices=tuple(words.GRADES.items())),)
DONE = (Field("done", N_("What was done"), "long"),)
WORDS = (
    Field("words", N_("Words of the report"), "long", required=False,
          help=N_("Left empty, the draft on the event’s page goes out: it is written from the facts entered so far.")),
)  # fmt: skip
RECEIVER = Field("receiver", N_("Receiver"))  # offered by the rule incidents.receivers
SWAP = (Field("leaves", N_("Who leaves"), "person"), Field("comes", N_("Who comes"), "person"))
COUNTS = (
    Field("dead", N_("Dead"), "number", required=False),
    Field("missing", N_("Missing"), "number", required=False),
    Field("badly_hurt", N_("Badly hurt"), "number", required=False),
    Field("hurt", N_("Slightly hurt"), "number", required=False),
    Field("moved", N_("Moved to safety"), "number", required=False),
)

EVENT = Record(
    model=Incident,
    loop=INCIDENT,
    columns=(
        Column("item.title", N_("Incident")),
        Column("event_class", N_("Class of event")),
        Column("grade", N_("Grade")),
        Column("item.state", N_("State")),
        Column("item.due_at", N_("Clock")),
    ),
    filters=("item.state", "item.region"),
    on_map=True,
    facts={
        "assess_up": GRADE,
        "assess_here": GRADE,
        "raise_up": GRADE,
        "regrade": GRADE,
        "regrade_first": GRADE,
        "phone_up": (RECEIVER, Field("answered_by", N_("Who answered"))),
        "first": WORDS,
        "update": WORDS,
        "final": WORDS,
        "supplement": WORDS,
        "receipt": (RECEIVER, Field("receipt", N_("Number or name of the receipt"))),
        "note": DONE,
        "note_here": DONE,
        "note_first": DONE,
        "end": DONE,
        "merge": (Field("into", N_("The other event")),),
    },
    acts={
        "assess_up": events.assess_up,
        "assess_here": events.assess_here,
        "raise_up": events.raise_up,
        "regrade": events.regrade,
        "regrade_first": events.regrade,
        # What ends an event ends what hangs on it: its judgement and the answers that units owe.
        "merge": judging.ending(events.merge),
        "end": judging.end_event,
        "dismiss": judging.dismiss_event,
        "phone_up": reporting.phone_up,
        "first": reporting.send_first,
        "update": reporting.send_update,
        "final": judging.ending(reporting.send_final),
        "supplement": reporting.send_supplement,
        "receipt": reporting.enter_receipt,
    },
    opens=events.receive,
    by_firms=True,
    opening=(
        Field("description", N_("What happened"), "long"),
        Field("event_class", N_("Class of event"), "choice", choices=tuple(words.CLASSES.items())),
        Field("kind", N_("Kind")),
        Field("region", N_("Region"), "region"),
        Field("spot", N_("Where exactly"), required=False),
        Field("via", N_("How it came in"), "choice", choices=tuple(words.WAYS_IN.items()), required=False),
        Field("reporter", N_("Who told it"), required=False),
        Field("reporter_phone", N_("Telephone of whoever told it"), required=False),
        Field("organisation", N_("Firm"), "organisation", required=False),
        Field("occurred_at", N_("When it occurred"), "datetime", required=False),
        Field("sensitive", N_("Sensitive: rung at once"), "flag", required=False),
        *COUNTS,
    ),
)
WATCHES = Record(
    model=Shift,
    loop=SHIFT,
    columns=(
        Column("item.title", N_("Watch shift")),
        Column("level", N_("Readiness level")),
        Column("item.state", N_("State")),
        Column("item.due_at", N_("Clock")),
    ),
    filters=("item.state",),
    facts={
        "swap": SWAP,
        "swap_on": SWAP,
        "hand_over": (
            *(Field(f"box_{code}", label, "flag", required=False) for code, label in words.BOXES.items()),
            Field("words", N_("Two sentences for the next shift"), "long", required=False),
        ),
    },
    acts={
        "swap": watch.swap,
        "swap_on": watch.swap,
        "hand_over": watch.hand_over,
        "take_over": watch.take_over,
    },
    opens=watch.plan_shift,
    opening=(
        Field("start_at", N_("Begins"), "datetime"),
        Field("end_at", N_("Ends"), "datetime"),
        Field("leader", N_("Leader on duty"), "person"),
        Field("chief", N_("Watch chief"), "person", required=False),
        Field("officer", N_("Watch officer"), "person"),
        Field("officer_2", N_("Second watch officer"), "person", required=False),
        Field("standby", N_("Standby"), "person", required=False),
        Field("standby_2", N_("Second on standby"), "person", required=False),
        Field("technician", N_("Technician"), "person", required=False),
        Field("joint", N_("Joint duty of another unit"), "person", required=False),
    ),
)
CHECKS = Record(
    model=DutyCheck,
    loop=CHECK,
    columns=(
        Column("item.title", N_("Duty check")),
        Column("unit", N_("Unit")),
        Column("item.state", N_("State")),
        Column("item.due_at", N_("Clock")),
    ),
    filters=("item.state",),
    facts={
        "pass": (Field("rings", N_("How many rings"), "number"), Field("answered_by", N_("Who answered"))),
        "fail": (
            Field("rings", N_("How many rings"), "number"),
            Field("failure", N_("What was wrong"), "choice", choices=tuple(words.FAILURES.items())),
        ),
        "explain": (Field("explanation", N_("Explanation of the unit"), "long"),),
    },
    acts={"pass": watch.pass_check, "fail": watch.fail},
)
INFORMATION = (Field("information", N_("What the unit says"), "long"),)
JUDGED = Record(
    model=Judgement,
    loop=JUDGEMENT,
    columns=(
        Column("item.title", N_("Incident")),
        Column("version", N_("Version"), numeric=True),
        Column("item.state", N_("State")),
        Column("item.due_at", N_("Looked at again")),
    ),
    filters=("item.state",),
)
TOLD = Record(
    model=UnitNotice,
    loop=NOTICE,
    columns=(
        Column("item.title", N_("Incident")),
        Column("unit", N_("Unit")),
        Column("item.state", N_("State")),
        Column("item.due_at", N_("Clock")),
    ),
    filters=("item.state",),
    facts={"inform": INFORMATION},
    acts={name: judging.heard(name) for name in ("receive", "inform", "decline")},
    announces=False,  # the notice itself is the message
)
ASKED = Record(
    model=UnitQuery,
    loop=QUERY,
    columns=(
        Column("item.title", N_("Incident")),
        Column("unit", N_("Unit")),
        Column("question", N_("Question")),
        Column("item.state", N_("State")),
        Column("item.due_at", N_("Clock")),
    ),
    filters=("item.state",),
    facts={"answer": INFORMATION},
    acts={name: judging.heard(name) for name in ("answer", "decline")},
    announces=False,
)

DOMAIN = Domain(
    name="incidents",
    label=N_("Duty and reporting of incidents"),
    records=(EVENT, JUDGED, TOLD, ASKED, WATCHES, CHECKS),
    indicators=INDICATORS,
    links=LINKS,
    codes={
        "incidents.figures": N_("Figures of an event"),
        "incidents.readiness": N_("Readiness level set"),
        "incidents.checks_drawn": N_("Duty checks drawn"),
        "incidents.sheet_note": N_("Words of the day’s sheet"),
    },
    messages=(
        MessageKind(
            judging.NOTICE_KIND,
            N_("Notice to a unit"),
            answers=("received",),
            handler=judging.on_notice_answer,
        ),
        MessageKind(
            judging.QUERY_KIND,
            N_("Question to a unit"),
            answers=("received",),
            handler=judging.on_query_answer,
        ),
    ),
    rounds=(Round("night_checks", nightly.draw_night_checks),),
    keepers=("bureau_chief", "watch_chief"),
    rule_checks={"incidents.departments": judging_rules.check_departments_rule},
)
