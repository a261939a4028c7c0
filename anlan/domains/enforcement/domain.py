"""执法 declared: what surfaces show of it and which doors it uses."""

from pathlib import Path

from anlan.domains.dangers import public as dangers
from anlan.domains.enforcement.actions import (
    answering,
    casework,
    checking,
    drawing,
    executing,
    measures,
    planning,
    pointing,
    referring,
    sheets,
    together,
)
from anlan.domains.enforcement.indicators import INDICATORS
from anlan.domains.enforcement.links import LINKS
from anlan.domains.enforcement.loop import (
    CASE,
    CHECK,
    DRAW,
    MEASURE,
    OPENERS,
    PLAN,
    POINTS,
    PUBLICATION,
    REFERRAL,
    SPOT,
    TASK,
    UNVISITED,
)
from anlan.domains.enforcement.models import (
    Case,
    Check,
    CheckPlan,
    Draw,
    Measure,
    PointTable,
    Publication,
    Referral,
    Spot,
    Task,
    Unvisited,
)
from anlan.domains.enforcement.public import by_street
from anlan.domains.enforcement.queries import looking_back
from anlan.domains.enforcement.queries import together as visiting
from anlan.domains.enforcement.rules import classes, points, words
from anlan.kernel.core.words import N_
from anlan.kernel.domain.looking_back import LookBack
from anlan.kernel.domain.spec import Column, Domain, Field, Record, Round
from anlan.kernel.domain.visiting import Visits
from anlan.kernel.papers.spec import PaperKind

PAPERS = Path(__file__).resolve().parent / "papers"
TITLE, STATE, DUE = (
    Column("item.title", N_("Matter")),
    Column("item.state", N_("State")),
    Column("item.due_at", N_("Clock")),
)
FIRM = Column("firm_name", N_("Firm"))
OFFICERS = (
    Field("first_officer", N_("First officer"), "person"),
    Field("second_officer", N_("Second officer"), "person"),
)
UNTIL = Field("until", N_("New last day"), "datetime")
TIERS = tuple(words.TIERS.items())
KINDS = tuple(words.PENALTY_KINDS.items())
PENALTY = (
    Field("kind", N_("Kind of penalty"), "choice", choices=KINDS),
    Field("power", N_("Basis"), "choice"),
    Field("amount", N_("Amount for the firm, yuan"), "number", required=False),
    Field("tier", N_("Tier"), "choice", choices=TIERS, required=False),
    Field(
        "factors", N_("What weighs"), required=False, help=N_("With commas: first time, put right at once …")
    ),
    Field("discretion", N_("Reason for the amount"), "long", required=False),
    Field("person", N_("Person who is penalised too"), required=False, help=N_("One case, two penalties")),
    Field("person_power", N_("Basis for the person"), "choice", required=False),
    Field("person_amount", N_("Amount for the person, yuan"), "number", required=False),
)
WHERE = (Field("published_where", N_("Where it is published")),)


def paper(code: str, label: str) -> PaperKind:
    return PaperKind(f"enforcement.{code}", label, PAPERS / f"{code}.toml")


CASES = Record(
    model=Case,
    loop=CASE,
    columns=(TITLE, Column("number", N_("Number of the paper")), STATE, DUE),
    filters=("item.state", "item.region"),
    facts={
        "notify": PENALTY,
        "hear": (Field("hearing", N_("Hearing"), "choice",
                       choices=tuple((code, label) for code, label in words.HEARINGS.items() if code)),),
        "extend": (UNTIL,),
        "extend_noticed": (UNTIL,),
        "decide": PENALTY,
        "serve": (Field("receipt", N_("Receipt of service")),),
        "pay": (Field("amount", N_("Paid, yuan"), "number"),
                Field("surcharge", N_("Of it surcharge, apart, yuan"), "number", required=False),
                Field("receipt", N_("Number of the receipt"), required=False),
                Field("how", N_("How"), "choice", choices=tuple(words.EXECUTIONS.items()), required=False)),
        "defer": (UNTIL,),
    },
    acts={
        "approve": casework.approve, "notify": casework.notify, "hear": casework.hear, "review": casework.review,
        "extend": casework.extend, "extend_noticed": casework.extend, "decide": casework.decide,
        "serve": executing.serve, "pay": executing.pay, "execute": executing.carry_out, "defer": executing.defer,
        "conclude": executing.conclude,
    },
    opens=casework.open_case,
    opened_by=OPENERS,
    opening=(
        Field("organisation", N_("Firm"), "organisation"),
        Field("cause", N_("What the case is about")),
        *OFFICERS,
    ),
)  # fmt: skip
RECORDS = (
    Record(
        model=Check,
        loop=CHECK,
        columns=(
            TITLE,
            Column("kind_name", N_("Kind of check")),
            Column("checked_at", N_("Checked on")),
            Column("officers", N_("Officers")),
            STATE,
        ),
        filters=("item.state", "item.region"),
        acts={"conclude": checking.conclude},
        announces=False,
    ),
    Record(
        model=Task,
        loop=TASK,
        columns=(TITLE, Column("kind_name", N_("Kind of check")), STATE, DUE),
        filters=("item.state", "item.region"),
        facts={"together": (Field("partners", N_("Departments in the same visit"), required=False,
                                  help=N_("Left empty: those whose visits are due there.")),)},
        acts={"together": together.go_together, "alone": together.go_alone},
    ),
    Record(
        model=Unvisited,
        loop=UNVISITED,
        columns=(TITLE, Column("grade", N_("Class")), Column("every_days", N_("Every so many days"), numeric=True),
                 Column("last_at", N_("Last check")), STATE, DUE),
        filters=("item.state", "item.region"),
    ),
    CASES,
    Record(
        model=Spot,
        loop=SPOT,
        columns=(TITLE, Column("number", N_("Number of the paper")), STATE, DUE),
        facts={"pay": (Field("amount", N_("Paid, yuan"), "number"),
                       Field("receipt", N_("Number of the receipt"), required=False))},
        acts={"pay": executing.pay},
    ),
    Record(
        model=Publication,
        loop=PUBLICATION,
        columns=(TITLE, STATE, DUE),
        facts={"publish": WHERE},
        acts={"publish": casework.publish},
    ),
    Record(
        model=Measure,
        loop=MEASURE,
        columns=(TITLE, Column("kind_name", N_("Which measure")), STATE, DUE),
        facts={"prolong": (UNTIL,), "lift": (Field("second_officer", N_("Second officer"), "person"),)},
        acts={"prolong": measures.prolong, "lift": measures.lift},
    ),
    Record(
        model=Referral,
        loop=REFERRAL,
        columns=(TITLE, Column("to", N_("Handed to")), Column("persons", N_("How many people"), numeric=True),
            STATE, DUE),
        facts={
            "receipt": (Field("receipt", N_("Number of the receipt")),),
            "take": (Field("answer", N_("Number of the criminal case")),),
            "return": (Field("answer", N_("What they answered")),),
        },
        acts={"receipt": referring.receipted, "take": referring.taken, "return": referring.returned},
        opens=referring.refer,
        opened_by=OPENERS,
        opening=(
            Field("organisation", N_("Firm"), "organisation", required=False),
            Field("offence", N_("What is suspected")),
            Field("to", N_("Handed to")),
            Field("persons", N_("How many people"), "number"),
            Field("names", N_("Their names, kept encrypted"), "long", required=False),
            Field("documents", N_("Papers that go with it"), required=False),
        ),
    ),
    Record(
        model=CheckPlan,
        loop=PLAN,
        columns=(TITLE, Column("year", N_("Year"), numeric=True), STATE, DUE),
        facts={"approve": (Field("approval", N_("Number of the approving paper")),)},
        acts={"approve": planning.approve},
        opens=planning.draft_plan,
        opened_by=OPENERS,
        opening=(Field("year", N_("Year"), "number"), Field("name", N_("Name of the plan"), required=False)),
    ),
    Record(
        model=Draw,
        loop=DRAW,
        columns=(TITLE, Column("count", N_("Firms drawn"), numeric=True), STATE, DUE),
        facts={"publish": WHERE},
        acts={"publish": drawing.publish},
    ),
    Record(
        model=PointTable,
        loop=POINTS,
        columns=(TITLE, STATE, DUE),
        acts={"object": pointing.objected, "count_again": pointing.recount, "settle": pointing.settle},
    ),
)  # fmt: skip
dangers.count_visits_with(by_street)

DOMAIN = Domain(
    name="enforcement",
    label=N_("Enforcement"),
    records=RECORDS,
    indicators=INDICATORS,
    links=LINKS,
    codes={
        "enforcement.certified": N_("Enforcement certificate {number} registered"),
        "enforcement.certificate_ended": N_("Enforcement certificate {number} ended: {reason}"),
        "enforcement.recused": N_("An officer keeps out of a firm’s matters"),
        "enforcement.plan_changed": N_("Firms of the check plan changed"),
        "enforcement.together": N_("Decided whether a visit goes together with {others} others"),
        "enforcement.strict_marked": N_("Falls under {measure}"),
        "enforcement.strict_taken_back": N_("No longer under {measure}: {reason}"),
        "enforcement.drawn": N_("Drawn {count} of {firms} firms with seed {seed}"),
    },
    sheets=sheets.SHEETS,
    papers=(
        paper("case_opening", N_("Approval to open a case")),
        paper("penalty_notice", N_("Notice of a penalty")),
        paper("penalty_decision", N_("Penalty decision")),
        paper("spot_penalty", N_("Spot penalty decision")),
        paper("on_site_measure", N_("On-site measure decision")),
        paper("referral", N_("Letter of transfer")),
        paper("points_circular", N_("Monthly circular of enforcement")),
    ),
    looks_back=(
        LookBack("enforcement.penalties", N_("Penalties against units"), looking_back.penalties),
        LookBack("enforcement.cases", N_("Cases without a decision"), looking_back.open_cases),
        LookBack("enforcement.measures", N_("Measures in force"), looking_back.measures_in_force),
    ),
    visits=(
        Visits(
            "enforcement.visits",
            N_("Enforcement checks"),
            visiting.expected,
            visiting.due,
            visiting.made,
            visiting.late,
        ),
    ),
    rounds=(
        Round("conclude_checks", checking.conclude_settled),
        Round("unvisited", answering.open_unvisited),
    ),
    edges={
        "dangers": "what a check finds is reported as a danger, and its order is the dangers' own paper",
        "enterprises": "tags and sector of a firm on the day of a check",
    },
    rule_checks={
        "enforcement.points": points.check_rows,
        "enforcement.classes": classes.check_classes,
        "enforcement.class_sectors": classes.check_sectors,
    },
)
