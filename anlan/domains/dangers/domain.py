"""隐患 declared: what surfaces show of it and which doors it uses."""

from pathlib import Path

from anlan.domains.dangers import actions, rules
from anlan.domains.dangers.actions import crackdown, listing, looking, months, schemes
from anlan.domains.dangers.indicators import INDICATORS
from anlan.domains.dangers.links import LINKS
from anlan.domains.dangers.loop import (
    CAMPAIGN,
    CANDIDATE,
    CHECKERS,
    DANGER,
    DISTRICT,
    LISTING,
    MEASURE,
    MONTH,
    SCHEME,
    SECOND_LOOK,
    STREET,
    TASK,
    UNLAWFUL,
)
from anlan.domains.dangers.models import (
    Campaign,
    CampaignMonth,
    CampaignTask,
    Candidate,
    Danger,
    LastingMeasure,
    Listing,
    Scheme,
    SecondLook,
    Unlawful,
)
from anlan.domains.dangers.queries import giving
from anlan.domains.dangers.queries.looking_back import major_dangers
from anlan.kernel.core.words import N_
from anlan.kernel.domain.looking_back import LookBack
from anlan.kernel.domain.spec import Column, Domain, Field, Record, Round
from anlan.kernel.messaging.spec import MessageKind
from anlan.kernel.papers.spec import PaperKind
from anlan.kernel.sheets.spec import Sheet, SheetColumn

PAPERS = Path(__file__).resolve().parent / "papers"

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
MEASURES = (
    ("rule", N_("Rule")),
    ("standard", N_("Standard")),
    ("mechanism", N_("Mechanism")),
    ("engineering", N_("Engineering")),
)
GRADES = (
    ("ordinary", N_("Ordinary danger")),
    ("candidate_major", N_("Candidate major danger")),
    ("major", N_("Major danger")),
)
SOURCES = (
    ("patrol", N_("Patrol")),
    ("self_check", N_("Self-check of the firm")),
    ("enforcement", N_("Enforcement check")),
    ("public", N_("Report from the public")),
    ("video", N_("Video")),
    ("alarm", N_("Alarm of an instrument")),
)
COUNTS = N_("The ticked kinds of dangers count for the campaign by themselves.")
TERM = Field("rectify_by", N_("To be put right by"), "datetime")
REPLY = Field("reply", N_("Number of the city's reply"))
HELD = Field("held_at", N_("Held at"), "datetime")
OFFICER = Field("second_officer", N_("Second officer"), "person")
FIVE_LABELS = (
    ("measures", N_("Measures")),
    ("responsible", N_("Person responsible")),
    ("funds", N_("Funds")),
    ("time_limit", N_("Time limit")),
    ("plan", N_("Emergency plan meanwhile")),
)
FIVE = tuple(Field(f"five_{name}", label, required=False) for name, label in FIVE_LABELS)
_TOLD = (
    SheetColumn("description", N_("What is wrong")),
    SheetColumn("category", N_("Kind"), "choice", choices=CATEGORIES),
)
_DATES = (
    SheetColumn("found", N_("Found"), "datetime"),
    SheetColumn("due", N_("To be put right by"), "datetime"),
    SheetColumn("closed", N_("Closed off"), "datetime"),
    SheetColumn("state", N_("State"), "choice", choices=tuple(DANGER.states.items())),
)
_GRADE = SheetColumn("grade", N_("Grade"), "choice", choices=GRADES)
SHEETS = (
    Sheet(
        code="dangers.register",
        label=N_("Register of hidden dangers"),
        columns=(
            SheetColumn("number", N_("Number of the paper")), SheetColumn("street", N_("Street")),
            SheetColumn("firm", N_("Firm")), _TOLD[0], SheetColumn("spot", N_("Where exactly")), _TOLD[1], _GRADE,
            SheetColumn("source", N_("Source"), "choice", choices=SOURCES), _DATES[0],
            SheetColumn("document", N_("Paper given")), *_DATES[1:],
        ),
        key=(),
        give=giving.register,
    ),
    # The upper system gives no interface: its columns are matched by hand once and then copied in this order.
    Sheet(
        code="dangers.direct_report",
        label=N_("Dangers of campaigns, for direct reports"),
        columns=(
            SheetColumn("place", N_("No."), "integer"), SheetColumn("campaign", N_("Campaign")),
            SheetColumn("street", N_("Street")), SheetColumn("firm", N_("Firm")),
            SheetColumn("uscc", N_("Credit code"), "uscc"), *_TOLD, _GRADE, *_DATES,
            *(SheetColumn(f"five_{name}", label) for name, label in FIVE_LABELS),
        ),
        key=(),
        give=giving.direct_report,
    ),
)  # fmt: skip

DOMAIN = Domain(
    name="dangers",
    label=N_("Hidden dangers"),
    keepers=("bureau_chief", "safety_section"),
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
                "take_on": (TERM,),
                "rectify": FIVE,
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
                "take_on": actions.take_on,
                "fix_own": actions.fix_own,
                "withdraw": actions.withdraw,
                "rectify": actions.rectify,
                "accept": actions.accept,
                "send_back": actions.send_back,
                "reopen": actions.reopen,
            },
            opens=actions.report_danger,
            by_firms=True,
            opening=(
                Field("description", N_("What is wrong"), "long"),
                Field("category", N_("Kind"), "choice", choices=CATEGORIES),
                Field("organisation", N_("Firm"), "organisation", required=False),
                Field("spot", N_("Where exactly"), required=False),
                Field("source", N_("Source"), "choice", choices=SOURCES, required=False),
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
                "decide_major": (OFFICER, Field("clause", N_("Clause that it meets"), "suggest")),
                "decide_ordinary": (OFFICER,),
            },
            acts={"decide_major": actions.decide_major, "decide_ordinary": actions.decide_ordinary},
        ),
        Record(
            model=Listing,
            loop=LISTING,
            columns=(
                Column("item.title", N_("Danger")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
                Column("public_text", N_("Public notice")),
                Column("expert", N_("Expert")),
            ),
            facts={
                "publish": (Field("public_text", N_("What the public notice says"), "long"),),
                "apply": FIVE,
                "accept": (Field("expert", N_("Expert who looked at it")),),
                "accept_city": (REPLY, Field("expert", N_("Expert who looked at it"))),
                "reject_city": (REPLY,),
                "delist_city": (REPLY,),
            },
            acts=listing.ACTS,
        ),
        Record(
            model=SecondLook,
            loop=SECOND_LOOK,
            columns=(
                Column("item.title", N_("Danger")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
            ),
            facts={"fail": (TERM,)},
            acts=looking.ACTS,
        ),
        Record(
            model=Campaign,
            loop=CAMPAIGN,
            columns=(
                Column("name", N_("Campaign")),
                Column("item.state", N_("State")),
                Column("starts_on", N_("From")),
                Column("ends_on", N_("Until")),
                Column("item.due_at", N_("Due")),
            ),
            opens=actions.start_campaign,
            opened_by=DISTRICT,
            opening=(
                Field("name", N_("Campaign")),
                Field("aim", N_("What it is for"), "long", required=False),
                Field("starts_on", N_("From"), "datetime"),
                Field("ends_on", N_("Until"), "datetime"),
                Field("tags", N_("Kinds of firms"), required=False,
                      help=N_("Codes of the firms' tags with commas: dust, confined_space, hazchem, plating …")),
                Field("target_visits", N_("Target: visits"), "number", required=False),
                Field("target_found", N_("Target: dangers found"), "number", required=False),
                Field("target_rectified", N_("Target: dangers rectified"), "number", required=False),
                Field("target_enforcement_visits", N_("Target: enforcement visits"), "number", required=False),
                Field("target_cases", N_("Target: cases opened"), "number", required=False),
                Field("monthly", N_("Every month one bulletin, one meeting, one inspection"), "flag", required=False),
                *(Field(f"kind_{code}", label, "flag", required=False, help=COUNTS if number == 0 else "")
                  for number, (code, label) in enumerate(CATEGORIES)),
            ),
        ),
        Record(
            model=LastingMeasure,
            loop=MEASURE,
            columns=(
                Column("text", N_("Measure")),
                Column("lead", N_("Lead unit")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
            ),
            opens=actions.plan_measure,
            opened_by=(*STREET, *DISTRICT),
            opening=(
                Field("text", N_("Measure"), "long"),
                Field("kind", N_("Kind"), "choice", choices=MEASURES),
                Field("answers", N_("Problem that it answers"), required=False),
                Field("lead", N_("Lead unit"), "organisation", required=False),
                Field("due_by", N_("To be in force by"), "datetime"),
            ),
        ),
        Record(
            model=Scheme,
            loop=SCHEME,
            columns=(
                Column("item.title", N_("Danger")),
                Column("responsible", N_("Person responsible")),
                Column("reached", N_("Stages reached")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
            ),
            filters=("item.state", "item.region"),
            facts={
                "reach": (Field("place", N_("Stage"), "choice"),),
                "change": (Field("stages", N_("Stages"), "long", help=N_("One a line: 2026-08-01 what is done, who")),),
            },
            acts=schemes.ACTS,
        ),
        Record(
            model=CampaignTask,
            loop=TASK,
            columns=(
                Column("campaign", N_("Campaign")), Column("text", N_("Task")),
                Column("year", N_("Year"), numeric=True),
                Column("lead", N_("Lead unit")), Column("item.state", N_("State")), Column("item.due_at", N_("Due")),
            ),
        ),
        Record(
            model=CampaignMonth,
            loop=MONTH,
            columns=(
                Column("item.title", N_("Month of a campaign")), Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")), Column("bulletin", N_("Bulletin")),
                Column("concluded", N_("Meeting")), Column("inspected", N_("Month inspection")),
            ),
            facts={
                "meet": (HELD, Field("concluded", N_("What it concluded"), "long")),
                "inspect": (HELD, Field("inspected", N_("Where, and what was found"), "long")),
            },
            acts=months.MONTH_ACTS,
        ),
        Record(
            model=Unlawful,
            loop=UNLAWFUL,
            columns=(
                Column("place", N_("Where exactly")), Column("goods_name", N_("Kind of goods")),
                Column("what_name", N_("Act")), Column("amount", N_("Found there")),
                Column("item.state", N_("State")), Column("item.due_at", N_("Due")),
                Column("result", N_("How it ended")),
            ),
            filters=("item.state", "item.region"),
            facts={
                "hand_over": (
                    Field("handed_to", N_("Handed over to"), "choice", choices=tuple(rules.HANDED.items())),
                    Field("document", N_("Number of the paper")),
                ),
                "settle": (Field("result", N_("How it ended"), "long"),),
            },
            acts=crackdown.ACTS,
            opens=actions.find_unlawful,
            opened_by=(*CHECKERS, *DISTRICT, "station_keeper", "community_clerk"),
            opening=(
                Field("goods", N_("Kind of goods"), "choice", choices=tuple(rules.GOODS.items())),
                Field("what", N_("Act"), "choice", choices=tuple(rules.UNLAWFUL.items())),
                Field("place", N_("Where exactly")),
                Field("quantity", N_("How much"), "number"),
                Field("unit", N_("Counted in"), required=False, help=N_("Boxes if nothing is said.")),
                Field("persons", N_("Persons"), "number", required=False),
            ),
        ),
    ),
    indicators=INDICATORS,
    links=LINKS,
    codes={
        "dangers.figure_entered": N_("Figure of a campaign: {name} {value}"),
        "dangers.penalised": N_("Penalty {number} decided for it"),
        "dangers.placed": N_("Lies at the risk point {name}"),
        "dangers.ranked": N_("Order set: harm {harm}, difficulty {difficulty}, spread {spread}"),
        "dangers.drawn": N_("Second looks drawn with seed {seed} from {candidates}"),
    },
    messages=(MessageKind(actions.STOP_KIND, N_("Stop work and leave"), answers=("received", "done")),),
    sheets=SHEETS,
    papers=(
        PaperKind("dangers.danger_notice", N_("Danger notice"), PAPERS / "danger_notice.toml"),
        PaperKind("dangers.rectification_order", N_("Rectification order"), PAPERS / "rectification_order.toml"),
        PaperKind("dangers.follow_up_order", N_("Follow-up order"), PAPERS / "follow_up_order.toml"),
        PaperKind("dangers.month_bulletin", N_("Month bulletin of a campaign"), PAPERS / "month_bulletin.toml"),
    ),
    rounds=(Round("second_looks", actions.draw_last_month), Round("campaign_months", actions.months_round)),
    looks_back=(LookBack("dangers.major", N_("Major dangers found"), major_dangers),),
    edges={
        "enterprises": N_("A danger is a firm's, at one of its sites."),
        "risks": N_("An open danger weighs on its risk point."),
    },
)  # fmt: skip
